package client

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// keyPair makes a self-signed client certificate for name.
func keyPair(t *testing.T, name string) (certPEM, keyPEM []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "HTTP/2.0", r.Proto)
		name := "nobody"
		if certs := r.TLS.PeerCertificates; len(certs) > 0 {
			name = certs[0].Subject.CommonName
		}
		answerJSON(w, 200, `{"metadata":{"name":"`+name+`"}}`)
	}))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	defer server.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	cert, key := keyPair(t, "me")
	otherCA, _ := keyPair(t, "somebody else")

	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	files := TLS{CAFile: write("ca", ca), CertFile: write("cert", cert), KeyFile: write("key", key)}

	whoAmI := func(t *testing.T, config TLS) (string, error) {
		c, err := New(Config{Host: server.URL, TLS: config, Scheme: Toys(t)})
		require.NoError(t, err)
		defer c.Close()
		crate, err := Of[Crate](c).Get(t.Context(), "a")
		if err != nil {
			return "", err
		}
		return crate.Name, nil
	}
	for _, test := range []struct {
		name   string
		config TLS
		want   string
	}{
		{"authority", TLS{CAData: ca}, "nobody"},
		{"certificate", TLS{CAData: ca, CertData: cert, KeyData: key}, "me"},
		{"files", files, "me"},
		{"another name", TLS{CAData: ca, ServerName: "example.com"}, "nobody"},
		{"insecure", TLS{Insecure: true}, "nobody"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := whoAmI(t, test.config)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
	for name, config := range map[string]TLS{
		"nothing to trust it by": {}, "another authority": {CAData: otherCA}, "a name that it has not": {CAData: ca, ServerName: "nucleus.test"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := whoAmI(t, config)
			assert.Error(t, err)
		})
	}

	// A certificate that is renewed in place is used for the next connection.
	cert, key = keyPair(t, "renewed me")
	write("cert", cert)
	write("key", key)
	got, err := whoAmI(t, files)
	require.NoError(t, err)
	assert.Equal(t, "renewed me", got)
}

func TestTokenFileIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	synctest.Test(t, func(t *testing.T) {
		id := identity{config: &Config{BearerTokenFile: path}}
		_, err := id.fileToken()
		assert.ErrorIs(t, err, os.ErrNotExist)
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		_, err = id.fileToken()
		assert.ErrorContains(t, err, "is empty")
		require.NoError(t, os.WriteFile(path, []byte("one\n"), 0o600))
		token := func() string {
			got, err := id.fileToken()
			require.NoError(t, err)
			return got
		}
		assert.Equal(t, "one", token())
		require.NoError(t, os.WriteFile(path, []byte("two"), 0o600))
		assert.Equal(t, "one", token(), "the file is not read for every request")
		time.Sleep(tokenLife)
		assert.Equal(t, "two", token())
		require.NoError(t, os.Remove(path))
		time.Sleep(tokenLife)
		assert.Equal(t, "two", token(), "a file that is being replaced may be missing for a moment")
	})
}
