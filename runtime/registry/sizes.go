package registry

import (
	"context"
	"iter"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Size is how much there is of one stored resource.
type Size struct {
	// Objects is how many there are, or -1 while that is not known.
	Objects int
	// Bytes is how many they are as stored, not counting keys, history and what
	// encryption adds; -1 while that is not known.
	Bytes int64
}

// Sizes yields every stored resource and how much there is of it, from the
// caches. It walks over all objects, and waits for nothing.
func (r *Registry) Sizes(ctx context.Context) iter.Seq2[meta.GroupResource, Size] {
	return func(yield func(meta.GroupResource, Size) bool) {
		for resource, c := range r.collections {
			if !yield(resource, c.size(ctx)) {
				return
			}
		}
	}
}

func (c *collection) size(ctx context.Context) Size {
	if !c.cache.Ready() {
		return Size{Objects: -1, Bytes: -1}
	}
	snapshot, err := c.cache.Snapshot(ctx, cache.Any())
	if err != nil {
		return Size{Objects: -1, Bytes: -1}
	}
	s := Size{Objects: snapshot.Len()}
	for o := range snapshot.Ascend(c.prefix, "") {
		s.Bytes += int64(len(o.Stored))
	}
	return s
}

// CacheCounts yields every stored resource and what its cache has done.
func (r *Registry) CacheCounts() iter.Seq2[meta.GroupResource, cache.Counts] {
	return func(yield func(meta.GroupResource, cache.Counts) bool) {
		for resource, c := range r.collections {
			if !yield(resource, c.cache.Counts()) {
				return
			}
		}
	}
}
