package workload

import (
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// Condition returns the Pod's condition of that type, or nil.
func Condition(pod *corev1.Pod, typ corev1.PodConditionType) *corev1.PodCondition {
	for i := range pod.Status.Conditions {
		if pod.Status.Conditions[i].Type == typ {
			return &pod.Status.Conditions[i]
		}
	}
	return nil
}

// Ready reports whether the Pod's Ready condition is true.
func Ready(pod *corev1.Pod) bool {
	c := Condition(pod, corev1.PodReady)
	return c != nil && c.Status == corev1.ConditionTrue
}

// Finished reports whether the Pod has run to its end, well or badly.
func Finished(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
}

// Active reports whether the Pod runs, or will: it is neither finished nor
// being deleted.
func Active(pod *corev1.Pod) bool { return !Finished(pod) && pod.DeletionTimestamp == nil }

// Terminating reports whether the Pod is being deleted and still runs.
func Terminating(pod *corev1.Pod) bool { return !Finished(pod) && pod.DeletionTimestamp != nil }

// Available reports whether the Pod has been ready for minReadySeconds. If it is
// ready but not for long enough, wait is how long it has to go on.
func Available(pod *corev1.Pod, minReadySeconds int32, now time.Time) (available bool, wait time.Duration) {
	c := Condition(pod, corev1.PodReady)
	if c == nil || c.Status != corev1.ConditionTrue {
		return false, 0
	}
	if minReadySeconds == 0 {
		return true, 0
	}
	wait = c.LastTransitionTime.Add(time.Duration(minReadySeconds) * time.Second).Sub(now)
	// A condition without a time has been true for nobody knows how long.
	if c.LastTransitionTime.Time.IsZero() {
		return false, time.Duration(minReadySeconds) * time.Second
	}
	if wait <= 0 {
		return true, 0
	}
	return false, wait
}

// Sooner returns the shorter of two waits, where 0 is no wait at all.
func Sooner(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// Restarts returns how often the Pod's containers were restarted, together.
func Restarts(pod *corev1.Pod) int {
	total := 0
	for i := range pod.Status.InitContainerStatuses {
		total += int(pod.Status.InitContainerStatuses[i].RestartCount)
	}
	for i := range pod.Status.ContainerStatuses {
		total += int(pod.Status.ContainerStatuses[i].RestartCount)
	}
	return total
}
