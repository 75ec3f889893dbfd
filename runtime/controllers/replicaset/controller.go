package replicaset

import (
	"context"
	"errors"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller keeps the Pods of all sets of one kind.
type Controller struct {
	loop *controller.Controller[client.Key]
}

// New returns the controller of ReplicaSets. It starts nothing; call Run, and
// run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	return newController(caches, replicaSets(), "replicaset-controller", opts)
}

// NewForReplicationControllers returns the controller of
// ReplicationControllers.
func NewForReplicationControllers(caches *client.Caches, opts workload.Options) *Controller {
	return newController(caches, replicationControllers(), "replication-controller", opts)
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func newController[T any, P client.Pointer[T]](caches *client.Caches, k kind[T], name string, opts workload.Options) *Controller {
	opts = opts.WithDefaults()
	opts.Events = opts.Events.For(name)
	r := &reconciler[T, P]{
		kind: k, c: caches.Client(), opts: opts,
		sets: client.CacheOf[T, P](caches, client.CacheOptions[T]{Indexers: workload.Indexers[T, P]()}),
		pods: workload.NewPods(caches, k.gvk, opts.Events),
	}
	r.wrote = workload.NewBehind[T, P](r.sets)
	loop := controller.New(name, r.reconcile, opts.Loop())
	controller.Watch(loop, r.sets, controller.Self[T, P])
	controller.Watch(loop, r.pods.Cache, workload.Claimants[T, corev1.Pod, P](r.sets, k.gvk.GroupKind(), r.selector))
	return &Controller{loop: loop}
}

// reconciler works on the sets of one kind.
type reconciler[T any, P client.Pointer[T]] struct {
	kind kind[T]
	c    client.Client
	sets *client.Cache[T]
	pods *workload.Pods
	opts workload.Options
	// wrote are the statuses that the cache does not show yet.
	wrote *workload.Behind[T, P]
}

func (r *reconciler[T, P]) selector(obj *T) labels.Selector {
	return workload.SelectorOf(r.kind.view(obj).Spec.Selector)
}

func (r *reconciler[T, P]) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	// Asked before the cache is read: what settles in between is then counted
	// next time, and nothing is made twice.
	settled := r.pods.Settled(key)
	if !r.wrote.Settled(key) {
		return controller.Result{After: workload.Unsettled}, nil
	}
	obj, ok := r.sets.GetKey(key)
	if !ok {
		r.pods.Forget(key)
		r.wrote.Forget(key)
		return controller.Result{}, nil
	}
	rs := r.kind.view(obj)
	pods, err := r.pods.Claim(ctx, workload.Owner{Object: rs, Kind: r.kind.gvk, Selector: r.selector(obj)})
	if err != nil {
		return controller.Result{}, err
	}
	var failed *failure
	if settled {
		failed, err = r.scale(ctx, rs, pods)
	}
	now := r.opts.Now()
	status, wait := Status(rs, pods, failed, now)
	if !settled {
		status.Conditions = rs.Status.Conditions // nothing was tried
		wait = workload.Sooner(wait, workload.Unsettled)
	}
	return controller.Result{After: wait}, errors.Join(err, r.writeStatus(ctx, obj, status))
}

// writeStatus writes a status, unless it says nothing new.
func (r *reconciler[T, P]) writeStatus(ctx context.Context, obj *T, status appsv1.ReplicaSetStatus) error {
	next := r.kind.copyOf(obj)
	r.kind.setStatus(next, status)
	if codec.Equal(r.kind.view(next).Status, r.kind.view(obj).Status) {
		return nil
	}
	return r.wrote.UpdateStatus(ctx, r.c, next)
}

// scale makes or deletes Pods. If that failed it returns what to tell about it,
// and the error if trying again may help.
func (r *reconciler[T, P]) scale(ctx context.Context, rs *appsv1.ReplicaSet, pods []*corev1.Pod) (*failure, error) {
	decision := Decide(rs, pods, func() []*corev1.Pod { return r.related(rs) }, r.opts.Now())
	if decision.Create > 0 {
		_, err := workload.SlowStart(decision.Create, func(int) error {
			return r.pods.Create(ctx, rs, workload.NewPod(&rs.Spec.Template, rs, r.kind.gvk))
		})
		if err = workload.IgnoreTerminating(err); err != nil {
			return &failure{reason: "FailedCreate", message: err.Error()}, err
		}
		return nil, nil
	}
	_, err := workload.All(len(decision.Delete), func(i int) error { return r.pods.Delete(ctx, rs, decision.Delete[i]) })
	if err != nil {
		return &failure{reason: "FailedDelete", message: err.Error()}, err
	}
	return nil, nil
}

// related returns the Pods of all sets that have the same controller as rs.
func (r *reconciler[T, P]) related(rs *appsv1.ReplicaSet) []*corev1.Pod {
	ref := meta.ControllerOf(rs)
	if ref == nil {
		return r.pods.Cache.ByIndex(client.ControllerIndex, string(rs.UID))
	}
	var pods []*corev1.Pod
	for _, sibling := range r.sets.ByIndex(client.ControllerIndex, string(ref.UID)) {
		pods = append(pods, r.pods.Cache.ByIndex(client.ControllerIndex, string(P(sibling).Metadata().UID))...)
	}
	return pods
}
