package containerd

import (
	"testing"

	"github.com/stretchr/testify/require"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

func TestCredentialsMatchImages(t *testing.T) {
	all := []Credential{
		{Username: "hub", Server: "https://index.docker.io/v1/"}, {Username: "quay", Server: "quay.io"}, {Username: "team", Server: "quay.io/team"},
		{Username: "wild", Server: "*.example.com"}, {Username: "port", Server: "registry.example.com:5000"},
	}
	for image, want := range map[string][]string{
		"nginx": {"hub"}, "nginx:1.2": {"hub"}, "library/nginx@sha256:0123": {"hub"}, "docker.io/library/nginx": {"hub"},
		"quay.io/other/app:1": {"quay"}, "quay.io/team/app:1": {"team", "quay"}, "quay.io/teammate/app": {"quay"},
		"registry.example.com/app": {"wild"}, "registry.example.com:5000/app:2": {"port"}, "a.b.example.com/app": nil, "localhost/app": nil, "gcr.io/app": nil,
	} {
		var got []string
		for _, c := range matching(all, image) {
			got = append(got, c.Username)
		}
		require.Equal(t, want, got, image)
	}
}

func TestCredentialsOfSecrets(t *testing.T) {
	for name, c := range map[string]struct {
		secret corev1.Secret
		want   []Credential
		fails  string
	}{
		"config": {corev1.Secret{Type: corev1.SecretTypeDockerConfigJson, Data: map[string][]byte{corev1.DockerConfigJsonKey: []byte(`{"auths":{"r.io":{"auth":"dXNlcjpwYXNz"}}}`)}},
			[]Credential{{Username: "user", Password: "pass", Server: "r.io"}}, ""},
		"old config": {corev1.Secret{Type: corev1.SecretTypeDockercfg, Data: map[string][]byte{corev1.DockerConfigKey: []byte(`{"r.io":{"username":"u","password":"p"}}`)}},
			[]Credential{{Username: "u", Password: "p", Server: "r.io"}}, ""},
		"token": {corev1.Secret{Type: corev1.SecretTypeDockerConfigJson, Data: map[string][]byte{corev1.DockerConfigJsonKey: []byte(`{"auths":{"r.io":{"identitytoken":"t"}}}`)}},
			[]Credential{{IdentityToken: "t", Server: "r.io"}}, ""},
		"not base64":      {corev1.Secret{Type: corev1.SecretTypeDockerConfigJson, Data: map[string][]byte{corev1.DockerConfigJsonKey: []byte(`{"auths":{"r.io":{"auth":"!"}}}`)}}, nil, "auth of r.io"},
		"no colon":        {corev1.Secret{Type: corev1.SecretTypeDockerConfigJson, Data: map[string][]byte{corev1.DockerConfigJsonKey: []byte(`{"auths":{"r.io":{"auth":"dXNlcg=="}}}`)}}, nil, "user:password"},
		"not JSON":        {corev1.Secret{Type: corev1.SecretTypeDockerConfigJson}, nil, ".dockerconfigjson"},
		"no such type":    {corev1.Secret{Type: corev1.SecretTypeOpaque}, nil, "holds no credentials"},
		"no registries":   {corev1.Secret{Type: corev1.SecretTypeDockerConfigJson, Data: map[string][]byte{corev1.DockerConfigJsonKey: []byte(`{}`)}}, nil, ""},
		"nothing, but so": {corev1.Secret{Type: corev1.SecretTypeDockercfg, Data: map[string][]byte{corev1.DockerConfigKey: []byte(`null`)}}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := secretLogins(&c.secret)
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

// A containerd that is told a server compares it with the image's as if it were a URL,
// and else uses no credentials at all.
func TestCredentialsNameNoServer(t *testing.T) {
	got := Credential{Username: "user", Password: "pass", Server: "r.io:5000"}.config()
	require.Equal(t, &cri.AuthConfig{Username: "user", Password: "pass"}, got)
}

func FuzzCredentials(f *testing.F) {
	f.Add([]byte(`{"auths":{"https://r.io/v1/":{"auth":"dXNlcjpwYXNz"}}}`), "r.io/app:1")
	f.Fuzz(func(t *testing.T, data []byte, image string) {
		logins, err := secretLogins(&corev1.Secret{Type: corev1.SecretTypeDockerConfigJson, Data: map[string][]byte{corev1.DockerConfigJsonKey: data}})
		if err != nil {
			return
		}
		if got := matching(logins, image); len(got) > len(logins) {
			t.Errorf("%d of %d match", len(got), len(logins))
		}
	})
}
