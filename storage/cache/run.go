package cache

import (
	"iter"
	"strings"
)

// A Run is objects that follow one another in a [Snapshot]. Bytes that are made of all
// of them together, such as their encoded forms compressed as one, are much smaller
// than what is made of each: neighbours are much alike. Every walk over the same
// objects finds the same runs.
type Run struct {
	Objects []*Object // from 1 to MaxRun; valid until the next run
}

// MaxRun is how many objects may be in a run.
const MaxRun = 64

const (
	// One object of this many begins a run, whatever its neighbours are, so that a
	// change to some does not divide all that follow differently.
	runBegins = 64
	// A run is closed before it is more than this, in bytes as stored: who reads one
	// object of it unpacks them all, and memory for that is held by every reader.
	maxRunBytes = 32 << 10
)

// beginsRun tells of an object whether it is the first of a run in any case. It is
// drawn by lot, and stays so while the object exists.
func (o *Object) beginsRun() bool {
	return uint64(o.Created)*0x9e3779b97f4a7c15>>32%runBegins == 0
}

// Runs yields, in key order, the runs with objects whose keys start with prefix and
// come after a key ("" for all). The first and the last may have others, too.
func (s *Snapshot) Runs(prefix, after string) iter.Seq[Run] {
	return func(yield func(Run) bool) {
		first := firstKey(prefix, after)
		begin := first
		s.objects.Descend(first, func(key string, o *Object) bool {
			begin = key
			return !o.beginsRun()
		})
		members, size := make([]*Object, 0, 16), 0
		over, left := false, false
		s.objects.Ascend(begin, func(key string, o *Object) bool {
			if len(members) > 0 && (o.beginsRun() || size+len(o.Stored) > maxRunBytes || len(members) == MaxRun) {
				// Those before the first are walked only to see where runs begin.
				if members[len(members)-1].Key >= first && !yield(Run{members}) {
					left = true
					return false
				}
				if over = key >= first && !strings.HasPrefix(key, prefix); over {
					return false
				}
				members, size = members[:0], 0
			}
			members, size = append(members, o), size+len(o.Stored)
			return true
		})
		if len(members) > 0 && !over && !left && members[len(members)-1].Key >= first {
			yield(Run{members})
		}
	}
}

// stamp tells runs apart: no two of the same beginning that differ have the same.
func (r Run) stamp() uint64 {
	h := uint64(len(r.Objects))
	for _, o := range r.Objects {
		h = (h ^ o.serial) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h | 1 // 0 is that of single objects
}

// Form returns bytes that were made of the whole run and are still kept.
func (r Run) Form(form Form) ([]byte, bool) {
	if e := r.Objects[0].form(form); e != nil && e.stamp == r.stamp() {
		return e.bytes, true
	}
	return nil, false
}

// Keep keeps bytes in a form that the objects by themselves do not have, as the
// cache's [Budget] allows. They take the place of those of a run that began with the
// same object.
func (r Run) Keep(form Form, bytes []byte) {
	first := r.Objects[0]
	first.encoding.Lock()
	defer first.encoding.Unlock()
	if old := first.form(form); old != nil {
		first.kind.budget.drop(old)
	}
	e := &formEntry{object: first, form: form, bytes: bytes, stamp: r.stamp()}
	first.addForm(e)
	first.kind.budget.add(e)
}
