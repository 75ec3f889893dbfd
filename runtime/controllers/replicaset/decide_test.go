package replicaset

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var now = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

func set(n int32) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{
		ObjectMeta: meta.ObjectMeta{Name: "web", Generation: 4},
		Spec: appsv1.ReplicaSetSpec{Replicas: &n, Template: corev1.PodTemplateSpec{
			ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"app": "web", "tier": "front"}},
		}},
	}
}

func ready(name string, since time.Duration) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name, UID: meta.UID(name), Labels: map[string]string{"app": "web", "tier": "front"}, CreationTimestamp: meta.At(now.Add(-time.Hour))},
		Spec:       corev1.PodSpec{NodeName: "n1"},
		Status: corev1.PodStatus{Phase: corev1.PodRunning, Conditions: []corev1.PodCondition{
			{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: meta.At(now.Add(-since))},
		}},
	}
}

func changed(pod *corev1.Pod, change func(*corev1.Pod)) *corev1.Pod {
	change(pod)
	return pod
}

func deleted(pod *corev1.Pod) { t := meta.At(now); pod.DeletionTimestamp = &t }

func none() []*corev1.Pod { return nil }

func TestDecide(t *testing.T) {
	failed := changed(ready("failed", time.Hour), func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed })
	going := changed(ready("going", time.Hour), deleted)
	pods := []*corev1.Pod{ready("a", time.Hour), ready("b", time.Hour), failed, going}
	for _, test := range []struct {
		want   int32
		create int
		gone   int
	}{{2, 0, 0}, {3, 1, 0}, {1, 0, 1}, {0, 0, 2}, {5000, 500, 0}} {
		got := Decide(set(test.want), pods, none, now)
		require.Equal(t, test.create, got.Create, "to create for %d replicas", test.want)
		require.Len(t, got.Delete, test.gone, "to delete for %d replicas", test.want)
	}
	rs := set(9)
	at := meta.At(now)
	rs.DeletionTimestamp = &at
	require.Equal(t, Decision{}, Decide(rs, pods, none, now), "a set that is being deleted does nothing")
}

func TestExpendablePodsGoFirst(t *testing.T) {
	pods := []*corev1.Pod{
		ready("old", 30*time.Minute),
		ready("young", time.Minute),
		changed(ready("restarted", 30*time.Minute), func(p *corev1.Pod) {
			p.UID = "old" // the same magnitude of age and the same chance
			p.Status.ContainerStatuses = []corev1.ContainerStatus{{RestartCount: 3}}
		}),
		changed(ready("crowded", 30*time.Minute), func(p *corev1.Pod) { p.Spec.NodeName = "n2" }),
		changed(ready("cheap", 30*time.Minute), func(p *corev1.Pod) {
			p.Annotations = map[string]string{"controller.kubernetes.io/pod-deletion-cost": "-5"}
		}),
		changed(ready("unready", 30*time.Minute), func(p *corev1.Pod) { p.Status.Conditions = nil }),
		changed(ready("pending", 30*time.Minute), func(p *corev1.Pod) { p.Status = corev1.PodStatus{Phase: corev1.PodPending} }),
		changed(ready("homeless", 30*time.Minute), func(p *corev1.Pod) { p.Spec.NodeName = "" }),
	}
	crowd := append([]*corev1.Pod{}, pods...)
	for i := range 9 {
		crowd = append(crowd, changed(ready(fmt.Sprint(i), 0), func(p *corev1.Pod) { p.Spec.NodeName = "n2" }))
	}
	var order []string
	for _, pod := range Decide(set(1), pods, func() []*corev1.Pod { return crowd }, now).Delete {
		order = append(order, pod.Name)
	}
	require.Equal(t, []string{"homeless", "pending", "unready", "cheap", "crowded", "young", "restarted"}, order)
}

func TestStatus(t *testing.T) {
	rs := set(4)
	rs.Spec.MinReadySeconds = 60
	pods := []*corev1.Pod{
		ready("available", 2*time.Minute),
		ready("soon", 50*time.Second),
		ready("later", 10*time.Second),
		changed(ready("unlabelled", 2*time.Minute), func(p *corev1.Pod) { p.Labels = map[string]string{"app": "web"} }),
		changed(ready("unready", 0), func(p *corev1.Pod) { p.Status.Conditions[0].Status = corev1.ConditionFalse }),
		changed(ready("going", time.Hour), deleted),
		changed(ready("failed", time.Hour), func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed }),
	}
	got, wait := Status(rs, pods, nil, now)
	one := int32(1)
	require.Equal(t, appsv1.ReplicaSetStatus{
		Replicas: 5, FullyLabeledReplicas: 4, ReadyReplicas: 4, AvailableReplicas: 2, TerminatingReplicas: &one, ObservedGeneration: 4,
	}, got)
	require.Equal(t, 10*time.Second, wait)
}

func TestFailureConditionComesStaysAndGoes(t *testing.T) {
	rs := set(1)
	rs.Status, _ = Status(rs, nil, &failure{"FailedCreate", "no quota"}, now)
	require.Equal(t, []appsv1.ReplicaSetCondition{{
		Type: "ReplicaFailure", Status: "True", Reason: "FailedCreate", Message: "no quota", LastTransitionTime: meta.At(now),
	}}, rs.Status.Conditions)
	again, _ := Status(rs, nil, &failure{"FailedCreate", "still no quota"}, now.Add(time.Hour))
	require.Equal(t, rs.Status.Conditions, again.Conditions)
	rs.Status, _ = Status(rs, nil, nil, now)
	require.Empty(t, rs.Status.Conditions)
}

func TestReplicationControllerReadsAsReplicaSetAndBack(t *testing.T) {
	n := int32(2)
	rc := &corev1.ReplicationController{
		ObjectMeta: meta.ObjectMeta{Name: "old"},
		Spec:       corev1.ReplicationControllerSpec{Replicas: &n, Selector: map[string]string{"a": "b"}},
		Status: corev1.ReplicationControllerStatus{Replicas: 1, ReadyReplicas: 1, Conditions: []corev1.ReplicationControllerCondition{
			{Type: "ReplicaFailure", Status: "True", Reason: "FailedCreate"},
		}},
	}
	view := viewController(rc)
	require.Equal(t, "ReplicationController", view.Kind)
	require.Equal(t, map[string]string{"a": "b"}, view.Spec.Selector.MatchLabels)
	want := rc.Status
	setControllerStatus(rc, view.Status)
	require.Equal(t, want, rc.Status)
}
