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
	// Whole is why no node will do, whatever nodes there are; "" if it is about nodes.
	Whole string
	// HelpedBy is what has to happen so that trying again makes sense.
	HelpedBy Change
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
	if e.Whole != "" {
		text += ": " + e.Whole + "."
	} else if reasons := e.reasons(); len(reasons) > 0 {
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
	if len(cluster.order) == 0 {
		return Decision{}, &NoNodeError{HelpedBy: NodeChanged}
	}
	if whole, helpedBy := p.refuse(pod, cluster); whole != "" {
		return Decision{}, &NoNodeError{Nodes: len(cluster.order), Whole: whole, HelpedBy: helpedBy}
	}
	checks := p.prepare(pod, cluster)
	reserved := cluster.reserved(pod)
	// look asks about one node, as it is and as it will be when those are there too
	// for which room is kept.
	look := func(n *Node) Verdict {
		v := check(checks, n)
		if more := reserved[n.Object.Name]; v.Passes() && len(more) > 0 {
			fuller, m := cluster.changed(n, nil, more)
			v = check(p.prepare(pod, fuller), m)
		}
		return v
	}
	// A Pod that others made way for goes there if it still can.
	if n := cluster.Node(pod.Object.Status.NominatedNodeName); n != nil && look(n).Passes() {
		return Decision{Node: n.Object.Name, Feasible: 1}, nil
	}
	refused := &NoNodeError{Nodes: len(cluster.order), Verdicts: map[*Node]Verdict{}}
	var feasible []*Node
	enough := searchFor(len(cluster.order))
	for i := range cluster.order {
		n := cluster.order[(i+turn)%len(cluster.order)]
		if v := look(n); !v.Passes() {
			refused.Verdicts[n] = v
			refused.HelpedBy |= v.helpedBy
			continue
		}
		if feasible = append(feasible, n); len(feasible) == enough {
			break
		}
	}
	switch len(feasible) {
	case 0:
		return Decision{}, refused
	case 1:
		return Decision{Node: feasible[0].Object.Name, Feasible: 1}, nil
	}
	return Decision{Node: p.best(pod, cluster, feasible, turn).Object.Name, Feasible: len(feasible)}, nil
}

// refuse asks those filters that need no node to know.
func (p Plugins) refuse(pod *Pod, cluster *Cluster) (reason string, helpedBy Change) {
	for _, f := range p.Filters {
		if r, ok := f.(Refuser); ok {
			if reason := r.Refuse(pod, cluster); reason != "" {
				return reason, helps(f)
			}
		}
	}
	return "", 0
}

func helps(f Filter) Change {
	if h, ok := f.(Hinted); ok {
		return h.HelpedBy()
	}
	return anyChange
}

// prepared is one filter's check of nodes.
type prepared struct {
	look   func(*Node) Verdict
	filter Filter
}

func (p Plugins) prepare(pod *Pod, cluster *Cluster) []prepared {
	checks := make([]prepared, 0, len(p.Filters))
	for _, f := range p.Filters {
		if c := f.Prepare(pod, cluster); c != nil {
			checks = append(checks, prepared{c, f})
		}
	}
	return checks
}

func check(checks []prepared, n *Node) Verdict {
	for _, c := range checks {
		if v := c.look(n); !v.Passes() {
			v.helpedBy = helps(c.filter)
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
