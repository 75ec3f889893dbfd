package kubelet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// A Pod that the node cannot do without and that does not fit gets the room of Pods
// that matter less. They end in order; the Pod waits for that.

const (
	reasonPreempting  = "Preempting"
	reasonUnexpected  = "UnexpectedAdmissionError"
	preemptionMessage = "Preempted in order to admit critical pod"
	// preemptionInterval is the time between looks whether the room is free.
	preemptionInterval = 200 * time.Millisecond
)

// victim is a Pod that may have to go.
type victim struct {
	pod    *pod
	object *corev1.Pod
	load   load
}

// covers is how much of what is short a victim's end gives back.
func (v *victim) covers(name corev1.ResourceName) int64 {
	if name == corev1.ResourcePods {
		return 1
	}
	return amountIn(name)(v.load.requests[name])
}

// makeRoom has Pods end so that one fits, and reports whether it has to wait for
// that; if there is no use in it, it says why. The caller holds k.mu.
func (k *Kubelet) makeRoom(object *corev1.Pod, node *corev1.Node, no *refusal) (_ *refusal, wait bool) {
	var staying load
	var candidates []victim
	for _, other := range k.pods {
		if !other.counts {
			continue
		}
		other.mu.Lock()
		leaving := other.expired != nil && other.expired.reason == reasonPreempting
		granted := other.granted.as(other.object)
		may := !leaving && !other.gone && other.expired == nil && other.object.DeletionTimestamp == nil && !other.critical() && priorityOf(other.object) < priorityOf(object)
		v := victim{pod: other, object: other.object}
		other.mu.Unlock()
		if leaving {
			continue
		}
		staying.add(granted)
		if may {
			v.load.add(granted)
			candidates = append(candidates, v)
		}
	}
	rest := refuse(object, node, &staying)
	switch {
	case rest == nil:
		return nil, true // for those that leave
	case len(rest.short) == 0:
		return rest, false
	}
	victims := leastVictims(candidates, rest.short)
	if victims == nil {
		return &refusal{reason: reasonUnexpected, message: fmt.Sprintf(
			"Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [%s]",
			amountsText(rest.short))}, false
	}
	for name := range rest.short {
		k.counts.preemptions.WithLabelValues(string(name)).Inc()
	}
	for i := range victims {
		k.expel(victims[i].pod, ending{
			grace: graceOf(victims[i].object), phase: corev1.PodFailed, reason: reasonPreempting, message: preemptionMessage,
			disruption: "Pod was preempted by Kubelet to accommodate a critical pod",
		})
	}
	return nil, true
}

func amountsText(short map[corev1.ResourceName]int64) string {
	var b strings.Builder
	for _, name := range slices.SortedFunc(maps.Keys(short), byImportance) {
		fmt.Fprintf(&b, "(res: %v, q: %d), ", name, short[name])
	}
	return b.String()
}

// leastVictims chooses the Pods whose end gives back what is short, nil if there are
// not enough: as few as can be of those whose resources are guaranteed, then of the
// burstable ones, then of the others.
func leastVictims(candidates []victim, short map[corev1.ResourceName]int64) []victim {
	classes := map[corev1.PodQOSClass][]victim{}
	for _, v := range candidates {
		class := corev1.QOSClassOf(&v.object.Spec)
		classes[class] = append(classes[class], v)
	}
	order := []corev1.PodQOSClass{corev1.PodQOSGuaranteed, corev1.PodQOSBurstable, corev1.PodQOSBestEffort}
	var chosen []victim
	for i, class := range order {
		// What those of the classes after this one would give is not asked of this one.
		missing := less(short, chosen)
		for _, lower := range order[i+1:] {
			missing = less(missing, classes[lower])
		}
		some, ok := fewest(classes[class], missing)
		if !ok {
			return nil
		}
		chosen = append(chosen, some...)
	}
	return chosen
}

// less is what remains short without victims.
func less(short map[corev1.ResourceName]int64, victims []victim) map[corev1.ResourceName]int64 {
	rest := map[corev1.ResourceName]int64{}
	for name, n := range short {
		for i := range victims {
			n -= victims[i].covers(name)
		}
		if n > 0 {
			rest[name] = n
		}
	}
	return rest
}

// fewest chooses victims until nothing is short, each time the one that gives most of
// it, of equals the smaller one.
func fewest(candidates []victim, short map[corev1.ResourceName]int64) (chosen []victim, ok bool) {
	candidates = slices.Clone(candidates)
	for len(short) > 0 {
		if len(candidates) == 0 {
			return nil, false
		}
		best := slices.MinFunc(candidates, func(a, b victim) int {
			return cmp.Or(cmp.Compare(a.leaves(short), b.leaves(short)), cmp.Compare(a.size(short), b.size(short)), cmp.Compare(a.object.UID, b.object.UID))
		})
		chosen = append(chosen, best)
		candidates = slices.DeleteFunc(candidates, func(v victim) bool { return v.pod == best.pod })
		short = less(short, []victim{best})
	}
	return chosen, true
}

// leaves is how far what is short still is from nothing without the victim.
func (v *victim) leaves(short map[corev1.ResourceName]int64) (distance float64) {
	for name, n := range short {
		if left := float64(n-v.covers(name)) / float64(n); left > 0 {
			distance += left * left
		}
	}
	return distance
}

func (v *victim) size(short map[corev1.ResourceName]int64) (sum float64) {
	for name, n := range short {
		sum += float64(v.covers(name)) / float64(n)
	}
	return sum
}
