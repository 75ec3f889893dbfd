package http2

import (
	"context"
	"errors"
	"log"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// stream is a request and its answer: what the handler writes to.
type stream struct {
	c      *conn
	id     uint32
	req    *http.Request
	cancel context.CancelFunc

	// The connection's mu guards these.
	window int64 // what the client takes of the answer
	body   body
	early  int   // how long a body is awaited before the handler runs; 0 if it is not
	gone   error // why nothing can be answered any more
	begun  bool  // the head of the answer was sent
	ended  bool  // and its end

	// These are the handler's.
	header   http.Header
	frozen   http.Header // what it was when the answer began, if it is not encoded yet
	code     int         // 0: none yet
	head     []byte
	declared int64 // Content-Length, or -1
	written  int64
	trailers []string
	tooLarge bool // the request's header
}

// givenUp are the streams that we ended last, before their clients did: what they
// had sent by then still comes, and is no error. After many others it is.
type givenUp struct {
	ids  [32]uint32
	next int
}

func (g *givenUp) add(id uint32) {
	g.ids[g.next%len(g.ids)] = id
	g.next++
}

func (g *givenUp) has(id uint32) bool { return slices.Contains(g.ids[:], id) }

// abandon makes the handler end; the connection's mu is held.
func (st *stream) abandon(why error) {
	st.gone = why
	st.c.early -= st.early
	st.early = 0
	if !st.body.ended {
		st.body.err = why
	}
	st.cancel()
}

// serve runs the handler.
func (st *stream) serve() {
	c := st.c
	defer c.handlers.Done()
	ok := false
	defer func() {
		p := recover()
		if p != nil && p != http.ErrAbortHandler {
			c.logf("http2: panic serving %s: %v\n%s", c.remote, p, debug.Stack())
		}
		st.finish(ok)
	}()
	if st.tooLarge {
		http.Error(st, "the header of the request is too large", http.StatusRequestHeaderFieldsTooLarge)
	} else {
		c.handler.ServeHTTP(st, st.req)
	}
	ok = true
}

func (c *conn) logf(format string, args ...any) {
	if c.hs.ErrorLog != nil {
		c.hs.ErrorLog.Printf(format, args...)
		return
	}
	log.Printf(format, args...)
}

// Header returns the header of the answer.
func (st *stream) Header() http.Header { return st.header }

// WriteHeader begins the answer.
func (st *stream) WriteHeader(code int) {
	if st.code != 0 {
		return
	}
	if code < 100 || code > 999 {
		panic("http2: no such status code: " + strconv.Itoa(code))
	}
	if code < 200 {
		block := appendHeader(appendStatus(nil, code), st.header, nil)
		st.c.mu.Lock()
		defer st.c.mu.Unlock()
		if st.gone == nil && st.c.err == nil {
			st.c.out.pending = appendHeaders(st.c.out.room(), st.id, block, maxFrame, false)
			st.c.flush()
		}
		return
	}
	st.code = code
	h := st.header
	if length := h.Get("Content-Length"); length != "" {
		n, err := strconv.ParseInt(length, 10, 64)
		if err == nil && n >= 0 {
			st.declared = n
		} else {
			h.Del("Content-Length")
		}
	}
	if !bodyAllowed(code) || h["Content-Type"] != nil || h.Get("Content-Encoding") != "" {
		st.encode(h)
		return
	}
	// What the body is is found out from how it begins. By then the handler may have
	// changed the header.
	st.frozen = h.Clone()
}

// encode makes the head of the answer.
func (st *stream) encode(h http.Header) {
	head := make([]byte, 0, 256)
	head = appendStatus(head, st.code)
	skip := func(name string) bool { return strings.HasPrefix(name, http.TrailerPrefix) }
	if st.trailers = trailersOf(h); len(st.trailers) > 0 {
		skip = func(name string) bool {
			return strings.HasPrefix(name, http.TrailerPrefix) || slices.Contains(st.trailers, name)
		}
	}
	head = appendHeader(head, h, skip)
	if h["Date"] == nil {
		head = appendField(head, "Date", date())
	}
	st.head = head
}

// sniff makes the head of an answer whose handler has not said what it is.
func (st *stream) sniff(p []byte) {
	if st.head != nil || st.begun {
		return
	}
	if len(p) > 0 {
		st.frozen.Set("Content-Type", http.DetectContentType(p))
	}
	st.encode(st.frozen)
	st.frozen = nil
}

func bodyAllowed(code int) bool {
	return code >= 200 && code != http.StatusNoContent && code != http.StatusNotModified
}

// Write writes a part of the answer's body.
func (st *stream) Write(p []byte) (int, error) { return st.write(p, true) }

// WriteSome is Write of as much as goes without waiting for the client, which may be
// nothing.
func (st *stream) WriteSome(p []byte) (int, error) { return st.write(p, false) }

// Await waits until WriteSome takes something: until the client does, and what is
// written and would leave no room for n bytes is on its way. Who makes what it writes
// while it writes it needs no memory for that while it waits.
func (st *stream) Await(n int) error {
	if st.code == 0 {
		st.WriteHeader(http.StatusOK)
	}
	st.sniff(nil)
	if st.req.Method == http.MethodHead {
		return nil
	}
	st.c.mu.Lock()
	defer st.c.mu.Unlock()
	if err := st.sendHead(); err != nil {
		return err
	}
	return st.c.await(st, n, max(1, n))
}

func (st *stream) write(p []byte, wait bool) (int, error) {
	if st.code == 0 {
		st.WriteHeader(http.StatusOK)
	}
	if !bodyAllowed(st.code) {
		return 0, http.ErrBodyNotAllowed
	}
	written := st.written + int64(len(p))
	if st.declared >= 0 && written > st.declared {
		return 0, http.ErrContentLength
	}
	st.sniff(p)
	if st.req.Method == http.MethodHead {
		st.written = written
		return len(p), nil
	}
	end := written == st.declared && len(st.trailers) == 0
	if len(p) == 0 && !end {
		return 0, nil
	}
	st.c.mu.Lock()
	defer st.c.mu.Unlock()
	if err := st.sendHead(); err != nil {
		return 0, err
	}
	n, err := st.c.send(st, p, end, wait)
	st.written += int64(n)
	if err != nil {
		return n, err
	}
	st.ended = end && n == len(p)
	return n, nil
}

// WriteString is Write for a text.
func (st *stream) WriteString(s string) (int, error) { return st.Write([]byte(s)) }

// sendHead sends the head, if it was not; mu is held.
func (st *stream) sendHead() error {
	c := st.c
	if st.gone != nil || c.err != nil {
		return errors.Join(st.gone, c.err)
	}
	if !st.begun {
		st.begun = true
		c.out.pending = appendHeaders(c.out.room(), st.id, st.head, maxFrame, false)
		st.head = nil
	}
	return nil
}

// Flush sends what was written.
func (st *stream) Flush() { _ = st.FlushError() }

// FlushError is Flush, and says if the client is gone.
func (st *stream) FlushError() error {
	if st.code == 0 {
		st.WriteHeader(http.StatusOK)
	}
	st.sniff(nil)
	st.c.mu.Lock()
	defer st.c.mu.Unlock()
	if err := st.sendHead(); err != nil {
		return err
	}
	st.c.flush()
	return errors.Join(st.gone, st.c.err)
}

// finish ends the answer; ok says that the handler has returned as it should.
func (st *stream) finish(ok bool) {
	c := st.c
	if ok {
		if st.code == 0 {
			st.WriteHeader(http.StatusOK)
		}
		st.sniff(nil)
	}
	c.mu.Lock()
	c.running--
	if st.gone == nil && c.err == nil {
		if ok {
			st.sendEnd()
		} else {
			c.given.add(st.id)
			c.out.pending = appendReset(c.out.room(), st.id, codeInternal)
		}
	}
	st.body.discard()
	if st.gone == nil && c.err == nil {
		if ok && !st.body.ended {
			// The rest of the body is not wanted: that is no error.
			c.given.add(st.id)
			c.out.pending = appendReset(c.out.room(), st.id, codeNone)
		}
		delete(c.streams, st.id)
	}
	switch others := len(c.streams); {
	case c.out.soon:
	case others > 0:
		// Others may be about to end, too: what they have to say goes with this.
		c.out.soon = true
		c.mu.Unlock()
		runtime.Gosched()
		c.mu.Lock()
		c.out.soon = false
		c.flush()
	default:
		c.flush()
	}
	c.unused()
	c.mu.Unlock()
	st.cancel()
}

// sendEnd sends what the answer lacks; mu is held.
func (st *stream) sendEnd() {
	c := st.c
	if st.ended {
		return
	}
	if !st.begun && !st.hasTrailers() {
		st.begun = true
		c.out.pending = appendHeaders(c.out.room(), st.id, st.head, maxFrame, true)
		return
	}
	if st.sendHead() != nil {
		return
	}
	if block := st.encodeTrailers(); len(block) > 0 {
		c.out.pending = appendHeaders(c.out.room(), st.id, block, maxFrame, true)
		return
	}
	if o := &c.out; o.grows(st.id) {
		o.pending[o.tail+4] |= flagEndStream
		o.tailEnd = 0
		return
	}
	c.out.pending = appendHead(c.out.room(), 0, frameData, flagEndStream, st.id)
}

func (st *stream) hasTrailers() bool {
	if len(st.trailers) > 0 {
		return true
	}
	for name := range st.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

func (st *stream) encodeTrailers() (block []byte) {
	for _, name := range st.trailers {
		for _, value := range st.header[name] {
			block = appendField(block, name, value)
		}
	}
	for name, values := range st.header {
		name, ok := strings.CutPrefix(name, http.TrailerPrefix)
		if !ok || !httpguts.ValidTrailerHeader(name) {
			continue
		}
		for _, value := range values {
			block = appendField(block, name, value)
		}
	}
	return block
}
