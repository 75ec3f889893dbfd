package registry

import (
	"maps"

	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth/authz/rbac"
	"github.com/kubenucleus/nucleus/auth/authz/rbac/bootstrap"
)

// policySeeds are the roles and bindings to begin with. Those that are there get
// what they lack; what people have added stays, and who sets the annotation
// rbac.authorization.kubernetes.io/autoupdate to false is left alone.
func policySeeds() ([]seed, error) {
	p, err := bootstrap.Objects()
	if err != nil {
		return nil, err
	}
	var seeds []seed
	add := func(resource string, want meta.Object, reconcile func(have meta.Object)) {
		seeds = append(seeds, seed{resource: resource, obj: want, manager: bootstrapManager, reconcile: func(have meta.Object) {
			m := have.Metadata()
			if m.Annotations[rbacv1.AutoUpdateAnnotationKey] == "false" {
				return
			}
			addMissing(&m.Labels, want.Metadata().Labels)
			addMissing(&m.Annotations, want.Metadata().Annotations)
			reconcile(have)
		}})
	}
	for _, want := range p.ClusterRoles {
		add("clusterroles", want, func(have meta.Object) {
			if role, ok := have.(*rbacv1.ClusterRole); ok {
				if want.AggregationRule != nil {
					role.AggregationRule = want.AggregationRule
					return // its rules are gathered
				}
				role.Rules = withMissing(role.Rules, want.Rules)
			}
		})
	}
	for _, want := range p.Roles {
		add("roles", want, func(have meta.Object) {
			if role, ok := have.(*rbacv1.Role); ok {
				role.Rules = withMissing(role.Rules, want.Rules)
			}
		})
	}
	for _, want := range p.ClusterRoleBindings {
		add("clusterrolebindings", want, func(have meta.Object) {
			if b, ok := have.(*rbacv1.ClusterRoleBinding); ok {
				b.RoleRef, b.Subjects = want.RoleRef, withSubjects(b.Subjects, want.Subjects)
			}
		})
	}
	for _, want := range p.RoleBindings {
		add("rolebindings", want, func(have meta.Object) {
			if b, ok := have.(*rbacv1.RoleBinding); ok {
				b.RoleRef, b.Subjects = want.RoleRef, withSubjects(b.Subjects, want.Subjects)
			}
		})
	}
	return seeds, nil
}

// addMissing adds the keys that have lacks; of those it has, its values stay.
func addMissing(have *map[string]string, want map[string]string) {
	if *have == nil {
		*have = map[string]string{}
	}
	kept := maps.Clone(*have)
	maps.Copy(*have, want)
	maps.Copy(*have, kept)
}

func withMissing(have, want []rbacv1.PolicyRule) []rbacv1.PolicyRule {
	_, missing := rbac.Covers(have, want)
	return append(have, missing...)
}

func withSubjects(have, want []rbacv1.Subject) []rbacv1.Subject {
	for _, s := range want {
		found := false
		for _, h := range have {
			found = found || h.Kind == s.Kind && h.Namespace == s.Namespace && h.Name == s.Name
		}
		if !found {
			have = append(have, s)
		}
	}
	return have
}
