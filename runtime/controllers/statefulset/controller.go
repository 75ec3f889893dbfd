package statefulset

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller runs the StatefulSets of a server.
type Controller struct {
	loop    *controller.Controller[client.Key]
	c       client.Client
	sets    *client.Cache[appsv1.StatefulSet]
	claims  *client.Cache[corev1.PersistentVolumeClaim]
	pods    *workload.Pods
	history *workload.History
	// What was written last, until the caches show it.
	wroteSets   *workload.Behind[appsv1.StatefulSet, *appsv1.StatefulSet]
	wrotePods   *workload.Behind[corev1.Pod, *corev1.Pod]
	wroteClaims *workload.Behind[corev1.PersistentVolumeClaim, *corev1.PersistentVolumeClaim]
	opts        workload.Options
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	const name = "statefulset-controller"
	opts = opts.WithDefaults()
	opts.Events = opts.Events.For(name)
	c := &Controller{
		c: caches.Client(), opts: opts,
		sets:   client.CacheOf[appsv1.StatefulSet](caches),
		claims: client.CacheOf[corev1.PersistentVolumeClaim](caches),
		// Its events are worded by this controller.
		pods:    workload.NewPods(caches, statefulSetKind, nil),
		history: workload.NewHistory(caches, statefulSetKind),
	}
	c.wroteSets = workload.NewBehind(c.sets)
	c.wrotePods = workload.NewBehind(c.pods.Cache)
	c.wroteClaims = workload.NewBehind(c.claims)
	c.loop = controller.New(name, c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.sets, controller.Self[appsv1.StatefulSet])
	controller.Watch(c.loop, c.pods.Cache, workload.Claimants[appsv1.StatefulSet, corev1.Pod](c.sets, statefulSetKind.GroupKind(), selector))
	controller.Watch(c.loop, c.history.Cache, controller.Controlled[appsv1.ControllerRevision](statefulSetKind.GroupKind()))
	c.loop.After(c.claims)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func selector(set *appsv1.StatefulSet) labels.Selector {
	return workload.SelectorOf(set.Spec.Selector)
}

// revisionHashLabel is where a StatefulSet's revision has its hash. Its Pods
// carry the revision's whole name.
const revisionHashLabel = "controller.kubernetes.io/hash"

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	if !c.pods.Settled(key) || !c.history.Settled(key) || !c.wroteSets.Settled(key) || !c.wrotePods.Settled(key) || !c.wroteClaims.Settled(key) {
		return controller.Result{After: workload.Unsettled}, nil
	}
	set, ok := c.sets.GetKey(key)
	if !ok {
		c.pods.Forget(key)
		c.history.Forget(key)
		c.wroteSets.Forget(key)
		c.wrotePods.Forget(key)
		c.wroteClaims.Forget(key)
		return controller.Result{}, nil
	}
	owner := workload.Owner{Object: set, Kind: statefulSetKind, Selector: selector(set)}
	revisions, err := c.history.Claim(ctx, owner)
	if err != nil {
		return controller.Result{}, err
	}
	if set.DeletionTimestamp == nil {
		revisions, err = c.history.Ensure(ctx, set, revisions, workload.Present{
			Template: &set.Spec.Template, Collisions: set.Status.CollisionCount, HashLabel: revisionHashLabel,
		})
		var collision *workload.CollisionError
		if errors.As(err, &collision) {
			return controller.Result{}, c.writeStatus(ctx, set, collided(set.Status))
		}
		if err != nil {
			return controller.Result{}, err
		}
	}
	owner.Accepts = func(pod meta.Object) bool { _, ok := ordinalOf(set, pod); return ok }
	pods, err := c.pods.Claim(ctx, owner)
	if err != nil {
		return controller.Result{}, err
	}
	current, update, err := present(set, revisions)
	if err != nil {
		return controller.Result{}, controller.Terminal(err)
	}
	plan := Decide(View{Set: set, Pods: pods, Current: current, Update: update, Now: c.opts.Now()})
	failed := c.carryOut(ctx, set, pods, &plan)
	err = errors.Join(failed, c.writeStatus(ctx, set, plan.Status))
	if set.DeletionTimestamp == nil {
		err = errors.Join(err, c.history.Trim(ctx, set, revisions, set.Spec.RevisionHistoryLimit, func(r *appsv1.ControllerRevision) bool {
			return r.Name == current.Name || slices.ContainsFunc(pods, func(pod *corev1.Pod) bool { return revisionOf(pod) == r.Name })
		}))
	}
	return controller.Result{After: plan.After}, err
}

// present returns the revision that the set was last fully at, if that is still
// there, and the newest one.
func present(set *appsv1.StatefulSet, revisions []*appsv1.ControllerRevision) (current, update Revision, err error) {
	update = Revision{Name: set.Status.UpdateRevision, Template: &set.Spec.Template}
	if n := len(revisions); n > 0 {
		update.Name = revisions[n-1].Name
	}
	current = update
	for _, r := range revisions {
		if r.Name != set.Status.CurrentRevision || r.Name == update.Name {
			continue
		}
		template, err := workload.TemplateOf(r)
		if err != nil {
			return current, update, err
		}
		current = Revision{Name: r.Name, Template: template}
	}
	return current, update, nil
}

func collided(status appsv1.StatefulSetStatus) appsv1.StatefulSetStatus {
	count := int32(1)
	if status.CollisionCount != nil {
		count = *status.CollisionCount + 1
	}
	status.CollisionCount = &count
	return status
}

// carryOut makes and deletes Pods and what belongs to them. Ordered Pods come
// one to a plan; all others at the same time.
func (c *Controller) carryOut(ctx context.Context, set *appsv1.StatefulSet, pods []*corev1.Pod, plan *Plan) error {
	for _, pod := range plan.Ended {
		if pod.Status.Phase == corev1.PodFailed {
			c.opts.Events.Warning(set, "RecreatingFailedPod", "StatefulSet %s/%s is recreating failed Pod %s", set.Namespace, set.Name, pod.Name)
		} else {
			c.opts.Events.Normal(set, "RecreatingTerminatedPod", "StatefulSet %s/%s is recreating terminated Pod %s", set.Namespace, set.Name, pod.Name)
		}
	}
	err0 := c.keepClaims(ctx, set, pods)
	_, err1 := workload.All(len(plan.Relabel), func(i int) error { return c.relabel(ctx, set, plan.Relabel[i]) })
	_, err2 := workload.SlowStart(len(plan.Create), func(i int) error { return c.create(ctx, set, plan.Create[i]) })
	_, err3 := workload.All(len(plan.Delete), func(i int) error { return c.remove(ctx, set, plan.Delete[i]) })
	return errors.Join(err0, err1, workload.IgnoreTerminating(err2), err3)
}

// create makes a Pod, after its claims.
func (c *Controller) create(ctx context.Context, set *appsv1.StatefulSet, pod *corev1.Pod) error {
	name := pod.Name
	ordinal, _ := ordinalOf(set, pod)
	err := c.createClaims(ctx, set, ordinal, name)
	if err == nil {
		err = c.pods.Create(ctx, set, pod)
	}
	switch {
	case err == nil:
		c.opts.Events.Normal(set, "SuccessfulCreate", "create Pod %s in StatefulSet %s successful", name, set.Name)
	case ctx.Err() == nil && workload.IgnoreTerminating(err) != nil:
		c.opts.Events.Warning(set, "FailedCreate", "create Pod %s in StatefulSet %s failed error: %v", name, set.Name, err)
	}
	return err
}

func (c *Controller) createClaims(ctx context.Context, set *appsv1.StatefulSet, ordinal int, pod string) error {
	in := client.Of[corev1.PersistentVolumeClaim](c.c).In(set.Namespace)
	for _, claim := range newClaims(set, ordinal) {
		name := claim.Name
		if have, ok := c.claims.Get(set.Namespace, name); ok {
			if have.DeletionTimestamp != nil {
				return fmt.Errorf("pvc %s is being deleted", name)
			}
			continue
		}
		claim.OwnerReferences, _ = claimOwners(set, claim, nil, false)
		err := in.Create(ctx, claim)
		switch {
		case meta.IsAlreadyExists(err): // the cache is behind
		case err != nil:
			c.opts.Events.Warning(set, "FailedCreate", "create Claim %s for Pod %s in StatefulSet %s failed error: %v", name, pod, set.Name, err)
			return fmt.Errorf("claim %s: %w", name, err)
		default:
			c.wroteClaims.Wrote(client.KeyOf(set), claim)
			c.opts.Events.Normal(set, "SuccessfulCreate", "create Claim %s Pod %s in StatefulSet %s success", name, pod, set.Name)
		}
	}
	return nil
}

// keepClaims makes claims that are missing though a Pod waits for them, and
// sees to it that claims go with what the retention policy says.
func (c *Controller) keepClaims(ctx context.Context, set *appsv1.StatefulSet, pods []*corev1.Pod) error {
	if len(set.Spec.VolumeClaimTemplates) == 0 {
		return nil
	}
	first, size := 0, 1
	if set.Spec.Ordinals != nil {
		first = int(set.Spec.Ordinals.Start)
	}
	if set.Spec.Replicas != nil {
		size = int(*set.Spec.Replicas)
	}
	var errs []error
	in := client.Of[corev1.PersistentVolumeClaim](c.c).In(set.Namespace)
	for _, pod := range pods {
		ordinal, _ := ordinalOf(set, pod)
		surplus := ordinal < first || ordinal >= first+size
		if pod.Status.Phase == corev1.PodPending && pod.DeletionTimestamp == nil && set.DeletionTimestamp == nil && !surplus {
			errs = append(errs, c.createClaims(ctx, set, ordinal, pod.Name))
		}
		for i := range set.Spec.VolumeClaimTemplates {
			claim, ok := c.claims.Get(set.Namespace, claimName(set, &set.Spec.VolumeClaimTemplates[i], ordinal))
			if !ok || claim.DeletionTimestamp != nil {
				continue
			}
			owners, changed := claimOwners(set, claim, pod, surplus)
			if !changed {
				continue
			}
			next := codec.DeepCopy(claim)
			next.OwnerReferences = owners
			if err := in.Update(ctx, next); err != nil && !meta.IsNotFound(err) {
				errs = append(errs, fmt.Errorf("claim %s: %w", claim.Name, err))
			} else if err == nil {
				c.wroteClaims.Wrote(client.KeyOf(set), next)
			}
		}
	}
	return errors.Join(errs...)
}

// relabel gives a Pod the labels of its identity.
func (c *Controller) relabel(ctx context.Context, set *appsv1.StatefulSet, pod *corev1.Pod) error {
	ordinal, _ := ordinalOf(set, pod)
	next := codec.DeepCopy(pod)
	if next.Labels == nil {
		next.Labels = map[string]string{}
	}
	maps.Copy(next.Labels, identity(pod.Name, ordinal))
	err := client.Of[corev1.Pod](c.c).In(pod.Namespace).Update(ctx, next)
	if err == nil {
		c.wrotePods.Wrote(client.KeyOf(set), next)
	}
	return client.IgnoreNotFound(err)
}

func (c *Controller) remove(ctx context.Context, set *appsv1.StatefulSet, pod *corev1.Pod) error {
	err := c.pods.Delete(ctx, set, pod)
	if err == nil {
		c.opts.Events.Normal(set, "SuccessfulDelete", "delete Pod %s in StatefulSet %s successful", pod.Name, set.Name)
	} else if ctx.Err() == nil {
		c.opts.Events.Warning(set, "FailedDelete", "delete Pod %s in StatefulSet %s failed error: %v", pod.Name, set.Name, err)
	}
	return err
}

// writeStatus writes a status, unless it is there.
func (c *Controller) writeStatus(ctx context.Context, set *appsv1.StatefulSet, status appsv1.StatefulSetStatus) error {
	if codec.Equal(&status, &set.Status) {
		return nil
	}
	next := codec.DeepCopy(set)
	next.Status = status
	return c.wroteSets.UpdateStatus(ctx, c.c, next)
}
