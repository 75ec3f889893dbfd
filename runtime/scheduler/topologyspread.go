package scheduler

import (
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
)

// TopologySpread spreads the Pods that a constraint selects evenly over the
// domains that a node label makes.
type TopologySpread struct{}

func (TopologySpread) Name() string  { return "PodTopologySpread" }
func (TopologySpread) Weight() int64 { return 2 }

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
		value := n.Object.Labels[c.key]
		found[value] += 0
		for _, other := range n.Pods {
			if c.counted(pod, other) {
				found[value]++
			}
		}
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
	if len(soft) == 0 {
		return nil
	}
	counts := make([]map[string]int, len(soft))
	for i, c := range soft {
		counts[i] = c.counts(pod, cluster, keys)
	}
	return func(nodes []*Node) []int64 {
		ratings := make([]int64, len(nodes))
		outside := make([]bool, len(nodes))
		var most int64
		for j, n := range nodes {
			for i, c := range soft {
				value, ok := n.Object.Labels[c.key]
				if !ok {
					outside[j] = true
					continue
				}
				ratings[j] += int64(counts[i][value]) + int64(c.maxSkew-1)
			}
			most = max(most, ratings[j])
		}
		for j := range ratings {
			switch {
			case outside[j]:
				ratings[j] = 0
			case most == 0:
				ratings[j] = MaxScore
			default:
				ratings[j] = MaxScore * (most - ratings[j]) / most
			}
		}
		return ratings
	}
}
