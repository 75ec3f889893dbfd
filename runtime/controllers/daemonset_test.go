package controllers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func TestDaemonSetEndToEnd(t *testing.T) {
	k := newCluster(t, 3, "daemonset-controller")
	create(k, &appsv1.DaemonSet{
		ObjectMeta: meta.ObjectMeta{Name: "agent"},
		Spec: appsv1.DaemonSetSpec{
			Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "agent"}}, Template: template("agent", "v1"),
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{
				Type: appsv1.RollingUpdateDaemonSetStrategyType, RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxUnavailable: ptr(intstr.FromInt(1)), MaxSurge: ptr(intstr.FromInt(0))},
			},
			RevisionHistoryLimit: ptr[int32](10),
		},
	})
	done := func(n int32) func(*appsv1.DaemonSet) bool {
		return func(ds *appsv1.DaemonSet) bool {
			s := ds.Status
			return s.ObservedGeneration >= ds.Generation && s.DesiredNumberScheduled == n && s.UpdatedNumberScheduled == n && s.NumberAvailable == n
		}
	}
	waitFor(k, "agent", done(3))
	nodes := map[string]bool{}
	for _, pod := range list[corev1.Pod](k, "app=agent") {
		nodes[pod.Spec.NodeName] = true
		k.waitEvent("agent", "SuccessfulCreate", "Created pod: "+pod.Name)
	}
	require.Len(t, nodes, 3)

	require.NoError(t, k.addNode(k.ctx, "node-9"))
	waitFor(k, "agent", done(4))

	modify(k, "agent", func(ds *appsv1.DaemonSet) { ds.Spec.Template.Spec.Containers[0].Image = "v2" })
	until(k, "every Pod is new", func(pods *client.Cache[corev1.Pod]) bool {
		n := 0
		for pod := range pods.All() {
			if pod.Spec.Containers[0].Image == "v2" {
				n++
			}
		}
		return n == 4 && pods.Len() == 4
	})
	waitFor(k, "agent", done(4))
	revisions := list[appsv1.ControllerRevision](k, "app=agent")
	require.Len(t, revisions, 2)

	// Back to the first template: its revision gets a new number.
	modify(k, "agent", func(ds *appsv1.DaemonSet) { ds.Spec.Template.Spec.Containers[0].Image = "v1" })
	until(k, "there is a third revision, and two objects", func(revisions *client.Cache[appsv1.ControllerRevision]) bool {
		newest := int64(0)
		for r := range revisions.All() {
			newest = max(newest, r.Revision)
		}
		return newest == 3 && revisions.Len() == 2
	})
	until(k, "every Pod is of the first template", func(pods *client.Cache[corev1.Pod]) bool {
		for pod := range pods.All() {
			if pod.Spec.Containers[0].Image != "v1" {
				return false
			}
		}
		return pods.Len() == 4
	})
}

func TestFailedDaemonIsReplaced(t *testing.T) {
	k := newCluster(t, 1, "daemonset-controller")
	create(k, &appsv1.DaemonSet{
		ObjectMeta: meta.ObjectMeta{Name: "agent"},
		Spec: appsv1.DaemonSetSpec{
			Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "agent"}}, Template: template("agent", "v1"),
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: appsv1.OnDeleteDaemonSetStrategyType},
		},
	})
	ready := func(ds *appsv1.DaemonSet) bool { return ds.Status.NumberReady == 1 }
	waitFor(k, "agent", ready)
	pod := list[corev1.Pod](k, "app=agent")[0]
	pod.Status.Phase = corev1.PodFailed
	require.NoError(t, client.Of[corev1.Pod](k.c).UpdateStatus(k.ctx, &pod))
	until(k, "another runs in its place", func(pods *client.Cache[corev1.Pod]) bool {
		for other := range pods.All() {
			if other.UID != pod.UID && other.Status.Phase == corev1.PodRunning {
				return true
			}
		}
		return false
	})
	k.waitEvent("agent", "FailedDaemonPod", "Found failed daemon pod default/"+pod.Name+" on node node-0, will try to kill it")
}
