package kubelet

import (
	"context"
	"fmt"
	"io"
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
// process. Answers are streamed; connections cannot be upgraded.
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
	reader, writer := io.Pipe()
	answer := &pipedAnswer{header: http.Header{}, body: writer, begun: make(chan struct{})}
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

// pipedAnswer is the ResponseWriter of a request within the process.
type pipedAnswer struct {
	header http.Header
	body   *io.PipeWriter

	once  sync.Once
	code  int
	sent  http.Header // as it was when the answer began
	begun chan struct{}
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

type pipedBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (b *pipedBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}
