package cache

import (
	"iter"
	"sort"
	"strings"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/tidwall/btree"
)

type tree = btree.Map[string, *Object]

// Snapshot is all objects of a cache as of one revision. It is immutable and
// free to hold; reading it takes no lock. All methods are safe for concurrent
// use.
type Snapshot struct {
	revision storage.Revision
	prefix   string
	objects  *tree
	indexes  []Index
	index    *tree // under indexKey; nil without indexes
}

// Revision returns the revision that the snapshot is exact for.
func (s *Snapshot) Revision() storage.Revision { return s.revision }

// Len returns the number of objects.
func (s *Snapshot) Len() int { return s.objects.Len() }

// Get returns the object at a key.
func (s *Snapshot) Get(key string) (*Object, bool) { return s.objects.Get(key) }

// Ascend yields the objects whose keys start with prefix and come after a key
// ("" for all), in key order.
func (s *Snapshot) Ascend(prefix, after string) iter.Seq[*Object] {
	return func(yield func(*Object) bool) {
		s.objects.Ascend(firstKey(prefix, after), func(key string, o *Object) bool {
			return strings.HasPrefix(key, prefix) && yield(o)
		})
	}
}

// From yields all objects from a key on, in key order.
func (s *Snapshot) From(key string) iter.Seq[*Object] {
	return func(yield func(*Object) bool) {
		s.objects.Ascend(key, func(_ string, o *Object) bool { return yield(o) })
	}
}

func firstKey(prefix, after string) string {
	if after != "" && after >= prefix {
		return after + "\x00"
	}
	return prefix
}

// Count returns how many objects Ascend would yield. It does not visit them:
// the cost grows with the logarithm of their number only.
func (s *Snapshot) Count(prefix, after string) int {
	rank := func(past func(key string) bool) int {
		return sort.Search(s.objects.Len(), func(i int) bool {
			key, _, _ := s.objects.GetAt(i)
			return past(key)
		})
	}
	first := firstKey(prefix, after)
	from := rank(func(key string) bool { return key >= first })
	to := rank(func(key string) bool { return key > prefix && !strings.HasPrefix(key, prefix) })
	return max(0, to-from)
}

// AscendIndex yields the objects whose indexed label or field has a value, as
// Ascend does. The second result is false if the cache has no such index.
func (s *Snapshot) AscendIndex(index Index, value, prefix, after string) (iter.Seq[*Object], bool) {
	for i, have := range s.indexes {
		if have == index {
			return func(yield func(*Object) bool) {
				base := indexKey(i, value, "")
				s.index.Ascend(base+firstKey(prefix, after), func(key string, o *Object) bool {
					return strings.HasPrefix(key, base) && strings.HasPrefix(key[len(base):], prefix) && yield(o)
				})
			}, true
		}
	}
	return nil, false
}

// indexKey orders objects by index, then value, then key. A value with a zero
// byte in it can at worst share its range with others, so readers of the index
// that care compare the value again.
func indexKey(index int, value, key string) string {
	return string(append(appendIndexStart(make([]byte, 0, 2+len(value)+len(key)), index, value), key...))
}

func appendIndexStart(dst []byte, index int, value string) []byte {
	return append(append(append(dst, byte(index)), value...), 0)
}

// put and drop change a snapshot that is still in the making.
func (s *Snapshot) put(o *Object) (prev *Object) {
	prev, _ = s.objects.Set(o.Key, o)
	s.reindex(prev, o)
	return prev
}

func (s *Snapshot) drop(key string) (prev *Object) {
	prev, _ = s.objects.Delete(key)
	s.reindex(prev, nil)
	return prev
}

func (s *Snapshot) reindex(prev, next *Object) {
	for i, index := range s.indexes {
		if prev != nil {
			s.index.Delete(prev.indexed(i, index))
		}
		if next != nil {
			s.index.Set(next.indexed(i, index), next)
		}
	}
}

// fork returns a copy that shares everything until one of the two changes. The
// caller must be the only one who changes s.
func (s *Snapshot) fork(rev storage.Revision) *Snapshot {
	n := &Snapshot{revision: rev, prefix: s.prefix, objects: s.objects.Copy(), indexes: s.indexes}
	if s.index != nil {
		n.index = s.index.Copy()
	}
	return n
}

func newSnapshot(rev storage.Revision, prefix string, indexes []Index) *Snapshot {
	s := &Snapshot{revision: rev, prefix: prefix, objects: new(tree), indexes: indexes}
	if len(indexes) > 0 {
		s.index = new(tree)
	}
	return s
}
