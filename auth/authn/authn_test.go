package authn_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
)

func TestBearerToken(t *testing.T) {
	encoded := base64.RawURLEncoding.EncodeToString([]byte("abc"))
	for name, tc := range map[string]struct {
		authorization, upgrade, protocols string
		want                              string
	}{
		"none":                      {},
		"plain":                     {authorization: "Bearer abc", want: "abc"},
		"any case":                  {authorization: "bearer abc", want: "abc"},
		"spaces around":             {authorization: "  Bearer abc  ", want: "abc"},
		"more words":                {authorization: "Bearer abc def", want: "abc"},
		"empty":                     {authorization: "Bearer "},
		"two spaces":                {authorization: "Bearer  abc"},
		"a tab does not separate":   {authorization: "Bearer\tabc"},
		"basic":                     {authorization: "Basic abc"},
		"websocket":                 {upgrade: "WebSocket", protocols: "x, base64url.bearer.authorization.k8s.io." + encoded, want: "abc"},
		"subprotocol, no websocket": {protocols: "base64url.bearer.authorization.k8s.io." + encoded},
		"bad base64":                {upgrade: "websocket", protocols: "base64url.bearer.authorization.k8s.io.!"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", tc.authorization)
			r.Header.Set("Upgrade", tc.upgrade)
			r.Header.Set("Sec-WebSocket-Protocol", tc.protocols)
			got, ok := authn.BearerToken(r)
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.want != "", ok)
		})
	}
}

func says(user *auth.User, err error) authn.Authenticator {
	return authn.Func(func(*http.Request) (*auth.User, bool, error) { return user, user != nil, err })
}

func TestUnionAndAnonymous(t *testing.T) {
	bad := errors.New("bad")
	bob := &auth.User{Name: "bob", Groups: []string{"g"}}
	r := httptest.NewRequest("GET", "/", nil)
	for name, tc := range map[string]struct {
		members authn.Union
		want    string
		err     error
	}{
		"nobody":                  {authn.Union{says(nil, nil)}, auth.Anonymous, nil},
		"first that knows":        {authn.Union{says(nil, nil), says(bob, nil)}, "bob", nil},
		"one errs, another knows": {authn.Union{says(nil, bad), says(bob, nil)}, "bob", nil},
		"bad credentials":         {authn.Union{says(nil, nil), says(nil, bad)}, "", bad},
	} {
		t.Run(name, func(t *testing.T) {
			user, ok, err := authn.OrAnonymous(authn.Authenticated(tc.members)).Authenticate(r)
			require.ErrorIs(t, err, tc.err)
			require.Equal(t, tc.want != "", ok)
			if !ok {
				return
			}
			require.Equal(t, tc.want, user.Name)
			require.Equal(t, tc.want == "bob", user.In(auth.GroupAuthenticated))
			require.Equal(t, tc.want != "bob", user.In(auth.GroupAnonymous))
		})
	}
	require.Equal(t, []string{"g"}, bob.Groups, "users are shared and must not change")
}

func ExampleOrAnonymous() {
	tokens := authn.Token(func(_ *http.Request, token string) (*auth.User, bool, error) {
		if token == "secret" {
			return &auth.User{Name: "bob"}, true, nil
		}
		return nil, false, nil
	})
	who := authn.OrAnonymous(authn.Authenticated(authn.Union{tokens}))
	for _, header := range []string{"", "Bearer secret", "Bearer guess"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		user, ok, err := who.Authenticate(r)
		if !ok {
			fmt.Println("refused:", err)
			continue
		}
		fmt.Println(user.Name, user.Groups)
	}
	// Output:
	// system:anonymous [system:unauthenticated]
	// bob [system:authenticated]
	// refused: invalid bearer token
}
