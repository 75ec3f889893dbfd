package scheduler

import (
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// budget is how many of some Pods may be disrupted now.
type budget struct {
	selector labels.Selector
	allowed  int32
	counted  map[string]bool // names of Pods that it knows to be on their way out
}

// SetBudget notes a PodDisruptionBudget, which preemption keeps to where it can.
// One whose selector cannot be read protects nobody.
func (c *Cluster) SetBudget(pdb *policyv1.PodDisruptionBudget) {
	selector, err := labels.FromLabelSelector(pdb.Spec.Selector)
	if err != nil {
		selector = labels.Nothing()
	}
	b := &budget{selector: selector, allowed: pdb.Status.DisruptionsAllowed, counted: map[string]bool{}}
	for name := range pdb.Status.DisruptedPods {
		b.counted[name] = true
	}
	c.budgets[client.KeyOf(pdb)] = b
}

// RemoveBudget forgets a PodDisruptionBudget.
func (c *Cluster) RemoveBudget(key client.Key) { delete(c.budgets, key) }

// splitByBudget divides Pods, in their order, into those whose eviction a budget
// does not allow and the others.
func (c *Cluster) splitByBudget(pods []*Pod) (protected, free []*Pod) {
	if len(c.budgets) == 0 {
		return nil, pods
	}
	left := make(map[client.Key]int32, len(c.budgets))
	for key, b := range c.budgets {
		left[key] = b.allowed
	}
	for _, pod := range pods {
		violates := false
		for key, b := range c.budgets {
			if key.Namespace != pod.Key.Namespace || len(pod.Object.Labels) == 0 || b.counted[pod.Key.Name] ||
				b.selector.Empty() || !b.selector.Matches(labels.Set(pod.Object.Labels)) {
				continue
			}
			left[key]--
			violates = violates || left[key] < 0
		}
		if violates {
			protected = append(protected, pod)
		} else {
			free = append(free, pod)
		}
	}
	return protected, free
}

// SetOwner notes what the controller of that UID selects: its Pods are spread by
// default. nil forgets it.
func (c *Cluster) SetOwner(uid meta.UID, selector *meta.LabelSelector) {
	delete(c.owners, uid)
	if selector == nil {
		return
	}
	if s, err := labels.FromLabelSelector(selector); err == nil && !s.Empty() {
		c.owners[uid] = s
	}
}

// siblings selects the Pods that do the same work as pod: those of the same
// Services and of the same controller. ok is false if there is neither.
func (c *Cluster) siblings(pod *Pod) (s labels.Selector, ok bool) {
	s = labels.Everything()
	for _, group := range c.groups[pod.Key.Namespace] {
		if group.Matches(labels.Set(pod.Object.Labels)) {
			s, ok = s.With(group.Requirements()...), true
		}
	}
	if owner := meta.ControllerOf(pod.Object); owner != nil {
		if selector, known := c.owners[owner.UID]; known {
			s, ok = s.With(selector.Requirements()...), true
		}
	}
	return s, ok
}

// SetService notes what a Service selects: its Pods are spread by default.
func (c *Cluster) SetService(svc *corev1.Service) {
	key := client.KeyOf(svc)
	if len(svc.Spec.Selector) == 0 {
		c.RemoveService(key)
		return
	}
	if c.groups[key.Namespace] == nil {
		c.groups[key.Namespace] = map[client.Key]labels.Selector{}
	}
	c.groups[key.Namespace][key] = labels.FromSet(labels.Set(svc.Spec.Selector))
}

// RemoveService forgets a Service.
func (c *Cluster) RemoveService(key client.Key) { delete(c.groups[key.Namespace], key) }
