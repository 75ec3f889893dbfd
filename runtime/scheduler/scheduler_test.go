package scheduler_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/controllers/persistentvolume"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
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

// TestPodsWaitForTheirVolumes: a claim of a class that waits is bound on the node
// that suits the Pod, and the Pod once that is done.
func TestPodsWaitForTheirVolumes(t *testing.T) {
	ctx, c := scheduling(t)
	caches := client.NewCaches(c, slog.New(slog.DiscardHandler))
	binder := persistentvolume.New(caches, workload.Options{Logger: slog.New(slog.DiscardHandler)})
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	working, stop := context.WithCancel(ctx)
	t.Cleanup(stop)
	running.Go(func() { _ = caches.Run(working) })
	running.Go(func() { _ = binder.Run(working) })

	addNode(t, ctx, c, "near", "2")
	addNode(t, ctx, c, "far", "2")
	mode := storagev1.VolumeBindingWaitForFirstConsumer
	for _, class := range []*storagev1.StorageClass{
		{ObjectMeta: meta.ObjectMeta{Name: "local"}, Provisioner: "kubernetes.io/no-provisioner", VolumeBindingMode: &mode},
		{ObjectMeta: meta.ObjectMeta{Name: "made"}, Provisioner: "disk.example.com", VolumeBindingMode: &mode},
	} {
		if err := client.Of[storagev1.StorageClass](c).Create(ctx, class); err != nil {
			t.Fatal(err)
		}
	}
	claim := func(name, class string) {
		t.Helper()
		pvc := &corev1.PersistentVolumeClaim{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: name}}
		pvc.Spec.StorageClassName = &class
		pvc.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
		pvc.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: quantity.MustParse("1Gi")}
		if err := client.Of[corev1.PersistentVolumeClaim](c).In("default").Create(ctx, pvc); err != nil {
			t.Fatal(err)
		}
	}
	volume := func(name, class, node string, change ...func(*corev1.PersistentVolume)) {
		t.Helper()
		pv := &corev1.PersistentVolume{ObjectMeta: meta.ObjectMeta{Name: name}}
		pv.Spec.StorageClassName = class
		pv.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
		pv.Spec.Capacity = corev1.ResourceList{corev1.ResourceStorage: quantity.MustParse("1Gi")}
		pv.Spec.PersistentVolumeReclaimPolicy = corev1.PersistentVolumeReclaimRetain
		pv.Spec.Local = &corev1.LocalVolumeSource{Path: "/mnt"}
		pv.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
		}}}}
		for _, f := range change {
			f(pv)
		}
		if err := client.Of[corev1.PersistentVolume](c).Create(ctx, pv); err != nil {
			t.Fatal(err)
		}
	}
	with := func(claim string) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}}}}
		}
	}

	addPod(t, ctx, c, "static", "1", with("static"))
	await(t, ctx, c, "static", "a refusal for want of the claim", refused(`0/2 nodes are available: persistentvolumeclaim "static" not found.`))
	claim("static", "local")
	await(t, ctx, c, "static", "a refusal for want of a volume", refused("0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind."))
	volume("there", "local", "far")
	await(t, ctx, c, "static", "binding where the volume is", onNode("far"))

	// The test is the provisioner.
	claims := client.Of[corev1.PersistentVolumeClaim](c).In("default")
	selected := func(name string) string {
		t.Helper()
		for change, err := range claims.Watch(ctx, meta.ListOptions{FieldSelector: "metadata.name=" + name}) {
			if err != nil {
				t.Fatal(err)
			}
			if node := change.Object.Annotations[storagev1.AnnotationSelectedNode]; node != "" {
				return node
			}
		}
		t.Fatalf("nobody selects a node for claim %s", name)
		return ""
	}
	claim("made", "made")
	addPod(t, ctx, c, "made", "1", with("made"))
	node := selected("made")
	if p, err := client.Of[corev1.Pod](c).In("default").Get(ctx, "made"); err != nil || p.Spec.NodeName != "" {
		t.Fatalf("the Pod is on node %q before its volume is there, %v", p.Spec.NodeName, err)
	}
	volume("new", "made", node, func(pv *corev1.PersistentVolume) {
		pv.Spec.ClaimRef = &corev1.ObjectReference{Namespace: "default", Name: "made"}
	})
	await(t, ctx, c, "made", "binding once the volume is there", onNode(node))

	claim("never", "made")
	addPod(t, ctx, c, "never", "10m", with("never"))
	selected("never")
	if _, err := claims.Modify(ctx, "never", func(pvc *corev1.PersistentVolumeClaim) error {
		delete(pvc.Annotations, storagev1.AnnotationSelectedNode)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, c, "never", "a word of what the provisioner gave up", func(p *corev1.Pod) bool {
		for _, condition := range p.Status.Conditions {
			if condition.Type == corev1.PodScheduled {
				return condition.Message == `running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "never"`
			}
		}
		return false
	})
	selected("never") // and tries again
}
