package replicaset

import (
	"time"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Decision is what to do to give a set its number of Pods.
type Decision struct {
	Create int           // how many to make
	Delete []*corev1.Pod // which ones to delete
}

// Decide returns what a set needs. Pods are those that it owns. Related gives
// the Pods of all sets that belong together, such as those of one Deployment,
// and is called only if some have to go: a node that has many of them gives one
// up first.
func Decide(rs *appsv1.ReplicaSet, pods []*corev1.Pod, related func() []*corev1.Pod, now time.Time) Decision {
	if rs.DeletionTimestamp != nil {
		return Decision{}
	}
	active := activeOf(pods)
	diff := len(active) - int(replicasOf(rs))
	switch {
	case diff < 0:
		return Decision{Create: min(-diff, workload.MaxPodsAtOnce)}
	case diff == 0:
		return Decision{}
	}
	if diff < len(active) { // else all go, in any order
		onNode := map[string]int{}
		if related == nil {
			related = func() []*corev1.Pod { return nil }
		}
		for _, pod := range related() {
			if workload.Active(pod) {
				onNode[pod.Spec.NodeName]++
			}
		}
		workload.Expendable(active, func(pod *corev1.Pod) int { return onNode[pod.Spec.NodeName] }, now)
	}
	return Decision{Delete: active[:min(diff, workload.MaxPodsAtOnce)]}
}

func activeOf(pods []*corev1.Pod) []*corev1.Pod {
	var active []*corev1.Pod
	for _, pod := range pods {
		if workload.Active(pod) {
			active = append(active, pod)
		}
	}
	return active
}

// replicasOf returns how many Pods a set asks for; the server fills in 1 where
// nothing is said.
func replicasOf(rs *appsv1.ReplicaSet) int32 {
	if rs.Spec.Replicas == nil {
		return 1
	}
	return *rs.Spec.Replicas
}

// failure is why a set could not be given its Pods.
type failure struct {
	reason  string
	message string
}

// Status returns what is to be said about a set whose Pods are these. If a Pod
// becomes available merely by time, wait is how long that takes.
//
// A nil failed means that everything asked for could be done.
func Status(rs *appsv1.ReplicaSet, pods []*corev1.Pod, failed *failure, now time.Time) (status appsv1.ReplicaSetStatus, wait time.Duration) {
	status = appsv1.ReplicaSetStatus{ObservedGeneration: rs.Generation}
	template := labels.FromSet(rs.Spec.Template.Labels)
	terminating := int32(0)
	for _, pod := range pods {
		if workload.Terminating(pod) {
			terminating++
		}
		if !workload.Active(pod) {
			continue
		}
		status.Replicas++
		if template.Matches(pod.Labels) {
			status.FullyLabeledReplicas++
		}
		if !workload.Ready(pod) {
			continue
		}
		status.ReadyReplicas++
		available, podWait := workload.Available(pod, rs.Spec.MinReadySeconds, now)
		if available {
			status.AvailableReplicas++
		}
		wait = workload.Sooner(wait, podWait)
	}
	status.TerminatingReplicas = &terminating
	status.Conditions = conditions(rs.Status.Conditions, failed, now)
	return status, wait
}

// conditions returns the conditions of before with the one that failed asks
// for. It stays as it is as long as anything fails, so that its time tells
// since when.
func conditions(before []appsv1.ReplicaSetCondition, failed *failure, now time.Time) []appsv1.ReplicaSetCondition {
	var after []appsv1.ReplicaSetCondition
	has := false
	for _, c := range before {
		if c.Type == appsv1.ReplicaSetReplicaFailure {
			has = true
			if failed == nil {
				continue
			}
		}
		after = append(after, c)
	}
	if failed != nil && !has {
		after = append(after, appsv1.ReplicaSetCondition{
			Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue,
			LastTransitionTime: meta.At(now), Reason: failed.reason, Message: failed.message,
		})
	}
	return after
}
