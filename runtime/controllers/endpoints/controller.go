package endpoints

import (
	"context"
	"fmt"
	"maps"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/endpointslice"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

const (
	managedByLabel = "endpoints.kubernetes.io/managed-by"
	managedBy      = "endpoint-controller"
	// leaderAnnotation marks objects that are no endpoints, but were used as locks.
	leaderAnnotation = "control-plane.alpha.kubernetes.io/leader"
)

// Controller keeps the Endpoints of a server's Services.
type Controller struct {
	loop      *controller.Controller[client.Key]
	c         client.Client
	services  *client.Cache[corev1.Service]
	pods      *client.Cache[corev1.Pod]
	endpoints *client.Cache[corev1.Endpoints]
	wrote     *workload.Behind[corev1.Endpoints, *corev1.Endpoints]
	opts      workload.Options
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	opts = opts.WithDefaults()
	opts.Events = opts.Events.For("endpoint-controller")
	c := &Controller{
		c: caches.Client(), opts: opts,
		services: client.CacheOf[corev1.Service](caches), pods: client.CacheOf[corev1.Pod](caches),
		endpoints: client.CacheOf[corev1.Endpoints](caches),
	}
	c.wrote = workload.NewBehind(c.endpoints)
	c.loop = controller.New("endpoints-controller", c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.services, controller.Self[corev1.Service])
	controller.Watch(c.loop, c.endpoints, controller.Self[corev1.Endpoints])
	controller.WatchChanges(c.loop, c.pods, endpointslice.ServicesOf(c.services), endpointslice.Matters)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	if !c.wrote.Settled(key) {
		return controller.Result{After: workload.Unsettled}, nil
	}
	service, ok := c.services.GetKey(key)
	have, exists := c.endpoints.GetKey(key)
	if !ok {
		c.wrote.Forget(key)
		// Those that somebody wrote by hand, and locks, have no Service either.
		if !exists || have.Labels[managedByLabel] != managedBy {
			return controller.Result{}, nil
		}
		err := client.Of[corev1.Endpoints](c.c).In(key.Namespace).Delete(ctx, key.Name, meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &have.UID}})
		if meta.IsNotFound(err) || meta.IsConflict(err) {
			err = nil
		}
		return controller.Result{}, err
	}
	if !endpointslice.Serves(service) || service.DeletionTimestamp != nil {
		return controller.Result{}, nil
	}
	if exists && have.Annotations[leaderAnnotation] != "" {
		return controller.Result{}, nil
	}
	selector := labels.FromSet(service.Spec.Selector)
	var pods []*corev1.Pod
	for pod := range c.pods.In(key.Namespace) {
		if selector.Matches(pod.Labels) {
			pods = append(pods, pod)
		}
	}
	next := &corev1.Endpoints{ObjectMeta: meta.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}
	if exists {
		next = codec.DeepCopy(have)
	}
	fill(next, service, pods)
	if exists && codec.Equal(next, have) {
		return controller.Result{}, nil
	}
	return controller.Result{}, c.write(ctx, key, service, next, exists)
}

// fill makes e what it should be.
func fill(e *corev1.Endpoints, service *corev1.Service, pods []*corev1.Pod) {
	subsets, truncated := Subsets(service, pods)
	e.Subsets = subsets
	own := maps.Clone(service.Labels)
	if own == nil {
		own = map[string]string{}
	}
	delete(own, corev1.IsHeadlessService)
	if service.Spec.ClusterIP == corev1.ClusterIPNone {
		own[corev1.IsHeadlessService] = ""
	}
	own[managedByLabel] = managedBy
	e.Labels = own
	if !truncated {
		delete(e.Annotations, corev1.EndpointsOverCapacity)
		return
	}
	if e.Annotations == nil {
		e.Annotations = map[string]string{}
	}
	e.Annotations[corev1.EndpointsOverCapacity] = "truncated"
}

func (c *Controller) write(ctx context.Context, key client.Key, service *corev1.Service, e *corev1.Endpoints, exists bool) error {
	r := client.Of[corev1.Endpoints](c.c).In(key.Namespace)
	if exists {
		if err := r.Update(ctx, e); err != nil {
			if !meta.IsConflict(err) && ctx.Err() == nil {
				c.opts.Events.Warning(service, "FailedToUpdateEndpoint", "Failed to update endpoint %s: %v", key, err)
			}
			return fmt.Errorf("update: %w", err)
		}
	} else if err := r.Create(ctx, e); err != nil {
		if workload.IgnoreTerminating(err) == nil {
			return nil
		}
		if !meta.IsAlreadyExists(err) && ctx.Err() == nil {
			c.opts.Events.Warning(service, "FailedToCreateEndpoint", "Failed to create endpoint for service %s: %v", key, err)
		}
		return fmt.Errorf("create: %w", err)
	}
	c.wrote.Wrote(key, e)
	return nil
}
