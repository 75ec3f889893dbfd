package endpointslice

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	discoveryv1 "github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// ManagedBy is the value of the label by which the controller knows its slices.
const ManagedBy = "endpointslice-controller.k8s.io"

// Options tunes a [Controller]. The zero value works.
type Options struct {
	workload.Options
	// PerSlice is how many endpoints a slice holds at most. Zero is 100; the API
	// allows 1000.
	PerSlice int
}

// Controller keeps the slices of a server's Services.
type Controller struct {
	loop     *controller.Controller[client.Key]
	c        client.Client
	services *client.Cache[corev1.Service]
	pods     *client.Cache[corev1.Pod]
	nodes    *client.Cache[corev1.Node]
	slices   *client.Cache[discoveryv1.EndpointSlice]
	opts     Options
	// What was written last, until the cache shows it.
	made  *controller.Pending[client.Key, discoveryv1.EndpointSlice, *discoveryv1.EndpointSlice]
	wrote *workload.Behind[discoveryv1.EndpointSlice, *discoveryv1.EndpointSlice]
}

// serviceIndex finds slices by namespace/name of their Service.
const serviceIndex = "service"

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts Options) *Controller {
	const name = "endpointslice-controller"
	opts.Options = opts.WithDefaults()
	opts.Events = opts.Events.For("endpoint-slice-controller")
	if opts.PerSlice <= 0 {
		opts.PerSlice = 100
	}
	c := &Controller{
		c: caches.Client(), opts: opts,
		services: client.CacheOf[corev1.Service](caches),
		nodes:    client.CacheOf[corev1.Node](caches),
		pods:     workload.PodsByNode(caches),
		slices: client.CacheOf(caches, client.CacheOptions[discoveryv1.EndpointSlice]{Indexers: map[string]func(*discoveryv1.EndpointSlice) []string{
			serviceIndex: func(s *discoveryv1.EndpointSlice) []string {
				if s.Labels[discoveryv1.LabelManagedBy] != ManagedBy {
					return nil
				}
				return []string{s.Namespace + "/" + s.Labels[discoveryv1.LabelServiceName]}
			},
		}}),
	}
	c.made = controller.NewPending[client.Key](c.slices)
	c.wrote = workload.NewBehind(c.slices)
	c.loop = controller.New(name, c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.services, controller.Self[corev1.Service])
	controller.WatchChanges(c.loop, c.pods, ServicesOf(c.services), Matters)
	controller.WatchChanges(c.loop, c.nodes, c.servicesOn, func(old, new *corev1.Node) bool {
		return old.Labels[corev1.LabelTopologyZone] != new.Labels[corev1.LabelTopologyZone]
	})
	controller.Watch(c.loop, c.slices, func(s *discoveryv1.EndpointSlice) []client.Key {
		name := s.Labels[discoveryv1.LabelServiceName]
		if name == "" || s.Labels[discoveryv1.LabelManagedBy] != ManagedBy {
			return nil
		}
		return []client.Key{{Namespace: s.Namespace, Name: name}}
	})
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

// ServicesOf returns a mapping of Pods to the Services that pick them.
func ServicesOf(services *client.Cache[corev1.Service]) controller.Mapping[corev1.Pod, client.Key] {
	return func(pod *corev1.Pod) []client.Key {
		var keys []client.Key
		for service := range services.In(pod.Namespace) {
			if Serves(service) && picks(service.Spec.Selector, pod.Labels) {
				keys = append(keys, client.KeyOf(service))
			}
		}
		return keys
	}
}

// picks is labels.FromSet(selector).Matches, without a selector made for each
// Service and change.
func picks(selector, have map[string]string) bool {
	for k, v := range selector {
		if got, ok := have[k]; !ok || got != v {
			return false
		}
	}
	return true
}

// Matters reports whether the change of a Pod can change an endpoint.
func Matters(old, new *corev1.Pod) bool {
	return old.UID != new.UID ||
		(old.DeletionTimestamp == nil) != (new.DeletionTimestamp == nil) ||
		workload.Ready(old) != workload.Ready(new) || workload.Finished(old) != workload.Finished(new) ||
		old.Spec.NodeName != new.Spec.NodeName || old.Spec.Hostname != new.Spec.Hostname || old.Spec.Subdomain != new.Spec.Subdomain ||
		old.Status.PodIP != new.Status.PodIP || !slices.Equal(old.Status.PodIPs, new.Status.PodIPs) ||
		!maps.Equal(old.Labels, new.Labels)
}

// servicesOn maps a Node to the Services that have endpoints there.
func (c *Controller) servicesOn(node *corev1.Node) []client.Key {
	of := ServicesOf(c.services)
	var keys []client.Key
	for pod := range workload.OnNode(c.pods, node.Name) {
		keys = append(keys, of(pod)...)
	}
	return keys
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	// With slices of one's own missing from the cache, others would be made
	// beside them.
	if !c.made.Settled(key) || !c.wrote.Settled(key) {
		return controller.Result{After: workload.Unsettled}, nil
	}
	service, ok := c.services.GetKey(key)
	if !ok {
		// Its slices are the garbage collector's.
		c.made.Forget(key)
		c.wrote.Forget(key)
		return controller.Result{}, nil
	}
	if !Serves(service) || service.DeletionTimestamp != nil {
		return controller.Result{}, nil
	}
	w, missing := c.plan(service)
	err := c.carryOut(ctx, key, service, w)
	if err == nil && len(missing) > 0 {
		// Its Node may be about to be seen.
		err = fmt.Errorf("skipping Pod %s for Service %s: Node %s Not Found", missing[0].Name, service.Name, missing[0].Spec.NodeName)
	}
	return controller.Result{}, err
}

// plan compares what is with what should be, in all families.
func (c *Controller) plan(service *corev1.Service) (all Writes, missing []*corev1.Pod) {
	var pods []*corev1.Pod
	for pod := range c.pods.In(service.Namespace) {
		if picks(service.Spec.Selector, pod.Labels) {
			pods = append(pods, pod)
		}
	}
	have := map[discoveryv1.AddressType][]*discoveryv1.EndpointSlice{}
	for _, s := range c.slices.ByIndex(serviceIndex, service.Namespace+"/"+service.Name) {
		if s.DeletionTimestamp == nil {
			have[s.AddressType] = append(have[s.AddressType], s)
		}
	}
	node := func(name string) *corev1.Node { node, _ := c.nodes.Get("", name); return node }
	for _, family := range AddressTypes(service) {
		groups, without := Endpoints(service, pods, family, node)
		w := Plan(service, family, have[family], groups, c.opts.PerSlice)
		all.Create = append(all.Create, w.Create...)
		all.Update = append(all.Update, w.Update...)
		all.Delete = append(all.Delete, w.Delete...)
		missing = without
		delete(have, family)
	}
	for _, unwanted := range have {
		all.Delete = append(all.Delete, unwanted...)
	}
	return all, missing
}

// carryOut writes. New slices come first and old ones go last, so that no
// endpoint is missing in between.
func (c *Controller) carryOut(ctx context.Context, key client.Key, service *corev1.Service, w Writes) error {
	r := client.Of[discoveryv1.EndpointSlice](c.c).In(key.Namespace)
	_, err1 := workload.All(len(w.Create), func(i int) error {
		s := w.Create[i]
		if err := r.Create(ctx, s); err != nil {
			return workload.IgnoreTerminating(fmt.Errorf("create a slice: %w", err))
		}
		c.made.Created(key, s)
		return nil
	})
	_, err2 := workload.All(len(w.Update), func(i int) error {
		s := w.Update[i]
		if err := r.Update(ctx, s); err != nil {
			return fmt.Errorf("update slice %s: %w", s.Name, err)
		}
		c.wrote.Wrote(key, s)
		return nil
	})
	err := errors.Join(err1, err2)
	if err == nil {
		_, err = workload.All(len(w.Delete), func(i int) error {
			s := w.Delete[i]
			err := r.Delete(ctx, s.Name, meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &s.UID}})
			if err != nil && !meta.IsNotFound(err) && !meta.IsConflict(err) {
				return fmt.Errorf("delete slice %s: %w", s.Name, err)
			}
			c.made.Deleted(key, s)
			return nil
		})
	}
	if err != nil && ctx.Err() == nil && !meta.IsConflict(err) {
		c.opts.Events.Warning(service, "FailedToUpdateEndpointSlices", "Error updating Endpoint Slices for Service %s: %v", key, err)
	}
	return err
}
