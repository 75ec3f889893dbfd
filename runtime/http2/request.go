package http2

import (
	"context"
	"encoding/binary"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"
)

const (
	// Bodies up to this are awaited before their handler runs.
	earlyBody = 32 << 10
	// And as much of all bodies together: what is awaited is not given back, and the
	// client must be able to send it.
	earlyTotal = 1 << 20
)

// headers opens a stream, or ends the body of one with trailers.
func (c *conn) headers(f *frame) error {
	block, err := f.unpad()
	if err != nil {
		return err
	}
	id, end := f.id, f.flags&flagEndStream != 0
	if id == 0 || id%2 == 0 {
		return protocolError("headers of a stream that no client opens")
	}
	own := false
	if f.flags&flagPriority != 0 {
		if len(block) < 5 {
			return protocolError("a priority is cut off")
		}
		own = binary.BigEndian.Uint32(block)&maxStreamID == id
		block = block[5:]
	}
	if err := c.decode(f, block); err != nil {
		return err
	}
	if own {
		return &streamError{id, codeProtocol} // it depends on itself
	}
	c.mu.Lock()
	st := c.streams[id]
	if st != nil {
		defer c.mu.Unlock()
		return c.trailers(st, end)
	}
	newest, ours, leaving := c.lastID, c.given.has(id), c.leaving == drained
	open, running := len(c.streams), c.running
	if id > newest && !leaving {
		c.lastID = id
	}
	c.mu.Unlock()
	switch {
	case ours:
		return nil // on its way when we ended the stream
	case id == newest:
		return &connError{codeStreamClosed, "headers of a stream that has ended"}
	case id < newest:
		return protocolError("streams are opened out of order")
	case leaving:
		return nil // the client knows that nobody takes it
	case running >= 2*c.srv.opts.MaxStreams:
		return &connError{codeCalm, "requests are given up faster than they end"}
	case open >= c.srv.opts.MaxStreams:
		return &streamError{id, codeRefused}
	}
	return c.open(id, end)
}

// decode decodes a header block: what the frame has of it, and what continues it.
func (c *conn) decode(f *frame, block []byte) error {
	clear(c.fields)
	c.fields, c.size = c.fields[:0], 0
	id, ended := f.id, f.flags&flagEndHeaders != 0
	for left := c.maxHeader() + maxFrame; ; {
		if _, err := c.hpack.Write(block); err != nil {
			return &connError{codeCompression, err.Error()}
		}
		if ended {
			break
		}
		next, err := c.frame()
		if err != nil {
			return err
		}
		if next.kind != frameContinuation || next.id != id {
			return protocolError("headers are not continued")
		}
		block, ended = next.payload, next.flags&flagEndHeaders != 0
		if left -= len(block) + 64; left < 0 { // also a flood of empty ones
			return &connError{codeCalm, "headers have no end"}
		}
	}
	if err := c.hpack.Close(); err != nil {
		return &connError{codeCompression, err.Error()}
	}
	return nil
}

// open makes a request of the headers that were decoded, and serves it.
func (c *conn) open(id uint32, end bool) error {
	st := &stream{c: c, id: id, header: make(http.Header), declared: -1}
	st.body.st, st.body.window, st.body.ended = st, c.srv.opts.StreamWindow, end
	req := &http.Request{Proto: "HTTP/2.0", ProtoMajor: 2, RemoteAddr: c.remote, TLS: &c.state, Body: http.NoBody}
	if st.tooLarge = c.size > c.maxHeader(); st.tooLarge {
		req.Method, req.URL, req.Header = http.MethodGet, &url.URL{Path: "/"}, make(http.Header)
	} else if !c.fill(req) {
		return &streamError{id, codeProtocol}
	}
	length, ok := contentLength(req.Header)
	if !ok || end && length > 0 {
		return &streamError{id, codeProtocol}
	}
	if req.ContentLength, st.body.left = length, length; end {
		req.ContentLength = 0
	} else {
		req.Body = &st.body
	}
	if expect := req.Header["Expect"]; expect != nil && httpguts.HeaderValuesContainsToken(expect, "100-continue") {
		st.body.asks = !end
		req.Header.Del("Expect")
	}
	for _, name := range trailersOf(req.Header) {
		if req.Trailer == nil {
			req.Trailer = make(http.Header)
		}
		req.Trailer[name] = nil
	}
	req.Header.Del("Trailer")
	ctx, cancel := context.WithCancel(c.ctx)
	st.req, st.cancel = req.WithContext(ctx), cancel

	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		cancel()
		return c.err
	}
	st.window = c.out.initial
	c.streams[id] = st
	c.idle = 0
	start := end || length <= 0 || length > earlyBody || st.body.asks || c.early+int(length) > earlyTotal || st.tooLarge
	if start {
		c.begin(st)
	} else {
		st.early = int(length)
		c.early += st.early
	}
	c.mu.Unlock()
	if start {
		c.srv.workers.serve(st)
	}
	return nil
}

// trailers ends a body; mu is held.
func (c *conn) trailers(st *stream, end bool) error {
	if st.body.ended {
		return &streamError{st.id, codeStreamClosed}
	}
	if !end {
		return &streamError{st.id, codeProtocol}
	}
	for _, f := range c.fields {
		if f.IsPseudo() || !validField(f.Name, f.Value) {
			return &streamError{st.id, codeProtocol}
		}
	}
	if st.req.Trailer != nil {
		for _, f := range c.fields {
			if name := http.CanonicalHeaderKey(f.Name); hasName(st.req.Trailer, name) {
				st.req.Trailer[name] = append(st.req.Trailer[name], f.Value)
			}
		}
	}
	start := st.early > 0
	if err := st.body.arrive(nil, true); err != nil {
		return err
	}
	if start {
		c.begin(st)
		c.mu.Unlock()
		c.srv.workers.serve(st)
		c.mu.Lock()
	}
	return nil
}

func hasName(h http.Header, name string) bool {
	_, ok := h[name]
	return ok
}

// fill takes the fields of a header over into a request, and says whether they make
// one: RFC 9113, 8.2 and 8.3.
func (c *conn) fill(req *http.Request) bool {
	var scheme, authority, path string
	regular := 0
	for _, f := range c.fields {
		if !f.IsPseudo() {
			regular++
			continue
		}
		var to *string
		switch f.Name {
		case ":method":
			to = &req.Method
		case ":scheme":
			to = &scheme
		case ":authority":
			to = &authority
		case ":path":
			to = &path
		}
		if to == nil || *to != "" || f.Value == "" && f.Name != ":authority" || regular > 0 {
			return false
		}
		*to = f.Value
	}
	header := make(http.Header, regular)
	values := make([]string, regular)
	for _, f := range c.fields {
		if f.IsPseudo() {
			continue
		}
		if !validField(f.Name, f.Value) {
			return false
		}
		switch f.Name {
		case "connection", "proxy-connection", "transfer-encoding", "upgrade", "keep-alive":
			return false
		case "te":
			if f.Value != "trailers" {
				return false
			}
		}
		name := http.CanonicalHeaderKey(f.Name)
		if have, ok := header[name]; ok {
			if name == "Cookie" { // may come in pieces
				have[0] += "; " + f.Value
				continue
			}
			header[name] = append(have, f.Value)
			continue
		}
		values[0] = f.Value
		header[name], values = values[:1:1], values[1:]
	}
	if req.Host = authority; authority == "" {
		req.Host = header.Get("Host")
	}
	delete(header, "Host")
	req.Header, req.RequestURI = header, path
	if !httpguts.ValidHostHeader(req.Host) || !httpguts.ValidHeaderFieldName(req.Method) {
		return false
	}
	if req.Method == http.MethodConnect {
		req.URL, req.RequestURI = &url.URL{Host: authority}, authority
		return path == "" && scheme == "" && authority != ""
	}
	if scheme != "https" && scheme != "http" || path == "" || path[0] != '/' && path != "*" {
		return false
	}
	u, err := url.ParseRequestURI(path)
	req.URL = u
	return err == nil
}

// validField says whether a header may come over HTTP/2.
func validField(name, value string) bool {
	return httpguts.ValidHeaderFieldName(name) && !strings.ContainsFunc(name, isUpper) && httpguts.ValidHeaderFieldValue(value)
}

func isUpper(r rune) bool { return 'A' <= r && r <= 'Z' }

// contentLength returns the length that a request announces, -1 if it does not.
func contentLength(h http.Header) (n int64, ok bool) {
	values := h["Content-Length"]
	if len(values) == 0 {
		return -1, true
	}
	for _, v := range values {
		if v != values[0] {
			return 0, false
		}
	}
	u, err := strconv.ParseUint(values[0], 10, 63)
	return int64(u), err == nil
}
