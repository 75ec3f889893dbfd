package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Config says how to reach a server and as whom. Only Host is needed; of what
// proves who one is, set at most one of a client certificate, a bearer token
// and a user name with password.
type Config struct {
	// Host is the server's URL, such as "https://10.0.0.1:6443". A path in it
	// comes before that of every request. Without a scheme it is https.
	Host string
	TLS  TLS

	// BearerToken is sent with every request. BearerTokenFile is read instead,
	// again every minute, since tokens of Pods are renewed in place.
	BearerToken     string
	BearerTokenFile string
	Username        string
	Password        string
	// Impersonate makes requests as somebody else, if the server lets one.
	Impersonate Impersonation

	// Scheme knows the Go types of what is read; nil knows none, and everything
	// is read as meta.Unstructured.
	Scheme *scheme.Scheme
	// UserAgent names the program; "" is "nucleus-client".
	UserAgent string
	// PreferJSON reads and writes JSON even where there is protobuf, for the
	// sake of a person who reads along.
	PreferJSON bool
	// DisableCompression does not ask for compressed answers: between machines
	// that are close it saves time on both sides.
	DisableCompression bool

	// QPS and Burst limit the requests a second that the client begins. A QPS of
	// 0 does not limit: servers defend themselves.
	QPS   float64
	Burst int
	// Timeout ends requests other than watches; 0 leaves that to the context.
	Timeout time.Duration

	// Warn is called with each text that the server sends as a Warning header;
	// nil logs each text once. It may be called by several goroutines at once.
	Warn func(text string)
	// Logger is told about retries; nil is slog.Default().
	Logger *slog.Logger
	// ProxyURL is the proxy to use; "" is what the environment says.
	ProxyURL string
	// Transport sends the requests in place of the client's own; TLS, ProxyURL
	// and DisableCompression are not used then.
	Transport http.RoundTripper
}

// TLS says how to know the server and to be known by it. Content goes before
// files. The zero value trusts what the system trusts.
type TLS struct {
	CAData, CertData, KeyData []byte // PEM
	CAFile, CertFile, KeyFile string // PEM; certificate and key are read again for each connection
	// ServerName is the name that the server's certificate must have; "" is the
	// host's.
	ServerName string
	// Insecure takes any server for the right one. Only for tests.
	Insecure bool
}

// Impersonation is whom a request is made as.
type Impersonation struct {
	User   string
	UID    string
	Groups []string
	Extra  map[string][]string
}

// baseURL checks c and returns the URL that all requests start with.
func (c *Config) baseURL() (*url.URL, error) {
	var errs []error
	host := c.Host
	if host == "" {
		errs = append(errs, errors.New("no host"))
	} else if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	base, err := url.Parse(host)
	switch {
	case err != nil:
		errs = append(errs, err)
	case host == "":
	case base.Scheme != "https" && base.Scheme != "http":
		errs = append(errs, fmt.Errorf("host %q: scheme must be https or http", c.Host))
	case base.Host == "":
		errs = append(errs, fmt.Errorf("host %q names no machine", c.Host))
	case base.RawQuery != "" || base.Fragment != "":
		errs = append(errs, fmt.Errorf("host %q: must have no query or fragment", c.Host))
	}
	ways := 0
	for _, has := range []bool{c.BearerToken != "" || c.BearerTokenFile != "", c.Username != ""} {
		if has {
			ways++
		}
	}
	if ways > 1 {
		errs = append(errs, errors.New("both a bearer token and a user name are given"))
	}
	if c.Impersonate.User == "" && (c.Impersonate.UID != "" || len(c.Impersonate.Groups) > 0 || len(c.Impersonate.Extra) > 0) {
		errs = append(errs, errors.New("impersonation without a user name"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	base.Path = strings.TrimRight(base.Path, "/")
	return base, nil
}

// tlsConfig returns the crypto/tls form of t.
func (t *TLS) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName, InsecureSkipVerify: t.Insecure}
	ca, err := dataOrFile(t.CAData, t.CAFile)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	if len(ca) > 0 {
		if t.Insecure {
			return nil, errors.New("a certificate authority makes no sense where any server is trusted")
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(ca) {
			return nil, errors.New("certificate authority: no PEM certificate found")
		}
	}
	hasCert := len(t.CertData) > 0 || t.CertFile != ""
	hasKey := len(t.KeyData) > 0 || t.KeyFile != ""
	if hasCert != hasKey {
		return nil, errors.New("client certificate and key must be given together")
	}
	if !hasCert {
		return config, nil
	}
	if _, err := t.keyPair(); err != nil {
		return nil, err
	}
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return t.keyPair() }
	return config, nil
}

func (t *TLS) keyPair() (*tls.Certificate, error) {
	cert, err := dataOrFile(t.CertData, t.CertFile)
	if err != nil {
		return nil, fmt.Errorf("client certificate: %w", err)
	}
	key, err := dataOrFile(t.KeyData, t.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("client key: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("client certificate: %w", err)
	}
	return &pair, nil
}

func dataOrFile(data []byte, file string) ([]byte, error) {
	if len(data) > 0 || file == "" {
		return data, nil
	}
	return os.ReadFile(file)
}

// Where a Pod finds its server and what proves who it is.
const serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// InCluster returns the Config of a program that runs in a Pod: the server that
// the environment names, with the token of the Pod's service account. Add a
// Scheme to it.
func InCluster() (Config, error) {
	return inCluster(serviceAccountDir, os.Getenv)
}

func inCluster(dir string, env func(string) string) (Config, error) {
	host, port := env("KUBERNETES_SERVICE_HOST"), env("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return Config{}, errors.New("not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set")
	}
	config := Config{Host: "https://" + joinHostPort(host, port), BearerTokenFile: dir + "/token"}
	if _, err := os.Stat(config.BearerTokenFile); err != nil {
		return Config{}, fmt.Errorf("service account token: %w", err)
	}
	config.TLS.CAFile = dir + "/ca.crt"
	if _, err := os.Stat(config.TLS.CAFile); err != nil {
		return Config{}, fmt.Errorf("certificate authority: %w", err)
	}
	return config, nil
}

func joinHostPort(host, port string) string {
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}
