package scheduler

import (
	"fmt"
	"math"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
)

// TopologySpread spreads the Pods that a constraint selects evenly over the
// domains that a node label makes.
type TopologySpread struct{}

func (TopologySpread) Name() string     { return "PodTopologySpread" }
func (TopologySpread) Weight() int64    { return 2 }
func (TopologySpread) HelpedBy() Change { return NodeChanged | PodGone | PodPlaced }

type spreadConstraint struct {
	key           string
	selector      labels.Selector
	hard          bool
	maxSkew       int
	minDomains    int
	honorAffinity bool
	honorTaints   bool
}

func (p *Pod) spreadConstraint(from *corev1.TopologySpreadConstraint) spreadConstraint {
	c := spreadConstraint{
		key: from.TopologyKey, hard: from.WhenUnsatisfiable != corev1.ScheduleAnyway, maxSkew: int(from.MaxSkew), minDomains: 1,
		honorAffinity: from.NodeAffinityPolicy == nil || *from.NodeAffinityPolicy == corev1.NodeInclusionPolicyHonor,
		honorTaints:   from.NodeTaintsPolicy != nil && *from.NodeTaintsPolicy == corev1.NodeInclusionPolicyHonor,
	}
	if from.MinDomains != nil {
		c.minDomains = int(*from.MinDomains)
	}
	var err error
	if c.selector, err = labels.FromLabelSelector(from.LabelSelector); err != nil {
		p.malformed = fmt.Errorf("topology spread constraint: %w", err)
		c.selector = labels.Nothing()
	}
	// The Pod's own values of these labels, so that each revision spreads by itself.
	for _, key := range from.MatchLabelKeys {
		if value, ok := p.Object.Labels[key]; ok {
			c.selector = c.selector.With(labels.FromSet(labels.Set{key: value}).Requirements()...)
		}
	}
	return c
}

// counts returns how many Pods that the constraint selects each domain has.
// Nodes that lack one of keys are in no domain.
func (c *spreadConstraint) counts(pod *Pod, cluster *Cluster, keys []string) map[string]int {
	found := map[string]int{}
	for _, n := range cluster.order {
		if !hasAll(n.Object.Labels, keys) {
			continue
		}
		if c.honorAffinity && !pod.Object.Spec.RequiredNodes(n.Object) {
			continue
		}
		if c.honorTaints && corev1.UntoleratedTaint(n.Object.Spec.Taints, pod.Object.Spec.Tolerations, keepsAway) != nil {
			continue
		}
		value, ok := n.Object.Labels[c.key]
		if !ok {
			continue
		}
		count := found[value]
		for _, other := range n.Pods {
			if c.counted(pod, other) {
				count++
			}
		}
		found[value] = count
	}
	return found
}

func (c *spreadConstraint) counted(pod, other *Pod) bool {
	return other.Key.Namespace == pod.Key.Namespace && other.Object.DeletionTimestamp == nil && c.selector.Matches(labels.Set(other.Object.Labels))
}

func hasAll(have map[string]string, keys []string) bool {
	for _, k := range keys {
		if _, ok := have[k]; !ok {
			return false
		}
	}
	return true
}

// constraints returns those of the Pod that are hard, or those that are not,
// and their keys.
func (p *Pod) constraints(hard bool) (some []*spreadConstraint, keys []string) {
	for i := range p.spread {
		if p.spread[i].hard == hard {
			some = append(some, &p.spread[i])
			keys = append(keys, p.spread[i].key)
		}
	}
	return some, keys
}

func (TopologySpread) Prepare(pod *Pod, cluster *Cluster) func(*Node) Verdict {
	hard, keys := pod.constraints(true)
	if len(hard) == 0 {
		return nil
	}
	type limit struct {
		*spreadConstraint
		counts  map[string]int
		lowest  int
		selfOne int
	}
	limits := make([]limit, len(hard))
	for i, c := range hard {
		l := limit{spreadConstraint: c, counts: c.counts(pod, cluster, keys)}
		if c.selector.Matches(labels.Set(pod.Object.Labels)) {
			l.selfOne = 1
		}
		began := false
		for _, n := range l.counts {
			if !began || n < l.lowest {
				l.lowest, began = n, true
			}
		}
		if len(l.counts) < c.minDomains {
			l.lowest = 0
		}
		limits[i] = l
	}
	return func(n *Node) Verdict {
		for _, l := range limits {
			value, ok := n.Object.Labels[l.key]
			if !ok {
				return final("node(s) didn't match pod topology spread constraints (missing required label)")
			}
			if l.counts[value]+l.selfOne-l.lowest > l.maxSkew {
				return Verdict{Reason: "node(s) didn't match pod topology spread constraints"}
			}
		}
		return Verdict{}
	}
}

func (TopologySpread) Rate(pod *Pod, cluster *Cluster) func([]*Node) []int64 {
	soft, keys := pod.constraints(false)
	strict := true // a node has to be in a domain of each constraint
	if len(pod.spread) == 0 {
		if soft, strict = defaultSpread(pod, cluster), false; len(soft) > 0 {
			keys = nil
		}
	}
	if len(soft) == 0 {
		return nil
	}
	counts := make([]map[string]int, len(soft))
	for i, c := range soft {
		counts[i] = c.counts(pod, cluster, keys)
	}
	return func(nodes []*Node) []int64 {
		sums := make([]float64, len(nodes))
		outside := make([]bool, len(nodes))
		for i, c := range soft {
			weight := math.Log(float64(domains(nodes, c.key) + 2))
			for j, n := range nodes {
				value, ok := n.Object.Labels[c.key]
				if !ok {
					outside[j] = outside[j] || strict
					continue
				}
				sums[j] += float64(counts[i][value])*weight + float64(c.maxSkew-1)
			}
		}
		return fewest(sums, outside)
	}
}

// domains counts the values of a label that nodes have. Domains weigh the more the
// more of them there are, for the less each counts by itself.
func domains(nodes []*Node, key string) int {
	values := map[string]bool{}
	for _, n := range nodes {
		if value, ok := n.Object.Labels[key]; ok {
			values[value] = true
		}
	}
	return len(values)
}

// fewest rates nodes so that those with the smallest sum come first, and those that
// are outside of what is rated last.
func fewest(sums []float64, outside []bool) []int64 {
	ratings := make([]int64, len(sums))
	least, most := int64(math.MaxInt64), int64(0)
	for j, sum := range sums {
		if ratings[j] = int64(math.Round(sum)); !outside[j] {
			least, most = min(least, ratings[j]), max(most, ratings[j])
		}
	}
	for j := range ratings {
		switch {
		case outside[j]:
			ratings[j] = 0
		case most == 0:
			ratings[j] = MaxScore
		default:
			ratings[j] = MaxScore * (most + least - ratings[j]) / most
		}
	}
	return ratings
}

// defaultSpread returns the constraints of Pods that come with none: those of one
// Service or controller are spread over nodes and, less so, over zones.
func defaultSpread(pod *Pod, cluster *Cluster) []*spreadConstraint {
	selector, ok := cluster.siblings(pod)
	if !ok {
		return nil
	}
	return []*spreadConstraint{
		{key: "kubernetes.io/hostname", selector: selector, maxSkew: 3, minDomains: 1, honorAffinity: true},
		{key: "topology.kubernetes.io/zone", selector: selector, maxSkew: 5, minDomains: 1, honorAffinity: true},
	}
}
