package http2

import (
	"context"
	"crypto/tls"
	"net/http"
	"sync"
	"time"
)

// Options tunes a [Server]. The zero value is useful.
type Options struct {
	// MaxStreams is how many requests a connection may have open at once. Zero
	// means 1000.
	MaxStreams int
	// StreamWindow is how much of a request's body is taken before its handler reads
	// it; zero means 256 KiB. ConnWindow is the same for all requests of a connection
	// together; zero means 4 MiB.
	StreamWindow, ConnWindow int
	// PingAfter is how long a client may be silent until it is asked whether it is
	// still there, and PingTimeout how long it has to answer. Zero means 30 and 15
	// seconds.
	PingAfter, PingTimeout time.Duration
}

// Server serves HTTP/2 on connections of an http.Server. It is safe for concurrent
// use. Close it when the http.Server has ended.
type Server struct {
	opts    Options
	workers workers

	mu       sync.Mutex
	conns    map[*conn]struct{}
	draining bool
}

// NewServer returns a Server. It starts no goroutines.
func NewServer(opts Options) *Server {
	if opts.MaxStreams <= 0 {
		opts.MaxStreams = 1000
	}
	if opts.StreamWindow <= 0 {
		opts.StreamWindow = 256 << 10
	}
	if opts.ConnWindow <= 0 {
		opts.ConnWindow = 4 << 20
	}
	opts.StreamWindow, opts.ConnWindow = min(opts.StreamWindow, maxWindow), min(max(opts.ConnWindow, initialWindow), maxWindow)
	if opts.PingAfter <= 0 {
		opts.PingAfter = 30 * time.Second
	}
	if opts.PingTimeout <= 0 {
		opts.PingTimeout = 15 * time.Second
	}
	return &Server{opts: opts, conns: make(map[*conn]struct{})}
}

// Configure makes hs hand connections on which HTTP/2 was agreed on to the Server,
// and tell it when it shuts down. Of hs it obeys IdleTimeout, MaxHeaderBytes and
// ErrorLog. Call it before hs serves.
func (s *Server) Configure(hs *http.Server) {
	if hs.TLSNextProto == nil {
		hs.TLSNextProto = make(map[string]func(*http.Server, *tls.Conn, http.Handler))
	}
	hs.TLSNextProto["h2"] = s.serveConn
	hs.RegisterOnShutdown(s.drain)
}

// Close ends the goroutines that wait for requests. The http.Server must have
// ended before, by Shutdown or Close; Close waits for handlers that have not.
func (s *Server) Close() { s.workers.close() }

func (s *Server) serveConn(hs *http.Server, tc *tls.Conn, handler http.Handler) {
	ctx := context.Background()
	// The context of the connection comes with the handler.
	if of, ok := handler.(interface{ BaseContext() context.Context }); ok {
		ctx = of.BaseContext()
	}
	c := newConn(s, hs, tc, handler, ctx)
	s.mu.Lock()
	s.conns[c] = struct{}{}
	draining := s.draining
	s.mu.Unlock()
	if !draining {
		c.serve()
	}
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

// drain tells all clients to go elsewhere.
func (s *Server) drain() {
	s.mu.Lock()
	s.draining = true
	conns := make([]*conn, 0, len(s.conns))
	for c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	var all sync.WaitGroup
	for _, c := range conns {
		all.Go(c.drain) // each may have to wait for its client
	}
	all.Wait()
}
