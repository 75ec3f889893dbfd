package tainteviction

import (
	"context"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller evicts the Pods of a server.
type Controller struct {
	loop  *controller.Controller[client.Key]
	c     client.Client
	pods  *client.Cache[corev1.Pod]
	nodes *client.Cache[corev1.Node]
	opts  workload.Options
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	const name = "taint-eviction-controller"
	opts = opts.WithDefaults()
	opts.Events = opts.Events.For(name)
	c := &Controller{c: caches.Client(), opts: opts, pods: workload.PodsByNode(caches), nodes: client.CacheOf[corev1.Node](caches)}
	c.loop = controller.New(name, c.reconcile, opts.Loop())
	controller.WatchChanges(c.loop, c.pods, c.endangered, func(old, new *corev1.Pod) bool {
		return old.Spec.NodeName != new.Spec.NodeName || !codec.Equal(&old.Spec.Tolerations, &new.Spec.Tolerations)
	})
	controller.WatchChanges(c.loop, c.nodes, c.on, func(old, new *corev1.Node) bool {
		return !codec.Equal(&old.Spec.Taints, &new.Spec.Taints)
	})
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

// endangered maps a Pod to itself if its Node has taints that evict.
func (c *Controller) endangered(pod *corev1.Pod) []client.Key {
	if node, ok := c.nodes.Get("", pod.Spec.NodeName); !ok || !evicts(node) {
		return nil
	}
	return []client.Key{client.KeyOf(pod)}
}

func evicts(node *corev1.Node) bool {
	for i := range node.Spec.Taints {
		if node.Spec.Taints[i].Effect == corev1.TaintEffectNoExecute {
			return true
		}
	}
	return false
}

// on maps a Node to its Pods.
func (c *Controller) on(node *corev1.Node) []client.Key {
	if !evicts(node) {
		return nil
	}
	var keys []client.Key
	for pod := range workload.OnNode(c.pods, node.Name) {
		keys = append(keys, client.KeyOf(pod))
	}
	return keys
}

// Deadline returns when the Pod has to leave a Node with those taints. Ok is
// false if it may stay.
func Deadline(pod *corev1.Pod, taints []corev1.Taint) (at time.Time, ok bool) {
	for i := range taints {
		taint := &taints[i]
		if taint.Effect != corev1.TaintEffectNoExecute {
			continue
		}
		since := pod.CreationTimestamp.Time
		if taint.TimeAdded != nil && taint.TimeAdded.After(since) {
			since = taint.TimeAdded.Time
		}
		seconds, forever := tolerated(pod, taint)
		if forever {
			continue
		}
		if leave := since.Add(time.Duration(seconds) * time.Second); !ok || leave.Before(at) {
			at, ok = leave, true
		}
	}
	return at, ok
}

// tolerated returns for how many seconds the Pod tolerates a taint, by the
// first of its tolerations that speaks of it.
func tolerated(pod *corev1.Pod, taint *corev1.Taint) (seconds int64, forever bool) {
	for i := range pod.Spec.Tolerations {
		t := &pod.Spec.Tolerations[i]
		if !t.Tolerates(taint) {
			continue
		}
		if t.TolerationSeconds == nil {
			return 0, true
		}
		return max(*t.TolerationSeconds, 0), false
	}
	return 0, false
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	pod, ok := c.pods.GetKey(key)
	if !ok || pod.DeletionTimestamp != nil || pod.Spec.NodeName == "" {
		return controller.Result{}, nil
	}
	node, ok := c.nodes.Get("", pod.Spec.NodeName)
	if !ok {
		return controller.Result{}, nil
	}
	at, ok := Deadline(pod, node.Spec.Taints)
	if !ok {
		return controller.Result{}, nil
	}
	now := c.opts.Now()
	if wait := at.Sub(now); wait > 0 {
		return controller.Result{After: wait}, nil
	}
	c.opts.Events.Normal(pod, "TaintManagerEviction", "Marking for deletion Pod %s", key)
	return controller.Result{}, workload.Disrupt(ctx, c.c, pod, "DeletionByTaintManager",
		"Taint manager: deleting due to NoExecute taint", meta.At(now), meta.DeleteOptions{}, "")
}
