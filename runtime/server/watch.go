package server

import (
	"bufio"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/runtime/stream"
)

// watch answers a watch: events as they happen, until the client has enough,
// the time is over, or the server stops.
func (s *Server) watch(c *call) error {
	as, err := c.negotiate()
	if err == nil && !as.stream {
		err = meta.NotAcceptable(c.media.streamNames())
	}
	if err != nil {
		return err
	}
	opts, err := c.watchOptions()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), s.watchTime(opts))
	defer cancel()
	stop := context.AfterFunc(s.stopping, cancel)
	defer stop()
	request := c.request()
	request.Gather = true
	events, err := s.reg.Watch(ctx, request, opts)
	if err != nil {
		return err
	}

	if stream.WantsWebSocket(c.r) {
		s.watchOverWebSocket(ctx, cancel, c, as, events)
		return nil
	}
	h := c.w.Header()
	h.Set("Content-Type", streamType(as))
	c.warnings.into(h)
	c.w.WriteHeader(http.StatusOK)
	flusher := http.NewResponseController(c.w)
	if flusher.Flush() != nil {
		return nil // the client has gone
	}

	out := watchOutput{w: c.w, flusher: flusher, buffers: c.buffers()}
	frames := newFrames(c, as)
	for event, err := range events {
		if c.misshapen(as, false) != nil {
			return nil // no event can be told
		}
		if err == nil {
			err = frames.write(out.buffered(), event)
		} else if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			frames.writeError(out.buffered(), c.statusOf(err))
			_ = out.flush() // the end of it, whether it arrives or not
			return nil
		}
		// One flush for all that is there already: it costs more than the rest.
		if !event.More && out.flush() != nil {
			return nil
		}
	}
	_ = out.flush()
	return nil
}

// watchOutput writes the events of a watch. It has a buffer only while there is
// something in it: most watchers wait most of the time.
type watchOutput struct {
	w       http.ResponseWriter
	flusher *http.ResponseController
	buffers *sync.Pool
	buffer  *bufio.Writer
}

func (o *watchOutput) buffered() *bufio.Writer {
	if o.buffer == nil {
		o.buffer = o.buffers.Get().(*bufio.Writer)
		o.buffer.Reset(o.w)
	}
	return o.buffer
}

func (o *watchOutput) flush() error {
	if o.buffer == nil {
		return nil
	}
	if err := o.buffer.Flush(); err != nil {
		return err // the connection may still be reading from the buffer
	}
	if err := o.flusher.Flush(); err != nil {
		return err
	}
	o.buffer.Reset(io.Discard)
	o.buffers.Put(o.buffer)
	o.buffer = nil
	return nil
}

// watchTime is how long a watch lasts.
func (s *Server) watchTime(opts meta.ListOptions) time.Duration {
	if opts.TimeoutSeconds != nil && *opts.TimeoutSeconds > 0 {
		if *opts.TimeoutSeconds > int64(24*365*time.Hour/time.Second) {
			return 24 * 365 * time.Hour // longer overflows, and means for ever
		}
		return time.Duration(*opts.TimeoutSeconds) * time.Second
	}
	return time.Duration(float64(s.opts.WatchTimeout) * (1 + rand.Float64()))
}

// streamType is the Content-Type of a watch.
func streamType(as *accepted) string {
	switch as.form {
	case registry.Protobuf:
		return as.name + ";stream=watch"
	case registry.CBOR:
		return "application/cbor-seq"
	}
	return as.name
}
