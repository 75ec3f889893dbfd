package job

import (
	"cmp"
	"iter"
	"slices"
	"time"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// View is what there is to decide on. Nothing of it is changed.
type View struct {
	Job    *batchv1.Job
	Pods   []*corev1.Pod // those that the Job owns
	Streak Streak        // of the Pods that were counted before
	Now    time.Time
	// Backoff is the wait after a first failure.
	Backoff time.Duration
}

// Sync is one look at a Job: what to do, and what to say after that was done.
//
// Do what Create, Delete and Stop ask for, and call Did, which works out
// Status. Write that, then take the finalizer off the Pods in Counted and call Released; if that
// changes Status write it again.
type Sync struct {
	View
	Create []*corev1.Pod // to make
	Delete []*corev1.Pod // too many: to be uncounted and deleted
	Stop   []*corev1.Pod // to delete because the Job ends
	After  time.Duration // when to look again although nothing has changed; 0 is never
	// Streak that holds once Status is written.
	Next Streak
	// Status is what is to be written.
	Status batchv1.JobStatus
	// Counted are the Pods that Status knows of and that may go.
	Counted []*corev1.Pod
	// Ended is the condition with which the Job has come to its end, or nil.
	Ended *batchv1.JobCondition
	// Suspended and Resumed say that Status tells so for the first time.
	Suspended, Resumed bool

	active, terminating []*corev1.Pod
	succeeded, failed   int // all there are, counted or not
	completed           indexes
	broken              indexes               // failed for good, with backoffLimitPerIndex
	kept                map[int]*corev1.Pod   // failed Pods whose counts their successors need
	goal                *batchv1.JobCondition // FailureTarget or SuccessCriteriaMet
	activeAfter         int
	readyAfter          int
	terminatingAfter    int
}

func indexed(j *batchv1.Job) bool {
	return j.Spec.CompletionMode != nil && *j.Spec.CompletionMode == batchv1.IndexedCompletion && j.Spec.Completions != nil
}

func suspended(j *batchv1.Job) bool { return j.Spec.Suspend != nil && *j.Spec.Suspend }

// onlyReplaceFailed reports whether a Pod that is being deleted still takes up
// its place.
func onlyReplaceFailed(j *batchv1.Job) bool {
	if j.Spec.PodReplacementPolicy != nil {
		return *j.Spec.PodReplacementPolicy == batchv1.Failed
	}
	return j.Spec.PodFailurePolicy != nil
}

func orDefault[T any](p *T, value T) T {
	if p == nil {
		return value
	}
	return *p
}

// Finished returns the condition with which a Job has ended, or nil.
func Finished(j *batchv1.Job) *batchv1.JobCondition {
	for i := range j.Status.Conditions {
		c := &j.Status.Conditions[i]
		if (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) && c.Status == corev1.ConditionTrue {
			return c
		}
	}
	return nil
}

// tracked reports whether a Pod is still to be counted.
func tracked(pod *corev1.Pod) bool {
	return slices.Contains(pod.Finalizers, batchv1.JobTrackingFinalizer)
}

// hasFailed reports whether a Pod counts as failed. One that is deleted does as
// well, since it may never get to say how it ended, unless the Job wants to
// wait for that.
func hasFailed(j *batchv1.Job, pod *corev1.Pod) bool {
	if pod.Status.Phase == corev1.PodFailed {
		return true
	}
	return !onlyReplaceFailed(j) && pod.DeletionTimestamp != nil && pod.Status.Phase != corev1.PodSucceeded
}

// Look decides what to do next about a Job.
func Look(v View) *Sync {
	s := &Sync{View: v, Status: v.Job.Status, Next: v.Streak}
	s.Status.Conditions = slices.Clone(s.Status.Conditions)
	for _, pod := range v.Pods {
		switch {
		case workload.Active(pod):
			s.active = append(s.active, pod)
		case workload.Terminating(pod):
			s.terminating = append(s.terminating, pod)
		}
	}
	if s.Status.StartTime == nil && !suspended(v.Job) {
		now := meta.At(v.Now)
		s.Status.StartTime = &now
	}
	s.count()
	s.decideGoal()
	switch {
	case s.goal != nil:
		s.Stop = s.active
	case v.Job.DeletionTimestamp == nil:
		s.manage()
	}
	return s
}

// count finds out how many Pods, or which indexes, have succeeded and failed.
func (s *Sync) count() {
	uncounted := s.uncounted()
	var fresh []*corev1.Pod
	newFailed := 0
	for _, pod := range s.Pods {
		if !tracked(pod) || slices.Contains(uncounted.Succeeded, pod.UID) || slices.Contains(uncounted.Failed, pod.UID) {
			continue
		}
		switch {
		case pod.Status.Phase == corev1.PodSucceeded:
			fresh = append(fresh, pod)
			s.succeeded++
		case hasFailed(s.Job, pod):
			fresh = append(fresh, pod)
			if judge(s.Job.Spec.PodFailurePolicy, pod).counts() {
				newFailed++
			}
		}
	}
	s.failed = int(s.Job.Status.Failed) + newFailed + len(uncounted.Failed)
	s.succeeded += int(s.Job.Status.Succeeded) + len(uncounted.Succeeded)
	slices.SortStableFunc(fresh, func(a, b *corev1.Pod) int { return finishedAt(a, s.Now).Compare(finishedAt(b, s.Now)) })
	s.Next = s.Streak.after(fresh, func(pod *corev1.Pod) bool { return judge(s.Job.Spec.PodFailurePolicy, pod).counts() }, s.Now)

	if !indexed(s.Job) {
		return
	}
	completions := int(*s.Job.Spec.Completions)
	// What cannot be read was not written by us; then the Pods alone count.
	s.completed, _ = parseIndexes(s.Job.Status.CompletedIndexes, completions)
	var done []int
	for _, pod := range s.Pods {
		if index := indexOf(pod); tracked(pod) && pod.Status.Phase == corev1.PodSucceeded && index != noIndex && index < completions {
			done = append(done, index)
		}
	}
	s.completed = s.completed.union(done)
	s.succeeded = s.completed.count()
	if s.Job.Spec.BackoffLimitPerIndex != nil {
		s.countFailedIndexes(completions)
	}
}

func (s *Sync) uncounted() batchv1.UncountedTerminatedPods {
	if s.Job.Status.UncountedTerminatedPods == nil {
		return batchv1.UncountedTerminatedPods{}
	}
	return *s.Job.Status.UncountedTerminatedPods
}

// countFailedIndexes finds the indexes that have failed too often, and for each
// of the others the Pod that failed last: it stays until it is replaced, since
// how often its index has failed is written on it.
func (s *Sync) countFailedIndexes(completions int) {
	if s.Job.Status.FailedIndexes != nil {
		s.broken, _ = parseIndexes(*s.Job.Status.FailedIndexes, completions)
	}
	var failed []int
	for _, pod := range s.Pods {
		if index := indexOf(pod); tracked(pod) && index != noIndex && index < completions && s.breaksIndex(pod) {
			failed = append(failed, index)
		}
	}
	s.broken = s.broken.union(failed)

	s.kept = map[int]*corev1.Pod{}
	attempts := func(pod *corev1.Pod) int {
		counted, ignored := failuresOf(pod)
		return counted + ignored
	}
	for _, pod := range s.Pods {
		index := indexOf(pod)
		if !hasFailed(s.Job, pod) || !tracked(pod) || index == noIndex || index >= completions || s.completed.has(index) || s.broken.has(index) {
			continue
		}
		if last := s.kept[index]; last == nil || attempts(last) <= attempts(pod) {
			s.kept[index] = pod
		}
	}
	for _, pod := range s.active {
		if last := s.kept[indexOf(pod)]; last != nil && attempts(last) <= attempts(pod) {
			delete(s.kept, indexOf(pod))
		}
	}
}

// breaksIndex reports whether the failure of a Pod is one too many for its
// index.
func (s *Sync) breaksIndex(pod *corev1.Pod) bool {
	if !hasFailed(s.Job, pod) {
		return false
	}
	v := judge(s.Job.Spec.PodFailurePolicy, pod)
	if v.action == batchv1.PodFailurePolicyActionFailIndex {
		return true
	}
	counted, _ := failuresOf(pod)
	return v.counts() && counted >= int(*s.Job.Spec.BackoffLimitPerIndex)
}

// decideGoal decides whether the Job is to end, and how. Once said it stays so.
func (s *Sync) decideGoal() {
	for _, typ := range []batchv1.JobConditionType{batchv1.JobSuccessCriteriaMet, batchv1.JobFailureTarget} {
		if c := conditionOf(s.Job.Status.Conditions, typ); c != nil && c.Status == corev1.ConditionTrue {
			s.goal = c
			return
		}
	}
	fail := func(reason, message string) { s.goal = s.condition(batchv1.JobFailureTarget, reason, message) }
	spec := &s.Job.Spec
	if message := s.failJobMessage(); message != "" {
		fail(batchv1.JobReasonPodFailurePolicy, message)
		return
	}
	limit := int(orDefault(spec.BackoffLimit, 6))
	if s.failed > limit || s.restartedTooOften(limit) {
		fail(batchv1.JobReasonBackoffLimitExceeded, "Job has reached the specified backoff limit")
		return
	}
	if spec.ActiveDeadlineSeconds != nil && s.Status.StartTime != nil && !suspended(s.Job) {
		left := s.Status.StartTime.Add(time.Duration(*spec.ActiveDeadlineSeconds) * time.Second).Sub(s.Now)
		if left <= 0 {
			fail(batchv1.JobReasonDeadlineExceeded, "Job was active longer than specified deadline")
			return
		}
		s.After = workload.Sooner(s.After, left)
	}
	if !indexed(s.Job) {
		return
	}
	completions := int(*spec.Completions)
	if n := s.broken.count(); n > 0 {
		if spec.MaxFailedIndexes != nil && n > int(*spec.MaxFailedIndexes) {
			fail(batchv1.JobReasonMaxFailedIndexesExceeded, "Job has exceeded the specified maximal number of failed indexes")
			return
		}
		if n+s.completed.count() >= completions {
			fail(batchv1.JobReasonFailedIndexes, "Job has failed indexes")
			return
		}
	}
	if message, met := matchSuccess(spec.SuccessPolicy, completions, s.completed); met {
		s.goal = s.condition(batchv1.JobSuccessCriteriaMet, batchv1.JobReasonSuccessPolicy, message)
	}
}

// failJobMessage returns why a pod failure policy ends the Job, or "".
func (s *Sync) failJobMessage() string {
	if s.Job.Spec.PodFailurePolicy == nil {
		return ""
	}
	for _, pod := range s.Pods {
		if !hasFailed(s.Job, pod) {
			continue
		}
		if v := judge(s.Job.Spec.PodFailurePolicy, pod); v.action == batchv1.PodFailurePolicyActionFailJob {
			return v.message
		}
	}
	return ""
}

// restartedTooOften counts the restarts of Pods that restart by themselves,
// which then are the failures of the Job.
func (s *Sync) restartedTooOften(limit int) bool {
	if s.Job.Spec.Template.Spec.RestartPolicy != corev1.RestartPolicyOnFailure {
		return false
	}
	restarts := 0
	for _, pod := range s.Pods {
		if pod.Status.Phase == corev1.PodRunning || pod.Status.Phase == corev1.PodPending {
			restarts += workload.Restarts(pod)
		}
	}
	return restarts > 0 && restarts >= limit
}

// wanted returns how many Pods should be active.
func (s *Sync) wanted() int {
	parallelism := int(orDefault(s.Job.Spec.Parallelism, 1))
	if s.Job.Spec.Completions == nil {
		// A work queue: the first Pod that ends well tells that no more work is
		// there, and those that run may finish.
		if s.succeeded > 0 {
			return len(s.active)
		}
		return parallelism
	}
	missing := int(*s.Job.Spec.Completions) - s.succeeded - s.broken.count()
	return max(min(missing, parallelism), 0)
}

// manage decides which Pods to make and which to delete.
func (s *Sync) manage() {
	if suspended(s.Job) {
		s.Delete = limited(s.active)
		return
	}
	wanted := s.wanted()
	if s.Delete = limited(s.expendable(len(s.active) - wanted)); len(s.Delete) > 0 {
		return
	}
	missing := wanted - len(s.active)
	if onlyReplaceFailed(s.Job) {
		missing -= len(s.terminating)
	}
	if missing <= 0 {
		return
	}
	missing = min(missing, workload.MaxPodsAtOnce)
	// Who says what failures cost: each index for itself, or all Pods together.
	if s.Job.Spec.BackoffLimitPerIndex == nil {
		if wait := s.Next.wait(s.Backoff, s.Now); wait > 0 {
			s.After = workload.Sooner(s.After, wait)
			return
		}
	}
	if !indexed(s.Job) {
		for range missing {
			s.Create = append(s.Create, newPod(s.Job))
		}
		return
	}
	for index := range s.pending() {
		if len(s.Create) == missing {
			break
		}
		before := s.kept[index]
		if before != nil {
			counted, ignored := failuresOf(before)
			wait := Streak{Failures: counted + ignored + 1, Last: finishedAt(before, s.Now)}.wait(s.Backoff, s.Now)
			if wait > 0 {
				s.After = workload.Sooner(s.After, wait)
				continue
			}
		}
		s.Create = append(s.Create, newIndexedPod(s.Job, index, before))
	}
}

func limited(pods []*corev1.Pod) []*corev1.Pod {
	return pods[:min(len(pods), workload.MaxPodsAtOnce)]
}

// pending yields the indexes that need a Pod, ascending.
func (s *Sync) pending() iter.Seq[int] {
	taken := map[int]bool{}
	for _, pod := range s.active {
		taken[indexOf(pod)] = true
	}
	if onlyReplaceFailed(s.Job) {
		for _, pod := range s.terminating {
			taken[indexOf(pod)] = true
		}
	}
	return func(yield func(int) bool) {
		for index := range int(*s.Job.Spec.Completions) {
			if !taken[index] && !s.completed.has(index) && !s.broken.has(index) && !yield(index) {
				return
			}
		}
	}
}

// expendable returns the active Pods to delete, n at least: those that do work
// which is done, or that another one does too, and then those that are missed
// least.
func (s *Sync) expendable(n int) []*corev1.Pod {
	var gone, rest []*corev1.Pod
	if !indexed(s.Job) {
		rest = slices.Clone(s.active)
	} else {
		sorted := slices.Clone(s.active)
		workload.ExpendableSimple(sorted)
		slices.Reverse(sorted) // so that of two with one index the better one stays
		slices.SortStableFunc(sorted, func(a, b *corev1.Pod) int { return cmp.Compare(indexOf(a), indexOf(b)) })
		last := noIndex
		for _, pod := range sorted {
			index := indexOf(pod)
			if index == noIndex || index == last || index >= int(*s.Job.Spec.Completions) || s.completed.has(index) || s.broken.has(index) {
				gone = append(gone, pod)
			} else {
				rest = append(rest, pod)
			}
			last = index
		}
	}
	if more := n - len(gone); more > 0 {
		workload.ExpendableSimple(rest)
		gone = append(gone, rest[:min(more, len(rest))]...)
	}
	return gone
}
