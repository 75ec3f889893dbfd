package clusterroleaggregation

import (
	"testing"

	"github.com/stretchr/testify/require"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestGather(t *testing.T) {
	rule := func(verb string) rbacv1.PolicyRule { return rbacv1.PolicyRule{Verbs: []string{verb}} }
	role := func(name, part string, rules ...rbacv1.PolicyRule) *rbacv1.ClusterRole {
		return &rbacv1.ClusterRole{ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"part": part}}, Rules: rules}
	}
	sum := role("sum", "a", rule("own"))
	sum.AggregationRule = &rbacv1.AggregationRule{ClusterRoleSelectors: []meta.LabelSelector{
		{MatchLabels: map[string]string{"part": "a"}}, {MatchLabels: map[string]string{"part": "b"}},
	}}
	got, err := Gather(sum, []*rbacv1.ClusterRole{sum, role("z", "a", rule("1"), rule("2")), role("y", "a", rule("3")), role("x", "b", rule("2"), rule("4")), role("w", "c", rule("5"))})
	require.NoError(t, err)
	require.Equal(t, []rbacv1.PolicyRule{rule("3"), rule("1"), rule("2"), rule("4")}, got, "by name, each once, its own not at all")
	plain := role("p", "a", rule("own"))
	got, err = Gather(plain, nil)
	require.NoError(t, err)
	require.Equal(t, plain.Rules, got)
	sum.AggregationRule.ClusterRoleSelectors[0].MatchLabels = map[string]string{"-": "-"}
	_, err = Gather(sum, []*rbacv1.ClusterRole{sum})
	require.Error(t, err)
}
