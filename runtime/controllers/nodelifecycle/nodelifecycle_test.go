package nodelifecycle

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	coordinationv1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

var begin = time.Unix(1000, 0).UTC()

func node(name string, ready corev1.ConditionStatus, taints ...corev1.Taint) *corev1.Node {
	n := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: name, UID: "u", CreationTimestamp: meta.At(begin)}, Spec: corev1.NodeSpec{Taints: taints}}
	if ready != "" {
		n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: ready, LastHeartbeatTime: meta.At(begin), LastTransitionTime: meta.At(begin)}}
	}
	return n
}

func after(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }

func lease(seconds int) *coordinationv1.Lease {
	return &coordinationv1.Lease{Spec: coordinationv1.LeaseSpec{RenewTime: &meta.MicroTime{Time: after(seconds)}}}
}

func TestSilentNode(t *testing.T) {
	h := Health{Grace: 50 * time.Second, StartupGrace: 60 * time.Second}
	n := node("a", corev1.ConditionTrue)
	look := func(l *coordinationv1.Lease, seconds int) bool {
		_, silent := h.Look(n, l, after(seconds))
		return silent
	}
	assert.False(t, look(lease(0), 0))
	assert.False(t, look(lease(0), 50))
	assert.True(t, look(lease(0), 51))
	assert.False(t, look(lease(45), 52), "a renewed lease counts when it is seen")
	assert.False(t, look(lease(45), 102))
	n.Status.Conditions[0].LastHeartbeatTime = meta.At(after(90))
	assert.False(t, look(lease(45), 110), "so does a posted status")
	conditions, silent := h.Look(n, lease(45), after(161))
	require.True(t, silent)
	require.Len(t, conditions, 4)
	assert.Equal(t, corev1.NodeCondition{
		Type: corev1.NodeReady, Status: corev1.ConditionUnknown, Reason: "NodeStatusUnknown", Message: "Kubelet stopped posting node status.",
		LastHeartbeatTime: meta.At(after(90)), LastTransitionTime: meta.At(after(161)),
	}, conditions[0])
	assert.Equal(t, "Kubelet never posted node status.", conditions[1].Message)
	assert.Equal(t, corev1.ConditionTrue, n.Status.Conditions[0].Status, "the node itself is shared")
	n.Status.Conditions = conditions
	conditions, silent = h.Look(n, lease(45), after(170))
	assert.True(t, silent)
	assert.Nil(t, conditions, "nothing new to say")
	h.Forgive(after(170))
	assert.False(t, look(lease(45), 171))
	h.Keep(nil)
	assert.Empty(t, h.seen)
}

func TestNodeThatNeverSpoke(t *testing.T) {
	h := Health{Grace: 50 * time.Second, StartupGrace: 60 * time.Second}
	n := node("a", "")
	_, silent := h.Look(n, nil, after(55))
	assert.False(t, silent)
	conditions, silent := h.Look(n, nil, after(61))
	assert.True(t, silent)
	assert.Equal(t, "NodeStatusNeverUpdated", conditions[0].Reason)
	n.Status.Conditions = conditions
	_, silent = h.Look(n, nil, after(62))
	assert.True(t, silent, "what we wrote is no sign of life")
}

func describeTaints(taints []corev1.Taint) string {
	var all []string
	for _, t := range taints {
		all = append(all, fmt.Sprintf("%s:%s", t.Key[len("node.kubernetes.io/"):], t.Effect))
	}
	return fmt.Sprint(all)
}

func TestTaints(t *testing.T) {
	taint := func(key string, effect corev1.TaintEffect) corev1.Taint {
		return corev1.Taint{Key: key, Effect: effect}
	}
	unreachable := taint(corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute)
	for _, test := range []struct {
		name  string
		node  *corev1.Node
		evict Eviction
		want  string // "" for no change
	}{
		{"ready", node("a", corev1.ConditionTrue), Leave, ""},
		{"ready again", node("a", corev1.ConditionTrue, taint(corev1.TaintNodeNotReady, corev1.TaintEffectNoSchedule), unreachable), Leave, "[]"},
		{"not ready", node("a", corev1.ConditionFalse), Leave, "[not-ready:NoSchedule]"},
		{"not ready, to be emptied", node("a", corev1.ConditionFalse), Begin, "[not-ready:NoSchedule not-ready:NoExecute]"},
		{"silent", node("a", corev1.ConditionUnknown), Begin, "[unreachable:NoSchedule unreachable:NoExecute]"},
		{"silent, then not ready", node("a", corev1.ConditionFalse, unreachable), Leave, "[not-ready:NoSchedule not-ready:NoExecute]"},
		{"all are silent", node("a", corev1.ConditionUnknown, unreachable), Cease, "[unreachable:NoSchedule]"},
		{"ready, to be emptied", node("a", corev1.ConditionTrue), Begin, ""},
		{"others' taints stay", node("a", corev1.ConditionTrue, taint("node.kubernetes.io/own", corev1.TaintEffectNoExecute), taint(corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule)), Leave, "[own:NoExecute]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			taints, changed := Taints(test.node, test.evict, meta.At(begin))
			assert.Equal(t, test.want != "", changed)
			if changed {
				assert.Equal(t, test.want, describeTaints(taints))
				test.node.Spec.Taints = taints
				_, changed = Taints(test.node, test.evict, meta.At(begin))
				assert.False(t, changed, "it does not settle")
			}
		})
	}
	n := node("a", corev1.ConditionTrue)
	n.Spec.Unschedulable = true
	n.Status.Conditions = append(n.Status.Conditions, corev1.NodeCondition{Type: corev1.NodeMemoryPressure, Status: corev1.ConditionTrue})
	taints, _ := Taints(n, Leave, meta.At(begin))
	assert.Equal(t, "[unschedulable:NoSchedule memory-pressure:NoSchedule]", describeTaints(taints))
	assert.Equal(t, begin, taints[0].TimeAdded.Time)
}

func TestZones(t *testing.T) {
	zone := func(name string, ready, silent int) (nodes []*corev1.Node) {
		for i := range ready + silent {
			status := corev1.ConditionTrue
			if i >= ready {
				status = corev1.ConditionUnknown
			}
			n := node(fmt.Sprint(name, i), status)
			n.Labels = map[string]string{corev1.LabelTopologyZone: name}
			nodes = append(nodes, n)
		}
		return nodes
	}
	// rounds plays rounds of 5 s and returns how many evictions began in them.
	rounds := func(z *Zones, nodes []*corev1.Node, from, n int) (begun int) {
		for i := range n {
			evictions, _ := z.Judge(nodes, after(from+5*i))
			for _, e := range slices.Collect(maps.Values(evictions)) {
				if e == Begin {
					begun++
				}
			}
		}
		return begun
	}
	assert.Equal(t, 1, rounds(&Zones{}, zone("a", 8, 2), 0, 1), "the first at once")
	assert.Equal(t, 6, rounds(&Zones{}, zone("a", 8, 2), 0, 11), "then one in ten seconds")
	assert.Equal(t, 0, rounds(&Zones{}, zone("a", 2, 8), 0, 20), "most of a small zone: none")
	assert.Equal(t, 2, rounds(&Zones{}, zone("a", 10, 50), 0, 21), "most of a large one: one in a hundred seconds")
	assert.Equal(t, 2, rounds(&Zones{}, append(zone("a", 0, 8), zone("b", 3, 0)...), 0, 3), "a whole zone, if another one is there")

	var z Zones
	all := zone("a", 0, 3)
	evictions, recovered := z.Judge(all, after(0))
	assert.Equal(t, map[string]Eviction{"a0": Cease, "a1": Cease, "a2": Cease}, evictions)
	assert.False(t, recovered)
	_, recovered = z.Judge(zone("a", 1, 2), after(5))
	assert.True(t, recovered)
	_, recovered = z.Judge(zone("a", 1, 2), after(10))
	assert.False(t, recovered)
}
