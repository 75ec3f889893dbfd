package http2

import (
	"errors"
	"io"
)

// body is the body of a request: what has arrived of it and was not read. The
// connection's mu guards it.
type body struct {
	st     *stream
	buf    []byte
	at     int
	left   int64 // what is to come, -1 if that is not known
	window int   // what the client may still send
	credit int   // read, and not yet given back to the client
	ended  bool  // nothing more comes
	closed bool  // nobody reads any more
	err    error // why there is no end
	// asks says that the client waits to be told that its body is wanted.
	asks bool
}

var errBodyClosed = errors.New("http2: read of a body that is closed")

// arrive takes over a part of the body.
func (b *body) arrive(data []byte, end bool) error {
	if b.left >= 0 {
		if b.left -= int64(len(data)); b.left < 0 || end && b.left > 0 {
			return &streamError{b.st.id, codeProtocol} // not as long as announced
		}
	}
	c := b.st.c
	if b.ended = end; b.closed {
		c.giveBack(b.st, len(data))
		return nil
	}
	if len(data) > 0 {
		if b.at == len(b.buf) {
			b.buf, b.at = b.buf[:0], 0
		}
		if b.buf == nil && b.left > 0 {
			b.buf = make([]byte, 0, min(int64(len(data))+b.left, int64(c.srv.opts.StreamWindow)))
		}
		b.buf = append(b.buf, data...)
	}
	c.changed.Broadcast()
	return nil
}

// Read reads what has arrived, or waits for it.
func (b *body) Read(p []byte) (int, error) {
	c := b.st.c
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		switch {
		case b.closed:
			return 0, errBodyClosed
		case b.at < len(b.buf):
			n := copy(p, b.buf[b.at:])
			b.at += n
			c.giveBack(b.st, n)
			c.flushUpdates()
			return n, nil
		case b.ended:
			return 0, io.EOF
		case b.err != nil:
			return 0, b.err
		case len(p) == 0:
			return 0, nil
		}
		if b.asks {
			b.asks = false
			if !b.st.begun {
				c.out.pending = appendHeaders(c.out.room(), b.st.id, appendStatus(nil, 100), maxFrame, false)
			}
		}
		c.flush()
		if b.at == len(b.buf) && !b.ended && b.err == nil && !b.closed {
			c.changed.Wait()
		}
	}
}

// flushUpdates writes window updates that a client may wait for; mu is held.
func (c *conn) flushUpdates() {
	if len(c.out.pending) > 0 && !c.out.soon {
		c.flush()
	}
}

// Close says that the rest is not wanted.
func (b *body) Close() error {
	c := b.st.c
	c.mu.Lock()
	defer c.mu.Unlock()
	b.discard()
	return nil
}

// discard drops what has arrived and what will; mu is held.
func (b *body) discard() {
	if b.closed {
		return
	}
	b.closed = true
	if rest := len(b.buf) - b.at; rest > 0 {
		b.st.c.giveBack(b.st, rest)
	}
	b.buf, b.at = nil, 0
}
