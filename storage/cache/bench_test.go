package cache

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

// fillBench makes a cache of n objects of about 1.5 KB.
func fillBench(b *testing.B, n int, opts Options) *fixture {
	b.Helper()
	opts.Budget = NewBudget(256 << 20)
	f := start(b, nil, opts)
	for i := range n {
		f.create(fmt.Sprintf("ns%02d/%05d", i%10, i), storedWidget{Node: strings.Repeat("n", 1500), Size: i})
	}
	require.NoError(b, f.cache.WaitFor(f.ctx, f.snapshot(Latest()).Revision()))
	b.ReportAllocs()
	b.ResetTimer()
	return f
}

// BenchmarkList reads 10,000 objects that have been read before.
func BenchmarkList(b *testing.B) {
	f := fillBench(b, 10000, Options{})
	read := func() (n int64) {
		for o := range f.snapshot(Latest()).Ascend(prefix, "") {
			data, err := o.Form(asJSON)
			if err != nil {
				b.Fatal(err)
			}
			n += int64(len(data))
		}
		return n
	}
	b.SetBytes(read())
	for b.Loop() {
		read()
	}
}

// BenchmarkPage reads 500 of 10,000, from the middle, and counts the rest.
func BenchmarkPage(b *testing.B) {
	f := fillBench(b, 10000, Options{})
	s := f.snapshot(Latest())
	after := fmt.Sprintf("%sns05/%05d", prefix, 5005)
	for b.Loop() {
		n := 0
		for range s.Ascend(prefix, after) {
			if n++; n == 500 {
				break
			}
		}
		if s.Count(prefix, after) < 500 {
			b.Fatal("too few")
		}
	}
}

// BenchmarkGet is a consistent read of one object.
func BenchmarkGet(b *testing.B) {
	f := fillBench(b, 10000, Options{})
	key := fmt.Sprintf("%sns05/%05d", prefix, 5005)
	for b.Loop() {
		o, _, err := f.cache.Get(f.ctx, Latest(), key)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := o.Form(asJSON); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCreate is a write through the store until the cache can be read: in
// memory, without a snapshot and with one after each write.
func BenchmarkCreate(b *testing.B) {
	for _, withSnapshot := range []bool{false, true} {
		b.Run(fmt.Sprintf("snapshot=%t", withSnapshot), func(b *testing.B) {
			f := fillBench(b, 1000, Options{})
			value := storedWidget{Node: strings.Repeat("n", 1500)}.bytes()
			i := 0
			for b.Loop() {
				i++
				rev, err := f.store.Create(f.ctx, fmt.Sprintf("%snew/%08d", prefix, i), value, 0)
				if err != nil {
					b.Fatal(err)
				}
				if err := f.cache.WaitFor(f.ctx, rev); err != nil {
					b.Fatal(err)
				}
				if withSnapshot {
					f.snapshot(Any())
				}
			}
		})
	}
}

// BenchmarkFanOut is one update seen, as JSON, by 200 watchers of everything,
// beside 10,000 watchers of other names. The time is that of one update; divide
// by 200 for an event.
func BenchmarkFanOut(b *testing.B) {
	const watchers, idle = 200, 10000
	f := fillBench(b, 1000, Options{})
	ctx, stop := context.WithCancel(f.ctx)
	var wg sync.WaitGroup
	var seen atomic.Int64
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	initial := Any()
	var began sync.WaitGroup
	began.Add(idle)
	for i := range idle {
		wg.Go(func() {
			for ev := range f.cache.Watch(ctx, 0, WatchOptions{Key: fmt.Sprintf("%snone/%d", prefix, i), Bookmarks: true, Initial: &initial}) {
				if ev.Type == InitialEventsEnd {
					began.Done()
				}
			}
		})
	}
	began.Wait()
	runtime.GC()
	runtime.ReadMemStats(&after)
	idleBytes := float64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse) / idle
	from := f.cache.Revision()
	round := make(chan struct{}, 1)
	for range watchers {
		wg.Go(func() {
			for ev, err := range f.cache.Watch(ctx, from, WatchOptions{}) {
				if err != nil {
					return
				}
				if _, err := ev.Object.Form(asJSON); err != nil {
					b.Error(err)
				}
				if seen.Add(1)%watchers == 0 {
					round <- struct{}{}
				}
			}
		})
	}
	value := storedWidget{Node: strings.Repeat("n", 1500)}.bytes()
	for b.Loop() {
		if _, err := f.store.Update(f.ctx, prefix+"ns00/00000", 0, value, 0); err != nil {
			b.Fatal(err)
		}
		<-round
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*watchers), "ns/event")
	b.ReportMetric(idleBytes, "B/idle-watcher")
	stop()
	wg.Wait()
}

// BenchmarkMemory reports what an object costs beside its stored bytes.
func BenchmarkMemory(b *testing.B) {
	const n = 100000
	kind := &kind{codec: widgetCodec(new(counts)), budget: NewBudget(0)}
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := newSnapshot(1, prefix, nil)
		for i := range n {
			s.put(kind.object(&storage.KV{Key: fmt.Sprintf("%sns%02d/%08d", prefix, i%10, i), Value: make([]byte, 1024)}))
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n-1024, "overhead-B/object")
		runtime.KeepAlive(s)
	}
}
