package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/kubenucleus/nucleus/examples/internal/pages"
)

const (
	// headroom is how much garbage may gather beyond what is in use. By default
	// Go lets it grow to as much again as is in use, which with large caches is
	// far more than saves any work: most of them is bytes, in which the collector
	// has nothing to look for.
	headroom = 32 << 20
	// leastPercent keeps the collector from running all the time when very much
	// is in use: with 100,000 Pods and less it takes a fifth of the CPU time of writes.
	leastPercent = 25
	usualPercent = 100
	// startTime is how long the API server takes to start; releaseEvery is how often
	// the pages of the program are given back from then on. What is in use comes back
	// in less than a millisecond.
	startTime, releaseEvery = time.Second, 10 * time.Second
	mostToTidy              = 512 << 20
)

// boundGarbage adjusts the garbage collector to what is in use, until ctx ends.
// Whoever sets GOGC is obeyed.
func boundGarbage(ctx context.Context) error {
	if os.Getenv("GOGC") != "" {
		<-ctx.Done()
		return nil
	}
	ticker := time.NewTicker(500 * time.Millisecond)
	defer ticker.Stop()
	release := time.NewTimer(startTime)
	defer release.Stop()
	heap := heapState{}
	percent := usualPercent
	defer debug.SetGCPercent(usualPercent)
	before := heap.read()
	tidied := heapState{}
	for {
		now := heap.read()
		if next := percentFor(now.live); next != percent {
			percent = next
			debug.SetGCPercent(percent)
		}
		select {
		case <-ticker.C:
		case <-release.C:
			pages.Release()
			if now.restsAfter(before, tidied) {
				debug.FreeOSMemory()
				now = heap.read()
				tidied = now
			}
			before = now
			release.Reset(releaseEvery)
		case <-ctx.Done():
			return nil
		}
	}
}

// heapState is what the runtime tells of the heap, in bytes; zeros from a Go that
// does not tell.
type heapState struct {
	live      uint64 // in use when the collector ran last
	allocated uint64 // ever
	cycles    uint64 // of the collector
}

func (heapState) read() heapState {
	samples := [...]metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(samples[:])
	var values [len(samples)]uint64
	for i, s := range samples {
		if s.Value.Kind() == metrics.KindUint64 {
			values[i] = s.Value.Uint64()
		}
	}
	return heapState{live: values[0], allocated: values[1], cycles: values[2]}
}

// restsAfter says that a burst of work is over: there has been some since the heap was
// tidied, and since before so little that the collector did not run. Then what it has
// left is given back at once, not in minutes. Very large heaps take too long to look
// through for that.
func (h heapState) restsAfter(before, tidied heapState) bool {
	return h.cycles == before.cycles && h.allocated-tidied.allocated > headroom/4 && h.live > headroom && h.live < mostToTidy
}

// percentFor returns the GOGC that gives headroom over what is in use.
func percentFor(inUse uint64) int {
	if inUse == 0 {
		return usualPercent
	}
	// In steps of 5: each change stops the program for a moment.
	percent := int(headroom*100/inUse) / 5 * 5
	return min(max(percent, leastPercent), usualPercent)
}
