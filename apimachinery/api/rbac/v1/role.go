package rbacv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

var rulesPath = validate.NewPath("rules")

func roles() *scheme.Resource {
	return scheme.Define[Role, RoleList](scheme.Spec[Role]{
		Name:       "roles",
		Namespaced: true,
		Validate:   ValidateRole,
		Columns: []scheme.Column[Role]{
			scheme.NameColumn[Role](),
			{Name: "Created At", Type: "date", Help: scheme.AgeHelp, Cell: func(r *Role) any { return cells.CreatedAt(&r.ObjectMeta) }},
		},
		NameRule: names.PathSegment,
		Options:  scheme.Options{UpdateCreates: true},
	})
}

func clusterroles() *scheme.Resource {
	return scheme.Define[ClusterRole, ClusterRoleList](scheme.Spec[ClusterRole]{
		Name:     "clusterroles",
		Validate: ValidateClusterRole,
		Columns: []scheme.Column[ClusterRole]{
			scheme.NameColumn[ClusterRole](),
			{Name: "Created At", Type: "date", Help: scheme.AgeHelp, Cell: func(r *ClusterRole) any { return cells.CreatedAt(&r.ObjectMeta) }},
		},
		NameRule: names.PathSegment,
		Options:  scheme.Options{UpdateCreates: true},
	})
}

// ValidateRole finds every fault of a Role.
func ValidateRole(r *Role) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &r.ObjectMeta, true, names.PathSegment),
		validate.Each(rulesPath, r.Rules, func(p validate.Path, rule *PolicyRule) validate.Errors { return policyRule(p, rule, true) })...)
}

// ValidateClusterRole finds every fault of a ClusterRole.
func ValidateClusterRole(r *ClusterRole) validate.Errors {
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &r.ObjectMeta, false, names.PathSegment),
		validate.Each(rulesPath, r.Rules, func(p validate.Path, rule *PolicyRule) validate.Errors { return policyRule(p, rule, false) }),
		validate.When(r.AggregationRule != nil, func() validate.Errors {
			p := validate.NewPath("aggregationRule", "clusterRoleSelectors")
			return validate.All(
				rules.Require(len(r.AggregationRule.ClusterRoleSelectors) > 0, p, "at least one clusterRoleSelector required if aggregationRule is non-nil"),
				validate.Each(p, r.AggregationRule.ClusterRoleSelectors, func(p validate.Path, s *meta.LabelSelector) validate.Errors {
					errs := validate.LabelSelector(p, s)
					return append(errs, rules.Must(len(errs) == 0, p, nil, "invalid label selector.")...)
				}),
			)
		}),
	)
}

func policyRule(p validate.Path, r *PolicyRule, namespaced bool) validate.Errors {
	urls := p.Child("nonResourceURLs")
	errs := validate.Declared(rules.Require(len(r.Verbs) > 0, p.Child("verbs"), ""))
	if len(r.NonResourceURLs) > 0 {
		return validate.All(errs,
			rules.Must(!namespaced, urls, r.NonResourceURLs, "namespaced rules cannot apply to non-resource URLs"),
			rules.Must(len(r.APIGroups)+len(r.Resources)+len(r.ResourceNames) == 0, urls, r.NonResourceURLs, "rules cannot apply to both regular resources and non-resource URLs"),
		)
	}
	return validate.All(errs,
		rules.Require(len(r.APIGroups) > 0, p.Child("apiGroups"), "resource rules must supply at least one api group"),
		rules.Require(len(r.Resources) > 0, p.Child("resources"), "resource rules must supply at least one resource"),
	)
}
