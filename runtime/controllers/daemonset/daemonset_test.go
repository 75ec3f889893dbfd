package daemonset

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

var start = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// world plays the server, the scheduler and the kubelets for one DaemonSet.
type world struct {
	t      *testing.T
	ds     *appsv1.DaemonSet
	nodes  []*corev1.Node
	pods   []*corev1.Pod
	hash   string
	now    time.Time
	made   int
	broken string // hash of a template whose Pods do not get ready
	least  int    // fewest nodes with an available Pod, most Pods of one node
	most   int
}

func newWorld(t *testing.T, nodes int) *world {
	w := &world{t: t, now: start, hash: "one", least: 1 << 30, ds: &appsv1.DaemonSet{
		ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "agent", UID: "ds"},
		Spec:       appsv1.DaemonSetSpec{UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: appsv1.RollingUpdateDaemonSetStrategyType}},
	}}
	for i := range nodes {
		w.nodes = append(w.nodes, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: fmt.Sprintf("n%d", i), Labels: map[string]string{"i": fmt.Sprint(i)}}})
	}
	return w
}

func (w *world) limits(surge, unavailable string) {
	s, u := intstr.Parse(surge), intstr.Parse(unavailable)
	w.ds.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateDaemonSet{MaxSurge: &s, MaxUnavailable: &u}
}

func (w *world) step() Plan {
	plan := Decide(View{Set: w.ds, Pods: slices.Clone(w.pods), Nodes: w.nodes, Hash: w.hash, Now: w.now})
	for _, gone := range plan.Delete {
		w.pods = slices.DeleteFunc(w.pods, func(pod *corev1.Pod) bool { return pod == gone })
	}
	w.measure()
	for _, node := range plan.Create {
		w.made++
		pod := newPod(w.ds, node, w.hash)
		pod.Name, pod.UID, pod.CreationTimestamp = fmt.Sprintf("p%d", w.made), meta.UID(fmt.Sprint(w.made)), meta.At(w.now)
		pod.Spec.NodeName = targetOf(pod)
		pod.Status.Phase = corev1.PodRunning
		if w.hash != w.broken {
			pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue, LastTransitionTime: meta.At(w.now)}}
		}
		w.pods = append(w.pods, pod)
	}
	w.measure()
	w.ds.Status = plan.Status
	return plan
}

func (w *world) measure() {
	available, most := map[string]bool{}, map[string]int{}
	for _, pod := range w.pods {
		most[pod.Spec.NodeName]++
		w.most = max(w.most, most[pod.Spec.NodeName])
		if workload.Ready(pod) {
			available[pod.Spec.NodeName] = true
		}
	}
	w.least = min(w.least, len(available))
}

func (w *world) settle() {
	w.t.Helper()
	for range 200 {
		if plan := w.step(); len(plan.Create)+len(plan.Delete) == 0 {
			return
		}
	}
	w.t.Fatal("still not settled after 200 steps")
}

func (w *world) on(node string) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, pod := range w.pods {
		if targetOf(pod) == node {
			pods = append(pods, pod)
		}
	}
	return pods
}

func TestOnePodForEachNode(t *testing.T) {
	w := newWorld(t, 5)
	w.settle()
	for _, node := range w.nodes {
		require.Len(t, w.on(node.Name), 1)
	}
	require.Equal(t, appsv1.DaemonSetStatus{DesiredNumberScheduled: 5, CurrentNumberScheduled: 5, UpdatedNumberScheduled: 5, NumberReady: 5, NumberAvailable: 5}, w.ds.Status)

	w.nodes = append(w.nodes, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "late"}})
	w.settle()
	require.Len(t, w.on("late"), 1)
	require.Equal(t, 6, w.made)
}

func TestPodGoesOnlyWhereItMay(t *testing.T) {
	taint := func(key string, effect corev1.TaintEffect) []corev1.Taint {
		return []corev1.Taint{{Key: key, Effect: effect}}
	}
	for name, test := range map[string]struct {
		spec      corev1.PodSpec
		node      corev1.Node
		run, stay bool
	}{
		"plain":            {corev1.PodSpec{}, corev1.Node{}, true, true},
		"selector":         {corev1.PodSpec{NodeSelector: map[string]string{"a": "b"}}, corev1.Node{}, false, false},
		"other node":       {corev1.PodSpec{NodeName: "x"}, corev1.Node{}, false, false},
		"not ready":        {corev1.PodSpec{}, corev1.Node{Spec: corev1.NodeSpec{Taints: taint(corev1.TaintNodeNotReady, corev1.TaintEffectNoExecute)}}, true, true},
		"cordoned":         {corev1.PodSpec{}, corev1.Node{Spec: corev1.NodeSpec{Taints: taint(corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule)}}, true, true},
		"no network":       {corev1.PodSpec{}, corev1.Node{Spec: corev1.NodeSpec{Taints: taint(corev1.TaintNodeNetworkUnavailable, corev1.TaintEffectNoSchedule)}}, false, true},
		"no network, host": {corev1.PodSpec{HostNetwork: true}, corev1.Node{Spec: corev1.NodeSpec{Taints: taint(corev1.TaintNodeNetworkUnavailable, corev1.TaintEffectNoSchedule)}}, true, true},
		"reserved":         {corev1.PodSpec{}, corev1.Node{Spec: corev1.NodeSpec{Taints: taint("mine", corev1.TaintEffectNoSchedule)}}, false, true},
		"evacuated":        {corev1.PodSpec{}, corev1.Node{Spec: corev1.NodeSpec{Taints: taint("mine", corev1.TaintEffectNoExecute)}}, false, false},
		"preferred":        {corev1.PodSpec{}, corev1.Node{Spec: corev1.NodeSpec{Taints: taint("mine", corev1.TaintEffectPreferNoSchedule)}}, true, true},
	} {
		test.node.Name = "n"
		run, stay := Fits(&appsv1.DaemonSet{Spec: appsv1.DaemonSetSpec{Template: corev1.PodTemplateSpec{Spec: test.spec}}}, &test.node)
		require.Equal(t, test.run, run, "%s: run", name)
		require.Equal(t, test.stay, stay, "%s: stay", name)
	}
}

func TestPodsLeaveNodesThatNoLongerFit(t *testing.T) {
	w := newWorld(t, 3)
	w.ds.Spec.Template.Spec.NodeSelector = map[string]string{"role": "x"}
	for _, node := range w.nodes {
		node.Labels["role"] = "x"
	}
	w.settle()
	w.nodes[1].Labels = nil
	plan := w.step()
	require.EqualValues(t, 1, plan.Status.NumberMisscheduled)
	w.settle()
	require.Empty(t, w.on("n1"))
	require.EqualValues(t, 2, w.ds.Status.DesiredNumberScheduled)
}

func TestPodsForVanishedNodesGo(t *testing.T) {
	w := newWorld(t, 2)
	w.settle()
	w.on("n0")[0].Spec.NodeName = "" // not scheduled yet
	w.nodes = nil
	w.settle()
	require.Empty(t, w.on("n0"), "it would wait for its node for ever")
	require.Len(t, w.on("n1"), 1, "what runs there is for the pod garbage collector")
}

func TestSecondPodOfANodeGoes(t *testing.T) {
	w := newWorld(t, 1)
	w.settle()
	double := newPod(w.ds, "n0", w.hash)
	double.Name, double.CreationTimestamp = "double", meta.At(start.Add(time.Hour))
	w.pods = append(w.pods, double)
	w.settle()
	require.Len(t, w.pods, 1)
	require.Equal(t, "p1", w.pods[0].Name)
}

func TestEndedPodsAreReplaced(t *testing.T) {
	w := newWorld(t, 1)
	w.settle()
	w.pods[0].Status.Phase = corev1.PodFailed
	held := Decide(View{Set: w.ds, Pods: w.pods, Nodes: w.nodes, Hash: w.hash, Now: w.now, Hold: func(string) time.Duration { return time.Minute }})
	require.Empty(t, held.Delete)
	require.Equal(t, time.Minute, held.After)
	plan := w.step()
	require.Len(t, plan.Ended, 1)
	w.settle()
	require.Equal(t, "p2", w.pods[0].Name)
}

func TestRollingUpdate(t *testing.T) {
	for _, test := range []struct {
		surge, unavailable string
		least, most        int
	}{{"0", "1", 9, 1}, {"0", "30%", 7, 1}, {"0", "100%", 0, 1}, {"2", "0", 10, 2}, {"50%", "0", 10, 2}, {"0", "0", 9, 1}} {
		t.Run("surge "+test.surge+" unavailable "+test.unavailable, func(t *testing.T) {
			w := newWorld(t, 10)
			w.limits(test.surge, test.unavailable)
			w.settle()
			w.least, w.most, w.hash = 1<<30, 0, "two"
			w.settle()
			require.GreaterOrEqual(t, w.least, test.least, "nodes with an available Pod")
			require.LessOrEqual(t, w.most, test.most, "Pods on one node")
			require.EqualValues(t, 10, w.ds.Status.UpdatedNumberScheduled)
			require.Len(t, w.pods, 10)
		})
	}
}

func TestSurgeIsCounted(t *testing.T) {
	w := newWorld(t, 10)
	w.limits("3", "0")
	w.settle()
	w.hash, w.broken = "two", "two"
	w.settle()
	require.Len(t, w.pods, 13, "three new ones that do not get ready, and all old ones")
}

func TestBrokenTemplateStopsTheUpdate(t *testing.T) {
	w := newWorld(t, 10)
	w.limits("0", "2")
	w.settle()
	w.least, w.hash, w.broken = 1<<30, "two", "two"
	w.settle()
	require.Equal(t, 8, w.least)
	require.EqualValues(t, 2, w.ds.Status.NumberUnavailable)
	w.hash = "three"
	w.settle()
	require.EqualValues(t, 10, w.ds.Status.NumberAvailable)
	require.Equal(t, 8, w.least)
}

func TestOnDelete(t *testing.T) {
	w := newWorld(t, 2)
	w.ds.Spec.UpdateStrategy = appsv1.DaemonSetUpdateStrategy{Type: appsv1.OnDeleteDaemonSetStrategyType}
	w.settle()
	w.hash = "two"
	w.settle()
	require.EqualValues(t, 0, w.ds.Status.UpdatedNumberScheduled)
	w.pods = w.pods[1:]
	w.settle()
	require.EqualValues(t, 1, w.ds.Status.UpdatedNumberScheduled)
}

func TestMinReadySeconds(t *testing.T) {
	w := newWorld(t, 1)
	w.ds.Spec.MinReadySeconds = 30
	w.settle()
	plan := w.step()
	require.EqualValues(t, 1, plan.Status.NumberReady)
	require.EqualValues(t, 0, plan.Status.NumberAvailable)
	require.Equal(t, 30*time.Second, plan.After)
	w.now = w.now.Add(plan.After)
	require.EqualValues(t, 1, w.step().Status.NumberAvailable)
}

func TestPodIsForItsNode(t *testing.T) {
	ds := &appsv1.DaemonSet{ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "agent", Annotations: map[string]string{appsv1.DeprecatedTemplateGeneration: "4"}}}
	ds.Spec.Template.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "a", Operator: corev1.NodeSelectorOpExists}}}},
	}}}
	ds.Spec.Template.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	pod := newPod(ds, "n7", "abc")
	require.Equal(t, "n7", targetOf(pod))
	require.True(t, pod.Spec.RequiredNodes(&corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n7"}}))
	require.False(t, pod.Spec.RequiredNodes(&corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n8", Labels: map[string]string{"a": ""}}}))
	require.Equal(t, map[string]string{"controller-revision-hash": "abc", "pod-template-generation": "4"}, pod.Labels)
	require.Len(t, pod.Spec.Tolerations, 7)
	require.Len(t, ds.Spec.Template.Spec.Tolerations, 1)
	require.NotNil(t, ds.Spec.Template.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms[0].MatchExpressions)
}

func TestHoldsGrow(t *testing.T) {
	var h holds
	require.Zero(t, h.left("ds", "n", start))
	for _, want := range []time.Duration{1, 2, 4, 8} {
		h.failed("ds", "n", start)
		require.Equal(t, want*time.Second, h.left("ds", "n", start))
	}
	require.Zero(t, h.left("ds", "other", start))
	for range 30 {
		h.failed("ds", "n", start)
	}
	require.Equal(t, maxHold, h.left("ds", "n", start))
	h.failed("ds", "other", start.Add(24*time.Hour))
	require.Len(t, h.nodes, 1, "what was long ago is forgotten")
}
