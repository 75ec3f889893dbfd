package apiextensionsv1

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// The pairs are the spec as a client sent it to kube-apiserver v1.37.1, and what it
// stored; "group", "names" and "scope" are the same in all.
func TestStoredAsKubernetesDoes(t *testing.T) {
	const (
		a      = `"schema":{"openAPIV3Schema":{"type":"object","properties":{"a":{"type":"string"}}}}`
		b      = `"schema":{"openAPIV3Schema":{"type":"object","properties":{"b":{"type":"integer"}}}}`
		valid  = `"validation":{"openAPIV3Schema":{"type":"object","properties":{"a":{"type":"string"}}}}`
		column = `"additionalPrinterColumns":[{"name":"A","type":"string","priority":1,"jsonPath":".a"}]`
		shown  = `"additionalPrinterColumns":[{"name":"A","type":"string","priority":1,"JSONPath":".a"}]`
		sub    = `"subresources":{"status":{},"scale":{"specReplicasPath":".spec.r","statusReplicasPath":".status.r"}}`
		fields = `"selectableFields":[{"jsonPath":".a"}]`
		none   = `"conversion":{"strategy":"None"}`
	)
	for name, c := range map[string]struct{ served, stored string }{
		"one version": {
			`"versions":[{"name":"v1","served":true,"storage":true,` + a + `,` + column + `,` + sub + `,` + fields + `}],` + none,
			`"version":"v1","versions":[{"name":"v1","served":true,"storage":true}],` + valid + `,` + shown + `,` + sub + `,` + fields + `,` + none,
		},
		"equal versions": {
			`"versions":[{"name":"v2","served":true,"storage":false,` + a + `,` + column + `},{"name":"v1","served":false,"storage":true,` + a + `,` + column + `}],` + none,
			`"version":"v2","versions":[{"name":"v2","served":true,"storage":false},{"name":"v1","served":false,"storage":true}],` + valid + `,` + shown + `,` + none,
		},
		"equal in part": {
			`"versions":[{"name":"v1","served":true,"storage":true,` + a + `,` + column + `,"subresources":{"status":{}}},{"name":"v2","served":true,"storage":false,` + a + `}],` + none,
			`"version":"v1","versions":[{"name":"v1","served":true,"storage":true,` + shown + `,"subresources":{"status":{}}},{"name":"v2","served":true,"storage":false}],` + valid + `,` + none,
		},
		"different": {
			`"versions":[{"name":"v1","served":true,"storage":true,` + a + `},{"name":"v2","served":true,"storage":false,"deprecated":true,"deprecationWarning":"w",` + b + `}],` + none,
			`"version":"v1","versions":[{"name":"v1","served":true,"storage":true,` + a + `},{"name":"v2","served":true,"storage":false,"deprecated":true,"deprecationWarning":"w",` + b + `}],` + none,
		},
		"a webhook": {
			`"versions":[{"name":"v1","served":true,"storage":true,` + a + `}],"conversion":{"strategy":"Webhook","webhook":{"clientConfig":{"url":"https://example.com/x"},"conversionReviewVersions":["v1","v1beta1"]}}`,
			`"version":"v1","versions":[{"name":"v1","served":true,"storage":true}],` + valid + `,"conversion":{"strategy":"Webhook","webhookClientConfig":{"url":"https://example.com/x"},"conversionReviewVersions":["v1","v1beta1"]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			const same = `"group":"y.example.com","names":{"plural":"aas","kind":"Aas"},"scope":"Namespaced",`
			about := `"metadata":{"name":"aas.y.example.com"},"status":{"conditions":[{"type":"Established","status":"True","lastTransitionTime":null}],"acceptedNames":{"plural":"aas","kind":"Aas"},"storedVersions":["v1"]}`
			served := `{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1",` + about + `,"spec":{` + same + c.served + `}}`
			stored := `{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1beta1",` + about + `,"spec":{` + same + c.stored + `,"preserveUnknownFields":false}}`

			crd := new(CustomResourceDefinition)
			_, err := codec.UnmarshalJSON([]byte(served), crd, codec.DecodeOptions{})
			require.NoError(t, err)
			before := codec.DeepCopy(crd)
			form := storedForm()
			data, err := form.Encode(crd)
			require.NoError(t, err)
			require.JSONEq(t, withoutEmpty(t, stored), withoutEmpty(t, string(data)))
			require.True(t, codec.Equal(before, crd), "encoding changes nothing")

			read, err := form.Decode([]byte(stored))
			require.NoError(t, err)
			read.TypeMetadata().APIVersion = crd.APIVersion
			text, err := codec.MarshalJSON(read)
			require.NoError(t, err)
			require.JSONEq(t, withoutEmpty(t, served), withoutEmpty(t, string(text)))
		})
	}
}

// withoutEmpty drops null values, which mean the same as none.
func withoutEmpty(t *testing.T, text string) string {
	var v any
	require.NoError(t, json.Unmarshal([]byte(text), &v))
	var clean func(v any) any
	clean = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				if e == nil {
					delete(v, k)
				} else {
					v[k] = clean(e)
				}
			}
		case []any:
			for i := range v {
				v[i] = clean(v[i])
			}
		}
		return v
	}
	out, err := json.Marshal(clean(v))
	require.NoError(t, err)
	return string(out)
}

func TestStoredFormsOfOld(t *testing.T) {
	obj, err := storedForm().Decode([]byte(`{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1beta1","metadata":{"name":"a"},
		"spec":{"group":"g","version":"v3","names":{"plural":"p","kind":"K"},"scope":"Cluster","conversion":{"strategy":"Webhook","webhookClientConfig":{"url":"https://x"}}}}`))
	require.NoError(t, err)
	crd := obj.(*CustomResourceDefinition)
	require.Equal(t, []CustomResourceDefinitionVersion{{Name: "v3", Served: true, Storage: true}}, crd.Spec.Versions)
	require.True(t, crd.Spec.PreserveUnknownFields, "which is the default there")
	require.Equal(t, []string{"v1beta1"}, crd.Spec.Conversion.Webhook.ConversionReviewVersions)

	_, err = storedForm().Decode([]byte(`{"spec":[]}`))
	require.Error(t, err)
	_, err = storedForm().Encode(new(meta.Unstructured))
	require.Error(t, err)
}

// Versions that get the same part from above must not share it.
func TestVersionsOfOneSchemaAreApart(t *testing.T) {
	obj, err := storedForm().Decode([]byte(`{"spec":{"version":"v1","versions":[{"name":"v1"},{"name":"v2"}],"validation":{"openAPIV3Schema":{"type":"object"}}}}`))
	require.NoError(t, err)
	versions := obj.(*CustomResourceDefinition).Spec.Versions
	versions[0].Schema.OpenAPIV3Schema.Type = "string"
	require.Equal(t, "object", versions[1].Schema.OpenAPIV3Schema.Type)
}

func FuzzStoredDefinition(f *testing.F) {
	f.Add([]byte(`{"apiVersion":"apiextensions.k8s.io/v1beta1","spec":{"version":"v1","versions":[{"name":"v1"}],"validation":{"openAPIV3Schema":{"type":"object"}},"additionalPrinterColumns":[{"JSONPath":".a"}]}}`))
	f.Add([]byte(`{"spec":{"conversion":{"strategy":"Webhook"},"preserveUnknownFields":true}}`))
	form := storedForm()
	f.Fuzz(func(t *testing.T, data []byte) {
		obj, err := form.Decode(data)
		if err != nil {
			return
		}
		text, err := form.Encode(obj)
		if err != nil {
			return
		}
		again, err := form.Decode(text)
		require.NoError(t, err)
		last, err := form.Encode(again)
		require.NoError(t, err)
		require.Equal(t, string(text), string(last), "what is stored is read as it was")
	})
}
