package controllers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

func web(n int32, image string) *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: meta.ObjectMeta{Name: "web"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &n, Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "web"}}, Template: template("web", image),
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RollingUpdateDeploymentStrategyType, RollingUpdate: &appsv1.RollingUpdateDeployment{
				MaxSurge: ptr(intstr.FromString("25%")), MaxUnavailable: ptr(intstr.FromString("25%")),
			}},
			RevisionHistoryLimit: ptr[int32](10), ProgressDeadlineSeconds: ptr[int32](600),
		},
	}
}

// rolledOut is what kubectl rollout status waits for.
func rolledOut(d *appsv1.Deployment) bool {
	return d.Status.ObservedGeneration >= d.Generation && d.Status.UpdatedReplicas == *d.Spec.Replicas &&
		d.Status.Replicas == d.Status.UpdatedReplicas && d.Status.AvailableReplicas == d.Status.UpdatedReplicas
}

func image(d *appsv1.Deployment) string { return d.Spec.Template.Spec.Containers[0].Image }

func TestDeploymentEndToEnd(t *testing.T) {
	k := newCluster(t, 2, "deployment-controller", "replicaset-controller")
	create(k, web(3, "v1"))
	d := waitFor(k, "web", rolledOut)
	require.Equal(t, "1", d.Annotations[appsv1.DeploymentRevisionAnnotation])
	sets := list[appsv1.ReplicaSet](k, "app=web")
	require.Len(t, sets, 1)
	require.Equal(t, fmt.Sprintf("Scaled up replica set %s from 0 to 3", sets[0].Name), k.waitEvent("web", "ScalingReplicaSet", "Scaled up"))
	pods := list[corev1.Pod](k, "app=web")
	require.Len(t, pods, 3)
	for _, pod := range pods {
		require.True(t, strings.HasPrefix(pod.Name, sets[0].Name+"-"), pod.Name)
		require.Equal(t, sets[0].UID, meta.ControllerOf(&pod).UID)
		k.waitEvent(sets[0].Name, "SuccessfulCreate", "Created pod: "+pod.Name)
	}

	modify(k, "web", func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "v2" })
	d = waitFor(k, "web", func(d *appsv1.Deployment) bool { return image(d) == "v2" && rolledOut(d) })
	require.Equal(t, "2", d.Annotations[appsv1.DeploymentRevisionAnnotation])
	for _, pod := range list[corev1.Pod](k, "app=web") {
		require.True(t, pod.Spec.Containers[0].Image == "v2" || pod.DeletionTimestamp != nil)
	}

	modify(k, "web", func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "v1" })
	d = waitFor(k, "web", func(d *appsv1.Deployment) bool { return image(d) == "v1" && rolledOut(d) })
	require.Equal(t, "3", d.Annotations[appsv1.DeploymentRevisionAnnotation])
	require.Len(t, list[appsv1.ReplicaSet](k, "app=web"), 2)

	modify(k, "web", func(d *appsv1.Deployment) { d.Spec.Replicas = ptr[int32](7) })
	waitFor(k, "web", func(d *appsv1.Deployment) bool { return *d.Spec.Replicas == 7 && rolledOut(d) })
	modify(k, "web", func(d *appsv1.Deployment) { d.Spec.Replicas = ptr[int32](1) })
	waitFor(k, "web", func(d *appsv1.Deployment) bool { return *d.Spec.Replicas == 1 && rolledOut(d) })
	until(k, "one Pod is left", func(pods *client.Cache[corev1.Pod]) bool { return pods.Len() == 1 })
}

func TestRecreateWaitsUntilOldPodsAreGone(t *testing.T) {
	k := newCluster(t, 1, "deployment-controller", "replicaset-controller")
	d := web(2, "linger")
	d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	create(k, d)
	waitFor(k, "web", rolledOut)
	modify(k, "web", func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "v2" })
	until(k, "the old Pods are being deleted", func(pods *client.Cache[corev1.Pod]) bool {
		deleted := 0
		for pod := range pods.All() {
			require.Equal(t, "linger", pod.Spec.Containers[0].Image, "a new Pod runs beside old ones")
			if pod.DeletionTimestamp != nil {
				deleted++
			}
		}
		return deleted == 2
	})
	for _, pod := range list[corev1.Pod](k, "app=web") {
		require.NoError(t, client.Of[corev1.Pod](k.c).In("default").Delete(k.ctx, pod.Name, meta.DeleteOptions{GracePeriodSeconds: ptr[int64](0)}))
	}
	waitFor(k, "web", func(d *appsv1.Deployment) bool { return rolledOut(d) && d.Status.ObservedGeneration == d.Generation })
}

func TestNameCollisionIsGotAround(t *testing.T) {
	k := newCluster(t, 1, "deployment-controller", "replicaset-controller")
	d := web(1, "v1")
	d.Spec.Paused = true
	create(k, d) // d has what the server filled in now
	hash, err := workload.Hash(&d.Spec.Template, nil)
	require.NoError(t, err)
	create(k, &appsv1.ReplicaSet{
		ObjectMeta: meta.ObjectMeta{Name: "web-" + hash},
		Spec:       appsv1.ReplicaSetSpec{Replicas: ptr[int32](0), Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "else"}}, Template: template("else", "v1")},
	})
	modify(k, "web", func(d *appsv1.Deployment) { d.Spec.Paused = false })
	d = waitFor(k, "web", rolledOut)
	require.EqualValues(t, 1, *d.Status.CollisionCount)
	sets := list[appsv1.ReplicaSet](k, "app=web")
	require.Len(t, sets, 1)
	require.NotEqual(t, "web-"+hash, sets[0].Name)
}

func TestReplicaSetAdoptsAndReleases(t *testing.T) {
	k := newCluster(t, 1, "replicaset-controller")
	orphan := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "orphan", Labels: map[string]string{"app": "web"}}, Spec: template("web", "v1").Spec}
	create(k, orphan)
	rs := create(k, &appsv1.ReplicaSet{
		ObjectMeta: meta.ObjectMeta{Name: "web"},
		Spec:       appsv1.ReplicaSetSpec{Replicas: ptr[int32](2), Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "web"}}, Template: template("web", "v1")},
	})
	waitFor(k, "web", func(rs *appsv1.ReplicaSet) bool {
		return rs.Status.ReadyReplicas == 2 && rs.Status.ObservedGeneration == rs.Generation
	})
	require.Len(t, list[corev1.Pod](k, "app=web"), 2)
	waitFor(k, "orphan", func(pod *corev1.Pod) bool {
		return meta.ControllerOf(pod) != nil && meta.ControllerOf(pod).UID == rs.UID
	})

	modify(k, "orphan", func(pod *corev1.Pod) { pod.Labels["app"] = "debug" })
	waitFor(k, "orphan", func(pod *corev1.Pod) bool { return meta.ControllerOf(pod) == nil })
	waitFor(k, "web", func(rs *appsv1.ReplicaSet) bool { return rs.Status.ReadyReplicas == 2 })
	until(k, "there is another Pod in its place", func(pods *client.Cache[corev1.Pod]) bool { return pods.Len() == 3 })
}

func TestReplicaSetReplacesFailedPods(t *testing.T) {
	k := newCluster(t, 1, "replicaset-controller")
	create(k, &appsv1.ReplicaSet{
		ObjectMeta: meta.ObjectMeta{Name: "web"},
		Spec:       appsv1.ReplicaSetSpec{Replicas: ptr[int32](3), Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "web"}}, Template: template("web", "v1")},
	})
	waitFor(k, "web", func(rs *appsv1.ReplicaSet) bool { return rs.Status.AvailableReplicas == 3 })
	victim := list[corev1.Pod](k, "app=web")[0]
	victim.Status.Phase = corev1.PodFailed
	require.NoError(t, client.Of[corev1.Pod](k.c).UpdateStatus(k.ctx, &victim))
	until(k, "three run beside the failed one", func(pods *client.Cache[corev1.Pod]) bool {
		running := 0
		for pod := range pods.All() {
			if pod.Status.Phase == corev1.PodRunning {
				running++
			}
		}
		return running == 3 && pods.Len() == 4
	})
}

func TestReplicationController(t *testing.T) {
	k := newCluster(t, 1, "replicationcontroller-controller")
	rc := &corev1.ReplicationController{
		ObjectMeta: meta.ObjectMeta{Name: "old"},
		Spec:       corev1.ReplicationControllerSpec{Replicas: ptr[int32](2), Selector: map[string]string{"app": "old"}, Template: ptr(template("old", "v1"))},
	}
	create(k, codec.DeepCopy(rc))
	waitFor(k, "old", func(rc *corev1.ReplicationController) bool { return rc.Status.AvailableReplicas == 2 })
	pods := list[corev1.Pod](k, "app=old")
	require.Len(t, pods, 2)
	require.Equal(t, "ReplicationController", meta.ControllerOf(&pods[0]).Kind)
	require.Equal(t, "v1", meta.ControllerOf(&pods[0]).APIVersion)
	modify(k, "old", func(rc *corev1.ReplicationController) { rc.Spec.Replicas = ptr[int32](0) })
	until(k, "no Pod is left", func(pods *client.Cache[corev1.Pod]) bool { return pods.Len() == 0 })
	k.waitEvent("old", "SuccessfulDelete", "Deleted pod: old-")
}
