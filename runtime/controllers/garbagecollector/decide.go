package garbagecollector

import (
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// OwnerState is what became of an owner.
type OwnerState int

const (
	Solid   OwnerState = iota // it is there
	Absent                    // it is not
	Waiting                   // it is being deleted, and waits for its dependents
)

// Action is what is to be done with an object that has owners.
type Action int

const (
	Keep    Action = iota // nothing
	Disown                // strike the owners off that do not hold it
	Delete                // delete it
	Unblock               // let its owners go without it, then delete it
)

// Decision is an [Action] and what it needs.
type Decision struct {
	Action Action
	Drop   []meta.UID               // owners to strike off
	Policy meta.DeletionPropagation // how to delete
}

// Decide says what is to be done with an object that is not being deleted, from
// the states of its owners, in the order of its references, and what depends on
// it.
func Decide(m *meta.ObjectMeta, owners []OwnerState, dependents []Dependent) Decision {
	var solid, waiting int
	var drop []meta.UID
	for i, state := range owners {
		switch state {
		case Solid:
			solid++
			continue
		case Waiting:
			waiting++
		}
		drop = append(drop, m.OwnerReferences[i].UID)
	}
	switch {
	case len(owners) == 0:
		return Decision{}
	case solid > 0 && len(drop) == 0:
		return Decision{}
	case solid > 0:
		return Decision{Action: Disown, Drop: drop}
	case waiting > 0 && len(dependents) > 0:
		// The owner wants all below it gone before it, so they go before m.
		d := Decision{Action: Delete, Policy: meta.DeletePropagationForeground}
		if slices.ContainsFunc(dependents, func(d Dependent) bool { return d.Foreground }) {
			// Somebody below waits as well: they could be waiting in a circle.
			d.Action = Unblock
		}
		return d
	}
	d := Decision{Action: Delete, Policy: meta.DeletePropagationBackground}
	// What its user has asked for goes before.
	switch {
	case slices.Contains(m.Finalizers, meta.FinalizerOrphanDependents):
		d.Policy = meta.DeletePropagationOrphan
	case slices.Contains(m.Finalizers, meta.FinalizerDeleteDependents):
		d.Policy = meta.DeletePropagationForeground
	}
	return d
}

// stateOf says what an owner that exists does for its dependents.
func stateOf(owner *meta.ObjectMeta) OwnerState {
	if owner.DeletionTimestamp != nil && slices.Contains(owner.Finalizers, meta.FinalizerDeleteDependents) {
		return Waiting
	}
	return Solid
}
