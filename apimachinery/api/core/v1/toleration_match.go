package corev1

import "strconv"

// Tolerates reports whether the toleration lets a Pod on a node with the taint.
func (t *Toleration) Tolerates(taint *Taint) bool {
	if t.Effect != "" && t.Effect != taint.Effect {
		return false
	}
	if t.Key != "" && t.Key != taint.Key {
		return false
	}
	switch t.Operator {
	case "", TolerationOpEqual:
		return t.Value == taint.Value
	case TolerationOpExists:
		return true
	case TolerationOpGt, TolerationOpLt:
		// KEP-5471: the taint's number against the toleration's.
		want, err := strconv.ParseInt(t.Value, 10, 64)
		if err != nil {
			return false
		}
		have, err := strconv.ParseInt(taint.Value, 10, 64)
		if err != nil {
			return false
		}
		return t.Operator == TolerationOpGt && have > want || t.Operator == TolerationOpLt && have < want
	}
	return false
}

// UntoleratedTaint returns the first taint, of those that concern matters for,
// that no toleration lets a Pod past; nil when there is none.
func UntoleratedTaint(taints []Taint, tolerations []Toleration, matters func(*Taint) bool) *Taint {
	for i := range taints {
		if matters(&taints[i]) && !tolerated(&taints[i], tolerations) {
			return &taints[i]
		}
	}
	return nil
}

func tolerated(taint *Taint, tolerations []Toleration) bool {
	for i := range tolerations {
		if tolerations[i].Tolerates(taint) {
			return true
		}
	}
	return false
}
