package scheduler

import (
	"fmt"
	"testing"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func testNode(name string, change ...func(*corev1.Node)) *corev1.Node {
	n := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"kubernetes.io/hostname": name}}}
	n.Status.Allocatable = corev1.ResourceList{
		corev1.ResourceCPU: quantity.MustParse("4"), corev1.ResourceMemory: quantity.MustParse("8Gi"), corev1.ResourcePods: quantity.MustParse("110"),
	}
	for _, c := range change {
		c(n)
	}
	return n
}

func testPod(name string, change ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: name, UID: meta.UID(name), Labels: map[string]string{"app": "web"}}}
	p.Spec.Containers = []corev1.Container{{Name: "c"}}
	for _, c := range change {
		c(p)
	}
	return p
}

func asks(cpu string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse(cpu)}
	}
}

func priority(n int32) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Spec.Priority = &n } }

func labelled(key, value string) func(*corev1.Node) {
	return func(n *corev1.Node) { n.Labels[key] = value }
}

func tainted(key string, effect corev1.TaintEffect) func(*corev1.Node) {
	return func(n *corev1.Node) {
		n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: key, Effect: effect})
	}
}

func webSelector() *meta.LabelSelector {
	return &meta.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
}

func testCluster(nodes ...*corev1.Node) *Cluster {
	c := NewCluster()
	for _, n := range nodes {
		c.SetNode(n)
	}
	c.SetNamespace("default", map[string]string{"team": "a"})
	return c
}

func TestDecide(t *testing.T) {
	spread := func(p *corev1.Pod) {
		p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MaxSkew: 1, TopologyKey: "zone", WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: webSelector(),
		}}
	}
	apart := func(p *corev1.Pod) {
		p.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: "kubernetes.io/hostname", LabelSelector: webSelector()}},
		}}
	}
	together := func(p *corev1.Pod) {
		p.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: "zone", LabelSelector: webSelector()}},
		}}
	}
	hostPort := func(p *corev1.Pod) {
		p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 80, Protocol: corev1.ProtocolTCP}}
	}
	for _, test := range []struct {
		name   string
		nodes  []*corev1.Node
		placed map[string][]*corev1.Pod
		pod    *corev1.Pod
		want   string // the node
		err    string // or the refusal
	}{
		{name: "no nodes", pod: testPod("p"), err: "no nodes available to schedule pods"},
		{name: "the only node", nodes: []*corev1.Node{testNode("a")}, pod: testPod("p"), want: "a"},
		{
			name: "reasons are counted", nodes: []*corev1.Node{testNode("a"), testNode("b", tainted("x", corev1.TaintEffectNoSchedule)), testNode("c", func(n *corev1.Node) { n.Spec.Unschedulable = true })},
			pod: testPod("p", asks("5")), err: "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.",
		},
		{
			name: "the emptier node", nodes: []*corev1.Node{testNode("a"), testNode("b")},
			placed: map[string][]*corev1.Pod{"a": {testPod("x", asks("2"))}}, pod: testPod("p", asks("1")), want: "b",
		},
		{
			name: "init containers count by their peak", nodes: []*corev1.Node{testNode("a")},
			pod: testPod("p", asks("1"), func(p *corev1.Pod) {
				p.Spec.InitContainers = []corev1.Container{{Name: "i", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse("5")}}}}
			}),
			err: "0/1 nodes are available: 1 Insufficient cpu.",
		},
		{
			name: "node selector", nodes: []*corev1.Node{testNode("a"), testNode("b", labelled("disk", "fast"))},
			pod: testPod("p", func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{"disk": "fast"} }), want: "b",
		},
		{
			name: "preferred node affinity", nodes: []*corev1.Node{testNode("a"), testNode("b", labelled("disk", "fast")), testNode("c")},
			pod: testPod("p", func(p *corev1.Pod) {
				p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []corev1.PreferredSchedulingTerm{{
					Weight: 10, Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "disk", Operator: corev1.NodeSelectorOpExists}}},
				}}}}
			}), want: "b",
		},
		{
			name: "a taint is tolerated", nodes: []*corev1.Node{testNode("a", tainted("x", corev1.TaintEffectNoSchedule))},
			pod: testPod("p", func(p *corev1.Pod) {
				p.Spec.Tolerations = []corev1.Toleration{{Key: "x", Operator: corev1.TolerationOpExists}}
			}), want: "a",
		},
		{
			name: "a taint is avoided", nodes: []*corev1.Node{testNode("a", tainted("x", corev1.TaintEffectPreferNoSchedule)), testNode("b")},
			pod: testPod("p"), want: "b",
		},
		{
			name: "host port taken", nodes: []*corev1.Node{testNode("a")}, placed: map[string][]*corev1.Pod{"a": {testPod("x", hostPort)}},
			pod: testPod("p", hostPort), err: "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
		},
		{
			name: "anti-affinity", nodes: []*corev1.Node{testNode("a"), testNode("b")}, placed: map[string][]*corev1.Pod{"a": {testPod("x")}},
			pod: testPod("p", apart), want: "b",
		},
		{
			name: "anti-affinity of those that are there", nodes: []*corev1.Node{testNode("a")}, placed: map[string][]*corev1.Pod{"a": {testPod("x", apart)}},
			pod: testPod("p"), err: "0/1 nodes are available: 1 node(s) didn't satisfy existing pods anti-affinity rules.",
		},
		{
			name: "affinity", nodes: []*corev1.Node{testNode("a", labelled("zone", "1")), testNode("b", labelled("zone", "2"))},
			placed: map[string][]*corev1.Pod{"b": {testPod("x")}}, pod: testPod("p", together), want: "b",
		},
		{
			name: "affinity of the first", nodes: []*corev1.Node{testNode("a", labelled("zone", "1"))}, pod: testPod("p", together), want: "a",
		},
		{
			name: "spread", nodes: []*corev1.Node{testNode("a", labelled("zone", "1")), testNode("b", labelled("zone", "2"))},
			placed: map[string][]*corev1.Pod{"a": {testPod("x")}}, pod: testPod("p", spread), want: "b",
		},
		{
			name: "spread needs the label", nodes: []*corev1.Node{testNode("a")}, pod: testPod("p", spread),
			err: "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label).",
		},
		{
			name: "a selector that cannot be read", nodes: []*corev1.Node{testNode("a")},
			pod: testPod("p", apart, func(p *corev1.Pod) {
				p.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution[0].LabelSelector = &meta.LabelSelector{
					MatchExpressions: []meta.LabelSelectorRequirement{{Key: "a", Operator: "Near"}}}
			}),
			err: `pod cannot be scheduled: pod affinity: "Near" is not a valid label selector operator`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := testCluster(test.nodes...)
			for node, pods := range test.placed {
				for _, p := range pods {
					c.Place(NewPod(p), node)
				}
			}
			for turn := range 3 {
				got, err := DefaultPlugins().Decide(NewPod(test.pod), c, turn)
				if test.err != "" {
					if err == nil || err.Error() != test.err {
						t.Fatalf("turn %d: got node %q, error %v; want error %q", turn, got.Node, err, test.err)
					}
				} else if err != nil || got.Node != test.want {
					t.Fatalf("turn %d: got node %q, error %v; want node %q", turn, got.Node, err, test.want)
				}
			}
		})
	}
}

func TestPreemptHarmsLeast(t *testing.T) {
	c := testCluster(testNode("a"), testNode("b"))
	c.Place(NewPod(testPod("a-low", asks("2"), priority(1))), "a")
	c.Place(NewPod(testPod("a-mid", asks("2"), priority(5))), "a")
	c.Place(NewPod(testPod("b-mid", asks("4"), priority(5))), "b")
	pod := NewPod(testPod("p", asks("2"), priority(10)))
	_, err := DefaultPlugins().Decide(pod, c, 0)
	refused, ok := err.(*NoNodeError)
	if !ok {
		t.Fatalf("Decide: %v, want a NoNodeError", err)
	}
	got := DefaultPlugins().Preempt(pod, c, refused)
	if got == nil || got.Node != "a" || len(got.Victims) != 1 || got.Victims[0].Key.Name != "a-low" {
		t.Fatalf("got %+v, want only a-low to go from node a", got)
	}
	// Nothing was changed by asking.
	if _, node, _ := c.Placed(got.Victims[0].Key); node != "a" || len(c.Node("a").Pods) != 2 {
		t.Error("Preempt changed the cluster")
	}
}

func TestPreemptSaysWhyNot(t *testing.T) {
	c := testCluster(testNode("a"), testNode("b", tainted("x", corev1.TaintEffectNoSchedule)))
	c.Place(NewPod(testPod("x", asks("4"), priority(20))), "a")
	pod := NewPod(testPod("p", asks("2"), priority(10)))
	_, err := DefaultPlugins().Decide(pod, c, 0)
	refused := err.(*NoNodeError)
	if got := DefaultPlugins().Preempt(pod, c, refused); got != nil {
		t.Fatalf("got %+v, want nobody to go", got)
	}
	want := "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). " +
		"preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling."
	if refused.Error() != want {
		t.Errorf("got  %s\nwant %s", refused, want)
	}
}

// TestClusterAddsUp holds the sums that a node keeps against those of its Pods.
func TestClusterAddsUp(t *testing.T) {
	c := testCluster(testNode("a"), testNode("b"))
	x, y := NewPod(testPod("x", asks("1"))), NewPod(testPod("y", asks("2")))
	c.Place(x, "a")
	c.Place(y, "a")
	c.Place(x, "b")
	c.RemoveNode("b")
	if c.Node("b") != nil || len(c.Nodes()) != 1 {
		t.Error("a removed node is still there")
	}
	c.SetNode(testNode("b"))
	if got := c.Node("b").Requested.MilliCPU; got != 1000 {
		t.Errorf("node b is asked for %dm, want 1000m: its Pod was forgotten", got)
	}
	c.Remove(y.Key)
	if got := c.Node("a").Requested; got.MilliCPU != 0 || got.Pods != 0 {
		t.Errorf("an empty node is asked for %+v", got)
	}
}

func BenchmarkDecide(b *testing.B) {
	c := NewCluster()
	for i := range 1000 {
		c.SetNode(testNode(fmt.Sprintf("node-%04d", i), labelled("zone", fmt.Sprint(i%3))))
	}
	for i := range 5000 {
		c.Place(NewPod(testPod(fmt.Sprintf("pod-%d", i), asks("100m"))), fmt.Sprintf("node-%04d", i%1000))
	}
	plugins := DefaultPlugins()
	for _, bench := range []struct {
		name string
		pod  *corev1.Pod
	}{
		{"plain", testPod("p", asks("100m"))},
		{"anti-affinity", testPod("p", func(p *corev1.Pod) {
			p.Labels = map[string]string{"app": "other"}
			p.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
				RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: "kubernetes.io/hostname", LabelSelector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "other"}}}},
			}}
		})},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			pod := NewPod(bench.pod)
			for i := range b.N {
				if _, err := plugins.Decide(pod, c, i); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
