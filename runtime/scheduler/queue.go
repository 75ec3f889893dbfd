package scheduler

import (
	"container/heap"
	"time"

	"github.com/kubenucleus/nucleus/runtime/client"
)

// Times after which a Pod that did not fit is tried again, as Kubernetes has them.
const (
	firstBackOff = time.Second
	maxBackOff   = 10 * time.Second
	// stuckAfter is when a Pod is tried again though nothing happened that
	// could have helped, should such an event have been missed.
	stuckAfter = 5 * time.Minute
)

// queue orders the Pods that wait for a node: the most important first, then
// the one that has waited longest. Pods that did not fit are parked until
// something happens that may help, and their back-off is over. It has no locks
// and no clock.
type queue struct {
	active   activeHeap
	entries  map[client.Key]*waiting
	parked   map[client.Key]*waiting
	arrivals int
	// due is when the first of parked may have its turn; zero: not known.
	due time.Time
}

type waiting struct {
	pod      *Pod
	arrival  int // order among equals
	attempts int
	index    int // in active; -1: parked
	// parked Pods
	helpedBy Change    // what has to happen
	hopeful  bool      // it happened since it was parked
	backOff  time.Time // not before
	parkedAt time.Time
}

func newQueue() *queue {
	return &queue{entries: map[client.Key]*waiting{}, parked: map[client.Key]*waiting{}}
}

// set adds a Pod or takes note of its change. A change of a parked Pod makes
// it hopeful: it may ask for less now.
func (q *queue) set(pod *Pod) {
	w := q.entries[pod.Key]
	if w == nil {
		q.arrivals++
		w = &waiting{pod: pod, arrival: q.arrivals, index: -1}
		q.entries[pod.Key] = w
		heap.Push(&q.active, w)
		return
	}
	w.pod = pod
	if w.index >= 0 {
		heap.Fix(&q.active, w.index)
		return
	}
	w.hopeful, q.due = true, time.Time{}
}

func (q *queue) remove(key client.Key) {
	w := q.entries[key]
	if w == nil {
		return
	}
	if w.index >= 0 {
		heap.Remove(&q.active, w.index)
	}
	delete(q.entries, key)
	delete(q.parked, key)
}

// pop takes the next Pod for an attempt; it stays known until removed.
func (q *queue) pop() (*waiting, bool) {
	if len(q.active) == 0 {
		return nil, false
	}
	w := heap.Pop(&q.active).(*waiting)
	w.attempts++
	return w, true
}

// park sets a Pod aside after an attempt that failed, until one of some changes
// happens. Without any only its back-off has to pass, as after an error that was
// not about the cluster.
func (q *queue) park(w *waiting, now time.Time, until Change) {
	if q.entries[w.pod.Key] != w || w.index >= 0 {
		return // gone meanwhile, or replaced by another of its name
	}
	w.helpedBy, w.hopeful, w.parkedAt = until, until == 0, now
	back := firstBackOff << min(w.attempts-1, 10)
	w.backOff = now.Add(min(back, maxBackOff))
	q.parked[w.pod.Key], q.due = w, time.Time{}
}

// hope makes those parked Pods hopeful that a change may help.
func (q *queue) hope(change Change) {
	for _, w := range q.parked {
		if !w.hopeful && w.helpedBy&change != 0 {
			w.hopeful, q.due = true, time.Time{}
		}
	}
}

// promote makes parked Pods active whose time has come, and returns when it
// will come for the next; zero: for none.
func (q *queue) promote(now time.Time) (next time.Time) {
	if len(q.parked) == 0 {
		return time.Time{}
	}
	if now.Before(q.due) {
		return q.due
	}
	q.due = time.Time{}
	for key, w := range q.parked {
		at := w.parkedAt.Add(stuckAfter)
		if w.hopeful {
			at = w.backOff
		}
		if !now.Before(at) {
			delete(q.parked, key)
			heap.Push(&q.active, w)
		} else if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	q.due = next
	return next
}

type activeHeap []*waiting

func (h activeHeap) Len() int { return len(h) }
func (h activeHeap) Less(i, j int) bool {
	if a, b := h[i].pod.Priority, h[j].pod.Priority; a != b {
		return a > b
	}
	return h[i].arrival < h[j].arrival
}
func (h activeHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *activeHeap) Push(x any) {
	w := x.(*waiting)
	w.index = len(*h)
	*h = append(*h, w)
}
func (h *activeHeap) Pop() any {
	old := *h
	w := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	w.index = -1
	return w
}
