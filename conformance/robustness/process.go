package robustness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// ProcessOptions say what a [Process] is.
type ProcessOptions struct {
	// Dir is its data directory.
	Dir string
	// Command is what starts the binary, before the flags.
	Command []string
	// Address is the IP address that it serves on; "" is the loopback.
	Address string
	// Flags are further ones.
	Flags []string
}

// Process is a bare API server in a process of its own, which may be ended at
// any moment and comes back at the same address with the same data. Its methods
// are for one goroutine at a time.
type Process struct {
	opts       ProcessOptions
	kubeconfig string
	port       int
	process    *exec.Cmd // nil: ended
	log        log
}

// log is what the process says. It is written to while it is read.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// readyTimeout is how long a server may take to answer.
const readyTimeout = time.Minute

// StartProcess starts a server and waits until it is ready. The caller must End
// it.
func StartProcess(ctx context.Context, o ProcessOptions) (*Process, error) {
	if o.Address == "" {
		o.Address = "127.0.0.1"
	}
	p := &Process{opts: o, kubeconfig: filepath.Join(o.Dir, "kubeconfig")}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.port = listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		return nil, err
	}
	if err := p.Start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%w; its log:\n%s", err, p.Log()), p.End(syscall.SIGKILL))
	}
	return p, nil
}

// Log is what the server has said since it was first started.
func (p *Process) Log() string {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	return p.log.text.String()
}

// Start starts the server that was ended and waits until it is ready.
func (p *Process) Start(ctx context.Context) error {
	command := append(append([]string{}, p.opts.Command...), "--data-dir", p.opts.Dir, "--bind-address", p.opts.Address,
		"--secure-port", fmt.Sprint(p.port), "--controllers=-*", "--scheduler=false", "--node=none")
	command = append(command, p.opts.Flags...)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	if err := cmd.Start(); err != nil {
		return err
	}
	p.process = cmd
	return p.awaitReady(ctx)
}

func (p *Process) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	for {
		err := p.ready(ctx)
		if err == nil {
			return nil
		}
		if !wait(ctx, nil, 10*time.Millisecond) {
			return fmt.Errorf("server is not ready after %v: %w", readyTimeout, err)
		}
	}
}

func (p *Process) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := os.Stat(p.kubeconfig); err != nil {
		return err // it has not come so far
	}
	remote, err := client.Connect(p.kubeconfig, nil)
	if err != nil {
		return err
	}
	defer remote.Close()
	_, err = remote.Raw(ctx, "GET", "/readyz", nil, nil)
	return err
}

// End ends the server with a signal, if it has not ended already. One that was
// not killed has to end well: otherwise that is the error.
func (p *Process) End(signal syscall.Signal) error {
	if p.process == nil {
		return nil
	}
	cmd := p.process
	p.process = nil
	if err := cmd.Process.Signal(signal); err != nil {
		return errors.Join(err, cmd.Wait())
	}
	err := cmd.Wait()
	if _, ended := errors.AsType[*exec.ExitError](err); ended && signal == syscall.SIGKILL {
		return nil
	}
	return err
}

// Restart ends the server with a signal and starts it again.
func (p *Process) Restart(ctx context.Context, signal syscall.Signal) error {
	if err := p.End(signal); err != nil {
		return err
	}
	return p.Start(ctx)
}

// Connect returns an administrator's client that knows all of Kubernetes. It goes on
// with a server that was started again. The caller must Close it.
func (p *Process) Connect() (*client.Remote, error) {
	known, err := scheme.New(api.Groups()...)
	if err != nil {
		return nil, err
	}
	return client.Connect(p.kubeconfig, known)
}
