package controllers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/runtime/controllers"
)

func TestSelect(t *testing.T) {
	all := controllers.Names()
	without := func(name string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == name })
	}
	for _, test := range []struct {
		spec string
		want []string
	}{
		{"", all},
		{"*", all},
		{"-*", nil},
		{"*,-deployment-controller", without("deployment-controller")},
		{"-deployment-controller,*", without("deployment-controller")},
		{"deployment-controller", []string{"deployment-controller"}},
		{"deployment", []string{"deployment-controller"}},
		{"-*,replicaset,deployment", []string{"deployment-controller", "replicaset-controller"}},
		{"-deployment", nil},
	} {
		var spec []string
		if test.spec != "" {
			spec = strings.Split(test.spec, ",")
		}
		got, err := controllers.Select(spec)
		require.NoError(t, err, "--controllers=%s", test.spec)
		require.Equal(t, test.want, got, "--controllers=%s", test.spec)
	}
	_, err := controllers.Select([]string{"*", "-nope", "neither"})
	require.EqualError(t, err, "\"nope\" is not in the list of known controllers\n\"neither\" is not in the list of known controllers")
}

func TestListIsInOrderAndWithoutDoubles(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range controllers.All() {
		for _, name := range []string{c.Name, c.Alias} {
			require.False(t, name != "" && seen[name], "%s is there twice", name)
			seen[name] = true
		}
	}
	require.True(t, slices.IsSorted(controllers.Names()))
}
