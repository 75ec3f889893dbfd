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
	group, version, ok := strings.Cut(k.APIVersion, "/")
	if !ok {
		group, version = "", k.APIVersion
	}
	return validate.All(
		validate.NonEmpty(p.Child("apiVersion"), k.APIVersion),
		rules.Optional(p.Child("apiVersion"), group, names.DNSSubdomain),
		rules.Optional(p.Child("apiVersion"), version, names.DNS1035Label),
		validate.NonEmpty(p.Child("kind"), k.Kind),
		rules.Optional(p.Child("kind"), strings.ToLower(k.Kind), names.DNS1035Label),
	)
}

func matchConstraints(p validate.Path, m *MatchResources) validate.Errors {
	if m == nil {
		return validate.Required(p, "")
	}
	return append(matchResources(p, m), rules.Require(len(m.ResourceRules) > 0, p.Child("resourceRules"), "")...)
}

func matchResources(p validate.Path, m *MatchResources) validate.Errors {
	named := func(p validate.Path, r *NamedRuleWithOperations) validate.Errors {
		return append(validate.Unique(p.Child("resourceNames"), r.ResourceNames), operationRule(p, &r.RuleWithOperations, false)...)
	}
	return validate.All(
		validate.Set(p.Child("matchPolicy"), m.MatchPolicy, func(p validate.Path, policy MatchPolicyType) validate.Errors { return matchPolicy(p, &policy) }),
		validate.LabelSelector(p.Child("namespaceSelector"), m.NamespaceSelector),
		validate.LabelSelector(p.Child("objectSelector"), m.ObjectSelector),
		validate.Each(p.Child("resourceRules"), m.ResourceRules, named),
		validate.Each(p.Child("excludeResourceRules"), m.ExcludeResourceRules, named),
	)
}

// operationRule checks which requests a rule speaks of. Only webhooks may be
// told of CONNECT and DELETE of whatever mutates; subresources come as "pods/log".
func operationRule(p validate.Path, r *RuleWithOperations, versionsOptional bool) validate.Errors {
	operations := p.Child("operations")
	errs := validate.All(
		rules.Require(len(r.Operations) > 0, operations, ""),
		rules.Must(len(r.Operations) < 2 || !has(r.Operations, OperationAll), operations, r.Operations, "if '*' is present, must not specify other operations"),
		validate.Each(operations, r.Operations, func(p validate.Path, o *OperationType) validate.Errors {
			return validate.In(p, *o, OperationAll, Connect, Create, Delete, Update)
		}),
		wildcard(p.Child("apiGroups"), r.APIGroups, "API groups"),
	)
	if !versionsOptional || len(r.APIVersions) > 0 {
		errs = append(errs, wildcard(p.Child("apiVersions"), r.APIVersions, "API versions")...)
		errs = append(errs, validate.Each(p.Child("apiVersions"), r.APIVersions, func(p validate.Path, v *string) validate.Errors { return validate.NonEmpty(p, *v) })...)
	}
	return validate.All(errs,
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

func ruleResources(p validate.Path, resources []string) validate.Errors {
	errs := rules.Require(len(resources) > 0, p, "")
	whole, parts := map[string]bool{}, map[string]bool{}
	all, sub := has(resources, "*"), has(resources, "*/*")
	for i, r := range resources {
		name, part, isPart := strings.Cut(r, "/")
		at := p.Index(i)
		switch {
		case r == "":
			errs = append(errs, validate.Required(at, "")...)
		case r == "*/*":
		case whole[name] && isPart:
			errs = append(errs, validate.Invalid(at, r, "if '"+name+"/*' is present, must not specify "+r)...)
		case isPart && parts[part]:
			errs = append(errs, validate.Invalid(at, r, "if '*/"+part+"' is present, must not specify "+r)...)
		}
		if isPart && part == "*" {
			whole[name] = true
		}
		if isPart && name == "*" {
			parts[part] = true
		}
	}
	return validate.All(errs,
		rules.Must(!sub || len(resources) < 2, p, resources, "if '*/*' is present, must not specify other resources"),
		rules.Must(!all || !slices.ContainsFunc(resources, func(r string) bool { return r != "*" && !strings.Contains(r, "/") }), p, resources, "if '*' is present, must not specify other resources without subresources"),
	)
}
