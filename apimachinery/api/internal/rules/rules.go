package rules

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// The parts that nearly every object has.
var (
	Metadata = validate.NewPath("metadata")
	Spec     = validate.NewPath("spec")
	Status   = validate.NewPath("status")
)

// Require says Required unless ok.
func Require(ok bool, p validate.Path, detail string) validate.Errors {
	if ok {
		return nil
	}
	return validate.Required(p, detail)
}

// Forbid says Forbidden if the condition holds.
func Forbid(broken bool, p validate.Path, detail string) validate.Errors {
	if broken {
		return validate.Forbidden(p, detail)
	}
	return nil
}

// Must says Invalid unless ok.
func Must(ok bool, p validate.Path, value any, detail string) validate.Errors {
	if ok {
		return nil
	}
	return validate.Invalid(p, value, detail)
}

// Optional puts rules of package names to a string that may be empty.
func Optional[T ~string](p validate.Path, value T, rules ...func(string) []string) validate.Errors {
	if value == "" {
		return nil
	}
	return validate.String(p, value, rules...)
}

// OptionalNumber says that a number, if there is one, is not negative.
func OptionalNumber[N validate.Integer](p validate.Path, n *N) validate.Errors {
	return validate.IfSet(p, n, validate.NonNegative)
}

// Format is a rule as the type of a field declares it: Kubernetes then speaks of
// bytes where it otherwise speaks of characters.
func Format(rule func(string) []string) func(string) []string {
	return func(s string) []string {
		problems := slices.Clone(rule(s))
		for i, problem := range problems {
			if limit, ok := strings.CutSuffix(problem, " characters"); ok && strings.HasPrefix(limit, "must be no more than ") {
				problems[i] = limit + " bytes"
			}
		}
		return problems
	}
}

// Conditions checks conditions as what their type declares of them, which is
// worded otherwise than [validate.Conditions].
func Conditions(p validate.Path, conditions []meta.Condition) validate.Errors {
	seen := map[string]bool{}
	duplicate := validate.Each(p, conditions, func(p validate.Path, c *meta.Condition) validate.Errors {
		again := seen[c.Type]
		seen[c.Type] = true
		return validate.When(again, func() validate.Errors { return validate.Duplicate(p, c.Type) })
	})
	return append(duplicate, validate.Each(p, conditions, func(p validate.Path, c *meta.Condition) validate.Errors {
		return validate.All(
			Require(c.Type != "", p.Child("type"), "is required"),
			Optional(p.Child("type"), c.Type, names.QualifiedName),
			validate.OneOf(p.Child("status"), c.Status, meta.ConditionFalse, meta.ConditionTrue, meta.ConditionUnknown),
			Must(c.ObservedGeneration >= 0, p.Child("observedGeneration"), c.ObservedGeneration, "must be greater than or equal to zero"),
			Require(!c.LastTransitionTime.IsZero(), p.Child("lastTransitionTime"), ""),
			validate.NonEmpty(p.Child("reason"), c.Reason),
			Optional(p.Child("reason"), c.Reason, names.ConditionReason),
			validate.When(len(c.Message) > maxMessage, func() validate.Errors { return validate.TooLong(p.Child("message"), maxMessage) }),
		)
	})...)
}

const maxMessage = 32 << 10

// Unique drops errors that were there before.
func Unique(errs validate.Errors) validate.Errors {
	seen := make(map[string]bool, len(errs))
	return slices.DeleteFunc(errs, func(e *validate.Error) bool {
		text := e.Error()
		again := seen[text]
		seen[text] = true
		return again
	})
}

// IntOrPercent checks a number or percentage that may not be negative; nil counts as 0.
func IntOrPercent(p validate.Path, v *intstr.IntOrString) validate.Errors {
	if v == nil {
		return nil
	}
	if v.Type == intstr.Int {
		return validate.NonNegative(p, v.IntVal)
	}
	var errs validate.Errors
	for _, problem := range names.Percent(v.StrVal) {
		errs = append(errs, validate.Invalid(p, v, problem)...)
	}
	return errs
}

// AtMostAll says that a percentage is no more than 100%.
func AtMostAll(p validate.Path, v *intstr.IntOrString) validate.Errors {
	if v == nil {
		return nil
	}
	n, ok := v.Percent()
	return Must(!ok || n <= 100, p, v, "must not be greater than 100%")
}

// Amount returns the number, be it a percentage or not; 0 if it is neither.
func Amount(v *intstr.IntOrString) int {
	if v == nil {
		return 0
	}
	if v.Type == intstr.Int {
		return int(v.IntVal)
	}
	n, _ := v.Percent()
	return n
}

// Decremented says Invalid of a counter that went down.
func Decremented(p validate.Path, n, old *int32) validate.Errors {
	if old == nil || n != nil && *n >= *old {
		return nil
	}
	return validate.Invalid(p, ValueOf(n), "cannot be decremented")
}

// ImmutableOnceSet says that a field changed that had a value.
func ImmutableOnceSet[T any](p validate.Path, value, old *T) validate.Errors {
	if old == nil {
		return nil
	}
	return validate.Immutable(p, value, old)
}

// Default fills in a field that was left out.
func Default[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

// DefaultTo fills in a field that is zero.
func DefaultTo[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// ValueOf returns what p points to, or the zero value.
func ValueOf[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// KeepMetadata puts back all metadata that a write to a status may not change,
// for kinds whose status subresource leaves everything else alone.
func KeepMetadata(m, old *meta.ObjectMeta) {
	kept := codec.DeepCopy(old)
	m.DeletionTimestamp, m.DeletionGracePeriodSeconds = kept.DeletionTimestamp, kept.DeletionGracePeriodSeconds
	m.Generation, m.SelfLink = kept.Generation, kept.SelfLink
	m.Labels, m.Annotations = kept.Labels, kept.Annotations
	m.Finalizers, m.OwnerReferences = kept.Finalizers, kept.OwnerReferences
}
