package nodelifecycle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	coordinationv1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Options tunes a [Controller]. The zero value works.
type Options struct {
	workload.Options
	// Period is the time between two looks at all Nodes. Zero is 5 s.
	Period time.Duration
	// Grace is how long a Node may be silent. Zero is 50 s; it must be several
	// times the interval at which kubelets renew their Lease, which is 10 s.
	Grace time.Duration
	// StartupGrace is how long a new Node may take to post its status. Zero is 60 s.
	StartupGrace time.Duration
}

// Controller watches over the Nodes of a server.
type Controller struct {
	rounds *controller.Controller[string]     // all Nodes, periodically
	taints *controller.Controller[client.Key] // one Node, when it changes
	c      client.Client
	nodes  *client.Cache[corev1.Node]
	leases *client.Cache[coordinationv1.Lease]
	pods   *client.Cache[corev1.Pod]
	opts   Options
	// Only the one worker of rounds uses these.
	health  Health
	zones   Zones
	known   map[string]*corev1.Node
	unready map[string]bool // Nodes whose Pods have to be marked yet
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts Options) *Controller {
	opts.Options = opts.WithDefaults()
	opts.Events = opts.Events.For("node-controller")
	if opts.Period <= 0 {
		opts.Period = 5 * time.Second
	}
	if opts.Grace <= 0 {
		opts.Grace = 50 * time.Second
	}
	if opts.StartupGrace <= 0 {
		opts.StartupGrace = 60 * time.Second
	}
	c := &Controller{
		c: caches.Client(), opts: opts,
		nodes:  client.CacheOf[corev1.Node](caches),
		leases: client.CacheOf(caches, client.CacheOptions[coordinationv1.Lease]{Namespace: meta.NamespaceNodeLease}),
		pods:   workload.PodsByNode(caches),
		health: Health{Grace: opts.Grace, StartupGrace: opts.StartupGrace},
		known:  map[string]*corev1.Node{}, unready: map[string]bool{},
	}
	const name = "node-lifecycle-controller"
	c.rounds = controller.New(name, c.round, controller.Options{Workers: 1, Logger: opts.Logger})
	c.rounds.After(c.nodes)
	c.rounds.After(c.leases)
	c.rounds.After(c.pods)
	c.rounds.Queue().Add("all Nodes")
	c.taints = controller.New(name+" taints", c.retaint, opts.Loop())
	controller.WatchChanges(c.taints, c.nodes, controller.Self[corev1.Node], func(old, new *corev1.Node) bool {
		// Heartbeats are by far the most.
		_, changed := Taints(new, Leave, meta.Time{})
		return changed
	})
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error {
	group := controller.Group{Logger: c.opts.Logger}
	group.Add(c.rounds.Name(), c.rounds.Run)
	group.Add(c.taints.Name(), c.taints.Run)
	return group.Run(ctx)
}

// retaint brings one Node's taints in line with its conditions.
func (c *Controller) retaint(ctx context.Context, key client.Key) (controller.Result, error) {
	node, ok := c.nodes.GetKey(key)
	if !ok {
		return controller.Result{}, nil
	}
	return controller.Result{}, c.taint(ctx, node, Leave)
}

func (c *Controller) taint(ctx context.Context, node *corev1.Node, evict Eviction) error {
	taints, changed := Taints(node, evict, meta.At(c.opts.Now()))
	if !changed {
		return nil
	}
	if taints == nil {
		taints = []corev1.Taint{}
	}
	// By its version: somebody else may taint it at this moment.
	data, err := codec.MarshalJSON(map[string]any{
		"metadata": map[string]any{"uid": string(node.UID), "resourceVersion": node.ResourceVersion},
		"spec":     map[string]any{"taints": taintList(taints)},
	})
	if err != nil {
		return err
	}
	_, err = client.Of[corev1.Node](c.c).Patch(ctx, node.Name, client.Patch{Type: client.MergePatch, Data: data})
	if err != nil && !meta.IsNotFound(err) {
		return fmt.Errorf("taint node %s: %w", node.Name, err)
	}
	return nil
}

func taintList(taints []corev1.Taint) []any {
	list := []any{}
	for _, t := range taints {
		m := map[string]any{"key": t.Key, "effect": string(t.Effect)}
		if t.Value != "" {
			m["value"] = t.Value
		}
		if t.TimeAdded != nil {
			m["timeAdded"] = t.TimeAdded.UTC().Format(time.RFC3339)
		}
		list = append(list, m)
	}
	return list
}

// round looks at all Nodes.
func (c *Controller) round(ctx context.Context, _ string) (controller.Result, error) {
	now := c.opts.Now()
	nodes := slices.Collect(c.nodes.All())
	c.announce(nodes)
	var errs []error
	for i, node := range nodes {
		lease, _ := c.leases.Get(meta.NamespaceNodeLease, node.Name)
		conditions, _ := c.health.Look(node, lease, now)
		if conditions == nil {
			continue
		}
		next := codec.DeepCopy(node)
		next.Status.Conditions = conditions
		err := client.Of[corev1.Node](c.c).UpdateStatus(ctx, next)
		if err != nil {
			if !meta.IsNotFound(err) {
				errs = append(errs, fmt.Errorf("status of node %s: %w", node.Name, err))
			}
			continue
		}
		nodes[i] = next
		if isReady(node) {
			c.opts.Events.Normal(node, "NodeNotReady", "Node %s status is now: NodeNotReady", node.Name)
			c.unready[node.Name] = true
		}
	}
	for name := range c.unready {
		if err := c.markPods(ctx, name, meta.At(now)); err != nil {
			errs = append(errs, err)
			continue
		}
		delete(c.unready, name)
	}
	evictions, recovered := c.zones.Judge(nodes, now)
	if recovered {
		c.health.Forgive(now)
	}
	for _, node := range nodes {
		if evict := evictions[node.Name]; evict != Leave {
			errs = append(errs, c.taint(ctx, node, evict))
		}
	}
	err := errors.Join(errs...)
	if err != nil && !meta.IsConflict(err) {
		return controller.Result{}, err
	}
	return controller.Result{After: c.opts.Period}, nil // the next round is soon enough for lost races
}

// announce tells of Nodes that have come and gone.
func (c *Controller) announce(nodes []*corev1.Node) {
	names := make(map[string]bool, len(nodes))
	for _, node := range nodes {
		names[node.Name] = true
		if c.known[node.Name] == nil {
			c.opts.Events.Normal(node, "RegisteredNode", "Node %s event: Registered Node %s in Controller", node.Name, node.Name)
		}
		c.known[node.Name] = node
	}
	for name, node := range c.known {
		if !names[name] {
			c.opts.Events.Normal(node, "RemovingNode", "Node %s event: Removing Node %s from Controller", name, name)
			delete(c.known, name)
			delete(c.unready, name)
		}
	}
	c.health.Keep(names)
}

// markPods says of a Node's Pods that they are not ready, which the Node itself
// cannot say any more, so that they get no traffic.
func (c *Controller) markPods(ctx context.Context, node string, now meta.Time) error {
	var ready []*corev1.Pod
	for pod := range workload.OnNode(c.pods, node) {
		if workload.Ready(pod) {
			ready = append(ready, pod)
		}
	}
	_, err := workload.All(len(ready), func(i int) error {
		next := codec.DeepCopy(ready[i])
		mark := *workload.Condition(next, corev1.PodReady)
		mark.Status, mark.LastTransitionTime = corev1.ConditionFalse, now
		workload.SetCondition(next, mark)
		err := client.Of[corev1.Pod](c.c).In(next.Namespace).UpdateStatus(ctx, next)
		if meta.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("pods of node %s: %w", node, err)
		}
		c.opts.Events.Warning(ready[i], "NodeNotReady", "Node is not ready")
		return nil
	})
	return err
}
