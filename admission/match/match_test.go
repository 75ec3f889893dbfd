package match

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamesOfResources(t *testing.T) {
	for _, c := range []struct {
		pattern, resource, subresource string
		want                           bool
	}{
		{"pods", "pods", "", true}, {"pods", "pods", "log", false}, {"pods/log", "pods", "log", true}, {"pods/log", "pods", "", false},
		{"pods/*", "pods", "log", true}, {"pods/*", "pods", "", true}, {"*", "pods", "", true}, {"*", "pods", "log", false},
		{"*/log", "pods", "log", true}, {"*/log", "pods", "status", false}, {"*/*", "pods", "", true}, {"*/*", "pods", "log", true}, {"nodes", "pods", "", false},
	} {
		require.Equal(t, c.want, names(c.pattern, c.resource, c.subresource), c)
	}
}
