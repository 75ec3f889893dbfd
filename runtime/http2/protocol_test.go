package http2

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http2/hpack"
)

// peer is a client that can do everything wrong.
type peer struct {
	*fixture
	*tls.Conn
	in     input
	dec    *hpack.Decoder
	last   frame
	size   int
	status string
}

func (f *fixture) dial() *peer {
	f.Helper()
	conn, err := tls.Dial("tcp", f.addr, f.config)
	require.NoError(f, err)
	f.Cleanup(func() { _ = conn.Close() })
	p := &peer{fixture: f, Conn: conn, dec: hpack.NewDecoder(4096, nil)}
	p.in.r = conn
	p.send(append([]byte(preface), appendHead(nil, 0, frameSettings, 0, 0)...))
	return p
}

func (p *peer) send(b []byte) {
	p.Helper()
	_, err := p.Write(b)
	require.NoError(p, err)
}

func block(fields ...string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for i := 0; i < len(fields); i += 2 {
		_ = e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	return b.Bytes()
}

func (p *peer) headers(id uint32, end bool, fields ...string) {
	p.Helper()
	p.send(appendHeaders(nil, id, block(fields...), maxFrame, end))
}

func (p *peer) request(id uint32, method, path string, end bool) {
	p.Helper()
	p.headers(id, end, ":method", method, ":scheme", "https", ":path", path, ":authority", "test")
}

// read reads one frame and tells what it is.
func (p *peer) read() (string, error) {
	head, err := p.in.take(frameHead)
	if err != nil {
		return "", err
	}
	p.last = frame{kind: head[3], flags: head[4], id: binary.BigEndian.Uint32(head[5:])}
	p.size = int(head[0])<<16 | int(head[1])<<8 | int(head[2])
	if p.last.payload, err = p.in.take(p.size); err != nil {
		return "", err
	}
	switch p.last.kind {
	case frameData:
		return fmt.Sprint("data ", p.last.id), nil
	case frameHeaders:
		fields, err := p.dec.DecodeFull(p.last.payload)
		if err != nil {
			return "", err
		}
		for _, f := range fields {
			if f.Name == ":status" {
				p.status = f.Value
			}
		}
		return fmt.Sprint("headers ", p.last.id), nil
	case frameReset:
		return fmt.Sprint("reset ", p.last.id, " ", binary.BigEndian.Uint32(p.last.payload)), nil
	case frameGoAway:
		return fmt.Sprint("goaway ", binary.BigEndian.Uint32(p.last.payload[4:])), nil
	case framePing:
		return "ping", nil
	}
	return fmt.Sprint("frame ", p.last.kind), nil
}

func (p *peer) next() string {
	p.Helper()
	what, err := p.read()
	require.NoError(p, err)
	return what
}

// nextOf returns what comes next on a stream, or ends the connection.
func (p *peer) nextOf(id uint32) string {
	p.Helper()
	for {
		if what := p.next(); p.last.id == id || p.last.kind == frameGoAway {
			return what
		}
	}
}

// frames returns all frames until the connection ends.
func (p *peer) frames() string {
	var all []string
	for {
		what, err := p.read()
		if err != nil {
			return strings.Join(all, ", ")
		}
		all = append(all, what)
	}
}

// What RFC 9113 has an answer to.
func TestWrongClients(t *testing.T) {
	get := block(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "test")
	post := block(":method", "POST", ":scheme", "https", ":path", "/wait", ":authority", "test")
	head := func(length int, kind, flags byte, id uint32, payload ...byte) []byte {
		return append(appendHead(nil, length, kind, flags, id), payload...)
	}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	open := appendHeaders(nil, 1, post, maxFrame, false)
	for _, c := range []struct {
		name string
		send []byte
		want string // the frame that it is answered with
	}{
		{"data of no stream", head(1, frameData, 0, 0, 'x'), "goaway 1"},
		{"data of an idle stream", head(1, frameData, 0, 1, 'x'), "goaway 1"},
		{"an even stream", appendHeaders(nil, 2, get, maxFrame, true), "goaway 1"},
		{"headers of no stream", appendHeaders(nil, 0, get, maxFrame, true), "goaway 1"},
		{"a stream that goes back", join(appendHeaders(nil, 5, get, maxFrame, true), appendHeaders(nil, 3, get, maxFrame, true)), "goaway 1"},
		{"data of a stream that was given up", join(open, appendReset(nil, 1, codeNone), head(1, frameData, 0, 1, 'x')), "reset 1 5"},
		{"a priority of itself", head(5, framePriority, 0, 3, 0, 0, 0, 3, 0), "reset 3 1"},
		{"settings that are acknowledged with settings", head(6, frameSettings, flagAck, 0, make([]byte, 6)...), "goaway 6"},
		{"a farewell on a stream", head(8, frameGoAway, 0, 1, make([]byte, 8)...), "goaway 1"},
		{"padding longer than the frame", join(open, head(2, frameData, flagPadded, 1, 9, 'x')), "goaway 1"},
		{"a frame that is too large", head(maxFrame+1, frameData, 0, 1), "goaway 6"},
		{"a continuation of nothing", head(1, frameContinuation, flagEndHeaders, 1, 'x'), "goaway 1"},
		{"headers that are not continued", join(head(len(get), frameHeaders, flagEndStream, 1, get...), head(8, framePing, 0, 0, make([]byte, 8)...)), "goaway 1"},
		{"headers that do not decode", head(1, frameHeaders, flagEndHeaders|flagEndStream, 1, 0xff), "goaway 9"},
		{"headers without end", bytes.Repeat(append(head(0, frameHeaders, 0, 1), bytes.Repeat(head(0, frameContinuation, 0, 1), 20_000)...), 1), "goaway 11"},
		{"a push", head(4, framePush, flagEndHeaders, 1, 0, 0, 0, 2), "goaway 1"},
		{"a short ping", head(1, framePing, 0, 0, 'x'), "goaway 6"},
		{"a ping on a stream", head(8, framePing, 0, 1, make([]byte, 8)...), "goaway 1"},
		{"settings that are cut off", head(5, frameSettings, 0, 0, make([]byte, 5)...), "goaway 6"},
		{"settings of a stream", head(0, frameSettings, 0, 1), "goaway 1"},
		{"a window that is too large", head(6, frameSettings, 0, 0, 0, settingInitialWindow, 0xff, 0xff, 0xff, 0xff), "goaway 3"},
		{"a frame size that is too small", head(6, frameSettings, 0, 0, 0, settingMaxFrame, 0, 0, 0, 1), "goaway 1"},
		{"push that is neither on nor off", head(6, frameSettings, 0, 0, 0, settingPush, 0, 0, 0, 2), "goaway 1"},
		{"a window update by nothing", head(4, frameWindowUpdate, 0, 0, 0, 0, 0, 0), "goaway 1"},
		{"a stream's window update by nothing", join(open, head(4, frameWindowUpdate, 0, 1, 0, 0, 0, 0)), "reset 1 1"},
		{"a window that grows too large", bytes.Repeat(head(4, frameWindowUpdate, 0, 0, 0x7f, 0xff, 0xff, 0xff), 2), "goaway 3"},
		{"a stream's window that grows too large", join(open, bytes.Repeat(head(4, frameWindowUpdate, 0, 1, 0x7f, 0xff, 0xff, 0xff), 2)), "reset 1 3"},
		{"a window update of an idle stream", head(4, frameWindowUpdate, 0, 7, 0, 0, 0, 1), "goaway 1"},
		{"a short window update", head(1, frameWindowUpdate, 0, 0, 1), "goaway 6"},
		{"a reset of an idle stream", head(4, frameReset, 0, 7, 0, 0, 0, 1), "goaway 1"},
		{"a short reset", join(open, head(1, frameReset, 0, 1, 1)), "goaway 6"},
		{"a priority of no stream", head(5, framePriority, 0, 0, 0, 0, 0, 0, 0), "goaway 1"},
		{"a short priority", join(open, head(4, framePriority, 0, 1, 0, 0, 0, 0)), "reset 1 6"},
		{"a stream that depends on itself", append(appendHead(nil, 5+len(get), frameHeaders, flagEndHeaders|flagEndStream|flagPriority, 1), append([]byte{0, 0, 0, 1, 0}, get...)...), "reset 1 1"},
		{"data after the end", join(appendHeaders(nil, 1, post, maxFrame, true), head(1, frameData, 0, 1, 'x')), "reset 1 5"},
		{"more data than there is room", join(open, bytes.Repeat(head(maxFrame, frameData, 0, 1, make([]byte, maxFrame)...), 5)), "reset 1 3"},
		{"trailers without end", join(open, appendHeaders(nil, 1, block("x-sum", "1"), maxFrame, false)), "reset 1 1"},
		{"a pseudo field in trailers", join(open, appendHeaders(nil, 1, get, maxFrame, true)), "reset 1 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, Options{StreamWindow: 4 * maxFrame}, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/wait" {
					<-r.Context().Done()
				}
			})
			p := f.dial()
			_, _ = p.Write(c.send) // it may be refused before it has all
			for what := ""; what != c.want; {
				var err error
				if what, err = p.read(); err != nil {
					t.Fatalf("ended by %v instead of %q", err, c.want)
				}
			}
		})
	}
}

func TestMalformedRequests(t *testing.T) {
	f := start(t, Options{}, func(http.ResponseWriter, *http.Request) {})
	valid := []string{":method", "GET", ":scheme", "https", ":path", "/", ":authority", "test"}
	for name, fields := range map[string][]string{
		"no method":            {":scheme", "https", ":path", "/"},
		"no scheme":            {":method", "GET", ":path", "/"},
		"no path":              {":method", "GET", ":scheme", "https"},
		"another scheme":       {":method", "GET", ":scheme", "gopher", ":path", "/"},
		"a path without slash": {":method", "GET", ":scheme", "https", ":path", "x"},
		"two methods":          {":method", "GET", ":method", "PUT", ":scheme", "https", ":path", "/"},
		"unknown pseudo":       append([]string{":what", "x"}, valid...),
		"late pseudo":          append([]string{"x-a", "b"}, valid...),
		"upper case":           append(valid, "X-A", "b"),
		"a line feed":          append(valid, "x-a", "b\nc"),
		"connection":           append(valid, "connection", "close"),
		"transfer-encoding":    append(valid, "transfer-encoding", "chunked"),
		"te":                   append(valid, "te", "gzip"),
		"two lengths":          append(valid, "content-length", "1", "content-length", "2"),
		"a length of nothing":  append(valid, "content-length", "1"),
		"a length like that":   append(valid, "content-length", "-1"),
	} {
		t.Run(name, func(t *testing.T) {
			p := f.dial()
			p.headers(1, true, fields...)
			require.Equal(t, "reset 1 1", p.nextOf(1))
			p.headers(3, true, valid...)
			require.Equal(t, "headers 3", p.nextOf(3), "the connection goes on")
		})
	}
	t.Run("too large", func(t *testing.T) {
		f.hs.MaxHeaderBytes = 4 << 10
		p := f.dial()
		for range 3 {
			valid = append(valid, "x-a", strings.Repeat("x", 2<<10))
		}
		p.headers(1, true, valid...)
		require.Equal(t, "headers 1", p.nextOf(1))
		require.Equal(t, "431", p.status)
	})
	t.Run("a body of another length", func(t *testing.T) {
		p := f.dial()
		p.headers(1, false, ":method", "PUT", ":scheme", "https", ":path", "/", "content-length", "3")
		p.send(append(appendHead(nil, 2, frameData, flagEndStream, 1), "ab"...))
		require.Equal(t, "reset 1 1", p.nextOf(1))
	})
}

func TestFloodsEndTheConnection(t *testing.T) {
	release := make(chan struct{})
	f := start(t, Options{MaxStreams: 4}, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	t.Run("too many streams", func(t *testing.T) {
		p := f.dial()
		for i := range 4 {
			p.request(uint32(2*i+1), "GET", "/", true)
		}
		p.request(9, "GET", "/", true)
		require.Equal(t, "reset 9 7", p.nextOf(9))
	})
	t.Run("streams that are reset", func(t *testing.T) {
		p := f.dial()
		for i := range 9 {
			id := uint32(2*i + 1)
			p.request(id, "GET", "/", true)
			p.send(appendReset(nil, id, codeNone))
		}
		require.Contains(t, p.frames(), "goaway 11")
	})
}

// Bodies that nobody has asked for yet must not keep others from coming in.
func TestManyBodiesAtOnce(t *testing.T) {
	f := start(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	})
	p := f.dial()
	const requests = 500 // of 32 KiB: four times the window
	go func() {
		for i := range requests {
			_, _ = p.Write(appendHeaders(nil, uint32(2*i+1), block(":method", "PUT", ":scheme", "https", ":path", "/", "content-length", fmt.Sprint(earlyBody)), maxFrame, false))
		}
		part := make([]byte, maxFrame)
		for last := range 2 {
			for i := range requests {
				_, _ = p.Write(append(appendHead(nil, len(part), frameData, byte(last)*flagEndStream, uint32(2*i+1)), part...))
			}
		}
	}()
	for done := 0; done < requests; {
		if p.next() == fmt.Sprint("headers ", p.last.id) {
			require.Equal(t, "200", p.status)
			done++
		}
	}
}

// Whatever a client sends, the server neither panics nor hangs.
func FuzzFrames(f *testing.F) {
	get := block(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "test", "content-length", "2")
	f.Add(appendHeaders(nil, 1, get, maxFrame, true))
	f.Add(append(appendHeaders(nil, 1, get, 5, false), append(appendHead(nil, 2, frameData, flagEndStream, 1), "ab"...)...))
	f.Add(append(appendHead(nil, 6, frameSettings, 0, 0), 0, 4, 0, 0, 0, 1))
	f.Add(append(appendReset(nil, 1, 0), appendWindowUpdate(nil, 0, 5)...))
	f.Add(appendGoAway(nil, 1, 2, "why"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := start(t, Options{MaxStreams: 5}, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(w, r.Body)
		})
		p := s.dial()
		_, _ = p.Write(data)
		_ = p.CloseWrite()
		p.frames()
	})
}

func TestHeaderEncoding(t *testing.T) {
	var got []string
	dec := hpack.NewDecoder(0, func(f hpack.HeaderField) { got = append(got, f.Name+"="+f.Value) })
	long := strings.Repeat("v", 5000)
	b := appendStatus(nil, 200)
	b = appendStatus(b, 429)
	b = appendField(b, "Content-Type", "application/json")
	b = appendField(b, "X-Kubernetes-Pf-Flowschema-Uid", "a")
	b = appendField(b, "X-"+strings.Repeat("N", 300), long)
	b = appendField(b, "Www-Authenticate", "")
	_, err := dec.Write(b)
	require.NoError(t, err)
	require.NoError(t, dec.Close())
	require.Equal(t, []string{":status=200", ":status=429", "content-type=application/json", "x-kubernetes-pf-flowschema-uid=a",
		"x-" + strings.Repeat("n", 300) + "=" + long, "www-authenticate="}, got)
	for name, index := range staticNames {
		got = nil
		_, err := dec.Write(appendField(nil, name, "v"))
		require.NoError(t, err)
		require.Equal(t, []string{strings.ToLower(name) + "=v"}, got, "%d", index)
	}
	for code := range staticStatus {
		got = nil
		_, err := dec.Write(appendStatus(nil, code))
		require.NoError(t, err)
		require.Equal(t, []string{fmt.Sprint(":status=", code)}, got)
	}
}
