package pki_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/pki"
)

func verify(t *testing.T, p *pki.PKI, cert *x509.Certificate, at time.Time, name string, usage x509.ExtKeyUsage) {
	t.Helper()
	_, err := cert.Verify(x509.VerifyOptions{Roots: p.Pool(), CurrentTime: at, DNSName: name, KeyUsages: []x509.ExtKeyUsage{usage}})
	require.NoError(t, err)
}

func TestKeptAcrossStarts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pki")
	first, err := pki.Open(pki.Options{Dir: dir, Hosts: []string{"api.example.com", "10.0.0.1"}})
	require.NoError(t, err)
	admin, err := first.Client("admin", "me", auth.GroupMasters)
	require.NoError(t, err)
	served, err := first.ServingCertificate(nil)
	require.NoError(t, err)
	verify(t, first, served.Leaf, time.Now(), "api.example.com", x509.ExtKeyUsageServerAuth)
	verify(t, first, served.Leaf, time.Now(), "10.0.0.1", x509.ExtKeyUsageServerAuth)
	verify(t, first, served.Leaf, time.Now(), "localhost", x509.ExtKeyUsageServerAuth)
	verify(t, first, admin.Certificate, time.Now(), "", x509.ExtKeyUsageClientAuth)
	require.Equal(t, []string{auth.GroupMasters}, admin.Certificate.Subject.Organization)

	for file, mode := range map[string]os.FileMode{".": 0o700, "ca.key": 0o600, "apiserver.key": 0o600, "admin.key": 0o600, "ca.crt": 0o644} {
		info, err := os.Stat(filepath.Join(dir, file))
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), file)
	}

	second, err := pki.Open(pki.Options{Dir: dir, Hosts: []string{"api.example.com", "10.0.0.1"}})
	require.NoError(t, err)
	require.Equal(t, first.CAPEM(), second.CAPEM())
	again, err := second.ServingCertificate(nil)
	require.NoError(t, err)
	require.Equal(t, served.Leaf.Raw, again.Leaf.Raw)
	adminAgain, err := second.Client("admin", "me", auth.GroupMasters)
	require.NoError(t, err)
	require.Equal(t, admin.CertificatePEM, adminAgain.CertificatePEM)

	// Another host, or another user, needs another certificate of the same authority.
	third, err := pki.Open(pki.Options{Dir: dir, Hosts: []string{"other.example.com"}})
	require.NoError(t, err)
	require.Equal(t, first.CAPEM(), third.CAPEM())
	other, err := third.ServingCertificate(nil)
	require.NoError(t, err)
	require.NotEqual(t, served.Leaf.Raw, other.Leaf.Raw)
	you, err := third.Client("admin", "you")
	require.NoError(t, err)
	require.Equal(t, "you", you.Certificate.Subject.CommonName)
}

func TestRenewal(t *testing.T) {
	now := time.Now()
	dir := t.TempDir()
	p, err := pki.Open(pki.Options{Dir: dir, Now: func() time.Time { return now }})
	require.NoError(t, err)
	first, err := p.ServingCertificate(nil)
	require.NoError(t, err)

	now = now.Add(200 * 24 * time.Hour)
	same, err := p.ServingCertificate(nil)
	require.NoError(t, err)
	require.Same(t, first, same)

	// Before it has expired, while the server runs.
	now = now.Add(150 * 24 * time.Hour)
	renewed, err := p.ServingCertificate(nil)
	require.NoError(t, err)
	require.NotSame(t, first, renewed)
	verify(t, p, renewed.Leaf, now, "localhost", x509.ExtKeyUsageServerAuth)

	// The authority's own end makes everything new at the next start.
	now = now.Add(11 * 365 * 24 * time.Hour)
	next, err := pki.Open(pki.Options{Dir: dir, Now: func() time.Time { return now }})
	require.NoError(t, err)
	require.NotEqual(t, p.CAPEM(), next.CAPEM())
	served, err := next.ServingCertificate(nil)
	require.NoError(t, err)
	verify(t, next, served.Leaf, now, "localhost", x509.ExtKeyUsageServerAuth)
}

func TestDamagedFilesAreNamedAndKept(t *testing.T) {
	for _, file := range []string{"ca.crt", "ca.key", "apiserver.crt", "apiserver.key"} {
		t.Run(file, func(t *testing.T) {
			dir := t.TempDir()
			_, err := pki.Open(pki.Options{Dir: dir})
			require.NoError(t, err)
			path := filepath.Join(dir, file)
			require.NoError(t, os.WriteFile(path, []byte("damaged"), 0o600))
			_, err = pki.Open(pki.Options{Dir: dir})
			require.ErrorContains(t, err, path)
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, "damaged", string(data))
		})
	}
}

func TestKeyOfAnotherCertificate(t *testing.T) {
	dir := t.TempDir()
	p, err := pki.Open(pki.Options{Dir: dir})
	require.NoError(t, err)
	_, err = p.Client("a", "a")
	require.NoError(t, err)
	key, err := os.ReadFile(filepath.Join(dir, "a.key"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ca.key"), key, 0o600))
	_, err = pki.Open(pki.Options{Dir: dir})
	require.ErrorContains(t, err, "not the key of")
}

func TestClientNamesStayInTheDirectory(t *testing.T) {
	p, err := pki.Open(pki.Options{})
	require.NoError(t, err)
	for _, name := range []string{"", "ca", "apiserver", "../x", `a\b`, ".hidden"} {
		_, err := p.Client(name, "u")
		require.Error(t, err, name)
	}
}

func ExampleOpen() {
	p, err := pki.Open(pki.Options{}) // in memory
	if err != nil {
		fmt.Println(err)
		return
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: p.ServingCertificate})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer listener.Close()
	go func() {
		if c, err := listener.Accept(); err == nil {
			fmt.Fprint(c, "hello")
			c.Close()
		}
	}()
	c, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{RootCAs: p.Pool()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	buf := make([]byte, 5)
	n, _ := net.Conn(c).Read(buf)
	fmt.Println(string(buf[:n]))
	// Output: hello
}
