package validate

import (
	"unicode/utf8"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
)

// LabelSelector checks a selector; nil is fine.
func LabelSelector(p Path, s *meta.LabelSelector) Errors {
	if s == nil {
		return nil
	}
	errs := Labels(p.Child("matchLabels"), s.MatchLabels)
	return append(errs, Each(p.Child("matchExpressions"), s.MatchExpressions, LabelRequirement)...)
}

// LabelRequirement checks one requirement of a selector.
func LabelRequirement(p Path, r *meta.LabelSelectorRequirement) Errors {
	var errs Errors
	switch r.Operator {
	case meta.LabelSelectorOpIn, meta.LabelSelectorOpNotIn:
		if len(r.Values) == 0 {
			errs = Required(p.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'")
		}
	case meta.LabelSelectorOpExists, meta.LabelSelectorOpDoesNotExist:
		if len(r.Values) > 0 {
			errs = Forbidden(p.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
		}
	default:
		errs = Invalid(p.Child("operator"), string(r.Operator), "not a valid selector operator")
	}
	errs = append(errs, LabelKey(p.Child("key"), r.Key)...)
	return append(errs, Each(p.Child("values"), r.Values, func(p Path, v *string) Errors {
		return String(p, *v, names.LabelValue)
	})...)
}

const maxConditionMessage = 32 << 10

// Conditions checks a list of conditions: complete, and one of each type.
func Conditions(p Path, conditions []meta.Condition) Errors {
	first := make(map[string]int, len(conditions))
	i := -1
	return Each(p, conditions, func(p Path, c *meta.Condition) Errors {
		i++
		errs := condition(p, c)
		if _, again := first[c.Type]; again {
			return append(errs, Duplicate(p.Child("type"), c.Type)...)
		}
		first[c.Type] = i
		return errs
	})
}

func condition(p Path, c *meta.Condition) Errors {
	const mustBeSet = "must be set"
	errs := String(p.Child("type"), c.Type, names.QualifiedName)
	switch c.Status {
	case meta.ConditionTrue, meta.ConditionFalse, meta.ConditionUnknown:
	default:
		errs = append(errs, NotSupported(p.Child("status"), string(c.Status),
			Sorted(meta.ConditionTrue, meta.ConditionFalse, meta.ConditionUnknown)...)...)
	}
	errs = append(errs, NonNegative(p.Child("observedGeneration"), c.ObservedGeneration)...)
	if c.LastTransitionTime.IsZero() {
		errs = append(errs, Required(p.Child("lastTransitionTime"), mustBeSet)...)
	}
	if c.Reason == "" {
		errs = append(errs, Required(p.Child("reason"), mustBeSet)...)
	} else {
		errs = append(errs, String(p.Child("reason"), c.Reason, names.ConditionReason)...)
	}
	if utf8.RuneCountInString(c.Message) > maxConditionMessage {
		errs = append(errs, TooLong(p.Child("message"), maxConditionMessage)...)
	}
	return errs
}
