package cache

import "iter"

// A Run is objects that follow one another. Bytes that are made of all of them
// together, such as their encoded forms compressed as one, are much smaller than
// what is made of each: neighbours are much alike.
type Run struct {
	Objects []*Object // not empty; valid until the next run
	// Whole says that every walk over these objects and their neighbours divides them
	// so: what is made of the run is worth keeping.
	Whole bool
}

const (
	// One object of this many begins a run, whatever its neighbours are, so that a
	// change to some does not divide all that follow differently.
	runBegins = 16
	// A run is closed before it is more than this, in bytes as stored: who reads one
	// object of it unpacks them all, and memory for that is held by every reader.
	maxRunBytes = 32 << 10
	maxRun      = 64
)

// beginsRun tells of an object whether it is the first of a run. It is drawn by
// lot, and stays so while the object exists.
func (o *Object) beginsRun() bool {
	return o.Created > 0 && uint64(o.Created)*0x9e3779b97f4a7c15>>32%runBegins == 0
}

// Runs divides objects, which have to be all that are in a part of a [Snapshot], in
// order. next is the one that follows the last, if that is known.
func Runs(objects iter.Seq[*Object], next *Object) iter.Seq[Run] {
	return func(yield func(Run) bool) {
		var members []*Object
		size, found := 0, false // found: where runs begin is known
		full := func(o *Object) bool {
			return found && (size+len(o.Stored) > maxRunBytes || len(members) == maxRun)
		}
		for o := range objects {
			begins := o.beginsRun()
			if len(members) > 0 && (begins || full(o)) {
				if !yield(Run{members, found}) {
					return
				}
				members, size = members[:0], 0
			}
			found = found || begins
			members, size = append(members, o), size+len(o.Stored)
			if !found {
				if !yield(Run{members, false}) {
					return
				}
				members, size = members[:0], 0
			}
		}
		if len(members) > 0 {
			yield(Run{members, found && next != nil && (next.beginsRun() || full(next))})
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
