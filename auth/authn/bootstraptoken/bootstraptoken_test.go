package bootstraptoken_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth/authn/bootstraptoken"
)

type one struct{ secret *corev1.Secret }

func (o one) Get(_ context.Context, r meta.GroupVersionResource, namespace, name string) (meta.Object, error) {
	if r.Resource == "secrets" && namespace == o.secret.Namespace && name == o.secret.Name {
		return o.secret, nil
	}
	return nil, meta.NotFound(r.GroupResource(), name)
}

func TestTokens(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	set := func(key, value string) func(*corev1.Secret) {
		return func(s *corev1.Secret) { s.Data[key] = []byte(value) }
	}
	for name, test := range map[string]struct {
		token  string
		change func(*corev1.Secret)
		groups []string // nil: refused
	}{
		"good":          {"abcdef.0123456789abcdef", func(*corev1.Secret) {}, []string{"system:bootstrappers"}},
		"with groups":   {"abcdef.0123456789abcdef", set("auth-extra-groups", "system:bootstrappers:a,system:bootstrappers:b:c"), []string{"system:bootstrappers", "system:bootstrappers:a", "system:bootstrappers:b:c"}},
		"other groups":  {"abcdef.0123456789abcdef", set("auth-extra-groups", "system:masters"), nil},
		"wrong secret":  {"abcdef.0123456789abcdee", func(*corev1.Secret) {}, nil},
		"unknown":       {"abcdee.0123456789abcdef", func(*corev1.Secret) {}, nil},
		"another form":  {"ABCDEF.0123456789abcdef", func(*corev1.Secret) {}, nil},
		"in time":       {"abcdef.0123456789abcdef", set("expiration", "2030-01-01T00:00:01Z"), []string{"system:bootstrappers"}},
		"expired":       {"abcdef.0123456789abcdef", set("expiration", "2030-01-01T00:00:00Z"), nil},
		"odd time":      {"abcdef.0123456789abcdef", set("expiration", "tomorrow"), nil},
		"for signing":   {"abcdef.0123456789abcdef", set("usage-bootstrap-authentication", "false"), nil},
		"another type":  {"abcdef.0123456789abcdef", func(s *corev1.Secret) { s.Type = corev1.SecretTypeOpaque }, nil},
		"being deleted": {"abcdef.0123456789abcdef", func(s *corev1.Secret) { at := meta.At(now); s.DeletionTimestamp = &at }, nil},
	} {
		secret := &corev1.Secret{ObjectMeta: meta.ObjectMeta{Namespace: "kube-system", Name: "bootstrap-token-abcdef"}, Type: corev1.SecretTypeBootstrapToken, Data: map[string][]byte{
			"token-id": []byte("abcdef"), "token-secret": []byte("0123456789abcdef"), "usage-bootstrap-authentication": []byte("true"),
		}}
		test.change(secret)
		tokens := bootstraptoken.New(one{secret}, bootstraptoken.Options{Audiences: []string{"api"}, Now: func() time.Time { return now }})
		id, ok, err := tokens.AuthenticateToken(t.Context(), test.token, []string{"api"})
		require.NoError(t, err, name)
		require.Equal(t, test.groups != nil, ok, name)
		if ok {
			require.Equal(t, "system:bootstrap:abcdef", id.User.Name)
			require.Equal(t, test.groups, id.User.Groups, name)
			require.Equal(t, []string{"api"}, id.Audiences)
		}
		_, ok, err = tokens.AuthenticateToken(t.Context(), test.token, []string{"elsewhere"})
		require.NoError(t, err)
		require.False(t, ok)
	}
}
