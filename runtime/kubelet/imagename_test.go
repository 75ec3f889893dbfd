package kubelet

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckImageName(t *testing.T) {
	hash := strings.Repeat("0123456789abcdef", 4)
	for _, name := range []string{
		"web", "web:2", "library/web", "registry.example.com/a/b-c__d.e:v1.2_x", "localhost/web", "localhost:5000/web:1", "[::1]:5000/web",
		"Registry.Example.com/web", "web@sha256:" + hash, "a.b/web:1@sha256:" + hash, "10.0.0.1:5000/x",
	} {
		require.NoError(t, checkImageName(name), name)
	}
	for name, want := range map[string]string{
		"":                         "invalid reference format",
		"web:":                     "invalid reference format",
		"web::1":                   "invalid reference format",
		"a b":                      "invalid reference format",
		"http://example.com/web":   "invalid reference format",
		"Example.com/WEB:1":        "invalid reference format: repository name (WEB) must be lowercase",
		"Web":                      "invalid reference format: repository name (Web) must be lowercase",
		"web@sha256:12":            "invalid reference format",
		hash:                       "invalid repository name (" + hash + "), cannot specify 64-byte hexadecimal strings",
		strings.Repeat("a/", 130):  "invalid reference format",
		strings.Repeat("aaaa", 70): "repository name must not be more than 255 characters",
	} {
		require.EqualError(t, checkImageName(name), want, name)
	}
}

func FuzzCheckImageName(f *testing.F) {
	f.Add("registry.example.com/a/b:1@sha256:" + strings.Repeat("0", 64))
	f.Add("A/b:::")
	f.Fuzz(func(t *testing.T, name string) {
		if checkImageName(name) == nil {
			require.NotContains(t, name, " ")
			require.NotEmpty(t, name)
		}
	})
}
