package certificate

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"sync"
	"time"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Options says which certificate a [Manager] keeps.
type Options struct {
	// Dir is where it is kept, in the file NAME-current.pem; it is made if missing.
	Dir, Name string
	// SignerName and Usages are what is asked for.
	SignerName string
	Usages     []certificatesv1.KeyUsage
	// Template is the subject and the names of the request. It is asked for each
	// time; a certificate that lacks one of the names is replaced.
	Template func() *x509.CertificateRequest
	// Client returns what to ask the API server with. It is asked for each time.
	Client func() (client.Client, error)

	// Lifetime is how long the certificate is to live; zero leaves it to the signer.
	Lifetime time.Duration
	// Patience is how long one request may wait to be signed. Zero is 15 minutes.
	Patience time.Duration
	Now      func() time.Time // nil: time.Now
	Logger   *slog.Logger     // nil: slog.Default()
}

// The names under which the node and all nodes are known.
const (
	userPrefix = "system:node:"
	group      = "system:nodes"
)

// ClientOptions are those of the certificate by which the API server knows a node.
func ClientOptions(dir, node string, c func() (client.Client, error)) Options {
	return Options{
		Dir: dir, Name: "kubelet-client", Client: c,
		SignerName: certificatesv1.KubeAPIServerClientKubeletSignerName,
		Usages:     []certificatesv1.KeyUsage{certificatesv1.UsageDigitalSignature, certificatesv1.UsageClientAuth},
		Template: func() *x509.CertificateRequest {
			return &x509.CertificateRequest{Subject: pkix.Name{CommonName: userPrefix + node, Organization: []string{group}}}
		},
	}
}

// ServingOptions are those of the certificate that a kubelet serves with. hosts are
// the names and addresses of the node, of which there has to be at least one.
func ServingOptions(dir, node string, hosts func() []string, c func() (client.Client, error)) Options {
	return Options{
		Dir: dir, Name: "kubelet-server", Client: c,
		SignerName: certificatesv1.KubeletServingSignerName,
		Usages:     []certificatesv1.KeyUsage{certificatesv1.UsageDigitalSignature, certificatesv1.UsageServerAuth},
		Template: func() *x509.CertificateRequest {
			r := &x509.CertificateRequest{Subject: pkix.Name{CommonName: userPrefix + node, Organization: []string{group}}}
			for _, h := range hosts() {
				if ip := net.ParseIP(h); ip != nil {
					r.IPAddresses = append(r.IPAddresses, ip)
				} else if h != "" {
					r.DNSNames = append(r.DNSNames, h)
				}
			}
			return r
		},
	}
}

// Manager keeps one certificate. It is safe for concurrent use.
type Manager struct {
	opts Options
	file string

	mu      sync.Mutex
	current *tls.Certificate
	ready   chan struct{}
	changed []func()
}

// New returns a Manager with the certificate that was kept, if it is still good. It
// asks nobody; call Run. A file that cannot be read as what it should be is an
// error.
func New(opts Options) (*Manager, error) {
	var errs []error
	for field, missing := range map[string]bool{
		"Dir": opts.Dir == "", "Name": opts.Name == "", "SignerName": opts.SignerName == "", "Template": opts.Template == nil, "Client": opts.Client == nil,
	} {
		if missing {
			errs = append(errs, fmt.Errorf("Options.%s is missing", field))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Patience <= 0 {
		opts.Patience = 15 * time.Minute
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	m := &Manager{opts: opts, file: File(opts.Dir, opts.Name), ready: make(chan struct{})}
	kept, err := load(m.file)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if kept != nil && m.good(kept) {
		m.set(kept)
	}
	return m, nil
}

// Current returns the certificate, nil as long as there is none that is good.
func (m *Manager) Current() *tls.Certificate {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current == nil || !m.good(m.current) {
		return nil
	}
	return m.current
}

// File is where the certificate is kept, with its key.
func (m *Manager) File() string { return m.file }

// Serving returns the certificate to serve with. It fits tls.Config.GetCertificate.
func (m *Manager) Serving(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if c := m.Current(); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("no serving certificate available for the kubelet: %s was not signed yet", m.opts.Name)
}

// ClientCertificate returns the certificate to show a server, an empty one as long as
// there is none. It fits tls.Config.GetClientCertificate.
func (m *Manager) ClientCertificate(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	if c := m.Current(); c != nil {
		return c, nil
	}
	return &tls.Certificate{}, nil
}

// WaitReady waits until there is a certificate. Run has to be running.
func (m *Manager) WaitReady(ctx context.Context) error {
	select {
	case <-m.ready:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// OnChange has f called after each change of the certificate, by the goroutine of
// Run.
func (m *Manager) OnChange(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changed = append(m.changed, f)
}

func (m *Manager) set(c *tls.Certificate) {
	m.mu.Lock()
	m.current = c
	select {
	case <-m.ready:
	default:
		close(m.ready)
	}
	changed := append([]func(){}, m.changed...)
	m.mu.Unlock()
	for _, f := range changed {
		f()
	}
}

func (m *Manager) good(c *tls.Certificate) bool {
	now := m.opts.Now()
	return !now.Before(c.Leaf.NotBefore) && now.Before(c.Leaf.NotAfter)
}

// Run sees to it that there is a certificate until ctx ends, then returns nil. What
// fails is tried again, at longer and longer intervals.
func (m *Manager) Run(ctx context.Context) error {
	const least, most = time.Second, 5 * time.Minute
	for delay := least; ; {
		wait := m.untilRenewal()
		if wait <= 0 {
			err := m.renew(ctx)
			switch {
			case err == nil:
				delay = least
				continue
			case ctx.Err() != nil:
				return nil
			}
			m.opts.Logger.WarnContext(ctx, "certificate not renewed", "certificate", m.opts.Name, "again", delay, "error", err)
			wait = delay
			delay = min(2*delay, most)
		}
		// Not longer at a time: the clock may be set, and the node's names may change.
		timer := time.NewTimer(min(wait, time.Minute))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// untilRenewal is how long the certificate will do; it is not more than 0 if a new
// one is due.
func (m *Manager) untilRenewal() time.Duration {
	m.mu.Lock()
	current := m.current
	m.mu.Unlock()
	if current == nil || !m.good(current) {
		return 0
	}
	template := m.opts.Template()
	for _, ip := range template.IPAddresses {
		if current.Leaf.VerifyHostname(ip.String()) != nil {
			return 0
		}
	}
	for _, name := range template.DNSNames {
		if current.Leaf.VerifyHostname(name) != nil {
			return 0
		}
	}
	return renewal(current.Leaf).Sub(m.opts.Now())
}

// renewal is when a certificate is replaced: after 70 to 90 hundredths of its life,
// each at a time of its own, so that not all nodes come at once.
func renewal(c *x509.Certificate) time.Time {
	life := c.NotAfter.Sub(c.NotBefore)
	var seed [32]byte
	copy(seed[:], c.SerialNumber.Bytes())
	share := 0.7 + 0.2*mathrand.New(mathrand.NewChaCha8(seed)).Float64()
	return c.NotBefore.Add(time.Duration(float64(life) * share))
}

// renew gets a new certificate.
func (m *Manager) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, m.opts.Patience, errors.New("nobody has signed it in time"))
	defer cancel()
	c, err := m.opts.Client()
	if err != nil {
		return err
	}
	template := m.opts.Template()
	if m.opts.SignerName == certificatesv1.KubeletServingSignerName && len(template.IPAddresses)+len(template.DNSNames) == 0 {
		return errors.New("the node has no address yet to be certified")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		return err
	}
	signed, err := m.sign(ctx, c, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request}))
	if err != nil {
		return err
	}
	data, err := encode(signed, key)
	if err != nil {
		return err
	}
	fresh, err := decode(data)
	if err != nil {
		return fmt.Errorf("what was signed: %w", err)
	}
	if !m.good(fresh) {
		return fmt.Errorf("what was signed is good from %s to %s, which is not now", fresh.Leaf.NotBefore, fresh.Leaf.NotAfter)
	}
	if err := save(m.file, data); err != nil {
		return err
	}
	m.opts.Logger.InfoContext(ctx, "certificate renewed", "certificate", m.opts.Name, "until", fresh.Leaf.NotAfter)
	m.set(fresh)
	return nil
}

// sign asks for a signature and waits for it.
func (m *Manager) sign(ctx context.Context, c client.Client, request []byte) ([]byte, error) {
	csr := &certificatesv1.CertificateSigningRequest{
		ObjectMeta: meta.ObjectMeta{GenerateName: "csr-"},
		Spec:       certificatesv1.CertificateSigningRequestSpec{Request: request, SignerName: m.opts.SignerName, Usages: m.opts.Usages},
	}
	if m.opts.Lifetime > 0 {
		seconds := int32(m.opts.Lifetime / time.Second)
		csr.Spec.ExpirationSeconds = &seconds
	}
	requests := client.Of[certificatesv1.CertificateSigningRequest](c)
	if err := requests.Create(ctx, csr); err != nil {
		return nil, fmt.Errorf("certificate signing request: %w", err)
	}
	opts := meta.ListOptions{FieldSelector: "metadata.name=" + csr.Name}
	for change, err := range client.ResumingWatch(ctx, requests, opts, m.opts.Logger) {
		if err != nil {
			return nil, fmt.Errorf("certificate signing request %s: %w", csr.Name, err)
		}
		switch change.Type {
		case client.Deleted:
			return nil, fmt.Errorf("certificate signing request %s was deleted", csr.Name)
		case client.Bookmark:
			continue
		}
		status := &change.Object.Status
		approved := false
		for _, condition := range status.Conditions {
			switch condition.Type {
			case certificatesv1.CertificateDenied, certificatesv1.CertificateFailed:
				return nil, fmt.Errorf("certificate signing request %s: %s: %s: %s", csr.Name, condition.Type, condition.Reason, condition.Message)
			case certificatesv1.CertificateApproved:
				approved = true
			}
		}
		if approved && len(status.Certificate) > 0 {
			return status.Certificate, nil
		}
	}
	return nil, fmt.Errorf("certificate signing request %s: %w", csr.Name, context.Cause(ctx))
}
