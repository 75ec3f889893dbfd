package clienttest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// Options tunes a test server. The zero value serves the API of Kubernetes.
type Options struct {
	Groups   []scheme.Group   // nil: api.Groups()
	Registry registry.Options // Logger nil: nothing is logged
	// Bootstrap makes what every cluster has: the namespaces "default" and
	// "kube-system", priority classes and so on.
	Bootstrap bool
}

// Server is a running test server. Both its clients are administrators.
type Server struct {
	Registry *registry.Registry
	// Local is a client in the server's process, Remote one that goes over
	// HTTP/2 and TLS. A part that takes a client.Client should pass its tests
	// with either.
	Local  client.Client
	Remote *client.Remote
	// URL is where the server listens, and HTTP what can talk to it.
	URL  string
	HTTP *http.Client

	listener *httptest.Server
}

// Disconnect breaks every connection that clients have. They can connect again.
func (s *Server) Disconnect() { s.listener.CloseClientConnections() }

// Start starts a server that runs until the test ends.
func Start(t testing.TB, opts Options) *Server {
	t.Helper()
	s, stop, err := Run(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Run starts a server where there is no test, such as in an example. The caller
// must call stop, which returns what went wrong meanwhile.
func Run(opts Options) (_ *Server, stop func() error, err error) {
	quiet := slog.New(slog.DiscardHandler)
	if opts.Groups == nil {
		opts.Groups = api.Groups()
	}
	if opts.Registry.Logger == nil {
		opts.Registry.Logger = quiet
	}
	var stops []func() error
	stop = func() error {
		var errs []error
		for _, f := range slices.Backward(stops) {
			errs = append(errs, f())
		}
		stops = nil
		return errors.Join(errs...)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, stop())
		}
	}()

	s, err := scheme.New(opts.Groups...)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	stops = append(stops, func() error { cancel(); return nil })
	store, err := embedded.Open(ctx, embedded.Options{Logger: quiet})
	if err != nil {
		return nil, nil, err
	}
	stops = append(stops, store.Close)
	reg, err := registry.New(s, store, opts.Registry)
	if err != nil {
		return nil, nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- reg.Run(ctx) }()
	stops = append(stops, func() error {
		early := ctx.Err() == nil && len(ended) > 0
		cancel()
		if err := <-ended; early {
			return fmt.Errorf("the registry ended by itself: %w", err)
		}
		return nil
	})
	if err := reg.WaitReady(ctx); err != nil {
		return nil, nil, err
	}
	if opts.Bootstrap {
		if err := reg.Bootstrap(ctx, registry.BootstrapOptions{}); err != nil {
			return nil, nil, err
		}
	}

	admin := &auth.User{Name: "admin", Groups: []string{auth.GroupMasters, auth.GroupAuthenticated}}
	srv, err := server.New(reg, server.Options{
		Authenticator: authn.Func(func(*http.Request) (*auth.User, bool, error) { return admin, true, nil }),
		Authorizer:    authz.Masters{},
		Logger:        quiet,
	})
	if err != nil {
		return nil, nil, err
	}
	listener := httptest.NewUnstartedServer(srv.Handler())
	listener.EnableHTTP2 = true
	listener.StartTLS()
	stops = append(stops, func() error {
		srv.Stop()
		listener.CloseClientConnections()
		listener.Close()
		return nil
	})
	remote, err := client.New(client.Config{
		Host: listener.URL, Scheme: s, Transport: listener.Client().Transport, Logger: quiet, Warn: func(string) {},
	})
	if err != nil {
		return nil, nil, err
	}
	return &Server{
		Registry: reg, Local: reg.Client(admin), Remote: remote,
		URL: listener.URL, HTTP: listener.Client(), listener: listener,
	}, stop, nil
}

// Each runs a test with each of the clients of a new server, as two subtests.
func Each(t *testing.T, opts Options, test func(t *testing.T, c client.Client)) {
	t.Run("in process", func(t *testing.T) { test(t, Start(t, opts).Local) })
	t.Run("remote", func(t *testing.T) { test(t, Start(t, opts).Remote) })
}
