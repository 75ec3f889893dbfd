package containerd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

const (
	// callTimeout bounds calls that only ask or change something small.
	callTimeout = 10 * time.Second
	// longTimeout bounds calls that start processes; a machine under load may
	// take long for them, but a runtime that hangs is not waited for for ever.
	longTimeout = 4 * time.Minute
)

// reconnect is how soon a runtime that was away is found again.
var reconnect = backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second}

// Error is what the CRI said, without the wrapping of its transport. It unwraps to
// [kubelet.ErrNotFound] or a context's error where it is one.
type Error struct {
	Op   string
	Code codes.Code
	Text string
}

func (e *Error) Error() string { return e.Text }

// Unwrap returns what callers branch on.
func (e *Error) Unwrap() error {
	switch e.Code {
	case codes.NotFound:
		return kubelet.ErrNotFound
	case codes.DeadlineExceeded:
		return context.DeadlineExceeded
	case codes.Canceled:
		return context.Canceled
	}
	return nil
}

// wrap makes an Error of what a call returned.
func (r *Runtime) wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	s, ok := status.FromError(err)
	if !ok {
		return fmt.Errorf("%s: %w", op, err)
	}
	if s.Code() == codes.Unavailable {
		// The text of the transport names addresses and sockets but not what it is.
		return &Error{Op: op, Code: s.Code(), Text: "container runtime is not reachable: " + s.Message()}
	}
	return &Error{Op: op, Code: s.Code(), Text: s.Message()}
}

// wrapWhole is wrap for what is told with all that the call returned, its code
// included, as kubelets tell of sandboxes, probes and pulls.
func (r *Runtime) wrapWhole(op string, err error) error {
	wrapped := r.wrap(op, err)
	if e, ok := errors.AsType[*Error](wrapped); ok && e.Code != codes.Unavailable {
		e.Text = err.Error()
	}
	return wrapped
}

// message is the text of an error of a call.
func message(err error) string {
	if s, ok := status.FromError(err); ok {
		return s.Message()
	}
	return err.Error()
}

// gone reports whether an error says that what was asked for does not exist.
func gone(err error) bool {
	return status.Code(err) == codes.NotFound || errors.Is(err, kubelet.ErrNotFound)
}
