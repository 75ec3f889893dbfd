package corev1

import (
	"slices"
	"strconv"
)

// Matches reports whether the node is one that the selector picks: one that
// any of its terms matches. A nil selector picks every node.
func (s *NodeSelector) Matches(node *Node) bool {
	if s == nil {
		return true
	}
	for i := range s.NodeSelectorTerms {
		if s.NodeSelectorTerms[i].Matches(node) {
			return true
		}
	}
	return false
}

// Matches reports whether the node meets all of the term's requirements. A
// term without any matches no node.
func (t *NodeSelectorTerm) Matches(node *Node) bool {
	if len(t.MatchExpressions) == 0 && len(t.MatchFields) == 0 {
		return false
	}
	for i := range t.MatchExpressions {
		value, has := node.Labels[t.MatchExpressions[i].Key]
		if !t.MatchExpressions[i].matches(value, has) {
			return false
		}
	}
	for i := range t.MatchFields {
		if t.MatchFields[i].Key != "metadata.name" || !t.MatchFields[i].matches(node.Name, true) {
			return false
		}
	}
	return true
}

func (r *NodeSelectorRequirement) matches(value string, has bool) bool {
	switch r.Operator {
	case NodeSelectorOpIn:
		return has && slices.Contains(r.Values, value)
	case NodeSelectorOpNotIn:
		return !has || !slices.Contains(r.Values, value)
	case NodeSelectorOpExists:
		return has
	case NodeSelectorOpDoesNotExist:
		return !has
	case NodeSelectorOpGt, NodeSelectorOpLt:
		if !has || len(r.Values) != 1 {
			return false
		}
		have, err1 := strconv.ParseInt(value, 10, 64)
		want, err2 := strconv.ParseInt(r.Values[0], 10, 64)
		if err1 != nil || err2 != nil {
			return false
		}
		return r.Operator == NodeSelectorOpGt && have > want || r.Operator == NodeSelectorOpLt && have < want
	}
	return false
}

// RequiredNodes reports whether the Pod's node selector and required node
// affinity let it on the node.
func (s *PodSpec) RequiredNodes(node *Node) bool {
	for key, value := range s.NodeSelector {
		if have, ok := node.Labels[key]; !ok || have != value {
			return false
		}
	}
	if s.Affinity == nil || s.Affinity.NodeAffinity == nil {
		return true
	}
	return s.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.Matches(node)
}
