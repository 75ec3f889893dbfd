package batchv1

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"strconv"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func jobs() *scheme.Resource {
	return scheme.Define[Job, JobList](scheme.Spec[Job]{
		Name:       "jobs",
		Categories: []string{"all"},
		Namespaced: true,
		Columns:    jobColumns(),
		Fields: []scheme.SelectableField[Job]{
			{Path: "status.successful", Value: func(j *Job) string { return strconv.Itoa(int(j.Status.Succeeded)) }},
		},
		Default: DefaultJob,
		PrepareCreate: func(j *Job) {
			dropUnusedFields(&j.Spec, nil)
		},
		PrepareUpdate: func(j, old *Job) { dropUnusedFields(&j.Spec, &old.Spec) },
		Validate: func(j *Job) validate.Errors {
			// Uid and generated name are known only after PrepareCreate.
			GenerateSelector(j)
			return ValidateJob(j)
		},
		ValidateUpdate: ValidateJobUpdate,
		Warnings: func(j, old *Job) []string {
			if old == nil {
				return append(corev1.WarningsForPodOwnerName(j.Name), jobWarnings(rules.Spec, &j.Spec, nil, true)...)
			}
			return jobWarnings(rules.Spec, &j.Spec, &old.Spec, !validate.Equal(j.Spec, old.Spec))
		},
		SpecChanged: func(j, old *Job) bool { return !validate.Equal(j.Spec, old.Spec) },
		Status:      &scheme.Status[Job]{Validate: ValidateJobStatusUpdate},
		// The first Jobs left their Pods behind, and scripts rely on it.
		Options: scheme.Options{
			DefaultPropagation: meta.DeletePropagationOrphan,
			OrphanNotice: "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them " +
				"or set propagationPolicy=Orphan to suppress this warning",
		},
	})
}

// DefaultJob fills in what the author of a Job left out, but for the selector,
// which needs the uid: see [GenerateSelector].
func DefaultJob(j *Job) {
	s := &j.Spec
	defaultJobSpec(s)
	if s.Parallelism == nil && s.Completions == nil {
		rules.Default(&s.Completions, 1)
	}
	rules.Default(&s.Parallelism, 1)
	if s.BackoffLimitPerIndex != nil {
		rules.Default(&s.BackoffLimit, math.MaxInt32)
	}
	rules.Default(&s.BackoffLimit, 6)
	if len(j.Labels) == 0 && len(s.Template.Labels) > 0 {
		j.Labels = s.Template.Labels // one map: what is added to the template is added here
	}
	rules.Default(&s.CompletionMode, NonIndexedCompletion)
	rules.Default(&s.Suspend, false)
	rules.Default(&s.ManualSelector, false)
	if s.PodFailurePolicy != nil {
		rules.Default(&s.PodReplacementPolicy, Failed)
	}
	rules.Default(&s.PodReplacementPolicy, TerminatingOrFailed)
}

// defaultJobSpec fills in what the template of a CronJob is filled in with too.
func defaultJobSpec(s *JobSpec) {
	corev1.DefaultPodTemplate(&s.Template)
	if s.PodFailurePolicy == nil {
		return
	}
	for i := range s.PodFailurePolicy.Rules {
		for k := range s.PodFailurePolicy.Rules[i].OnPodConditions {
			rules.DefaultTo(&s.PodFailurePolicy.Rules[i].OnPodConditions[k].Status, corev1.ConditionTrue)
		}
	}
}

// dropUnusedFields clears what the API has but the cluster does not use yet.
func dropUnusedFields(s, old *JobSpec) {
	if old == nil {
		s.Scheduling = nil
		corev1.DropUnusedPodTemplateFields(&s.Template, nil)
		return
	}
	if old.Scheduling == nil {
		s.Scheduling = nil
	}
	corev1.DropUnusedPodTemplateFields(&s.Template, &old.Template)
}

// GenerateSelector makes the selector of a Job that has its name and uid, and
// the labels of its Pods that go with it, unless the author wants to do so.
// What is there stays, be it wrong, for validation to find.
func GenerateSelector(j *Job) {
	if rules.ValueOf(j.Spec.ManualSelector) || j.UID == "" {
		return
	}
	t := &j.Spec.Template
	shared := len(t.Labels) > 0 && reflect.ValueOf(j.Labels).UnsafePointer() == reflect.ValueOf(t.Labels).UnsafePointer()
	t.Labels = maps.Clone(t.Labels)
	if t.Labels == nil {
		t.Labels = map[string]string{}
	}
	for key, value := range generatedLabels(j) {
		if _, ok := t.Labels[key]; !ok {
			t.Labels[key] = value
		}
	}
	if shared {
		j.Labels = maps.Clone(t.Labels)
	}
	if j.Spec.Selector == nil {
		j.Spec.Selector = &meta.LabelSelector{}
	}
	if j.Spec.Selector.MatchLabels == nil {
		j.Spec.Selector.MatchLabels = map[string]string{}
	}
	if _, ok := j.Spec.Selector.MatchLabels[ControllerUidLabel]; !ok {
		j.Spec.Selector.MatchLabels[ControllerUidLabel] = string(j.UID)
	}
}

func generatedLabels(j *Job) map[string]string {
	return map[string]string{
		JobNameLabel: j.Name, LegacyJobNameLabel: j.Name,
		ControllerUidLabel: string(j.UID), LegacyControllerUidLabel: string(j.UID),
	}
}

// jobWarnings warns of a template again whenever the spec around it has changed.
func jobWarnings(p validate.Path, s, old *JobSpec, changed bool) []string {
	var texts []string
	if isIndexed(s) && rules.ValueOf(s.Completions) > 100_000 && rules.ValueOf(s.Parallelism) > 10_000 {
		texts = append(texts, "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, "+
			"Kubernetes might not be able to track completedIndexes when a big number of indexes fail")
	}
	if !changed {
		return texts
	}
	var before *corev1.PodTemplateSpec
	if old != nil {
		before = &old.Template
	}
	return append(texts, corev1.WarningsForPodTemplate(p.Child("template"), &s.Template, before)...)
}

func isIndexed(s *JobSpec) bool { return rules.ValueOf(s.CompletionMode) == IndexedCompletion }

func jobColumns() []scheme.Column[Job] {
	return []scheme.Column[Job]{
		scheme.NameColumn[Job](),
		{Name: "Status", Help: "Status of the job.", Cell: func(j *Job) any { return jobState(j) }},
		{Name: "Completions", Help: cells.Help("jobs", "Completions"), Cell: func(j *Job) any {
			switch parallel := rules.ValueOf(j.Spec.Parallelism); {
			case j.Spec.Completions != nil:
				return fmt.Sprintf("%d/%d", j.Status.Succeeded, *j.Spec.Completions)
			case parallel > 1:
				return fmt.Sprintf("%d/1 of %d", j.Status.Succeeded, parallel)
			}
			return fmt.Sprintf("%d/1", j.Status.Succeeded)
		}},
		{Name: "Duration", Help: "Time required to complete the job.", Cell: func(j *Job) any {
			switch {
			case j.Status.StartTime == nil:
				return ""
			case j.Status.CompletionTime == nil:
				return scheme.Age(*j.Status.StartTime)
			}
			return cells.Duration(j.Status.CompletionTime.Sub(j.Status.StartTime.Time))
		}},
		scheme.AgeColumn[Job](),
		{Name: "Containers", Wide: true, Help: "Names of each container in the template.", Cell: func(j *Job) any { n, _ := corev1.FormatContainers(j.Spec.Template.Spec.Containers); return n }},
		{Name: "Images", Wide: true, Help: "Images referenced by each container in the template.", Cell: func(j *Job) any { _, i := corev1.FormatContainers(j.Spec.Template.Spec.Containers); return i }},
		{Name: "Selector", Wide: true, Help: cells.Help("jobs", "Selector"), Cell: func(j *Job) any { return cells.Selector(j.Spec.Selector) }},
	}
}

func jobState(j *Job) string {
	is := func(t JobConditionType) bool { return isTrue(&j.Status, t) }
	switch {
	case is(JobComplete):
		return "Complete"
	case is(JobFailed):
		return "Failed"
	case j.DeletionTimestamp != nil:
		return "Terminating"
	case is(JobSuspended):
		return "Suspended"
	case is(JobFailureTarget):
		return "FailureTarget"
	case is(JobSuccessCriteriaMet):
		return "SuccessCriteriaMet"
	}
	return "Running"
}
