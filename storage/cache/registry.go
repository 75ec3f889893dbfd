package cache

import (
	"strings"

	"github.com/kubenucleus/nucleus/storage"
)

// registry finds the watchers that an event may concern without asking the
// others. Every watcher is in one bucket: that of its key, else of its index
// value, else of its prefix. The cache's mu guards it.
type registry struct {
	prefix   string // of the cache
	byKey    map[string]bucket
	byIndex  map[indexValue]bucket
	byPrefix map[string]bucket
}

type bucket map[*watcher]struct{}

type indexValue struct {
	index Index
	value string
}

func (r *registry) init(prefix string) {
	r.prefix = prefix
	r.byKey, r.byIndex, r.byPrefix = make(map[string]bucket), make(map[indexValue]bucket), make(map[string]bucket)
}

func (r *registry) add(w *watcher) {
	switch o := &w.opts; {
	case o.Key != "":
		addTo(r.byKey, o.Key, w)
	case o.Index != Index{}:
		addTo(r.byIndex, indexValue{o.Index, o.Value}, w)
	default:
		addTo(r.byPrefix, o.Prefix, w)
	}
}

func (r *registry) remove(w *watcher) {
	switch o := &w.opts; {
	case o.Key != "":
		removeFrom(r.byKey, o.Key, w)
	case o.Index != Index{}:
		removeFrom(r.byIndex, indexValue{o.Index, o.Value}, w)
	default:
		removeFrom(r.byPrefix, o.Prefix, w)
	}
}

func addTo[K comparable](m map[K]bucket, k K, w *watcher) {
	if m[k] == nil {
		m[k] = make(bucket)
	}
	m[k][w] = struct{}{}
}

func removeFrom[K comparable](m map[K]bucket, k K, w *watcher) {
	if delete(m[k], w); len(m[k]) == 0 {
		delete(m, k)
	}
}

// dispatch puts e in the queue of whom it may concern.
func (r *registry) dispatch(e *logEvent, floor storage.Revision, indexes []Index, g *gathering) {
	r.byPrefix[""].offer(e, floor, g)
	if len(r.byPrefix) > 0 {
		for i := len(r.prefix); i < len(e.key); i++ {
			if e.key[i] == '/' {
				r.byPrefix[e.key[:i+1]].offer(e, floor, g)
			}
		}
	}
	if len(r.byKey) > 0 {
		r.byKey[e.key].offer(e, floor, g)
	}
	if len(r.byIndex) == 0 {
		return
	}
	for _, index := range indexes {
		var cur, prev string
		if e.cur != nil {
			cur = index.value(e.cur)
			r.byIndex[indexValue{index, cur}].offer(e, floor, g)
		}
		if e.prev != nil {
			if prev = index.value(e.prev); e.cur == nil || prev != cur {
				r.byIndex[indexValue{index, prev}].offer(e, floor, g)
			}
		}
	}
}

func (b bucket) offer(e *logEvent, floor storage.Revision, g *gathering) {
	for w := range b {
		if w.offer(e, floor, g) {
			g.waiting = append(g.waiting, w)
		}
	}
}

// expireAll ends all watches with err; they unregister themselves.
func (r *registry) expireAll(err error) {
	for _, b := range r.byKey {
		b.end(err)
	}
	for _, b := range r.byIndex {
		b.end(err)
	}
	for _, b := range r.byPrefix {
		b.end(err)
	}
}

func (b bucket) end(err error) {
	for w := range b {
		w.end(err)
	}
}

// validPrefix tells whether dispatch would find a watcher of this prefix.
func (r *registry) validPrefix(prefix string) bool {
	return prefix == "" || strings.HasPrefix(prefix, r.prefix) && strings.HasSuffix(prefix, "/")
}
