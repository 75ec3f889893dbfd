package serviceaccount_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/auth/authn/serviceaccount"
)

// objects is a reader of a few objects by "resource/namespace/name".
type objects map[string]meta.Object

func (o objects) Get(_ context.Context, r meta.GroupVersionResource, namespace, name string) (meta.Object, error) {
	if obj := o[r.Resource+"/"+namespace+"/"+name]; obj != nil {
		return obj, nil
	}
	return nil, meta.NotFound(r.GroupResource(), name)
}

// world is an issuer and an authenticator at a time that tests move.
type world struct {
	t       *testing.T
	now     time.Time
	objects objects
	issuer  *serviceaccount.Issuer
	tokens  *serviceaccount.Authenticator
	account *corev1.ServiceAccount
	pod     *corev1.Pod
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	w.account = &corev1.ServiceAccount{ObjectMeta: meta.ObjectMeta{Name: "a", Namespace: "ns", UID: "account-uid"}}
	w.pod = &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "p", Namespace: "ns", UID: "pod-uid"}, Spec: corev1.PodSpec{NodeName: "n"}}
	w.objects = objects{"serviceaccounts/ns/a": w.account, "pods/ns/p": w.pod}
	key, err := serviceaccount.LoadOrMakeKey("")
	require.NoError(t, err)
	w.issuer, err = serviceaccount.NewIssuer(key, serviceaccount.IssuerOptions{Now: clock})
	require.NoError(t, err)
	w.tokens, err = serviceaccount.New(w.objects, serviceaccount.Options{Keys: []serviceaccount.PublicKey{w.issuer.Key()}, Now: clock})
	require.NoError(t, err)
	return w
}

func (w *world) issue(bound meta.Object, node *corev1.Node, seconds int64, audiences ...string) string {
	r := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{Audiences: audiences, ExpirationSeconds: &seconds}}
	require.NoError(w.t, w.issuer.IssueToken(w.t.Context(), w.account, bound, node, r))
	require.Equal(w.t, w.now.Add(time.Duration(seconds)*time.Second), r.Status.ExpirationTimestamp.UTC())
	return r.Status.Token
}

func payload(t *testing.T, token string) map[string]any {
	data, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	require.NoError(t, err)
	var c map[string]any
	require.NoError(t, json.Unmarshal(data, &c))
	return c
}

func TestClaims(t *testing.T) {
	w := newWorld(t)
	node := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n", UID: "node-uid"}}
	c := payload(t, w.issue(w.pod, node, 3607))
	require.NotEmpty(t, c["jti"])
	delete(c, "jti")
	now := float64(w.now.Unix())
	require.Equal(t, map[string]any{
		"aud": []any{"https://kubernetes.default.svc"}, "iss": "https://kubernetes.default.svc",
		"iat": now, "nbf": now, "exp": now + 365*24*3600, "sub": "system:serviceaccount:ns:a",
		"kubernetes.io": map[string]any{
			"namespace": "ns", "warnafter": now + 3607,
			"node":           map[string]any{"name": "n", "uid": "node-uid"},
			"pod":            map[string]any{"name": "p", "uid": "pod-uid"},
			"serviceaccount": map[string]any{"name": "a", "uid": "account-uid"},
		},
	}, c)
	// For others, and of other lengths, a token ends when it says.
	require.Equal(t, now+3607, payload(t, w.issue(nil, nil, 3607, "elsewhere"))["exp"])
	require.Equal(t, now+3600, payload(t, w.issue(nil, nil, 3600))["exp"])
}

func TestWhoItIs(t *testing.T) {
	w := newWorld(t)
	node := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n", UID: "node-uid"}}
	token := w.issue(w.pod, node, 600)
	id, ok, err := w.tokens.AuthenticateToken(t.Context(), token, nil)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "system:serviceaccount:ns:a", id.User.Name)
	require.Equal(t, "account-uid", id.User.UID)
	require.Equal(t, []string{"system:serviceaccounts", "system:serviceaccounts:ns"}, id.User.Groups)
	require.Equal(t, map[string][]string{
		"authentication.kubernetes.io/credential-id": {"JTI=" + payload(t, token)["jti"].(string)},
		"authentication.kubernetes.io/pod-name":      {"p"}, "authentication.kubernetes.io/pod-uid": {"pod-uid"},
		"authentication.kubernetes.io/node-name": {"n"}, "authentication.kubernetes.io/node-uid": {"node-uid"},
	}, id.User.Extra)
	require.Equal(t, []string{"https://kubernetes.default.svc"}, id.Audiences)
}

// TestVoid takes away, one by one, what a token stands on.
func TestVoid(t *testing.T) {
	minutesAgo := func(w *world, m int) *meta.Time {
		at := meta.At(w.now.Add(-time.Duration(m) * time.Minute))
		return &at
	}
	for name, test := range map[string]struct {
		change func(w *world)
		says   string
	}{
		"nothing":             {func(*world) {}, ""},
		"late":                {func(w *world) { w.now = w.now.Add(611 * time.Second) }, ""},
		"too late":            {func(w *world) { w.now = w.now.Add(661 * time.Second) }, "service account token has expired"},
		"too early":           {func(w *world) { w.now = w.now.Add(-2 * time.Minute) }, "service account token is not valid yet"},
		"account gone":        {func(w *world) { delete(w.objects, "serviceaccounts/ns/a") }, `serviceaccounts "a" not found`},
		"another account":     {func(w *world) { w.account.UID = "other" }, "service account UID (other) does not match claim (account-uid)"},
		"pod gone":            {func(w *world) { delete(w.objects, "pods/ns/p") }, "service account token has been invalidated"},
		"another pod":         {func(w *world) { w.pod.UID = "other" }, "pod UID (other) does not match service account pod ref claim (pod-uid)"},
		"pod going":           {func(w *world) { w.pod.DeletionTimestamp = minutesAgo(w, 0) }, ""},
		"pod should be gone":  {func(w *world) { w.pod.DeletionTimestamp = minutesAgo(w, 2) }, "service account token has been invalidated"},
		"account should be..": {func(w *world) { w.account.DeletionTimestamp = minutesAgo(w, 2) }, "service account token has been invalidated"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			token := w.issue(w.pod, nil, 600)
			test.change(w)
			_, ok, err := w.tokens.AuthenticateToken(t.Context(), token, nil)
			require.Equal(t, test.says == "", ok)
			if test.says != "" {
				require.EqualError(t, err, test.says)
			}
		})
	}
}

func TestAudiences(t *testing.T) {
	w := newWorld(t)
	token := w.issue(nil, nil, 600, "x", "y")
	_, _, err := w.tokens.AuthenticateToken(t.Context(), token, nil)
	require.ErrorContains(t, err, `token audiences ["x" "y"] is invalid for the target audiences ["https://kubernetes.default.svc"]`)
	id, ok, err := w.tokens.AuthenticateToken(t.Context(), token, []string{"y", "z"})
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, []string{"y"}, id.Audiences)
}

func TestNotOurs(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	token := w.issue(nil, nil, 600)
	parts := strings.Split(token, ".")
	forged := parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"https://kubernetes.default.svc","sub":"system:serviceaccount:ns:b"}`)) + "." + parts[2]
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + "."
	for name, token := range map[string]string{"forged": forged, "other key": other.issue(nil, nil, 600)} {
		_, ok, err := w.tokens.AuthenticateToken(t.Context(), token, nil)
		require.False(t, ok, name)
		require.ErrorContains(t, err, "error in cryptographic primitive", name)
	}
	for _, token := range []string{"", "x", "a.b.c", "..", none, strings.Repeat("a", 1<<20)} {
		_, ok, err := w.tokens.AuthenticateToken(t.Context(), token, nil)
		require.False(t, ok)
		require.NoError(t, err, "a token of others is for others to judge")
	}
}

func TestSecretToken(t *testing.T) {
	w := newWorld(t)
	token, err := w.issuer.SecretToken(w.account, "s")
	require.NoError(t, err)
	secret := &corev1.Secret{ObjectMeta: meta.ObjectMeta{Name: "s", Namespace: "ns"}, Data: map[string][]byte{"token": []byte(token)}}
	_, ok, err := w.tokens.AuthenticateToken(t.Context(), token, nil)
	require.False(t, ok)
	require.EqualError(t, err, "service account token has been invalidated")
	w.objects["secrets/ns/s"] = secret
	id, ok, err := w.tokens.AuthenticateToken(t.Context(), token, nil)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, "system:serviceaccount:ns:a", id.User.Name)
	secret.Data["token"] = []byte("another")
	_, ok, _ = w.tokens.AuthenticateToken(t.Context(), token, nil)
	require.False(t, ok)
}

func TestKeys(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pki", "sa.key")
	made, err := serviceaccount.LoadOrMakeKey(path)
	require.NoError(t, err)
	again, err := serviceaccount.LoadOrMakeKey(path)
	require.NoError(t, err)
	require.Equal(t, made.ID, again.ID)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	require.NoError(t, err)
	file := filepath.Join(dir, "keys.pem")
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)})
	require.NoError(t, os.WriteFile(file, append(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}), private...), 0o600))
	keys, err := serviceaccount.LoadPublicKeys(file)
	require.NoError(t, err)
	require.Len(t, keys, 2)
	require.Equal(t, keys[0].ID, keys[1].ID)
	signing, err := serviceaccount.LoadPrivateKey(file)
	require.NoError(t, err)
	require.EqualValues(t, "RS256", signing.Algorithm)

	require.NoError(t, os.WriteFile(file, []byte("nothing"), 0o600))
	_, err = serviceaccount.LoadPublicKeys(file)
	require.ErrorContains(t, err, "keys.pem")
	_, err = serviceaccount.LoadOrMakeKey(file)
	require.ErrorContains(t, err, "holds no private key", "a file that is something else is not written over")
}

func TestDiscovery(t *testing.T) {
	w := newWorld(t)
	handlers, err := serviceaccount.Discovery(serviceaccount.DefaultIssuer, "", "https://192.0.2.2:6443", []serviceaccount.PublicKey{w.issuer.Key()})
	require.NoError(t, err)
	read := func(path string) (string, map[string]any) {
		rec := httptest.NewRecorder()
		handlers[path].ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		body, err := io.ReadAll(rec.Body)
		require.NoError(t, err)
		var doc map[string]any
		require.NoError(t, json.Unmarshal(body, &doc))
		return rec.Header().Get("Content-Type"), doc
	}
	media, doc := read(serviceaccount.ConfigurationPath)
	require.Equal(t, "application/json", media)
	require.Equal(t, map[string]any{
		"issuer": "https://kubernetes.default.svc", "jwks_uri": "https://192.0.2.2:6443/openid/v1/jwks",
		"response_types_supported": []any{"id_token"}, "subject_types_supported": []any{"public"},
		"id_token_signing_alg_values_supported": []any{"ES256"},
	}, doc)
	media, doc = read(serviceaccount.KeysPath)
	require.Equal(t, "application/jwk-set+json", media)
	key := doc["keys"].([]any)[0].(map[string]any)
	require.Equal(t, w.issuer.Key().ID, key["kid"])
	require.NotContains(t, key, "d", "the private part")
}

func TestErrorsRead(t *testing.T) {
	require.EqualError(t, authn.NotAuthenticated(nil), "invalid bearer token")
	require.EqualError(t, authn.NotAuthenticated(auth.Errors{authn.ErrInvalidToken}), "invalid bearer token")
	require.EqualError(t, authn.NotAuthenticated(io.EOF), "[invalid bearer token, EOF]")
}

func FuzzAuthenticateToken(f *testing.F) {
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50In0.AA")
	key, err := serviceaccount.LoadOrMakeKey("")
	require.NoError(f, err)
	tokens, err := serviceaccount.New(objects{}, serviceaccount.Options{Keys: []serviceaccount.PublicKey{key.PublicKey}})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, token string) {
		if _, ok, _ := tokens.AuthenticateToken(t.Context(), token, nil); ok {
			t.Errorf("%q was let in", token)
		}
	})
}
