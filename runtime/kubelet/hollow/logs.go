package hollow

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// Logs implements [kubelet.Runtime]: the log of a simulated container is a line
// that says that it is one.
func (r *Runtime) Logs(ctx context.Context, id string, options kubelet.LogOptions) (io.ReadCloser, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.containers[id]
	if c == nil {
		return nil, fmt.Errorf("container %q: %w", id, kubelet.ErrNotFound)
	}
	log := &logReader{closed: make(chan struct{}), ctx: ctx}
	running := c.runs(time.Now())
	started := c.State != kubelet.Created
	if started && !c.StartedAt.Before(options.Since) && (options.TailLines == nil || *options.TailLines > 0) {
		line := fmt.Sprintf("Simulated by Nucleus (hollow node): container %q of Pod %s/%s, image %q. No process runs in it.\n",
			c.Name, c.pod.namespace, c.pod.name, c.Image)
		if options.Timestamps {
			line = c.StartedAt.UTC().Format(time.RFC3339Nano) + " " + line
		}
		log.rest = []byte(line)
	}
	if limit := options.LimitBytes; limit != nil && *limit <= int64(len(log.rest)) {
		log.rest = log.rest[:max(*limit, 0)]
		return log, nil
	}
	if options.Follow && running {
		if c.exited == nil {
			c.exited = make(chan struct{})
		}
		log.follow, log.until = c.exited, c.ends
	}
	return log, nil
}

// logReader reads what is there and then, if told to, waits for the end of the
// container. Read is called by one goroutine at a time, Close by any.
type logReader struct {
	ctx    context.Context // of the call that the reader answers
	rest   []byte
	follow <-chan struct{}
	until  time.Time // when the container ends by itself; zero is never

	once   sync.Once
	closed chan struct{}
}

func (l *logReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(l.rest) > 0 {
		n := copy(p, l.rest)
		l.rest = l.rest[n:]
		return n, nil
	}
	if l.follow == nil {
		return 0, io.EOF
	}
	var due <-chan time.Time
	if !l.until.IsZero() {
		timer := time.NewTimer(time.Until(l.until))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-l.follow:
	case <-due:
	case <-l.closed:
	case <-l.ctx.Done():
		return 0, context.Cause(l.ctx)
	}
	l.follow = nil
	return 0, io.EOF
}

func (l *logReader) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}
