package patch_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/patch"
)

const mergedPod = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","labels":{"a":"1","b":"2"},"annotations":{"x":"y"},"creationTimestamp":"2026-01-02T03:04:05Z"},` +
	`"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":{"cpu":"100m"}}}],"nodeSelector":{"k":"v"},"securityContext":{"runAsUser":1},"overhead":{"cpu":"1","memory":"1Gi"}},` +
	`"status":{"phase":"Pending","conditions":[{"type":"Ready","status":"False"}],"startTime":"2026-01-02T03:04:05Z"}}`

// mergesAlike fails unless merging into the object gives what merging its JSON
// gives; it returns whether the former was done at all.
func mergesAlike(t *testing.T, data string) bool {
	t.Helper()
	var pod corev1.Pod
	_, err := codec.UnmarshalJSON([]byte(mergedPod), &pod, codec.DecodeOptions{})
	require.NoError(t, err)
	doc, err := codec.MarshalJSON(&pod)
	require.NoError(t, err)
	if !codec.MergeJSON([]byte(data), &pod) {
		return false
	}
	merged, err := patch.MergePatch(doc, []byte(data))
	require.NoError(t, err, data)
	var want corev1.Pod
	problems, err := codec.UnmarshalJSON(merged, &want, codec.DecodeOptions{Strict: true})
	require.NoError(t, err, data)
	require.Empty(t, problems, data)
	require.Equal(t, want, pod, data)
	return true
}

func TestMergeIntoTypedObject(t *testing.T) {
	for _, data := range []string{
		`{}`,
		`{"status":{"phase":"Running","message":"m","conditions":[{"type":"Ready","status":"True"}]}}`,
		`{"metadata":{"labels":{"a":null,"c":"3"},"annotations":null}}`,
		`{"metadata":{"labels":{}},"spec":{"tolerations":[],"priority":7}}`,
		`{"spec":{"securityContext":{"runAsUser":null,"runAsGroup":5},"affinity":{"nodeAffinity":{}}}}`,
		`{"spec":{"overhead":{"cpu":"2","memory":null}}}`,
		`{"status":null}`,
		`{"status":{"startTime":null,"hostIP":"1.2.3.4"}}`,
		`{"spec":{"activeDeadlineSeconds":null,"terminationGracePeriodSeconds":30,"hostNetwork":true}}`,
		` { "kind" : null , "spec" : { "containers" : [ {"name":"d"} ] } } `,
	} {
		require.True(t, mergesAlike(t, data), data)
	}
	for name, data := range map[string]string{
		"unknown field":      `{"spec":{"nothing":1}}`,
		"unknown, in a list": `{"spec":{"containers":[{"nothing":1}]}}`,
		"twice":              `{"spec":{"hostNetwork":true,"hostNetwork":false}}`,
		"twice, in a map":    `{"metadata":{"labels":{"a":"1","a":"2"}}}`,
		"wrong type":         `{"spec":{"priority":"high"}}`,
		"list for object":    `{"spec":[]}`,
		"object for list":    `{"spec":{"containers":{}}}`,
		"object for text":    `{"metadata":{"name":{}}}`,
		"null in a list":     `{"spec":{"containers":[{"name":"c","image":null}]}}`,
		"free form":          `{"metadata":{"managedFields":[{"fieldsV1":{"f:a":null}}]}}`,
		"no object":          `[]`,
		"malformed":          `{"spec":{`,
		"more":               `{} {}`,
	} {
		require.False(t, mergesAlike(t, data), name)
	}
}

func FuzzMergeIntoTypedObject(f *testing.F) {
	f.Add(`{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastProbeTime":null}]}}`)
	f.Add(`{"metadata":{"labels":{"a":null}},"spec":{"volumes":[{"name":"v","emptyDir":{}}],"overhead":{"cpu":"1"}}}`)
	f.Fuzz(func(t *testing.T, data string) {
		if patch.CheckMergePatch([]byte(data)) == nil {
			mergesAlike(t, data)
		}
	})
}
