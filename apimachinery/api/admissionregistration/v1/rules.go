package admissionregistrationv1

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

const maxMatchConditions = 64

func has[T comparable](list []T, item T) bool { return slices.Contains(list, item) }

func failurePolicy(p validate.Path, policy *FailurePolicyType) validate.Errors {
	return validate.IfSet(p, policy, func(p validate.Path, f FailurePolicyType) validate.Errors { return validate.In(p, f, Fail, Ignore) })
}

func matchPolicy(p validate.Path, policy *MatchPolicyType) validate.Errors {
	return validate.IfSet(p, policy, func(p validate.Path, m MatchPolicyType) validate.Errors { return validate.In(p, m, Equivalent, Exact) })
}

func kindOfParams(p validate.Path, k *ParamKind) validate.Errors {
	return append(groupVersion(p.Child("apiVersion"), k.APIVersion), validate.Named(p.Child("kind"), k.Kind, anyCaseLabel)...)
}

func groupVersion(p validate.Path, text string) validate.Errors {
	group, version, ok := strings.Cut(text, "/")
	if !ok {
		group, version = "", text
	}
	switch {
	case text == "":
		return validate.Required(p, "")
	case strings.Contains(version, "/"):
		return validate.Invalid(p, text, "unexpected GroupVersion string: "+text)
	case version == "":
		return append(rules.Optional(p, group, names.DNSSubdomain), validate.Invalid(p, text, "version must be specified")...)
	}
	return append(rules.Optional(p, group, names.DNSSubdomain), validate.String(p, version, names.DNS1035Label)...)
}

func anyCaseLabel(kind string) []string {
	problems := names.DNS1035Label(strings.ToLower(kind))
	for i := range problems {
		problems[i] = "may have mixed case, but should otherwise match: " + problems[i]
	}
	return problems
}

func matchConstraints(p validate.Path, m *MatchResources) validate.Errors {
	if m == nil {
		return validate.Required(p, "")
	}
	return append(matchResources(p, m), rules.Require(len(m.ResourceRules) > 0, p.Child("resourceRules"), "")...)
}

func matchResources(p validate.Path, m *MatchResources) validate.Errors {
	named := func(p validate.Path, r *NamedRuleWithOperations) validate.Errors {
		seen := map[string]bool{}
		objects := validate.Each(p.Child("resourceNames"), r.ResourceNames, func(p validate.Path, name *string) validate.Errors {
			again := seen[*name]
			seen[*name] = true
			return append(validate.String(p, *name, names.PathSegment), validate.When(again, func() validate.Errors { return validate.Duplicate(p, *name) })...)
		})
		return append(objects, operationRule(p, &r.RuleWithOperations)...)
	}
	return validate.All(
		validate.Set(p.Child("matchPolicy"), m.MatchPolicy, func(p validate.Path, policy MatchPolicyType) validate.Errors { return matchPolicy(p, &policy) }),
		validate.LabelSelector(p.Child("namespaceSelector"), m.NamespaceSelector),
		validate.LabelSelector(p.Child("objectSelector"), m.ObjectSelector),
		validate.Each(p.Child("resourceRules"), m.ResourceRules, named),
		validate.Each(p.Child("excludeResourceRules"), m.ExcludeResourceRules, named),
	)
}

// mutableOperations says that there is nothing to mutate when an object goes. It
// does so for all rules together, as Kubernetes does.
func mutableOperations(p validate.Path, m *MatchResources) validate.Errors {
	if m == nil {
		return nil
	}
	var errs validate.Errors
	for _, r := range m.ResourceRules {
		for _, o := range r.Operations {
			errs = append(errs, validate.In(p.Child("resourceRules", "operations"), o, OperationAll, Connect, Create, Update)...)
		}
	}
	return errs
}

// operationRule checks which requests a rule speaks of. Subresources come as "pods/log".
func operationRule(p validate.Path, r *RuleWithOperations) validate.Errors {
	operations := p.Child("operations")
	return validate.All(
		rules.Require(len(r.Operations) > 0, operations, ""),
		rules.Must(len(r.Operations) < 2 || !has(r.Operations, OperationAll), operations, r.Operations, "if '*' is present, must not specify other operations"),
		validate.Each(operations, r.Operations, func(p validate.Path, o *OperationType) validate.Errors {
			return validate.In(p, *o, OperationAll, Connect, Create, Delete, Update)
		}),
		wildcard(p.Child("apiGroups"), r.APIGroups, "API groups"),
		wildcard(p.Child("apiVersions"), r.APIVersions, "API versions"),
		validate.Each(p.Child("apiVersions"), r.APIVersions, func(p validate.Path, v *string) validate.Errors { return validate.NonEmpty(p, *v) }),
		ruleResources(p.Child("resources"), r.Resources),
		validate.IfSet(p.Child("scope"), r.Scope, func(p validate.Path, s ScopeType) validate.Errors {
			return validate.In(p, s, AllScopes, ClusterScope, NamespacedScope)
		}),
	)
}

func wildcard(p validate.Path, items []string, what string) validate.Errors {
	return append(rules.Require(len(items) > 0, p, ""),
		rules.Must(len(items) < 2 || !has(items, "*"), p, items, "if '*' is present, must not specify other "+what)...)
}

// ruleResources checks names of resources, each perhaps with a subresource, of
// which either may be a star. What a star before already covers is refused.
func ruleResources(p validate.Path, resources []string) validate.Errors {
	errs := rules.Require(len(resources) > 0, p, "")
	whole, parts := map[string]bool{}, map[string]bool{}
	star, covered := false, false
	for i, r := range resources {
		at := p.Index(i)
		name, part, isPart := strings.Cut(r, "/")
		covers := func(by string) {
			errs = append(errs, validate.Invalid(at, r, "if '"+by+"' is present, must not specify "+r)...)
		}
		switch {
		case r == "":
			errs = append(errs, validate.Required(at, "")...)
			continue
		case r == "*":
			star = true
			continue
		case !isPart:
			covered = covered || star
			continue
		case whole[name]:
			covers(name + "/*")
		case parts[part]:
			covers("*/" + part)
		}
		if part == "*" {
			whole[name] = true
		}
		if name == "*" {
			parts[part] = true
		}
	}
	return validate.All(errs,
		rules.Must(len(resources) < 2 || !has(resources, "*/*"), p, resources, "if '*/*' is present, must not specify other resources"),
		rules.Must(!covered, p, resources, "if '*' is present, must not specify other resources without subresources"),
	)
}
