package embedded

import (
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/vfs"
)

// Options tunes a [Store]. The zero value keeps everything in memory and
// forgets it at Close.
type Options struct {
	// Dir is the directory of the data; it is created if missing. Empty means
	// memory only.
	Dir string
	// Logger gets what the operator should know; nil means slog.Default().
	Logger *slog.Logger
	// NoSync acknowledges writes before they are on disk. A crash of the
	// process then loses nothing, a crash of the machine may lose the last
	// writes. For tests and throw-away data.
	NoSync bool
	// CompactAfter is how long history is kept for reads of the past and for
	// watches that resume. Zero means 5 minutes; negative means that only
	// Compact drops anything.
	CompactAfter time.Duration
	// MaxHistory is how many changes are kept at most, whatever their age, to
	// bound the disk space under a flood of writes. Zero means 500,000.
	MaxHistory int64
	// ReserveBytes is how much of the disk stays free: below it writes are
	// refused with storage.ErrNoSpace, because the engine needs room to tidy
	// up. Zero means 64 MiB, or an eighth of a file system that is smaller
	// than 512 MiB.
	ReserveBytes int64
	// CacheBytes is the memory for blocks read from disk. Zero means 8 MiB:
	// the watch cache above answers reads, the store mostly serves writes.
	CacheBytes int64

	// For tests.
	now       func() time.Time
	fs        vfs.FS
	freeSpace func(dir string) (free, total int64, err error)
	// memTableBytes is how much the engine collects in memory before it makes a
	// table of it, and begins another log.
	memTableBytes int
}

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.CompactAfter == 0 {
		o.CompactAfter = 5 * time.Minute
	}
	if o.MaxHistory == 0 {
		o.MaxHistory = 500_000
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 8 << 20
	}
	if o.memTableBytes == 0 {
		o.memTableBytes = 4 << 20
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.fs == nil {
		if o.Dir == "" {
			o.fs = vfs.NewMem()
			o.NoSync = true
		} else {
			o.fs = vfs.Default
		}
	}
	if o.freeSpace == nil {
		o.freeSpace = freeSpace
		if o.Dir == "" {
			o.freeSpace = func(string) (int64, int64, error) { return 1 << 60, 1 << 60, nil }
		}
	}
	return o
}
