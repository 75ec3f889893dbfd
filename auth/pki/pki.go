package pki

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options tunes [Open]. The zero value makes certificates for localhost that
// live in memory only.
type Options struct {
	// Dir is where certificates and keys are kept; it is made if missing. ""
	// keeps them in memory, for tests.
	Dir string
	// Hosts are the DNS names and IP addresses that serving certificates are
	// for. localhost, 127.0.0.1 and ::1 are always among them.
	Hosts []string
	// Now tells the time. nil: time.Now
	Now func() time.Time
}

// How long certificates live. A leaf is renewed when a fifth of its life is
// left, so that a server that runs for months never shows an expired one.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 365 * 24 * time.Hour
	// skew is how far before now a certificate begins: the clocks of clients
	// differ.
	skew = 5 * time.Minute
)

// PKI is an open authority with the certificates it made. It is safe for
// concurrent use.
type PKI struct {
	files files
	now   func() time.Time
	hosts []string
	ips   []net.IP

	mu      sync.Mutex
	ca      *Pair
	serving *tls.Certificate
}

// Open reads what Options.Dir holds and makes what is missing or expired. A
// file that cannot be read as what it should be is an error that names it;
// nothing is changed then.
func Open(opts Options) (*PKI, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	p := &PKI{files: files{opts.Dir}, now: opts.Now}
	for _, h := range append([]string{"localhost", "127.0.0.1", "::1"}, opts.Hosts...) {
		if ip := net.ParseIP(h); ip != nil {
			if !slices.ContainsFunc(p.ips, ip.Equal) {
				p.ips = append(p.ips, ip)
			}
		} else if h != "" && !slices.Contains(p.hosts, h) {
			p.hosts = append(p.hosts, h)
		}
	}
	ca, err := p.files.load("ca")
	switch {
	case err != nil:
		return nil, err
	case ca == nil || p.expired(ca.Certificate):
		if ca, err = p.newAuthority(); err != nil {
			return nil, err
		}
	case !ca.Certificate.IsCA:
		return nil, fmt.Errorf("%s: not the certificate of an authority", p.files.path("ca.crt"))
	}
	p.ca = ca
	if _, err := p.ServingCertificate(nil); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *PKI) newAuthority() (*Pair, error) {
	now := p.now()
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "nucleus-ca"},
		NotBefore: now.Add(-skew), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	pair, err := sign(template, nil)
	if err != nil {
		return nil, err
	}
	return pair, p.files.save("ca", pair)
}

// CA returns the authority's certificate.
func (p *PKI) CA() *x509.Certificate { return p.ca.Certificate }

// CAPEM returns the authority's certificate as PEM, for kubeconfig files.
func (p *PKI) CAPEM() []byte { return p.ca.CertificatePEM }

// Pool returns a new pool with the authority's certificate.
func (p *PKI) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(p.ca.Certificate)
	return pool
}

// ServingCertificate returns the certificate to serve with, a new one if the
// last is about to expire. It fits tls.Config.GetCertificate.
func (p *PKI) ServingCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.serving != nil && !p.aging(p.serving.Leaf) {
		return p.serving, nil
	}
	pair, err := p.leaf("apiserver", &x509.Certificate{
		Subject:     pkix.Name{CommonName: "kube-apiserver"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    p.hosts, IPAddresses: p.ips,
	})
	if err != nil {
		return nil, err
	}
	p.serving = &tls.Certificate{
		Certificate: [][]byte{pair.Certificate.Raw, p.ca.Certificate.Raw},
		PrivateKey:  pair.Key, Leaf: pair.Certificate,
	}
	return p.serving, nil
}

// Client returns the certificate of the client that is kept under the given
// file name (without ending), made for user in groups. It is made anew if it
// is missing, about to expire, or for another user or other groups.
func (p *PKI) Client(file, user string, groups ...string) (*Pair, error) {
	if file == "" || file == "ca" || file == "apiserver" || strings.ContainsAny(file, `/\`) || strings.HasPrefix(file, ".") {
		return nil, fmt.Errorf("pki: %q is no name for a client's certificate", file)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.leaf(file, &x509.Certificate{
		Subject:     pkix.Name{CommonName: user, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
}

// leaf returns the kept certificate if it still does for template, else signs
// a new one.
func (p *PKI) leaf(file string, template *x509.Certificate) (*Pair, error) {
	have, err := p.files.load(file)
	if err != nil {
		return nil, err
	}
	if have != nil && p.does(have.Certificate, template) {
		return have, nil
	}
	now := p.now()
	template.NotBefore, template.NotAfter = now.Add(-skew), now.Add(leafLife)
	if template.NotAfter.After(p.ca.Certificate.NotAfter) {
		template.NotAfter = p.ca.Certificate.NotAfter
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	pair, err := sign(template, p.ca)
	if err != nil {
		return nil, err
	}
	return pair, p.files.save(file, pair)
}

func (p *PKI) does(have, want *x509.Certificate) bool {
	if p.aging(have) || have.CheckSignatureFrom(p.ca.Certificate) != nil {
		return false
	}
	if have.Subject.CommonName != want.Subject.CommonName || !slices.Equal(have.Subject.Organization, want.Subject.Organization) {
		return false
	}
	for _, name := range want.DNSNames {
		if !slices.Contains(have.DNSNames, name) {
			return false
		}
	}
	for _, ip := range want.IPAddresses {
		if !slices.ContainsFunc(have.IPAddresses, ip.Equal) {
			return false
		}
	}
	return slices.Equal(have.ExtKeyUsage, want.ExtKeyUsage)
}

func (p *PKI) expired(c *x509.Certificate) bool {
	now := p.now()
	return now.After(c.NotAfter) || now.Before(c.NotBefore)
}

// aging reports whether less than a fifth of the certificate's life is left.
// An authority near its own end signs short lives, whose fifth shrinks along.
func (p *PKI) aging(c *x509.Certificate) bool {
	left, life := c.NotAfter.Sub(p.now()), c.NotAfter.Sub(c.NotBefore)
	return p.expired(c) || left < life/5 && !c.NotAfter.Equal(p.ca.Certificate.NotAfter)
}

// Pair is a certificate with its private key.
type Pair struct {
	Certificate    *x509.Certificate
	CertificatePEM []byte
	Key            *ecdsa.PrivateKey
	KeyPEM         []byte
}

// TLS returns the pair in the form that package tls takes.
func (p *Pair) TLS() tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{p.Certificate.Raw}, PrivateKey: p.Key, Leaf: p.Certificate}
}

// PoolFromPEM reads one or more certificates, the content of a
// --client-ca-file.
func PoolFromPEM(data []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if len(bytes.TrimSpace(data)) == 0 || !pool.AppendCertsFromPEM(data) {
		return nil, errors.New("no certificate found")
	}
	return pool, nil
}
