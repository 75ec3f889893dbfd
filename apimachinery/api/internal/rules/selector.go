package rules

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// IsEmpty says whether there is a selector that selects everything.
func IsEmpty(s *meta.LabelSelector) bool {
	return s != nil && len(s.MatchLabels)+len(s.MatchExpressions) == 0
}

// Selector checks the selector of a kind, named in lower case, that owns Pods:
// it must be there and select by something.
func Selector(p validate.Path, s *meta.LabelSelector, kind string) validate.Errors {
	if s == nil {
		return validate.Required(p, "")
	}
	return append(validate.LabelSelector(p, s), Must(!IsEmpty(s), p, s, "empty selector is invalid for "+kind)...)
}

// Selectable says whether a selector can be made use of at all; nil can.
func Selectable(s *meta.LabelSelector) bool {
	_, err := labels.FromLabelSelector(s)
	return err == nil
}

// Selects checks that Pods of the template at p are among those selected.
func Selects(p validate.Path, s *meta.LabelSelector, t *corev1.PodTemplateSpec) validate.Errors {
	parsed, err := labels.FromLabelSelector(s)
	return Must(err != nil || parsed.Matches(t.Labels), p.Child("metadata", "labels"), t.Labels, "`selector` does not match template `labels`")
}

// RunsForever checks that Pods of the template at p are ones that a kind can
// keep running.
func RunsForever(p validate.Path, t *corev1.PodTemplateSpec, kind string) validate.Errors {
	spec := p.Child("spec")
	return validate.All(
		validate.When(t.Spec.RestartPolicy != corev1.RestartPolicyAlways, func() validate.Errors {
			return validate.NotSupported(spec.Child("restartPolicy"), t.Spec.RestartPolicy, corev1.RestartPolicyAlways)
		}),
		Forbid(t.Spec.ActiveDeadlineSeconds != nil, spec.Child("activeDeadlineSeconds"), "activeDeadlineSeconds in "+kind+" is not Supported"),
	)
}
