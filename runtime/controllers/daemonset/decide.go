package daemonset

import (
	"cmp"
	"slices"
	"time"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// View is what there is to decide on. Nothing of it is changed.
type View struct {
	Set   *appsv1.DaemonSet
	Pods  []*corev1.Pod  // those that the set owns
	Nodes []*corev1.Node // all there are
	Hash  string         // of the present template
	// Hold returns how long a failed Pod of a node is to stay before it is
	// replaced; nil is not at all.
	Hold func(node string) time.Duration
	Now  time.Time
}

// Plan is what to do about a DaemonSet.
type Plan struct {
	Create []string      // nodes to make a Pod for
	Delete []*corev1.Pod // Pods to delete
	// Ended are those in Delete that have run to their end, which a daemon must
	// not.
	Ended  []*corev1.Pod
	Status appsv1.DaemonSetStatus
	// After is when to look again although nothing has changed; 0 is never.
	After time.Duration
}

// planner works out one Plan.
type planner struct {
	View
	byNode map[string][]*corev1.Pod
	plan   Plan
}

// Decide returns what to do next about a DaemonSet.
func Decide(v View) Plan {
	p := &planner{View: v, byNode: map[string][]*corev1.Pod{}}
	for _, pod := range v.Pods {
		p.byNode[targetOf(pod)] = append(p.byNode[targetOf(pod)], pod)
	}
	for _, pods := range p.byNode {
		slices.SortFunc(pods, worthFirst)
	}
	if v.Set.DeletionTimestamp == nil {
		p.place()
		// Replacing Pods needs a count of those that are there, which is about to
		// change.
		if len(p.plan.Create)+len(p.plan.Delete) == 0 && v.Set.Spec.UpdateStrategy.Type != appsv1.OnDeleteDaemonSetStrategyType {
			p.update()
		}
	}
	p.status()
	p.plan.Create = p.plan.Create[:min(len(p.plan.Create), workload.MaxPodsAtOnce)]
	p.plan.Delete = p.plan.Delete[:min(len(p.plan.Delete), workload.MaxPodsAtOnce)]
	return p.plan
}

// worthFirst orders the Pods of one node: those that run first, then the older.
func worthFirst(a, b *corev1.Pod) int {
	order := func(pod *corev1.Pod) int {
		switch {
		case pod.Spec.NodeName == "":
			return 3
		case pod.Status.Phase == corev1.PodRunning:
			return 0
		case pod.Status.Phase == corev1.PodUnknown:
			return 1
		}
		return 2
	}
	if c := cmp.Compare(order(a), order(b)); c != 0 {
		return c
	}
	if c := a.CreationTimestamp.Compare(b.CreationTimestamp.Time); c != 0 {
		return c
	}
	return cmp.Compare(a.Name, b.Name)
}

// place makes Pods where there should be one, and deletes them where there
// should be none, where there are too many, and those that have ended.
func (p *planner) place() {
	known := map[string]bool{}
	for _, node := range p.Nodes {
		known[node.Name] = true
		pods := p.byNode[node.Name]
		run, stay := Fits(p.Set, node)
		switch {
		case run && len(pods) == 0:
			p.plan.Create = append(p.plan.Create, node.Name)
		case stay:
			p.tidy(node.Name, pods)
		default:
			p.remove(pods...)
		}
	}
	for node, pods := range p.byNode {
		if known[node] {
			continue
		}
		// Pods that run where no node is known are for the pod garbage collector;
		// those that wait for it would wait for ever.
		for _, pod := range pods {
			if pod.Spec.NodeName == "" {
				p.remove(pod)
			}
		}
	}
}

func (p *planner) hold(node string) time.Duration {
	if p.Hold == nil {
		return 0
	}
	return p.Hold(node)
}

func (p *planner) remove(pods ...*corev1.Pod) {
	for _, pod := range pods {
		if pod.DeletionTimestamp == nil {
			p.plan.Delete = append(p.plan.Delete, pod)
		}
	}
}

// tidy deletes Pods of a node that have ended, or that are too many.
func (p *planner) tidy(node string, pods []*corev1.Pod) {
	var running []*corev1.Pod
	for _, pod := range pods {
		switch {
		case pod.DeletionTimestamp != nil:
		case workload.Finished(pod):
			if wait := p.hold(node); wait > 0 {
				p.plan.After = workload.Sooner(p.plan.After, wait)
				continue
			}
			p.plan.Ended = append(p.plan.Ended, pod)
			p.plan.Delete = append(p.plan.Delete, pod)
		default:
			running = append(running, pod)
		}
	}
	if len(running) <= 1 {
		return
	}
	if surge, _ := p.limits(); surge == 0 {
		p.remove(running[1:]...)
		return
	}
	// With a surge the old one and the new one are side by side for a while.
	var fresh, old *corev1.Pod
	for _, pod := range running {
		switch {
		case p.updated(pod) && fresh == nil:
			fresh = pod
		case !p.updated(pod) && old == nil:
			old = pod
		default:
			p.remove(pod)
		}
	}
	if fresh != nil && old != nil && (!workload.Ready(old) || p.available(fresh)) {
		p.remove(old)
	}
}

// updated reports whether a Pod is of the present template.
func (p *planner) updated(pod *corev1.Pod) bool {
	return pod.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] == p.Hash
}

func (p *planner) available(pod *corev1.Pod) bool {
	available, wait := workload.Available(pod, p.Set.Spec.MinReadySeconds, p.Now)
	p.plan.After = workload.Sooner(p.plan.After, wait)
	return available
}

// limits returns how many nodes may have two Pods and how many may have none
// that is available, while Pods are replaced.
func (p *planner) limits() (surge, unavailable int) {
	strategy := &p.Set.Spec.UpdateStrategy
	if strategy.Type == appsv1.OnDeleteDaemonSetStrategyType {
		return 0, 0
	}
	if strategy.RollingUpdate == nil {
		return 0, 1
	}
	desired := 0
	for _, node := range p.Nodes {
		if run, _ := Fits(p.Set, node); run {
			desired++
		}
	}
	scaled := func(v *intstr.IntOrString) int {
		if v == nil {
			return 0
		}
		n, _ := v.Scaled(desired, true)
		return n
	}
	surge, unavailable = scaled(strategy.RollingUpdate.MaxSurge), scaled(strategy.RollingUpdate.MaxUnavailable)
	if surge == 0 && unavailable == 0 {
		return 0, 1
	}
	return surge, unavailable
}

// update replaces Pods of former templates.
func (p *planner) update() {
	if surge, unavailable := p.limits(); surge > 0 {
		p.updateBeside(surge)
	} else {
		p.updateInPlace(unavailable)
	}
}

// updateInPlace deletes old Pods, so that new ones can take their places. Those
// that are not available anyway are no loss.
func (p *planner) updateInPlace(unavailable int) {
	var rest []*corev1.Pod // old ones that are available
	for _, node := range p.Nodes {
		run, stay := Fits(p.Set, node)
		if !stay {
			continue
		}
		fresh, old := p.pair(p.byNode[node.Name])
		switch {
		case old != nil && p.available(old):
			rest = append(rest, old)
		case old != nil:
			p.remove(old)
			unavailable--
		case fresh != nil && p.available(fresh):
		case run:
			unavailable--
		}
	}
	p.remove(rest[:min(max(unavailable, 0), len(rest))]...)
}

// updateBeside makes new Pods beside old ones, which go (see tidy) when those
// are available.
func (p *planner) updateBeside(surge int) {
	var rest []string // nodes with an old one that is available
	for _, node := range p.Nodes {
		if run, _ := Fits(p.Set, node); !run {
			continue
		}
		fresh, old := p.pair(p.byNode[node.Name])
		switch {
		case old == nil:
		case fresh != nil:
			surge--
		case p.available(old):
			rest = append(rest, node.Name)
		default:
			p.plan.Create = append(p.plan.Create, node.Name)
		}
	}
	p.plan.Create = append(p.plan.Create, rest[:min(max(surge, 0), len(rest))]...)
}

// pair returns the Pods of a node that are not being deleted: the one of the
// present template, and one of a former.
func (p *planner) pair(pods []*corev1.Pod) (fresh, old *corev1.Pod) {
	for _, pod := range pods {
		switch {
		case pod.DeletionTimestamp != nil:
		case p.updated(pod):
			fresh = pod
		default:
			old = pod
		}
	}
	return fresh, old
}

// status counts nodes and Pods as they are before the plan is carried out.
func (p *planner) status() {
	before := &p.Set.Status
	s := appsv1.DaemonSetStatus{ObservedGeneration: p.Set.Generation, CollisionCount: before.CollisionCount, Conditions: before.Conditions}
	for _, node := range p.Nodes {
		pods := p.byNode[node.Name]
		run, _ := Fits(p.Set, node)
		if !run {
			if len(pods) > 0 {
				s.NumberMisscheduled++
			}
			continue
		}
		s.DesiredNumberScheduled++
		if len(pods) == 0 {
			continue
		}
		s.CurrentNumberScheduled++
		pod := pods[0]
		if workload.Ready(pod) {
			s.NumberReady++
			if p.available(pod) {
				s.NumberAvailable++
			}
		}
		if p.updated(pod) {
			s.UpdatedNumberScheduled++
		}
	}
	s.NumberUnavailable = s.DesiredNumberScheduled - s.NumberAvailable
	p.plan.Status = s
}
