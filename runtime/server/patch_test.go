package server

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// An annotation that stands for a number in other versions is refused if it is none, by
// each kind of patch in its own way.
func TestPatchesToWhatOtherVersionsCannotHold(t *testing.T) {
	f := newFixture(t, nil)
	const path, annotation = "/apis/apps/v1/namespaces/default/daemonsets", "deprecated.daemonset.template.generation"
	a := f.send("POST "+path, `{"metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"a":"b"}},
		"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}`, "Content-Type", "application/json")
	require.Equal(t, 201, a.code, string(a.body))
	const merge = `{"metadata":{"annotations":{"` + annotation + `":"x"}}}`
	const fault = `strconv.ParseInt: parsing \"x\": invalid syntax`
	for _, c := range []struct {
		media, body string
		code        int
		message     string
	}{
		{"application/merge-patch+json", merge, 422, `\": ` + fault},
		{"application/json-patch+json", `[{"op":"add","path":"/metadata/annotations/` + annotation + `","value":"x"}]`, 422, `\": ` + fault},
		{"application/strategic-merge-patch+json", merge, 500, `"message":"` + fault},
	} {
		a := f.send("PATCH "+path+"/d", c.body, "Content-Type", c.media)
		require.Equal(t, c.code, a.code, "%s: %s", c.media, a.body)
		require.Contains(t, string(a.body), c.message, c.media)
	}
}
