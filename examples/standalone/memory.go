package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// headroom is how much garbage may gather beyond what is in use. By default
	// Go lets it grow to as much again as is in use, which with large caches is
	// far more than saves any work: most of them is bytes, in which the collector
	// has nothing to look for.
	headroom = 32 << 20
	// leastPercent keeps the collector from running all the time when very much
	// is in use.
	leastPercent = 15
	usualPercent = 100
	// startTime is how long the API server takes to start; releaseEvery is how often
	// the pages of the program are given back from then on. What is in use comes back
	// in less than a millisecond.
	startTime, releaseEvery = time.Second, 10 * time.Second
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
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	percent := usualPercent
	defer debug.SetGCPercent(usualPercent)
	for {
		metrics.Read(samples)
		if samples[0].Value.Kind() == metrics.KindUint64 { // or a Go that does not tell
			if next := percentFor(samples[0].Value.Uint64()); next != percent {
				percent = next
				debug.SetGCPercent(percent)
			}
		}
		select {
		case <-ticker.C:
		case <-release.C:
			releaseProgram()
			release.Reset(releaseEvery)
		case <-ctx.Done():
			return nil
		}
	}
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
