package server

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/runtime/stream"
)

// connect answers the subresources that lead to a kubelet, a Pod or a Service.
func (s *Server) connect(c *call) error {
	switch c.resource.Kind + "/" + c.sub.Name {
	case "Pod/log", "Pod/exec", "Pod/attach", "Pod/portforward":
		return s.connectPod(c)
	case "Node/proxy":
		return s.proxyNode(c)
	case "Pod/proxy":
		return s.proxyPod(c)
	case "Service/proxy":
		return s.proxyService(c)
	}
	return meta.NoSuchResource()
}

func (s *Server) pod(c *call) (*corev1.Pod, error) {
	q := c.request()
	q.Subresource = ""
	return readAs[*corev1.Pod](s, c, q)
}

// readAs reads one object in the version of its resource.
func readAs[T meta.Object](s *Server, c *call, q *registry.Request) (T, error) {
	var none T
	item, err := s.reg.Get(c.r.Context(), q, meta.GetOptions{})
	if err != nil {
		return none, err
	}
	obj, err := item.Object()
	if err != nil {
		return none, err
	}
	typed, ok := obj.(T)
	if !ok {
		return none, fmt.Errorf("%s %q is a %T", q.Resource.Name, q.Name, obj)
	}
	return typed, nil
}

// read reads an object that a request is about only indirectly.
func (s *Server) related(c *call, gvr meta.GroupVersionResource, namespace, name string) (*registry.Request, error) {
	res, ok := s.reg.Scheme().Resource(gvr)
	if !ok {
		return nil, fmt.Errorf("this server has no %s", gvr)
	}
	return &registry.Request{Resource: res, Namespace: namespace, Name: name, User: c.user}, nil
}

var errNoConnector = meta.ServiceUnavailable("this server has no connection to nodes")

// passToNode passes the request on to a node's kubelet.
func (s *Server) passToNode(c *call, name string, target *url.URL) error {
	transport, err := s.reachNode(c, name, target)
	if err != nil {
		return err
	}
	c.proxy(target, transport)
	return nil
}

// reachNode completes target, a path on a node's kubelet, and returns how it is
// reached.
func (s *Server) reachNode(c *call, name string, target *url.URL) (http.RoundTripper, error) {
	if s.opts.NodeConnector == nil {
		return nil, errNoConnector
	}
	q, err := s.related(c, meta.GroupVersionResource{Version: "v1", Resource: "nodes"}, "", name)
	if err != nil {
		return nil, err
	}
	node, err := readAs[*corev1.Node](s, c, q)
	if err != nil {
		return nil, err
	}
	base, transport, err := s.opts.NodeConnector.Connect(c.r.Context(), node)
	if err != nil {
		return nil, err
	}
	target.Scheme, target.Host = base.Scheme, base.Host
	target.Path = strings.TrimSuffix(base.Path, "/") + target.Path
	return transport, nil
}

// upgrading returns a context for a connection that goes on when its request is
// over, to be ended with done. It ends when the server stops.
func (s *Server) upgrading(ctx context.Context) (_ context.Context, done func()) {
	s.upgraded.Add(1)
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.stopping, cancel)
	return ctx, func() {
		stop()
		cancel()
		s.upgraded.Done()
	}
}

// proxy passes the request on to target, streams and upgrades included. It
// answers in any case.
func (c *call) proxy(target *url.URL, transport http.RoundTripper) {
	if stream.Upgrades(c.r) {
		ctx, done := c.server.upgrading(c.r.Context())
		defer done()
		c.r = c.r.WithContext(ctx)
	}
	p := &httputil.ReverseProxy{
		Transport:     transport,
		FlushInterval: -1, // logs and the like are read as they come
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL, r.Out.Host = target, target.Host
			r.SetXForwarded()
		},
		ErrorHandler: func(_ http.ResponseWriter, _ *http.Request, err error) {
			c.fail(meta.ServiceUnavailable(fmt.Sprintf("error trying to reach service: %v", err)))
		},
	}
	// What runs behind speaks for itself, and a client that leaves is no fault.
	c.w.Header().Del("Cache-Control")
	p.ServeHTTP(c.w, c.r)
}
