package kubelet

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Connect says how an API server in the same process reaches the kubelet of a
// node, if this is the one: without a network. It fits the server's option for
// that.
func (k *Kubelet) Connect(_ context.Context, node *corev1.Node) (*url.URL, http.RoundTripper, error) {
	if node.Name != k.name {
		return nil, nil, meta.ServiceUnavailable(fmt.Sprintf("the kubelet of node %q cannot be reached", node.Name))
	}
	return &url.URL{Scheme: "http", Host: node.Name}, InProcess(k.Handler()), nil
}

// InProcess returns a transport that has every request answered by h in the same
// process. Answers are streamed, and connections can be upgraded.
func InProcess(h http.Handler) http.RoundTripper { return inProcess{h} }

type inProcess struct{ handler http.Handler }

// RoundTrip runs the handler in a goroutine that ends with the handler; closing
// the answer's body ends the request's context, and so the handler.
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	inner := r.Clone(ctx)
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	inner.RequestURI, inner.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:0"
	reader, writer := io.Pipe()
	answer := &pipedAnswer{header: http.Header{}, body: writer, begun: make(chan struct{}), hijacked: make(chan net.Conn, 1)}
	go func() {
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				answer.WriteHeader(http.StatusInternalServerError)
				_ = writer.CloseWithError(fmt.Errorf("handler panicked: %v", p))
			}
			answer.WriteHeader(http.StatusOK) // if it never did
			_ = writer.Close()
			_ = inner.Body.Close()
		}()
		t.handler.ServeHTTP(answer, inner)
	}()
	select {
	case conn := <-answer.hijacked:
		return answerOn(conn, r, cancel)
	case <-answer.begun:
	case <-r.Context().Done():
		cancel()
		_ = reader.CloseWithError(context.Cause(r.Context()))
		return nil, context.Cause(r.Context())
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", answer.code, http.StatusText(answer.code)), StatusCode: answer.code,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: answer.sent, Body: &pipedBody{reader, cancel}, ContentLength: -1, Request: r,
	}, nil
}

// answerOn reads the answer from a connection that the handler has taken over. If
// it switches protocols, the connection is the answer's body.
func answerOn(conn net.Conn, r *http.Request, cancel context.CancelFunc) (*http.Response, error) {
	stop := context.AfterFunc(r.Context(), func() { _ = conn.Close() })
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, r)
	if err != nil {
		stop()
		cancel()
		_ = conn.Close()
		if cause := context.Cause(r.Context()); cause != nil {
			err = cause
		}
		return nil, err
	}
	body := &hijackedBody{Conn: conn, in: in, end: func() {
		stop()
		cancel()
	}}
	if answer.StatusCode == http.StatusSwitchingProtocols {
		answer.Body = body
		return answer, nil
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{answer.Body, body}
	return answer, nil
}

// hijackedBody is a connection of which something was read already. Closing it
// ends the request.
type hijackedBody struct {
	net.Conn
	in  *bufio.Reader
	end func()
}

func (b *hijackedBody) Read(p []byte) (int, error) { return b.in.Read(p) }

func (b *hijackedBody) Close() error {
	err := b.Conn.Close()
	b.end()
	return err
}

// pipedAnswer is the ResponseWriter of a request within the process.
type pipedAnswer struct {
	header http.Header
	body   *io.PipeWriter

	once     sync.Once
	code     int
	sent     http.Header // as it was when the answer began
	begun    chan struct{}
	hijacked chan net.Conn // the other end
}

func (a *pipedAnswer) Header() http.Header { return a.header }

func (a *pipedAnswer) WriteHeader(code int) {
	a.once.Do(func() {
		a.code, a.sent = code, a.header.Clone()
		close(a.begun)
	})
}

func (a *pipedAnswer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

// Flush has nothing to do: whoever reads has got everything.
func (a *pipedAnswer) Flush() { a.WriteHeader(http.StatusOK) }

// Hijack gives the handler a connection to whoever asked.
func (a *pipedAnswer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	first := false
	a.once.Do(func() { first = true })
	if !first {
		return nil, nil, errors.New("the answer has begun already")
	}
	ours, theirs := net.Pipe()
	a.hijacked <- theirs
	return ours, bufio.NewReadWriter(bufio.NewReader(ours), bufio.NewWriter(ours)), nil
}

type pipedBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (b *pipedBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}
