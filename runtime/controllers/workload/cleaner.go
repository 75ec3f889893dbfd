package workload

import (
	"context"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// Cleaner is a controller that deletes objects whose time is over. Make one with
// [NewCleaner].
type Cleaner[T any, P client.Pointer[T]] struct {
	loop    *controller.Controller[client.Key]
	c       client.Client
	objects *client.Cache[T]
	left    func(obj *T, now time.Time) (time.Duration, bool)
	now     func() time.Time
}

// NewCleaner returns the controller of that name for the objects of a cache; left
// says how much time one has, if its time ends at all. It starts nothing; call Run,
// and run the caches.
func NewCleaner[T any, P client.Pointer[T]](name string, c client.Client, objects *client.Cache[T], opts Options,
	left func(obj *T, now time.Time) (d time.Duration, ends bool),
) *Cleaner[T, P] {
	opts = opts.WithDefaults()
	cleaner := &Cleaner[T, P]{c: c, objects: objects, left: left, now: opts.Now}
	cleaner.loop = controller.New(name, cleaner.reconcile, opts.Loop())
	controller.Watch(cleaner.loop, objects, controller.Self[T, P])
	return cleaner
}

// Run works until ctx ends.
func (c *Cleaner[T, P]) Run(ctx context.Context) error { return c.loop.Run(ctx) }

func (c *Cleaner[T, P]) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	obj, ok := c.objects.GetKey(key)
	if !ok {
		return controller.Result{}, nil
	}
	m := P(obj).Metadata()
	left, ends := c.left(obj, c.now())
	switch {
	case m.DeletionTimestamp != nil || !ends:
		return controller.Result{}, nil
	case left > 0:
		return controller.Result{After: left}, nil
	}
	err := client.Of[T, P](c.c).In(m.Namespace).Delete(ctx, m.Name, meta.DeleteOptions{
		Preconditions: &meta.Preconditions{UID: &m.UID, ResourceVersion: &m.ResourceVersion},
	})
	if meta.IsConflict(err) { // it has changed, which the cache will tell
		return controller.Result{}, nil
	}
	return controller.Result{}, client.IgnoreNotFound(err)
}
