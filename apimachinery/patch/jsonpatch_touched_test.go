package patch_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/patch"
)

func TestSortTouched(t *testing.T) {
	const doc = `{"z":{"b":1,"a":2},"y":[{"d":1,"c":2},{"f":1,"e":2}],"x":{"h":1,"g":2}}`
	for _, tc := range []struct{ ops, want string }{
		{`[{"op":"add","path":"/w","value":1}]`, `{"x":{"h":1,"g":2},"y":[{"d":1,"c":2},{"f":1,"e":2}],"z":{"b":1,"a":2}}`},
		{`[{"op":"add","path":"/z/c","value":1}]`, `{"x":{"h":1,"g":2},"y":[{"d":1,"c":2},{"f":1,"e":2}],"z":{"a":2,"b":1}}`},
		{`[{"op":"move","path":"/y/1/g","from":"/x/g"}]`, `{"x":{"g":2,"h":1},"y":[{"d":1,"c":2},{"e":2,"f":1}],"z":{"b":1,"a":2}}`},
		{`[{"op":"test","path":"/y/9/g"},{"op":"test","path":"x"},{"op":"test","path":""}]`, `{"x":{"h":1,"g":2},"y":[{"d":1,"c":2},{"f":1,"e":2}],"z":{"b":1,"a":2}}`},
		{`[]`, doc},
		{`{}`, doc},
	} {
		require.Equal(t, tc.want, string(patch.SortTouched([]byte(doc), []byte(tc.ops))), tc.ops)
	}
}
