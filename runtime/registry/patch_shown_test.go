package registry

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShownPatch(t *testing.T) {
	patch := map[string]any{"spec": map[string]any{
		"nope":     1,
		"strategy": map[string]any{"$retainKeys": []any{"type"}, "type": "Recreate"},
		"template": map[string]any{"spec": map[string]any{"$setElementOrder/containers": []any{map[string]any{"name": "c"}}, "containers": []any{map[string]any{"name": "c"}}}},
	}}
	require.Equal(t, "map[spec:map[nope:1 strategy:map[type:Recreate] template:map[spec:map[]]]]", shownPatch(patch))
	require.Contains(t, patch["spec"].(map[string]any)["strategy"], "$retainKeys", "the patch itself stays as it is")
}
