package corev1

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func resourcequotas() *scheme.Resource {
	return scheme.Define[ResourceQuota, ResourceQuotaList](scheme.Spec[ResourceQuota]{
		Name:           "resourcequotas",
		ShortNames:     []string{"quota"},
		Namespaced:     true,
		Default:        DefaultResourceQuota,
		Validate:       ValidateResourceQuota,
		ValidateUpdate: ValidateResourceQuotaUpdate,
		Status:         &scheme.Status[ResourceQuota]{Validate: ValidateResourceQuotaStatusUpdate},
		Columns: []scheme.Column[ResourceQuota]{
			scheme.NameColumn[ResourceQuota](),
			{Name: "Request", Help: "Request represents a minimum amount of cpu/memory that a container may consume.", Cell: func(q *ResourceQuota) any { return quotaCell(q, false) }},
			{Name: "Limit", Help: cells.Help("resourcequotas", "Limit"), Cell: func(q *ResourceQuota) any { return quotaCell(q, true) }},
			scheme.AgeColumn[ResourceQuota](),
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

func quotaCell(q *ResourceQuota, limits bool) string {
	var cells []string
	for _, name := range validate.Sorted(keysOf(q.Status.Hard)...) {
		if strings.Contains(string(name), "limits") == limits {
			used, hard := q.Status.Used[name], q.Status.Hard[name]
			cells = append(cells, string(name)+": "+used.String()+"/"+hard.String())
		}
	}
	return strings.Join(cells, ", ")
}

// DefaultResourceQuota rounds amounts to what the cluster reckons with.
func DefaultResourceQuota(q *ResourceQuota) {
	roundUpToMilli(q.Spec.Hard)
	roundUpToMilli(q.Status.Hard)
	roundUpToMilli(q.Status.Used)
}

// ValidateResourceQuota finds every fault of a ResourceQuota that is about to be made.
func ValidateResourceQuota(q *ResourceQuota) validate.Errors {
	return append(validate.ObjectMeta(metadataPath, &q.ObjectMeta, true, names.DNSSubdomain), quotaSpec(specPath, &q.Spec)...)
}

// ValidateResourceQuotaUpdate finds every fault of a ResourceQuota that is about
// to replace old. What it counts stays what it is.
func ValidateResourceQuotaUpdate(q, old *ResourceQuota) validate.Errors {
	same := slices.Equal(scopeSet(q.Spec.Scopes), scopeSet(old.Spec.Scopes))
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &q.ObjectMeta, &old.ObjectMeta),
		quotaSpec(specPath, &q.Spec),
		must(same, specPath.Child("scopes"), q.Spec.Scopes, validate.IsImmutable),
	)
}

func scopeSet(scopes []ResourceQuotaScope) []ResourceQuotaScope {
	return slices.Compact(validate.Sorted(slices.Clone(scopes)...))
}

// ValidateResourceQuotaStatusUpdate finds every fault of a ResourceQuota's status.
func ValidateResourceQuotaStatusUpdate(q, old *ResourceQuota) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &q.ObjectMeta, &old.ObjectMeta),
		validate.EachKey(statusPath.Child("hard"), q.Status.Hard, amounts(quotaResourceName)),
		validate.EachKey(statusPath.Child("used"), q.Status.Used, amounts(quotaResourceName)),
	)
}

func quotaSpec(p validate.Path, s *ResourceQuotaSpec) validate.Errors {
	return validate.All(
		validate.EachKey(p.Child("hard"), s.Hard, amounts(quotaResourceName)),
		quotaScopes(p.Child("scopes"), s),
		quotaScopeSelector(p.Child("scopeSelector"), s),
	)
}

// podScopes are the scopes that a Pod is in or not by itself.
var podScopes = []ResourceQuotaScope{
	ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort, ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating,
	ResourceQuotaScopeCrossNamespacePodAffinity,
}

func isScope(s ResourceQuotaScope) bool {
	return slices.Contains(podScopes, s) || s == ResourceQuotaScopePriorityClass || s == ResourceQuotaScopeVolumeAttributesClass
}

// scopeCounts says whether things of a scope can be counted as that resource.
// What is not the cluster's own is for others to know.
func scopeCounts(s ResourceQuotaScope, name ResourceName) bool {
	if !isQuotaResource(name) || !isScope(s) {
		return true
	}
	switch s {
	case ResourceQuotaScopeBestEffort:
		return slices.Contains(podObjectResources, name)
	case ResourceQuotaScopeVolumeAttributesClass:
		return name == ResourcePersistentVolumeClaims || name == ResourceRequestsStorage
	}
	return slices.Contains(podObjectResources, name) || slices.Contains(podComputeResources, name)
}

// opposites are scopes that nothing can be in together.
var opposites = [][2]ResourceQuotaScope{
	{ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort},
	{ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating},
}

func quotaScopes(p validate.Path, s *ResourceQuotaSpec) validate.Errors {
	var errs validate.Errors
	for _, scope := range s.Scopes {
		errs = append(errs, must(isScope(scope), p, s.Scopes, "unsupported scope")...)
		for _, name := range validate.Sorted(keysOf(s.Hard)...) {
			errs = append(errs, must(scopeCounts(scope, name), p, s.Scopes, "unsupported scope applied to resource")...)
		}
	}
	for _, pair := range opposites {
		both := slices.Contains(s.Scopes, pair[0]) && slices.Contains(s.Scopes, pair[1])
		errs = append(errs, must(!both, p, s.Scopes, "conflicting scopes")...)
	}
	return errs
}

func quotaScopeSelector(at validate.Path, s *ResourceQuotaSpec) validate.Errors {
	if s.ScopeSelector == nil {
		return nil
	}
	p := at.Child("matchExpressions")
	const onlyExists = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, " +
		"ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
	var errs validate.Errors
	scopes := map[ResourceQuotaScope]bool{}
	for _, r := range s.ScopeSelector.MatchExpressions {
		scopes[r.ScopeName] = true
		errs = append(errs, must(isScope(r.ScopeName), p.Child("scopeName"), r.ScopeName, "unsupported scope")...)
		for _, name := range validate.Sorted(keysOf(s.Hard)...) {
			errs = append(errs, must(scopeCounts(r.ScopeName, name), p, s.ScopeSelector, "unsupported scope applied to resource")...)
		}
		errs = append(errs, must(!slices.Contains(podScopes, r.ScopeName) || r.Operator == ScopeSelectorOpExists, p.Child("operator"), r.Operator, onlyExists)...)
		switch r.Operator {
		case ScopeSelectorOpIn, ScopeSelectorOpNotIn:
			errs = append(errs, require(len(r.Values) > 0, p.Child("values"), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")...)
		case ScopeSelectorOpExists, ScopeSelectorOpDoesNotExist:
			errs = append(errs, must(len(r.Values) == 0, p.Child("values"), r.Values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")...)
		default:
			errs = append(errs, validate.Invalid(p.Child("operator"), r.Operator, unknownOperator)...)
		}
	}
	for _, pair := range opposites {
		errs = append(errs, must(!scopes[pair[0]] || !scopes[pair[1]], p, s.ScopeSelector, "conflicting scopes")...)
	}
	return errs
}
