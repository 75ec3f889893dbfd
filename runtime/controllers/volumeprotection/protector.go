package volumeprotection

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Finalizers that keep what is in use.
const (
	ClaimFinalizer  = "kubernetes.io/pvc-protection"
	VolumeFinalizer = "kubernetes.io/pv-protection"
	ClassFinalizer  = "kubernetes.io/vac-protection"
)

// Protector protects the objects of one resource.
type Protector[T any, P client.Pointer[T]] struct {
	loop      *controller.Controller[client.Key]
	c         client.Client
	objects   *client.Cache[T]
	finalizer string
	// used reports whether an object, which is being deleted, is in use. It is
	// asked with live false to look into caches and, if those say no, with true
	// to ask the server.
	used func(ctx context.Context, obj *T, live bool) (bool, error)
}

func newProtector[T any, P client.Pointer[T]](caches *client.Caches, name, finalizer string, opts workload.Options) *Protector[T, P] {
	p := &Protector[T, P]{c: caches.Client(), objects: client.CacheOf[T, P](caches), finalizer: finalizer}
	p.loop = controller.New(name, p.reconcile, opts.WithDefaults().Loop())
	controller.Watch(p.loop, p.objects, controller.Self[T, P])
	return p
}

// Run works until ctx ends.
func (p *Protector[T, P]) Run(ctx context.Context) error { return p.loop.Run(ctx) }

func (p *Protector[T, P]) reconcile(ctx context.Context, key client.Key) (controller.Result, error) {
	obj, ok := p.objects.GetKey(key)
	if !ok {
		return controller.Result{}, nil
	}
	m := P(obj).Metadata()
	switch marked := slices.Contains(m.Finalizers, p.finalizer); {
	case !marked && m.DeletionTimestamp == nil:
		return controller.Result{}, p.write(ctx, m, true)
	case !marked || m.DeletionTimestamp == nil:
		return controller.Result{}, nil
	}
	// The caches are asked first since they cost nothing, and cannot be trusted
	// to show a user that has just come.
	for _, live := range []bool{false, true} {
		if used, err := p.used(ctx, obj, live); err != nil || used {
			return controller.Result{}, err
		}
	}
	return controller.Result{}, p.write(ctx, m, false)
}

// write adds the finalizer or takes it off. What the cache shows may be behind: the
// object is read again, and left alone if it is another one.
func (p *Protector[T, P]) write(ctx context.Context, m *meta.ObjectMeta, marked bool) error {
	_, err := client.Of[T, P](p.c).In(m.Namespace).Modify(ctx, m.Name, func(obj *T) error {
		live := P(obj).Metadata()
		if live.UID != m.UID || slices.Contains(live.Finalizers, p.finalizer) == marked || marked && live.DeletionTimestamp != nil {
			return errUnchanged
		}
		live.Finalizers = slices.DeleteFunc(live.Finalizers, func(f string) bool { return f == p.finalizer })
		if marked {
			live.Finalizers = append(live.Finalizers, p.finalizer)
		}
		return nil
	})
	if err == nil || errors.Is(err, errUnchanged) || meta.IsNotFound(err) {
		return nil
	}
	return fmt.Errorf("finalizers of %s: %w", client.KeyOf(&meta.PartialObjectMetadata{ObjectMeta: *m}), err)
}

var errUnchanged = errors.New("unchanged")

// deleting drops the keys of objects that are not being deleted: nobody waits
// for those to become free.
func (p *Protector[T, P]) deleting(keys []client.Key) []client.Key {
	return slices.DeleteFunc(keys, func(key client.Key) bool {
		obj, ok := p.objects.GetKey(key)
		return !ok || P(obj).Metadata().DeletionTimestamp == nil
	})
}
