# Holds a sandbox: reaps what is left to it, and ends when told to.
# pause.go has what this assembles to; its test compares the two.
.intel_syntax noprefix
.globl _start
_start:
  /* rt_sigaction(SIGCHLD, {SIG_IGN}, NULL, 8): children are reaped by the kernel */
  mov eax, 13
  mov edi, 17
  lea rsi, [rip+act]
  xor edx, edx
  mov r10d, 8
  syscall
  /* rt_sigprocmask(SIG_BLOCK, {INT,TERM}, NULL, 8) */
  mov eax, 14
  xor edi, edi
  lea rsi, [rip+set]
  xor edx, edx
  mov r10d, 8
  syscall
wait:
  /* rt_sigtimedwait({INT,TERM}, NULL, NULL, 8) */
  mov eax, 128
  lea rdi, [rip+set]
  xor esi, esi
  xor edx, edx
  mov r10d, 8
  syscall
  test eax, eax
  js wait
  /* exit(0) */
  mov eax, 60
  xor edi, edi
  syscall
.balign 8
set: .quad 0x4002
act: .quad 1, 0, 0, 0
