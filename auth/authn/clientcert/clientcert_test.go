package clientcert

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/auth/pki"
)

func TestAuthenticate(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	own, err := pki.Open(pki.Options{Now: clock})
	require.NoError(t, err)
	foreign, err := pki.Open(pki.Options{Now: clock})
	require.NoError(t, err)
	a := New(own.Pool(), Options{Now: clock})

	request := func(c *x509.Certificate) (string, []string, bool, error) {
		r := httptest.NewRequest("GET", "/", nil)
		if c != nil {
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{c}}
		}
		user, ok, err := a.Authenticate(r)
		if !ok {
			return "", nil, ok, err
		}
		require.Contains(t, user.Extra["authentication.kubernetes.io/credential-id"][0], "X509SHA256=")
		return user.Name, user.Groups, ok, err
	}

	_, _, ok, err := request(nil)
	require.False(t, ok)
	require.NoError(t, err)

	pair, err := own.Client("c", "bob", "g1", "g2")
	require.NoError(t, err)
	for range 2 { // the second time it is remembered
		name, groups, ok, err := request(pair.Certificate)
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "bob", name)
		require.Equal(t, []string{"g1", "g2"}, groups)
	}

	other, err := foreign.Client("c", "bob")
	require.NoError(t, err)
	_, _, ok, err = request(other.Certificate)
	require.False(t, ok)
	require.ErrorContains(t, err, `CN="bob"`)

	serving, err := own.ServingCertificate(nil)
	require.NoError(t, err)
	_, _, ok, err = request(serving.Leaf)
	require.False(t, ok, "a certificate for serving is none for a client")
	require.Error(t, err)

	nameless, err := own.Client("n", "")
	require.NoError(t, err)
	_, _, ok, err = request(nameless.Certificate)
	require.False(t, ok)
	require.NoError(t, err)

	now = now.Add(2 * 365 * 24 * time.Hour)
	_, _, ok, err = request(pair.Certificate)
	require.False(t, ok, "what is remembered expires with the certificate")
	require.Error(t, err)
}
