package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"syscall"

	"github.com/cockroachdb/pebble"
	"github.com/kubenucleus/nucleus/storage"
)

// engine is an open Pebble database and what went wrong with it. Pebble reports
// a failed commit or manifest write only through Logger.Fatalf and expects the
// process to end; here the failure is noted instead, nothing is acknowledged
// from then on, and the Store opens the database anew.
type engine struct {
	db     *pebble.DB
	failed atomic.Pointer[error]
	log    *slog.Logger
}

// engineOptions are the settings that were measured (see BenchmarkEngine): no
// compression, because snappy cost more CPU than everything else together and
// the disk is cheaper; memtables of 4 MiB, where larger ones gained nothing.
func (e *engine) options(o *Options, cache *pebble.Cache, readOnly bool) *pebble.Options {
	opts := &pebble.Options{
		FS:                 o.fs,
		Cache:              cache,
		FormatMajorVersion: pebble.FormatNewest,
		MemTableSize:       4 << 20,
		MaxOpenFiles:       256,
		DisableWAL:         o.Dir == "" && !readOnly,
		ReadOnly:           readOnly,
		Logger:             e,
		Levels:             make([]pebble.LevelOptions, 7),
	}
	for i := range opts.Levels {
		opts.Levels[i].Compression = pebble.NoCompression
		// Files grow from level to level, so that a large store does not
		// consist of ten thousands of small ones.
		opts.Levels[i].TargetFileSize = 2 << 20 << min(i, 4)
		opts.Levels[i].BlockSize = 8 << 10
	}
	listener := pebble.EventListener{BackgroundError: func(err error) {
		e.log.Warn("store engine cannot tidy up", "error", err)
	}}
	listener.EnsureDefaults(nil)
	listener.WALCreated, listener.WALDeleted = func(pebble.WALCreateInfo) {}, func(pebble.WALDeleteInfo) {}
	opts.EventListener = &listener
	return opts
}

// openEngine opens the database in dir. A panic of the engine on damaged files
// comes back as an error.
func openEngine(dir string, o *Options, lock *pebble.Lock, readOnly, mustExist bool) (e *engine, err error) {
	e = &engine{log: o.Logger}
	cache := pebble.NewCache(o.CacheBytes)
	defer cache.Unref() // the database holds its own reference
	defer func() {
		if p := recover(); p != nil {
			e, err = nil, damaged("%v", p)
		}
	}()
	opts := e.options(o, cache, readOnly)
	opts.ErrorIfNotExists = mustExist
	opts.Lock = lock
	if e.db, err = pebble.Open(dir, opts); err != nil {
		return nil, engineError(err)
	}
	if failed := e.failed.Load(); failed != nil {
		_ = e.db.Close()
		return nil, *failed
	}
	return e, nil
}

// apply commits b, durably if sync, or says why not. After an error it is not
// known whether b will be there when the database is next opened.
func (e *engine) apply(b *pebble.Batch, sync bool) error {
	opts := pebble.NoSync
	if sync {
		opts = pebble.Sync
	}
	err := b.Commit(opts)
	if failed := e.failed.Load(); failed != nil {
		return *failed
	}
	return engineError(err)
}

func (e *engine) close() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("close store engine: %v", p)
		}
	}()
	return e.db.Close()
}

// engineError gives the engine's errors the names of package storage.
func engineError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, storage.ErrCorrupt), errors.Is(err, storage.ErrNoSpace):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", storage.ErrNoSpace, err)
	case errors.Is(err, pebble.ErrCorruption):
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	}
	return err
}

// Infof drops the engine's diary.
func (e *engine) Infof(string, ...any) {}

// Errorf passes on what the engine complains about.
func (e *engine) Errorf(format string, args ...any) {
	e.log.Warn("store engine: " + fmt.Sprintf(format, args...))
}

// Fatalf notes the failure; see engine.
func (e *engine) Fatalf(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	for _, a := range args { // the format verb may have lost the error's chain
		if cause, ok := a.(error); ok {
			err = engineError(fmt.Errorf("store engine: %w", cause))
		}
	}
	e.failed.CompareAndSwap(nil, &err)
	e.log.Error("store engine failed", "error", err)
}
