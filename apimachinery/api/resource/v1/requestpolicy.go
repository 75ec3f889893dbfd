package resourcev1

import (
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// requestPolicy checks how much of a device's capacity, which is whole, may be
// asked for at a time: one of a few amounts, or one in a range.
func requestPolicy(p validate.Path, r *CapacityRequestPolicy, whole *quantity.Quantity, shared bool) validate.Errors {
	switch {
	case r == nil:
		return nil
	case !shared:
		return validate.Forbidden(p, "allowMultipleAllocations must be true")
	case len(r.ValidValues) > 0 && r.ValidRange != nil:
		return validate.Forbidden(p, `exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time`)
	case r.ValidRange != nil:
		return validRange(p, r.Default, r.ValidRange, whole)
	case len(r.ValidValues) > 0:
		return validValues(p, r.Default, r.ValidValues, whole)
	}
	return nil
}

func validValues(p validate.Path, standard *quantity.Quantity, values []quantity.Quantity, whole *quantity.Quantity) validate.Errors {
	if standard == nil {
		return validate.Required(p.Child("default"), "required when validValues is defined")
	}
	p = p.Child("validValues")
	known := false
	var errs validate.Errors
	for i := range values {
		v, at := &values[i], p.Index(i)
		known = known || v.Cmp(*standard) == 0
		errs = append(errs, rules.Must(v.Cmp(*whole) <= 0, at, v.String(), "option is larger than capacity value: "+whole.String())...)
		errs = append(errs, rules.Must(i == 0 || v.Cmp(values[i-1]) >= 0, at, v.String(), "values must be sorted in ascending order")...)
		for _, before := range values[:i] {
			if v.Cmp(before) == 0 {
				errs = append(errs, validate.Duplicate(at, v.String())...)
				break
			}
		}
	}
	return append(errs, rules.Must(known, p, standard.String(), "default value is not valid according to the requestPolicy")...)
}

func validRange(p validate.Path, standard *quantity.Quantity, r *CapacityRequestPolicyRange, whole *quantity.Quantity) validate.Errors {
	if standard == nil {
		return validate.Required(p.Child("default"), "required when validRange is defined")
	}
	p = p.Child("validRange")
	low, high, step := r.Min, r.Max, r.Step
	if low == nil {
		return validate.Required(p.Child("min"), "required when validRange is defined")
	}
	exceeds := func(name string, q *quantity.Quantity) validate.Errors {
		return rules.Must(q.Cmp(*whole) <= 0, p.Child(name), q.String(), name+" is larger than capacity value: "+whole.String())
	}
	errs := append(exceeds("min", low), rules.Must(standard.Cmp(*low) >= 0, p.Child("default"), standard.String(), "default is less than min: "+low.String())...)
	if high != nil {
		errs = validate.All(errs,
			rules.Must(low.Cmp(*high) <= 0, p.Child("max"), low.String(), "min is larger than max: "+high.String()),
			exceeds("max", high),
			rules.Must(standard.Cmp(*high) <= 0, p.Child("default"), standard.String(), "default is more than max: "+high.String()))
	}
	if step == nil {
		return errs
	}
	at := p.Child("step")
	one := *low
	one.Add(*step)
	errs = append(errs, rules.Must(one.Cmp(*whole) <= 0, at, step.String(), fmt.Sprintf("one step %s is larger than capacity value: %s", one.String(), whole.String()))...)
	aligned := func(q *quantity.Quantity) validate.Errors {
		beyond := *q
		beyond.Sub(*low)
		width := step.Value()
		return rules.Must(width == 0 || beyond.Value()%width == 0, at, q.String(), fmt.Sprintf("value is not a multiple of a given step (%s) from (%s)", step.String(), low.String()))
	}
	errs = append(errs, aligned(standard)...)
	if high != nil {
		errs = append(errs, aligned(high)...)
	}
	return errs
}
