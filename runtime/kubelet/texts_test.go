package kubelet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestExpand(t *testing.T) {
	lookup := func(name string) (string, bool) {
		value, ok := map[string]string{"A": "1", "EMPTY": "", "REF": "$(A)"}[name]
		return value, ok
	}
	for text, want := range map[string]string{
		"": "", "plain": "plain", "$(A)": "1", "x$(A)y$(A)": "x1y1", "$(EMPTY)": "", "$(REF)": "$(A)", "$(NONE)": "$(NONE)",
		"$$(A)": "$(A)", "$$$(A)": "$1", "$$$$": "$$", "$": "$", "$A": "$A", "${A}": "${A}", "$(A": "$(A", "$(": "$(", "$()": "$()", "$($(A))": "$($(A))", "a$": "a$",
	} {
		require.Equal(t, want, expand(text, lookup), text)
	}
}

func TestParseEnvFile(t *testing.T) {
	got, err := parseEnvFile("# words\n\nA=1\n B = two words \nexport C='single $X'\nD=\"double\"# why\nE='over\nlines'\nF=\nG=a=b\n")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"A": "1", "B": "two words", "C": "single $X", "D": "double", "E": "over\nlines", "F": "", "G": "a=b"}, got)
	for text, want := range map[string]string{
		"no sign": "line 1 is not KEY=VALUE", "A=1\n=2": "line 2 is not KEY=VALUE", "A='open\nmore": "the quote of line 1 is not closed", "A='b' c": "line 1 goes on behind the quote",
	} {
		_, err := parseEnvFile(text)
		require.EqualError(t, err, want)
	}
}

func TestReadResolvConf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "resolv.conf")
	require.NoError(t, os.WriteFile(path, []byte("; old\n#\nnameserver 192.0.2.1\nnameserver nobody\nnameserver fd00::1 # second\nsearch first\nsearch a.example. b\noptions ndots:3 rotate\n"), 0o600))
	config, err := readResolvConf(path)
	require.NoError(t, err)
	require.Equal(t, DNSConfig{Servers: []string{"192.0.2.1", "fd00::1"}, Searches: []string{"a.example", "b"}, Options: []string{"ndots:3", "rotate"}}, config)
	_, err = readResolvConf(path + "x")
	require.Error(t, err)
}

func TestHostnames(t *testing.T) {
	yes, override := true, "other.example"
	long := strings.Repeat("a", 61) + ".bcd"
	for name, test := range map[string]struct {
		spec         corev1.PodSpec
		pod          string
		host, domain string
		err          string
	}{
		"by its name":  {pod: "web", host: "web"},
		"cut":          {pod: long, host: strings.Repeat("a", 61) + ".b"},
		"own":          {pod: "web", spec: corev1.PodSpec{Hostname: "h"}, host: "h"},
		"in a domain":  {pod: "web", spec: corev1.PodSpec{Subdomain: "s"}, host: "web", domain: "s.ns.svc.c.test"},
		"whole":        {pod: "web", spec: corev1.PodSpec{Subdomain: "s", SetHostnameAsFQDN: &yes}, host: "web.s.ns.svc.c.test", domain: "s.ns.svc.c.test"},
		"whole, alone": {pod: "web", spec: corev1.PodSpec{SetHostnameAsFQDN: &yes}, host: "web"},
		"too long": {pod: strings.Repeat("a", 60), spec: corev1.PodSpec{Subdomain: "s", SetHostnameAsFQDN: &yes},
			err: "failed to construct FQDN from pod hostname and cluster domain, FQDN " + strings.Repeat("a", 60) + ".s.ns.svc.c.test is too long (64 characters is the max, 76 characters requested)"},
		"overridden": {pod: "web", spec: corev1.PodSpec{HostnameOverride: &override}, host: "other.example"},
	} {
		t.Run(name, func(t *testing.T) {
			host, domain, err := hostnameOf(&corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: test.pod, Namespace: "ns"}, Spec: test.spec}, "c.test")
			if test.err != "" {
				require.EqualError(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.host, host)
			require.Equal(t, test.domain, domain)
		})
	}
}

func TestBoundsOfResolvConf(t *testing.T) {
	var many []string
	for range 40 {
		many = append(many, strings.Repeat("x", 10))
	}
	require.Len(t, bounded(many), 32)
	require.Len(t, bounded([]string{strings.Repeat("x", 2000), strings.Repeat("y", 100)}), 1)
	require.Len(t, bounded([]string{"a", "b"}), 2)
}

func FuzzExpand(f *testing.F) {
	f.Add("$(A)$$$(B", "v")
	f.Fuzz(func(t *testing.T, text, value string) {
		none := expand(text, func(string) (string, bool) { return "", false })
		if strings.Contains(text, "$$") {
			return
		}
		require.Equal(t, text, none, "where nothing is known nothing changes but dollar signs")
		expand(text, func(string) (string, bool) { return value, true })
	})
}

func FuzzParseEnvFile(f *testing.F) {
	f.Add("A=1\nB='x\ny'\n# c\n")
	f.Fuzz(func(t *testing.T, text string) {
		values, err := parseEnvFile(text)
		if err != nil {
			return
		}
		// What was read can be written so that the same is read.
		var b strings.Builder
		for key, value := range values {
			quote := "'"
			if strings.Contains(value, quote) {
				quote = `"`
			}
			if strings.Contains(value, quote) {
				return
			}
			b.WriteString(key + "=" + quote + value + quote + "\n")
		}
		again, err := parseEnvFile(b.String())
		require.NoError(t, err)
		require.Equal(t, values, again)
	})
}

// A Pod that the node runs by itself cannot need what the API has.
func TestStaticPodsReferToNothing(t *testing.T) {
	for volume, want := range map[string]string{
		"emptyDir: {}": "", "hostPath: {path: /x}": "", "downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.name}}]}": "",
		"secret: {secretName: s}": "secrets", "configMap: {name: c}": "configmaps", "persistentVolumeClaim: {claimName: c}": "persistentvolumeclaims",
		"projected: {sources: [{serviceAccountToken: {path: t}}]}":         "serviceaccounts",
		"projected: {sources: [{configMap: {name: c}}]}":                   "configmaps",
		"projected: {sources: [{clusterTrustBundle: {name: b, path: p}}]}": "clustertrustbundles",
	} {
		pod := &corev1.Pod{}
		_, err := codec.UnmarshalYAML([]byte("spec: {volumes: [{name: v, "+volume+"}]}"), pod, codec.DecodeOptions{Strict: true})
		require.NoError(t, err)
		require.Equal(t, want, refersTo(pod), volume)
	}
	require.Equal(t, "serviceaccounts", refersTo(&corev1.Pod{Spec: corev1.PodSpec{ServiceAccountName: "sa"}}))
	require.Equal(t, "resourceclaims", refersTo(&corev1.Pod{Spec: corev1.PodSpec{ResourceClaims: []corev1.PodResourceClaim{{Name: "r"}}}}))
}
