package registry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// A document that has lost its apiVersion says nothing: its fields are unknown
// and its name is missing.
func TestPatchThatTakesTheVersionAway(t *testing.T) {
	f := startWidgets(t)
	f.create(named("a"))
	q := f.widget("a")
	var warnings []string
	q.Warn = func(text string) { warnings = append(warnings, text) }
	_, err := f.patch(q, client.JSONPatch, `[{"op":"replace","path":"","value":{"metadata":{"name":"a"}}}]`)
	refused(t, err, 400, "the name of the object (a based on URL) was undeterminable: name must be provided")
	require.Equal(t, []string{`unknown field "metadata"`}, warnings)
	_, err = f.patch(q, client.MergePatch, `{"apiVersion":null}`)
	refused(t, err, 400, "the name of the object (a based on URL) was undeterminable: name must be provided")
	require.Equal(t, "a", f.get("a").Name)
}

func TestApplyReadsYAML(t *testing.T) {
	f := start(t, widgetGroups(), registry.Options{FieldManager: lastWriter{}})
	const twice = "metadata:\n  name: a\nspec:\n  size: 1\n  size: 2\n"
	for _, c := range []struct{ text, validation, message string }{
		{"just text", "", "error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type map[string]interface {}"},
		{"a: b: c", "", "error encoding patch: yaml: mapping values are not allowed in this context"},
		{`{"a":`, "", "error decoding patch: error converting YAML to JSON: yaml: line 1: did not find expected node content"},
		{"[]", "", "error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}"},
		{twice, meta.FieldValidationStrict, "error strict decoding patch: error converting YAML to JSON: yaml: unmarshal errors:\n  line 5: key \"size\" already set in map"},
	} {
		_, _, err := f.reg.Patch(t.Context(), f.widget("a"), client.Patch{Type: client.ApplyPatch, Data: []byte(c.text)},
			meta.PatchOptions{FieldManager: "m", FieldValidation: c.validation})
		refused(t, err, 400, c.message)
	}
	q := f.widget("a")
	var warnings []string
	q.Warn = func(text string) { warnings = append(warnings, text) }
	_, created, err := f.reg.Patch(t.Context(), q, client.Patch{Type: client.ApplyPatch, Data: []byte(twice)}, meta.PatchOptions{FieldManager: "m"})
	require.NoError(t, err)
	require.True(t, created)
	require.Equal(t, []string{`line 5: key "size" already set in map`}, warnings)
}
