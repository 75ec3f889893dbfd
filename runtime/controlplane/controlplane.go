package controlplane

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"github.com/kubenucleus/nucleus/admission/webhook"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch/apply"
	"github.com/kubenucleus/nucleus/apimachinery/schema"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/pki"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// ControlPlane is an API server with its store and its certificates.
type ControlPlane struct {
	opts     Options
	store    storage.Store
	ownStore bool
	pki      *pki.PKI
	admin    *pki.Pair
	kubelets *server.Kubelets
	hooks    *webhook.Webhooks // nil: nobody can register webhooks
	identity *identity
	rights   *rights
	registry *registry.Registry
	server   *server.Server

	ready     chan struct{} // closed once everything is served
	readyOnce sync.Once
}

// New opens the store and the certificates. It starts nothing; call Run, or
// Close if Run is never called.
func New(ctx context.Context, opts Options) (_ *ControlPlane, err error) {
	opts, err = opts.complete()
	if err != nil {
		return nil, fmt.Errorf("control plane: %w", err)
	}
	c := &ControlPlane{opts: opts, store: opts.Store, ready: make(chan struct{})}
	defer func() {
		if err != nil {
			err = fmt.Errorf("control plane: %w", errors.Join(err, c.Close()))
		}
	}()
	s, err := scheme.New(opts.Groups...)
	if err != nil {
		return nil, err
	}
	if err := c.openCertificates(); err != nil {
		return nil, err
	}
	if c.identity, err = c.newIdentity(); err != nil {
		return nil, err
	}
	if c.store == nil {
		if c.store, err = embedded.Open(ctx, embedded.Options{Dir: c.dir("store"), Logger: opts.Logger}); err != nil {
			return nil, err
		}
		c.ownStore = true
	}
	if c.registry, err = registry.New(s, c.store, registry.Options{
		ServiceCIDR: opts.ServiceCIDR, SecondaryServiceCIDR: opts.SecondaryServiceCIDR, NodePorts: opts.NodePorts, FieldManager: apply.NewManager(s), Logger: opts.Logger,
		TokenIssuer: c.identity.issuer, StorePrefix: opts.Storage.Prefix, StoreJSON: opts.Storage.JSON, StoreOf: c.storeOf,
		StartTimeout: opts.Storage.StartTimeout, DeleteWorkers: opts.Storage.DeleteWorkers,
	}); err != nil {
		return nil, err
	}
	authenticator, err := c.identity.authenticator(c.registry)
	if err != nil {
		return nil, err
	}
	if c.rights, err = c.newRights(); err != nil {
		return nil, err
	}
	authorizer := c.rights.authorizer
	if err := c.openKubelets(); err != nil {
		return nil, err
	}
	c.answer(server.Reviews(authorizer, c.rights.rules()))
	c.registry.SetVirtualRead(meta.GroupResource{Resource: "componentstatuses"}, server.ComponentStatuses(c.components()))
	c.answer(server.TokenReviews(c.identity.tokens, c.identity.audiences))
	c.hooks = newWebhooks(c.registry, authorizer)
	c.registry.SetAdmission(c.rights.guard(withPolicies(opts.Admission(c.registry), c.registry, authorizer, c.hooks), c.registry.Reader()))
	if opts.OpenAPI == nil {
		opts.OpenAPI = schema.NewHandler(s, schema.Info{Version: "1.37"})
	}
	metrics, err := c.newMetrics()
	if err != nil {
		return nil, err
	}
	c.server, err = server.New(c.registry, server.Options{
		Authenticator: authenticator,
		Authorizer:    authorizer,
		Listener:      opts.Listener,
		Address:       opts.address(),
		Certificate:   c.pki.ServingCertificate,
		OpenAPI:       opts.OpenAPI,
		Paths:         c.paths(c.identity.paths),
		NodeConnector: c.nodeConnector(),
		Checks:        opts.Storage.Checks,
		StoreTimeout:  opts.Storage.HealthTimeout, StoreReadyTimeout: opts.Storage.ReadyTimeout,
		Metrics: metrics,
		Logger:  opts.Logger,
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// dir is a directory below the data directory, or "" without one.
func (c *ControlPlane) dir(name string) string {
	if c.opts.DataDir == "" {
		return ""
	}
	return filepath.Join(c.opts.DataDir, name)
}

// components are the parts of a control plane that Kubernetes tells of: unless
// others are named, a scheduler and controllers that run on this machine and say
// how they are where those of Kubernetes do.
func (c *ControlPlane) components() []server.Component {
	parts := c.opts.Components
	if parts == nil {
		parts = []server.Component{
			server.ProbeComponent("scheduler", "https://127.0.0.1:10259/healthz"),
			server.ProbeComponent("controller-manager", "https://127.0.0.1:10257/healthz"),
		}
	}
	return append(slices.Clip(parts), server.Component{Name: "etcd-0", Check: func(ctx context.Context) (string, error) {
		_, err := c.store.Revision(ctx)
		return "ok", err
	}})
}

// answer makes the registry answer for resources that are not stored, as far as
// the scheme has them.
func (c *ControlPlane) answer(answers map[meta.GroupResource]registry.Virtual) {
	for resource, answer := range answers {
		c.registry.SetVirtual(resource, answer)
	}
}

// Run serves until ctx ends or a part fails. Watches are ended and requests
// finished before it returns, and the store is closed. It can be called once.
func (c *ControlPlane) Run(ctx context.Context) error {
	var group controller.Group
	group.Logger = c.opts.Logger
	group.AddReady("registry", c.registry.Run, c.registry.WaitReady)
	if c.rights.caches != nil {
		group.AddReady("roles", c.rights.caches.Run, c.rights.caches.WaitSynced)
	}
	group.AddReady("server", c.server.Run, c.listening)
	group.Add("endpoints", c.keepEndpoints)
	group.Add("sizes", c.followSizes)
	return errors.Join(group.Run(ctx), c.Close())
}

// listening sees to what a client expects to find once the server listens.
func (c *ControlPlane) listening(ctx context.Context) error {
	bound, err := c.bound(ctx)
	if err != nil {
		return err
	}
	if err := c.registry.Bootstrap(ctx, c.advertised(bound)); err != nil {
		return fmt.Errorf("bootstrap: %w", err)
	}
	if err := c.identity.publish(ctx, c.Client(&auth.User{Name: "system:apiserver", Groups: []string{auth.GroupMasters}})); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("bootstrap: %w", err)
		}
		// Nothing here depends on it: what is there may be encrypted with another key.
		c.opts.Logger.LogAttrs(ctx, slog.LevelError, "API servers that delegate to this one are not told by whom it knows clients", slog.Any("error", err))
	}
	if err := c.rights.settle(ctx); err != nil {
		return fmt.Errorf("bootstrap: %w", err)
	}
	if c.opts.KubeconfigPath != "" {
		if err := c.kubeconfig(bound).Write(c.opts.KubeconfigPath); err != nil {
			return err
		}
	}
	c.readyOnce.Do(func() { close(c.ready) })
	return nil
}

// bound waits for the server to listen, and returns where.
func (c *ControlPlane) bound(ctx context.Context) (netip.AddrPort, error) {
	address, err := c.server.Address(ctx)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return netip.ParseAddrPort(address)
}

// advertised says where the other parts of a cluster reach this server.
func (c *ControlPlane) advertised(bound netip.AddrPort) registry.BootstrapOptions {
	o := registry.BootstrapOptions{Address: bound.Addr(), Port: int32(bound.Port()), Shared: !c.ownStore}
	if c.opts.AdvertiseAddress.IsValid() {
		o.Address = c.opts.AdvertiseAddress
	}
	return o
}

func (c *ControlPlane) keepEndpoints(ctx context.Context) error {
	bound, err := c.bound(ctx)
	if err != nil {
		return err
	}
	return c.registry.KeepEndpoints(ctx, c.advertised(bound))
}

// WaitReady returns when the server answers, with everything that was stored,
// or with the cause of ctx. Run has to be running.
func (c *ControlPlane) WaitReady(ctx context.Context) error {
	select {
	case <-c.ready:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Address returns the URL of the server, once it listens.
func (c *ControlPlane) Address(ctx context.Context) (string, error) {
	address, err := c.server.Address(ctx)
	if err != nil {
		return "", err
	}
	return "https://" + address, nil
}

// Client returns a client that works in this process, as user, who is not asked for
// credentials. It can be used once the control plane is ready.
func (c *ControlPlane) Client(user *auth.User) client.Client { return c.registry.Client(user) }

// Registry returns the declared resources over the store.
func (c *ControlPlane) Registry() *registry.Registry { return c.registry }

// SecretToken returns a token without an end for a service account, for a Secret
// that will hold it.
func (c *ControlPlane) SecretToken(account *corev1.ServiceAccount, secret string) (string, error) {
	return c.identity.issuer.SecretToken(account, secret)
}

// Authority returns what signs certificates by which this server knows clients.
func (c *ControlPlane) Authority() *pki.Authority { return c.pki.Authority() }

// CA returns, in PEM, the certificate by which clients know the server.
func (c *ControlPlane) CA() []byte { return c.pki.CAPEM() }

// Kubeconfig returns the administrator's kubeconfig, once the server listens.
func (c *ControlPlane) Kubeconfig(ctx context.Context) (*client.Kubeconfig, error) {
	bound, err := c.bound(ctx)
	if err != nil {
		return nil, err
	}
	return c.kubeconfig(bound), nil
}

func (c *ControlPlane) kubeconfig(bound netip.AddrPort) *client.Kubeconfig {
	host := bound.Addr()
	if host.IsUnspecified() {
		host = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return client.NewKubeconfig("nucleus", client.Config{
		Host: "https://" + net.JoinHostPort(host.String(), strconv.Itoa(int(bound.Port()))),
		TLS:  client.TLS{CAData: c.pki.CAPEM(), CertData: c.admin.CertificatePEM, KeyData: c.admin.KeyPEM},
	})
}

// Close closes the store, if the control plane opened it. Run does so too.
func (c *ControlPlane) Close() error {
	if c.kubelets != nil {
		c.kubelets.Close()
	}
	if c.hooks != nil {
		c.hooks.Close()
	}
	if !c.ownStore {
		return nil
	}
	return c.store.Close()
}
