package http2

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fixture is a server with a handler, and how to reach it.
type fixture struct {
	*testing.T
	hs     *http.Server
	h2     *Server
	addr   string
	config *tls.Config // of clients
	served chan error
}

func start(t *testing.T, opts Options, handler http.HandlerFunc) *fixture {
	t.Helper()
	// Its certificate is good enough, for tests.
	borrowed := httptest.NewUnstartedServer(nil)
	borrowed.StartTLS()
	config := &tls.Config{Certificates: borrowed.TLS.Certificates, NextProtos: []string{"h2", "http/1.1"}}
	borrowed.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := &fixture{
		T: t, h2: NewServer(opts), hs: &http.Server{Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}, addr: listener.Addr().String(),
		config: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}, served: make(chan error, 1),
	}
	f.h2.Configure(f.hs)
	go func() { f.served <- f.hs.Serve(f.h2.Listen(listener, config)) }()
	t.Cleanup(func() {
		_ = f.hs.Close()
		<-f.served
		f.h2.Close()
	})
	return f
}

func (f *fixture) client() *http.Client {
	transport := &http.Transport{TLSClientConfig: f.config.Clone(), ForceAttemptHTTP2: true}
	f.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (f *fixture) url(path string) string { return "https://" + f.addr + path }

func (f *fixture) get(c *http.Client, path string) (*http.Response, string) {
	f.Helper()
	resp, err := c.Get(f.url(path))
	require.NoError(f, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(f, err)
	return resp, string(body)
}

func TestRequestsAreServed(t *testing.T) {
	f := start(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("X-Seen", fmt.Sprint(r.Method, " ", r.URL.Path, " ", r.URL.RawQuery, " ", r.Host != "", " ", r.ContentLength, " ", r.TLS.NegotiatedProtocol, " ", r.Proto))
		w.Header().Set("Content-Type", "application/octet-stream")
		w.WriteHeader(http.StatusAccepted)
		_, _ = w.Write(body)
	})
	client := f.client()
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			// From nothing to several windows.
			sent := bytes.Repeat([]byte{byte(i)}, i*i*100)
			resp, err := client.Post(f.url(fmt.Sprintf("/some/path?i=%d", i)), "text/plain", bytes.NewReader(sent))
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			if err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes came back as %d: %v", len(sent), len(got), err)
			}
			if want := fmt.Sprintf("POST /some/path i=%d true %d h2 HTTP/2.0", i, len(sent)); resp.StatusCode != http.StatusAccepted || resp.Header.Get("X-Seen") != want {
				t.Errorf("%d, %q instead of %q", resp.StatusCode, resp.Header.Get("X-Seen"), want)
			}
		})
	}
	all.Wait()
}

func TestAnswers(t *testing.T) {
	long := strings.Repeat("0123456789", 100_000)
	for _, c := range []struct {
		name    string
		method  string
		handler http.HandlerFunc
		code    int
		body    string
		header  map[string]string
		trailer map[string]string
	}{
		{name: "nothing", handler: func(http.ResponseWriter, *http.Request) {}, code: 200},
		{name: "text", handler: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, code: 200, body: "<html>",
			header: map[string]string{"Content-Type": "text/html; charset=utf-8"}},
		{name: "error", handler: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 418) }, code: 418, body: "no\n",
			header: map[string]string{"X-Content-Type-Options": "nosniff", "Content-Type": "text/plain; charset=utf-8"}},
		{name: "no content", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(204)
			_, err := w.Write([]byte("x"))
			if !errors.Is(err, http.ErrBodyNotAllowed) {
				panic(err)
			}
		}, code: 204},
		{name: "length", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "2")
			w.Write([]byte("ok"))
			if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrContentLength) {
				panic(err)
			}
		}, code: 200, body: "ok", header: map[string]string{"Content-Length": "2"}},
		{name: "header is frozen", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-A", "1")
			w.WriteHeader(201)
			w.Header().Set("X-A", "2")
			w.WriteHeader(500)
			fmt.Fprint(w, "x")
		}, code: 201, body: "x", header: map[string]string{"X-A": "1"}},
		{name: "head", method: "HEAD", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "3")
			fmt.Fprint(w, "abc")
		}, code: 200, header: map[string]string{"Content-Length": "3"}},
		{name: "long", handler: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, long) }, code: 200, body: long},
		{name: "many small", handler: func(w http.ResponseWriter, _ *http.Request) {
			for i := range len(long) / 10 {
				io.WriteString(w, long[i*10:i*10+10])
			}
		}, code: 200, body: long},
		{name: "small, then large", handler: func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "head ")
			fmt.Fprint(w, long)
			fmt.Fprint(w, " tail")
		}, code: 200, body: "head " + long + " tail"},
		{name: "large header", handler: func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", long[:100_000]) }, code: 200,
			header: map[string]string{"X-Long": long[:100_000]}},
		{name: "announced trailer", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum, x-other")
			fmt.Fprint(w, "body")
			w.Header().Set("X-Sum", "42")
		}, code: 200, body: "body", trailer: map[string]string{"X-Sum": "42"}},
		{name: "surprising trailer", handler: func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "body")
			w.Header().Set(http.TrailerPrefix+"X-Sum", "42")
		}, code: 200, body: "body", trailer: map[string]string{"X-Sum": "42"}},
		{name: "early hints", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</a>")
			w.WriteHeader(103)
			fmt.Fprint(w, "done")
		}, code: 200, body: "done"},
		{name: "connection headers are dropped", handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			w.Header().Set("Transfer-Encoding", "chunked")
			fmt.Fprint(w, "done")
		}, code: 200, body: "done", header: map[string]string{"Connection": "", "Transfer-Encoding": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, Options{}, c.handler)
			method := c.method
			if method == "" {
				method = "GET"
			}
			r, err := http.NewRequest(method, f.url("/"), nil)
			require.NoError(t, err)
			resp, err := f.client().Do(r)
			require.NoError(t, err)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.Equal(t, 2, resp.ProtoMajor)
			require.Equal(t, c.code, resp.StatusCode)
			require.True(t, c.body == string(body), "%d bytes of body instead of %d", len(body), len(c.body))
			for name, want := range c.header {
				require.Equal(t, want, resp.Header.Get(name), name)
			}
			for name, want := range c.trailer {
				require.Equal(t, want, resp.Trailer.Get(name), name)
			}
			_, err = http.ParseTime(resp.Header.Get("Date"))
			require.NoError(t, err)
		})
	}
}

func TestContextEndsWithTheRequest(t *testing.T) {
	began, ended := make(chan struct{}), make(chan error, 1)
	f := start(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/wait" {
			return
		}
		_ = http.NewResponseController(w).Flush()
		close(began)
		<-r.Context().Done()
		_, err := w.Write([]byte("x"))
		ended <- err
	})
	client := f.client()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", f.url("/wait"), nil)
	require.NoError(t, err)
	resp, err := client.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	<-began
	cancel()
	require.ErrorIs(t, <-ended, errReset)
	f.get(client, "/") // the connection goes on
}

func TestVanishedClientEndsItsHandlers(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	f := start(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-r.Context().Done()
		close(ended)
	})
	p := f.dial()
	p.request(1, "GET", "/", true)
	<-began
	p.Close()
	<-ended
}

// A client that does not answer is gone, though its connection is there.
func TestSilentClientIsGone(t *testing.T) {
	ended := make(chan struct{})
	f := start(t, Options{PingAfter: 20 * time.Millisecond, PingTimeout: 20 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		close(ended)
	})
	p := f.dial()
	p.request(1, "GET", "/", true)
	<-ended
	seen := p.frames()
	require.Contains(t, seen, "ping")
}

// One that does answer is not, however long nothing happens.
func TestQuietClientIsNotGone(t *testing.T) {
	release := make(chan struct{})
	f := start(t, Options{PingAfter: 5 * time.Millisecond, PingTimeout: 2 * time.Second}, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
			fmt.Fprint(w, "still here")
		case <-r.Context().Done():
		}
	})
	p := f.dial()
	p.request(1, "GET", "/", true)
	for range 5 {
		for p.next() != "ping" {
		}
		p.send(append(appendHead(nil, 8, framePing, flagAck, 0), "are you?"...))
	}
	close(release)
	for !strings.HasPrefix(p.next(), "data 1") {
	}
}

func TestIdleConnectionEnds(t *testing.T) {
	f := start(t, Options{}, func(http.ResponseWriter, *http.Request) {})
	f.hs.IdleTimeout = 20 * time.Millisecond
	p := f.dial()
	require.Contains(t, p.frames(), "goaway 0")
}

func TestPanicEndsOneStream(t *testing.T) {
	f := start(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			fmt.Fprint(w, "half an")
			panic(http.ErrAbortHandler)
		}
	})
	client := f.client()
	resp, err := client.Get(f.url("/bad"))
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	require.Error(t, err)
	f.get(client, "/good")
}

func TestShutdownLetsStreamsEnd(t *testing.T) {
	began, release := make(chan struct{}), make(chan struct{})
	f := start(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-release
		fmt.Fprint(w, "served")
	})
	client := f.client()
	answered := make(chan string, 1)
	go func() {
		_, body := f.get(client, "/")
		answered <- body
	}()
	<-began
	down := make(chan error, 1)
	go func() { down <- f.hs.Shutdown(context.Background()) }()
	for drainedAll := false; !drainedAll; { // the client has answered the ping
		f.h2.mu.Lock()
		for c := range f.h2.conns {
			c.mu.Lock()
			drainedAll = c.leaving == drained
			c.mu.Unlock()
		}
		f.h2.mu.Unlock()
	}
	select {
	case err := <-down:
		t.Fatal("shut down too early: ", err)
	default:
	}
	close(release)
	require.Equal(t, "served", <-answered)
	require.NoError(t, <-down)
}

// A client that reads nothing of one answer gets others all the same.
func TestSlowReaderDelaysNobody(t *testing.T) {
	ended := make(chan error, 1)
	f := start(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/long" {
			_, err := w.Write(make([]byte, 1<<20))
			ended <- err
			return
		}
		fmt.Fprint(w, "short")
	})
	p := f.dial()
	// Room on the connection, none on the stream.
	p.send(appendWindowUpdate(nil, 0, 1<<20))
	p.request(1, "GET", "/long", true)
	got := 0
	for got < initialWindow {
		p.next()
		got += p.size
	}
	p.request(3, "GET", "/short", true)
	for !strings.HasPrefix(p.next(), "data 3") {
	}
	p.send(appendWindowUpdate(nil, 1, 1<<20))
	for got < 1<<20 {
		if p.next(); p.last.id == 1 && p.last.kind == frameData {
			got += p.size
		}
	}
	require.NoError(t, <-ended)
}

func TestExpectContinue(t *testing.T) {
	f := start(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprint(w, len(body), r.Header.Get("Expect"))
	})
	p := f.dial()
	p.headers(1, false, ":method", "POST", ":scheme", "https", ":path", "/yes", "content-length", "3", "expect", "100-continue")
	require.Equal(t, "headers 1", p.nextOf(1))
	require.Equal(t, "100", p.status)
	p.send(append(appendHead(nil, 3, frameData, flagEndStream, 1), "abc"...))
	require.Equal(t, "headers 1", p.nextOf(1))
	require.Equal(t, "200", p.status)
	require.Equal(t, "data 1", p.nextOf(1))
	require.Equal(t, "3", string(p.last.payload))

	p.headers(3, false, ":method", "POST", ":scheme", "https", ":path", "/no", "content-length", "3", "expect", "100-continue")
	require.Equal(t, "headers 3", p.nextOf(3))
	require.Equal(t, "403", p.status)
	require.Equal(t, "reset 3 0", p.nextOf(3))
}
