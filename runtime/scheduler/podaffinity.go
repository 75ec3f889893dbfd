package scheduler

// InterPodAffinity places Pods near to or away from others, in the domains
// that node labels make.
type InterPodAffinity struct{}

func (InterPodAffinity) Name() string  { return "InterPodAffinity" }
func (InterPodAffinity) Weight() int64 { return 2 }
func (InterPodAffinity) HelpedBy() Change {
	return NodeChanged | PodGone | PodPlaced | NamespaceChanged
}

// domain is the nodes with one value of one label.
type domain struct{ key, value string }

func (InterPodAffinity) Prepare(pod *Pod, cluster *Cluster) func(*Node) Verdict {
	// Domains where Pods are whose own anti-affinity keeps this Pod out.
	refusing := map[domain]bool{}
	// Domains of each of the Pod's own terms that have a Pod which it selects.
	wanted, unwanted := make([]map[domain]bool, len(pod.affinity)), make([]map[domain]bool, len(pod.antiAffinity))
	note := func(sets []map[domain]bool, at int, d domain) {
		if sets[at] == nil {
			sets[at] = map[domain]bool{}
		}
		sets[at][d] = true
	}
	for _, n := range cluster.order {
		labels := n.Object.Labels
		for _, other := range n.demanding {
			for i := range other.antiAffinity {
				t := &other.antiAffinity[i]
				if value, ok := labels[t.topologyKey]; ok && t.selects(pod, cluster) {
					refusing[domain{t.topologyKey, value}] = true
				}
			}
		}
		if len(pod.affinity) == 0 && len(pod.antiAffinity) == 0 {
			continue
		}
		for _, other := range n.Pods {
			for i := range pod.antiAffinity {
				t := &pod.antiAffinity[i]
				if value, ok := labels[t.topologyKey]; ok && t.selects(other, cluster) {
					note(unwanted, i, domain{t.topologyKey, value})
				}
			}
			// Affinity terms count only where one Pod satisfies all of them.
			if len(pod.affinity) > 0 && selectedByAll(pod.affinity, other, cluster) {
				for i := range pod.affinity {
					if value, ok := labels[pod.affinity[i].topologyKey]; ok {
						note(wanted, i, domain{pod.affinity[i].topologyKey, value})
					}
				}
			}
		}
	}
	// The first of a group that wants to be together has nobody to be near to.
	first := len(pod.affinity) > 0 && selectedByAll(pod.affinity, pod, cluster)
	for _, domains := range wanted {
		first = first && len(domains) == 0
	}
	if len(refusing) == 0 && len(pod.affinity) == 0 && len(pod.antiAffinity) == 0 {
		return nil
	}
	return func(n *Node) Verdict {
		labels := n.Object.Labels
		for i := range pod.affinity {
			key := pod.affinity[i].topologyKey
			value, ok := labels[key]
			if !ok || !first && !wanted[i][domain{key, value}] {
				return final("node(s) didn't match pod affinity rules")
			}
		}
		for i := range pod.antiAffinity {
			key := pod.antiAffinity[i].topologyKey
			if value, ok := labels[key]; ok && unwanted[i][domain{key, value}] {
				return Verdict{Reason: "node(s) didn't match pod anti-affinity rules"}
			}
		}
		for d := range refusing {
			if value, ok := labels[d.key]; ok && value == d.value {
				return Verdict{Reason: "node(s) didn't satisfy existing pods anti-affinity rules"}
			}
		}
		return Verdict{}
	}
}

func selectedByAll(terms []affinityTerm, other *Pod, cluster *Cluster) bool {
	for i := range terms {
		if !terms[i].selects(other, cluster) {
			return false
		}
	}
	return true
}

// requiredWeight is what a required affinity of a Pod that is there already
// counts when it would be glad of this one.
const requiredWeight = 1

func (InterPodAffinity) Rate(pod *Pod, cluster *Cluster) func([]*Node) []int64 {
	weights := map[domain]int64{}
	count := func(t *affinityTerm, about *Pod, labels map[string]string, weight int64) {
		if value, ok := labels[t.topologyKey]; ok && t.selects(about, cluster) {
			weights[domain{t.topologyKey, value}] += weight
		}
	}
	for _, n := range cluster.order {
		if len(pod.preferred) > 0 {
			for _, other := range n.Pods {
				for i := range pod.preferred {
					count(&pod.preferred[i], other, n.Object.Labels, pod.preferred[i].weight)
				}
			}
		}
		for _, other := range n.demanding {
			for i := range other.preferred {
				count(&other.preferred[i], pod, n.Object.Labels, other.preferred[i].weight)
			}
			for i := range other.affinity {
				count(&other.affinity[i], pod, n.Object.Labels, requiredWeight)
			}
		}
	}
	if len(weights) == 0 {
		return nil
	}
	return func(nodes []*Node) []int64 {
		ratings := each(func(n *Node) int64 {
			var sum int64
			for d, weight := range weights {
				if value, ok := n.Object.Labels[d.key]; ok && value == d.value {
					sum += weight
				}
			}
			return sum
		})(nodes)
		return spreadOut(ratings)
	}
}

// spreadOut maps ratings linearly so that the lowest is 0 and the highest MaxScore.
func spreadOut(ratings []int64) []int64 {
	if len(ratings) == 0 {
		return ratings
	}
	low, high := ratings[0], ratings[0]
	for _, r := range ratings {
		low, high = min(low, r), max(high, r)
	}
	for i, r := range ratings {
		ratings[i] = 0
		if high > low {
			ratings[i] = MaxScore * (r - low) / (high - low)
		}
	}
	return ratings
}
