package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// JoinOptions says how a node comes into a cluster. Node, Dir and Scheme are
// required, and so is one of the kubeconfigs that is there.
type JoinOptions struct {
	Node string
	Dir  string // of certificates
	// Kubeconfig is the file by which the node knows the server. If it is not there
	// it is written, once there is a certificate.
	Kubeconfig string
	// BootstrapKubeconfig is a file with what lets a node ask for its certificate,
	// mostly a bootstrap token. It is used only as long as there is none.
	BootstrapKubeconfig string
	Scheme              *scheme.Scheme
	UserAgent           string
	Logger              *slog.Logger // nil: slog.Default()
}

// Joined is a node's way to the server. Run it; the client works once WaitReady has
// returned.
type Joined struct {
	// Client shows the node's newest certificate.
	Client client.Client
	// CA is, in PEM, who vouches for the server, empty if the system does. In most
	// clusters it also is who vouches for clients.
	CA []byte
	// Manager keeps the certificate. It is nil if the kubeconfig has other
	// credentials, which are used as they are.
	Manager *Manager

	opts      JoinOptions
	config    client.Config
	transport *Transport
}

// Join reads what a node has to come in with. It asks nobody yet.
//
// A kubeconfig whose certificate is the one in Dir has it renewed, and the bootstrap
// kubeconfig used if it has ended. One with other credentials is taken as it is.
func Join(opts JoinOptions) (*Joined, error) {
	j, err := join(opts)
	if err != nil {
		return nil, fmt.Errorf("join as node %s: %w", opts.Node, err)
	}
	return j, nil
}

func join(opts JoinOptions) (*Joined, error) {
	if opts.Node == "" || opts.Dir == "" || opts.Scheme == nil {
		return nil, errors.New("JoinOptions.Node, Dir or Scheme is missing")
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	var err error
	if opts.Dir, err = filepath.Abs(opts.Dir); err != nil {
		return nil, err
	}
	j := &Joined{opts: opts}
	file := File(opts.Dir, "kubelet-client")
	own, err := configOf(opts.Kubeconfig)
	if err != nil {
		return nil, err
	}
	first, err := configOf(opts.BootstrapKubeconfig)
	if err != nil {
		return nil, err
	}
	switch {
	case own == nil && first == nil:
		return nil, fmt.Errorf("neither kubeconfig %q nor bootstrap kubeconfig %q is there", opts.Kubeconfig, opts.BootstrapKubeconfig)
	case own != nil && own.TLS.CertFile != file:
		j.config = j.prepared(*own)
		if j.CA, err = authorities(&j.config.TLS); err != nil {
			return nil, err
		}
		j.Client, err = client.New(j.config)
		return j, err
	case own != nil:
		j.config = j.prepared(*own)
	default:
		j.config = j.prepared(client.Config{Host: first.Host, ProxyURL: first.ProxyURL, DisableCompression: first.DisableCompression})
		j.config.TLS = client.TLS{CAData: first.TLS.CAData, CAFile: first.TLS.CAFile, ServerName: first.TLS.ServerName, Insecure: first.TLS.Insecure}
	}
	if j.CA, err = authorities(&j.config.TLS); err != nil {
		return nil, err
	}
	j.Manager, err = New(withLogger(ClientOptions(opts.Dir, opts.Node, func() (client.Client, error) {
		if j.Manager.Current() != nil {
			return j.Client, nil
		}
		if first == nil {
			return nil, fmt.Errorf("the certificate has ended, and there is no bootstrap kubeconfig %q to ask for another with", opts.BootstrapKubeconfig)
		}
		return client.New(j.prepared(*first))
	}), opts.Logger))
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: j.config.TLS.ServerName, InsecureSkipVerify: j.config.TLS.Insecure} //nolint:gosec // if the kubeconfig says so
	if len(j.CA) > 0 && !j.config.TLS.Insecure {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(j.CA) {
			return nil, errors.New("certificate authority: no PEM certificate found")
		}
	}
	j.transport = NewTransport(config, j.Manager)
	remote := j.config
	remote.TLS, remote.Transport = client.TLS{}, j.transport
	j.Client, err = client.New(remote)
	return j, err
}

func withLogger(o Options, log *slog.Logger) Options {
	o.Logger = log
	return o
}

// configOf reads a kubeconfig; it returns nil if there is none.
func configOf(path string) (*client.Config, error) {
	if path == "" {
		return nil, nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	file, err := client.LoadKubeconfig(path)
	if err != nil {
		return nil, err
	}
	config, err := file.Config("")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &config, nil
}

func (j *Joined) prepared(c client.Config) client.Config {
	c.Scheme, c.UserAgent, c.Logger = j.opts.Scheme, j.opts.UserAgent, j.opts.Logger
	return c
}

func authorities(t *client.TLS) ([]byte, error) {
	if len(t.CAData) > 0 || t.CAFile == "" {
		return t.CAData, nil
	}
	data, err := os.ReadFile(t.CAFile)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	return data, nil
}

// Run keeps the node's certificate until ctx ends.
func (j *Joined) Run(ctx context.Context) error {
	if j.Manager == nil {
		<-ctx.Done()
		return nil
	}
	defer j.transport.Close()
	return j.Manager.Run(ctx)
}

// WaitReady waits until the node can come in, and has the kubeconfig written that it
// comes in with the next time. Run has to be running.
func (j *Joined) WaitReady(ctx context.Context) error {
	if j.Manager == nil {
		return nil
	}
	if err := j.Manager.WaitReady(ctx); err != nil {
		return err
	}
	if j.opts.Kubeconfig == "" {
		return nil
	}
	if _, err := os.Stat(j.opts.Kubeconfig); err == nil {
		return nil
	}
	config := j.config
	config.TLS.CertFile, config.TLS.KeyFile = j.Manager.File(), j.Manager.File()
	return client.NewKubeconfig("default", config).Write(j.opts.Kubeconfig)
}
