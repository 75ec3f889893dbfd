package nodeipam

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Options tunes a [Controller].
type Options struct {
	workload.Options
	// ClusterCIDRs are what ranges are cut out of: one, or one of each family of
	// addresses. Without any the controller does nothing.
	ClusterCIDRs []netip.Prefix
	// MaskSizes are the sizes of the Nodes' ranges, one for each of ClusterCIDRs.
	// Zero and what is left out is /24, and /64 for IPv6.
	MaskSizes []int
}

// Controller gives ranges to Nodes.
type Controller struct {
	loop   *controller.Controller[client.Key]
	nodes  *client.Cache[corev1.Node]
	c      client.Client
	events *controller.Recorder
	pools  []*pool
	// given is what was written and the cache may not show yet. The loop has one
	// worker, which alone uses it.
	given map[string][]netip.Prefix
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts Options) (*Controller, error) {
	opts.Options = opts.WithDefaults()
	c := &Controller{
		c: caches.Client(), nodes: client.CacheOf[corev1.Node](caches), events: opts.Events.For("cidrAllocator"), given: map[string][]netip.Prefix{},
	}
	if len(opts.ClusterCIDRs) > 2 || len(opts.ClusterCIDRs) == 2 && opts.ClusterCIDRs[0].Addr().Is4() == opts.ClusterCIDRs[1].Addr().Is4() {
		return nil, fmt.Errorf("cluster CIDRs %v: at most one of each family of addresses", opts.ClusterCIDRs)
	}
	for i, whole := range opts.ClusterCIDRs {
		bits := 0
		if i < len(opts.MaskSizes) {
			bits = opts.MaskSizes[i]
		}
		p, err := newPool(whole, bits)
		if err != nil {
			return nil, err
		}
		c.pools = append(c.pools, p)
	}
	// Two at a time would give out one range twice.
	c.loop = controller.New("node-ipam-controller", c.reconcile, controller.Options{Workers: 1, Logger: opts.Logger})
	controller.Watch(c.loop, c.nodes, controller.Self[corev1.Node])
	return c, nil
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error {
	if len(c.pools) == 0 {
		<-ctx.Done()
		return nil
	}
	return c.loop.Run(ctx)
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	node, ok := c.nodes.GetKey(key)
	if !ok || node.Spec.PodCIDR != "" || len(node.Spec.PodCIDRs) > 0 {
		delete(c.given, key.Name) // the cache shows it, or it is free again
		return controller.Result{}, nil
	}
	if node.DeletionTimestamp != nil {
		return controller.Result{}, nil
	}
	ranges := c.given[key.Name]
	if ranges == nil {
		taken := c.taken()
		for _, p := range c.pools {
			part, ok := p.take(taken)
			if !ok {
				c.events.Normal(node, "CIDRNotAvailable", "Node %s status is now: CIDRNotAvailable", node.Name)
				return controller.Result{}, fmt.Errorf("no range of %v is free for node %s", p.whole, node.Name)
			}
			ranges = append(ranges, part)
		}
		c.given[key.Name] = ranges
	}
	_, err := client.Of[corev1.Node](c.c).Modify(ctx, key.Name, func(n *corev1.Node) error {
		if n.Spec.PodCIDR != "" || n.UID != node.UID {
			return errOther
		}
		n.Spec.PodCIDR = ranges[0].String()
		for _, r := range ranges {
			n.Spec.PodCIDRs = append(n.Spec.PodCIDRs, r.String())
		}
		return nil
	})
	if errors.Is(err, errOther) {
		return controller.Result{}, nil // the cache will tell
	}
	if err != nil {
		delete(c.given, key.Name)
		return controller.Result{}, fmt.Errorf("node %s: %w", key.Name, err)
	}
	return controller.Result{}, nil
}

var errOther = errors.New("the node has a range, or is another one")

// taken returns what is given out.
func (c *Controller) taken() []netip.Prefix {
	var all []netip.Prefix
	for node := range c.nodes.All() {
		for _, text := range append(node.Spec.PodCIDRs, node.Spec.PodCIDR) {
			if r, err := netip.ParsePrefix(text); err == nil {
				all = append(all, r)
			}
		}
	}
	for _, ranges := range c.given {
		all = append(all, ranges...)
	}
	return all
}
