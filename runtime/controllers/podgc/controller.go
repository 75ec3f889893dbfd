package podgc

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Options tunes a [Controller]. The zero value works.
type Options struct {
	workload.Options
	// Period is the time between two looks. Zero is 20 s.
	Period time.Duration
	// Quarantine is how long a Node has to be missing before its Pods are
	// removed; it may only be registering anew. Zero is 40 s.
	Quarantine time.Duration
	// Finished is how many finished Pods may stay. Zero is 12500; negative is
	// any number.
	Finished int
}

// Controller removes the Pods of a server.
type Controller struct {
	loop  *controller.Controller[string]
	c     client.Client
	pods  *client.Cache[corev1.Pod]
	nodes *client.Cache[corev1.Node]
	opts  Options
	// missing is since when Nodes that Pods are on are not there. Only the one
	// worker uses it.
	missing map[string]time.Time
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts Options) *Controller {
	opts.Options = opts.WithDefaults()
	if opts.Period <= 0 {
		opts.Period = 20 * time.Second
	}
	if opts.Quarantine <= 0 {
		opts.Quarantine = 40 * time.Second
	}
	if opts.Finished == 0 {
		opts.Finished = 12500
	}
	c := &Controller{
		c: caches.Client(), opts: opts, missing: map[string]time.Time{},
		pods: client.CacheOf[corev1.Pod](caches), nodes: client.CacheOf[corev1.Node](caches),
	}
	c.loop = controller.New("pod-garbage-collector-controller", c.look, controller.Options{Workers: 1, Logger: opts.Logger})
	c.loop.After(c.pods)
	c.loop.After(c.nodes)
	c.loop.Queue().Add("all Pods")
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

// Doomed is a Pod to remove. Message says why; without one it is removed
// silently.
type Doomed struct {
	Pod     *corev1.Pod
	Message string
}

// Find returns the Pods to remove, each once. Node finds a Node by name, gone
// reports whether one that is not found has been gone for long enough.
func Find(pods []*corev1.Pod, finished int, node func(name string) *corev1.Node, gone func(name string) bool) []Doomed {
	var all []Doomed
	var done []*corev1.Pod
	for _, pod := range pods {
		on := node(pod.Spec.NodeName)
		switch {
		case pod.Spec.NodeName == "" && pod.DeletionTimestamp != nil:
			all = append(all, Doomed{pod, "PodGC: unscheduled pod is terminating"})
			continue
		case pod.Spec.NodeName != "" && on == nil && gone(pod.Spec.NodeName):
			all = append(all, Doomed{pod, "PodGC: node no longer exists"})
			continue
		case pod.DeletionTimestamp != nil && on != nil && outOfService(on):
			all = append(all, Doomed{pod, "PodGC: node is out of service"})
			continue
		}
		if workload.Finished(pod) && pod.DeletionTimestamp == nil {
			done = append(done, pod)
		}
	}
	if finished >= 0 && len(done) > finished {
		// Evicted ones go first, they tell least; then the oldest.
		slices.SortStableFunc(done, func(a, b *corev1.Pod) int {
			if c := cmp.Compare(order(a), order(b)); c != 0 {
				return c
			}
			return a.CreationTimestamp.Compare(b.CreationTimestamp.Time)
		})
		for _, pod := range done[:len(done)-finished] {
			all = append(all, Doomed{Pod: pod})
		}
	}
	return all
}

func order(pod *corev1.Pod) int {
	if pod.Status.Phase == corev1.PodFailed && pod.Status.Reason == "Evicted" {
		return 0
	}
	return 1
}

// outOfService reports whether an operator says that the Node is down for good,
// and it looks so.
func outOfService(node *corev1.Node) bool {
	for _, c := range node.Status.Conditions {
		if c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue {
			return false
		}
	}
	return slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.Key == corev1.TaintNodeOutOfService })
}

func (c *Controller) look(ctx context.Context, _ string) (controller.Result, error) {
	now := c.opts.Now()
	node := func(name string) *corev1.Node { node, _ := c.nodes.Get("", name); return node }
	pods := slices.Collect(c.pods.All())
	next, err := c.quarantine(ctx, pods, node, now)
	doomed := Find(pods, c.opts.Finished, node, func(name string) bool {
		since, ok := c.missing[name]
		return ok && now.Sub(since) >= c.opts.Quarantine
	})
	zero := int64(0)
	_, failed := workload.All(len(doomed), func(i int) error {
		d := doomed[i]
		if d.Message == "" {
			err := client.Of[corev1.Pod](c.c).In(d.Pod.Namespace).Delete(ctx, d.Pod.Name, meta.DeleteOptions{
				GracePeriodSeconds: &zero, Preconditions: &meta.Preconditions{UID: &d.Pod.UID},
			})
			if meta.IsNotFound(err) || meta.IsConflict(err) {
				return nil
			}
			return err
		}
		phase := corev1.PodFailed
		if workload.Finished(d.Pod) {
			phase = ""
		}
		return workload.Disrupt(ctx, c.c, d.Pod, "DeletionByPodGC", d.Message, meta.At(now), meta.DeleteOptions{GracePeriodSeconds: &zero}, phase)
	})
	return controller.Result{After: workload.Sooner(c.opts.Period, next)}, errors.Join(err, failed)
}

// quarantine keeps account of the Nodes that are missing. Of one whose time is
// over it asks the server itself. It returns when the next one's time is over.
func (c *Controller) quarantine(ctx context.Context, pods []*corev1.Pod, node func(string) *corev1.Node, now time.Time) (next time.Duration, err error) {
	used := map[string]bool{}
	for _, pod := range pods {
		if name := pod.Spec.NodeName; name != "" && node(name) == nil {
			used[name] = true
		}
	}
	for name := range c.missing {
		if !used[name] {
			delete(c.missing, name)
		}
	}
	var errs []error
	for name := range used {
		since, ok := c.missing[name]
		if !ok {
			since = now
			c.missing[name] = now
		}
		if left := c.opts.Quarantine - now.Sub(since); left > 0 {
			next = workload.Sooner(next, left)
			continue
		}
		_, err := client.Metadata(c.c, nodeResource).Get(ctx, name)
		if meta.IsNotFound(err) {
			continue
		}
		delete(c.missing, name) // it is there, or nobody knows
		if err != nil {
			errs = append(errs, err)
		}
	}
	return next, errors.Join(errs...)
}

var nodeResource = meta.GroupVersionResource{Version: "v1", Resource: "nodes"}
