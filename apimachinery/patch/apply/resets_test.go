package apply

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// What a write changes counts only as far as its path can change it.
func TestNobodyOwnsWhatAWriteLeavesAlone(t *testing.T) {
	s := testScheme(t)
	m := NewManager(s)
	for name, tc := range map[string]struct {
		resource        meta.GroupVersionResource
		subresource     string
		before, after   string
		owned, notOwned []string
	}{
		"finalize leaves the status": {
			meta.GroupVersionResource{Version: "v1", Resource: "namespaces"}, "finalize",
			`{"metadata":{"name":"a"}}`, `{"metadata":{"name":"a"},"spec":{"finalizers":["x.io/y"]},"status":{"phase":"Active"}}`,
			[]string{`"f:finalizers"`}, []string{`"f:status"`},
		},
		"the status of a Deployment leaves labels": {
			meta.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}, "status",
			`{"metadata":{"name":"a"}}`, `{"metadata":{"name":"a","labels":{"l":"v"},"annotations":{"n":"v"}},"status":{"replicas":1}}`,
			[]string{`"f:replicas"`, `"f:annotations"`}, []string{`"f:labels"`},
		},
		"the status of a ServiceCIDR leaves all metadata": {
			meta.GroupVersionResource{Group: "networking.k8s.io", Version: "v1", Resource: "servicecidrs"}, "status",
			`{"metadata":{"name":"a"}}`, `{"metadata":{"name":"a","annotations":{"n":"v"}},"status":{"conditions":[{"type":"T","status":"True"}]}}`,
			[]string{`"f:conditions"`}, []string{`"f:metadata"`},
		},
		"writes of ephemeral containers own all that they say, although it is put back": {
			meta.GroupVersionResource{Version: "v1", Resource: "pods"}, "ephemeralcontainers",
			`{"metadata":{"name":"a"}}`, `{"metadata":{"name":"a","labels":{"l":"v"}},"spec":{"ephemeralContainers":[{"name":"e"}]},"status":{"phase":"Failed"}}`,
			[]string{`"f:ephemeralContainers"`, `"f:metadata"`, `"f:status"`}, nil,
		},
		"a reference to a claim has fields of its own": {
			meta.GroupVersionResource{Version: "v1", Resource: "persistentvolumes"}, "",
			`{"metadata":{"name":"a"}}`, `{"metadata":{"name":"a"},"spec":{"claimRef":{"name":"c","namespace":"n"}}}`,
			[]string{`"f:claimRef":{".":{},"f:name":{},"f:namespace":{}}`}, nil,
		},
		"a request for a certificate owns its labels, not what it asks for": {
			meta.GroupVersionResource{Group: "certificates.k8s.io", Version: "v1", Resource: "certificatesigningrequests"}, "",
			`{"metadata":{"name":"a"}}`, `{"metadata":{"name":"a","labels":{"l":"v"}},"spec":{"signerName":"x.io/y"},"status":{"certificate":"eA=="}}`,
			[]string{`"f:labels"`}, []string{`"f:spec"`, `"f:status"`},
		},
		"decisions on it are not the signer's": {
			meta.GroupVersionResource{Group: "certificates.k8s.io", Version: "v1", Resource: "certificatesigningrequests"}, "status",
			`{"metadata":{"name":"a"}}`, `{"metadata":{"name":"a","labels":{"l":"v"}},"spec":{"signerName":"x.io/y"},"status":{"certificate":"eA==","conditions":[{"type":"Failed","status":"True"}]}}`,
			[]string{`"f:labels"`, `"f:certificate"`}, []string{`"f:spec"`, `"f:conditions"`},
		},
		"a key that is left out has its default": {
			meta.GroupVersionResource{Version: "v1", Resource: "pods"}, "",
			`{"metadata":{"name":"a"}}`, `{"metadata":{"name":"a"},"spec":{"imagePullSecrets":[{"name":"x"},{"name":""},{}]}}`,
			[]string{`"f:imagePullSecrets":{".":{},"k:{\"name\":\"\"}":{},"k:{\"name\":\"x\"}":{}}`}, nil,
		},
	} {
		r, ok := s.Resource(tc.resource)
		require.True(t, ok, name)
		read := func(text string) meta.Object {
			obj := r.New()
			_, err := codec.UnmarshalJSON([]byte(text), obj, codec.DecodeOptions{})
			require.NoError(t, err, name)
			return obj
		}
		live := read(tc.before)
		live.Metadata().ManagedFields = []meta.ManagedFieldsEntry{{
			Manager: "first", Operation: meta.ManagedFieldsOperationUpdate, APIVersion: tc.resource.GroupVersion().String(),
			FieldsType: "FieldsV1", FieldsV1: &meta.FieldsV1{Raw: []byte(`{"f:metadata":{"f:finalizers":{}}}`)},
		}}
		got, err := m.Update(live, read(tc.after), r, tc.subresource, "second", meta.Unix(1000))
		require.NoError(t, err, name)
		var mine string
		for _, e := range got.Metadata().ManagedFields {
			if e.Manager == "second" {
				mine = string(e.FieldsV1.Raw)
			}
		}
		for _, field := range tc.owned {
			require.Contains(t, mine, field, name)
		}
		for _, field := range tc.notOwned {
			require.False(t, strings.Contains(mine, field), "%s: owns %s in %s", name, field, mine)
		}
	}
}
