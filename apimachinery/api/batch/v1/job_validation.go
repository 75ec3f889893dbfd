package batchv1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// Bounds of Indexed Jobs, so that the lists of indexes in a status stay small.
const (
	maxIndexedParallelism = 100_000
	maxFailedIndexes      = 100_000
	// With more completions than manyCompletions and limits per index, fewer
	// failures can be kept track of.
	manyCompletions        = 100_000
	maxParallelismForMany  = 10_000
	maxFailedForMany       = 10_000
	maxManagedBy           = 63
	maxPolicyRules         = 20
	maxExitCodes           = 255
	maxSucceededIndexBytes = 64 << 10
)

// ValidateJob finds every fault of a Job that is about to be made.
func ValidateJob(j *Job) validate.Errors {
	// A name that is too long is a bad value of two labels, in the same words.
	return rules.Unique(validate.All(
		validate.ObjectMeta(rules.Metadata, &j.ObjectMeta, true, names.DNSSubdomain),
		generatedSelector(j),
		jobSpecAndSelector(rules.Spec, &j.Spec),
		indexedHostname(rules.Metadata.Child("name"), j),
	))
}

// indexedHostname checks that the names of the Pods of an Indexed Job, which
// end in their index, are fit for hosts.
func indexedHostname(p validate.Path, j *Job) validate.Errors {
	if !isIndexed(&j.Spec) || rules.ValueOf(j.Spec.Completions) <= 0 {
		return nil
	}
	last := fmt.Sprintf("%s-%d", j.Name, *j.Spec.Completions-1)
	return rules.Must(len(names.DNSLabel(last)) == 0, p, j.Name, "will not able to create pod with invalid DNS label: "+last)
}

// generatedSelector checks that nobody has tampered with what [GenerateSelector] makes.
func generatedSelector(j *Job) validate.Errors {
	if rules.ValueOf(j.Spec.ManualSelector) || j.Spec.Selector == nil {
		return nil
	}
	p, have := rules.Spec.Child("template", "metadata", "labels"), j.Spec.Template.Labels
	errs := rules.Require(j.UID != "", rules.Metadata.Child("uid"), "")
	want := generatedLabels(j)
	for _, key := range []string{LegacyControllerUidLabel, LegacyJobNameLabel, ControllerUidLabel, JobNameLabel} {
		value, ok := have[key]
		detail := fmt.Sprintf("must be '%s'", want[key])
		switch {
		case !ok:
			errs = append(errs, validate.Required(p.Key(key), detail)...)
		case value != want[key]:
			errs = append(errs, validate.Invalid(p.Key(key), have, detail)...)
		}
	}
	made := map[string]string{ControllerUidLabel: string(j.UID)}
	byHand := len(j.Spec.Selector.MatchExpressions) > 0 || !maps.Equal(j.Spec.Selector.MatchLabels, made)
	return append(errs, rules.Must(!byHand || !rules.Selectable(j.Spec.Selector), rules.Spec.Child("selector"), j.Spec.Selector, "`selector` not auto-generated")...)
}

func jobSpecAndSelector(p validate.Path, s *JobSpec) validate.Errors {
	selector, err := labels.FromLabelSelector(s.Selector)
	return validate.All(
		jobSpec(p, s),
		rules.Require(s.Selector != nil, p.Child("selector"), ""),
		validate.LabelSelector(p.Child("selector"), s.Selector),
		rules.Must(err != nil || selector.Matches(s.Template.Labels), p.Child("template", "metadata", "labels"), s.Template.Labels, "`selector` does not match template `labels`"),
	)
}

func jobSpec(p validate.Path, s *JobSpec) validate.Errors {
	perIndex := p.Child("backoffLimitPerIndex")
	return validate.All(
		rules.OptionalNumber(p.Child("parallelism"), s.Parallelism),
		rules.OptionalNumber(p.Child("completions"), s.Completions),
		rules.OptionalNumber(p.Child("activeDeadlineSeconds"), s.ActiveDeadlineSeconds),
		rules.OptionalNumber(p.Child("backoffLimit"), s.BackoffLimit),
		rules.OptionalNumber(p.Child("ttlSecondsAfterFinished"), s.TTLSecondsAfterFinished),
		rules.OptionalNumber(perIndex, s.BackoffLimitPerIndex),
		rules.OptionalNumber(p.Child("maxFailedIndexes"), s.MaxFailedIndexes),
		rules.Require(s.MaxFailedIndexes == nil || s.BackoffLimitPerIndex != nil, perIndex, "when maxFailedIndexes is specified"),
		validate.IfSet(p.Child("managedBy"), s.ManagedBy, managedBy),
		validate.IfSet(p.Child("completionMode"), s.CompletionMode, func(p validate.Path, mode CompletionMode) validate.Errors {
			return validate.In(p, mode, NonIndexedCompletion, IndexedCompletion)
		}),
		indexes(p, s),
		validate.When(s.PodFailurePolicy != nil, func() validate.Errors { return podFailurePolicy(p.Child("podFailurePolicy", "rules"), s) }),
		successPolicy(p.Child("successPolicy"), s),
		validate.IfSet(p.Child("podReplacementPolicy"), s.PodReplacementPolicy, func(p validate.Path, policy PodReplacementPolicy) validate.Errors {
			if s.PodFailurePolicy != nil {
				return validate.In(p, policy, Failed)
			}
			return validate.In(p, policy, Failed, TerminatingOrFailed)
		}),
		corev1.ValidatePodTemplate(&s.Template, p.Child("template")),
		jobRestartPolicy(p.Child("template", "spec", "restartPolicy"), s),
	)
}

// managedBy is the rule for the name of a controller: a domain and a path. Each
// is to blame for itself.
func managedBy(p validate.Path, name string) validate.Errors {
	if name == "" {
		return validate.Required(p, "")
	}
	errs := validate.MaxBytes(p, name, maxManagedBy)
	domain, path, ok := strings.Cut(name, "/")
	if !ok || domain == "" || path == "" {
		return append(validate.String(p, name, names.DomainPrefixedPath), errs...)
	}
	return validate.All(
		validate.String(p, domain, names.DNSSubdomain),
		rules.Must(len(names.DomainPrefixedPath("a/"+path)) == 0, p, path, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"),
		errs,
	)
}

// indexes is the rules of counting by index.
func indexes(p validate.Path, s *JobSpec) validate.Errors {
	completions, parallelism, failed := p.Child("completions"), p.Child("parallelism"), p.Child("maxFailedIndexes")
	wide, most := rules.ValueOf(s.Parallelism), rules.ValueOf(s.MaxFailedIndexes)
	mode := NonIndexedCompletion
	if s.CompletionMode != nil {
		mode = *s.CompletionMode
	}
	switch mode {
	case IndexedCompletion:
		many := rules.ValueOf(s.Completions) > manyCompletions && s.BackoffLimitPerIndex != nil
		forMany := fmt.Sprintf("must be less than or equal to %d when completions are above %d and used with backoff limit per index", maxFailedForMany, manyCompletions)
		return validate.All(
			rules.Require(s.Completions != nil, completions, "when completion mode is Indexed"),
			rules.Must(wide <= maxIndexedParallelism, parallelism, wide, fmt.Sprintf("must be less than or equal to %d when completion mode is Indexed", maxIndexedParallelism)),
			rules.Must(s.Completions == nil || most <= *s.Completions, failed, most, "must be less than or equal to completions"),
			rules.Must(most <= maxFailedIndexes, failed, most, fmt.Sprintf("must be less than or equal to %d", maxFailedIndexes)),
			rules.Require(!many || s.MaxFailedIndexes != nil, failed, fmt.Sprintf("must be specified when completions is above %d", manyCompletions)),
			rules.Must(!many || wide <= maxParallelismForMany, parallelism, wide, forMany),
			rules.Must(!many || most <= maxFailedForMany, failed, most, forMany),
		)
	case NonIndexedCompletion:
		const needs = "requires indexed completion mode"
		return validate.All(
			rules.Must(s.BackoffLimitPerIndex == nil, p.Child("backoffLimitPerIndex"), s.BackoffLimitPerIndex, needs),
			rules.Must(s.MaxFailedIndexes == nil, failed, s.MaxFailedIndexes, needs),
		)
	}
	return nil
}

func jobRestartPolicy(p validate.Path, s *JobSpec) validate.Errors {
	switch policy := s.Template.Spec.RestartPolicy; policy {
	case "", corev1.RestartPolicyAlways: // which is what it defaults to
		return validate.Required(p, fmt.Sprintf("valid values: %q, %q", corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever))
	case corev1.RestartPolicyNever:
		return nil
	case corev1.RestartPolicyOnFailure:
		return rules.Must(s.PodFailurePolicy == nil, p, policy, fmt.Sprintf("only %q is supported when podFailurePolicy is specified", corev1.RestartPolicyNever))
	default:
		return validate.NotSupported(p, policy, corev1.RestartPolicyOnFailure, corev1.RestartPolicyNever)
	}
}

// ValidateJobUpdate finds every fault of a Job that is about to replace old.
func ValidateJobUpdate(j, old *Job) validate.Errors {
	p, s, was := rules.Spec, &j.Spec, &old.Spec
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &j.ObjectMeta, &old.ObjectMeta),
		jobSpecAndSelector(p, s),
		completionsUpdate(p, s, was),
		validate.Immutable(p.Child("selector"), s.Selector, was.Selector),
		validate.Immutable(p.Child("template"), &s.Template, mutableWhileSuspended(j, old)),
		validate.Immutable(p.Child("completionMode"), s.CompletionMode, was.CompletionMode),
		validate.Immutable(p.Child("podFailurePolicy"), s.PodFailurePolicy, was.PodFailurePolicy),
		validate.Immutable(p.Child("backoffLimitPerIndex"), s.BackoffLimitPerIndex, was.BackoffLimitPerIndex),
		validate.Immutable(p.Child("managedBy"), s.ManagedBy, was.ManagedBy),
		validate.Immutable(p.Child("successPolicy"), s.SuccessPolicy, was.SuccessPolicy),
	)
}

// completionsUpdate lets an Indexed Job grow and shrink whose indexes all run
// at once.
func completionsUpdate(p validate.Path, s, old *JobSpec) validate.Errors {
	completions := p.Child("completions")
	switch {
	case validate.Equal(s.Completions, old.Completions):
		return nil
	case !isIndexed(s) || s.Completions == nil || old.Completions == nil:
		return validate.Immutable(completions, s.Completions, old.Completions)
	}
	return rules.Must(s.Parallelism != nil && *s.Parallelism == *s.Completions, completions, *s.Completions,
		"can only be modified in tandem with "+p.Child("parallelism").String())
}

// mutableWhileSuspended returns the old template with everything taken over
// from the new one that may change: where Pods go and what they use, as long as
// the Job is suspended and has none.
func mutableWhileSuspended(j, old *Job) *corev1.PodTemplateSpec {
	if !rules.ValueOf(old.Spec.Suspend) || old.Status.StartTime != nil && !isTrue(&old.Status, JobSuspended) || old.Status.Active > 0 {
		return &old.Spec.Template
	}
	t, was := codec.DeepCopy(&j.Spec.Template), codec.DeepCopy(&old.Spec.Template)
	switch a, b := t.Spec.Affinity, was.Spec.Affinity; {
	case a == nil && b != nil:
		b.NodeAffinity = nil
	case a != nil && b == nil:
		was.Spec.Affinity = &corev1.Affinity{NodeAffinity: a.NodeAffinity}
	case a != nil:
		b.NodeAffinity = a.NodeAffinity
	}
	was.Spec.NodeSelector, was.Spec.Tolerations, was.Spec.SchedulingGates = t.Spec.NodeSelector, t.Spec.Tolerations, t.Spec.SchedulingGates
	was.Annotations, was.Labels = t.Annotations, t.Labels
	takeResources(was.Spec.Containers, t.Spec.Containers)
	takeResources(was.Spec.InitContainers, t.Spec.InitContainers)
	return was
}

func takeResources(to, from []corev1.Container) {
	for i := range to {
		if k := slices.IndexFunc(from, func(c corev1.Container) bool { return c.Name == to[i].Name }); k >= 0 {
			to[i].Resources = from[k].Resources
		}
	}
}
