package codec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// JSON is YAML, and need not be read as such unless a key stands twice in it.
func TestJSONAsYAML(t *testing.T) {
	for _, text := range []string{`{"a": {"b": [1, {"c": "x"}]}}`, `{"a":1,"b":{"a":1}}`} {
		out, problems, err := YAMLToJSON([]byte(text), true)
		require.NoError(t, err)
		require.Empty(t, problems)
		require.Equal(t, text, string(out))
	}
	for _, text := range []string{`{"a":1,"a":2}`, `{"x":[{"a":{"b":1,"b":1}}]}`} {
		_, problems, err := YAMLToJSON([]byte(text), true)
		require.NoError(t, err)
		require.Len(t, problems, 1, text)
		require.Equal(t, DuplicateKey, problems[0].Kind)
	}
}
