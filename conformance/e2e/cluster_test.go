package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cluster is one running nucleus with a data directory and a port of its own.
type cluster struct {
	kubectlPath string
	kubeconfig  string
	dataDir     string
	address     string
	env         []string // of kubectl, besides this process's own
	process     *exec.Cmd
	log         *bytes.Buffer
}

// start runs nucleus with args and waits until it is ready. It ends with the test.
func start(t *testing.T, args ...string) *cluster {
	t.Helper()
	return startIn(t, t.TempDir(), args...)
}

func startIn(t *testing.T, dataDir string, args ...string) *cluster {
	t.Helper()
	binary, kubectl := os.Getenv("NUCLEUS"), os.Getenv("KUBECTL")
	if binary == "" || kubectl == "" {
		t.Skip("NUCLEUS and KUBECTL are not set: run make e2e")
	}
	port := freePort(t)
	c := &cluster{
		kubectlPath: kubectl,
		kubeconfig:  filepath.Join(dataDir, "kubeconfig"),
		dataDir:     dataDir,
		address:     fmt.Sprintf("https://127.0.0.1:%d", port),
		log:         &bytes.Buffer{},
	}
	c.process = exec.Command(binary, append([]string{"--data-dir", dataDir, "--secure-port", fmt.Sprint(port)}, args...)...)
	c.process.Stdout, c.process.Stderr = c.log, c.log
	if err := c.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.stop(t) })
	ctx, cancel := context.WithTimeout(t.Context(), patient(60*time.Second))
	defer cancel()
	for {
		if _, err := os.Stat(c.kubeconfig); err == nil {
			if _, err := c.try(ctx, "", "get", "--raw", "/readyz"); err == nil {
				return c
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("nucleus was not ready in time:\n%s", c.log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stop ends nucleus as Ctrl-C does and holds that it ends cleanly.
func (c *cluster) stop(t *testing.T) {
	t.Helper()
	if c.process.ProcessState != nil {
		return
	}
	if err := c.process.Process.Signal(syscall.SIGINT); err != nil {
		t.Errorf("signal nucleus: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- c.process.Wait() }()
	// Every part works in its own name: none may ask for what its roles do not say.
	defer func() {
		if refused := refusals.FindString(c.log.String()); refused != "" {
			t.Errorf("a part of the cluster may not do its work: %s", refused)
		}
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("nucleus ended with %v:\n%s", err, tail(c.log.String(), 4000))
		}
	case <-time.After(patient(30 * time.Second)):
		_ = c.process.Process.Kill()
		<-done
		t.Errorf("nucleus did not stop:\n%s", tail(c.log.String(), 4000))
	}
}

// kill ends nucleus as a power cut does.
func (c *cluster) kill(t *testing.T) {
	t.Helper()
	if err := c.process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.process.Wait()
}

// kubectl runs kubectl and returns what it printed; the test fails if it fails.
func (c *cluster) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	return c.kubectlIn(t, "", args...)
}

// kubectlIn is kubectl with something on its standard input.
func (c *cluster) kubectlIn(t *testing.T, input string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient(2*time.Minute))
	defer cancel()
	out, err := c.try(ctx, input, args...)
	if err != nil {
		t.Fatalf("kubectl %s: %v\n%s\nserver's log:\n%s", strings.Join(args, " "), err, out, tail(c.log.String(), 3000))
	}
	return out
}

// kubectlFails runs kubectl, which has to fail, and returns what it printed.
func (c *cluster) kubectlFails(t *testing.T, args ...string) string {
	t.Helper()
	return c.kubectlInFails(t, "", args...)
}

// kubectlInFails is kubectlFails with something on its standard input.
func (c *cluster) kubectlInFails(t *testing.T, input string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient(2*time.Minute))
	defer cancel()
	out, err := c.try(ctx, input, args...)
	if err == nil {
		t.Fatalf("kubectl %s: succeeded, which it must not:\n%s", strings.Join(args, " "), out)
	}
	return out
}

func (c *cluster) try(ctx context.Context, input string, args ...string) (string, error) {
	cmd := c.command(ctx, args...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	return tooEarly.ReplaceAllString(string(out), ""), err
}

// tooEarly is what kubectl logs when the message that says that it is connected
// comes before it has made its streams, from Kubernetes' own server too.
var tooEarly = regexp.MustCompile(`(?m)^E\d.* Unknown stream id \d, discarding message\n`)

var refusals = regexp.MustCompile(`(?m)^.*A part of the cluster was refused.*$`)

func (c *cluster) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.kubectlPath, patiently(args)...)
	// A cache of its own: discovery of another server must not leak in.
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig, "HOME="+c.dataDir, "KUBECACHEDIR="+filepath.Join(c.dataDir, "kubectl-cache"))
	cmd.Env = append(cmd.Env, c.env...)
	return cmd
}

// stream starts kubectl and returns what it prints as it prints it, and a
// function that ends it.
func (c *cluster) stream(t *testing.T, args ...string) (io.Reader, func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := c.command(ctx, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return out, func() { cancel(); _ = cmd.Wait() }
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func tail(s string, n int) string {
	if len(s) > n {
		return "..." + s[len(s)-n:]
	}
	return s
}

// contains holds that every part is in the text.
func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in:\n%s", p, text)
		}
	}
}
