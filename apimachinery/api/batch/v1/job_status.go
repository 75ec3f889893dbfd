package batchv1

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func isTrue(s *JobStatus, t JobConditionType) bool {
	for i := range s.Conditions {
		if s.Conditions[i].Type == t && s.Conditions[i].Status == corev1.ConditionTrue {
			return true
		}
	}
	return false
}

func isFinished(s *JobStatus) bool { return isTrue(s, JobComplete) || isTrue(s, JobFailed) }

// ValidateJobStatusUpdate finds every fault of a Job's status. Rules that came
// late leave alone what has been stored before them and does not change.
func ValidateJobStatusUpdate(j, old *Job) validate.Errors {
	s, was, p := &j.Status, &old.Status, rules.Status
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &j.ObjectMeta, &old.ObjectMeta),
		jobCounters(p, s),
		jobTimes(p, j, old),
		jobOutcome(p.Child("conditions"), s, was),
		finishedJob(p, s, was),
		jobIndexes(p, j, old),
		validate.When(s.Ready != nil && (!validate.Equal(s.Ready, was.Ready) || s.Active != was.Active), func() validate.Errors {
			return rules.Must(*s.Ready <= s.Active, p.Child("ready"), *s.Ready, "cannot set more ready pods than active")
		}),
		rules.Must(s.Failed >= was.Failed, p.Child("failed"), s.Failed, "cannot decrease the failed counter"),
		// A Job that can shrink may lose successes on the way.
		rules.Must(s.Succeeded >= was.Succeeded || isIndexed(&j.Spec) && validate.Equal(j.Spec.Completions, j.Spec.Parallelism),
			p.Child("succeeded"), s.Succeeded, "cannot decrease the succeeded counter"),
	)
}

func jobCounters(p validate.Path, s *JobStatus) validate.Errors {
	errs := validate.All(
		validate.NonNegative(p.Child("active"), s.Active),
		validate.NonNegative(p.Child("succeeded"), s.Succeeded),
		validate.NonNegative(p.Child("failed"), s.Failed),
		rules.OptionalNumber(p.Child("ready"), s.Ready),
		rules.OptionalNumber(p.Child("terminating"), s.Terminating),
	)
	if s.UncountedTerminatedPods == nil {
		return errs
	}
	seen := map[meta.UID]bool{}
	once := func(p validate.Path, uid *meta.UID) validate.Errors {
		switch {
		case *uid == "":
			return validate.Invalid(p, *uid, "must not be empty")
		case seen[*uid]:
			return validate.Duplicate(p, *uid)
		}
		seen[*uid] = true
		return nil
	}
	p = p.Child("uncountedTerminatedPods")
	errs = append(errs, validate.Each(p.Child("succeeded"), s.UncountedTerminatedPods.Succeeded, once)...)
	return append(errs, validate.Each(p.Child("failed"), s.UncountedTerminatedPods.Failed, once)...)
}

// jobOutcome is the rules of conditions: a Job ends well or badly, once, and
// says beforehand that it will.
func jobOutcome(p validate.Path, s, was *JobStatus) validate.Errors {
	refuse := func(text string, args ...any) validate.Errors {
		return validate.Invalid(p, validate.Omitted, fmt.Sprintf(text, args...))
	}
	changed := func(types ...JobConditionType) bool {
		for _, t := range types {
			if isTrue(s, t) != isTrue(was, t) {
				return true
			}
		}
		return false
	}
	both := func(a, b JobConditionType) validate.Errors {
		if isTrue(s, a) && isTrue(s, b) && changed(a, b) {
			return refuse("cannot set %s=True and %s=true conditions", a, b)
		}
		return nil
	}
	first := func(end, before JobConditionType) validate.Errors {
		if isTrue(s, end) && !isTrue(s, before) && changed(end, before) {
			return refuse("cannot set %s=True condition without the %s=true condition", end, before)
		}
		return nil
	}
	errs := validate.All(
		both(JobComplete, JobFailed),
		both(JobComplete, JobFailureTarget),
		both(JobFailed, JobSuccessCriteriaMet),
		both(JobFailureTarget, JobSuccessCriteriaMet),
		first(JobFailed, JobFailureTarget),
		first(JobComplete, JobSuccessCriteriaMet),
	)
	for _, t := range []JobConditionType{JobFailed, JobComplete, JobFailureTarget} {
		if isTrue(was, t) && !isTrue(s, t) {
			errs = append(errs, refuse("cannot disable the terminal %s=True condition", t)...)
		}
	}
	if isTrue(was, JobSuccessCriteriaMet) && !isTrue(s, JobSuccessCriteriaMet) {
		errs = append(errs, refuse("cannot disable the SuccessCriteriaMet=True condition")...)
	}
	return errs
}

func jobTimes(p validate.Path, j, old *Job) validate.Errors {
	s, was := &j.Status, &old.Status
	start, end := p.Child("startTime"), p.Child("completionTime")
	restarted, ended := !validate.Equal(s.StartTime, was.StartTime), !validate.Equal(s.CompletionTime, was.CompletionTime)
	complete := isTrue(s, JobComplete)
	return validate.All(
		validate.When(restarted && was.StartTime != nil && !rules.ValueOf(j.Spec.Suspend), func() validate.Errors {
			if s.StartTime == nil {
				return validate.Required(start, "startTime cannot be removed for unsuspended job")
			}
			return validate.Invalid(start, s.StartTime, "field is immutable for unsuspended job once set")
		}),
		validate.When(ended && s.CompletionTime != nil && was.CompletionTime != nil, func() validate.Errors {
			return validate.Invalid(end, s.CompletionTime, validate.IsImmutable)
		}),
		validate.When((ended || complete != isTrue(was, JobComplete)) && s.CompletionTime != nil && !complete, func() validate.Errors {
			return validate.Invalid(end, s.CompletionTime, "cannot set completionTime when there is no Complete=True condition")
		}),
		validate.When((ended || complete != isTrue(was, JobComplete)) && s.CompletionTime == nil && complete, func() validate.Errors {
			return validate.Required(end, "completionTime is required for Complete jobs")
		}),
		validate.When((restarted || ended) && s.StartTime != nil && s.CompletionTime != nil && s.CompletionTime.Before(s.StartTime), func() validate.Errors {
			return validate.Invalid(end, s.CompletionTime, "must be equal to or after `startTime`")
		}),
	)
}

// finishedJob checks that nothing of a finished Job still runs.
func finishedJob(p validate.Path, s, was *JobStatus) validate.Errors {
	if !isFinished(s) {
		return nil
	}
	now := !isFinished(was)
	uncounted := s.UncountedTerminatedPods != nil && len(s.UncountedTerminatedPods.Failed)+len(s.UncountedTerminatedPods.Succeeded) > 0
	return validate.All(
		rules.Must(s.Active == 0 || s.Active < 0 || !now && s.Active == was.Active, p.Child("active"), s.Active, "active>0 is invalid for finished job"),
		rules.Must(rules.ValueOf(s.Terminating) <= 0 || !now && validate.Equal(s.Terminating, was.Terminating), p.Child("terminating"), s.Terminating, "terminating>0 is invalid for finished job"),
		rules.Require(s.StartTime != nil || !now && was.StartTime == nil, p.Child("startTime"), "startTime is required for finished job"),
		rules.Must(!uncounted || !now && validate.Equal(s.UncountedTerminatedPods, was.UncountedTerminatedPods),
			p.Child("uncountedTerminatedPods"), s.UncountedTerminatedPods, "uncountedTerminatedPods needs to be empty for finished job"),
	)
}

func jobIndexes(p validate.Path, j, old *Job) validate.Errors {
	s, was, spec := &j.Status, &old.Status, &j.Spec
	var errs validate.Errors
	parse := func(name, text string) {
		if _, err := countIndexes(text, rules.ValueOf(spec.Completions)); err != nil && spec.Completions != nil {
			errs = append(errs, validate.Invalid(p.Child(name), text, "error parsing "+name+": "+err.Error())...)
		}
	}
	if s.CompletedIndexes != was.CompletedIndexes {
		if isIndexed(spec) {
			parse("completedIndexes", s.CompletedIndexes)
		} else if s.CompletedIndexes != "" {
			errs = append(errs, validate.Invalid(p.Child("completedIndexes"), s.CompletedIndexes, "cannot set non-empty completedIndexes when non-indexed completion mode")...)
		}
	}
	if s.FailedIndexes != nil && !validate.Equal(s.FailedIndexes, was.FailedIndexes) {
		if spec.BackoffLimitPerIndex == nil {
			errs = append(errs, validate.Invalid(p.Child("failedIndexes"), *s.FailedIndexes, "cannot set non-null failedIndexes when backoffLimitPerIndex is null")...)
		} else {
			parse("failedIndexes", *s.FailedIndexes)
		}
	}
	changed := s.CompletedIndexes != was.CompletedIndexes || !validate.Equal(s.FailedIndexes, was.FailedIndexes)
	if changed && len(errs) == 0 && s.FailedIndexes != nil && isIndexed(spec) {
		if i, ok := firstShared(*s.FailedIndexes, s.CompletedIndexes); ok {
			errs = append(errs, validate.Invalid(p.Child("failedIndexes"), *s.FailedIndexes, fmt.Sprintf("failedIndexes and completedIndexes overlap at index: %d", i))...)
		}
	}
	return errs
}

// firstShared returns the first index that both of two lists of intervals name, such
// as 1,3-5,7. What is no number counts as none.
func firstShared(a, b string) (int, bool) {
	for x := range strings.SplitSeq(a, ",") {
		from, to, ok := intervalOf(x)
		if !ok {
			continue
		}
		for y := range strings.SplitSeq(b, ",") {
			if first, last, ok := intervalOf(y); ok && max(from, first) <= min(to, last) {
				return max(from, first), true
			}
		}
	}
	return 0, false
}

func intervalOf(text string) (from, to int, ok bool) {
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	from, err := strconv.Atoi(first)
	if err != nil {
		return 0, 0, false
	}
	to, err = strconv.Atoi(last)
	return from, to, err == nil
}
