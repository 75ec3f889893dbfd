package encrypt

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/embedded"
	"github.com/kubenucleus/nucleus/storage/storagetest"
)

func secret(text string) string {
	return base64.StdEncoding.EncodeToString([]byte(text + strings.Repeat(".", 32-len(text))))
}

// keyed is a provider with keys of 32 bytes that are made of their names.
func keyed(kind string, names ...string) string {
	text := "{" + kind + ": {keys: ["
	for i, name := range names {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("{name: %s, secret: %s}", name, secret(name))
	}
	return text + "]}}"
}

// configuration is a file for secrets with these providers.
func configuration(providers ...string) string {
	return "kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources:\n- resources: [secrets]\n  providers:\n  - " +
		strings.Join(providers, "\n  - ") + "\n"
}

func write(t testing.TB, file, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
}

// opened runs an Encryption with a configuration until the test ends.
func opened(t testing.TB, text string, reload bool) (*Encryption, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "encryption.yaml")
	write(t, file, text)
	e, err := Open(t.Context(), Options{File: file, Reload: reload, ReloadEvery: 5 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
		require.NoError(t, e.Close())
	})
	return e, file
}

func memory(t testing.TB) storage.Store {
	t.Helper()
	s, err := embedded.Open(t.Context(), embedded.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

var secrets = Resource{Name: "secrets"}

const at = "/registry/secrets/default/a"

// TestContract holds encrypted stores to what package storage promises.
func TestContract(t *testing.T) {
	plugin := startPlugin(t, "k1")
	kms := "{kms: {apiVersion: v2, name: ref, endpoint: '" + plugin.endpoint + "'}}"
	for name, provider := range map[string]string{
		"aesgcm": keyed("aesgcm", "one"), "secretbox": keyed("secretbox", "one"), "identity": "{identity: {}}", "kms": kms,
	} {
		t.Run(name, func(t *testing.T) {
			storagetest.Run(t, func(t *testing.T) storage.Store {
				e, _ := opened(t, configuration(provider), false)
				return e.Store(secrets, memory(t))
			})
		})
	}
}

// TestRotation moves from no encryption to a key, to another, and back.
func TestRotation(t *testing.T) {
	given := memory(t)
	e, file := opened(t, configuration("{identity: {}}"), true)
	s := e.Store(secrets, given)
	ctx := t.Context()
	_, err := s.Create(ctx, at, []byte("plain"), 0)
	require.NoError(t, err)
	raw := func() string {
		kv, _, err := given.Get(ctx, at)
		require.NoError(t, err)
		return string(kv.Value)
	}
	require.Equal(t, "plain", raw())
	for _, step := range []struct {
		providers []string
		prefix    string
	}{
		{[]string{keyed("aesgcm", "one"), "{identity: {}}"}, "k8s:enc:aesgcm:v1:one:"},
		{[]string{keyed("aesgcm", "two", "one")}, "k8s:enc:aesgcm:v1:two:"},
		{[]string{keyed("secretbox", "three"), keyed("aesgcm", "one", "two")}, "k8s:enc:secretbox:v1:three:"},
		{[]string{"{identity: {}}", keyed("secretbox", "three")}, "plain"},
	} {
		write(t, file, configuration(step.providers...))
		var kv storage.KV
		require.Eventually(t, func() bool {
			kv, _, err = s.Get(ctx, at)
			return err == nil && kv.Stale
		}, 30*time.Second, time.Millisecond, step.prefix)
		require.Equal(t, "plain", string(kv.Value))
		_, err = s.Update(ctx, at, kv.Modified, kv.Value, 0)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(raw(), step.prefix), raw())
		kv, _, err = s.Get(ctx, at)
		require.NoError(t, err)
		require.False(t, kv.Stale)
	}
	// A file that cannot be used changes nothing.
	write(t, file, "kind: Other")
	time.Sleep(20 * time.Millisecond) // for nothing to happen, there is nothing to wait for
	_, _, err = s.Get(ctx, at)
	require.NoError(t, err)
}

// TestWrongKeys reads with keys that do not fit: the value stays as it is, and
// Open says why.
func TestWrongKeys(t *testing.T) {
	given := memory(t)
	ctx := t.Context()
	right, _ := opened(t, configuration(keyed("aesgcm", "one")), false)
	_, err := right.Store(secrets, given).Create(ctx, at, []byte("plain"), 0)
	require.NoError(t, err)
	before, _, err := given.Get(ctx, at)
	require.NoError(t, err)

	for name, c := range map[string]struct{ provider, says string }{
		"another name":       {keyed("aesgcm", "two"), ErrNoKey.Error()},
		"the same name":      {"{aesgcm: {keys: [{name: one, secret: " + secret("other") + "}]}}", "k8s:enc:aesgcm:v1:one: " + errForged.Error()},
		"another provider":   {keyed("secretbox", "one"), ErrNoKey.Error()},
		"nothing but itself": {"{identity: {}}", ErrNoKey.Error()},
	} {
		e, _ := opened(t, configuration(c.provider), false)
		s := e.Store(secrets, given)
		kv, _, err := s.Get(ctx, at)
		require.NoError(t, err, name)
		require.Equal(t, before.Value, kv.Value, name)
		page, err := s.List(ctx, "/registry/secrets/", storage.ListOptions{})
		require.NoError(t, err, name)
		require.Equal(t, before.Value, page.Items[0].Value, name)
		_, err = s.Open(ctx, at, kv.Value)
		require.ErrorContains(t, err, c.says, name)
		_, err = s.Create(ctx, at, []byte("x"), 0)
		own, ok := errors.AsType[*storage.KeyError](err)
		require.True(t, ok)
		require.ErrorIs(t, err, storage.ErrExists)
		require.Equal(t, before.Value, own.Current.Value)
	}

	// A value that was moved to another key does not fit there.
	moved := at + "b"
	_, err = given.Create(ctx, moved, before.Value, 0)
	require.NoError(t, err)
	_, err = right.Store(secrets, given).Open(ctx, moved, before.Value)
	require.ErrorContains(t, err, errForged.Error())
}

func TestKMS(t *testing.T) {
	plugin := startPlugin(t, "k1")
	config := configuration("{kms: {apiVersion: v2, name: ref, endpoint: '"+plugin.endpoint+"', timeout: 2s}}", "{identity: {}}")
	given := memory(t)
	e, _ := opened(t, config, false)
	s := e.Store(secrets, given)
	ctx := t.Context()
	for i := range 50 {
		_, err := s.Create(ctx, fmt.Sprint(at, i), []byte("plain"), 0)
		require.NoError(t, err)
	}
	kv, _, err := given.Get(ctx, at+"0")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(kv.Value), "k8s:enc:kms:v2:ref:"))
	plugin.set(func() { require.Equal(t, 1, plugin.encrypts); require.Zero(t, plugin.decrypts) })

	// Another server reads it: one seed, decrypted once.
	other, _ := opened(t, config, false)
	page, err := other.Store(secrets, given).List(ctx, "/registry/secrets/", storage.ListOptions{})
	require.NoError(t, err)
	require.Len(t, page.Items, 50)
	for _, kv := range page.Items {
		require.Equal(t, "plain", string(kv.Value))
		require.False(t, kv.Stale, "it is the same key of the plug-in")
	}
	plugin.set(func() { require.Equal(t, 1, plugin.decrypts) })

	// The plug-in gets a new key: what is there is stale, what is written is not.
	plugin.set(func() { plugin.key = "k2" })
	kms := e.current.Load().plugins["ref"]
	require.NoError(t, kms.look(ctx))
	kv, _, err = s.Get(ctx, at+"0")
	require.NoError(t, err)
	require.True(t, kv.Stale)
	_, err = s.Update(ctx, at+"0", kv.Modified, kv.Value, 0)
	require.NoError(t, err)
	kv, _, err = s.Get(ctx, at+"0")
	require.NoError(t, err)
	require.False(t, kv.Stale)

	// It is ill: health says so, and after a while nothing is written.
	plugin.set(func() { plugin.healthz = "on fire" })
	require.ErrorContains(t, kms.look(ctx), `KMS plug-in ref: status: healthz is "on fire"`)
	require.ErrorContains(t, e.Healthy(ctx), "on fire")
	_, err = s.Create(ctx, at+"-soon", []byte("x"), 0)
	require.NoError(t, err)
	expired := *kms.current.Load()
	expired.until = time.Now().Add(-time.Second)
	kms.current.Store(&expired)
	_, err = s.Create(ctx, at+"-late", []byte("x"), 0)
	require.ErrorContains(t, err, "on fire")
	require.ErrorContains(t, err, at+"-late")

	// It has forgotten a key: only the values of that key are lost.
	plugin.set(func() { plugin.healthz = "ok"; plugin.forgot["k1"] = true })
	third, _ := opened(t, config, false)
	s = third.Store(secrets, given)
	kv, _, err = s.Get(ctx, at+"0")
	require.NoError(t, err)
	require.Equal(t, "plain", string(kv.Value))
	kv, _, err = s.Get(ctx, at+"1")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(kv.Value), Prefix))
	_, err = s.Open(ctx, at+"1", kv.Value)
	require.ErrorContains(t, err, "no key k1")
}

// TestPluginAway reads while the plug-in does not answer: that is no reason to
// take a value for one that cannot be decrypted.
func TestPluginAway(t *testing.T) {
	plugin := startPlugin(t, "k1")
	provider := "{kms: {apiVersion: v2, name: ref, endpoint: '" + plugin.endpoint + "', timeout: 200ms}}"
	given := memory(t)
	ctx := t.Context()
	e, _ := opened(t, configuration(provider), false)
	_, err := e.Store(secrets, given).Create(ctx, at, []byte("plain"), 0)
	require.NoError(t, err)

	other, _ := opened(t, configuration(provider), false)
	p := other.current.Load().plugins["ref"]
	require.NoError(t, p.close())
	gone, err := newPlugin(&KMS{Name: "ref", Endpoint: "unix:///nowhere.sock", Timeout: "200ms"}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	p.conn, p.api = gone.conn, gone.api
	s := other.Store(secrets, given)
	_, err = s.List(ctx, "/registry/secrets/", storage.ListOptions{})
	require.ErrorIs(t, err, errAway)
	require.ErrorContains(t, err, at)
	for _, err := range s.Watch(ctx, "/registry/secrets/", 1) {
		require.ErrorIs(t, err, errAway)
	}

	_, err = Open(ctx, Options{File: func() string {
		file := filepath.Join(t.TempDir(), "e.yaml")
		write(t, file, configuration("{kms: {apiVersion: v2, name: x, endpoint: 'unix:///nowhere.sock', timeout: 200ms}}"))
		return file
	}()})
	require.ErrorContains(t, err, "KMS plug-in x: status")
}

// TestFormats reads what another implementation has made; conformance/etcd tries
// the rest against Kubernetes' own.
func TestFormats(t *testing.T) {
	cbcKey := []byte("0123456789abcdef0123456789abcdef")
	c, err := newCBC(cbcKey)
	require.NoError(t, err)
	// printf 'kube' | openssl enc -aes-256-cbc -K 3031..66 -iv 00..0f
	sealed, err := base64.StdEncoding.DecodeString("AAECAwQFBgcICQoLDA0OD9SQvtw+RiO2lExZhiVZa5g=")
	require.NoError(t, err)
	plain, stale, err := c.decrypt(t.Context(), at, sealed)
	require.NoError(t, err)
	require.Equal(t, "kube", string(plain))
	require.True(t, stale)
	_, err = c.encrypt(t.Context(), at, plain)
	require.ErrorIs(t, err, errReading)
}
