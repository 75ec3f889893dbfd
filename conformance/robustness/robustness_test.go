package robustness_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/conformance/robustness"
	"github.com/kubenucleus/nucleus/runtime/client"
)

var duration = flag.Duration("robustness.duration", 8*time.Second, "how long servers are disturbed")

// TestKilledServerKeepsItsWord kills the server, as a power cut of its process,
// again and again while clients work.
func TestKilledServerKeepsItsWord(t *testing.T) {
	s := startServer(t, t.TempDir())
	kills := 0
	history, err := robustness.Run(t.Context(), []client.Client{s.connect(t), s.connect(t)}, robustness.Options{
		Duration: *duration, Rest: 700 * time.Millisecond, Seed: uint64(time.Now().UnixNano()),
		Disturb: func(ctx context.Context) error {
			kills++
			if kills%4 == 0 {
				return s.restart(ctx, syscall.SIGTERM)
			}
			return s.restart(ctx, syscall.SIGKILL)
		},
	})
	if err != nil {
		t.Fatalf("%v\nserver's log:\n%s", err, s.log)
	}
	t.Logf("%d operations, %d without an answer, %d changes seen, server ended %d times",
		len(history.Operations), history.Unanswered, len(history.Watches[0]), history.Disturbances)
	if history.Disturbances < 2 || len(history.Watches[0]) < 20 {
		t.Error("nothing was tried")
	}
	for _, problem := range history.Check() {
		t.Error(problem)
	}
}

// server is a nucleus process that comes back on the same port and data.
type server struct {
	binary, dir, kubeconfig string
	port                    int
	process                 *exec.Cmd
	log                     *bytes.Buffer
}

// startServer starts a server on the data in dir until the test ends.
func startServer(t *testing.T, dir string) *server {
	t.Helper()
	binary := os.Getenv("NUCLEUS")
	if binary == "" {
		t.Skip("NUCLEUS is not set: run make e2e")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	s := &server{binary: binary, dir: dir, kubeconfig: filepath.Join(dir, "kubeconfig"), port: port, log: &bytes.Buffer{}}
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(syscall.SIGTERM); err != nil {
			t.Errorf("server ended with %v:\n%s", err, s.log)
		}
	})
	return s
}

// start starts the process and waits until it answers.
func (s *server) start(ctx context.Context) error {
	s.process = exec.Command(s.binary, "--data-dir", s.dir, "--secure-port", fmt.Sprint(s.port), "--controllers=-*", "--scheduler=false", "--node=none")
	s.process.Stdout, s.process.Stderr = s.log, s.log
	if err := s.process.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if remote, err := client.Connect(s.kubeconfig, nil); err == nil {
			_, err = remote.Raw(ctx, "GET", "/readyz", nil, nil)
			remote.Close()
			if err == nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("server is not ready after a minute: %w", context.Cause(ctx))
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// end ends the process with a signal. A server that was asked to end has to end well.
func (s *server) end(signal syscall.Signal) error {
	if err := s.process.Process.Signal(signal); err != nil {
		return err
	}
	err := s.process.Wait()
	if exit := (*exec.ExitError)(nil); signal == syscall.SIGKILL && errors.As(err, &exit) {
		return nil
	}
	return err
}

func (s *server) restart(ctx context.Context, signal syscall.Signal) error {
	if err := s.end(signal); err != nil {
		return err
	}
	return s.start(ctx)
}

func (s *server) connect(t *testing.T) client.Client {
	t.Helper()
	known, err := scheme.New(api.Basic()...)
	if err != nil {
		t.Fatal(err)
	}
	remote, err := client.Connect(s.kubeconfig, known)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remote.Close)
	return remote
}
