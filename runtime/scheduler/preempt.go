package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Preemption is who has to go from where so that a Pod fits.
type Preemption struct {
	Node    string
	Victims []*Pod // the most important first
	// Protected is how many of them a disruption budget would rather keep.
	Protected int
	// Yielding are less important Pods for which room was kept on the node: they
	// have to look for another.
	Yielding []*Pod
}

// Preempt finds the node where evicting less important Pods makes room for pod
// at the least harm: the fewest that a disruption budget protects, then the least
// important highest victim, the smallest sum of importance, the fewest victims,
// those that started last. It changes
// nothing. When nothing helps it returns nil and notes why in refused.
func (p Plugins) Preempt(pod *Pod, cluster *Cluster, refused *NoNodeError) *Preemption {
	if policy := pod.Object.Spec.PreemptionPolicy; policy != nil && *policy == corev1.PreemptNever {
		refused.Preemption = fmt.Sprintf("0/%d nodes are available: not eligible due to preemptionPolicy=Never.", refused.Nodes)
		return nil
	}
	if p.waitsForVictims(pod, cluster) {
		refused.Preemption = fmt.Sprintf("0/%d nodes are available: not eligible due to a terminating pod on the nominated node.", refused.Nodes)
		return nil
	}
	var best *Preemption
	enough, found := candidates(refused.Nodes), 0
	for _, n := range refused.evictable() {
		candidate := p.victims(pod, cluster, n)
		if candidate == nil {
			continue
		}
		if best == nil || candidate.harmsLess(best) {
			best = candidate
		}
		if found++; found == enough {
			break
		}
	}
	if best == nil {
		refused.Preemption = refused.noVictims()
		return nil
	}
	best.Yielding = cluster.lessImportant(pod, best.Node)
	return best
}

// candidates returns among how many nodes the one with the least harm is chosen.
func candidates(nodes int) int { return max(100, nodes/10) }

// waitsForVictims reports whether Pods that were evicted for this one are
// still on their way out: evicting more would be too much.
func (p Plugins) waitsForVictims(pod *Pod, cluster *Cluster) bool {
	n := cluster.Node(pod.Object.Status.NominatedNodeName)
	if n == nil {
		return false
	}
	return slices.ContainsFunc(n.Pods, func(other *Pod) bool {
		return other.Object.DeletionTimestamp != nil && other.Priority < pod.Priority
	})
}

// victims returns the fewest Pods, those that a budget protects and then important
// ones spared first, without which the node would do for pod; nil if even all of
// them are not enough.
func (p Plugins) victims(pod *Pod, cluster *Cluster, node *Node) *Preemption {
	gone := map[*Pod]bool{}
	for _, other := range node.Pods {
		if other.Priority < pod.Priority {
			gone[other] = true
		}
	}
	if len(gone) == 0 {
		return nil
	}
	kept := cluster.reserved(pod)[node.Object.Name]
	fits := func() bool {
		for _, more := range [][]*Pod{nil, kept} {
			thinned, n := cluster.changed(node, gone, more)
			if !check(p.prepare(pod, thinned), n).Passes() {
				return false
			}
			if len(kept) == 0 {
				break
			}
		}
		return true
	}
	if !fits() {
		return nil
	}
	candidates := make([]*Pod, 0, len(gone))
	for other := range gone {
		candidates = append(candidates, other)
	}
	slices.SortFunc(candidates, moreImportant)
	preemption := &Preemption{Node: node.Object.Name}
	protected, free := cluster.splitByBudget(candidates)
	for i, other := range slices.Concat(protected, free) {
		delete(gone, other)
		if !fits() {
			gone[other] = true
			preemption.Victims = append(preemption.Victims, other)
			if i < len(protected) {
				preemption.Protected++
			}
		}
	}
	if len(preemption.Victims) == 0 {
		return nil // it fits as it is: nobody has to go
	}
	slices.SortFunc(preemption.Victims, moreImportant)
	return preemption
}

// moreImportant orders Pods by priority, then by how long they have run.
func moreImportant(a, b *Pod) int {
	if a.Priority != b.Priority {
		return cmp.Compare(b.Priority, a.Priority)
	}
	if c := started(a).Compare(started(b).Time); c != 0 {
		return c
	}
	return a.Key.Compare(b.Key)
}

func (c *Preemption) harmsLess(o *Preemption) bool {
	if c.Protected != o.Protected {
		return c.Protected < o.Protected
	}
	if a, b := c.Victims[0].Priority, o.Victims[0].Priority; a != b {
		return a < b
	}
	if a, b := importance(c.Victims), importance(o.Victims); a != b {
		return a < b
	}
	if len(c.Victims) != len(o.Victims) {
		return len(c.Victims) < len(o.Victims)
	}
	return earliest(c.Victims).After(earliest(o.Victims))
}

func (e *NoNodeError) noVictims() string {
	if e.Whole != "" {
		return fmt.Sprintf("0/%d nodes are available: %d Preemption is not helpful for scheduling.", e.Nodes, e.Nodes)
	}
	final := 0
	for _, v := range e.Verdicts {
		if v.Final {
			final++
		}
	}
	text := fmt.Sprintf("0/%d nodes are available: ", e.Nodes)
	switch hopeful := len(e.Verdicts) - final; {
	case final > 0 && hopeful > 0:
		text += fmt.Sprintf("%d No preemption victims found for incoming pod, %d Preemption is not helpful for scheduling.", hopeful, final)
	case final > 0:
		text += fmt.Sprintf("%d Preemption is not helpful for scheduling.", final)
	default:
		text += fmt.Sprintf("%d No preemption victims found for incoming pod.", hopeful)
	}
	return text
}

func started(p *Pod) meta.Time {
	if p.Object.Status.StartTime != nil {
		return *p.Object.Status.StartTime
	}
	return p.Object.CreationTimestamp
}

// importance sums priorities, shifted so that each victim counts.
func importance(pods []*Pod) int64 {
	var sum int64
	for _, p := range pods {
		sum += int64(p.Priority) + 1<<31
	}
	return sum
}

// earliest returns when the first of the most important victims started.
func earliest(pods []*Pod) time.Time {
	first := started(pods[0]).Time
	for _, p := range pods[1:] {
		if p.Priority == pods[0].Priority && started(p).Time.Before(first) {
			first = started(p).Time
		}
	}
	return first
}
