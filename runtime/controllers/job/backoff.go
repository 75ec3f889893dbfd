package job

import (
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// maxBackoff is the longest time between a failure and the next try.
const maxBackoff = 10 * time.Minute

// delayAfter returns how long to wait after the last of so many failures.
func delayAfter(failures int, base time.Duration) time.Duration {
	if failures <= 0 {
		return 0
	}
	d := base
	for range failures - 1 {
		if d >= maxBackoff {
			break
		}
		d *= 2
	}
	return min(d, maxBackoff)
}

// Streak is how often Pods of a Job have failed one after another.
type Streak struct {
	Failures int
	Last     time.Time // when the last one did
}

// after returns the streak after more Pods have finished.
func (s Streak) after(finished []*corev1.Pod, policyCounts func(*corev1.Pod) bool, now time.Time) Streak {
	for _, pod := range finished {
		switch {
		case pod.Status.Phase == corev1.PodSucceeded:
			s.Failures = 0
		case policyCounts(pod):
			s.Failures++
			if at := finishedAt(pod, now); at.After(s.Last) {
				s.Last = at
			}
		}
	}
	return s
}

// wait returns how long it is until the next try.
func (s Streak) wait(base time.Duration, now time.Time) time.Duration {
	if s.Failures == 0 {
		return 0
	}
	return max(s.Last.Add(delayAfter(s.Failures, base)).Sub(now), 0)
}

// finishedAt returns when a Pod came to its end, as far as it says.
func finishedAt(pod *corev1.Pod, now time.Time) time.Time {
	var latest time.Time
	for i := range pod.Status.ContainerStatuses {
		t := pod.Status.ContainerStatuses[i].State.Terminated
		if t == nil || t.FinishedAt.IsZero() {
			latest = time.Time{}
			break
		}
		if t.FinishedAt.After(latest) {
			latest = t.FinishedAt.Time
		}
	}
	if !latest.IsZero() {
		return latest
	}
	if c := workload.Condition(pod, corev1.PodReady); c != nil && !c.LastTransitionTime.IsZero() {
		return c.LastTransitionTime.Time
	}
	if pod.DeletionTimestamp != nil && pod.DeletionTimestamp.Time.Before(now) {
		return pod.DeletionTimestamp.Time
	}
	return now
}
