package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubenucleus/nucleus/runtime/http2"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// Server serves the resources of a registry over HTTP. It is safe for
// concurrent use.
type Server struct {
	reg     *registry.Registry
	opts    Options
	log     *slog.Logger
	media   mediaSet
	routes  *routes
	disco   *discovery
	health  *health
	metrics *metrics
	version []byte

	// stopping ends when watches shall. It is a context, not a channel, so that
	// a watch can hang on to it without a goroutine.
	stopping context.Context
	stop     context.CancelFunc
	// upgraded counts connections that were taken over from the HTTP server, which
	// does not wait for them when it stops.
	upgraded sync.WaitGroup
	// address is where the server listens, for discovery.
	address atomic.Pointer[string]
	ready   chan struct{} // closed once Run listens
	// waitingTexts is what lists keep for clients that take no more: see steady.
	waitingTexts atomic.Int64
}

// errShutdown is why long requests end when the server stops.
var errShutdown = errors.New("the server is shutting down")

// New returns a Server of reg's resources. It starts nothing.
func New(reg *registry.Registry, opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	s := &Server{
		reg: reg, opts: opts, log: opts.Logger,
		media: mediaSet{mediaJSON, mediaYAML, mediaProtobuf},
		ready: make(chan struct{}),
	}
	s.stopping, s.stop = context.WithCancel(context.Background())
	if opts.CBOR {
		s.media = append(s.media, mediaCBOR)
	}
	if s.metrics, err = newMetrics(opts.Metrics); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	if s.version, err = opts.Version.encode(); err != nil {
		return nil, fmt.Errorf("server: %w", err)
	}
	external := opts.ExternalAddress
	if external == "" {
		external = opts.Address
	}
	s.address.Store(&external)
	s.routes = newRoutes(reg.Scheme(), s.media)
	s.disco = newDiscovery(reg.Scheme(), s.serverAddress)
	s.health = newHealth(s)
	return s, nil
}

// Handler returns the whole server as a handler, for a listener of one's own.
// Without Run, nothing ends watches when the program stops but Stop.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// Stop makes watches end and readiness fail. Run calls it; a program that uses
// Handler alone calls it before it shuts its http.Server down.
func (s *Server) Stop() { s.stop() }

func (s *Server) serverAddress() string { return *s.address.Load() }

// Address returns the host:port that the server listens on, once Run does.
func (s *Server) Address(ctx context.Context) (string, error) {
	select {
	case <-s.ready:
		return s.serverAddress(), nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// Run listens and serves until ctx ends or the listener fails. When ctx ends it
// lets requests finish (Options.ShutdownGrace) and returns nil. Every
// goroutine that it started has ended when it returns. It can be called once.
func (s *Server) Run(ctx context.Context) error {
	listener := s.opts.Listener
	if listener == nil {
		var err error
		if listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", s.opts.Address); err != nil {
			return fmt.Errorf("server: %w", err)
		}
	}
	if s.opts.ExternalAddress == "" {
		address := listener.Addr().String()
		s.address.Store(&address)
	}
	hs := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 32 * time.Second, // against clients that never finish their headers
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    1 << 20,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	if s.opts.Certificate != nil {
		h2 := http2.NewServer(http2.Options{})
		defer h2.Close()
		h2.Configure(hs)
		listener = h2.Listen(listener, &tls.Config{
			MinVersion:     tls.VersionTLS12,
			GetCertificate: s.opts.Certificate,
			// Asked for, not insisted on: who has none may have a token. What it
			// is worth is for the authenticator to say.
			ClientAuth: tls.RequestClientCert,
			NextProtos: []string{"h2", "http/1.1"},
			// All that is sent is read at once: small records first would only cost.
			DynamicRecordSizingDisabled: true,
		})
	}
	close(s.ready)

	served := make(chan error, 1)
	go func() { served <- hs.Serve(listener) }()
	select {
	case err := <-served:
		s.Stop()
		return fmt.Errorf("server: %w", errors.Join(err, hs.Close()))
	case <-ctx.Done():
	}
	return s.shutdown(hs, served)
}

// shutdown ends what goes on, in an order in which no client sees an error
// that could be spared.
func (s *Server) shutdown(hs *http.Server, served <-chan error) error {
	// 1. Not ready any more, but still serving: others get the new requests.
	s.health.stop()
	if s.opts.ShutdownDelay > 0 {
		time.Sleep(s.opts.ShutdownDelay)
	}
	// 2. Watches end as if their time were over; clients watch again elsewhere.
	s.Stop()
	// 3. No new connections; requests in flight finish.
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.ShutdownGrace)
	defer cancel()
	err := hs.Shutdown(ctx)
	// 4. What is left is cut off.
	if err != nil {
		err = errors.Join(fmt.Errorf("server: requests were cut off after %s: %w", s.opts.ShutdownGrace, err), hs.Close())
	}
	<-served
	s.upgraded.Wait()
	return err
}
