package kubelet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"
)

// DefaultPort is where kubelets listen.
const DefaultPort = 10250

// ServerOptions tunes a [Server]. Certificate is required, and so is at least one
// of ClientCAs and Reviews: else nobody could come in.
type ServerOptions struct {
	// Listener is what Run accepts connections from; it closes it. Nil: Run
	// listens on Address.
	Listener net.Listener
	// Address is host:port; "" is port 10250 of all addresses.
	Address string
	// Certificate returns the certificate to serve with.
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// ClientCAs returns the authorities whose client certificates say who
	// somebody is. Nil: certificates say nothing.
	ClientCAs func() *x509.CertPool
	// Reviews asks the API server whose tokens are, and who may do what. Nil:
	// tokens say nothing, and only members of system:masters are let in.
	Reviews Reviewer
	// AllowAll lets everybody do everything who has proved to be somebody.
	AllowAll bool
	// Anonymous takes requests without credentials for system:anonymous's, and
	// asks about that user as about others. By default they are refused.
	Anonymous bool

	// AllowedFor and DeniedFor are how long the answers of Reviews are taken for
	// granted. Zero is 5 minutes and 30 seconds; tokens count for 2 minutes.
	AllowedFor, DeniedFor time.Duration
	// ShutdownGrace is how long requests may take to finish when the server
	// stops; then they are cut off. Zero is 5 s.
	ShutdownGrace time.Duration
	Logger        *slog.Logger // nil: slog.Default()
}

// Server is a kubelet's own HTTPS port: [Kubelet.Handler] behind authentication and
// authorization. Every request is one about the Node: what the user has to be
// allowed is a verb on nodes/stats, nodes/log, nodes/metrics, nodes/pods,
// nodes/healthz, nodes/configz or, which stands for all of it, nodes/proxy.
type Server struct {
	opts    ServerOptions
	log     *slog.Logger
	handler http.Handler
	bound   chan struct{} // closed once listener is set
	address net.Addr
}

// NewServer returns the HTTPS port of k. It starts nothing; call Run.
func NewServer(k *Kubelet, opts ServerOptions) (*Server, error) {
	var errs []error
	if opts.Certificate == nil {
		errs = append(errs, errors.New("ServerOptions.Certificate is missing"))
	}
	if opts.ClientCAs == nil && opts.Reviews == nil {
		errs = append(errs, errors.New("ServerOptions has neither ClientCAs nor Reviews: nobody could come in"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("kubelet's server: %w", err)
	}
	if opts.Address == "" {
		opts.Address = ":" + strconv.Itoa(DefaultPort)
	}
	if opts.AllowedFor <= 0 {
		opts.AllowedFor = 5 * time.Minute
	}
	if opts.DeniedFor <= 0 {
		opts.DeniedFor = 30 * time.Second
	}
	if opts.ShutdownGrace <= 0 {
		opts.ShutdownGrace = 5 * time.Second
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	s := &Server{opts: opts, log: opts.Logger.With("node", k.name), bound: make(chan struct{})}
	s.handler = newGate(k.name, s.log, opts, k.Handler())
	return s, nil
}

// Address returns where the server listens, once Run does.
func (s *Server) Address(ctx context.Context) (net.Addr, error) {
	select {
	case <-s.bound:
		return s.address, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Run listens and serves until ctx ends, then returns nil when all requests have
// ended or were cut off, streams included. It can be called once.
func (s *Server) Run(ctx context.Context) error {
	listener := s.opts.Listener
	if listener == nil {
		var err error
		if listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", s.opts.Address); err != nil {
			return fmt.Errorf("kubelet's server: %w", err)
		}
	}
	s.address = listener.Addr()
	close(s.bound)
	// What is under way is cut off not when ctx ends but when the grace is over.
	base, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	hs := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 32 * time.Second,
		IdleTimeout:       90 * time.Second,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return base },
		TLSConfig: &tls.Config{
			MinVersion:     tls.VersionTLS12,
			GetCertificate: s.opts.Certificate,
			// Asked for, not insisted on: who has none may have a token.
			ClientAuth: tls.RequestClientCert,
			NextProtos: []string{"h2", "http/1.1"},
		},
	}
	served := make(chan error, 1)
	go func() { served <- hs.ServeTLS(listener, "", "") }()
	select {
	case err := <-served:
		return fmt.Errorf("kubelet's server: %w", errors.Join(err, hs.Close()))
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), s.opts.ShutdownGrace)
	defer cancel()
	if hs.Shutdown(grace) != nil {
		// Mostly somebody who follows a log: nothing that is worth an error.
		cut()
		_ = hs.Close()
	}
	<-served
	return nil
}
