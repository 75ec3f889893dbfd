package quota

import (
	"fmt"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// InScope reports whether the quota counts the object at all, which e evaluates.
// The error says that one of the quota's scopes makes no sense.
func InScope(quota *corev1.ResourceQuota, e Evaluator, obj meta.Object) (bool, error) {
	var terms []corev1.ScopedResourceSelectorRequirement
	for _, scope := range quota.Spec.Scopes {
		terms = append(terms, corev1.ScopedResourceSelectorRequirement{ScopeName: scope, Operator: corev1.ScopeSelectorOpExists})
	}
	if s := quota.Spec.ScopeSelector; s != nil {
		terms = append(terms, s.MatchExpressions...)
	}
	for _, term := range terms {
		if ok, err := e.InScope(term, obj); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// podInScope reports whether a Pod is what a scope speaks of.
func podInScope(term corev1.ScopedResourceSelectorRequirement, pod *corev1.Pod) (bool, error) {
	deadline := pod.Spec.ActiveDeadlineSeconds
	switch term.ScopeName {
	case corev1.ResourceQuotaScopeTerminating:
		return deadline != nil && *deadline >= 0, nil
	case corev1.ResourceQuotaScopeNotTerminating:
		return deadline == nil || *deadline < 0, nil
	case corev1.ResourceQuotaScopeBestEffort:
		return corev1.QOSClassOf(&pod.Spec) == corev1.PodQOSBestEffort, nil
	case corev1.ResourceQuotaScopeNotBestEffort:
		return corev1.QOSClassOf(&pod.Spec) != corev1.PodQOSBestEffort, nil
	case corev1.ResourceQuotaScopePriorityClass:
		return valueInScope(term, pod.Spec.PriorityClassName)
	case corev1.ResourceQuotaScopeCrossNamespacePodAffinity:
		return crossesNamespaces(&pod.Spec), nil
	}
	return false, nil
}

// valueInScope compares one value with the operator of a term. An empty value
// is none.
func valueInScope(term corev1.ScopedResourceSelectorRequirement, value string) (bool, error) {
	switch term.Operator {
	case corev1.ScopeSelectorOpExists:
		return value != "", nil
	case corev1.ScopeSelectorOpDoesNotExist:
		return value == "", nil
	case corev1.ScopeSelectorOpIn:
		return value != "" && slices.Contains(term.Values, value), nil
	case corev1.ScopeSelectorOpNotIn:
		return value == "" || !slices.Contains(term.Values, value), nil
	}
	return false, fmt.Errorf("%q is not a valid scope selector operator", term.Operator)
}

// crossesNamespaces reports whether a Pod's affinity looks at the Pods of
// other namespaces, which may hinder those.
func crossesNamespaces(spec *corev1.PodSpec) bool {
	if spec.Affinity == nil {
		return false
	}
	var terms []corev1.PodAffinityTerm
	weighted := func(list []corev1.WeightedPodAffinityTerm) {
		for _, w := range list {
			terms = append(terms, w.PodAffinityTerm)
		}
	}
	if a := spec.Affinity.PodAffinity; a != nil {
		terms = append(terms, a.RequiredDuringSchedulingIgnoredDuringExecution...)
		weighted(a.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if a := spec.Affinity.PodAntiAffinity; a != nil {
		terms = append(terms, a.RequiredDuringSchedulingIgnoredDuringExecution...)
		weighted(a.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	return slices.ContainsFunc(terms, func(t corev1.PodAffinityTerm) bool { return len(t.Namespaces) > 0 || t.NamespaceSelector != nil })
}
