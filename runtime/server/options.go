package server

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/auth/authz"
)

// Options tunes a [Server]. Authenticator and Authorizer are required: no
// default for them would be both safe and useful.
type Options struct {
	// Authenticator finds out who a request is from. A request that it knows
	// nobody for is answered with 401; see authn.OrAnonymous.
	Authenticator authn.Authenticator
	// Authorizer decides what users may do. A request that it does not allow is
	// answered with 403.
	Authorizer authz.Authorizer

	// Listener is what Run accepts connections from; it closes it. Nil: Run
	// listens on Address.
	Listener net.Listener
	// Address is host:port. "" is 127.0.0.1:6443.
	Address string
	// Certificate returns the certificate to serve TLS with. Nil serves without
	// TLS, for tests and for servers behind a proxy: users cannot prove who
	// they are by certificate then.
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// ExternalAddress is the host:port that discovery tells clients. "" is the
	// address of the listener.
	ExternalAddress string

	// OpenAPI answers /openapi/v2 and below /openapi/v3. Nil: 404.
	OpenAPI http.Handler
	// Paths are further paths and their handlers. One that ends in a slash
	// covers everything below it. They are authorized like other paths that are not
	// about resources, and listed at /.
	Paths map[string]http.Handler
	// NotFound answers paths of API groups that the scheme does not have, after
	// authorization: where extensions come in. Nil: 404.
	NotFound http.Handler
	// NodeConnector reaches kubelets, for logs, exec and the like. Nil: these
	// are answered with 503.
	NodeConnector NodeConnector
	// ProxyTransport is how Pods and Services are reached for their proxy
	// subresources. Nil: a plain HTTP transport that does not check the
	// certificates of Pods.
	ProxyTransport http.RoundTripper

	// StoreTimeout and StoreReadyTimeout bound the checks etcd and etcd-readiness, which
	// ask the store. Zero is 2 seconds.
	StoreTimeout, StoreReadyTimeout time.Duration
	// Checks are further health checks, besides those of the server itself.
	Checks []Check
	// Metrics is where the server's metrics are registered and what /metrics
	// shows. Nil: a registry of its own, with those of the Go runtime.
	Metrics *prometheus.Registry
	Logger  *slog.Logger     // nil: slog.Default()
	Now     func() time.Time // nil: time.Now
	// DisableProfiling leaves out /debug/pprof, which kube-apiserver has, too,
	// for those who may read that path: masters, unless others are granted it.
	DisableProfiling bool
	// CBOR lets clients read and write application/cbor, as Kubernetes does with the
	// feature gate CBORServingAndStorage.
	CBOR bool
	// Version is what /version tells. The zero value is v1.37.1.
	Version Version

	// RequestTimeout bounds requests that are not watches and the like. Zero
	// means 60 seconds.
	RequestTimeout time.Duration
	// WatchTimeout is how long a watch lasts at least whose client names no
	// time; it ends at random up to twice that, so that clients do not all come
	// back at once. Zero means 30 minutes.
	WatchTimeout time.Duration
	// ShutdownGrace is how long requests in flight may take to finish when the
	// server stops; then they are cut off. Zero means 60 seconds.
	ShutdownGrace time.Duration
	// ShutdownDelay is how long the server goes on as before after it was told
	// to stop, but for its readiness, so that load balancers notice. Zero is
	// not at all.
	ShutdownDelay time.Duration
}

// NodeConnector reaches the kubelets of nodes. It must be safe for concurrent use.
type NodeConnector interface {
	// Connect returns the base URL of the node's kubelet and what to send
	// requests with. The transport must speak HTTP/1.1, which streams upgrade
	// from, and prove to the kubelet who the server is. A *meta.StatusError
	// is answered as it stands, another error with 500.
	Connect(ctx context.Context, node *corev1.Node) (base *url.URL, transport http.RoundTripper, err error)
}

// withDefaults returns o with everything filled in.
func (o Options) withDefaults() (Options, error) {
	var errs []error
	if o.Authenticator == nil {
		errs = append(errs, errors.New("Options.Authenticator is missing"))
	}
	if o.Authorizer == nil {
		errs = append(errs, errors.New("Options.Authorizer is missing"))
	}
	for path := range o.Paths {
		if path == "" || path[0] != '/' {
			errs = append(errs, errors.New("Options.Paths: "+path+" does not begin with a slash"))
		}
	}
	if o.Address == "" {
		o.Address = "127.0.0.1:6443"
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.StoreTimeout <= 0 {
		o.StoreTimeout = checkTimeout
	}
	if o.StoreReadyTimeout <= 0 {
		o.StoreReadyTimeout = checkTimeout
	}
	if o.RequestTimeout <= 0 {
		o.RequestTimeout = 60 * time.Second
	}
	if o.WatchTimeout <= 0 {
		o.WatchTimeout = 30 * time.Minute
	}
	if o.ShutdownGrace <= 0 {
		o.ShutdownGrace = 60 * time.Second
	}
	if o.ProxyTransport == nil {
		o.ProxyTransport = &http.Transport{
			// What runs in Pods has no certificates that the server could check.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
			IdleConnTimeout: 30 * time.Second, MaxIdleConnsPerHost: 4,
			TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
		}
	}
	o.Version = o.Version.withDefaults()
	return o, errors.Join(errs...)
}
