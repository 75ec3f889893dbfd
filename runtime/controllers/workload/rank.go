package workload

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Expendable sorts Pods by which is missed least, that one first: it is the
// order in which to delete when there are too many. A Pod without a node goes
// before one with, pending before running, unready before ready, then by the
// deletion cost that its owner set, the one that shares its node with most of
// the same kind, the one that was ready for the shortest time, restarted most,
// made last.
//
// SharesNode gives the number of Pods of the same kind on a Pod's node; nil
// leaves it out of account.
func Expendable(pods []*corev1.Pod, sharesNode func(*corev1.Pod) int, now time.Time) {
	slices.SortStableFunc(pods, func(a, b *corev1.Pod) int {
		if c := compareLife(a, b); c != 0 {
			return c
		}
		if c := cmp.Compare(deletionCost(a), deletionCost(b)); c != 0 {
			return c
		}
		if sharesNode != nil {
			if c := cmp.Compare(sharesNode(b), sharesNode(a)); c != 0 {
				return c
			}
		}
		if Ready(a) && Ready(b) {
			if c := compareAge(Condition(a, corev1.PodReady).LastTransitionTime, Condition(b, corev1.PodReady).LastTransitionTime, a, b, now); c != 0 {
				return c
			}
		}
		if c := cmp.Compare(maxRestarts(b), maxRestarts(a)); c != 0 {
			return c
		}
		return compareAge(a.CreationTimestamp, b.CreationTimestamp, a, b, now)
	})
}

// ExpendableSimple is [Expendable] without deletion costs and nodes, as Jobs
// order their Pods.
func ExpendableSimple(pods []*corev1.Pod) {
	slices.SortStableFunc(pods, func(a, b *corev1.Pod) int {
		if c := compareLife(a, b); c != 0 {
			return c
		}
		if Ready(a) && Ready(b) {
			if c := Condition(b, corev1.PodReady).LastTransitionTime.Compare(Condition(a, corev1.PodReady).LastTransitionTime.Time); c != 0 {
				return c
			}
		}
		if c := cmp.Compare(maxRestarts(b), maxRestarts(a)); c != 0 {
			return c
		}
		return b.CreationTimestamp.Compare(a.CreationTimestamp.Time)
	})
}

func compareLife(a, b *corev1.Pod) int {
	if c := compareBool(a.Spec.NodeName != "", b.Spec.NodeName != ""); c != 0 {
		return c
	}
	if c := cmp.Compare(phaseOrder(a), phaseOrder(b)); c != 0 {
		return c
	}
	return compareBool(Ready(a), Ready(b))
}

// compareBool puts false first.
func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func phaseOrder(pod *corev1.Pod) int {
	switch pod.Status.Phase {
	case corev1.PodPending, "":
		return 0
	case corev1.PodUnknown:
		return 1
	}
	return 2
}

// deletionCost reads what the Pod's owner would lose by it. What cannot be read
// is 0, as what is not set.
func deletionCost(pod *corev1.Pod) int32 {
	s := pod.Annotations[corev1.PodDeletionCost]
	// "+1" and "01" are not accepted: one number has one way to be written.
	if s == "" || s[0] == '+' || len(s) > 1 && s[0] == '0' {
		return 0
	}
	cost, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0
	}
	return int32(cost)
}

func maxRestarts(pod *corev1.Pod) int32 {
	most := int32(0)
	for i := range pod.Status.ContainerStatuses {
		most = max(most, pod.Status.ContainerStatuses[i].RestartCount)
	}
	return most
}

// compareAge puts the younger first, where ages count as different when their
// order of magnitude is: among Pods of about one age it is the uid that
// decides, that is chance, so that scaling down does not always hit the newest
// node or zone.
func compareAge(a, b meta.Time, x, y *corev1.Pod, now time.Time) int {
	if a.Time.IsZero() || b.Time.IsZero() {
		return compareBool(!a.Time.IsZero(), !b.Time.IsZero())
	}
	if c := cmp.Compare(magnitude(a, now), magnitude(b, now)); c != 0 {
		return c
	}
	return strings.Compare(string(x.UID), string(y.UID))
}

func magnitude(t meta.Time, now time.Time) int {
	age := now.Sub(t.Time)
	if age <= 0 {
		return -1
	}
	return int(math.Floor(math.Log2(float64(age))))
}
