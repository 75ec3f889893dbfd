package job

import (
	"slices"

	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// maxUncounted bounds how many uids a status holds.
const maxUncounted = 500

// Did says how many of Create, Delete and Stop were carried out, and works out
// Status and Counted.
func (s *Sync) Did(created, deleted, stopped int) {
	s.Status.Conditions = slices.Clone(s.Job.Status.Conditions)
	s.Ended, s.Counted, s.Suspended, s.Resumed = nil, nil, false, false
	s.activeAfter = len(s.active) + created - deleted - stopped
	s.terminatingAfter = len(s.terminating) + deleted + stopped
	s.readyAfter = 0
	for _, pod := range s.active {
		if workload.Ready(pod) {
			s.readyAfter++
		}
	}
	// Which ones were deleted is not known if some could not be; a Pod that is
	// ready must never be said to be one of fewer active ones.
	s.readyAfter = min(s.readyAfter, s.activeAfter)

	if s.goal == nil && s.Job.DeletionTimestamp == nil {
		s.checkComplete()
	}
	s.noteCounts()
	s.noteUncounted()
	if s.goal != nil {
		s.setCondition(*s.goal)
	}
	s.end()
}

// Released says of which Pods in Counted the finalizer has gone, and puts
// numbers in the place of their uids. It reports whether Status has changed.
func (s *Sync) Released(pods []*corev1.Pod) bool {
	gone := map[meta.UID]bool{}
	for _, pod := range pods {
		gone[pod.UID] = true
	}
	changed := s.settleUncounted(func(uid meta.UID) bool { return gone[uid] })
	before := s.Ended
	s.end()
	return changed || s.Ended != before
}

// checkComplete decides that the Job is complete, or says whether it is
// suspended.
func (s *Sync) checkComplete() {
	spec := &s.Job.Spec
	done := false
	if spec.Completions == nil {
		done = s.succeeded > 0 && s.activeAfter == 0
	} else {
		done = s.succeeded >= int(*spec.Completions) && s.activeAfter == 0
	}
	if done {
		s.goal = s.condition(batchv1.JobSuccessCriteriaMet, batchv1.JobReasonCompletionsReached, "Reached expected number of succeeded pods")
		return
	}
	if suspended(s.Job) {
		// The deadline counts from when it is resumed. Only now may the time be
		// taken away: of a Job that runs the server keeps it as it is.
		s.Status.StartTime = nil
	}
	now := conditionOf(s.Status.Conditions, batchv1.JobSuspended)
	switch said := now != nil && now.Status == corev1.ConditionTrue; {
	case suspended(s.Job) && !said:
		s.Suspended = true
		s.setCondition(*s.condition(batchv1.JobSuspended, "JobSuspended", "Job suspended"))
	case !suspended(s.Job) && said:
		s.Resumed = true
		c := s.condition(batchv1.JobSuspended, "JobResumed", "Job resumed")
		c.Status = corev1.ConditionFalse
		s.setCondition(*c)
	}
}

// noteCounts writes down the Pods that are there now.
func (s *Sync) noteCounts() {
	s.Status.Active = int32(s.activeAfter)
	s.Status.Ready = ptr(int32(s.readyAfter))
	s.Status.Terminating = ptr(int32(s.terminatingAfter))
}

func ptr[T any](v T) *T { return &v }

// noteUncounted writes down which finished Pods are to be counted.
func (s *Sync) noteUncounted() {
	uncounted := s.uncounted()
	s.Status.Succeeded, s.Status.Failed = s.Job.Status.Succeeded, s.Job.Status.Failed
	s.Status.UncountedTerminatedPods = &batchv1.UncountedTerminatedPods{
		Succeeded: slices.Clone(uncounted.Succeeded), Failed: slices.Clone(uncounted.Failed),
	}
	held := map[meta.UID]bool{}
	for _, pod := range s.Pods {
		if tracked(pod) {
			held[pod.UID] = true
		}
	}
	s.settleUncounted(func(uid meta.UID) bool { return !held[uid] })
	list := s.Status.UncountedTerminatedPods
	fresh := 0
	for _, pod := range s.Pods {
		if !tracked(pod) || !s.mayGo(pod) {
			continue
		}
		if fresh == maxUncounted {
			break
		}
		s.Counted = append(s.Counted, pod)
		index := indexOf(pod)
		switch {
		case pod.Status.Phase == corev1.PodSucceeded && !slices.Contains(list.Failed, pod.UID):
			// An index needs no uid: it can be completed once only.
			if !indexed(s.Job) && !slices.Contains(list.Succeeded, pod.UID) {
				list.Succeeded = append(list.Succeeded, pod.UID)
				fresh++
			}
		case hasFailed(s.Job, pod) && !slices.Contains(list.Failed, pod.UID) && !slices.Contains(list.Succeeded, pod.UID):
			if indexed(s.Job) && (index == noIndex || index >= int(*s.Job.Spec.Completions)) {
				continue
			}
			if judge(s.Job.Spec.PodFailurePolicy, pod).counts() {
				list.Failed = append(list.Failed, pod.UID)
				fresh++
			}
		}
	}
	if indexed(s.Job) {
		s.Status.CompletedIndexes = s.completed.String()
		s.Status.Succeeded = int32(s.completed.count())
		if s.Job.Spec.BackoffLimitPerIndex != nil {
			s.Status.FailedIndexes = ptr(s.broken.String())
		}
	}
}

// mayGo reports whether a Pod needs its finalizer no longer.
func (s *Sync) mayGo(pod *corev1.Pod) bool {
	switch {
	case s.Job.DeletionTimestamp != nil:
		return true
	case s.goal == nil && s.kept[indexOf(pod)] == pod:
		return false // its successor needs its counts
	}
	return pod.Status.Phase == corev1.PodSucceeded || hasFailed(s.Job, pod)
}

// settleUncounted turns uids into numbers where settled says so.
func (s *Sync) settleUncounted(settled func(meta.UID) bool) (changed bool) {
	list := s.Status.UncountedTerminatedPods
	if list == nil {
		return false
	}
	move := func(uids *[]meta.UID, count *int32) {
		var left []meta.UID
		for _, uid := range *uids {
			if settled(uid) {
				*count++
				changed = true
			} else {
				left = append(left, uid)
			}
		}
		*uids = left
	}
	var ignored int32
	if indexed(s.Job) {
		move(&list.Succeeded, &ignored) // the indexes were counted already
	} else {
		move(&list.Succeeded, &s.Status.Succeeded)
	}
	move(&list.Failed, &s.Status.Failed)
	return changed
}

// end says that the Job has ended, once its goal is known, no Pod runs and all
// are counted.
func (s *Sync) end() {
	if s.goal == nil || s.Ended != nil || s.activeAfter > 0 || s.terminatingAfter > 0 {
		return
	}
	if list := s.Status.UncountedTerminatedPods; list != nil && len(list.Succeeded)+len(list.Failed) > 0 {
		return
	}
	typ := batchv1.JobComplete
	if s.goal.Type == batchv1.JobFailureTarget {
		typ = batchv1.JobFailed
	}
	s.Ended = s.condition(typ, s.goal.Reason, s.goal.Message)
	s.setCondition(*s.Ended)
	if typ == batchv1.JobComplete {
		at := meta.At(s.Now)
		s.Status.CompletionTime = &at
	}
	if s.Status.StartTime == nil {
		at := meta.At(s.Now) // it ended before it began, while suspended
		s.Status.StartTime = &at
	}
}

func (s *Sync) condition(typ batchv1.JobConditionType, reason, message string) *batchv1.JobCondition {
	at := meta.At(s.Now)
	return &batchv1.JobCondition{
		Type: typ, Status: corev1.ConditionTrue, LastProbeTime: at, LastTransitionTime: at, Reason: reason, Message: message,
	}
}

// setCondition sets a condition in Status, unless it says the same.
func (s *Sync) setCondition(c batchv1.JobCondition) {
	if have := conditionOf(s.Status.Conditions, c.Type); have != nil {
		if have.Status != c.Status || have.Reason != c.Reason || have.Message != c.Message {
			*have = c
		}
		return
	}
	s.Status.Conditions = append(s.Status.Conditions, c)
}

func conditionOf(conditions []batchv1.JobCondition, typ batchv1.JobConditionType) *batchv1.JobCondition {
	for i := range conditions {
		if conditions[i].Type == typ {
			return &conditions[i]
		}
	}
	return nil
}
