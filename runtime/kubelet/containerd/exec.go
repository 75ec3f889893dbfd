package containerd

import (
	"context"
	"errors"
	"net/url"
	"time"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Exec implements [kubelet.Execer].
func (r *Runtime) Exec(ctx context.Context, id string, command []string, timeout time.Duration) (kubelet.ExecResult, error) {
	bound := longTimeout
	if timeout > 0 {
		// The runtime ends the command; the call only ends where that fails.
		bound = timeout + callTimeout
	}
	call, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	if timeout == 0 {
		call = ctx
	}
	seconds := int64((timeout + time.Second - 1) / time.Second)
	response, err := r.runtime.ExecSync(call, &cri.ExecSyncRequest{ContainerId: id, Cmd: command, Timeout: seconds})
	if err != nil {
		err = r.wrapWhole("exec", err)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			return kubelet.ExecResult{}, context.DeadlineExceeded
		}
		return kubelet.ExecResult{}, err
	}
	return kubelet.ExecResult{Stdout: response.GetStdout(), Stderr: response.GetStderr(), ExitCode: response.GetExitCode()}, nil
}

// ExecURL implements [kubelet.Streamer].
func (r *Runtime) ExecURL(ctx context.Context, id string, command []string, streams kubelet.Streams) (*url.URL, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := r.runtime.Exec(ctx, &cri.ExecRequest{
		ContainerId: id, Cmd: command, Tty: streams.TTY, Stdin: streams.Stdin, Stdout: streams.Stdout,
		// A terminal has no stderr of its own.
		Stderr: streams.Stderr && !streams.TTY,
	})
	if err != nil {
		return nil, r.wrap("exec", err)
	}
	return url.Parse(response.GetUrl())
}

// AttachURL implements [kubelet.Streamer].
func (r *Runtime) AttachURL(ctx context.Context, id string, streams kubelet.Streams) (*url.URL, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := r.runtime.Attach(ctx, &cri.AttachRequest{
		ContainerId: id, Tty: streams.TTY, Stdin: streams.Stdin, Stdout: streams.Stdout, Stderr: streams.Stderr && !streams.TTY,
	})
	if err != nil {
		return nil, r.wrap("attach", err)
	}
	return url.Parse(response.GetUrl())
}

// PortForwardURL implements [kubelet.Streamer].
func (r *Runtime) PortForwardURL(ctx context.Context, sandbox string, ports []int32) (*url.URL, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	response, err := r.runtime.PortForward(ctx, &cri.PortForwardRequest{PodSandboxId: sandbox, Port: ports})
	if err != nil {
		return nil, r.wrap("port forward", err)
	}
	return url.Parse(response.GetUrl())
}
