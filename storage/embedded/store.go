package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble"
	"github.com/kubenucleus/nucleus/storage"
)

// Store is a [storage.Store] in one directory of this machine, or in memory.
// It is safe for concurrent use.
type Store struct {
	opts Options
	dir  string // of the engine
	lock *pebble.Lock
	// fill writes what a store that is being made begins with; nil: nothing.
	fill func(eng *engine) error

	// engineMu guards eng: it is held alone while the engine is replaced, so that
	// reads wait for the next one. Who reads holds the engine's own lock.
	engineMu sync.RWMutex
	eng      *engine
	engErr   error // why eng is nil although the store is open

	// visible is the newest revision that readers may see: everything up to it
	// is durable. It is written under watchMu only, so that who holds watchMu
	// has a stable view of it and of the watchers' queues.
	visible   atomic.Int64
	compacted atomic.Int64

	watchMu  sync.Mutex
	watchers map[string]map[*watcher]struct{} // by prefix

	queue chan *write
	commitState

	// applyMu makes batches reach the engine's log one after the other, each
	// synced before the next begins: so only the last one in a log can be
	// incomplete, and damage before it is recognised as such (see scanLog).
	applyMu sync.Mutex

	compactMu sync.Mutex // one compaction at a time

	expiryKick chan struct{} // a key with a TTL was written

	closing   chan struct{} // closed by Close
	stopped   chan struct{} // closed when the committer has ended
	closeOnce sync.Once
	closeErr  error
	running   sync.WaitGroup
}

var _ storage.Store = (*Store)(nil)

// ErrInUse is returned by Open when another process has the store open.
var ErrInUse = errors.New("in use by another process")

// firstRevision is the revision of an empty store.
const firstRevision storage.Revision = 1

// Open opens the store in opts.Dir, or makes it. It fails without changing
// anything if another process has it open, if the directory holds something
// else, or if the data is damaged ([storage.ErrCorrupt], naming the file).
// The caller must Close the store.
func Open(ctx context.Context, opts Options) (*Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	opts = opts.withDefaults()
	s := &Store{
		opts:       opts,
		watchers:   make(map[string]map[*watcher]struct{}),
		queue:      make(chan *write, 1024),
		expiryKick: make(chan struct{}, 1),
		closing:    make(chan struct{}),
		stopped:    make(chan struct{}),
	}
	if err := s.openDir(ctx); err != nil {
		return nil, fmt.Errorf("open store %s: %w", opts.Dir, err)
	}
	if err := s.loadRevisions(); err != nil {
		return nil, fmt.Errorf("open store %s: %w", opts.Dir, errors.Join(err, s.closeEngine()))
	}
	s.running.Go(s.runCommitter)
	s.running.Go(s.runCompactor)
	s.running.Go(s.runExpirer)
	return s, nil
}

// loadRevisions finds where the engine's data ends.
func (s *Store) loadRevisions() error {
	compacted, err := s.readCompacted()
	if err != nil {
		return err
	}
	it, err := s.eng.db.NewIter(&pebble.IterOptions{LowerBound: []byte{tagChange}, UpperBound: []byte{tagChange + 1}})
	if err != nil {
		return engineError(err)
	}
	newest := max(firstRevision, compacted)
	if it.Last() {
		rev, err := parseChangeKey(it.Key())
		if err != nil {
			return errors.Join(err, it.Close())
		}
		newest = max(newest, rev)
	}
	if err := it.Close(); err != nil {
		return engineError(err)
	}
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	s.compacted.Store(int64(compacted))
	s.visible.Store(int64(newest))
	s.next = newest + 1
	return nil
}

func (s *Store) readCompacted() (storage.Revision, error) {
	data, closer, err := s.eng.db.Get(keyCompacted)
	if errors.Is(err, pebble.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, engineError(err)
	}
	defer closer.Close()
	if len(data) != 8 {
		return 0, damaged("compacted revision %q", data)
	}
	return storage.Revision(binary.BigEndian.Uint64(data)), nil
}

// engineForRead returns the engine, and the function that must be called when
// the read is over.
func (s *Store) engineForRead() (*engine, func(), error) {
	s.engineMu.RLock()
	if s.eng == nil {
		defer s.engineMu.RUnlock()
		if s.engErr != nil {
			return nil, nil, s.engErr
		}
		return nil, nil, storage.ErrClosed
	}
	defer s.engineMu.RUnlock()
	s.eng.use.RLock()
	return s.eng, s.eng.use.RUnlock, nil
}

// Revision returns the newest durable revision.
func (s *Store) Revision(ctx context.Context) (storage.Revision, error) {
	if err := s.usable(ctx); err != nil {
		return 0, err
	}
	return storage.Revision(s.visible.Load()), nil
}

func (s *Store) usable(ctx context.Context) error {
	select {
	case <-s.closing:
		return storage.ErrClosed
	default:
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// Close ends all watches, finishes the writes that were accepted, and waits
// until nothing of the store runs any more.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		close(s.closing)
		s.running.Wait()
		s.closeErr = s.closeEngine()
	})
	return s.closeErr
}

func (s *Store) closeEngine() error {
	s.engineMu.Lock()
	defer s.engineMu.Unlock()
	var errs []error
	if s.eng != nil {
		// With the log empty the next start has nothing to replay, and any
		// damage from now on is told from a write that was cut short.
		if s.opts.Dir != "" && s.eng.failed.Load() == nil && s.roomForWrites(0, true) == nil {
			errs = append(errs, s.eng.flush())
		}
		errs = append(errs, s.eng.close())
		s.eng = nil
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
		s.lock = nil
	}
	return errors.Join(errs...)
}

// Dir returns the directory of the store's data, or "" if it is in memory.
func (s *Store) Dir() string {
	if s.opts.Dir == "" {
		return ""
	}
	return filepath.Clean(s.opts.Dir)
}
