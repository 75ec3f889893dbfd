package workload

import (
	"context"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Behind remembers the last write for each key until a cache shows it: to
// decide on what was there before one's own last write costs a refused write
// at best.
//
// All methods are safe for concurrent use. Make one with [NewBehind].
type Behind[T any, P client.Pointer[T]] struct {
	cache *client.Cache[T]

	mu       sync.Mutex
	versions map[client.Key]string
}

// NewBehind returns a memory of writes that cache will show.
func NewBehind[T any, P client.Pointer[T]](cache *client.Cache[T]) *Behind[T, P] {
	return &Behind[T, P]{cache: cache, versions: map[client.Key]string{}}
}

// Wrote notes that obj, as the server answered, was written for key.
func (b *Behind[T, P]) Wrote(key client.Key, obj meta.Object) {
	version := obj.Metadata().ResourceVersion
	b.mu.Lock()
	defer b.mu.Unlock()
	// Writes of one key may have run at the same time.
	if c, err := client.CompareVersions(b.versions[key], version); err == nil && c > 0 {
		return
	}
	b.versions[key] = version
}

// UpdateStatus writes the status of obj through c and notes the write. An object
// that is gone has every status.
func (b *Behind[T, P]) UpdateStatus(ctx context.Context, c client.Client, obj P) error {
	key := client.KeyOf(obj)
	if err := client.Of[T, P](c).In(key.Namespace).UpdateStatus(ctx, obj); err != nil {
		return client.IgnoreNotFound(err)
	}
	b.Wrote(key, obj)
	return nil
}

// Settled reports whether the cache shows everything that was noted for key.
func (b *Behind[T, P]) Settled(key client.Key) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	version, ok := b.versions[key]
	if !ok {
		return true
	}
	if !b.cache.Saw(version) {
		return false
	}
	delete(b.versions, key)
	return true
}

// Forget drops what was noted for key.
func (b *Behind[T, P]) Forget(key client.Key) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.versions, key)
}
