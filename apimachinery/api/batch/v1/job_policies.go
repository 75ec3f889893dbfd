package batchv1

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

var failureActions = []PodFailurePolicyAction{PodFailurePolicyActionCount, PodFailurePolicyActionFailIndex, PodFailurePolicyActionFailJob, PodFailurePolicyActionIgnore}

func podFailurePolicy(p validate.Path, s *JobSpec) validate.Errors {
	all := s.PodFailurePolicy.Rules
	var containers []string
	for _, list := range [][]corev1.Container{s.Template.Spec.Containers, s.Template.Spec.InitContainers} {
		for i := range list {
			containers = append(containers, list[i].Name)
		}
	}
	return append(validate.MaxItems(p, all, maxPolicyRules),
		validate.Each(p, all, func(p validate.Path, r *PodFailurePolicyRule) validate.Errors {
			return podFailureRule(p, r, s, containers)
		})...)
}

func podFailureRule(p validate.Path, r *PodFailurePolicyRule, s *JobSpec, containers []string) validate.Errors {
	byCode, byCondition := r.OnExitCodes != nil, len(r.OnPodConditions) > 0
	return validate.All(
		failureAction(p.Child("action"), r.Action, s),
		validate.When(byCode, func() validate.Errors { return exitCodes(p.Child("onExitCodes"), r.OnExitCodes, containers) }),
		validate.MaxItems(p.Child("onPodConditions"), r.OnPodConditions, maxPolicyRules),
		validate.Each(p.Child("onPodConditions"), r.OnPodConditions, func(p validate.Path, c *PodFailurePolicyOnPodConditionsPattern) validate.Errors {
			return validate.All(
				validate.String(p.Child("type"), c.Type, names.QualifiedName),
				validate.OneOf(p.Child("status"), c.Status, corev1.ConditionFalse, corev1.ConditionTrue, corev1.ConditionUnknown),
			)
		}),
		rules.Must(!byCode || !byCondition, p, validate.Omitted, "specifying both OnExitCodes and OnPodConditions is not supported"),
		rules.Must(byCode || byCondition, p, validate.Omitted, "specifying one of OnExitCodes and OnPodConditions is required"),
	)
}

func failureAction(p validate.Path, action PodFailurePolicyAction, s *JobSpec) validate.Errors {
	switch action {
	case "":
		return validate.Required(p, fmt.Sprintf("valid values: %q", failureActions))
	case PodFailurePolicyActionFailIndex:
		return rules.Must(s.BackoffLimitPerIndex != nil, p, action, "requires the backoffLimitPerIndex to be set")
	}
	return validate.In(p, action, failureActions...)
}

func exitCodes(p validate.Path, r *PodFailurePolicyOnExitCodesRequirement, containers []string) validate.Errors {
	values := p.Child("values")
	operators := []PodFailurePolicyOnExitCodesOperator{PodFailurePolicyOnExitCodesOpIn, PodFailurePolicyOnExitCodesOpNotIn}
	errs := validate.All(
		rules.Require(r.Operator != "", p.Child("operator"), fmt.Sprintf("valid values: %q", operators)),
		validate.When(r.Operator != "", func() validate.Errors { return validate.In(p.Child("operator"), r.Operator, operators...) }),
		validate.IfSet(p.Child("containerName"), r.ContainerName, func(p validate.Path, name string) validate.Errors {
			return rules.Must(slices.Contains(containers, name), p, name, "must be one of the container or initContainer names in the pod template")
		}),
		rules.Must(len(r.Values) > 0, values, r.Values, "at least one value is required"),
		validate.MaxItems(values, r.Values, maxExitCodes),
	)
	seen := map[int32]bool{}
	for i, code := range r.Values {
		errs = append(errs, rules.Must(r.Operator != PodFailurePolicyOnExitCodesOpIn || code != 0, values.Index(i), code, "must not be 0 for the In operator")...)
		if seen[code] {
			errs = append(errs, validate.Duplicate(values.Index(i), code)...)
		}
		seen[code] = true
	}
	return append(errs, rules.Must(slices.IsSorted(r.Values), values, r.Values, "must be ordered")...)
}

func successPolicy(p validate.Path, s *JobSpec) validate.Errors {
	if s.SuccessPolicy == nil {
		return nil
	}
	if !isIndexed(s) {
		return validate.Invalid(p, *s.SuccessPolicy, "requires indexed completion mode")
	}
	p, all := p.Child("rules"), s.SuccessPolicy.Rules
	return validate.All(
		rules.Require(len(all) > 0, p, "at least one rules must be specified when the successPolicy is specified"),
		validate.MaxItems(p, all, maxPolicyRules),
		validate.Each(p, all, func(p validate.Path, r *SuccessPolicyRule) validate.Errors { return successRule(p, r, s.Completions) }),
	)
}

func successRule(p validate.Path, r *SuccessPolicyRule, completions *int32) validate.Errors {
	errs := rules.Require(r.SucceededCount != nil || r.SucceededIndexes != nil, p, "at least one of succeededCount or succeededIndexes must be specified")
	named := int32(0)
	if r.SucceededIndexes != nil {
		at := p.Child("succeededIndexes")
		errs = append(errs, validate.MaxBytes(at, *r.SucceededIndexes, maxSucceededIndexBytes)...)
		if completions != nil {
			n, err := countIndexes(*r.SucceededIndexes, *completions)
			if err != nil {
				errs = append(errs, validate.Invalid(at, *r.SucceededIndexes, "error parsing succeededIndexes: "+err.Error())...)
			}
			named = n
		}
	}
	return append(errs, validate.IfSet(p.Child("succeededCount"), r.SucceededCount, validate.NonNegative, func(p validate.Path, n int32) validate.Errors {
		return validate.All(
			rules.Must(completions == nil || n <= *completions, p, n, fmt.Sprintf("must be less than or equal to %d (the number of specified completions)", rules.ValueOf(completions))),
			rules.Must(r.SucceededIndexes == nil || n <= named, p, n, fmt.Sprintf("must be less than or equal to %d (the number of indexes in the specified succeededIndexes field)", named)),
		)
	})...)
}

// countIndexes returns how many indexes a text such as 1,3-5,7 names. They
// must ascend and be less than limit.
func countIndexes(text string, limit int32) (int32, error) {
	if text == "" {
		return 0, nil
	}
	last, total := -1, 0
	for interval := range strings.SplitSeq(text, ",") {
		ends := strings.Split(interval, "-")
		if len(ends) > 2 {
			return 0, fmt.Errorf("the fragment %q violates the requirement that an index interval can have at most two parts separated by '-'", interval)
		}
		for i, end := range ends {
			n, err := strconv.Atoi(end)
			switch {
			case err != nil:
				return 0, fmt.Errorf("cannot convert string to integer for index: %q", end)
			case n >= int(limit):
				return 0, fmt.Errorf("too large index: %q", end)
			case last >= n && (i > 0 || total > 0):
				return 0, fmt.Errorf("non-increasing order, previous: %d, current: %d", last, n)
			}
			if i == 0 {
				total++
			} else {
				total += n - last
			}
			last = n
		}
	}
	return int32(total), nil
}
