package resourcequota

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quota"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

const (
	// resync is how often everything is counted anew.
	resync = 5 * time.Minute
	// settle is how long after a charge or a creation is counted. One goes with
	// the other, so there is rarely anything to do; but a creation may have failed
	// after the charge, or a count made between the two have lost the charge.
	settle = 5 * time.Second
)

// Controller counts the quotas of a server.
type Controller struct {
	loop    *controller.Controller[client.Key]
	c       client.Client
	quotas  *client.Cache[corev1.ResourceQuota]
	typed   map[meta.GroupResource]counter
	tallies *tallies
	removes []func()
	now     func() time.Time
}

// A counter counts what the objects of a quota's namespace use of it.
type counter func(q *corev1.ResourceQuota, now time.Time) (Tally, error)

// New returns the controller. It starts nothing; call Run, and run the caches.
func New(caches *client.Caches, opts workload.Options) *Controller {
	opts = opts.WithDefaults()
	c := &Controller{
		c: caches.Client(), quotas: client.CacheOf[corev1.ResourceQuota](caches), now: opts.Now,
		typed: map[meta.GroupResource]counter{}, tallies: newTallies(caches.Client(), opts.Logger),
	}
	c.tallies.changed = c.changed
	c.loop = controller.New("resourcequota-controller", c.reconcile, opts.Loop())
	controller.WatchChanges(c.loop, c.quotas, controller.Self[corev1.ResourceQuota], func(old, new *corev1.ResourceQuota) bool {
		return !codec.Equal(&old.Spec, &new.Spec)
	})
	c.removes = append(c.removes, c.quotas.Handle(client.Handler[corev1.ResourceQuota]{
		OnUpdate: func(old, new *corev1.ResourceQuota) {
			// It was charged; whether what that was for was made remains to be seen.
			if !codec.Equal(&old.Status, &new.Status) {
				c.loop.Queue().AddAfter(client.KeyOf(new), settle)
			}
		},
	}))
	count[corev1.Pod](c, caches, meta.GroupResource{Resource: "pods"})
	count[corev1.Service](c, caches, meta.GroupResource{Resource: "services"})
	count[corev1.PersistentVolumeClaim](c, caches, meta.GroupResource{Resource: "persistentvolumeclaims"})
	return c
}

// count makes c count the objects of a resource that say how much they use.
func count[T any, P client.Pointer[T]](c *Controller, caches *client.Caches, resource meta.GroupResource) {
	cache := client.CacheOf[T, P](caches)
	c.loop.After(cache)
	c.typed[resource] = func(q *corev1.ResourceQuota, now time.Time) (Tally, error) {
		return Count(q, resource, pointers[T, P](cache.In(q.Namespace)), now)
	}
	c.removes = append(c.removes, cache.Handle(client.Handler[T]{
		OnAdd: func(obj *T, initial bool) {
			if !initial {
				c.changed(resource, P(obj).Metadata().Namespace, false)
			}
		},
		OnUpdate: func(old, new *T) {
			namespace := P(new).Metadata().Namespace
			for q := range c.quotasFor(resource, namespace) {
				if c.differ(q, resource, P(old), P(new)) {
					c.loop.Queue().Add(client.KeyOf(q))
				}
			}
		},
		OnDelete: func(key client.Key, _ *T) { c.changed(resource, key.Namespace, true) },
	}))
}

// pointers says of a sequence what the compiler does not see: that each *T is a P.
func pointers[T any, P client.Pointer[T]](all iter.Seq[*T]) iter.Seq[P] {
	return func(yield func(P) bool) {
		for obj := range all {
			if !yield(P(obj)) {
				return
			}
		}
	}
}

// Run works until ctx ends. A Controller can be run once.
func (c *Controller) Run(ctx context.Context) error {
	defer func() {
		for _, remove := range c.removes {
			remove()
		}
	}()
	return c.tallies.run(ctx, c.loop.Run)
}

// quotasFor yields the quotas, of a namespace or of all, that limit a resource.
func (c *Controller) quotasFor(resource meta.GroupResource, namespace string) iter.Seq[*corev1.ResourceQuota] {
	return func(yield func(*corev1.ResourceQuota) bool) {
		if c.quotas.Len() == 0 {
			return
		}
		all := c.quotas.All()
		if namespace != "" {
			all = c.quotas.In(namespace)
		}
		e := quota.Of(resource)
		for q := range all {
			if len(e.Matching(q.Spec.Hard)) > 0 && !yield(q) {
				return
			}
		}
	}
}

// changed has the quotas counted that limit a resource: at once if something has
// gone, which only a count gives back, or else after a while.
func (c *Controller) changed(resource meta.GroupResource, namespace string, gone bool) {
	for q := range c.quotasFor(resource, namespace) {
		if gone {
			c.loop.Queue().Add(client.KeyOf(q))
		} else {
			c.loop.Queue().AddAfter(client.KeyOf(q), settle)
		}
	}
}

// differ reports whether two states of an object use a quota differently.
func (c *Controller) differ(q *corev1.ResourceQuota, resource meta.GroupResource, old, new meta.Object) bool {
	now := c.now()
	// An error is the reconciler's to report.
	before, err1 := Count(q, resource, slices.Values([]meta.Object{old}), now)
	after, err2 := Count(q, resource, slices.Values([]meta.Object{new}), now)
	return err1 != nil || err2 != nil || !codec.Equal(&before.Used, &after.Used) || !before.Recount.Equal(after.Recount)
}

func (c *Controller) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	q, ok := c.quotas.GetKey(key)
	c.tallies.keep(func(resource meta.GroupResource) bool {
		for range c.quotasFor(resource, "") {
			return true
		}
		return false
	})
	if !ok {
		return controller.Result{}, nil
	}
	now := c.now()
	counted, result := corev1.ResourceList{}, controller.Result{After: resync}
	var errs []error
	for resource, count := range c.typed {
		t, err := count(q, now)
		if err != nil {
			errs = append(errs, fmt.Errorf("count %s: %w", resource, err))
			continue
		}
		maps.Copy(counted, t.Used)
		if !t.Recount.IsZero() {
			// A moment later, when that time is over.
			result.After = min(result.After, t.Recount.Sub(now)+time.Second)
		}
	}
	for _, resource := range plain(q) {
		objects, err := c.tallies.of(ctx, resource)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("count %s: %w", resource, err))
			continue
		case objects == nil: // not served, so far
			result.After = min(result.After, rediscover)
			continue
		case !objects.Synced(): // the key comes back when it is
			continue
		}
		t, err := Count(q, resource, objects.In(q.Namespace), now)
		if err != nil {
			errs = append(errs, fmt.Errorf("count %s: %w", resource, err))
			continue
		}
		maps.Copy(counted, t.Used)
	}
	return result, errors.Join(append(errs, c.writeStatus(ctx, q, Status(q, counted)))...)
}

// writeStatus writes the status unless it is there. A charge that came between
// makes it a conflict, and the count is made again.
func (c *Controller) writeStatus(ctx context.Context, q *corev1.ResourceQuota, status corev1.ResourceQuotaStatus) error {
	if q.Status.Hard != nil && q.Status.Used != nil && codec.Equal(&status, &q.Status) {
		return nil
	}
	next := codec.DeepCopy(q)
	next.Status = status
	return client.IgnoreNotFound(client.Of[corev1.ResourceQuota](c.c).In(q.Namespace).UpdateStatus(ctx, next))
}
