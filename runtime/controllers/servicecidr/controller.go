package servicecidr

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Finalizer keeps a range that is being deleted while addresses need it.
const Finalizer = "networking.k8s.io/service-cidr-finalizer"

const (
	name = "service-cidr-controller"
	// grace is how long API servers have to see that a range is going.
	grace = 10 * time.Second

	readyMessage       = "Kubernetes Service CIDR is ready"
	terminatingMessage = "There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR"
)

// Controller looks after the ServiceCIDRs of a server.
type Controller struct {
	loop      *controller.Controller[client.Key]
	c         client.Client
	cidrs     *client.Cache[networkingv1.ServiceCIDR]
	addresses *client.Cache[networkingv1.IPAddress]
	now       func() time.Time
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	opts = opts.WithDefaults()
	c := &Controller{
		c:         caches.Client(),
		cidrs:     client.CacheOf[networkingv1.ServiceCIDR](caches),
		addresses: client.CacheOf[networkingv1.IPAddress](caches),
		now:       opts.Now,
	}
	c.loop = controller.New(name, c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.cidrs, c.touched)
	controller.Watch(c.loop, c.addresses, c.holders)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

// touched maps a range to itself and to those being deleted that it overlaps:
// one that comes may let them go, one that goes may leave them alone with an
// address.
func (c *Controller) touched(cidr *networkingv1.ServiceCIDR) []client.Key {
	keys := []client.Key{{Name: cidr.Name}}
	for other := range c.cidrs.All() {
		if other.Name != cidr.Name && other.DeletionTimestamp != nil && overlap(other, cidr) {
			keys = append(keys, client.Key{Name: other.Name})
		}
	}
	return keys
}

// holders maps an address to the ranges being deleted that it is in.
func (c *Controller) holders(address *networkingv1.IPAddress) []client.Key {
	var keys []client.Key
	for cidr := range c.cidrs.All() {
		if cidr.DeletionTimestamp != nil && holds(cidr, address) {
			keys = append(keys, client.Key{Name: cidr.Name})
		}
	}
	return keys
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	cidr, ok := c.cidrs.GetKey(key)
	if !ok {
		return controller.Result{}, nil
	}
	if cidr.DeletionTimestamp == nil {
		if err := c.mark(ctx, cidr, true); err != nil {
			return controller.Result{}, err
		}
		if meta.FindCondition(cidr.Status.Conditions, networkingv1.ServiceCIDRConditionReady) != nil {
			return controller.Result{}, nil // whoever says so may know better
		}
		return controller.Result{}, c.say(ctx, cidr, meta.Condition{Status: meta.ConditionTrue, Message: readyMessage})
	}
	if !slices.Contains(cidr.Finalizers, Finalizer) {
		return controller.Result{}, nil
	}
	if needed(cidr, c.cidrs, c.addresses) {
		return controller.Result{}, c.say(ctx, cidr, meta.Condition{
			Status: meta.ConditionFalse, Reason: networkingv1.ServiceCIDRReasonTerminating, Message: terminatingMessage,
		})
	}
	if left := grace - c.now().Sub(cidr.DeletionTimestamp.Time); left > 0 {
		return controller.Result{After: left}, nil
	}
	return controller.Result{}, c.mark(ctx, cidr, false)
}

// mark adds the finalizer or takes it off. What the cache shows may be behind: the
// object is read again, and left alone if it is another one.
func (c *Controller) mark(ctx context.Context, cidr *networkingv1.ServiceCIDR, marked bool) error {
	if slices.Contains(cidr.Finalizers, Finalizer) == marked {
		return nil
	}
	_, err := client.Of[networkingv1.ServiceCIDR](c.c).Modify(ctx, cidr.Name, func(live *networkingv1.ServiceCIDR) error {
		if live.UID != cidr.UID || slices.Contains(live.Finalizers, Finalizer) == marked || marked && live.DeletionTimestamp != nil {
			return errUnchanged
		}
		live.Finalizers = slices.DeleteFunc(live.Finalizers, func(f string) bool { return f == Finalizer })
		if marked {
			live.Finalizers = append(live.Finalizers, Finalizer)
		}
		return nil
	}, meta.UpdateOptions{FieldManager: name})
	return written(cidr, "finalizer", err)
}

// say writes whether addresses may be taken from a range.
func (c *Controller) say(ctx context.Context, cidr *networkingv1.ServiceCIDR, ready meta.Condition) error {
	ready.Type, ready.LastTransitionTime = networkingv1.ServiceCIDRConditionReady, meta.Time{Time: c.now()}
	_, err := client.Of[networkingv1.ServiceCIDR](c.c).Subresource("status").Modify(ctx, cidr.Name, func(live *networkingv1.ServiceCIDR) error {
		if live.UID != cidr.UID || !meta.SetCondition(&live.Status.Conditions, ready) {
			return errUnchanged
		}
		return nil
	}, meta.UpdateOptions{FieldManager: name})
	return written(cidr, "status", err)
}

func written(cidr *networkingv1.ServiceCIDR, what string, err error) error {
	if err == nil || errors.Is(err, errUnchanged) || meta.IsNotFound(err) {
		return nil
	}
	return fmt.Errorf("%s of ServiceCIDR %s: %w", what, cidr.Name, err)
}

var errUnchanged = errors.New("unchanged")
