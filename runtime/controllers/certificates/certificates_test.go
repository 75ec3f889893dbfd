package certificates

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth/pki"
)

func subject(cn string, organizations ...string) x509.CertificateRequest {
	return x509.CertificateRequest{Subject: pkix.Name{CommonName: cn, Organization: organizations}}
}

func TestChecks(t *testing.T) {
	const (
		client, node, serving = certificatesv1.KubeAPIServerClientSignerName, certificatesv1.KubeAPIServerClientKubeletSignerName, certificatesv1.KubeletServingSignerName
		sign, encipher        = certificatesv1.UsageDigitalSignature, certificatesv1.UsageKeyEncipherment
		isClient, isServer    = certificatesv1.UsageClientAuth, certificatesv1.UsageServerAuth
	)
	named := subject("system:node:n", "system:nodes")
	withDNS, withURI := named, named
	withDNS.DNSNames = []string{"n"}
	withDNS.IPAddresses = []net.IP{net.IPv4(1, 2, 3, 4)}
	withURI.URIs = []*url.URL{{}}
	for name, test := range map[string]struct {
		signer string
		asked  x509.CertificateRequest
		usages []certificatesv1.KeyUsage
		ok     bool
	}{
		"a client":                {client, subject("bob", "devs"), []certificatesv1.KeyUsage{isClient}, true},
		"a client that serves":    {client, subject("bob"), []certificatesv1.KeyUsage{isClient, isServer}, false},
		"no client":               {client, subject("bob"), []certificatesv1.KeyUsage{sign}, false},
		"a node":                  {node, named, []certificatesv1.KeyUsage{isClient, sign, encipher}, true},
		"a node's key on a curve": {node, named, []certificatesv1.KeyUsage{isClient, sign}, true},
		"a node that signs not":   {node, named, []certificatesv1.KeyUsage{isClient}, false},
		"a node with names":       {node, withDNS, []certificatesv1.KeyUsage{isClient, sign}, false},
		"no node by group":        {node, subject("system:node:n", "system:nodes", "system:masters"), []certificatesv1.KeyUsage{isClient, sign}, false},
		"no node by name":         {node, subject("n", "system:nodes"), []certificatesv1.KeyUsage{isClient, sign}, false},
		"serving":                 {serving, withDNS, []certificatesv1.KeyUsage{isServer, sign}, true},
		"serving nothing":         {serving, named, []certificatesv1.KeyUsage{isServer, sign}, false},
		"serving a URI":           {serving, withURI, []certificatesv1.KeyUsage{isServer, sign}, false},
		"anything":                {legacySigner, subject("x"), nil, true},
	} {
		require.Equal(t, test.ok, checks[test.signer](&test.asked, test.usages) == nil, name)
	}
}

func TestSign(t *testing.T) {
	authority, err := pki.Open(pki.Options{})
	require.NoError(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := subject("system:node:n", "system:nodes")
	der, err := x509.CreateCertificateRequest(rand.Reader, &template, key)
	require.NoError(t, err)
	asked, err := x509.ParseCertificateRequest(der)
	require.NoError(t, err)
	now := time.Now()
	s := &Signer{opts: SignerOptions{Authority: authority.Authority(), Life: time.Hour}}
	s.opts.Now = func() time.Time { return now }
	for seconds, life := range map[int32]time.Duration{60: 10 * time.Minute, 1200: 20 * time.Minute, 1 << 30: time.Hour} {
		data, err := s.sign(asked, &certificatesv1.CertificateSigningRequestSpec{ExpirationSeconds: &seconds,
			Usages: []certificatesv1.KeyUsage{certificatesv1.UsageDigitalSignature, certificatesv1.UsageClientAuth}})
		require.NoError(t, err)
		block, _ := pem.Decode(data)
		made, err := x509.ParseCertificate(block.Bytes)
		require.NoError(t, err)
		require.WithinDuration(t, now.Add(life), made.NotAfter, time.Second)
		require.Equal(t, "system:node:n", made.Subject.CommonName)
		require.Equal(t, x509.KeyUsageDigitalSignature, made.KeyUsage)
		require.False(t, made.IsCA)
		_, err = made.Verify(x509.VerifyOptions{Roots: authority.Pool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
		require.NoError(t, err)
	}
}

func TestLeft(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, 5*time.Minute, podRequestLeft(&certificatesv1.PodCertificateRequest{ObjectMeta: meta.ObjectMeta{CreationTimestamp: meta.At(now.Add(-10 * time.Minute))}}, now))
	r := &certificatesv1.CertificateSigningRequest{ObjectMeta: meta.ObjectMeta{CreationTimestamp: meta.At(now.Add(-2 * time.Hour))}}
	require.Equal(t, 22*time.Hour, Left(r, now))
	r.Status.Conditions = []certificatesv1.CertificateSigningRequestCondition{{Type: certificatesv1.CertificateApproved, LastUpdateTime: meta.At(now.Add(-time.Minute))}}
	require.Equal(t, 59*time.Minute, Left(r, now))
	r.Status.Certificate = []byte("no certificate")
	require.Equal(t, 59*time.Minute, Left(r, now))
}
