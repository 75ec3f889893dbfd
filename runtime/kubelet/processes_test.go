package kubelet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
	"github.com/kubenucleus/nucleus/runtime/stream"
)

// processes is a hollow runtime whose commands are run for real, on the machine
// of the test, and whose ports are those of the test.
type processes struct {
	*hollow.Runtime
	server *httptest.Server

	mu     sync.Mutex
	ports  map[uint16]string           // what listens there, by the port of the Pod
	orders map[string]http.HandlerFunc // by path, to be asked for once
	asked  []string                    // what was asked for
	resize []string
}

func newProcesses(t testing.TB) *processes {
	p := &processes{Runtime: hollow.New(hollow.Options{}), orders: map[string]http.HandlerFunc{}, ports: map[uint16]string{}}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		serve := p.orders[r.URL.Path]
		delete(p.orders, r.URL.Path)
		p.mu.Unlock()
		if serve == nil {
			http.NotFound(w, r)
			return
		}
		serve(w, r)
	}))
	t.Cleanup(p.server.Close)
	return p
}

// listen says what listens on a port of the Pods.
func (p *processes) listen(port uint16, address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ports[port] = address
}

func (p *processes) order(what string, serve http.HandlerFunc) (*url.URL, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, what)
	path := "/" + strconv.Itoa(len(p.asked))
	p.orders[path] = serve
	return url.Parse(p.server.URL + path)
}

func (p *processes) ExecURL(_ context.Context, id string, command []string, streams kubelet.Streams) (*url.URL, error) {
	if len(command) == 0 {
		return nil, errors.New("no command was given")
	}
	return p.order(fmt.Sprint("exec ", command, streams), func(w http.ResponseWriter, r *http.Request) {
		p.run(w, r, exec.CommandContext(r.Context(), command[0], command[1:]...), streams)
	})
}

// AttachURL leads to a process that repeats what it hears.
func (p *processes) AttachURL(_ context.Context, id string, streams kubelet.Streams) (*url.URL, error) {
	return p.order(fmt.Sprint("attach ", streams), func(w http.ResponseWriter, r *http.Request) {
		p.run(w, r, exec.CommandContext(r.Context(), "cat"), streams)
	})
}

func (p *processes) PortForwardURL(_ context.Context, sandbox string, ports []int32) (*url.URL, error) {
	return p.order(fmt.Sprint("forward ", ports), func(w http.ResponseWriter, r *http.Request) {
		_ = stream.ServePorts(r.Context(), w, r, func(ctx context.Context, port uint16) (io.ReadWriteCloser, error) {
			p.mu.Lock()
			address := p.ports[port]
			p.mu.Unlock()
			if address == "" {
				return nil, errors.New("connection refused")
			}
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		})
	})
}

// run runs a command with the streams of a request.
func (p *processes) run(w http.ResponseWriter, r *http.Request, cmd *exec.Cmd, streams kubelet.Streams) {
	s, err := stream.Serve(context.Background(), w, r, stream.Options(streams))
	if err != nil {
		return
	}
	if s.Resize != nil {
		go func() {
			buffer := make([]byte, 256)
			for {
				n, err := s.Resize.Read(buffer)
				if err != nil {
					return
				}
				p.mu.Lock()
				p.resize = append(p.resize, strings.TrimSpace(string(buffer[:n])))
				p.mu.Unlock()
			}
		}()
	}
	var stdin io.WriteCloser
	if s.Stdout != nil {
		cmd.Stdout = s.Stdout
	}
	if s.Stderr != nil {
		cmd.Stderr = s.Stderr
	} else if streams.TTY {
		cmd.Stderr = s.Stdout
	}
	cmd.WaitDelay = time.Second
	if s.Stdin != nil {
		if stdin, err = cmd.StdinPipe(); err == nil {
			go func() {
				_, _ = io.Copy(stdin, s.Stdin)
				_ = stdin.Close()
			}()
		}
	}
	over := make(chan struct{})
	defer close(over)
	if err == nil {
		err = cmd.Start()
	}
	if err == nil {
		go func() {
			select {
			case <-s.Gone():
				_ = cmd.Process.Kill()
			case <-over:
			}
		}()
		err = cmd.Wait()
	}
	s.End(stream.StatusOf(err))
}

func (p *processes) Exec(ctx context.Context, id string, command []string, timeout time.Duration) (kubelet.ExecResult, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var out, errs strings.Builder
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	result := kubelet.ExecResult{Stdout: []byte(out.String()), Stderr: []byte(errs.String())}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		result.ExitCode, err = int32(exit.ExitCode()), nil
	}
	return result, err
}

func hollowRuns() hollow.Options { return hollow.Options{} }
