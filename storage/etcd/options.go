package etcd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"github.com/kubenucleus/nucleus/storage"
)

// Options says where the cluster is and tunes a [Store]. Endpoints must be
// there; the rest may be left out.
type Options struct {
	// Endpoints are the members' client URLs: scheme http, https, unix or unixs.
	Endpoints []string
	// CAFile names a PEM file of the authorities for the members' certificates;
	// "" means those of the system.
	CAFile string
	// CertFile and KeyFile name the client's certificate and key, in PEM. They
	// are read again for each connection, so that they can be renewed.
	CertFile, KeyFile string
	// Logger gets what the operator should know; nil means slog.Default().
	Logger *slog.Logger
	// DialTimeout is how long Open waits for a member that answers; zero means
	// 20 seconds.
	DialTimeout time.Duration
	// CompactEvery is how often the cluster is compacted, by one of all servers.
	// Zero means 5 minutes; negative means that this one never does.
	CompactEvery time.Duration
	// LeaseReuse is how long at most keys of the same time to live share a lease;
	// zero means a minute. LeaseKeys is how many at most; zero means 1000.
	LeaseReuse time.Duration
	LeaseKeys  int
	// LeaseObjects, if not nil, is told how many keys a lease has got that takes
	// no more. It must not block.
	LeaseObjects func(keys int)
}

func (o Options) withDefaults() (Options, error) {
	var errs []error
	if len(o.Endpoints) == 0 {
		errs = append(errs, errors.New("no endpoints"))
	}
	for _, e := range o.Endpoints {
		u, err := url.Parse(e)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("endpoint: %w", err))
		case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "unix" && u.Scheme != "unixs":
			errs = append(errs, fmt.Errorf("endpoint %q: the scheme must be http, https, unix or unixs", e))
		}
	}
	if (o.CertFile == "") != (o.KeyFile == "") {
		errs = append(errs, errors.New("a client certificate needs both its file and its key's"))
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.DialTimeout == 0 {
		o.DialTimeout = 20 * time.Second
	}
	if o.CompactEvery == 0 {
		o.CompactEvery = 5 * time.Minute
	}
	if o.LeaseReuse == 0 {
		o.LeaseReuse = time.Minute
	}
	if o.LeaseKeys == 0 {
		o.LeaseKeys = 1000
	}
	return o, errors.Join(errs...)
}

// tlsConfig is nil if nothing is to be encrypted.
func (o *Options) tlsConfig() (*tls.Config, error) {
	secure := o.CAFile != "" || o.CertFile != ""
	for _, e := range o.Endpoints {
		secure = secure || strings.HasPrefix(e, "https:") || strings.HasPrefix(e, "unixs:")
	}
	if !secure {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, fmt.Errorf("CA file: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("CA file: %s holds no certificate in PEM form", o.CAFile)
		}
	}
	if o.CertFile != "" {
		load := func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
			if err != nil {
				return nil, fmt.Errorf("client certificate for etcd: %w", err)
			}
			return &pair, nil
		}
		if _, err := load(nil); err != nil {
			return nil, err
		}
		c.GetClientCertificate = load
	}
	return c, nil
}

// maxSend leaves room beside the largest value. The cluster has a limit of its
// own, of 1.5 MiB unless it was told otherwise.
const maxSend = storage.MaxValueBytes + 128<<10

func (o *Options) connect() (*clientv3.Client, error) {
	secure, err := o.tlsConfig()
	if err != nil {
		return nil, err
	}
	return clientv3.New(clientv3.Config{
		Endpoints:          o.Endpoints,
		TLS:                secure,
		DialTimeout:        o.DialTimeout,
		MaxCallSendMsgSize: maxSend,
		// A member that is gone without a word is noticed in 40 seconds at most,
		// as Kubernetes has it.
		DialKeepAliveTime:    30 * time.Second,
		DialKeepAliveTimeout: 10 * time.Second,
		Logger:               zap.NewNop(), // errors come back; there is nothing else to say
	})
}
