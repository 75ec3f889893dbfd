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
	doc := map[string]any{"spec": map[string]any{"strategy": map[string]any{}, "template": map[string]any{"spec": map[string]any{}}}}
	require.Equal(t, "map[spec:map[nope:1 strategy:map[type:Recreate] template:map[spec:map[]]]]", shownPatch(patch, doc))
	require.Equal(t, "map[data:map[$retainKeys:[a] a:b]]", shownPatch(map[string]any{"data": map[string]any{"$retainKeys": []any{"a"}, "a": "b"}}, doc), "nothing to merge with")
	require.Contains(t, patch["spec"].(map[string]any)["strategy"], "$retainKeys", "the patch itself stays as it is")
}
