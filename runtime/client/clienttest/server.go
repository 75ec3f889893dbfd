package clienttest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
	quiet := slog.New(slog.DiscardHandler)
	if opts.Groups == nil {
		opts.Groups = api.Groups()
	}
	if opts.Registry.Logger == nil {
		opts.Registry.Logger = quiet
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := scheme.New(opts.Groups...)
	must(err)
	store, err := embedded.Open(t.Context(), embedded.Options{Logger: quiet})
	must(err)
	t.Cleanup(func() { store.Close() })
	reg, err := registry.New(s, store, opts.Registry)
	must(err)

	// Not t.Context(): that one ends before cleanup, and what the test itself
	// cleans up may need the server.
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := reg.Run(ctx); ctx.Err() == nil {
			t.Errorf("the registry has ended: %v", err)
		}
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	must(reg.WaitReady(ctx))
	if opts.Bootstrap {
		must(reg.Bootstrap(ctx, registry.BootstrapOptions{}))
	}

	admin := &auth.User{Name: "admin", Groups: []string{auth.GroupMasters, auth.GroupAuthenticated}}
	srv, err := server.New(reg, server.Options{
		Authenticator: authn.Func(func(*http.Request) (*auth.User, bool, error) { return admin, true, nil }),
		Authorizer:    authz.Masters{},
		Logger:        quiet,
	})
	must(err)
	listener := httptest.NewUnstartedServer(srv.Handler())
	listener.EnableHTTP2 = true
	listener.StartTLS()
	t.Cleanup(func() {
		srv.Stop()
		listener.CloseClientConnections()
		listener.Close()
	})
	remote, err := client.New(client.Config{
		Host: listener.URL, Scheme: s, Transport: listener.Client().Transport, Logger: quiet, Warn: func(string) {},
	})
	must(err)
	return &Server{Registry: reg, Local: reg.Client(admin), Remote: remote, URL: listener.URL, HTTP: listener.Client(), listener: listener}
}

// Each runs a test with each of the clients of a new server, as two subtests.
func Each(t *testing.T, opts Options, test func(t *testing.T, c client.Client)) {
	t.Run("in process", func(t *testing.T) { test(t, Start(t, opts).Local) })
	t.Run("remote", func(t *testing.T) { test(t, Start(t, opts).Remote) })
}
