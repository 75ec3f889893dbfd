package main

import (
	"context"
	"os"
	"runtime/debug"
	"time"

	"github.com/kubenucleus/nucleus/examples/internal/pages"
)

const (
	// garbage is how much may gather, in percent of what is in use: a node's memory is
	// for Pods, and a kubelet has little to do.
	garbage = 50
	// releaseEvery is how often the pages of the program itself are given back.
	releaseEvery = 10 * time.Second
)

// keepSmall keeps the program small until ctx ends. Whoever sets GOGC is obeyed.
func keepSmall(ctx context.Context) error {
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	}
	ticker := time.NewTicker(releaseEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			pages.Release()
		case <-ctx.Done():
			return nil
		}
	}
}
