package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// tryLogs reads logs in all the ways that kubectl has.
func tryLogs(t *testing.T, s *space) {
	s.pod(t, "talks", fmt.Sprintf(`{restartPolicy: Never, containers: [{%s}]}`, box("c", "count 5 10ms", "sleep 0.7", "warn to stderr", "sleep 0.8", "count 2 1ms")))
	s.reaches(t, "talks", ".status.phase", "Succeeded")
	// Between the two streams there is no order but that of time.
	all := s.run(t, "logs", "talks")
	if want := "line 1\nline 2\nline 3\nline 4\nline 5\nto stderr\nline 1\nline 2\n"; all != want {
		t.Errorf("the log is %q, want %q", all, want)
	}
	if got := s.run(t, "logs", "talks", "--tail=3"); got != "to stderr\nline 1\nline 2\n" {
		t.Errorf("its tail is %q", got)
	}
	if got := s.run(t, "logs", "talks", "--limit-bytes=9"); got != "line 1\nli" {
		t.Errorf("its first 9 bytes are %q", got)
	}
	stamped := strings.Split(strings.TrimSpace(s.run(t, "logs", "talks", "--timestamps")), "\n")
	for _, l := range stamped {
		if stamp, _, ok := strings.Cut(l, " "); !ok || len(stamp) < len("2006-01-02T15:04:05Z") {
			t.Errorf("line %q has no time", l)
		} else if _, err := time.Parse(time.RFC3339Nano, stamp); err != nil {
			t.Error(err)
		}
	}
	last, _, _ := strings.Cut(stamped[len(stamped)-1], " ")
	at, err := time.Parse(time.RFC3339Nano, last)
	if err != nil {
		t.Fatal(err)
	}
	// The API has whole seconds: what is left begins after the pause.
	if got := s.run(t, "logs", "talks", "--since-time="+at.Add(-time.Second).Format(time.RFC3339)); !strings.HasSuffix(got, "line 1\nline 2\n") || strings.Contains(got, "line 4") && at.Nanosecond() < 4e8 {
		t.Errorf("since then it has %q", got)
	}
	contains(t, s.fails(t, "logs", "talks", "--previous"), `previous terminated container "c" in pod "talks" not found`)

	s.pod(t, "goes-on", fmt.Sprintf(`{restartPolicy: Never, containers: [{%s}]}`, box("c", "count 30 50ms")))
	s.reaches(t, "goes-on", ".status.phase", "Running")
	if got := s.run(t, "logs", "-f", "goes-on"); strings.Count(got, "\n") != 30 || !strings.HasSuffix(got, "line 30\n") {
		t.Errorf("followed, the log is %q", got)
	}
}

// tryExec runs commands in a container.
func tryExec(t *testing.T, s *space) {
	s.pod(t, "box", fmt.Sprintf(`{hostname: my-name, containers: [{%s}, {%s}]}`, box("c", "serve"), box("other", "sleep 1h")))
	s.ready(t, "box")
	if got := s.run(t, "exec", "box", "-c", "c", "--", "/box", "hostname"); got != "my-name\n" {
		t.Errorf("its name is %q", got)
	}
	contains(t, s.kubectlIn(t, "one\ntwo\n", "-n", s.namespace, "exec", "-i", "box", "-c", "other", "--", "/box", "lines"), "heard: one\nheard: two\n")
	out := s.fails(t, "exec", "box", "-c", "c", "--", "/box", "do", "warn oops", "exit 5")
	contains(t, out, "oops", "command terminated with exit code 5")
	contains(t, s.fails(t, "exec", "box", "-c", "c", "--", "/no/such"), "no such file or directory")
	contains(t, s.fails(t, "exec", "box", "-c", "none", "--", "/box", "id"), "container none is not valid for pod box")
	// Many bytes come through whole.
	big := strings.Repeat("0123456789abcdef", 64<<10)
	if got := s.kubectlIn(t, big, "-n", s.namespace, "exec", "-i", "box", "-c", "c", "--", "/box", "cat"); got != big {
		t.Errorf("of %d bytes %d came back", len(big), len(got))
	}
}

// tryCopy copies files into a container and out of it.
func tryCopy(t *testing.T, s *space) {
	s.pod(t, "box", fmt.Sprintf(`{containers: [{%s}]}`, box("c", "serve")))
	s.ready(t, "box")
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a"), "content")
	s.run(t, "cp", filepath.Join(dir, "a"), "box:/tmp/b")
	if got := s.run(t, "exec", "box", "--", "/box", "cat", "/tmp/b"); got != "content" {
		t.Errorf("the copy has %q", got)
	}
	s.run(t, "cp", "box:/tmp/b", filepath.Join(dir, "c"))
	if got := read(t, filepath.Join(dir, "c")); got != "content" {
		t.Errorf("the copy of the copy has %q", got)
	}
}

// tryAttach attaches to what a container reads and writes.
func tryAttach(t *testing.T, s *space) {
	s.pod(t, "listens", `{restartPolicy: Never, containers: [{name: c, image: "nucleus.local/box:1", args: [lines], stdin: true, stdinOnce: true}]}`)
	s.reaches(t, "listens", ".status.phase", "Running")
	contains(t, s.kubectlIn(t, "hello\n", "-n", s.namespace, "attach", "-i", "listens"), "heard: hello")
	s.reaches(t, "listens", ".status.phase", "Succeeded")
}

// tryPortForward reaches a container through the API server.
func tryPortForward(t *testing.T, s *space) {
	s.pod(t, "web", fmt.Sprintf(`{containers: [{%s}]}`, box("c", "serve 127.0.0.1:8080")))
	s.ready(t, "web")
	s.forward(t, "pod/web", "web ")
}

// forward reaches what listens in a Pod on port 8080 through a port of this machine.
func (s *space) forward(t *testing.T, to, answer string) {
	t.Helper()
	out, end := s.stream(t, "-n", s.namespace, "port-forward", to, ":8080")
	defer end()
	lines := bufio.NewScanner(out)
	var port string
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "Forwarding from 127.0.0.1:"); ok {
			port, _, _ = strings.Cut(rest, " ")
			break
		}
	}
	if port == "" {
		t.Fatal("kubectl forwards no port")
	}
	for range 3 {
		got, err := fetch(t, "http://127.0.0.1:"+port+"/")
		if err != nil || !strings.HasPrefix(got, answer) {
			t.Errorf("the port answers %q %v", got, err)
		}
	}
}

// tryOldStreams does over SPDY, the protocol of older clients, what newer ones do over
// WebSocket.
func tryOldStreams(t *testing.T, s *space) {
	s.pod(t, "box", fmt.Sprintf(`{containers: [{%s}]}`, box("c", "serve 127.0.0.1:8080")))
	s.pod(t, "listens", `{restartPolicy: Never, containers: [{name: c, image: "nucleus.local/box:1", args: [lines], stdin: true, stdinOnce: true}]}`)
	s.ready(t, "box")
	old := *s.cluster
	old.env = append(slices.Clone(old.env), "KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false", "KUBECTL_PORT_FORWARD_WEBSOCKETS=false")
	o := &space{&containers{cluster: &old, t: t, dir: s.dir}, s.namespace}
	out := o.kubectlIn(t, "one\ntwo\n", "-n", s.namespace, "exec", "-v=7", "-i", "box", "--", "/box", "lines")
	contains(t, out, "heard: one\nheard: two\n", "POST", "101 Switching Protocols")
	contains(t, o.fails(t, "exec", "box", "--", "/box", "do", "warn oops", "exit 5"), "oops", "command terminated with exit code 5")
	big := strings.Repeat("0123456789abcdef", 64<<10)
	if got := o.kubectlIn(t, big, "-n", s.namespace, "exec", "-i", "box", "--", "/box", "cat"); got != big {
		t.Errorf("of %d bytes %d came back", len(big), len(got))
	}
	s.reaches(t, "listens", ".status.phase", "Running")
	contains(t, o.kubectlIn(t, "hello\n", "-n", s.namespace, "attach", "-i", "listens"), "heard: hello")
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "tree", "below"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "tree", "a"), "content")
	write(t, filepath.Join(dir, "tree", "below", "b"), big)
	o.run(t, "cp", filepath.Join(dir, "tree"), "box:/tmp/tree")
	o.run(t, "cp", "box:/tmp/tree", filepath.Join(dir, "back"))
	if a, b := read(t, filepath.Join(dir, "back", "a")), read(t, filepath.Join(dir, "back", "below", "b")); a != "content" || b != big {
		t.Errorf("the copies of the copies have %q and %d bytes", a, len(b))
	}
	o.forward(t, "pod/box", "box ")
}

// tryTerminal runs a command at a terminal, which changes its size.
func tryTerminal(t *testing.T, s *space) {
	s.pod(t, "box", fmt.Sprintf(`{containers: [{%s}]}`, box("c", "serve")))
	s.ready(t, "box")
	master, slave := openTerminal(t)
	master.resize(t, 30, 120)
	cmd := s.command(t.Context(), "-n", s.namespace, "exec", "-it", "box", "--", "/box", "terminal")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = slave.Close() // the command has it
	lines := bufio.NewScanner(master)
	expectLine(t, lines, "terminal of 30 rows and 120 columns")
	master.resize(t, 20, 40)
	expectLine(t, lines, "terminal of 20 rows and 40 columns")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// pty is the end of a terminal at which somebody sits.
type pty struct{ *os.File }

// openTerminal makes a terminal.
func openTerminal(t *testing.T) (master pty, slave *os.File) {
	t.Helper()
	m, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("this machine has no terminals: %v", err)
	}
	t.Cleanup(func() { _ = m.Close() })
	if err := unix.IoctlSetPointerInt(int(m.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(m.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return pty{m}, slave
}

// resize changes the size, of which who reads at the other end is told.
func (p pty) resize(t *testing.T, rows, columns uint16) {
	t.Helper()
	if err := unix.IoctlSetWinsize(int(p.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: columns}); err != nil {
		t.Fatal(err)
	}
}

// tryEphemeral adds a container to a Pod that runs.
func tryEphemeral(t *testing.T, s *space) {
	s.pod(t, "target", fmt.Sprintf(`{containers: [{%s}]}`, box("c", "serve")))
	s.ready(t, "target")
	s.run(t, "debug", "target", "--image=nucleus.local/box:1", "--container=probe", "--target=c", "--profile=general", "--", "/box", "do", "get http://127.0.0.1:8080/healthz", "cat /proc/1/cmdline")
	eventually(t, 60*time.Second, func() error {
		out, err := s.try(t.Context(), "", "-n", s.namespace, "logs", "target", "-c", "probe")
		if err != nil || !strings.Contains(out, "ok") || !strings.Contains(out, "serve") {
			return fmt.Errorf("it says %q %v", out, err)
		}
		return nil
	})
}

func fetch(t *testing.T, url string) (string, error) {
	t.Helper()
	client := http.Client{Timeout: patient(5 * time.Second)}
	response, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	return string(data), err
}

// readAll reads until the end, which has to come.
func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(r)
	if err != nil && len(data) == 0 {
		t.Error(err)
	}
	return string(data)
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

// mustRun runs a program of this machine.
func mustRun(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}
