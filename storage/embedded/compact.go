package embedded

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/kubenucleus/nucleus/storage"
)

// compactChunk is how many changes are dropped in one batch: small enough that
// writes do not notice.
const compactChunk = 1000

// Compact forgets what was before rev.
func (s *Store) Compact(ctx context.Context, rev storage.Revision) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.compactMu.Lock()
	defer s.compactMu.Unlock()
	eng, done, err := s.engineForRead()
	if err != nil {
		return err
	}
	defer done()
	if rev > storage.Revision(s.visible.Load()) {
		return s.revisionError(rev, storage.ErrFutureRevision)
	}
	if rev <= storage.Revision(s.compacted.Load()) {
		return nil
	}
	// The mark first: readers of older revisions must be refused before
	// anything is missing. After a crash the mark and the deletions are there
	// up to some point, in this order, and the next compaction does the rest.
	b := eng.db.NewBatch()
	defer eng.release(b)
	if err := b.Set(keyCompacted, binary.BigEndian.AppendUint64(nil, uint64(rev)), nil); err != nil {
		return engineError(err)
	}
	if err := s.applyInTurn(eng, b); err != nil {
		return err
	}
	s.compacted.Store(int64(rev))
	for {
		more, err := s.compactSome(ctx, eng, rev)
		if err != nil || !more {
			return err
		}
	}
}

// compactSome drops the changes of up to compactChunk revisions, oldest first:
// the version that each change replaced, a deletion's own mark, the change.
func (s *Store) compactSome(ctx context.Context, eng *engine, rev storage.Revision) (more bool, err error) {
	if err := s.usable(ctx); err != nil {
		return false, err
	}
	it, err := eng.db.NewIter(&pebble.IterOptions{LowerBound: []byte{tagChange}, UpperBound: appendChangeKey(nil, rev+1)})
	if err != nil {
		return false, engineError(err)
	}
	open := true
	finish := func() (err error) {
		if open {
			open, err = false, eng.finish(it)
		}
		return err
	}
	defer finish()
	b := eng.db.NewBatch()
	defer eng.release(b)
	var buf []byte
	n := 0
	for ok := it.First(); ok && n < compactChunk; ok = it.Next() {
		n++
		at, err := parseChangeKey(it.Key())
		if err != nil {
			return false, err
		}
		data, err := it.ValueAndErr()
		if err != nil {
			return false, engineError(err)
		}
		ch, err := parseChange(data)
		if err != nil {
			return false, err
		}
		var errs [3]error
		if ch.prev != 0 {
			buf = appendVersionKey(buf[:0], string(ch.key), ch.prev)
			errs[0] = b.Delete(buf, nil)
		}
		if ch.tombstone {
			buf = appendVersionKey(buf[:0], string(ch.key), at)
			errs[1] = b.Delete(buf, nil)
		}
		errs[2] = b.Delete(it.Key(), nil)
		if err := errors.Join(errs[:]...); err != nil {
			return false, engineError(err)
		}
	}
	if err := errors.Join(it.Error(), finish()); err != nil {
		return false, engineError(err)
	}
	if n == 0 {
		return false, nil
	}
	return n == compactChunk, s.applyInTurn(eng, b)
}

func (s *Store) applyInTurn(eng *engine, b *pebble.Batch) error {
	s.applyMu.Lock()
	defer s.applyMu.Unlock()
	return eng.apply(b, !s.opts.NoSync)
}

// compaction remembers which revision was current when.
type compaction struct {
	samples []compactionSample
}

type compactionSample struct {
	at  time.Time
	rev storage.Revision
}

// due notes the newest revision, and returns the one to compact at (0: none):
// the newest that was already there keep ago, or the one that leaves maxHistory.
func (c *compaction) due(now time.Time, newest storage.Revision, keep time.Duration, maxHistory int64) storage.Revision {
	var rev storage.Revision
	c.samples = append(c.samples, compactionSample{now, newest})
	for len(c.samples) > 0 && now.Sub(c.samples[0].at) >= keep {
		rev = c.samples[0].rev
		c.samples = c.samples[1:]
	}
	return max(rev, newest-storage.Revision(maxHistory))
}

func (s *Store) runCompactor() {
	if s.opts.CompactAfter < 0 {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ticker := time.NewTicker(min(max(s.opts.CompactAfter/10, 10*time.Millisecond), 30*time.Second))
	defer ticker.Stop()
	var c compaction
	for {
		select {
		case <-ticker.C:
		case <-s.closing:
			return
		}
		rev := c.due(s.opts.now(), storage.Revision(s.visible.Load()), s.opts.CompactAfter, s.opts.MaxHistory)
		if rev <= storage.Revision(s.compacted.Load()) {
			continue
		}
		if err := s.Compact(ctx, rev); err != nil && !errors.Is(err, storage.ErrClosed) {
			s.opts.Logger.Warn("compact store", "revision", rev, "error", err)
		}
	}
}
