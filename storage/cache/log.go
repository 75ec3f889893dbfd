package cache

import (
	"sync/atomic"

	"github.com/kubenucleus/nucleus/storage"
)

// logEvent is one change as all watchers share it.
type logEvent struct {
	revision  storage.Revision
	key       string
	cur, prev *Object // nil: there is, or was, none

	removed atomic.Pointer[Object]
}

// gone is the object as it was before the change, with the change's revision:
// what somebody is told who does not get to see the object any more.
func (e *logEvent) gone() *Object {
	if o := e.removed.Load(); o != nil {
		return o
	}
	e.removed.CompareAndSwap(nil, e.prev.at(e.revision))
	return e.removed.Load()
}

// eventLog is the recent past: a ring that grows to its bounds. Every event
// after floor is in it.
type eventLog struct {
	ring      []*logEvent
	first, n  int
	bytes     int64 // of objects that only the log keeps
	floor     storage.Revision
	maxEvents int
	maxBytes  int64
	budget    *Budget
}

func (l *eventLog) at(i int) *logEvent { return l.ring[(l.first+i)%len(l.ring)] }

func (e *logEvent) cost() int64 {
	if e.prev == nil {
		return 0
	}
	return int64(len(e.prev.Stored)) + 200
}

// forgetAfter is how many changes later what is left of an object's decoded form is
// given back if nobody holds that.
const forgetAfter = 8192

func (l *eventLog) add(e *logEvent) {
	if l.n == len(l.ring) {
		grown := make([]*logEvent, max(16, 2*len(l.ring)))
		for i := range l.n {
			grown[i] = l.at(i)
		}
		l.ring, l.first = grown, 0
	}
	l.ring[(l.first+l.n)%len(l.ring)] = e
	l.n++
	l.bytes += e.cost()
	if l.n > forgetAfter {
		// Whoever wanted it decoded for this change has it by now.
		if cur := l.at(l.n - 1 - forgetAfter).cur; cur != nil {
			cur.forgetTyped()
		}
	}
	for l.n > l.maxEvents || l.bytes > l.maxBytes && l.n > 1 {
		l.trim()
	}
}

func (l *eventLog) trim() {
	e := l.ring[l.first]
	l.ring[l.first] = nil
	l.first = (l.first + 1) % len(l.ring)
	l.n--
	l.bytes -= e.cost()
	l.floor = e.revision
	if e.prev != nil {
		l.budget.release(e.prev)
	}
	if o := e.removed.Load(); o != nil {
		l.budget.release(o)
	}
}

func (l *eventLog) reset(floor storage.Revision) {
	l.ring, l.first, l.n, l.bytes, l.floor = nil, 0, 0, 0, floor
}

// after returns the events above a revision, which must not be below floor.
func (l *eventLog) after(rev storage.Revision) []*logEvent {
	lo, hi := 0, l.n
	for lo < hi {
		if mid := (lo + hi) / 2; l.at(mid).revision > rev {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	events := make([]*logEvent, 0, l.n-lo)
	for ; lo < l.n; lo++ {
		events = append(events, l.at(lo))
	}
	return events
}
