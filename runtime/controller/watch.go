package controller

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Mapping says which keys a change of an object concerns.
type Mapping[T any, K comparable] func(obj *T) []K

// Watch makes c reconcile the keys that mapping gives for each object of cache:
// when the object appears, when it changes (the keys before and after it), and
// when it is gone. Call it before c's Run, which waits for the cache. The cache
// must be run too, by whoever made it.
func Watch[T any, K comparable](c *Controller[K], cache *client.Cache[T], mapping Mapping[T, K]) {
	WatchChanges(c, cache, mapping, nil)
}

// WatchChanges is Watch for those updates alone of which when says that they
// matter; nil is all of them. Objects that appear or are gone always do.
func WatchChanges[T any, K comparable](c *Controller[K], cache *client.Cache[T], mapping Mapping[T, K], when func(old, new *T) bool) {
	add := func(obj *T) {
		for _, key := range mapping(obj) {
			c.queue.Add(key)
		}
	}
	remove := cache.Handle(client.Handler[T]{
		OnAdd: func(obj *T, _ bool) { add(obj) },
		OnUpdate: func(old, new *T) {
			if when != nil && !when(old, new) {
				return
			}
			add(old)
			add(new)
		},
		OnDelete: func(key client.Key, last *T) {
			if last == nil {
				// The name is all that is known of it.
				last = new(T)
				m := any(last).(meta.Object).Metadata()
				m.Namespace, m.Name = key.Namespace, key.Name
			}
			add(last)
		},
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources = append(c.sources, cache)
	c.removes = append(c.removes, remove)
}

// Self maps an object to its own key.
func Self[T any, P client.Pointer[T]](obj *T) []client.Key {
	return []client.Key{client.KeyOf(P(obj))}
}

// Controlled returns a mapping of objects to the key of the object of a kind
// that controls them, if one does: Pods to their ReplicaSet. The version of the
// kind does not matter. Owners are taken to be in the object's namespace; for
// cluster-scoped kinds write a mapping of your own.
func Controlled[T any, P client.Pointer[T]](owner meta.GroupKind) Mapping[T, client.Key] {
	return func(obj *T) []client.Key {
		ref := meta.ControllerOf(P(obj))
		if ref == nil || !refersTo(ref, owner) {
			return nil
		}
		return []client.Key{{Namespace: P(obj).Metadata().Namespace, Name: ref.Name}}
	}
}

// Owned is [Controlled] for all owners of a kind, controlling or not.
func Owned[T any, P client.Pointer[T]](owner meta.GroupKind) Mapping[T, client.Key] {
	return func(obj *T) []client.Key {
		var keys []client.Key
		m := P(obj).Metadata()
		for i := range m.OwnerReferences {
			if ref := &m.OwnerReferences[i]; refersTo(ref, owner) {
				keys = append(keys, client.Key{Namespace: m.Namespace, Name: ref.Name})
			}
		}
		return keys
	}
}

func refersTo(ref *meta.OwnerReference, kind meta.GroupKind) bool {
	gv, err := meta.ParseGroupVersion(ref.APIVersion)
	return err == nil && ref.Kind == kind.Kind && gv.Group == kind.Group
}

// NewVersion is a test for [WatchChanges]: it drops updates that changed nothing
// but metadata which no controller cares about, by looking at the generation.
// Use it only for kinds that have one.
func NewVersion[T any, P client.Pointer[T]](old, new *T) bool {
	a, b := P(old).Metadata(), P(new).Metadata()
	return a.Generation != b.Generation || a.UID != b.UID || (a.DeletionTimestamp == nil) != (b.DeletionTimestamp == nil)
}
