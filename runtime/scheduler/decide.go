package scheduler

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Decision is where a Pod goes.
type Decision struct {
	Node string
	// Feasible is how many nodes would have done, of those that were looked at.
	Feasible int
}

// NoNodeError is the error of a Pod that no node will do for.
type NoNodeError struct {
	// Nodes is how many nodes there are.
	Nodes int
	// Verdicts are what was wrong with each.
	Verdicts map[*Node]Verdict
	// Preemption is why evicting others did not help; "" when it was not tried.
	Preemption string
}

// Error returns the text of FailedScheduling events:
// "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable."
func (e *NoNodeError) Error() string {
	if e.Nodes == 0 {
		return "no nodes available to schedule pods"
	}
	text := fmt.Sprintf("0/%d nodes are available", e.Nodes)
	if reasons := e.reasons(); len(reasons) > 0 {
		text += ": " + strings.Join(reasons, ", ") + "."
	}
	if e.Preemption != "" {
		text += " preemption: " + e.Preemption
	}
	return text
}

// reasons counts nodes by reason, in the order of the texts.
func (e *NoNodeError) reasons() []string {
	counts := map[string]int{}
	for _, v := range e.Verdicts {
		counts[v.Reason]++
		for _, more := range v.More {
			counts[more]++
		}
	}
	texts := make([]string, 0, len(counts))
	for reason, n := range counts {
		texts = append(texts, fmt.Sprintf("%d %s", n, reason))
	}
	slices.Sort(texts)
	return texts
}

// errMalformed wraps what makes a Pod unschedulable whatever the nodes are.
var errMalformed = errors.New("pod cannot be scheduled")

// Decide picks the node for a Pod. It changes nothing. When no node will do the
// error is a *NoNodeError. turn varies where the search begins and which of
// equally good nodes is taken, so that load spreads; equal turns give equal
// answers.
func (p Plugins) Decide(pod *Pod, cluster *Cluster, turn int) (Decision, error) {
	if pod.malformed != nil {
		return Decision{}, fmt.Errorf("%w: %w", errMalformed, pod.malformed)
	}
	checks := p.prepare(pod, cluster)
	verdicts := map[*Node]Verdict{}
	var feasible []*Node
	enough := searchFor(len(cluster.order))
	for i := range cluster.order {
		n := cluster.order[(i+turn)%len(cluster.order)]
		if v := check(checks, n); !v.Passes() {
			verdicts[n] = v
			continue
		}
		if feasible = append(feasible, n); len(feasible) == enough {
			break
		}
	}
	switch len(feasible) {
	case 0:
		return Decision{}, &NoNodeError{Nodes: len(cluster.order), Verdicts: verdicts}
	case 1:
		return Decision{Node: feasible[0].Object.Name, Feasible: 1}, nil
	}
	// A Pod that others made way for goes there if it still can.
	if nominated := pod.Object.Status.NominatedNodeName; nominated != "" {
		for _, n := range feasible {
			if n.Object.Name == nominated {
				return Decision{Node: nominated, Feasible: len(feasible)}, nil
			}
		}
	}
	return Decision{Node: p.best(pod, cluster, feasible, turn).Object.Name, Feasible: len(feasible)}, nil
}

func (p Plugins) prepare(pod *Pod, cluster *Cluster) []func(*Node) Verdict {
	var checks []func(*Node) Verdict
	for _, f := range p.Filters {
		if c := f.Prepare(pod, cluster); c != nil {
			checks = append(checks, c)
		}
	}
	return checks
}

func check(checks []func(*Node) Verdict, n *Node) Verdict {
	for _, c := range checks {
		if v := c(n); !v.Passes() {
			return v
		}
	}
	return Verdict{}
}

// searchFor returns how many feasible nodes are enough to choose among: all of
// up to a hundred, a falling share of more, for on a large cluster the best of
// many hundreds is hardly better than the best of some.
func searchFor(nodes int) int {
	const all, leastShare = 100, 5
	if nodes <= all {
		return nodes
	}
	percent := max(50-nodes/125, leastShare)
	return max(all, nodes*percent/100)
}

func (p Plugins) best(pod *Pod, cluster *Cluster, nodes []*Node, turn int) *Node {
	totals := make([]int64, len(nodes))
	for _, s := range p.Scores {
		rate := s.Rate(pod, cluster)
		if rate == nil {
			continue
		}
		for i, r := range rate(nodes) {
			totals[i] += r * s.Weight()
		}
	}
	highest := slices.Max(totals)
	var best []*Node
	for i, total := range totals {
		if total == highest {
			best = append(best, nodes[i])
		}
	}
	return best[turn%len(best)]
}

// evictable returns the nodes whose refusal evictions might change.
func (e *NoNodeError) evictable() []*Node {
	nodes := slices.Collect(maps.Keys(e.Verdicts))
	nodes = slices.DeleteFunc(nodes, func(n *Node) bool { return e.Verdicts[n].Final })
	slices.SortFunc(nodes, func(a, b *Node) int { return strings.Compare(a.Object.Name, b.Object.Name) })
	return nodes
}
