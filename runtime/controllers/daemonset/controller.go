package daemonset

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Controller runs the DaemonSets of a server.
type Controller struct {
	loop    *controller.Controller[client.Key]
	c       client.Client
	sets    *client.Cache[appsv1.DaemonSet]
	nodes   *client.Cache[corev1.Node]
	pods    *workload.Pods
	history *workload.History
	wrote   *workload.Behind[appsv1.DaemonSet, *appsv1.DaemonSet]
	opts    workload.Options
	holds   holds
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	const name = "daemonset-controller"
	opts = opts.WithDefaults()
	opts.Events = opts.Events.For(name)
	c := &Controller{
		c: caches.Client(), opts: opts,
		sets:    client.CacheOf[appsv1.DaemonSet](caches),
		nodes:   client.CacheOf[corev1.Node](caches),
		pods:    workload.NewPods(caches, daemonSetKind, opts.Events),
		history: workload.NewHistory(caches, daemonSetKind),
	}
	c.wrote = workload.NewBehind(c.sets)
	c.loop = controller.New(name, c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.sets, controller.Self[appsv1.DaemonSet])
	controller.Watch(c.loop, c.pods.Cache, workload.Claimants[appsv1.DaemonSet, corev1.Pod](c.sets, daemonSetKind.GroupKind(), selector))
	controller.Watch(c.loop, c.history.Cache, controller.Controlled[appsv1.ControllerRevision](daemonSetKind.GroupKind()))
	controller.WatchChanges(c.loop, c.nodes, c.all, matters)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func selector(ds *appsv1.DaemonSet) labels.Selector { return workload.SelectorOf(ds.Spec.Selector) }

// all maps a node to every DaemonSet.
func (c *Controller) all(*corev1.Node) []client.Key {
	var keys []client.Key
	for ds := range c.sets.All() {
		keys = append(keys, client.KeyOf(ds))
	}
	return keys
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	if !c.pods.Settled(key) || !c.history.Settled(key) || !c.wrote.Settled(key) {
		return controller.Result{After: workload.Unsettled}, nil
	}
	ds, ok := c.sets.GetKey(key)
	if !ok {
		c.pods.Forget(key)
		c.history.Forget(key)
		c.wrote.Forget(key)
		return controller.Result{}, nil
	}
	if selector(ds).Empty() {
		c.opts.Events.Warning(ds, "SelectingAll", "This daemon set is selecting all pods. A non-empty selector is required.")
		return controller.Result{}, nil
	}
	if ds.DeletionTimestamp != nil {
		return controller.Result{}, nil
	}
	owner := workload.Owner{Object: ds, Kind: daemonSetKind, Selector: selector(ds)}
	revisions, err := c.history.Claim(ctx, owner)
	if err != nil {
		return controller.Result{}, err
	}
	revisions, err = c.history.Ensure(ctx, ds, revisions, workload.Present{
		Template: &ds.Spec.Template, Collisions: ds.Status.CollisionCount, HashLabel: appsv1.DefaultDaemonSetUniqueLabelKey,
	})
	var collision *workload.CollisionError
	if errors.As(err, &collision) {
		return controller.Result{}, c.writeStatus(ctx, ds, collided(ds.Status))
	}
	if err != nil {
		return controller.Result{}, err
	}
	pods, err := c.pods.Claim(ctx, owner)
	if err != nil {
		return controller.Result{}, err
	}
	hash := revisions[len(revisions)-1].Labels[appsv1.DefaultDaemonSetUniqueLabelKey]
	plan := Decide(View{
		Set: ds, Pods: pods, Nodes: slices.Collect(c.nodes.All()), Hash: hash, Now: c.opts.Now(),
		Hold: func(node string) time.Duration { return c.holds.left(ds.UID, node, c.opts.Now()) },
	})
	failed := c.carryOut(ctx, ds, hash, &plan)
	err = errors.Join(failed, c.writeStatus(ctx, ds, plan.Status), c.history.Trim(ctx, ds, revisions, ds.Spec.RevisionHistoryLimit, func(r *appsv1.ControllerRevision) bool {
		return slices.ContainsFunc(pods, func(pod *corev1.Pod) bool {
			return pod.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] == r.Labels[appsv1.DefaultDaemonSetUniqueLabelKey]
		})
	}))
	return controller.Result{After: plan.After}, err
}

func collided(status appsv1.DaemonSetStatus) appsv1.DaemonSetStatus {
	count := int32(1)
	if status.CollisionCount != nil {
		count = *status.CollisionCount + 1
	}
	status.CollisionCount = &count
	return status
}

// carryOut makes and deletes Pods.
func (c *Controller) carryOut(ctx context.Context, ds *appsv1.DaemonSet, hash string, plan *Plan) error {
	for _, pod := range plan.Ended {
		if pod.Status.Phase == corev1.PodFailed {
			c.opts.Events.Warning(ds, "FailedDaemonPod", "Found failed daemon pod %s/%s on node %s, will try to kill it", pod.Namespace, pod.Name, targetOf(pod))
		} else {
			c.opts.Events.Normal(ds, "SucceededDaemonPod", "Found succeeded daemon pod %s/%s on node %s, will try to delete it", pod.Namespace, pod.Name, targetOf(pod))
		}
		c.holds.failed(ds.UID, targetOf(pod), c.opts.Now())
	}
	_, err1 := workload.SlowStart(len(plan.Create), func(i int) error { return c.pods.Create(ctx, ds, newPod(ds, plan.Create[i], hash)) })
	_, err2 := workload.All(len(plan.Delete), func(i int) error { return c.pods.Delete(ctx, ds, plan.Delete[i]) })
	return errors.Join(workload.IgnoreTerminating(err1), err2)
}

// writeStatus writes a status, unless it is there.
func (c *Controller) writeStatus(ctx context.Context, ds *appsv1.DaemonSet, status appsv1.DaemonSetStatus) error {
	if codec.Equal(&status, &ds.Status) {
		return nil
	}
	next := codec.DeepCopy(ds)
	next.Status = status
	return c.wrote.UpdateStatus(ctx, c.c, next)
}

// A Pod that ends at once would be replaced for ever without a pause. After
// the first one its successor, if it fails too, stays for a second, and each
// further one twice as long.
const (
	firstHold = time.Second
	maxHold   = 15 * time.Minute
)

// holds are the nodes whose failed Pods stay for a while. The zero value is
// useful.
type holds struct {
	mu    sync.Mutex
	nodes map[hold]pause
}

type hold struct {
	set  meta.UID
	node string
}

type pause struct {
	length time.Duration
	until  time.Time
}

// failed notes that a Pod on the node has failed.
func (h *holds) failed(set meta.UID, node string, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.nodes == nil {
		h.nodes = map[hold]pause{}
	}
	// What was long ago counts no more, and need not be kept.
	for key, p := range h.nodes {
		if now.Sub(p.until) > 2*maxHold {
			delete(h.nodes, key)
		}
	}
	length := min(max(h.nodes[hold{set, node}].length*2, firstHold), maxHold)
	h.nodes[hold{set, node}] = pause{length, now.Add(length)}
}

// left returns how long a failed Pod of the node is to stay.
func (h *holds) left(set meta.UID, node string, now time.Time) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return max(h.nodes[hold{set, node}].until.Sub(now), 0)
}
