package statefulset

import (
	"slices"
	"time"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Revision is one template of a StatefulSet.
type Revision struct {
	Name     string // of its ControllerRevision
	Template *corev1.PodTemplateSpec
}

// View is what there is to decide on. Nothing of it is changed.
type View struct {
	Set  *appsv1.StatefulSet
	Pods []*corev1.Pod // those that the set owns
	// Current is the revision that the set was last fully at, Update the present
	// one.
	Current, Update Revision
	Now             time.Time
}

// Plan is what to do about a StatefulSet.
type Plan struct {
	Create []*corev1.Pod
	Delete []*corev1.Pod
	// Ended are those in Delete that have run to their end and are replaced.
	Ended []*corev1.Pod
	// Relabel are Pods that lack the labels of their identity.
	Relabel []*corev1.Pod
	Status  appsv1.StatefulSetStatus
	// After is when to look again although nothing has changed; 0 is never.
	After time.Duration
}

// planner works out one Plan.
type planner struct {
	View
	first, size int           // ordinals from first to first+size-1
	pods        []*corev1.Pod // of those ordinals; nil where there is none
	surplus     []*corev1.Pod // of others, the highest ordinal first
	plan        Plan
}

// Decide returns what to do next about a StatefulSet.
func Decide(v View) Plan {
	p := &planner{View: v, size: 1}
	if v.Set.Spec.Replicas != nil {
		p.size = int(*v.Set.Spec.Replicas)
	}
	if v.Set.Spec.Ordinals != nil {
		p.first = int(v.Set.Spec.Ordinals.Start)
	}
	p.pods = make([]*corev1.Pod, p.size)
	for _, pod := range v.Pods {
		ordinal, ok := ordinalOf(v.Set, pod)
		switch {
		case !ok:
		case ordinal >= p.first && ordinal < p.first+p.size:
			p.pods[ordinal-p.first] = pod
		default:
			p.surplus = append(p.surplus, pod)
		}
	}
	slices.SortFunc(p.surplus, func(a, b *corev1.Pod) int {
		x, _ := ordinalOf(v.Set, a)
		y, _ := ordinalOf(v.Set, b)
		return y - x
	})
	p.status()
	if v.Set.DeletionTimestamp == nil && !p.recreate() && p.fill() && p.shrink() {
		p.update()
	}
	p.plan.Create = p.plan.Create[:min(len(p.plan.Create), workload.MaxPodsAtOnce)]
	p.plan.Delete = p.plan.Delete[:min(len(p.plan.Delete), workload.MaxPodsAtOnce)]
	return p.plan
}

func (p *planner) ordered() bool {
	return p.Set.Spec.PodManagementPolicy != appsv1.ParallelPodManagement
}

func (p *planner) ready(pod *corev1.Pod) bool {
	return pod.Status.Phase == corev1.PodRunning && workload.Ready(pod)
}

func (p *planner) available(pod *corev1.Pod) bool {
	if !p.ready(pod) {
		return false
	}
	available, wait := workload.Available(pod, p.Set.Spec.MinReadySeconds, p.Now)
	p.plan.After = workload.Sooner(p.plan.After, wait)
	return available
}

// healthy reports whether a Pod counts as one that serves.
func (p *planner) healthy(pod *corev1.Pod) bool {
	return pod != nil && pod.DeletionTimestamp == nil && p.available(pod)
}

// remove deletes a Pod, unless that is under way.
func (p *planner) remove(pod *corev1.Pod) {
	if pod.DeletionTimestamp == nil && !slices.Contains(p.plan.Delete, pod) {
		p.plan.Delete = append(p.plan.Delete, pod)
	}
}

// recreate lets all Pods of former templates go before any new one comes, if
// the set is updated so. It reports whether some are still there.
func (p *planner) recreate() bool {
	if p.Set.Spec.UpdateStrategy.Type != appsv1.RecreateStatefulSetStrategyType {
		return false
	}
	waits := false
	for _, pod := range p.Pods {
		if revisionOf(pod) != p.Update.Name {
			p.remove(pod)
			waits = true
		}
	}
	return waits
}

// fill makes the Pods that are missing, in order. It reports whether the sizes
// may be looked at beyond that: with ordered Pods not before all are available.
func (p *planner) fill() bool {
	for i, pod := range p.pods {
		switch {
		case pod == nil:
			p.plan.Create = append(p.plan.Create, p.newPod(p.first+i))
		case workload.Finished(pod):
			// The name is free once the old one has gone.
			if pod.DeletionTimestamp == nil {
				p.plan.Ended = append(p.plan.Ended, pod)
				p.remove(pod)
			}
		case pod.DeletionTimestamp != nil:
		default:
			if ordinal := p.first + i; !identified(pod, ordinal) {
				p.plan.Relabel = append(p.plan.Relabel, pod)
			}
			if p.available(pod) || !p.ordered() {
				continue
			}
		}
		if p.ordered() {
			return false
		}
	}
	return true
}

func identified(pod *corev1.Pod, ordinal int) bool {
	for key, value := range identity(pod.Name, ordinal) {
		if pod.Labels[key] != value {
			return false
		}
	}
	return true
}

// newPod returns the Pod of an ordinal: of the present template, or of the
// former where the partition holds the update back.
func (p *planner) newPod(ordinal int) *corev1.Pod {
	revision := p.Update
	if p.Set.Spec.UpdateStrategy.Type == appsv1.RollingUpdateStatefulSetStrategyType || p.Set.Spec.UpdateStrategy.Type == "" {
		if ordinal < p.first+p.partition() {
			revision = p.Current
		}
	}
	return newPod(p.Set, revision.Template, revision.Name, ordinal)
}

func (p *planner) partition() int {
	if r := p.Set.Spec.UpdateStrategy.RollingUpdate; r != nil && r.Partition != nil {
		return int(*r.Partition)
	}
	return 0
}

// shrink deletes the Pods that are too many, the last ordinal first. It reports
// whether updates may go on.
func (p *planner) shrink() bool {
	unhealthy := p.firstUnhealthy()
	for _, pod := range p.surplus {
		if !p.ordered() {
			p.remove(pod)
			continue
		}
		// One at a time; an unavailable one holds the others up, unless it is the
		// one that everybody waits for.
		if pod.DeletionTimestamp == nil && (p.available(pod) || pod == unhealthy) {
			p.remove(pod)
		}
		return false
	}
	return true
}

// firstUnhealthy returns the Pod of the lowest ordinal that does not serve.
func (p *planner) firstUnhealthy() *corev1.Pod {
	for _, pod := range p.pods {
		if pod != nil && !p.healthy(pod) {
			return pod
		}
	}
	for _, pod := range slices.Backward(p.surplus) {
		if !p.healthy(pod) {
			return pod
		}
	}
	return nil
}

// update deletes Pods of former templates, from the last ordinal down to the
// partition, as many as may be unavailable at a time.
func (p *planner) update() {
	strategy := &p.Set.Spec.UpdateStrategy
	if strategy.Type != appsv1.RollingUpdateStatefulSetStrategyType && strategy.Type != "" {
		return
	}
	budget := p.maxUnavailable()
	for _, pod := range p.pods {
		if !p.healthy(pod) {
			budget--
		}
	}
	for i := len(p.pods) - 1; i >= p.partition(); i-- {
		pod := p.pods[i]
		if pod == nil || !p.replaceable(pod) {
			continue
		}
		switch {
		case !p.healthy(pod):
			p.remove(pod) // it serves nobody: to replace it makes nothing worse
		case budget > 0:
			p.remove(pod)
			budget--
		}
	}
}

// replaceable reports whether a Pod is of a former template and still to be
// deleted for that.
func (p *planner) replaceable(pod *corev1.Pod) bool {
	return revisionOf(pod) != p.Update.Name && pod.DeletionTimestamp == nil
}

// maxUnavailable is how many Pods may be unavailable during an update.
func (p *planner) maxUnavailable() int {
	r := p.Set.Spec.UpdateStrategy.RollingUpdate
	if r == nil || r.MaxUnavailable == nil {
		return 1
	}
	n, err := r.MaxUnavailable.Scaled(p.size, false)
	if err != nil {
		return 1
	}
	return max(n, 1)
}

// status counts the Pods as they are before the plan is carried out.
func (p *planner) status() {
	s := p.Set.Status
	s.ObservedGeneration = p.Set.Generation
	s.Replicas, s.ReadyReplicas, s.AvailableReplicas, s.CurrentReplicas, s.UpdatedReplicas = 0, 0, 0, 0, 0
	s.CurrentRevision, s.UpdateRevision = p.Current.Name, p.Update.Name
	for _, pod := range p.Pods {
		if _, ok := ordinalOf(p.Set, pod); !ok {
			continue
		}
		s.Replicas++
		if p.ready(pod) {
			s.ReadyReplicas++
			if p.available(pod) {
				s.AvailableReplicas++
			}
		}
		if pod.DeletionTimestamp != nil {
			continue
		}
		if revisionOf(pod) == p.Current.Name {
			s.CurrentReplicas++
		}
		if revisionOf(pod) == p.Update.Name {
			s.UpdatedReplicas++
		}
	}
	all := int32(p.size)
	onDelete := p.Set.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType
	if !onDelete && s.UpdatedReplicas == all && s.ReadyReplicas == all && s.Replicas == all {
		s.CurrentRevision, s.CurrentReplicas = s.UpdateRevision, s.UpdatedReplicas
	}
	p.plan.Status = s
}
