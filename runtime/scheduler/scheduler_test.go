package scheduler_test

import (
	"context"
	"strings"
	"testing"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/scheduler"
)

// scheduling runs a scheduler against a real server until the test ends.
func scheduling(t *testing.T) (context.Context, client.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	server := clienttest.Start(t, clienttest.Options{})
	c := server.Local
	ended := make(chan error, 1)
	go func() { ended <- scheduler.New(c, scheduler.Options{}).Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return ctx, c
}

func addNode(t *testing.T, ctx context.Context, c client.Client, name, cpu string) {
	t.Helper()
	n := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: name}}
	n.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse(cpu), corev1.ResourceMemory: quantity.MustParse("8Gi"), corev1.ResourcePods: quantity.MustParse("10")}
	n.Status.Capacity = n.Status.Allocatable
	if err := client.Of[corev1.Node](c).Create(ctx, n); err != nil {
		t.Fatal(err)
	}
	// A new node is tainted until somebody says that it is ready.
	if _, err := client.Of[corev1.Node](c).Modify(ctx, name, func(n *corev1.Node) error { n.Spec.Taints = nil; return nil }); err != nil {
		t.Fatal(err)
	}
}

func addPod(t *testing.T, ctx context.Context, c client.Client, name, cpu string, change ...func(*corev1.Pod)) {
	t.Helper()
	p := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: name}}
	p.Spec.Containers = []corev1.Container{{Name: "c", Image: "i", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse(cpu)}}}}
	for _, f := range change {
		f(p)
	}
	if err := client.Of[corev1.Pod](c).Create(ctx, p); err != nil {
		t.Fatal(err)
	}
}

// await watches the Pod until it is as wanted.
func await(t *testing.T, ctx context.Context, c client.Client, name, what string, wanted func(*corev1.Pod) bool) {
	t.Helper()
	var last *corev1.Pod
	for change, err := range client.Of[corev1.Pod](c).In("default").Watch(ctx, meta.ListOptions{FieldSelector: "metadata.name=" + name}) {
		if err != nil {
			t.Fatalf("%s: %v; last seen %+v", what, err, last)
		}
		if last = change.Object; change.Type != client.Deleted && wanted(last) {
			return
		}
	}
	t.Fatalf("%s did not happen; last seen %+v", what, last)
}

func onNode(name string) func(*corev1.Pod) bool {
	return func(p *corev1.Pod) bool { return p.Spec.NodeName == name }
}

func refused(text string) func(*corev1.Pod) bool {
	return func(p *corev1.Pod) bool {
		for _, c := range p.Status.Conditions {
			if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse && c.Reason == corev1.PodReasonUnschedulable {
				return strings.Contains(c.Message, text)
			}
		}
		return false
	}
}

func TestPodsAreBound(t *testing.T) {
	ctx, c := scheduling(t)
	addPod(t, ctx, c, "early", "1")
	await(t, ctx, c, "early", "a refusal for want of nodes", refused("no nodes available to schedule pods"))
	addNode(t, ctx, c, "small", "2")
	await(t, ctx, c, "early", "binding to the new node", onNode("small"))
	addPod(t, ctx, c, "large", "2")
	await(t, ctx, c, "large", "a refusal for want of CPU", refused("0/1 nodes are available: 1 Insufficient cpu."))
	if err := client.Of[corev1.Pod](c).In("default").Delete(ctx, "early", meta.DeleteOptions{GracePeriodSeconds: new(int64)}); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, c, "large", "binding once there is room", onNode("small"))
}

func TestImportantPodsMakeRoom(t *testing.T) {
	ctx, c := scheduling(t)
	addNode(t, ctx, c, "n", "2")
	addPod(t, ctx, c, "victim", "2")
	await(t, ctx, c, "victim", "binding", onNode("n"))
	addPod(t, ctx, c, "important", "1", func(p *corev1.Pod) { n := int32(1000); p.Spec.Priority = &n })
	await(t, ctx, c, "victim", "eviction", func(p *corev1.Pod) bool { return p.DeletionTimestamp != nil })
	await(t, ctx, c, "important", "nomination", func(p *corev1.Pod) bool { return p.Status.NominatedNodeName == "n" })
	// The kubelet ends the victim.
	if err := client.Of[corev1.Pod](c).In("default").Delete(ctx, "victim", meta.DeleteOptions{GracePeriodSeconds: new(int64)}); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, c, "important", "binding", onNode("n"))
}

func TestGatedAndForeignPodsAreLeftAlone(t *testing.T) {
	ctx, c := scheduling(t)
	addNode(t, ctx, c, "n", "4")
	addPod(t, ctx, c, "gated", "1", func(p *corev1.Pod) { p.Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "example.com/wait"}} })
	addPod(t, ctx, c, "foreign", "1", func(p *corev1.Pod) { p.Spec.SchedulerName = "another" })
	addPod(t, ctx, c, "last", "1")
	await(t, ctx, c, "last", "binding", onNode("n"))
	for _, name := range []string{"gated", "foreign"} {
		p, err := client.Of[corev1.Pod](c).In("default").Get(ctx, name)
		if err != nil || p.Spec.NodeName != "" {
			t.Errorf("%s is on node %q, %v", name, p.Spec.NodeName, err)
		}
	}
	if _, err := client.Of[corev1.Pod](c).In("default").Modify(ctx, "gated", func(p *corev1.Pod) error { p.Spec.SchedulingGates = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, c, "gated", "binding once the gate is gone", onNode("n"))
}
