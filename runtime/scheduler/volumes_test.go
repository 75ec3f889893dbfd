package scheduler

import (
	"fmt"
	"testing"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func uses(claims ...string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		for _, name := range claims {
			p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name},
			}})
		}
	}
}

func testClaim(name, class, size string, change ...func(*corev1.PersistentVolumeClaim)) *corev1.PersistentVolumeClaim {
	c := &corev1.PersistentVolumeClaim{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: name, UID: meta.UID("claim-" + name)}}
	c.Spec.StorageClassName = &class
	c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	c.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: quantity.MustParse(size)}
	for _, f := range change {
		f(c)
	}
	return c
}

func boundTo(volume string) func(*corev1.PersistentVolumeClaim) {
	return func(c *corev1.PersistentVolumeClaim) {
		c.Spec.VolumeName = volume
		c.Annotations = map[string]string{storagev1.AnnotationBindCompleted: "yes"}
		c.Status.Phase = corev1.ClaimBound
	}
}

func singlePod(c *corev1.PersistentVolumeClaim) {
	c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}
}

func testVolume(name, class, size string, change ...func(*corev1.PersistentVolume)) *corev1.PersistentVolume {
	pv := &corev1.PersistentVolume{ObjectMeta: meta.ObjectMeta{Name: name}}
	pv.Spec.StorageClassName = class
	pv.Spec.Capacity = corev1.ResourceList{corev1.ResourceStorage: quantity.MustParse(size)}
	pv.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}
	pv.Status.Phase = corev1.VolumeAvailable
	for _, f := range change {
		f(pv)
	}
	return pv
}

func reachedFrom(nodes ...string) func(*corev1.PersistentVolume) {
	return func(pv *corev1.PersistentVolume) {
		pv.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "kubernetes.io/hostname", Operator: corev1.NodeSelectorOpIn, Values: nodes}},
		}}}}
	}
}

func ofDriver(handle string) func(*corev1.PersistentVolume) {
	return func(pv *corev1.PersistentVolume) {
		pv.Spec.CSI = &corev1.CSIPersistentVolumeSource{Driver: "disk.example.com", VolumeHandle: handle}
	}
}

func testClass(name, provisioner string, mode storagev1.VolumeBindingMode) *storagev1.StorageClass {
	return &storagev1.StorageClass{ObjectMeta: meta.ObjectMeta{Name: name}, Provisioner: provisioner, VolumeBindingMode: &mode}
}

func inZone(zone string) func(*corev1.PersistentVolume) {
	return func(pv *corev1.PersistentVolume) {
		pv.Labels = map[string]string{"topology.kubernetes.io/zone": zone}
	}
}

// withStorage puts objects of storage into a cluster.
func withStorage(c *Cluster, objects ...any) *Cluster {
	s := c.Storage
	for _, obj := range objects {
		switch obj := obj.(type) {
		case *corev1.PersistentVolumeClaim:
			s.Claims[client.KeyOf(obj)] = obj
		case *corev1.PersistentVolume:
			s.Volumes[obj.Name] = obj
		case *storagev1.StorageClass:
			s.Classes[obj.Name] = obj
		case *storagev1.CSINode:
			s.Nodes[obj.Name] = obj
		case *storagev1.CSIDriver:
			s.Drivers[obj.Name] = obj
		case *storagev1.CSIStorageCapacity:
			s.Capacities[client.KeyOf(obj)] = obj
		case *storagev1.VolumeAttachment:
			s.Attachments[obj.Name] = obj
		default:
			panic(fmt.Sprintf("%T is nothing of storage", obj))
		}
	}
	return c
}

func TestVolumesDecide(t *testing.T) {
	local := testClass("local", "kubernetes.io/no-provisioner", storagev1.VolumeBindingWaitForFirstConsumer)
	made := testClass("made", "disk.example.com", storagev1.VolumeBindingWaitForFirstConsumer)
	zoned := testClass("zoned", "disk.example.com", storagev1.VolumeBindingWaitForFirstConsumer)
	zoned.AllowedTopologies = []corev1.TopologySelectorTerm{{MatchLabelExpressions: []corev1.TopologySelectorLabelRequirement{{Key: "zone", Values: []string{"2"}}}}}
	yes, two := true, int32(2)
	counted := &storagev1.CSIDriver{ObjectMeta: meta.ObjectMeta{Name: "disk.example.com"}, Spec: storagev1.CSIDriverSpec{StorageCapacity: &yes}}
	capacity := func(node, size string) *storagev1.CSIStorageCapacity {
		q := quantity.MustParse(size)
		return &storagev1.CSIStorageCapacity{ObjectMeta: meta.ObjectMeta{Namespace: "x", Name: node}, StorageClassName: "made", Capacity: &q,
			NodeTopology: &meta.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/hostname": node}}}
	}
	limited := &storagev1.CSINode{ObjectMeta: meta.ObjectMeta{Name: "a"}, Spec: storagev1.CSINodeSpec{Drivers: []storagev1.CSINodeDriver{
		{Name: "disk.example.com", NodeID: "a", Allocatable: &storagev1.VolumeNodeResources{Count: &two}},
	}}}
	both := []*corev1.Node{testNode("a", labelled("zone", "1")), testNode("b", labelled("zone", "2"))}
	for _, test := range []struct {
		name    string
		nodes   []*corev1.Node
		storage []any
		placed  *corev1.Pod // on a
		pod     *corev1.Pod
		want    string
		plan    string
		err     string
	}{
		{name: "a claim that is not there", nodes: both, pod: testPod("p", uses("c")), err: `0/2 nodes are available: persistentvolumeclaim "c" not found.`},
		{
			name: "a claim that goes", nodes: both, pod: testPod("p", uses("c")),
			storage: []any{testClaim("c", "", "1Gi", func(c *corev1.PersistentVolumeClaim) { now := meta.Now(); c.DeletionTimestamp = &now })},
			err:     `0/2 nodes are available: persistentvolumeclaim "c" is being deleted.`,
		},
		{
			name: "a claim without its volume", nodes: both, pod: testPod("p", uses("c")),
			storage: []any{testClaim("c", "", "1Gi", boundTo("pv"), func(c *corev1.PersistentVolumeClaim) { c.Status.Phase = corev1.ClaimLost })},
			err:     `0/2 nodes are available: persistentvolumeclaim "c" bound to non-existent persistentvolume "pv".`,
		},
		{
			name: "an own claim that is to come", nodes: both, pod: testPod("p", func(p *corev1.Pod) {
				p.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}}}}
			}),
			err: `0/2 nodes are available: waiting for ephemeral volume controller to create the persistentvolumeclaim "p-v".`,
		},
		{
			name: "a claim that does not wait", nodes: both, pod: testPod("p", uses("c")), storage: []any{testClaim("c", "", "1Gi")},
			err: "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
		},
		{
			name: "bound", nodes: both, pod: testPod("p", uses("c")),
			storage: []any{testClaim("c", "", "1Gi", boundTo("pv")), testVolume("pv", "", "1Gi", reachedFrom("b"))}, want: "b",
		},
		{
			name: "bound elsewhere", nodes: both, pod: testPod("p", uses("c")),
			storage: []any{testClaim("c", "", "1Gi", boundTo("pv")), testVolume("pv", "", "1Gi", reachedFrom("z"))},
			err:     "0/2 nodes are available: 2 node(s) had volume node affinity conflict.",
		},
		{
			name: "a volume that is there", nodes: both, pod: testPod("p", uses("c")),
			storage: []any{local, testClaim("c", "local", "1Gi"), testVolume("small", "local", "500Mi", reachedFrom("a")), testVolume("right", "local", "1Gi", reachedFrom("b"))},
			want:    "b", plan: "{[{default/c right}] []}",
		},
		{
			name: "two claims, two volumes", nodes: both[:1], pod: testPod("p", uses("large", "small")),
			storage: []any{local, testClaim("large", "local", "2Gi"), testClaim("small", "local", "1Gi"), testVolume("one", "local", "1Gi"), testVolume("two", "local", "2Gi")},
			want:    "a", plan: "{[{default/small one} {default/large two}] []}",
		},
		{
			name: "no volume left", nodes: both, pod: testPod("p", uses("c", "d")),
			storage: []any{local, testClaim("c", "local", "1Gi"), testClaim("d", "local", "1Gi"), testVolume("one", "local", "1Gi")},
			err:     "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind.",
		},
		{name: "one is made", nodes: both[:1], pod: testPod("p", uses("c")), storage: []any{made, testClaim("c", "made", "1Gi")}, want: "a", plan: "{[] [default/c]}"},
		{
			name: "one is made for a node", nodes: both, pod: testPod("p", uses("c")),
			storage: []any{made, testClaim("c", "made", "1Gi", func(c *corev1.PersistentVolumeClaim) {
				c.Annotations = map[string]string{storagev1.AnnotationSelectedNode: "b"}
			})},
			want: "b", plan: "{[] [default/c]}",
		},
		{name: "made in a zone", nodes: both, pod: testPod("p", uses("c")), storage: []any{zoned, testClaim("c", "zoned", "1Gi")}, want: "b", plan: "{[] [default/c]}"},
		{
			name: "made where there is room", nodes: both, pod: testPod("p", uses("c")),
			storage: []any{made, counted, capacity("a", "500Mi"), capacity("b", "2Gi"), testClaim("c", "made", "1Gi")}, want: "b", plan: "{[] [default/c]}",
		},
		{
			name: "room nowhere", nodes: both, pod: testPod("p", uses("c")), storage: []any{made, counted, capacity("a", "500Mi"), testClaim("c", "made", "1Gi")},
			err: "0/2 nodes are available: 2 node(s) did not have enough free storage.",
		},
		{
			name: "a claim for a single Pod", nodes: both, placed: testPod("x", uses("c")), pod: testPod("p", uses("c")),
			storage: []any{testClaim("c", "", "1Gi", boundTo("pv"), singlePod), testVolume("pv", "", "1Gi")},
			err:     "0/2 nodes are available: 2 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode.",
		},
		{
			name: "a disk", nodes: both[:1], placed: testPod("x", iscsi), pod: testPod("p", iscsi),
			err: "0/1 nodes are available: 1 node(s) had no available disk.",
		},
		{
			name: "too many volumes", nodes: both[:1], placed: testPod("x", uses("c1", "c2")), pod: testPod("p", uses("c3")),
			storage: []any{limited, testClaim("c1", "", "1Gi", boundTo("pv1")), testClaim("c2", "", "1Gi", boundTo("pv2")), testClaim("c3", "", "1Gi", boundTo("pv3")),
				testVolume("pv1", "", "1Gi", ofDriver("1")), testVolume("pv2", "", "1Gi", ofDriver("2")), testVolume("pv3", "", "1Gi", ofDriver("3"))},
			err: "0/1 nodes are available: 1 node(s) exceed max volume count.",
		},
		{
			name: "the same volume again", nodes: both[:1], placed: testPod("x", uses("c1", "c2")), pod: testPod("p", uses("c2")),
			storage: []any{limited, testClaim("c1", "", "1Gi", boundTo("pv1")), testClaim("c2", "", "1Gi", boundTo("pv2")),
				testVolume("pv1", "", "1Gi", ofDriver("1")), testVolume("pv2", "", "1Gi", ofDriver("2"))},
			want: "a",
		},
		{
			name: "a volume of a zone", nodes: []*corev1.Node{testNode("a", labelled("topology.kubernetes.io/zone", "1")), testNode("b", labelled("topology.kubernetes.io/zone", "2"))},
			pod: testPod("p", uses("c")), storage: []any{testClaim("c", "", "1Gi", boundTo("pv")), testVolume("pv", "", "1Gi", inZone("2__3"))}, want: "b",
		},
		{
			name: "a zone without nodes", nodes: []*corev1.Node{testNode("a", labelled("topology.kubernetes.io/zone", "1"))},
			pod: testPod("p", uses("c")), storage: []any{testClaim("c", "", "1Gi", boundTo("pv")), testVolume("pv", "", "1Gi", inZone("2"))},
			err: "0/1 nodes are available: 1 node(s) had no available volume zone.",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := withStorage(testCluster(test.nodes...), test.storage...)
			if test.placed != nil {
				c.Place(NewPod(test.placed), "a")
			}
			pod := NewPod(test.pod)
			for turn := range 2 {
				got, err := DefaultPlugins().Decide(pod, c, turn)
				if test.err != "" {
					if err == nil || err.Error() != test.err {
						t.Fatalf("got node %q, error %v; want error %q", got.Node, err, test.err)
					}
					continue
				}
				if err != nil || got.Node != test.want {
					t.Fatalf("got node %q, error %v; want node %q", got.Node, err, test.want)
				}
				plan := DefaultPlugins().Volumes(pod, c, got.Node)
				if text := fmt.Sprint(plan); !plan.Empty() && text != test.plan || plan.Empty() && test.plan != "" {
					t.Errorf("got plan %s, want %s", text, test.plan)
				}
			}
		})
	}
}

func iscsi(p *corev1.Pod) {
	p.Spec.Volumes = []corev1.Volume{{Name: "d", VolumeSource: corev1.VolumeSource{ISCSI: &corev1.ISCSIVolumeSource{IQN: "iqn.2026-01.com.example:d"}}}}
}

// TestReservedVolumesAreTaken: what one decision has taken the next one may not.
func TestReservedVolumesAreTaken(t *testing.T) {
	c := withStorage(testCluster(testNode("a"), testNode("b")), testClass("local", "kubernetes.io/no-provisioner", storagev1.VolumeBindingWaitForFirstConsumer),
		testClaim("c", "local", "1Gi"), testClaim("d", "local", "1Gi"), testVolume("pv", "local", "1Gi", reachedFrom("a")))
	plugins := DefaultPlugins()
	first := NewPod(testPod("p", uses("c")))
	plan := plugins.Volumes(first, c, "a")
	c.Storage.reserve(&plan, "a")
	if _, err := plugins.Decide(NewPod(testPod("q", uses("d"))), c, 0); err == nil || err.Error() != "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind." {
		t.Errorf("another claim gets the volume too: %v", err)
	}
	// A second Pod of the same claim goes where the volume is, and has nothing to do.
	second := NewPod(testPod("r", uses("c")))
	if got, err := plugins.Decide(second, c, 1); err != nil || got.Node != "a" {
		t.Errorf("a second Pod of the claim goes to %q, %v", got.Node, err)
	}
	if plan := plugins.Volumes(second, c, "a"); !plan.Empty() {
		t.Errorf("a second Pod of the claim plans %v", plan)
	}
	c.Storage.release(&plan)
	if _, err := plugins.Decide(NewPod(testPod("q", uses("d"))), c, 0); err != nil {
		t.Errorf("what was released is still taken: %v", err)
	}
}

func TestPreemptionKeepsToBudgets(t *testing.T) {
	c := testCluster(testNode("a"), testNode("b"))
	c.Place(NewPod(testPod("a-low", asks("4"), priority(1), func(p *corev1.Pod) { p.Labels = map[string]string{"app": "db"} })), "a")
	c.Place(NewPod(testPod("b-mid", asks("4"), priority(5))), "b")
	c.SetBudget(&policyv1.PodDisruptionBudget{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "db"},
		Spec:       policyv1.PodDisruptionBudgetSpec{Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "db"}}},
	})
	pod := NewPod(testPod("p", asks("2"), priority(10)))
	preempt := func() *Preemption {
		_, err := DefaultPlugins().Decide(pod, c, 0)
		refused, ok := err.(*NoNodeError)
		if !ok {
			t.Fatalf("Decide: %v", err)
		}
		return DefaultPlugins().Preempt(pod, c, refused)
	}
	if got := preempt(); got == nil || got.Node != "b" || got.Protected != 0 {
		t.Fatalf("got %+v, want the more important Pod that no budget protects to go", got)
	}
	c.RemoveBudget(client.Key{Namespace: "default", Name: "db"})
	if got := preempt(); got == nil || got.Node != "a" {
		t.Fatalf("got %+v, want the least important Pod to go", got)
	}
	// Who was promised the node and is less important has to look elsewhere.
	waiting := NewPod(testPod("w", asks("2"), priority(7)))
	c.Nominate(waiting, "a")
	if got := preempt(); got == nil || len(got.Yielding) != 1 || got.Yielding[0] != waiting {
		t.Fatalf("got %+v, want w to yield", got)
	}
	// One that is more important keeps its room.
	c.Nominate(waiting, "")
	kept := NewPod(testPod("k", asks("4"), priority(20)))
	c.Nominate(kept, "a")
	if got := preempt(); got == nil || got.Node != "b" {
		t.Fatalf("got %+v, want node a to be left to the Pod that it is kept for", got)
	}
}

// TestReplicasSpreadByDefault: Pods of one controller go to different nodes though
// they say nothing about it.
func TestReplicasSpreadByDefault(t *testing.T) {
	c := testCluster(testNode("a"), testNode("b"))
	yes := true
	owned := func(p *corev1.Pod) {
		p.OwnerReferences = []meta.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "r", UID: "r", Controller: &yes}}
	}
	// Node b has less left, and none of the replicas.
	c.Place(NewPod(testPod("x", owned, asks("100m"))), "a")
	c.Place(NewPod(testPod("other", asks("1"), func(p *corev1.Pod) { p.Labels = nil })), "b")
	if got, err := DefaultPlugins().Decide(NewPod(testPod("y", owned, asks("100m"))), c, 0); err != nil || got.Node != "a" {
		t.Fatalf("without knowing the controller: %q, %v", got.Node, err)
	}
	c.SetOwner("r", webSelector())
	if got, err := DefaultPlugins().Decide(NewPod(testPod("y", owned, asks("100m"))), c, 0); err != nil || got.Node != "b" {
		t.Fatalf("replicas are put together: %q, %v", got.Node, err)
	}
	c.SetOwner("r", nil)
	c.SetService(&corev1.Service{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: "web"}, Spec: corev1.ServiceSpec{Selector: map[string]string{"app": "web"}}})
	if got, err := DefaultPlugins().Decide(NewPod(testPod("y", owned, asks("100m"))), c, 0); err != nil || got.Node != "b" {
		t.Fatalf("Pods of a Service are put together: %q, %v", got.Node, err)
	}
}

// TestRefusalsSayWhatHelps: a Pod is tried again after what may help it only.
func TestRefusalsSayWhatHelps(t *testing.T) {
	full := testCluster(testNode("a", func(n *corev1.Node) { n.Status.Allocatable[corev1.ResourceCPU] = quantity.MustParse("1") }))
	for _, test := range []struct {
		name    string
		cluster *Cluster
		pod     *corev1.Pod
		want    Change
	}{
		{"no nodes", NewCluster(), testPod("p"), NodeChanged},
		{"no room", full, testPod("p", asks("2")), NodeChanged | PodGone},
		{"a claim", full, testPod("p", uses("c")), NodeChanged | StorageChanged},
		{"labels", full, testPod("p", func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{"disk": "fast"} }), NodeChanged},
	} {
		_, err := DefaultPlugins().Decide(NewPod(test.pod), test.cluster, 0)
		if refused, ok := err.(*NoNodeError); !ok || refused.HelpedBy != test.want {
			t.Errorf("%s: got %v, %+v; want helped by %b", test.name, err, refused, test.want)
		}
	}
}
