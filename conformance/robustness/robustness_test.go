package robustness_test

import (
	"context"
	"flag"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/conformance/robustness"
	"github.com/kubenucleus/nucleus/runtime/client"
)

var duration = flag.Duration("robustness.duration", 8*time.Second, "how long servers are disturbed")

// TestKilledServerKeepsItsWord kills the server, as a power cut of its process,
// again and again while clients work.
func TestKilledServerKeepsItsWord(t *testing.T) {
	s := startServer(t, t.TempDir())
	kills := 0
	history, err := robustness.Run(t.Context(), []client.Client{connect(t, s), connect(t, s)}, robustness.Options{
		Duration: *duration, Rest: 700 * time.Millisecond, Seed: uint64(time.Now().UnixNano()),
		Disturb: func(ctx context.Context) error {
			kills++
			if kills%4 == 0 {
				return s.Restart(ctx, syscall.SIGTERM)
			}
			return s.Restart(ctx, syscall.SIGKILL)
		},
	})
	if err != nil {
		t.Fatalf("%v\nserver's log:\n%s", err, s.Log())
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

// startServer starts a server on the data in dir until the test ends.
func startServer(t *testing.T, dir string) *robustness.Process {
	t.Helper()
	binary := os.Getenv("NUCLEUS")
	if binary == "" {
		t.Skip("NUCLEUS is not set: run make e2e")
	}
	s, err := robustness.StartProcess(t.Context(), robustness.ProcessOptions{Dir: dir, Command: []string{binary}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.End(syscall.SIGTERM); err != nil {
			t.Errorf("server ended with %v:\n%s", err, s.Log())
		}
	})
	return s
}

func connect(t *testing.T, s *robustness.Process) client.Client {
	t.Helper()
	remote, err := s.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(remote.Close)
	return remote
}
