package embedded

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/kubenucleus/nucleus/storage"
)

// engine is an open Pebble database and what went wrong with it. Pebble takes
// some failures for the end of the process: it reports them through Logger.Fatalf,
// which must not return, or it panics. Here they are the end of the engine only,
// and the Store opens another one on the same files:
//
//   - After a commit that failed the database is still whole. Nothing is
//     acknowledged from then on, and it is closed.
//   - After anything else (a table, a log or the list of files that could not be
//     written) its goroutines and locks are in no good state. It is dead: what
//     failed stays where it is, the fence keeps everything from the disk that it
//     may still do, and it is never closed.
//
// Whatever may fail so runs on a goroutine of the engine's own, which may be left
// behind.
type engine struct {
	db     *pebble.DB
	fence  *fence
	failed atomic.Pointer[error]
	log    *slog.Logger

	// use is held shared by those who read. An engine is closed when nobody does.
	use  sync.RWMutex
	work chan func()   // for the engine's own goroutine; closed by close
	dead chan struct{} // closed when the engine is dead
	once sync.Once
	// panicked, when it is dead, says that it was not told of a failure but found
	// what it had not thought of.
	panicked bool

	// failing is since when no table could be written; zero: the last one could.
	// It belongs to the engine's lock.
	failing time.Time
}

// engineOptions are the settings that were measured (see BenchmarkEngine): no
// compression, because snappy cost more CPU than everything else together and
// the disk is cheaper; memtables of 4 MiB, where larger ones gained nothing.
func (e *engine) options(o *Options, cache *pebble.Cache, readOnly bool) *pebble.Options {
	opts := &pebble.Options{
		FS:                 o.fs,
		Cache:              cache,
		FormatMajorVersion: pebble.FormatNewest,
		MemTableSize:       uint64(o.memTableBytes),
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
	listener := pebble.EventListener{
		BackgroundError: e.cannotTidyUp,
		FlushEnd:        func(f pebble.FlushInfo) { e.tidiedUp(f.Err) },
		CompactionEnd:   func(c pebble.CompactionInfo) { e.tidiedUp(c.Err) },
	}
	listener.EnsureDefaults(nil)
	listener.WALCreated, listener.WALDeleted = func(pebble.WALCreateInfo) {}, func(pebble.WALDeleteInfo) {}
	opts.EventListener = &listener
	return opts
}

// openEngine opens the database in dir, whose lock the caller holds. A panic of
// the engine on damaged files comes back as an error.
func openEngine(dir string, o *Options, readOnly, mustExist bool) (*engine, error) {
	e := &engine{log: o.Logger, fence: newFence(o.fs), work: make(chan func()), dead: make(chan struct{})}
	go e.run()
	cache := pebble.NewCache(o.CacheBytes)
	defer cache.Unref() // the database holds its own reference
	opts := e.options(o, cache, readOnly)
	opts.FS = e.fence
	opts.ErrorIfNotExists = mustExist
	var db *pebble.DB
	if err := e.do(func() (err error) { db, err = pebble.Open(dir, opts); return err }); err != nil {
		if e.isDead() {
			err = fmt.Errorf("open store engine: %w", err)
			if e.panicked && !isRefused(err) {
				err = fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
			}
		} else {
			close(e.work)
		}
		return nil, engineError(err)
	}
	e.db = db
	if failed := e.failed.Load(); failed != nil {
		_ = e.close()
		return nil, *failed
	}
	return e, nil
}

// run does the work of the engine's goroutine.
func (e *engine) run() {
	defer func() {
		if p := recover(); p != nil {
			err, ok := p.(error)
			if !ok {
				err = fmt.Errorf("%v", p)
			}
			e.panicked = true
			e.die(err)
		}
	}()
	for {
		select {
		case f, ok := <-e.work:
			if !ok {
				return
			}
			f()
		case <-e.dead:
			return
		}
	}
}

// do runs f on the engine's goroutine. If that dies, so that f never returns,
// the error is why.
func (e *engine) do(f func() error) error {
	result := make(chan error, 1)
	select {
	case e.work <- func() { result <- f() }:
	case <-e.dead:
		return *e.failed.Load()
	}
	select {
	case err := <-result:
		return err
	case <-e.dead:
	}
	select { // both may have come
	case err := <-result:
		return err
	default:
		return *e.failed.Load()
	}
}

// die declares the engine dead.
func (e *engine) die(err error) {
	e.once.Do(func() {
		err = engineError(fmt.Errorf("store engine: %w", err))
		e.failed.CompareAndSwap(nil, &err)
		e.fence.close()
		close(e.dead)
	})
	e.log.Error("store engine failed; another will be opened", "error", err)
}

func (e *engine) isDead() bool {
	select {
	case <-e.dead:
		return true
	default:
		return false
	}
}

// failure is why the engine cannot be used for writes any more, or nil.
func (e *engine) failure() error {
	if failed := e.failed.Load(); failed != nil {
		return *failed
	}
	return nil
}

// apply commits b, durably if sync, or says why not. After an error it is not
// known whether b will be there when the database is next opened. Callers must
// have closed their iterators: the engine may die, and then they may be stuck.
func (e *engine) apply(b *pebble.Batch, sync bool) error {
	opts := pebble.NoSync
	if sync {
		opts = pebble.Sync
	}
	err := e.do(func() error { return b.Commit(opts) })
	if failed := e.failure(); failed != nil {
		return failed
	}
	return engineError(err)
}

// release gives a batch back, unless a dead engine may still be at it.
func (e *engine) release(b *pebble.Batch) {
	if !e.isDead() {
		_ = b.Close()
	}
}

// finish closes an iterator of a caller's, unless the engine is dead: it might
// wait for a lock of it for ever.
func (e *engine) finish(it io.Closer) error {
	if e.isDead() {
		return nil
	}
	return engineError(it.Close())
}

// flush writes what is in memory and in logs to tables.
func (e *engine) flush() error { return engineError(e.do(e.db.Flush)) }

// close ends the engine when nobody reads from it any more. A dead one it leaves
// behind, only its files are closed, if nobody reads from them.
func (e *engine) close() error {
	if e.isDead() {
		if e.use.TryLock() {
			e.fence.closeFiles()
			e.use.Unlock()
		}
		return nil
	}
	e.use.Lock()
	defer e.use.Unlock()
	err := e.do(e.db.Close)
	if e.isDead() {
		return err
	}
	close(e.work)
	return err
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

const (
	tidyUpPause  = 20 * time.Millisecond
	tidyUpWithin = 2 * time.Second
)

// cannotTidyUp is called when a table could not be written, with the engine's
// lock held. The engine tries again at once and for ever, and writes wait for it
// once memory is full. So it is slowed down, and given up after two seconds: then
// writes fail, and say why.
func (e *engine) cannotTidyUp(err error) {
	if e.isDead() {
		select {} // see Fatalf
	}
	now := time.Now()
	switch {
	case e.failing.IsZero():
		e.failing = now
		e.log.Warn("store engine cannot tidy up", "error", err)
	case now.Sub(e.failing) > tidyUpWithin:
		e.die(err)
		select {}
	}
	time.Sleep(tidyUpPause)
}

// tidiedUp is called after each attempt.
func (e *engine) tidiedUp(err error) {
	if err == nil {
		e.failing = time.Time{}
	}
}

// Infof drops the engine's diary.
func (e *engine) Infof(string, ...any) {}

// Errorf passes on what the engine complains about.
func (e *engine) Errorf(format string, args ...any) {
	e.log.Warn("store engine: " + fmt.Sprintf(format, args...))
}

// Fatalf must not return, says Pebble. The goroutine that calls it stays here for
// ever, with the locks that it holds, so that no other finds the database in the
// state in which it was left. There are two exceptions: that a commit failed,
// after which the database is still whole, and a caller of the Store that reads,
// who may go on.
func (e *engine) Fatalf(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	for _, a := range args { // the format verb may have lost the error's chain
		if cause, ok := a.(error); ok {
			err = cause
		}
	}
	if strings.HasPrefix(format, "pebble: fatal commit error") {
		err = engineError(fmt.Errorf("store engine: %w", err))
		e.failed.CompareAndSwap(nil, &err)
		e.log.Error("store engine failed", "error", err)
		return
	}
	e.die(err)
	if !insideStore() {
		select {}
	}
}

// insideStore says whether this is the goroutine of a caller of the Store.
func insideStore() bool {
	var pcs [64]uintptr
	frames := goruntime.CallersFrames(pcs[:goruntime.Callers(2, pcs[:])])
	for {
		frame, more := frames.Next()
		if strings.Contains(frame.Function, "/storage/embedded.(*Store).") {
			return true
		}
		if !more {
			return false
		}
	}
}
