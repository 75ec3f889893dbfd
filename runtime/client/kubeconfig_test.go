package client

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sample = `
apiVersion: v1
kind: Config
preferences: {}
current-context: dev
clusters:
- name: one
  cluster:
    server: https://10.0.0.1:6443
    certificate-authority: pki/ca.crt
    tls-server-name: kubernetes
- name: two
  cluster:
    server: https://10.0.0.2:6443
    certificate-authority-data: Q0E=
    insecure-skip-tls-verify: true
users:
- name: me
  user:
    client-certificate: me.crt
    client-key: /abs/me.key
- name: robot
  user:
    token: t0k3n
    as: boss
    as-groups: [a, b]
    as-user-extra: {k: [v]}
- name: cloud
  user:
    exec: {command: get-token, apiVersion: client.authentication.k8s.io/v1}
contexts:
- name: dev
  context: {cluster: one, user: me, namespace: playground}
- name: ci
  context: {cluster: two, user: robot}
- name: cloudy
  context: {cluster: one, user: cloud}
- name: broken
  context: {cluster: none, user: me}
`

func TestKubeconfig(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config")
	require.NoError(t, os.WriteFile(path, []byte(sample), 0o600))
	k, err := LoadKubeconfig(path)
	require.NoError(t, err)

	dev, err := k.Config("")
	require.NoError(t, err)
	assert.Equal(t, Config{
		Host: "https://10.0.0.1:6443",
		TLS:  TLS{CAFile: dir + "/pki/ca.crt", CertFile: dir + "/me.crt", KeyFile: "/abs/me.key", ServerName: "kubernetes"},
	}, dev)
	assert.Equal(t, "playground", k.Namespace(""))
	assert.Equal(t, "default", k.Namespace("ci"))

	ci, err := k.Config("ci")
	require.NoError(t, err)
	assert.Equal(t, Config{
		Host: "https://10.0.0.2:6443", TLS: TLS{Insecure: true}, BearerToken: "t0k3n",
		Impersonate: Impersonation{User: "boss", Groups: []string{"a", "b"}, Extra: map[string][]string{"k": {"v"}}},
	}, ci)

	for context, want := range map[string]string{
		"nowhere": `no context "nowhere"`, "broken": `cluster "none"`, "cloudy": "another program",
	} {
		_, err := k.Config(context)
		assert.ErrorContains(t, err, want)
	}
	_, err = (&Kubeconfig{}).Config("")
	assert.ErrorContains(t, err, "no current context")
}

func TestKubeconfigIsWrittenAsItIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "down", "config")
	config := Config{Host: "https://127.0.0.1:6443", TLS: TLS{CAData: []byte("ca"), CertData: []byte("cert"), KeyData: []byte("key")}}
	k := NewKubeconfig("nucleus", config)
	require.NoError(t, k.Write(path))
	require.NoError(t, k.Write(path), "over the old one")
	got, err := LoadKubeconfig(path)
	require.NoError(t, err)
	assert.Equal(t, k, got)
	back, err := got.Config("")
	require.NoError(t, err)
	assert.Equal(t, config, back)

	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds a key")
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, files, 1, "nothing may be left behind")
}

func TestKubeconfigKeepsCredentialsOfOtherPrograms(t *testing.T) {
	k, err := ParseKubeconfig([]byte(sample))
	require.NoError(t, err)
	data, err := k.Encode()
	require.NoError(t, err)
	again, err := ParseKubeconfig(data)
	require.NoError(t, err)
	assert.Equal(t, k, again)
	assert.Equal(t, "get-token", again.Users["cloud"].Exec["command"])
}

func TestKubeconfigFromTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	require.NoError(t, NewKubeconfig("a", Config{Host: "https://first"}).Write(one))
	second := NewKubeconfig("a", Config{Host: "https://second"})
	second.Clusters["b"] = KubeCluster{Server: "https://b"}
	second.CurrentContext = "b"
	require.NoError(t, second.Write(two))

	t.Setenv("KUBECONFIG", filepath.Join(dir, "missing")+":"+one+":"+two)
	k, err := LoadKubeconfig("")
	require.NoError(t, err)
	assert.Equal(t, "https://first", k.Clusters["a"].Server, "the first file that names it decides")
	assert.Equal(t, "https://b", k.Clusters["b"].Server)
	assert.Equal(t, "a", k.CurrentContext)

	t.Setenv("KUBECONFIG", filepath.Join(dir, "missing"))
	_, err = LoadKubeconfig("")
	assert.ErrorIs(t, err, os.ErrNotExist)

	t.Setenv("KUBECONFIG", "")
	t.Setenv("HOME", dir)
	_, err = LoadKubeconfig("")
	assert.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, NewKubeconfig("home", Config{Host: "https://home"}).Write(filepath.Join(dir, ".kube", "config")))
	k, err = LoadKubeconfig("")
	require.NoError(t, err)
	assert.Equal(t, "home", k.CurrentContext)
}

func TestKubeconfigFaults(t *testing.T) {
	for _, data := range []string{"{", "kind: Pod\napiVersion: v1", "apiVersion: v9", "clusters: 7", "users: [{name: a, user: {client-key-data: '!'}}]"} {
		_, err := ParseKubeconfig([]byte(data))
		assert.Error(t, err, "%s", data)
	}
}

func TestInCluster(t *testing.T) {
	dir := t.TempDir()
	env := map[string]string{}
	get := func(name string) string { return env[name] }
	_, err := inCluster(dir, get)
	assert.ErrorContains(t, err, "not in a cluster")
	env["KUBERNETES_SERVICE_HOST"], env["KUBERNETES_SERVICE_PORT"] = "fd00::1", "443"
	_, err = inCluster(dir, get)
	assert.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(dir+"/token", []byte("t"), 0o600))
	_, err = inCluster(dir, get)
	assert.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(dir+"/ca.crt", []byte("c"), 0o600))
	config, err := inCluster(dir, get)
	require.NoError(t, err)
	assert.Equal(t, Config{Host: "https://[fd00::1]:443", BearerTokenFile: dir + "/token", TLS: TLS{CAFile: dir + "/ca.crt"}}, config)
}

func FuzzKubeconfig(f *testing.F) {
	f.Add([]byte(sample))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := ParseKubeconfig(data)
		if err != nil {
			return
		}
		for name := range k.Contexts {
			k.Config(name)
		}
		encoded, err := k.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseKubeconfig(encoded); err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, encoded)
		}
	})
}
