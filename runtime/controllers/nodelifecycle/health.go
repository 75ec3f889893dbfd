package nodelifecycle

import (
	"slices"
	"time"

	coordinationv1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Health is when Nodes last showed that they live. One goroutine uses it.
type Health struct {
	Grace        time.Duration // that a Node may be silent
	StartupGrace time.Duration // that a new one may take to speak first
	seen         map[string]*sign
}

// sign is the last sign of life.
type sign struct {
	uid      meta.UID
	at       time.Time // when it was seen, by our clock
	posted   time.Time // what the Node said
	renewed  time.Time // what its Lease said
	hasReady bool
}

// reported are the conditions that only the Node itself can know.
var reported = []corev1.NodeConditionType{corev1.NodeReady, corev1.NodeMemoryPressure, corev1.NodeDiskPressure, corev1.NodePIDPressure}

// Look notes what a Node and its Lease, which may be nil, show at now. If the
// Node has been silent for too long it returns the conditions that it is to have,
// and silent is true.
func (h *Health) Look(node *corev1.Node, lease *coordinationv1.Lease, now time.Time) (conditions []corev1.NodeCondition, silent bool) {
	if h.seen == nil {
		h.seen = map[string]*sign{}
	}
	ready := condition(node, corev1.NodeReady)
	s := h.seen[node.Name]
	if s == nil || s.uid != node.UID {
		s = &sign{uid: node.UID, at: now}
		if ready == nil {
			s.at = node.CreationTimestamp.Time
		}
		h.seen[node.Name] = s
		if ready != nil {
			s.posted, s.hasReady = ready.LastHeartbeatTime.Time, true
		}
	}
	if ready != nil && (!s.hasReady || !ready.LastHeartbeatTime.Time.Equal(s.posted)) {
		s.at, s.posted, s.hasReady = now, ready.LastHeartbeatTime.Time, true
	}
	if lease != nil && lease.Spec.RenewTime != nil && lease.Spec.RenewTime.After(s.renewed) {
		s.at, s.renewed = now, lease.Spec.RenewTime.Time
	}
	grace := h.Grace
	if ready == nil {
		grace = h.StartupGrace
	}
	if now.Sub(s.at) <= grace {
		return nil, false
	}
	conditions, changed := unknown(node, meta.At(now))
	if !changed {
		return nil, true
	}
	// That we write it is no sign of life.
	if !s.hasReady {
		s.posted, s.hasReady = node.CreationTimestamp.Time, true
	}
	return conditions, true
}

// unknown returns the Node's conditions with those that it would report made
// unknown.
func unknown(node *corev1.Node, now meta.Time) (conditions []corev1.NodeCondition, changed bool) {
	conditions = slices.Clone(node.Status.Conditions)
	for _, typ := range reported {
		i := slices.IndexFunc(conditions, func(c corev1.NodeCondition) bool { return c.Type == typ })
		if i < 0 {
			conditions = append(conditions, corev1.NodeCondition{
				Type: typ, Status: corev1.ConditionUnknown, Reason: "NodeStatusNeverUpdated", Message: "Kubelet never posted node status.",
				LastHeartbeatTime: node.CreationTimestamp, LastTransitionTime: now,
			})
			changed = true
			continue
		}
		if c := &conditions[i]; c.Status != corev1.ConditionUnknown {
			c.Status, c.Reason, c.Message = corev1.ConditionUnknown, "NodeStatusUnknown", "Kubelet stopped posting node status."
			c.LastTransitionTime = now
			changed = true
		}
	}
	return conditions, changed
}

// Keep forgets the Nodes that are not in names.
func (h *Health) Keep(names map[string]bool) {
	for name := range h.seen {
		if !names[name] {
			delete(h.seen, name)
		}
	}
}

// Forgive gives every Node its grace anew: if none was heard of, it may have
// been our fault.
func (h *Health) Forgive(now time.Time) {
	for _, s := range h.seen {
		s.at = now
	}
}

func condition(node *corev1.Node, typ corev1.NodeConditionType) *corev1.NodeCondition {
	for i := range node.Status.Conditions {
		if node.Status.Conditions[i].Type == typ {
			return &node.Status.Conditions[i]
		}
	}
	return nil
}

func isReady(node *corev1.Node) bool {
	c := condition(node, corev1.NodeReady)
	return c != nil && c.Status == corev1.ConditionTrue
}
