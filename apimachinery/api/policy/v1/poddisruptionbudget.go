package policyv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func poddisruptionbudgets() *scheme.Resource {
	return scheme.Define[PodDisruptionBudget, PodDisruptionBudgetList](scheme.Spec[PodDisruptionBudget]{
		Name:           "poddisruptionbudgets",
		ShortNames:     []string{"pdb"},
		Namespaced:     true,
		NameRule:       names.PathSegment,
		AnyFinalizer:   true,
		Validate:       ValidatePodDisruptionBudget,
		ValidateUpdate: ValidatePodDisruptionBudgetUpdate,
		SpecChanged:    func(b, old *PodDisruptionBudget) bool { return !validate.Equal(b.Spec, old.Spec) },
		Status:         &scheme.Status[PodDisruptionBudget]{Validate: ValidatePodDisruptionBudgetStatusUpdate},
		Columns: []scheme.Column[PodDisruptionBudget]{
			scheme.NameColumn[PodDisruptionBudget](),
			{Name: "Min Available", Help: "The minimum number of pods that must be available.", Cell: func(b *PodDisruptionBudget) any { return amount(b.Spec.MinAvailable) }},
			{Name: "Max Unavailable", Help: "The maximum number of pods that may be unavailable.", Cell: func(b *PodDisruptionBudget) any { return amount(b.Spec.MaxUnavailable) }},
			{Name: "Allowed Disruptions", Type: "integer", Help: "Calculated number of pods that may be disrupted at this time.", Cell: func(b *PodDisruptionBudget) any { return int64(b.Status.DisruptionsAllowed) }},
			scheme.AgeColumn[PodDisruptionBudget](),
		},
		Options: scheme.Options{UpdateNeedsVersion: true},
	})
}

func amount(v *intstr.IntOrString) string {
	if v == nil {
		return "N/A"
	}
	return v.String()
}

// ValidatePodDisruptionBudget finds every fault of a budget that is about to be made.
func ValidatePodDisruptionBudget(b *PodDisruptionBudget) validate.Errors {
	return append(validate.CustomObjectMeta(rules.Metadata, &b.ObjectMeta, true, names.PathSegment), budgetSpec(rules.Spec, &b.Spec)...)
}

// ValidatePodDisruptionBudgetUpdate finds every fault of a budget that is about to replace old.
func ValidatePodDisruptionBudgetUpdate(b, old *PodDisruptionBudget) validate.Errors {
	return append(validate.CustomObjectMetaUpdate(rules.Metadata, &b.ObjectMeta, &old.ObjectMeta), budgetSpec(rules.Spec, &b.Spec)...)
}

func budgetSpec(p validate.Path, s *PodDisruptionBudgetSpec) validate.Errors {
	least, most := p.Child("minAvailable"), p.Child("maxUnavailable")
	return validate.All(
		rules.Must(s.MinAvailable == nil || s.MaxUnavailable == nil, p, *s, "minAvailable and maxUnavailable cannot be both set"),
		rules.IntOrPercent(least, s.MinAvailable),
		rules.AtMostAll(least, s.MinAvailable),
		rules.IntOrPercent(most, s.MaxUnavailable),
		rules.AtMostAll(most, s.MaxUnavailable),
		validate.LabelSelector(p.Child("selector"), s.Selector),
		validate.IfSet(p.Child("unhealthyPodEvictionPolicy"), s.UnhealthyPodEvictionPolicy, func(p validate.Path, policy UnhealthyPodEvictionPolicyType) validate.Errors {
			return validate.In(p, policy, AlwaysAllow, IfHealthyBudget)
		}),
	)
}

// ValidatePodDisruptionBudgetStatusUpdate finds every fault of a budget's status.
func ValidatePodDisruptionBudgetStatusUpdate(b, old *PodDisruptionBudget) validate.Errors {
	s, p := &b.Status, rules.Status
	return validate.All(
		validate.CustomObjectMetaUpdate(rules.Metadata, &b.ObjectMeta, &old.ObjectMeta),
		budgetConditions(p.Child("conditions"), s.Conditions),
		validate.NonNegative(p.Child("disruptionsAllowed"), s.DisruptionsAllowed),
		validate.NonNegative(p.Child("currentHealthy"), s.CurrentHealthy),
		validate.NonNegative(p.Child("desiredHealthy"), s.DesiredHealthy),
		validate.NonNegative(p.Child("expectedPods"), s.ExpectedPods),
	)
}

// budgetConditions are the rules of conditions as they are worded for budgets.
func budgetConditions(p validate.Path, conditions []meta.Condition) validate.Errors {
	const maxMessage = 32 << 10
	taken := make(map[string]bool, len(conditions))
	return validate.Each(p, conditions, func(p validate.Path, c *meta.Condition) validate.Errors {
		var again validate.Errors
		if taken[c.Type] {
			again = validate.Duplicate(p, c.Type)
		}
		taken[c.Type] = true
		return validate.All(again,
			rules.Require(c.Type != "", p.Child("type"), "is required"),
			rules.Optional(p.Child("type"), c.Type, names.QualifiedName),
			validate.OneOf(p.Child("status"), c.Status, meta.ConditionFalse, meta.ConditionTrue, meta.ConditionUnknown),
			rules.Must(c.ObservedGeneration >= 0, p.Child("observedGeneration"), c.ObservedGeneration, "must be greater than or equal to zero"),
			rules.Require(!c.LastTransitionTime.IsZero(), p.Child("lastTransitionTime"), ""),
			validate.Named(p.Child("reason"), c.Reason, names.ConditionReason),
			validate.MaxBytes(p.Child("message"), c.Message, maxMessage),
		)
	})
}
