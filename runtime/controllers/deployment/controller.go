package deployment

import (
	"context"
	"errors"
	"fmt"
	"maps"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller rolls out the Deployments of a server.
type Controller struct {
	loop        *controller.Controller[client.Key]
	c           client.Client
	deployments *client.Cache[appsv1.Deployment]
	sets        *client.Cache[appsv1.ReplicaSet]
	pods        *client.Cache[corev1.Pod]
	opts        workload.Options
	// What was written last, until the caches show it.
	wroteSets        *workload.Behind[appsv1.ReplicaSet, *appsv1.ReplicaSet]
	wroteDeployments *workload.Behind[appsv1.Deployment, *appsv1.Deployment]
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	const name = "deployment-controller"
	opts = opts.WithDefaults()
	opts.Events = opts.Events.For(name)
	c := &Controller{
		c: caches.Client(), opts: opts,
		deployments: client.CacheOf[appsv1.Deployment](caches),
		sets:        client.CacheOf(caches, client.CacheOptions[appsv1.ReplicaSet]{Indexers: workload.Indexers[appsv1.ReplicaSet]()}),
		pods:        client.CacheOf(caches, client.CacheOptions[corev1.Pod]{Indexers: workload.Indexers[corev1.Pod]()}),
	}
	c.wroteSets = workload.NewBehind(c.sets)
	c.wroteDeployments = workload.NewBehind(c.deployments)
	c.loop = controller.New(name, c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.deployments, controller.Self[appsv1.Deployment])
	controller.Watch(c.loop, c.sets, workload.Claimants[appsv1.Deployment, appsv1.ReplicaSet](c.deployments, deploymentKind.GroupKind(), selector))
	controller.WatchChanges(c.loop, c.pods, c.recreates, func(_, _ *corev1.Pod) bool { return false })
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func selector(d *appsv1.Deployment) labels.Selector { return workload.SelectorOf(d.Spec.Selector) }

// recreates maps a Pod that has gone to the Deployment that waits for that: one
// that recreates. All others learn from their ReplicaSets.
func (c *Controller) recreates(pod *corev1.Pod) []client.Key {
	ref := meta.ControllerOf(pod)
	if ref == nil {
		return nil
	}
	rs, ok := c.sets.Get(pod.Namespace, ref.Name)
	if !ok || rs.UID != ref.UID {
		return nil
	}
	owner := meta.ControllerOf(rs)
	if owner == nil {
		return nil
	}
	d, ok := c.deployments.Get(pod.Namespace, owner.Name)
	if !ok || d.UID != owner.UID || d.Spec.Strategy.Type != appsv1.RecreateDeploymentStrategyType {
		return nil
	}
	return []client.Key{client.KeyOf(d)}
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	if !c.wroteSets.Settled(key) || !c.wroteDeployments.Settled(key) {
		return controller.Result{After: workload.Unsettled}, nil
	}
	d, ok := c.deployments.GetKey(key)
	if !ok {
		c.wroteSets.Forget(key)
		c.wroteDeployments.Forget(key)
		return controller.Result{}, nil
	}
	if selector(d).Empty() {
		c.opts.Events.Warning(d, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.")
		status := d.Status
		status.ObservedGeneration = d.Generation
		return controller.Result{}, c.writeStatus(ctx, d, status, "")
	}
	sets, err := workload.Claim(ctx, c.c, c.sets, workload.Owner{Object: d, Kind: deploymentKind, Selector: selector(d)})
	if err != nil {
		return controller.Result{}, err
	}
	plan, err := Decide(View{Deployment: d, Sets: sets, Running: c.running, Now: c.opts.Now()})
	if err != nil {
		return controller.Result{}, controller.Terminal(err)
	}
	if again, err := c.carryOut(ctx, d, &plan); again || err != nil {
		return controller.Result{After: workload.Unsettled}, err
	}
	return controller.Result{After: plan.After}, c.writeStatus(ctx, d, plan.Status, plan.Revision)
}

// running returns how many Pods of a set have not finished yet.
func (c *Controller) running(rs *appsv1.ReplicaSet) int {
	n := 0
	for _, pod := range c.pods.ByIndex(client.ControllerIndex, string(rs.UID)) {
		if !workload.Finished(pod) {
			n++
		}
	}
	return n
}

// carryOut makes, changes and deletes ReplicaSets. If again is true the state
// has turned out to be another one than was seen.
func (c *Controller) carryOut(ctx context.Context, d *appsv1.Deployment, plan *Plan) (again bool, err error) {
	if plan.Create != nil {
		if again, err := c.create(ctx, d, plan); again || err != nil {
			return again, err
		}
	}
	sets := client.Of[appsv1.ReplicaSet](c.c).In(d.Namespace)
	for _, change := range plan.Update {
		to := *change.Set.Spec.Replicas
		if err := sets.Update(ctx, change.Set); err != nil {
			return false, fmt.Errorf("change replica set %s: %w", change.Set.Name, err)
		}
		c.wroteSets.Wrote(client.KeyOf(d), change.Set)
		c.scaled(d, change.Set.Name, change.From, to)
	}
	var errs []error
	for _, rs := range plan.Delete {
		err := sets.Delete(ctx, rs.Name, meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &rs.UID}})
		if err != nil && !meta.IsNotFound(err) {
			errs = append(errs, fmt.Errorf("delete replica set %s: %w", rs.Name, err))
		}
	}
	return false, errors.Join(errs...)
}

func (c *Controller) scaled(d *appsv1.Deployment, name string, from, to int32) {
	switch {
	case to > from:
		c.opts.Events.Normal(d, "ScalingReplicaSet", "Scaled up replica set %s from %d to %d", name, from, to)
	case to < from:
		c.opts.Events.Normal(d, "ScalingReplicaSet", "Scaled down replica set %s from %d to %d", name, from, to)
	}
}

// create makes the new ReplicaSet. If its name is taken by another one the next
// look, with a higher collision count, tries another name.
func (c *Controller) create(ctx context.Context, d *appsv1.Deployment, plan *Plan) (again bool, err error) {
	sets := client.Of[appsv1.ReplicaSet](c.c).In(d.Namespace)
	rs := plan.Create
	size := *rs.Spec.Replicas
	err = sets.Create(ctx, rs)
	switch {
	case err == nil:
		c.wroteSets.Wrote(client.KeyOf(d), rs)
		c.scaled(d, rs.Name, 0, size)
		return false, nil
	case meta.IsAlreadyExists(err):
		return true, c.collide(ctx, d, rs)
	case meta.HasCause(err, corev1.NamespaceTerminatingCause):
		return false, controller.Terminal(err)
	case ctx.Err() != nil:
		return false, err
	}
	message := fmt.Sprintf("Failed to create new replica set %q: %v", rs.Name, err)
	c.opts.Events.Warning(d, reasonCreateError, "%s", message)
	if hasDeadline(d) {
		status := d.Status
		status.Conditions = setCondition(status.Conditions, appsv1.DeploymentProgressing, corev1.ConditionFalse, reasonCreateError, message, c.opts.Now())
		err = errors.Join(err, c.writeStatus(ctx, d, status, ""))
	}
	return false, err
}

// collide finds out who has the name of the ReplicaSet that was to be made.
func (c *Controller) collide(ctx context.Context, d *appsv1.Deployment, rs *appsv1.ReplicaSet) error {
	there, err := client.Of[appsv1.ReplicaSet](c.c).In(d.Namespace).Get(ctx, rs.Name)
	if err != nil {
		return err
	}
	if ref := meta.ControllerOf(there); ref != nil && ref.UID == d.UID && SameTemplate(&there.Spec.Template, &d.Spec.Template) {
		c.wroteSets.Wrote(client.KeyOf(d), there) // made before, but the cache did not show it
		return nil
	}
	status := d.Status
	count := int32(1)
	if status.CollisionCount != nil {
		count = *status.CollisionCount + 1
	}
	status.CollisionCount = &count
	return c.writeStatus(ctx, d, status, "")
}

// writeStatus writes the status and the revision, unless they are there.
func (c *Controller) writeStatus(ctx context.Context, d *appsv1.Deployment, status appsv1.DeploymentStatus, revision string) error {
	numbered := revision == "" || d.Annotations[appsv1.DeploymentRevisionAnnotation] == revision
	if numbered && codec.Equal(&status, &d.Status) {
		return nil
	}
	next := codec.DeepCopy(d)
	next.Status = status
	if !numbered {
		next.Annotations = maps.Clone(d.Annotations)
		if next.Annotations == nil {
			next.Annotations = map[string]string{}
		}
		next.Annotations[appsv1.DeploymentRevisionAnnotation] = revision
	}
	return c.wroteDeployments.UpdateStatus(ctx, c.c, next)
}
