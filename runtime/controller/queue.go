package controller

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Queue hands keys to workers. A key that is added again before a worker has
// taken it is handed out once; one that is added while a worker has it is
// handed out again after that worker's Done, never to two workers at once. Its
// length is bounded by the number of different keys.
//
// Keys can be added with a delay, or after a back-off that grows with each
// failure of the key. The queue starts no goroutines: delays are kept by the
// workers that wait in Get.
//
// A Queue is safe for concurrent use. Make one with [NewQueue].
type Queue[K comparable] struct {
	opts   QueueOptions
	bucket *rate.Limiter // nil: no rate that keys share

	mu       sync.Mutex
	ready    []K            // in the order of handing out
	waiting  map[K]struct{} // what ready holds, and what will be ready after Done
	busy     map[K]struct{} // handed out
	delayed  delayHeap[K]   // not due yet
	due      map[K]*delay[K]
	failures map[K]int
	closed   bool
	// wake has a token when a waiting Get should look again. Whoever takes it
	// and leaves work behind puts it back, so one token is enough for all.
	wake chan struct{}
	idle chan struct{} // closed when closed and nothing is ready or busy
}

// QueueOptions tunes a [Queue]. The zero value suits most controllers.
type QueueOptions struct {
	// BaseDelay is the back-off after a key's first failure; it doubles with
	// each further one. Zero means 5 ms: a lost race is over by then.
	BaseDelay time.Duration
	// MaxDelay is the longest back-off. Zero means 1000 s.
	MaxDelay time.Duration
	// Rate and Burst limit how many retries a second all keys may have
	// together. Zero means that each key has only its own back-off: then many that
	// fail for good do not hold up one that has just failed.
	Rate  float64
	Burst int
}

// NewQueue returns an empty queue.
func NewQueue[K comparable](opts QueueOptions) *Queue[K] {
	if opts.BaseDelay <= 0 {
		opts.BaseDelay = 5 * time.Millisecond
	}
	if opts.MaxDelay <= 0 {
		opts.MaxDelay = 1000 * time.Second
	}
	var bucket *rate.Limiter
	if opts.Rate > 0 {
		bucket = rate.NewLimiter(rate.Limit(opts.Rate), max(opts.Burst, 1))
	}
	return &Queue[K]{
		opts: opts, bucket: bucket,
		waiting: map[K]struct{}{}, busy: map[K]struct{}{}, due: map[K]*delay[K]{}, failures: map[K]int{},
		wake: make(chan struct{}, 1), idle: make(chan struct{}),
	}
}

// Add makes key ready, unless it is already.
func (q *Queue[K]) Add(key K) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.add(key)
}

func (q *Queue[K]) add(key K) {
	if q.closed {
		return
	}
	if _, ok := q.waiting[key]; ok {
		return
	}
	q.waiting[key] = struct{}{}
	if _, ok := q.busy[key]; ok {
		return // Done makes it ready
	}
	q.ready = append(q.ready, key)
	q.signal()
}

// AddAfter makes key ready once d is over. If it is delayed already, the
// earlier time counts; Add is not held up by it.
func (q *Queue[K]) AddAfter(key K, d time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if d <= 0 {
		q.add(key)
		return
	}
	if q.closed {
		return
	}
	at := time.Now().Add(d)
	if have := q.due[key]; have != nil {
		if !at.Before(have.at) {
			return
		}
		have.at = at
		heap.Fix(&q.delayed, have.index)
	} else {
		item := &delay[K]{key: key, at: at}
		q.due[key] = item
		heap.Push(&q.delayed, item)
	}
	if q.delayed[0].key == key {
		q.signal() // whoever waits, waits for a later one
	}
}

// AddRateLimited makes key ready after a back-off that doubles with each call
// until Forget, and not before the shared rate, if there is one, allows it.
func (q *Queue[K]) AddRateLimited(key K) {
	q.mu.Lock()
	n := q.failures[key]
	if !q.closed {
		q.failures[key] = n + 1
	}
	q.mu.Unlock()

	d := q.opts.MaxDelay
	// Beyond 62 doublings even a nanosecond does not fit.
	if n < 62 && q.opts.BaseDelay <= q.opts.MaxDelay>>n {
		d = q.opts.BaseDelay << n
	}
	if q.bucket != nil {
		now := time.Now()
		d = max(d, q.bucket.ReserveN(now, 1).DelayFrom(now))
	}
	q.AddAfter(key, d)
}

// Forget ends key's back-off; call it when key was handled well.
func (q *Queue[K]) Forget(key K) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.failures, key)
}

// Failures returns how often key was added with AddRateLimited since it was
// last forgotten.
func (q *Queue[K]) Failures(key K) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.failures[key]
}

// Len returns how many keys are ready.
func (q *Queue[K]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.promote(time.Now())
	return len(q.ready)
}

// Get waits for a key and hands it out; the caller must call Done with it. ok
// is false when ctx has ended, or when the queue is shut down and empty.
func (q *Queue[K]) Get(ctx context.Context) (key K, ok bool) {
	for {
		if ctx.Err() != nil {
			return key, false
		}
		q.mu.Lock()
		now := time.Now()
		q.promote(now)
		if len(q.ready) > 0 {
			key = q.ready[0]
			var zero K
			q.ready[0] = zero
			q.ready = q.ready[1:]
			delete(q.waiting, key)
			q.busy[key] = struct{}{}
			if len(q.ready) > 0 || len(q.delayed) > 0 || q.closed {
				q.signal()
			}
			q.mu.Unlock()
			return key, true
		}
		if q.closed {
			q.signal() // for the next one who waits
			q.mu.Unlock()
			return key, false
		}
		var timer <-chan time.Time
		if len(q.delayed) > 0 {
			timer = time.After(q.delayed[0].at.Sub(now))
		}
		q.mu.Unlock()

		select {
		case <-ctx.Done():
			q.mu.Lock()
			q.signal() // the token may have been meant for us
			q.mu.Unlock()
			return key, false
		case <-q.wake:
		case <-timer:
		}
	}
}

// Done says that the caller of Get is through with key.
func (q *Queue[K]) Done(key K) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.busy, key)
	if _, ok := q.waiting[key]; ok {
		q.ready = append(q.ready, key)
		q.signal()
	}
	q.settle()
}

// ShutDown makes the queue take no more keys and drops those that are delayed.
// Get goes on to hand out what is ready, then says false. It is safe to call
// twice.
func (q *Queue[K]) ShutDown() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.delayed, q.due, q.failures = nil, map[K]*delay[K]{}, map[K]int{}
	q.signal()
	q.settle()
}

// Drain shuts the queue down and waits until everything that was ready has
// been handed out and is Done, or until ctx ends.
func (q *Queue[K]) Drain(ctx context.Context) error {
	q.ShutDown()
	select {
	case <-q.idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (q *Queue[K]) settle() {
	if !q.closed || len(q.ready) > 0 || len(q.busy) > 0 {
		return
	}
	select {
	case <-q.idle:
	default:
		close(q.idle)
	}
}

// promote makes ready what has become due.
func (q *Queue[K]) promote(now time.Time) {
	for len(q.delayed) > 0 && !q.delayed[0].at.After(now) {
		item := heap.Pop(&q.delayed).(*delay[K])
		delete(q.due, item.key)
		q.add(item.key)
	}
}

func (q *Queue[K]) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// delay is a key that becomes ready at a time.
type delay[K comparable] struct {
	key   K
	at    time.Time
	index int
}

// delayHeap keeps delays with the earliest first, for container/heap.
type delayHeap[K comparable] []*delay[K]

func (h delayHeap[K]) Len() int           { return len(h) }
func (h delayHeap[K]) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h delayHeap[K]) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *delayHeap[K]) Push(x any) {
	item := x.(*delay[K])
	item.index = len(*h)
	*h = append(*h, item)
}

func (h *delayHeap[K]) Pop() any {
	old := *h
	item := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return item
}
