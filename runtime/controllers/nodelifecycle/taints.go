package nodelifecycle

import (
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Eviction says what to do about the taints by which Pods are evicted.
type Eviction int

const (
	Leave Eviction = iota // a Node that has one keeps one, as long as it is not ready
	Begin                 // a Node that is not ready gets one
	Cease                 // none
)

// byCondition are the taints that follow from conditions, each from one status.
var byCondition = []struct {
	condition corev1.NodeConditionType
	status    corev1.ConditionStatus
	key       string
}{
	{corev1.NodeReady, corev1.ConditionFalse, corev1.TaintNodeNotReady},
	{corev1.NodeReady, corev1.ConditionUnknown, corev1.TaintNodeUnreachable},
	{corev1.NodeMemoryPressure, corev1.ConditionTrue, corev1.TaintNodeMemoryPressure},
	{corev1.NodeDiskPressure, corev1.ConditionTrue, corev1.TaintNodeDiskPressure},
	{corev1.NodePIDPressure, corev1.ConditionTrue, corev1.TaintNodePIDPressure},
	{corev1.NodeNetworkUnavailable, corev1.ConditionTrue, corev1.TaintNodeNetworkUnavailable},
}

// Taints returns the taints that the Node is to have, and whether that differs
// from what it has. Those of others stay as they are.
func Taints(node *corev1.Node, evict Eviction, now meta.Time) (taints []corev1.Taint, changed bool) {
	type id struct {
		key    string
		effect corev1.TaintEffect
	}
	own := map[id]bool{{corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule}: node.Spec.Unschedulable}
	for _, rule := range byCondition {
		c := condition(node, rule.condition)
		own[id{rule.key, corev1.TaintEffectNoSchedule}] = c != nil && c.Status == rule.status
	}
	already := evicting(node)
	for _, rule := range byCondition[:2] {
		bad := own[id{rule.key, corev1.TaintEffectNoSchedule}]
		own[id{rule.key, corev1.TaintEffectNoExecute}] = bad && (evict == Begin || evict == Leave && already)
	}
	for _, t := range node.Spec.Taints {
		wanted, ours := own[id{t.Key, t.Effect}]
		delete(own, id{t.Key, t.Effect})
		if ours && !wanted {
			changed = true
			continue
		}
		taints = append(taints, t)
	}
	add := func(key string, effect corev1.TaintEffect) {
		if own[id{key, effect}] {
			taints = append(taints, corev1.Taint{Key: key, Effect: effect, TimeAdded: &now})
			changed = true
		}
	}
	add(corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule)
	for _, rule := range byCondition {
		add(rule.key, corev1.TaintEffectNoSchedule)
	}
	for _, rule := range byCondition[:2] {
		add(rule.key, corev1.TaintEffectNoExecute)
	}
	return taints, changed
}

func evictionTaint(t *corev1.Taint) bool {
	return t.Effect == corev1.TaintEffectNoExecute && (t.Key == corev1.TaintNodeNotReady || t.Key == corev1.TaintNodeUnreachable)
}

// evicting reports whether Pods are being evicted from the Node, for whichever
// of the two reasons.
func evicting(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool { return evictionTaint(&t) })
}
