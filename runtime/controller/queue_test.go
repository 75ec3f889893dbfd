package controller

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func take(t *testing.T, q *Queue[string]) string {
	t.Helper()
	key, ok := q.Get(t.Context())
	require.True(t, ok)
	return key
}

func TestQueueHandsOutOnce(t *testing.T) {
	q := NewQueue[string](QueueOptions{})
	q.Add("a")
	q.Add("b")
	q.Add("a")
	assert.Equal(t, 2, q.Len())
	assert.Equal(t, "a", take(t, q))
	assert.Equal(t, "b", take(t, q))
	assert.Zero(t, q.Len())
}

func TestQueueHoldsBackWhatAWorkerHas(t *testing.T) {
	q := NewQueue[string](QueueOptions{})
	q.Add("a")
	take(t, q)
	q.Add("a")
	q.Add("a")
	assert.Zero(t, q.Len(), "a key must not be handed to two workers at once")
	q.Done("a")
	assert.Equal(t, 1, q.Len(), "what was added meanwhile must be handed out again")
	take(t, q)
	q.Done("a")
	assert.Zero(t, q.Len())
}

func TestQueueDelays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue[string](QueueOptions{})
		start := time.Now()
		q.AddAfter("late", 3*time.Second)
		q.AddAfter("early", time.Second)
		q.AddAfter("late", time.Hour)        // the earlier time counts
		q.AddAfter("early", 500*time.Second) // likewise
		assert.Equal(t, "early", take(t, q))
		assert.Equal(t, time.Second, time.Since(start))
		assert.Equal(t, "late", take(t, q))
		assert.Equal(t, 3*time.Second, time.Since(start))
		q.AddAfter("now", -1)
		assert.Equal(t, "now", take(t, q))
		assert.Equal(t, 3*time.Second, time.Since(start))
	})
}

func TestQueueWakesForAnEarlierDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue[string](QueueOptions{})
		q.AddAfter("late", time.Hour)
		start := time.Now()
		got := make(chan string)
		for range 3 {
			go func() {
				key, ok := q.Get(t.Context())
				if ok {
					got <- key
				}
			}()
		}
		synctest.Wait()
		q.AddAfter("early", time.Second)
		assert.Equal(t, "early", <-got)
		assert.Equal(t, time.Second, time.Since(start))
		assert.Equal(t, "late", <-got)
		assert.Equal(t, time.Hour, time.Since(start))
		q.ShutDown()
	})
}

func TestQueueBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue[string](QueueOptions{BaseDelay: time.Second, MaxDelay: 5 * time.Second})
		for i, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second} {
			start := time.Now()
			q.AddRateLimited("a")
			take(t, q)
			assert.Equal(t, want, time.Since(start), "try %d", i)
			assert.Equal(t, i+1, q.Failures("a"))
			q.Done("a")
		}
		q.Forget("a")
		start := time.Now()
		q.AddRateLimited("a")
		take(t, q)
		assert.Equal(t, time.Second, time.Since(start), "a forgotten key starts anew")
	})
}

func TestQueueBackOffNeverOverflows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue[string](QueueOptions{Rate: 1e9, Burst: 1e9})
		for range 100 {
			q.AddRateLimited("a")
		}
		start := time.Now()
		take(t, q)
		// The first call asked for the shortest delay, and the earlier counts.
		assert.Equal(t, 5*time.Millisecond, time.Since(start))
		q.AddRateLimited("a")
		q.Done("a")
		start = time.Now()
		take(t, q)
		assert.Equal(t, 1000*time.Second, time.Since(start))
	})
}

func TestQueueSharesARate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue[string](QueueOptions{BaseDelay: time.Millisecond, Rate: 10, Burst: 5})
		start := time.Now()
		for i := range 25 {
			q.AddRateLimited(fmt.Sprint(i))
		}
		for range 25 {
			q.Done(take(t, q))
		}
		assert.InDelta(t, 2, time.Since(start).Seconds(), 0.01, "20 beyond the burst at 10 a second")
	})
}

// Keys that fail for good, however many, leave alone the first retry of another.
func TestQueueKeysWaitForThemselves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue[string](QueueOptions{BaseDelay: time.Millisecond})
		for range 20 {
			for i := range 500 {
				q.AddRateLimited(fmt.Sprint(i))
			}
		}
		start := time.Now()
		q.AddRateLimited("new")
		for key := take(t, q); key != "new"; key = take(t, q) {
			q.Done(key)
		}
		assert.Equal(t, time.Millisecond, time.Since(start))
	})
}

func TestQueueShutDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue[string](QueueOptions{})
		q.Add("busy")
		take(t, q)
		q.Add("busy")
		q.Add("ready")
		q.AddAfter("delayed", time.Second)
		drained := make(chan error)
		go func() { drained <- q.Drain(t.Context()) }()
		synctest.Wait()
		q.Add("late")

		assert.Equal(t, "ready", take(t, q))
		q.Done("ready")
		_, ok := q.Get(t.Context())
		assert.False(t, ok, "nothing is left but what a worker has")
		q.Done("busy")
		assert.Equal(t, "busy", take(t, q), "what was added while it was busy is still handed out")
		synctest.Wait()
		select {
		case <-drained:
			t.Fatal("drained while a key was being worked on")
		default:
		}
		q.Done("busy")
		assert.NoError(t, <-drained)
		_, ok = q.Get(t.Context())
		assert.False(t, ok)
		q.ShutDown()
		assert.NoError(t, q.Drain(t.Context()))
	})
}

func TestQueueDrainGivesUp(t *testing.T) {
	q := NewQueue[string](QueueOptions{})
	q.Add("a")
	take(t, q)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(assert.AnError)
	assert.Equal(t, assert.AnError, q.Drain(ctx))
}

func TestQueueGetEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue[string](QueueOptions{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, ok := q.Get(ctx)
		assert.False(t, ok)
		q.Add("a")
		_, ok = q.Get(ctx)
		assert.False(t, ok, "an ended context gets nothing, so that the next worker can have it")
		assert.Equal(t, "a", take(t, q))
	})
}

// Whatever workers and adders do at the same time, each key is with one worker
// at a time, and every Add is followed by a hand-out that begins after it.
func TestQueueUnderLoad(t *testing.T) {
	q := NewQueue[int](QueueOptions{BaseDelay: time.Microsecond, Rate: 1e6, Burst: 1e6})
	const keys, workers, adds = 20, 8, 2000
	var state [keys]atomic.Int64 // version added
	var seen [keys]atomic.Int64  // version handled
	var busy [keys]atomic.Bool
	var wg, adders sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				k, ok := q.Get(t.Context())
				if !ok {
					return
				}
				if !busy[k].CompareAndSwap(false, true) {
					t.Errorf("key %d is with two workers", k)
				}
				seen[k].Store(state[k].Load())
				busy[k].Store(false)
				q.Done(k)
			}
		})
	}
	for range 4 {
		adders.Go(func() {
			for range adds {
				k := rand.IntN(keys)
				state[k].Add(1)
				switch rand.IntN(10) {
				case 0:
					q.AddAfter(k, time.Duration(rand.IntN(1000))*time.Microsecond)
					q.Add(k)
				case 1:
					q.AddRateLimited(k)
					q.Add(k)
				default:
					q.Add(k)
				}
			}
		})
	}
	adders.Wait()
	require.NoError(t, q.Drain(t.Context()))
	wg.Wait()
	for k := range keys {
		assert.Equal(t, state[k].Load(), seen[k].Load(), "key %d: the last Add was not followed by a hand-out", k)
	}
}

func BenchmarkQueue(b *testing.B) {
	q := NewQueue[int](QueueOptions{})
	b.ReportAllocs()
	for i := range b.N {
		q.Add(i % 1000)
		k, _ := q.Get(b.Context())
		q.Done(k)
	}
}
