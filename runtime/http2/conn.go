package http2

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2/hpack"
)

// conn is one connection. The goroutine of serve reads; everybody writes.
type conn struct {
	srv     *Server
	hs      *http.Server
	tc      *tls.Conn
	under   *corked // below tc; nil if the listener is not ours
	handler http.Handler
	ctx     context.Context
	cancel  context.CancelFunc
	remote  string
	state   tls.ConnectionState

	// The reader's own.
	in     input
	hpack  *hpack.Decoder
	fields []hpack.HeaderField // of the header block in the making
	size   int                 // of them
	lastID uint32              // the newest stream

	heard atomic.Int64 // when a frame last came, in nanoseconds of Unix time

	mu      sync.Mutex
	changed sync.Cond // windows, room in the buffer, err
	streams map[uint32]*stream
	running int   // handlers, also of streams that were reset
	err     error // why nothing can be written any more
	out     output
	credit  int // received, used up, and not yet given back to the client
	early   int // bytes of bodies that are awaited before their handler runs
	timer   *time.Timer
	pinged  int64 // when the client was asked for a sign of life; 0 if it was not
	idle    int64 // since when there is no stream; 0 if there is
	leaving uint8 // see drain
	given   givenUp
	greeted bool // our settings were sent

	handlers sync.WaitGroup
}

// The steps of leaving: the client has been told that the connection will end; it
// knows which streams were taken.
const (
	warned = iota + 1
	drained
)

func newConn(s *Server, hs *http.Server, tc *tls.Conn, handler http.Handler, ctx context.Context) *conn {
	c := &conn{srv: s, hs: hs, tc: tc, handler: handler, streams: make(map[uint32]*stream), remote: tc.RemoteAddr().String(), state: tc.ConnectionState()}
	c.ctx, c.cancel = context.WithCancel(ctx)
	c.under, _ = tc.NetConn().(*corked)
	c.changed.L = &c.mu
	c.in.r = tc
	c.out.init()
	c.hpack = hpack.NewDecoder(4096, func(f hpack.HeaderField) {
		if c.size += int(f.Size()); c.size <= c.maxHeader() {
			c.fields = append(c.fields, f)
		}
	})
	c.hpack.SetMaxStringLength(c.maxHeader())
	return c
}

func (c *conn) maxHeader() int {
	if c.hs.MaxHeaderBytes > 0 {
		return c.hs.MaxHeaderBytes
	}
	return http.DefaultMaxHeaderBytes
}

// serve returns when the connection and all of its handlers have ended.
func (c *conn) serve() {
	now := time.Now().UnixNano()
	c.heard.Store(now)
	c.mu.Lock()
	c.idle = now
	c.timer = time.AfterFunc(c.untilTick(), c.tick)
	c.mu.Unlock()

	err := c.read()
	fatal, _ := errors.AsType[*connError](err)
	c.mu.Lock()
	if fatal != nil && c.err == nil {
		c.out.pending = appendGoAway(c.out.pending, c.lastID, fatal.code, fatal.why)
		c.flush()
	}
	c.fail(err)
	c.timer.Stop()
	c.mu.Unlock()
	c.cancel()
	if fatal != nil {
		// Closed with unread data in it, a connection loses what the client has not
		// read yet: the reason.
		_ = c.tc.CloseWrite()
		_ = c.tc.SetReadDeadline(time.Now().Add(250 * time.Millisecond))
		_, _ = io.Copy(io.Discard, c.tc.NetConn())
	}
	_ = c.tc.Close()
	c.handlers.Wait()
	c.in.close()
}

// fail ends everything that waits for the connection; mu is held.
func (c *conn) fail(err error) {
	if c.err != nil {
		return
	}
	if errors.Is(err, io.EOF) {
		err = errGone
	}
	c.err = err
	for _, st := range c.streams {
		st.abandon(err)
	}
	clear(c.streams)
	c.changed.Broadcast()
}

// errGone is why a handler cannot write any more.
var errGone = errors.New("http2: the client has closed the connection")

// read takes frames until the connection ends, and returns why.
func (c *conn) read() error {
	_ = c.tc.SetReadDeadline(time.Now().Add(10 * time.Second))
	start, err := c.in.take(len(preface))
	if err != nil {
		return err
	}
	if string(start) != preface {
		return protocolError("this is not HTTP/2")
	}
	c.mu.Lock()
	c.greeted = true
	c.greet()
	c.flush()
	c.mu.Unlock()
	f, err := c.frame()
	if err != nil {
		return err
	}
	if f.kind != frameSettings || f.flags&flagAck != 0 {
		return protocolError("no settings come first")
	}
	_ = c.tc.SetReadDeadline(time.Time{})
	for {
		err := c.handle(f)
		if own, ok := errors.AsType[*streamError](err); ok {
			c.reset(own)
		} else if err != nil {
			return err
		}
		if !c.in.ready() {
			// Before waiting for more, answer what wants one.
			c.mu.Lock()
			c.flush()
			c.mu.Unlock()
		}
		if f, err = c.frame(); err != nil {
			return err
		}
	}
}

// greet sends our settings.
func (c *conn) greet() {
	o := &c.srv.opts
	settings := appendSetting(nil, settingMaxStreams, uint32(o.MaxStreams))
	settings = appendSetting(settings, settingInitialWindow, uint32(o.StreamWindow))
	settings = appendSetting(settings, settingMaxHeaderList, uint32(c.maxHeader()))
	c.out.pending = append(appendHead(c.out.pending, len(settings), frameSettings, 0, 0), settings...)
	if more := o.ConnWindow - initialWindow; more > 0 {
		c.out.pending = appendWindowUpdate(c.out.pending, 0, more)
	}
}

// frame reads the next frame.
func (c *conn) frame() (frame, error) {
	head, err := c.in.take(frameHead)
	if err != nil {
		return frame{}, err
	}
	length := int(head[0])<<16 | int(head[1])<<8 | int(head[2])
	f := frame{kind: head[3], flags: head[4], id: binary.BigEndian.Uint32(head[5:]) & maxStreamID}
	if length > maxFrame {
		return f, &connError{codeFrameSize, "a frame is too large"}
	}
	f.payload, err = c.in.take(length)
	c.heard.Store(time.Now().UnixNano())
	return f, err
}

// handle does what a frame asks for.
func (c *conn) handle(f frame) error {
	switch f.kind {
	case frameData:
		return c.data(&f)
	case frameHeaders:
		return c.headers(&f)
	case framePriority:
		if len(f.payload) != 5 {
			return &streamError{f.id, codeFrameSize}
		}
		if f.id == 0 {
			return protocolError("a priority of no stream")
		}
		if binary.BigEndian.Uint32(f.payload)&maxStreamID == f.id {
			return &streamError{f.id, codeProtocol} // it depends on itself
		}
		return nil
	case frameReset:
		return c.resetByPeer(&f)
	case frameSettings:
		return c.settings(&f)
	case framePush, frameContinuation:
		return protocolError("a frame that has no place here")
	case framePing:
		return c.ping(&f)
	case frameGoAway:
		if f.id != 0 {
			return protocolError("a farewell on a stream")
		}
		return nil // the client will open no more streams, and close when it has all
	case frameWindowUpdate:
		return c.windowUpdate(&f)
	}
	return nil // what is not known is passed over
}

// answer appends a frame that the client has asked for. One that asks but does not
// read is let go.
func (c *conn) answer(appendTo func(dst []byte) []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out.pending = appendTo(c.out.pending); len(c.out.pending) > 1<<20 {
		return &connError{codeCalm, "answers are not read"}
	}
	return nil
}

func (c *conn) ping(f *frame) error {
	if len(f.payload) != 8 {
		return &connError{codeFrameSize, "a ping of another size than eight bytes"}
	}
	if f.id != 0 {
		return protocolError("a ping on a stream")
	}
	if f.flags&flagAck == 0 {
		return c.answer(func(dst []byte) []byte {
			return append(appendHead(dst, 8, framePing, flagAck, 0), f.payload...)
		})
	}
	if string(f.payload) == leavingPing {
		c.drained()
	}
	return nil
}

func (c *conn) settings(f *frame) error {
	if f.id != 0 {
		return protocolError("settings of a stream")
	}
	if f.flags&flagAck != 0 && len(f.payload) == 0 {
		return nil
	}
	if f.flags&flagAck != 0 || len(f.payload)%6 != 0 {
		return &connError{codeFrameSize, "settings of a wrong size"}
	}
	c.mu.Lock()
	for p := f.payload; len(p) > 0; p = p[6:] {
		if err := c.setting(binary.BigEndian.Uint16(p), binary.BigEndian.Uint32(p[2:])); err != nil {
			c.mu.Unlock()
			return err
		}
	}
	c.changed.Broadcast()
	c.mu.Unlock()
	return c.answer(func(dst []byte) []byte { return appendHead(dst, 0, frameSettings, flagAck, 0) })
}

// setting takes over one setting of the client; mu is held.
func (c *conn) setting(id uint16, value uint32) error {
	switch id {
	case settingPush:
		if value > 1 {
			return protocolError("push is neither on nor off")
		}
	case settingInitialWindow:
		if value > maxWindow {
			return &connError{codeFlowControl, "a window is too large"}
		}
		by := int64(value) - c.out.initial
		c.out.initial = int64(value)
		for _, st := range c.streams {
			if st.window += by; st.window > maxWindow {
				return &connError{codeFlowControl, "a window is too large"}
			}
		}
	case settingMaxFrame:
		if value < maxFrame || value > 1<<24-1 {
			return protocolError("a frame size that is not allowed")
		}
		// Larger frames would gain nothing: TLS cuts them.
	}
	return nil
}

func (c *conn) windowUpdate(f *frame) error {
	if len(f.payload) != 4 {
		return &connError{codeFrameSize, "a window update of another size than four bytes"}
	}
	by := int64(binary.BigEndian.Uint32(f.payload) & maxWindow)
	if by == 0 {
		if f.id == 0 {
			return protocolError("a window update by nothing")
		}
		return &streamError{f.id, codeProtocol}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.id == 0 {
		if c.out.window += by; c.out.window > maxWindow {
			return &connError{codeFlowControl, "the connection's window is too large"}
		}
	} else if st := c.streams[f.id]; st != nil {
		if st.window += by; st.window > maxWindow {
			return &streamError{f.id, codeFlowControl}
		}
	} else if f.id > c.lastID {
		return protocolError("a window update of a stream that is not open")
	}
	c.changed.Broadcast()
	return nil
}

func (c *conn) resetByPeer(f *frame) error {
	if len(f.payload) != 4 {
		return &connError{codeFrameSize, "a reset of another size than four bytes"}
	}
	if f.id == 0 || f.id > c.lastID {
		return protocolError("a reset of a stream that is not open")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(f.id, errReset)
	return nil
}

// errReset is why a handler cannot write any more.
var errReset = errors.New("http2: the client has given up the request")

// reset ends a stream because of what the client did on it.
func (c *conn) reset(e *streamError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.given.add(e.id)
	c.forget(e.id, e)
	c.out.pending = appendReset(c.out.pending, e.id, e.code)
}

// forget ends a stream without an answer; mu is held.
func (c *conn) forget(id uint32, why error) {
	st := c.streams[id]
	if st == nil {
		return
	}
	delete(c.streams, id)
	st.abandon(why)
	c.unused()
	c.changed.Broadcast()
}

// data takes over a part of a body.
func (c *conn) data(f *frame) error {
	data, err := f.unpad()
	if err != nil {
		return err
	}
	c.mu.Lock()
	st := c.streams[f.id]
	if st == nil || st.body.ended {
		defer c.mu.Unlock()
		if f.id == 0 || f.id > c.lastID || f.id%2 == 0 {
			return protocolError("data of a stream that is not open")
		}
		c.giveBack(nil, len(f.payload))
		if st == nil && c.given.has(f.id) {
			return nil // on its way when we ended the stream
		}
		return &streamError{f.id, codeStreamClosed}
	}
	if len(f.payload) > st.body.window {
		c.mu.Unlock()
		return &streamError{f.id, codeFlowControl}
	}
	st.body.window -= len(f.payload)
	if padding := len(f.payload) - len(data); padding > 0 {
		c.giveBack(st, padding)
	}
	end := f.flags&flagEndStream != 0
	if err := st.body.arrive(data, end); err != nil {
		c.mu.Unlock()
		return err
	}
	start := st.early > 0 && end
	if start {
		c.begin(st)
	}
	c.mu.Unlock()
	if start {
		c.srv.workers.serve(st)
	}
	return nil
}

// giveBack lets the client send n bytes more, on the connection and on a stream if
// that is not nil; mu is held. It says so when that is worth a frame.
func (c *conn) giveBack(st *stream, n int) {
	if c.credit += n; c.credit >= c.srv.opts.ConnWindow/4 {
		c.out.pending = appendWindowUpdate(c.out.pending, 0, c.credit)
		c.credit = 0
	}
	if st == nil || st.gone != nil || st.body.ended {
		return
	}
	if st.body.credit += n; st.body.credit >= c.srv.opts.StreamWindow/4 {
		c.out.pending = appendWindowUpdate(c.out.pending, st.id, st.body.credit)
		st.body.window += st.body.credit
		st.body.credit = 0
	}
}

// begin notes that a handler is about to run; mu is held.
func (c *conn) begin(st *stream) {
	c.early -= st.early
	st.early = 0
	c.running++
	c.handlers.Add(1)
}
