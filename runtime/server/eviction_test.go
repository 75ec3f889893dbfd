package server

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An eviction answers some failures with a Status rather than an error; the
// code of the answer is the Status's all the same.
func TestTheCodeOfAnAnsweredStatusCounts(t *testing.T) {
	f := newFixture(t, nil)
	require.Equal(t, 201, f.send("POST /api/v1/namespaces/default/serviceaccounts", `{"metadata":{"name":"default"}}`).code)
	const pods = "/api/v1/namespaces/default/pods"
	require.Equal(t, 201, f.send("POST "+pods, `{"metadata":{"name":"a","labels":{"x":"y"}},"spec":{"containers":[{"name":"c","image":"i"}]}}`).code)
	require.Equal(t, 200, f.send("PATCH "+pods+"/a/status", `{"status":{"phase":"Running"}}`, "Content-Type", "application/merge-patch+json").code)
	for _, name := range []string{"one", "two"} {
		require.Equal(t, 201, f.send("POST /apis/policy/v1/namespaces/default/poddisruptionbudgets",
			`{"metadata":{"name":"`+name+`"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"x":"y"}}}}`).code)
	}
	const eviction = `{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a"}}`
	a := f.send("POST "+pods+"/a/eviction", eviction)
	require.Equal(t, 500, a.code)
	require.Equal(t, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", a.message(t))

	for _, name := range []string{"one", "two"} {
		require.Equal(t, 200, f.send("DELETE /apis/policy/v1/namespaces/default/poddisruptionbudgets/"+name, "").code)
	}
	require.Equal(t, 201, f.send("POST "+pods+"/a/eviction", eviction).code)
}
