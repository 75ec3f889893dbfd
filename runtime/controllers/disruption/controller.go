package disruption

import (
	"context"
	"fmt"
	"maps"
	"time"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	policyv1 "github.com/kubenucleus/nucleus/apimachinery/api/policy/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller keeps the status of a server's budgets.
type Controller struct {
	loop    *controller.Controller[client.Key] // budgets
	stale   *controller.Controller[client.Key] // Pods that were to be disrupted
	c       client.Client
	budgets *client.Cache[policyv1.PodDisruptionBudget]
	pods    *client.Cache[corev1.Pod]
	scales  *scales
	opts    workload.Options
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	const name = "disruption-controller"
	opts = opts.WithDefaults()
	opts.Events = opts.Events.For(name)
	c := &Controller{
		c: caches.Client(), opts: opts, scales: newScales(caches),
		budgets: client.CacheOf[policyv1.PodDisruptionBudget](caches), pods: client.CacheOf[corev1.Pod](caches),
	}
	c.loop = controller.New(name, c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.budgets, controller.Self[policyv1.PodDisruptionBudget])
	controller.WatchChanges(c.loop, c.pods, func(pod *corev1.Pod) []client.Key { return c.covering(pod.Namespace, pod.Labels) }, matters)
	watchScale(c, c.scales.deployments, func(d *appsv1.Deployment) *corev1.PodTemplateSpec { return &d.Spec.Template })
	watchScale(c, c.scales.sets, func(rs *appsv1.ReplicaSet) *corev1.PodTemplateSpec { return &rs.Spec.Template })
	watchScale(c, c.scales.stateful, func(s *appsv1.StatefulSet) *corev1.PodTemplateSpec { return &s.Spec.Template })
	watchScale(c, c.scales.controllers, func(rc *corev1.ReplicationController) *corev1.PodTemplateSpec { return rc.Spec.Template })
	c.stale = controller.New(name+" pods", c.takeBack, opts.Loop())
	controller.WatchChanges(c.stale, c.pods, func(pod *corev1.Pod) []client.Key {
		if target(pod) == nil {
			return nil
		}
		return []client.Key{client.KeyOf(pod)}
	}, func(old, new *corev1.Pod) bool { return !codec.Equal(target(old), target(new)) })
	return c
}

// watchScale looks again at the budgets of what a controller makes, when that
// appears, goes or asks for another number.
func watchScale[T any, P client.Pointer[T]](c *Controller, cache *client.Cache[T], template func(*T) *corev1.PodTemplateSpec) {
	controller.WatchChanges(c.loop, cache, func(owner *T) []client.Key {
		if t := template(owner); t != nil {
			return c.covering(P(owner).Metadata().Namespace, t.Labels)
		}
		return nil
	}, controller.NewVersion[T, P])
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error {
	group := controller.Group{Logger: c.opts.Logger}
	group.Add(c.loop.Name(), c.loop.Run)
	group.Add(c.stale.Name(), c.stale.Run)
	return group.Run(ctx)
}

// covering returns the budgets that select such Pods.
func (c *Controller) covering(namespace string, l map[string]string) []client.Key {
	if c.budgets.Len() == 0 {
		return nil
	}
	var keys []client.Key
	for b := range c.budgets.In(namespace) {
		if selector(b).Matches(l) {
			keys = append(keys, client.KeyOf(b))
		}
	}
	return keys
}

func selector(b *policyv1.PodDisruptionBudget) labels.Selector {
	return workload.SelectorOf(b.Spec.Selector)
}

// matters reports whether an update of a Pod can change what its budgets count.
func matters(old, new *corev1.Pod) bool {
	return workload.Ready(old) != workload.Ready(new) || (old.DeletionTimestamp == nil) != (new.DeletionTimestamp == nil) ||
		old.UID != new.UID || !maps.Equal(old.Labels, new.Labels) || !codec.Equal(meta.ControllerOf(old), meta.ControllerOf(new))
}

// retry is how soon to look again at a budget that could not be decided, since
// what it lacks may be something that is not watched.
const retry = time.Minute

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	b, ok := c.budgets.GetKey(key)
	if !ok {
		return controller.Result{}, nil
	}
	var pods []*corev1.Pod
	s := selector(b)
	for pod := range c.pods.In(key.Namespace) {
		if s.Matches(pod.Labels) {
			pods = append(pods, pod)
		}
	}
	if len(pods) == 0 {
		c.opts.Events.Normal(b, "NoPods", "No matching pods found")
	}
	plan, err := Decide(View{Budget: b, Pods: pods, Now: c.opts.Now(), Scale: func(pod *corev1.Pod, owner *meta.OwnerReference) (Scale, error) {
		return c.scales.of(ctx, pod, owner)
	}})
	if err != nil && ctx.Err() == nil {
		c.opts.Events.Warning(b, "CalculateExpectedPodCountFailed", "Failed to calculate the number of expected pods: %v", err)
		return controller.Result{After: retry}, c.writeStatus(ctx, b, FailSafe(b, err, c.opts.Now()))
	}
	if err != nil {
		return controller.Result{}, err
	}
	if len(plan.Unmanaged) > 0 {
		c.opts.Events.Warning(b, "UnmanagedPods", "Pods selected by this PodDisruptionBudget (selector: %v) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value.", s)
	}
	for _, pod := range plan.Stayed {
		c.opts.Events.Warning(pod, "NotDeleted", "Pod was expected by PDB %s/%s to be deleted but it wasn't", b.Namespace, b.Name)
	}
	return controller.Result{After: plan.After}, c.writeStatus(ctx, b, plan.Status)
}

// writeStatus writes the status unless it is there. An eviction that was granted
// meanwhile makes it a conflict, and the decision is made again: it must not be
// forgotten.
func (c *Controller) writeStatus(ctx context.Context, b *policyv1.PodDisruptionBudget, status policyv1.PodDisruptionBudgetStatus) error {
	if codec.Equal(&status, &b.Status) {
		return nil
	}
	next := codec.DeepCopy(b)
	next.Status = status
	return client.IgnoreNotFound(client.Of[policyv1.PodDisruptionBudget](c.c).In(b.Namespace).UpdateStatus(ctx, next))
}

// target returns the condition of a Pod that it will be disrupted, or nil if
// there is none that could turn out to be wrong: of a Pod that goes or has ended
// it is true, and what its kubelet says it takes its time for.
func target(pod *corev1.Pod) *corev1.PodCondition {
	condition := workload.Condition(pod, corev1.DisruptionTarget)
	if condition == nil || condition.Status != corev1.ConditionTrue || condition.Reason == "TerminationByKubelet" ||
		pod.DeletionTimestamp != nil || workload.Finished(pod) {
		return nil
	}
	return condition
}

// takeBack tells people that a Pod is not disrupted after all.
func (c *Controller) takeBack(ctx context.Context, key client.Key) (controller.Result, error) {
	pod, ok := c.pods.GetKey(key)
	if !ok {
		return controller.Result{}, nil
	}
	condition := target(pod)
	if condition == nil {
		return controller.Result{}, nil
	}
	now := c.opts.Now()
	if left := condition.LastTransitionTime.Add(DeletionTimeout).Sub(now); left > 0 {
		return controller.Result{After: left}, nil
	}
	data, err := codec.MarshalJSON(map[string]any{
		"metadata": map[string]any{"uid": string(pod.UID), "resourceVersion": pod.ResourceVersion},
		"status": map[string]any{"conditions": []any{map[string]any{
			"type": string(corev1.DisruptionTarget), "status": string(corev1.ConditionFalse),
			"lastTransitionTime": now.UTC().Format(time.RFC3339), "reason": nil, "message": nil,
		}}},
	})
	if err != nil {
		return controller.Result{}, err
	}
	_, err = client.Of[corev1.Pod](c.c).In(key.Namespace).Subresource("status").Patch(ctx, key.Name, client.Patch{Type: client.StrategicPatch, Data: data})
	if err != nil && !meta.IsNotFound(err) {
		return controller.Result{}, fmt.Errorf("take back that pod %s is disrupted: %w", key, err)
	}
	return controller.Result{}, nil
}
