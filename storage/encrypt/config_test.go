package encrypt

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConfigurationIsChecked(t *testing.T) {
	head := "kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources:\n"
	for text, want := range map[string]string{
		"kind: Pod\napiVersion: v1":               "Pod of v1 is not an EncryptionConfiguration",
		head + "- resources: [a]\n  provider: []": `unknown field`,
		head:                                   "resources: at least one",
		head + "- resources: [a]":              "resources[0].providers: at least one is required",
		head + "- providers: [{identity: {}}]": "resources[0].resources: at least one is required",
		head + "- {resources: [a], providers: [{}]}":                                                                    "resources[0].providers[0]: provider does not contain any of the expected providers",
		head + "- {resources: ['*'], providers: [{identity: {}}]}":                                                      "use '*.' to encrypt all the resources from core API group",
		head + "- {resources: [Secrets], providers: [{identity: {}}]}":                                                  "should not contain capital letters",
		head + "- {resources: [events.events.k8s.io], providers: [{identity: {}}]}":                                     "Use 'events' instead",
		head + "- {resources: ['a.*'], providers: [{identity: {}}]}":                                                    "encrypting the same resource across groups is not supported",
		head + "- {resources: [a, a], providers: [{identity: {}}]}":                                                     "cannot be specified multiple times",
		head + "- {resources: [a, '*.'], providers: [{identity: {}}]}":                                                  "using overlapping resources",
		head + "- {resources: [a.b, '*.b'], providers: [{identity: {}}]}":                                               "using overlapping resources",
		head + "- {resources: [a.b, '*.*'], providers: [{identity: {}}]}":                                               "using overlapping resources",
		head + "- {resources: [a], providers: [{aesgcm: {keys: []}}]}":                                                  "aesgcm.keys: at least one is required",
		head + "- {resources: [a], providers: [{aesgcm: {keys: [{name: x, secret: '%%'}]}}]}":                           "secrets must be base64 encoded",
		head + "- {resources: [a], providers: [{secretbox: {keys: [{name: x, secret: AAAA}]}}]}":                        "got 3, expected one of [32]",
		head + "- {resources: [a], providers: [{aescbc: {keys: [{name: x, secret: AAECAwQFBgcICQoLDA0ODw==}]}}]}":       "aescbc is for reading old data only",
		head + "- {resources: [a], providers: [{identity: {}, aesgcm: {keys: []}}]}":                                    "more than one provider specified",
		head + "- {resources: [a], providers: [{kms: {name: x, endpoint: 'unix:///a'}}]}":                               "version 1 of the KMS interface is not supported",
		head + "- {resources: [a], providers: [{kms: {apiVersion: v2, name: 'a:b', endpoint: 'unix:///a'}}]}":           "must not contain ':'",
		head + "- {resources: [a], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'http://a'}}]}":                "only unix:///path is supported",
		head + "- {resources: [a], providers: [{kms: {apiVersion: v2, name: a, endpoint: 'unix:///a', timeout: -1s}}]}": "should be a positive value",
	} {
		_, err := Parse([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	_, err := Parse([]byte("kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources:\n- {resources: [a], providers: [{secretbox: {keys: [{name: x, secret: c2VjcmV0}]}}]}"))
	require.Error(t, err)
	require.NotContains(t, err.Error(), "c2VjcmV0")
	require.NotContains(t, err.Error(), "secret box")
}

func TestWhichResources(t *testing.T) {
	c, err := Parse([]byte(`
kind: EncryptionConfiguration
apiVersion: apiserver.config.k8s.io/v1
resources:
- {resources: [events], providers: [{identity: {}}]}
- {resources: [secrets, pandas.example.com], providers: [{identity: {}}]}
- {resources: ['*.apps', '*.'], providers: [{identity: {}}]}
- {resources: ['*.batch'], providers: [{identity: {}}]}
`))
	require.NoError(t, err)
	for r, want := range map[Resource]int{
		{"", "events"}: 0, {"", "secrets"}: 1, {"example.com", "pandas"}: 1, {"apps", "deployments"}: 2, {"", "configmaps"}: 2,
		{"batch", "jobs"}: 3, {"example.com", "bears"}: -1, {"example.com", "secrets"}: -1,
	} {
		require.Equal(t, want, c.providersOf(r), r.String())
	}
	c.Resources[3].Resources = []string{"*.*"}
	require.Equal(t, 3, c.providersOf(Resource{"example.com", "bears"}))
}
