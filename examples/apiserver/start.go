package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/kubenucleus/nucleus/admission/builtin"
	"github.com/kubenucleus/nucleus/admission/resourcequota"
	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/patch/apply"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/auth/authn/clientcert"
	"github.com/kubenucleus/nucleus/auth/authn/tokenfile"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/auth/pki"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/runtime/server"
	"github.com/kubenucleus/nucleus/storage/embedded"
)

// start runs the server until ctx ends.
func start(ctx context.Context, args []string) (err error) {
	f, err := parseFlags(args)
	if errors.Is(err, pflag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	level := slog.LevelInfo
	if f.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))

	// 1. Who may come in, and with which certificates.
	services, err := netip.ParsePrefix(f.serviceRange)
	if err != nil {
		return fmt.Errorf("--service-cluster-ip-range: %w", err)
	}
	certificates, err := pki.Open(pki.Options{
		Dir: filepath.Join(f.dataDir, "pki"),
		Hosts: []string{f.bindAddress, services.Masked().Addr().Next().String(),
			"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"},
	})
	if err != nil {
		return err
	}
	users, err := authenticator(f, certificates)
	if err != nil {
		return err
	}

	// 2. The store, and the resources in it.
	store, err := embedded.Open(ctx, embedded.Options{Dir: filepath.Join(f.dataDir, "store"), Logger: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	resources, err := scheme.New(api.Groups()...)
	if err != nil {
		return err
	}
	reg, err := registry.New(resources, store, registry.Options{Logger: log, ServiceCIDR: services, FieldManager: apply.NewManager(resources)})
	if err != nil {
		return err
	}
	reg.SetAdmission(builtin.Chain(reg.Reader(), charge(reg)))

	// 3. The server in front of them.
	listener, err := net.Listen("tcp", net.JoinHostPort(f.bindAddress, strconv.Itoa(int(f.securePort))))
	if err != nil {
		return err
	}
	srv, err := server.New(reg, server.Options{
		Authenticator: users, Authorizer: authz.Union{authz.Masters{}, authz.PublicInfo{}},
		Listener: listener, Certificate: certificates.ServingCertificate, Logger: log,
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	kubeconfig, err := writeKubeconfig(f, certificates, listener.Addr())
	if err != nil {
		return errors.Join(err, listener.Close())
	}

	// 4. Run, and fill in what every cluster has. The registry outlives the
	// server, so that no request finds it gone.
	regCtx, stopReg := context.WithCancel(context.WithoutCancel(ctx))
	running, ctx := errgroup.WithContext(ctx)
	running.Go(func() error {
		if err := reg.Run(regCtx); regCtx.Err() == nil {
			return err
		}
		return nil
	})
	running.Go(func() error {
		defer stopReg()
		return srv.Run(ctx)
	})
	running.Go(func() error {
		if err := reg.Bootstrap(ctx, endpoint(listener.Addr())); err != nil && ctx.Err() == nil {
			return err
		}
		log.Info("serving", "address", "https://"+listener.Addr().String())
		log.Info("try: kubectl --kubeconfig " + kubeconfig + " get namespaces")
		return nil
	})
	return running.Wait()
}

// authenticator knows users by certificate and by the token file.
func authenticator(f flags, certificates *pki.PKI) (authn.Authenticator, error) {
	pools := []*x509.CertPool{certificates.Pool()}
	if f.clientCAFile != "" {
		data, err := os.ReadFile(f.clientCAFile)
		if err != nil {
			return nil, err
		}
		pool, err := pki.PoolFromPEM(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.clientCAFile, err)
		}
		pools = append(pools, pool)
	}
	var known authn.Union
	for _, pool := range pools {
		known = append(known, clientcert.New(pool, clientcert.Options{}))
	}
	if f.tokenAuthFile != "" {
		tokens, err := tokenfile.Load(f.tokenAuthFile)
		if err != nil {
			return nil, err
		}
		known = append(known, tokens)
	}
	return authn.OrAnonymous(authn.Authenticated(known)), nil
}

// charge stores what quotas are charged, as the server itself.
func charge(reg *registry.Registry) resourcequota.Charge {
	c := reg.Client(&auth.User{Name: "system:apiserver", Groups: []string{auth.GroupMasters}})
	return func(ctx context.Context, quota *corev1.ResourceQuota) error {
		at := client.Target{
			Resource:  meta.GroupVersionResource{Version: "v1", Resource: "resourcequotas"},
			Namespace: quota.Namespace, Name: quota.Name, Subresource: "status",
		}
		return c.Update(ctx, at, quota, meta.UpdateOptions{FieldManager: "kube-apiserver"})
	}
}

// writeKubeconfig writes the file by which an administrator comes in.
func writeKubeconfig(f flags, certificates *pki.PKI, address net.Addr) (path string, err error) {
	admin, err := certificates.Client("admin", "kubernetes-admin", auth.GroupMasters)
	if err != nil {
		return "", err
	}
	if path = f.kubeconfig; path == "" {
		path = filepath.Join(f.dataDir, "admin.kubeconfig")
	}
	host := address.String()
	if at := endpoint(address); at.Address.IsUnspecified() {
		host = net.JoinHostPort("127.0.0.1", strconv.Itoa(int(at.Port)))
	}
	return path, client.NewKubeconfig("nucleus", client.Config{Host: "https://" + host, TLS: client.TLS{
		CAData: certificates.CAPEM(), CertData: admin.CertificatePEM, KeyData: admin.KeyPEM,
	}}).Write(path)
}

// endpoint is where the Service "kubernetes" leads.
func endpoint(address net.Addr) registry.BootstrapOptions {
	at, err := netip.ParseAddrPort(address.String())
	if err != nil {
		return registry.BootstrapOptions{}
	}
	return registry.BootstrapOptions{Address: at.Addr(), Port: int32(at.Port())}
}
