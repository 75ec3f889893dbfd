package stream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/moby/spdystream"
)

// session is a SPDY connection that ends wholly when it is closed.
type session struct {
	conn     net.Conn
	spdy     *spdystream.Connection
	accepted chan *spdystream.Stream // those that the other end has opened
	served   chan struct{}           // closed when nothing is read any more
	detach   func() bool             // from the context

	mu      sync.Mutex
	streams []*spdystream.Stream // whose reading must be unblocked in the end
	closed  bool
}

// maxPending bounds the streams that the other end may open before they are
// taken.
const maxPending = 64

// newSession speaks SPDY over conn, which is the session's from then on, until
// Close, or until ctx ends.
func newSession(ctx context.Context, conn net.Conn, server bool) (*session, error) {
	if _, ok := conn.(*closeOnce); !ok {
		conn = &closeOnce{Conn: conn}
	}
	spdy, err := spdystream.NewConnection(conn, server)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("SPDY: %w", err)
	}
	s := &session{conn: conn, spdy: spdy, accepted: make(chan *spdystream.Stream, maxPending), served: make(chan struct{})}
	go func() {
		defer close(s.served)
		spdy.Serve(s.accept)
	}()
	s.detach = context.AfterFunc(ctx, s.cut)
	return s, nil
}

// accept takes a stream that the other end has opened. It must not block: it is
// called while frames of other streams wait.
func (s *session) accept(st *spdystream.Stream) {
	if !s.remember(st) {
		_ = st.Refuse()
		return
	}
	// It must have been answered before anybody takes it, who may write at once.
	if st.SendReply(http.Header{}, false) != nil {
		return
	}
	select {
	case s.accepted <- st:
	default:
		_ = st.Reset()
	}
}

// keep sends frames without content on a stream now and then, until quit is called.
// A connection whose peer has vanished is missed so, even while nobody takes what
// came in before, behind which the end would be found. It ends the session then.
func (s *session) keep(st *spdystream.Stream) (quit func()) {
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(pingInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				if st.WriteData(nil, false) != nil {
					s.cut()
					return
				}
			case <-stop:
				return
			case <-s.served:
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-ended
	}
}

// remember keeps a stream for the end; it reports whether that is still to come.
func (s *session) remember(st *spdystream.Stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.streams = append(s.streams, st)
	return true
}

// forget ends a stream before the session does.
func (s *session) forget(st *spdystream.Stream) {
	_ = st.Reset()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, have := range s.streams {
		if have == st {
			last := len(s.streams) - 1
			s.streams[i], s.streams[last] = s.streams[last], nil
			s.streams = s.streams[:last]
			return
		}
	}
}

// answerTime is how long the other end may take to answer that a stream is open.
const answerTime = 30 * time.Second

// open opens a stream and waits until the other end has taken it.
func (s *session) open(header http.Header) (*spdystream.Stream, error) {
	st, err := s.spdy.CreateStream(header, nil, false)
	if err == nil && !s.remember(st) {
		err = net.ErrClosed
	}
	if err == nil {
		err = s.answered(st)
	}
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", header.Get(streamTypeHeader), err)
	}
	return st, nil
}

// answered waits for the answer to a stream that was opened. It looks now and then
// whether there is still a connection, which the library's own wait does not.
func (s *session) answered(st *spdystream.Stream) error {
	for began := time.Now(); ; {
		err := st.WaitTimeout(100 * time.Millisecond)
		switch {
		case !errors.Is(err, spdystream.ErrTimeout):
			return err
		case time.Since(began) > answerTime:
			return err
		}
		select {
		case <-s.served:
			return net.ErrClosed
		default:
		}
	}
}

// cut ends the connection and unblocks what hangs on to it, without waiting.
func (s *session) cut() {
	s.mu.Lock()
	streams := s.streams
	s.streams, s.closed = nil, true
	s.mu.Unlock()
	// The connection first: a reset is written to it, and might wait there.
	_ = s.conn.Close()
	for _, st := range streams {
		_ = st.Reset()
	}
}

// Close ends the session and waits until nothing of it is left.
func (s *session) Close() error {
	s.detach()
	s.mu.Lock()
	streams := s.streams
	s.mu.Unlock()
	s.cut()
	for {
		select {
		case <-s.served:
			return nil
		case <-time.After(20 * time.Millisecond):
			// The library hands a refusal to whoever waits for the answer to a
			// stream, and waits until somebody does.
			for _, st := range streams {
				_ = st.WaitTimeout(time.Millisecond)
			}
		}
	}
}
