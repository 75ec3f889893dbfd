package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"time"
)

// Authority signs certificates for keys of others. It is safe for concurrent use.
type Authority struct {
	Certificate    *x509.Certificate
	CertificatePEM []byte
	key            crypto.Signer
}

// LoadAuthority reads an authority from PEM files.
func LoadAuthority(certFile, keyFile string) (*Authority, error) {
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return nil, err
	}
	keyPEM, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", certFile, keyFile, err)
	}
	certificate, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", certFile, err)
	}
	signer, ok := pair.PrivateKey.(crypto.Signer)
	if !certificate.IsCA || !ok {
		return nil, fmt.Errorf("%s: not the certificate of an authority", certFile)
	}
	return &Authority{Certificate: certificate, CertificatePEM: certPEM, key: signer}, nil
}

// Authority returns what signs the certificates of p, for those of others.
func (p *PKI) Authority() *Authority {
	return &Authority{Certificate: p.ca.Certificate, CertificatePEM: p.ca.CertificatePEM, key: p.ca.Key}
}

// Sign returns, in PEM, a certificate like template for a public key. It begins a
// little before now and ends no later than the authority; template's own times and
// number do not count.
func (a *Authority) Sign(template x509.Certificate, public crypto.PublicKey, life time.Duration, now time.Time) ([]byte, error) {
	if now.After(a.Certificate.NotAfter) {
		return nil, fmt.Errorf("the certificate of the authority ended at %s", a.Certificate.NotAfter)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore, template.NotAfter = now.Add(-skew), now.Add(life)
	if template.NotAfter.After(a.Certificate.NotAfter) {
		template.NotAfter = a.Certificate.NotAfter
	}
	template.IsCA, template.BasicConstraintsValid = false, true
	der, err := x509.CreateCertificate(rand.Reader, &template, a.Certificate, public, a.key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
