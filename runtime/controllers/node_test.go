package controllers_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/nodelifecycle"
	"github.com/kubenucleus/nucleus/runtime/controllers/podgc"
	"github.com/kubenucleus/nucleus/runtime/controllers/tainteviction"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// clock is time that a test can move on.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// run runs something with the cluster until the test ends.
func (k *cluster) run(run func(ctx context.Context) error) {
	ctx, stop := context.WithCancel(k.ctx)
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	k.t.Cleanup(func() {
		stop()
		require.NoError(k.t, <-done)
	})
}

func (k *cluster) postReady(node string, c *clock) {
	k.t.Helper()
	_, err := client.Of[corev1.Node](k.c).Subresource("status").Modify(k.ctx, node, func(n *corev1.Node) error {
		now := meta.At(c.now())
		n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue, LastHeartbeatTime: now, LastTransitionTime: now}}
		return nil
	})
	require.NoError(k.t, err)
}

func hasTaint(n *corev1.Node, key string, effect corev1.TaintEffect) bool {
	for _, t := range n.Spec.Taints {
		if t.Key == key && t.Effect == effect {
			return true
		}
	}
	return false
}

func TestASilentNodeIsEmptied(t *testing.T) {
	k := newCluster(t, 2)
	var c clock
	events := controller.NewRecorder(k.c, "test", controller.RecorderOptions{})
	k.run(events.Run)
	k.postReady("node-0", &c)
	k.postReady("node-1", &c)
	k.run(nodelifecycle.New(k.caches, nodelifecycle.Options{Options: workload.Options{Now: c.now, Events: events}, Period: 10 * time.Millisecond}).Run)
	k.run(tainteviction.New(k.caches, workload.Options{Now: c.now, Events: events}).Run)
	pod := func(name string, tolerations ...corev1.Toleration) {
		spec := template("p", "linger").Spec
		spec.NodeName, spec.Tolerations = "node-0", tolerations
		create(k, &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name}, Spec: spec})
		waitFor(k, name, func(pod *corev1.Pod) bool { return workload.Ready(pod) })
	}
	pod("goes")
	pod("stays", corev1.Toleration{Operator: corev1.TolerationOpExists})
	for _, name := range []string{"node-0", "node-1"} {
		k.waitEvent(name, "RegisteredNode", "Node "+name+" event: Registered Node")
	}

	c.advance(time.Minute)
	n := waitFor(k, "node-0", func(n *corev1.Node) bool {
		return len(n.Status.Conditions) > 0 && n.Status.Conditions[0].Status == corev1.ConditionUnknown
	})
	require.Equal(t, "NodeStatusUnknown", n.Status.Conditions[0].Reason)
	waitFor(k, "node-0", func(n *corev1.Node) bool {
		return hasTaint(n, corev1.TaintNodeUnreachable, corev1.TaintEffectNoSchedule)
	})
	waitFor(k, "stays", func(pod *corev1.Pod) bool { return !workload.Ready(pod) })
	k.waitEvent("node-0", "NodeNotReady", "Node node-0 status is now: NodeNotReady")

	// As long as no Node answers nobody is evicted.
	k.postReady("node-1", &c)
	waitFor(k, "node-0", func(n *corev1.Node) bool {
		return hasTaint(n, corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute)
	})
	waitFor(k, "node-1", func(n *corev1.Node) bool { return len(n.Spec.Taints) == 0 })
	gone := waitFor(k, "goes", func(pod *corev1.Pod) bool { return pod.DeletionTimestamp != nil })
	why := workload.Condition(gone, corev1.DisruptionTarget)
	require.Equal(t, "DeletionByTaintManager", why.Reason)
	require.Equal(t, "Taint manager: deleting due to NoExecute taint", why.Message)
	k.waitEvent("goes", "TaintManagerEviction", "Marking for deletion Pod default/goes")
	stays, err := client.Of[corev1.Pod](k.c).In("default").Get(k.ctx, "stays")
	require.NoError(t, err)
	require.Nil(t, stays.DeletionTimestamp)

	k.postReady("node-0", &c)
	waitFor(k, "node-0", func(n *corev1.Node) bool { return len(n.Spec.Taints) == 0 })
}

func TestPodsOfALostNodeAreRemoved(t *testing.T) {
	k := newCluster(t, 2)
	k.run(podgc.New(k.caches, podgc.Options{Period: 10 * time.Millisecond, Quarantine: 20 * time.Millisecond, Finished: 1}).Run)
	for _, name := range []string{"node-0", "node-1"} {
		spec := template("p", "linger").Spec
		spec.NodeName = name
		create(k, &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "on-" + name, Finalizers: []string{"example.com/hold"}}, Spec: spec})
	}
	for _, name := range []string{"a", "b", "c"} {
		create(k, &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "done-" + name}, Spec: template("p", "succeed").Spec})
	}
	until(k, "one finished Pod is left", func(pods *client.Cache[corev1.Pod]) bool { return pods.Len() == 3 })
	require.NoError(t, client.Of[corev1.Node](k.c).Delete(k.ctx, "node-0"))
	until(k, "the node is gone", func(nodes *client.Cache[corev1.Node]) bool { return nodes.Len() == 1 })
	pod := waitFor(k, "on-node-0", func(pod *corev1.Pod) bool { return pod.DeletionTimestamp != nil })
	require.Equal(t, corev1.PodFailed, pod.Status.Phase)
	require.Equal(t, "DeletionByPodGC", workload.Condition(pod, corev1.DisruptionTarget).Reason)
}
