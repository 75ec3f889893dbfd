package workload

import (
	"context"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// Unsettled is when to come back to a key whose writes the cache does not show
// yet. The event that shows them comes sooner, but for an object that is made
// and deleted while the cache has lost its server there is none.
const Unsettled = 5 * time.Second

// MaxPodsAtOnce bounds how many Pods one look at an owner makes or deletes, so
// that a large owner does not keep the others waiting.
const MaxPodsAtOnce = 500

// Pods makes, deletes and claims Pods for the owners of one kind, and tells
// people about it by events on the owner. It remembers what it wrote until the
// cache shows it.
type Pods struct {
	Cache   *client.Cache[corev1.Pod]
	c       client.Client
	kind    meta.GroupVersionKind
	pending *controller.Pending[client.Key, corev1.Pod, *corev1.Pod]
	events  *controller.Recorder
}

// NewPods returns the Pods of a set of caches, for owners of that kind. A nil
// recorder records nothing.
func NewPods(caches *client.Caches, kind meta.GroupVersionKind, events *controller.Recorder) *Pods {
	cache := client.CacheOf(caches, client.CacheOptions[corev1.Pod]{Indexers: Indexers[corev1.Pod]()})
	return &Pods{
		Cache: cache, c: caches.Client(), kind: kind, events: events,
		pending: controller.NewPending[client.Key](cache),
	}
}

// Settled reports whether the cache shows all that was written for the owner.
// Ask before reading the cache. As long as it is false nothing may be made or
// deleted, since the count of what is there would be wrong.
func (p *Pods) Settled(owner client.Key) bool { return p.pending.Settled(owner) }

// Forget drops what is remembered of an owner that is gone.
func (p *Pods) Forget(owner client.Key) { p.pending.Forget(owner) }

// Claim returns the Pods that the owner controls and selects, finished ones
// too, after adopting and releasing what it has to. See [Claim].
func (p *Pods) Claim(ctx context.Context, owner Owner) ([]*corev1.Pod, error) {
	return Claim(ctx, p.c, p.Cache, owner)
}

// Create makes a Pod for owner.
func (p *Pods) Create(ctx context.Context, owner meta.Object, pod *corev1.Pod) error {
	err := client.Of[corev1.Pod](p.c).In(pod.Namespace).Create(ctx, pod)
	if err == nil {
		p.pending.Created(client.KeyOf(owner), pod)
		p.events.Normal(owner, "SuccessfulCreate", "Created pod: %s", pod.Name)
		return nil
	}
	// In a namespace that goes away there is nothing to tell anybody.
	if !meta.HasCause(err, corev1.NamespaceTerminatingCause) && ctx.Err() == nil {
		p.events.Warning(owner, "FailedCreate", "Error creating: %v", err)
	}
	return err
}

// Delete deletes a Pod of owner, as the cache has it. One that is gone already
// is no error.
func (p *Pods) Delete(ctx context.Context, owner meta.Object, pod *corev1.Pod) error {
	err := client.Of[corev1.Pod](p.c).In(pod.Namespace).Delete(ctx, pod.Name, meta.DeleteOptions{
		Preconditions: &meta.Preconditions{UID: &pod.UID},
	})
	switch {
	case err == nil:
		p.pending.Deleted(client.KeyOf(owner), pod)
		p.events.Normal(owner, "SuccessfulDelete", "Deleted pod: %s", pod.Name)
	case meta.IsNotFound(err), meta.IsConflict(err):
		// Somebody else did it, or another Pod has the name.
		return nil
	case ctx.Err() == nil:
		p.events.Warning(owner, "FailedDelete", "Error deleting: %v", err)
	}
	return err
}
