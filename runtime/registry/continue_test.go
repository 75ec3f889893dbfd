package registry

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestContinueToken(t *testing.T) {
	token, err := readToken(nextPage(7, "/registry/pods/", "/registry/pods/n/a"))
	require.NoError(t, err)
	require.Equal(t, continueToken{APIVersion: "meta.k8s.io/v1", Revision: 7, Start: "n/a\x00"}, token)
	require.Equal(t, "/registry/secrets/n/a", token.after("/registry/secrets/"), "a token goes on in another resource too")
	// One that Kubernetes made.
	kube := base64.RawURLEncoding.EncodeToString([]byte(`{"v":"meta.k8s.io/v1","rv":42,"start":"default/p\u0000"}`))
	token, err = readToken(kube)
	require.NoError(t, err)
	require.Equal(t, "/registry/pods/default/p", token.after("/registry/pods/"))
	for _, bad := range []string{"%", "e30", "bm8",
		base64.RawURLEncoding.EncodeToString([]byte(`{"v":"meta.k8s.io/v1","rv":0,"start":"a"}`)),
		base64.RawURLEncoding.EncodeToString([]byte(`{"v":"meta.k8s.io/v1","rv":5,"start":"../../etc"}`)),
		base64.RawURLEncoding.EncodeToString([]byte(`{"v":"meta.k8s.io/v1","rv":5,"start":""}`)),
	} {
		_, err := readToken(bad)
		require.ErrorContains(t, err, "continue key is not valid")
	}
}

func FuzzContinueToken(f *testing.F) {
	f.Add(nextPage(7, "/registry/pods/", "/registry/pods/n/a"))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := readToken(text)
		if err != nil {
			return
		}
		again, err := readToken(token.encode())
		require.NoError(t, err)
		require.Equal(t, token, again)
	})
}
