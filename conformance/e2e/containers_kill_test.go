package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tryKilled kills the processes that a Pod is made of, each in a Pod of its own: the
// Pod comes back, says why, and leaves nothing behind in the end.
func tryKilled(t *testing.T, s *space) {
	mark := fmt.Sprintf("%s-%d-", s.namespace, os.Getpid())
	for name, policy := range map[string]string{"program": "Always", "shim": "Always", "pause": "Always", "once": "Never"} {
		s.pod(t, name, fmt.Sprintf(`{restartPolicy: %s, terminationGracePeriodSeconds: 1, initContainers: [{%s}], containers: [{%s, readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}}]}`,
			policy, box("i", "echo prepared"), box("c", "echo "+mark+name, "serve")))
	}
	program, shim, sandboxes := map[string]int{}, map[string]int{}, []string{}
	for _, name := range []string{"program", "shim", "pause", "once"} {
		s.ready(t, name)
		pids := processes("/box do", mark+name)
		if len(pids) != 1 {
			t.Fatalf("processes of %s: %v", name, pids)
		}
		program[name] = pids[0]
		shim[name] = parentOf(t, pids[0])
		sandboxes = append(sandboxes, sandboxOf(t, shim[name]))
	}
	var pause int
	for _, pid := range processes("/pause") {
		if stat, err := parent(pid); err == nil && stat == shim["pause"] {
			pause = pid
		}
	}
	address := s.field(t, "pause", ".status.podIP")
	for what, pid := range map[string]int{"program": program["program"], "shim": shim["shim"], "pause": pause, "once": shim["once"]} {
		if pid == 0 {
			t.Fatalf("the process of %s was not found", what)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatalf("kill %s: %v", what, err)
		}
	}
	for _, name := range []string{"program", "shim", "pause"} {
		s.reaches(t, name, ".status.containerStatuses[0].restartCount", "1")
		s.ready(t, name)
		if got, err := fetch(t, "http://"+s.field(t, name, ".status.podIP")+":8080/"); err != nil || !strings.HasPrefix(got, name+" ") {
			t.Errorf("killed and back, %s answers %q %v", name, got, err)
		}
		contains(t, s.run(t, "logs", name, "--previous"), "serving on")
	}
	if got := s.field(t, "program", ".status.containerStatuses[0].lastState.terminated['reason','exitCode']"); got != "Error 137" {
		t.Errorf("a program that was killed ended with %q", got)
	}
	if got := s.field(t, "program", ".status.initContainerStatuses[0].restartCount"); got != "0" {
		t.Errorf("init containers ran %s times more for a program that was killed", got)
	}
	for _, name := range []string{"shim", "pause"} {
		contains(t, s.event(t, name, "SandboxChanged"), "Pod sandbox changed, it will be killed and re-created.")
		if got := s.field(t, name, ".status.initContainerStatuses[0].restartCount"); got != "1" {
			t.Errorf("init containers of %s ran %s times more for a new sandbox", name, got)
		}
	}
	if got := s.field(t, "pause", ".status.podIP"); got == address {
		t.Errorf("the address %s is that of the lost sandbox", got)
	}
	// The program ran on in the lost sandbox, and was ended in order.
	if got := s.field(t, "pause", ".status.containerStatuses[0].lastState.terminated['reason','exitCode']"); got != "Completed 0" {
		t.Errorf("what outlived its sandbox ended with %q", got)
	}
	s.reaches(t, "once", ".status.phase", "Failed")

	s.run(t, "delete", "pod", "--all", "--timeout=60s")
	for name, pid := range program {
		eventually(t, 30*time.Second, func() error {
			if line, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline")); err == nil && strings.Contains(string(line), "/box") {
				return fmt.Errorf("the program of %s is left", name)
			}
			return nil
		})
	}
	for _, id := range sandboxes {
		s.lacks(t, id)
	}
}

// lacks waits until nothing of a sandbox is left.
func (s *space) lacks(t *testing.T, sandbox string) {
	t.Helper()
	eventually(t, 30*time.Second, func() error {
		if pids := processes("containerd-shim", "-id "+sandbox); len(pids) > 0 {
			return fmt.Errorf("processes of sandbox %s are left: %v", sandbox, pids)
		}
		data, err := os.ReadFile("/proc/self/mountinfo")
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(data)) {
			if strings.Contains(line, sandbox) {
				return fmt.Errorf("a mount is left: %s", line)
			}
		}
		return nil
	})
}

func parent(pid int) (int, error) {
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0, err
	}
	// The name, in brackets, may have blanks in it.
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	return strconv.Atoi(fields[1])
}

func parentOf(t *testing.T, pid int) int {
	t.Helper()
	up, err := parent(pid)
	if err != nil {
		t.Fatal(err)
	}
	return up
}

// sandboxOf is the sandbox that a shim was started for.
func sandboxOf(t *testing.T, shim int) string {
	t.Helper()
	args := strings.Split(read(t, filepath.Join("/proc", strconv.Itoa(shim), "cmdline")), "\x00")
	if i := slices.Index(args, "-id"); strings.Contains(args[0], "containerd-shim") && i > 0 && i+1 < len(args) {
		return args[i+1]
	}
	t.Fatalf("process %d is no shim: %q", shim, args)
	return ""
}
