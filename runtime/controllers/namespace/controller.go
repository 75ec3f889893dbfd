package namespace

import (
	"context"
	"errors"
	"fmt"
	"time"

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
	// Settle is how long after its deletion a Namespace goes at the earliest. A
	// second API server must have seen by then that nothing may be made in it any
	// more. Zero is 1 s; where there is only one server a negative value saves
	// the wait.
	Settle time.Duration
}

// Controller empties the Namespaces of a server.
type Controller struct {
	loop       *controller.Controller[client.Key]
	c          client.Client
	namespaces *client.Cache[corev1.Namespace]
	opts       Options
}

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts Options) *Controller {
	opts.Options = opts.WithDefaults()
	if opts.Settle == 0 {
		opts.Settle = time.Second
	}
	c := &Controller{c: caches.Client(), opts: opts, namespaces: client.CacheOf[corev1.Namespace](caches)}
	c.loop = controller.New("namespace-controller", c.reconcile, opts.Loop())
	controller.Watch(c.loop, c.namespaces, doomed)
	return c
}

// Run works until ctx ends.
func (c *Controller) Run(ctx context.Context) error { return c.loop.Run(ctx) }

// doomed maps a Namespace to itself if it is being deleted.
func doomed(ns *corev1.Namespace) []client.Key {
	if ns.DeletionTimestamp == nil {
		return nil
	}
	return []client.Key{{Name: ns.Name}}
}

// NextLook is how long to wait before looking again at a namespace that
// something is left in: often at first, when most of it is still going, less
// often when somebody takes his time.
func NextLook(deleted, now time.Time) time.Duration {
	return min(max(now.Sub(deleted)/4, 500*time.Millisecond), 15*time.Second)
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	ns, ok := c.namespaces.GetKey(key)
	if !ok || ns.DeletionTimestamp == nil {
		return controller.Result{}, nil
	}
	now := c.opts.Now()
	rest, ours := withoutFinalizer(ns.Spec.Finalizers)
	if !ours {
		return controller.Result{}, c.letGo(ctx, ns)
	}
	pass := deleteContent(ctx, c.c, ns.Name)
	if ctx.Err() != nil {
		return controller.Result{}, ctx.Err()
	}
	ns, err := c.tell(ctx, ns, &pass)
	if ns == nil || err != nil {
		return controller.Result{}, err
	}
	if !pass.Empty() {
		// What failed is tried again after a back-off, what takes time is looked
		// at again.
		return controller.Result{After: NextLook(ns.DeletionTimestamp.Time, now)}, errors.Join(append(pass.Failed, pass.Discovery)...)
	}
	if wait := ns.DeletionTimestamp.Add(c.opts.Settle).Sub(now); wait > 0 {
		return controller.Result{After: min(wait, c.opts.Settle)}, nil
	}
	next := codec.DeepCopy(ns)
	next.Spec.Finalizers = rest
	err = client.Of[corev1.Namespace](c.c).Subresource("finalize").Update(ctx, next)
	if err != nil && !meta.IsNotFound(err) {
		return controller.Result{}, fmt.Errorf("finalize: %w", err)
	}
	return controller.Result{}, nil
}

// tell writes what a pass came to into the status. It returns the Namespace as
// it is then, or nil if it is gone.
func (c *Controller) tell(ctx context.Context, ns *corev1.Namespace, pass *Pass) (*corev1.Namespace, error) {
	next := codec.DeepCopy(ns)
	next.Status.Phase = corev1.NamespaceTerminating
	if !setConditions(&next.Status, pass.Conditions(), meta.At(c.opts.Now())) && ns.Status.Phase == corev1.NamespaceTerminating {
		return ns, nil
	}
	err := client.Of[corev1.Namespace](c.c).UpdateStatus(ctx, next)
	if meta.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	return next, nil
}

// letGo deletes a Namespace that nothing holds any more, in case that the
// server has not.
func (c *Controller) letGo(ctx context.Context, ns *corev1.Namespace) error {
	if len(ns.Spec.Finalizers) > 0 || len(ns.Finalizers) > 0 {
		return nil
	}
	err := client.Of[corev1.Namespace](c.c).Delete(ctx, ns.Name, meta.DeleteOptions{Preconditions: &meta.Preconditions{UID: &ns.UID}})
	if meta.IsNotFound(err) || meta.IsConflict(err) {
		return nil
	}
	return err
}
