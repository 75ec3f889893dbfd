package server

import (
	"bufio"
	"net"
	"net/http"
	"net/url"

	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// call is one request on its way through the server. It belongs to the
// goroutine that serves the request.
type call struct {
	server *Server
	w      *recorder
	r      *http.Request
	audit  string // the id of the request
	info   *RequestInfo
	user   *auth.User

	warnings warnings

	// For requests about resources, once routed:
	resource *scheme.Resource
	sub      scheme.Subresource
	verb     string
	media    mediaSet

	parsed url.Values // of the query, when somebody asked
}

func (c *call) query() url.Values {
	if c.parsed == nil {
		c.parsed = c.r.URL.Query()
	}
	return c.parsed
}

// request is the call as the registry takes it.
func (c *call) request() *registry.Request {
	q := &registry.Request{
		Resource: c.resource, Subresource: c.sub.Name, Namespace: c.info.Namespace, Name: c.info.Name,
		User: c.user, UserAgent: c.r.UserAgent(), Warn: c.warnings.add,
	}
	if c.info.NamedBySelector {
		q.Name = ""
	}
	if !c.resource.Namespaced {
		q.Namespace = "" // of a Namespace, the path's namespace is its own name
	}
	return q
}

// recorder notes what was answered, for log and metrics.
type recorder struct {
	http.ResponseWriter
	code    int // 0: nothing yet
	written int64
}

func (w *recorder) WriteHeader(code int) {
	if w.code == 0 && (code >= 200 || code == http.StatusSwitchingProtocols) {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *recorder) Write(p []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.written += int64(n)
	return n, err
}

// Hijack hands the connection over to whoever speaks another protocol on it.
func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil && w.code == 0 {
		w.code = http.StatusSwitchingProtocols
	}
	return conn, rw, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
