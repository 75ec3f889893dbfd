package requestheader_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/auth/authn/requestheader"
	"github.com/kubenucleus/nucleus/auth/pki"
)

func TestProxies(t *testing.T) {
	own, err := pki.Open(pki.Options{})
	require.NoError(t, err)
	other, err := pki.Open(pki.Options{})
	require.NoError(t, err)
	a, err := requestheader.New(requestheader.Options{
		Roots: own.Pool(), AllowedNames: []string{"front-proxy"}, UsernameHeaders: []string{"X-Remote-User"}, UIDHeaders: []string{"X-Remote-Uid"},
		GroupHeaders: []string{"x-remote-group"}, ExtraPrefixes: []string{"X-Remote-Extra-"},
	})
	require.NoError(t, err)
	ask := func(p *pki.PKI, cn string, headers ...string) (string, bool, error) {
		r := httptest.NewRequest("GET", "/", nil)
		if p != nil {
			pair, err := p.Client(cn, cn)
			require.NoError(t, err)
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{pair.Certificate}}
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Add(headers[i], headers[i+1])
		}
		u, ok, err := a.Authenticate(r)
		if !ok {
			return "", false, err
		}
		require.Equal(t, []string{"a", "b"}, u.Groups)
		require.Equal(t, map[string][]string{"example.com/x": {"1"}}, u.Extra)
		require.Equal(t, "7", u.UID)
		return u.Name, true, nil
	}
	said := []string{"X-Remote-User", "bob", "X-Remote-Group", "a", "X-Remote-Group", "b", "X-Remote-Extra-Example.com%2fx", "1", "X-Remote-Uid", "7"}
	name, ok, err := ask(own, "front-proxy", said...)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "bob", name)
	_, ok, err = ask(own, "front-proxy")
	require.False(t, ok)
	require.NoError(t, err, "without headers it is the proxy itself")
	_, ok, err = ask(own, "eve", said...)
	require.False(t, ok)
	require.ErrorContains(t, err, "x509: subject with cn=eve is not in the allowed list")
	_, ok, err = ask(other, "front-proxy", said...)
	require.False(t, ok)
	require.ErrorContains(t, err, "unknown authority")
	_, ok, err = ask(nil, "", said...)
	require.False(t, ok)
	require.NoError(t, err, "headers of anybody mean nothing")
	_, err = requestheader.New(requestheader.Options{Roots: own.Pool()})
	require.Error(t, err)
}
