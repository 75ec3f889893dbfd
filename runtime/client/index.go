package client

import (
	"maps"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// index finds a cache's objects by values computed from them. The cache's lock
// guards it.
type index[T any] struct {
	values func(obj *T) []string
	byKey  map[string]map[Key]*T
}

func newIndex[T any](values func(obj *T) []string) *index[T] {
	return &index[T]{values: values, byKey: map[string]map[Key]*T{}}
}

// AddIndex makes the cache keep an index of that name. If there is one already
// it stays as it is, so that those who share a cache can each ask for it; they
// must mean the same by the name.
func (c *Cache[T]) AddIndex(name string, values func(obj *T) []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.indexes[name] != nil {
		return
	}
	ix := newIndex(values)
	c.objects.Scan(func(e entry) bool {
		ix.set(e.key, nil, objectOf[T](e))
		return true
	})
	c.indexes[name] = ix
}

// ByIndex returns the objects that the index has under value, ordered by key.
// An index that the cache does not have finds nothing.
func (c *Cache[T]) ByIndex(name, value string) []*T {
	c.mu.RLock()
	defer c.mu.RUnlock()
	ix := c.indexes[name]
	if ix == nil || len(ix.byKey[value]) == 0 {
		return nil
	}
	found := ix.byKey[value]
	objects := make([]*T, 0, len(found))
	for _, key := range slices.SortedFunc(maps.Keys(found), Key.Compare) {
		objects = append(objects, found[key])
	}
	return objects
}

// reindex moves an object in all indexes; old or obj may be nil. The caller
// holds mu.
func (c *Cache[T]) reindex(key Key, old, obj *T) {
	for _, ix := range c.indexes {
		ix.set(key, old, obj)
	}
}

func (ix *index[T]) set(key Key, old, obj *T) {
	if old != nil {
		for _, v := range ix.values(old) {
			delete(ix.byKey[v], key)
			if len(ix.byKey[v]) == 0 {
				delete(ix.byKey, v)
			}
		}
	}
	if obj != nil {
		for _, v := range ix.values(obj) {
			if ix.byKey[v] == nil {
				ix.byKey[v] = map[Key]*T{}
			}
			ix.byKey[v][key] = obj
		}
	}
}

// ControllerIndex is the name for an index by [ControllerUID].
const ControllerIndex = "controller"

// ControllerUID is an indexer: it finds objects by the UID of the owner that
// controls them.
func ControllerUID[T any](obj *T) []string {
	if ref := meta.ControllerOf(object(obj)); ref != nil {
		return []string{string(ref.UID)}
	}
	return nil
}

// OwnerIndex is the name for an index by [OwnerUIDs].
const OwnerIndex = "owner"

// OwnerUIDs is an indexer: it finds objects by the UIDs of all their owners.
func OwnerUIDs[T any](obj *T) []string {
	var uids []string
	for _, ref := range object(obj).Metadata().OwnerReferences {
		uids = append(uids, string(ref.UID))
	}
	return uids
}
