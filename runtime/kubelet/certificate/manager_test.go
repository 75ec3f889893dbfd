package certificate_test

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
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	certificatesv1 "github.com/kubenucleus/nucleus/apimachinery/api/certificates/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet/certificate"
)

// authority approves and signs what is asked for, as controllers of a cluster do.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	life time.Duration
	deny string // why everything is denied

	mu    sync.Mutex
	asked []certificatesv1.CertificateSigningRequestSpec
}

func newAuthority(t *testing.T, life time.Duration) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ca"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &authority{t: t, key: key, cert: cert, life: life}
}

// run signs until ctx ends.
func (a *authority) run(ctx context.Context, c client.Client) error {
	requests := client.Of[certificatesv1.CertificateSigningRequest](c)
	for change, err := range client.ResumingWatch(ctx, requests, meta.ListOptions{}, slog.New(slog.DiscardHandler)) {
		if err != nil {
			return err
		}
		if change.Type != client.Added {
			continue
		}
		a.mu.Lock()
		a.asked = append(a.asked, change.Object.Spec)
		n := int64(len(a.asked))
		a.mu.Unlock()
		csr, err := requests.Get(ctx, change.Object.Name)
		if err != nil {
			return err
		}
		condition := certificatesv1.CertificateSigningRequestCondition{Type: certificatesv1.CertificateApproved, Status: "True", Reason: "Test", Message: a.deny}
		if a.deny != "" {
			condition.Type = certificatesv1.CertificateDenied
		}
		csr.Status.Conditions = append(csr.Status.Conditions, condition)
		at := client.Target{Resource: meta.GroupVersionResource{Group: "certificates.k8s.io", Version: "v1", Resource: "certificatesigningrequests"}, Name: csr.Name, Subresource: "approval"}
		if err := c.Update(ctx, at, csr, meta.UpdateOptions{}); err != nil {
			return err
		}
		if a.deny != "" {
			continue
		}
		block, _ := pem.Decode(csr.Spec.Request)
		request, err := x509.ParseCertificateRequest(block.Bytes)
		if err != nil {
			return err
		}
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
			SerialNumber: big.NewInt(n + 1), Subject: request.Subject, DNSNames: request.DNSNames, IPAddresses: request.IPAddresses,
			NotBefore: time.Now().Add(-time.Second), NotAfter: time.Now().Add(a.life),
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		}, a.cert, request.PublicKey, a.key)
		if err != nil {
			return err
		}
		csr.Status.Certificate = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		if err := requests.UpdateStatus(ctx, csr); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// background runs f until the test ends.
func background(t *testing.T, f func(ctx context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			require.NoError(t, <-ended)
		})
	}
	t.Cleanup(stop)
	return stop
}

func fixture(t *testing.T, life time.Duration) (*authority, client.Client) {
	s := clienttest.Start(t, clienttest.Options{Bootstrap: true})
	a := newAuthority(t, life)
	background(t, func(ctx context.Context) error { return a.run(ctx, s.Local) })
	return a, s.Local
}

func TestClientCertificate(t *testing.T) {
	a, c := fixture(t, time.Hour)
	dir := t.TempDir()
	opts := certificate.ClientOptions(dir, "node-1", func() (client.Client, error) { return c, nil })
	opts.Logger = quiet()
	m, err := certificate.New(opts)
	require.NoError(t, err)
	require.Nil(t, m.Current())
	stop := background(t, m.Run)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, m.WaitReady(ctx))
	got := m.Current()
	require.Equal(t, "system:node:node-1", got.Leaf.Subject.CommonName)
	require.Equal(t, []string{"system:nodes"}, got.Leaf.Subject.Organization)
	require.Equal(t, "kubernetes.io/kube-apiserver-client-kubelet", a.asked[0].SignerName)
	require.Equal(t, []certificatesv1.KeyUsage{"digital signature", "client auth"}, a.asked[0].Usages)
	info, err := os.Stat(filepath.Join(dir, "kubelet-client-current.pem"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	stop()

	// Who comes back has it still.
	again, err := certificate.New(opts)
	require.NoError(t, err)
	require.Equal(t, got.Leaf.SerialNumber, again.Current().Leaf.SerialNumber)
	// When it has ended it is none.
	opts.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	late, err := certificate.New(opts)
	require.NoError(t, err)
	require.Nil(t, late.Current())

	require.NoError(t, os.WriteFile(m.File(), []byte("rubbish"), 0o600))
	_, err = certificate.New(opts)
	require.ErrorContains(t, err, "kubelet-client-current.pem")
}

// A certificate is renewed before it ends, and connections are made with the new one.
func TestRotation(t *testing.T) {
	_, c := fixture(t, 3*time.Second)
	opts := certificate.ClientOptions(t.TempDir(), "node-1", func() (client.Client, error) { return c, nil })
	opts.Logger = quiet()
	m, err := certificate.New(opts)
	require.NoError(t, err)

	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.TLS.PeerCertificates[0].SerialNumber.String())
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	defer server.Close()
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AddCert(server.Certificate())
	transport := certificate.NewTransport(config, m)
	defer transport.Close()

	changes := make(chan struct{}, 100)
	m.OnChange(func() { changes <- struct{}{} })
	background(t, m.Run)
	seen := map[string]bool{}
	for range 2 {
		select {
		case <-changes:
		case <-time.After(20 * time.Second):
			t.Fatal("not renewed in time")
		}
		answer, err := (&http.Client{Transport: transport}).Get(server.URL)
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		seen[string(body)] = true
	}
	require.Len(t, seen, 2, "the second request came with the first certificate")
}

func TestServingCertificate(t *testing.T) {
	_, c := fixture(t, time.Hour)
	hosts := []string{}
	opts := certificate.ServingOptions(t.TempDir(), "node-1", func() []string { return hosts }, func() (client.Client, error) { return c, nil })
	opts.Logger = quiet()
	m, err := certificate.New(opts)
	require.NoError(t, err)
	_, err = m.Serving(nil)
	require.ErrorContains(t, err, "no serving certificate available")
	hosts = []string{"node-1", "10.1.2.3"}
	background(t, m.Run)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, m.WaitReady(ctx))
	got, err := m.Serving(nil)
	require.NoError(t, err)
	for _, h := range hosts {
		require.NoError(t, got.Leaf.VerifyHostname(h))
	}
}

func TestDenied(t *testing.T) {
	s := clienttest.Start(t, clienttest.Options{Bootstrap: true})
	a := newAuthority(t, time.Hour)
	a.deny = "not here"
	background(t, func(ctx context.Context) error { return a.run(ctx, s.Local) })
	said := make(chan string, 10)
	opts := certificate.ClientOptions(t.TempDir(), "node-1", func() (client.Client, error) { return s.Local, nil })
	opts.Logger = slog.New(&lines{said})
	m, err := certificate.New(opts)
	require.NoError(t, err)
	background(t, m.Run)
	select {
	case line := <-said:
		require.Contains(t, line, "Denied: Test: not here")
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was said")
	}
	require.Nil(t, m.Current())
}

// lines hands out the errors that are logged.
type lines struct{ said chan string }

func (*lines) Enabled(context.Context, slog.Level) bool { return true }
func (l *lines) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok {
			select {
			case l.said <- err.Error():
			default:
				return false
			}
		}
		return true
	})
	return nil
}
func (l *lines) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l *lines) WithGroup(string) slog.Handler      { return l }

func TestSelfSigned(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	first, err := certificate.SelfSigned(dir, []string{"node-1", "127.0.0.1"}, now)
	require.NoError(t, err)
	require.NoError(t, first.Leaf.VerifyHostname("127.0.0.1"))
	again, err := certificate.SelfSigned(dir, []string{"node-1"}, now)
	require.NoError(t, err)
	require.Equal(t, first.Leaf.SerialNumber, again.Leaf.SerialNumber)
	for why, next := range map[string]struct {
		hosts []string
		at    time.Time
	}{
		"another host": {[]string{"node-2"}, now},
		"a year later": {[]string{"node-1"}, now.Add(360 * 24 * time.Hour)},
	} {
		other, err := certificate.SelfSigned(dir, next.hosts, next.at)
		require.NoError(t, err, why)
		require.NotEqual(t, first.Leaf.SerialNumber, other.Leaf.SerialNumber, why)
	}
}

func TestBadOptions(t *testing.T) {
	_, err := certificate.New(certificate.Options{})
	for _, field := range []string{"Dir", "Name", "SignerName", "Template", "Client"} {
		require.ErrorContains(t, err, "Options."+field)
	}
	opts := certificate.ClientOptions(t.TempDir(), "n", func() (client.Client, error) { return nil, errors.New("away") })
	_, err = certificate.New(opts)
	require.NoError(t, err)
}
