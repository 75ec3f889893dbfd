package embedded

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/cockroachdb/pebble/vfs"
	"github.com/kubenucleus/nucleus/storage"
)

type writeOp uint8

const (
	opCreate writeOp = iota
	opUpdate
	opDelete
	opExpire // a deletion by the store itself; prev is the version that expired
)

func (o writeOp) String() string {
	return [...]string{"create", "update", "delete", "expire"}[o]
}

// write is a request to the committer, and its answer.
type write struct {
	ctx   context.Context
	op    writeOp
	key   string
	value []byte
	prev  storage.Revision
	ttl   time.Duration

	rev  storage.Revision
	err  error
	done chan struct{} // closed when rev and err are set
}

// Create writes a key that must not exist.
func (s *Store) Create(ctx context.Context, key string, value []byte, ttl time.Duration) (storage.Revision, error) {
	if err := storage.CheckWrite("create", key, value); err != nil {
		return 0, err
	}
	return s.submit(&write{ctx: ctx, op: opCreate, key: key, value: value, ttl: ttl})
}

// Update writes a key that exists.
func (s *Store) Update(ctx context.Context, key string, prev storage.Revision, value []byte, ttl time.Duration) (storage.Revision, error) {
	if err := storage.CheckWrite("update", key, value); err != nil {
		return 0, err
	}
	return s.submit(&write{ctx: ctx, op: opUpdate, key: key, value: value, prev: prev, ttl: ttl})
}

// Delete removes a key.
func (s *Store) Delete(ctx context.Context, key string, prev storage.Revision) (storage.Revision, error) {
	if err := storage.CheckKey("delete", key); err != nil {
		return 0, err
	}
	return s.submit(&write{ctx: ctx, op: opDelete, key: key, prev: prev})
}

func (s *Store) submit(w *write) (storage.Revision, error) {
	if err := s.usable(w.ctx); err != nil {
		return 0, err
	}
	w.done = make(chan struct{})
	select {
	case s.queue <- w:
	case <-w.ctx.Done():
		return 0, context.Cause(w.ctx)
	case <-s.closing:
		return 0, storage.ErrClosed
	}
	select {
	case <-w.done:
		return w.rev, w.err
	case <-w.ctx.Done():
		return 0, context.Cause(w.ctx) // it may still happen
	case <-s.stopped:
	}
	select { // answered in the committer's last batch, or never seen by it
	case <-w.done:
		return w.rev, w.err
	default:
		return 0, storage.ErrClosed
	}
}

// commitState belongs to the committer goroutine alone.
type commitState struct {
	next   storage.Revision // the next change gets it
	broken error            // why the engine must be opened anew before the next write
	opened time.Time        // when it last was after it had died
	buf    []byte
	space  spaceGuard
}

const (
	// More writes in one commit do not make it cheaper, but the first of them
	// would wait longer.
	maxBatchWrites = 512
	maxBatchBytes  = 2 << 20
)

// runCommitter is the one place that changes data: it takes the writes that are
// waiting, commits them together (one sync of the disk for all) and answers.
func (s *Store) runCommitter() {
	defer close(s.stopped)
	var writes []*write
	for {
		writes = writes[:0]
		select {
		case w := <-s.queue:
			writes = append(writes, w)
		case <-s.closing:
			for { // accepted before Close: still done
				select {
				case w := <-s.queue:
					s.commit([]*write{w})
				default:
					return
				}
			}
		}
		// Who is about to write gets the chance to: a sync of the disk costs more
		// than all else, and is shared.
		runtime.Gosched()
		size := len(writes[0].value)
	more:
		for len(writes) < maxBatchWrites && size < maxBatchBytes {
			select {
			case w := <-s.queue:
				writes = append(writes, w)
				size += len(w.value)
			default:
				break more
			}
		}
		s.commit(writes)
		clear(writes)
	}
}

// commit decides, writes, publishes and answers a group of writes.
//
//  1. Each write is checked against the state that the writes before it leave,
//     and gets its revision. A crash here leaves nothing.
//  2. One batch goes to the engine's log and is synced. A crash before the sync
//     may leave all of the batch or none: nobody was told.
//  3. The new revision becomes visible and the events go to the watchers.
//  4. The callers are answered. Refusals too wait for this point, since a
//     refusal tells the caller about a write of the same batch.
func (s *Store) commit(writes []*write) {
	events, err := s.prepareAndApply(writes)
	if err != nil {
		for _, w := range writes { // refusals too: they may tell of a write that was not done
			w.rev, w.err = 0, &storage.KeyError{Op: w.op.String(), Key: w.key, Err: err}
		}
	} else if len(events) > 0 {
		s.publish(events)
	}
	for _, w := range writes {
		close(w.done)
	}
}

func (s *Store) prepareAndApply(writes []*write) ([]*storage.Event, error) {
	if s.broken == nil {
		s.broken = s.eng.failure() // in the background
	}
	if s.broken != nil {
		if err := s.reopen(); err != nil {
			return nil, err
		}
	}
	size, deleteOnly := 0, true
	for _, w := range writes {
		size += len(w.key) + len(w.value)
		deleteOnly = deleteOnly && w.op >= opDelete
	}
	if err := s.roomForWrites(int64(size), deleteOnly); err != nil {
		return nil, err
	}
	p := pending{s: s, eng: s.eng, next: s.next, batch: s.eng.db.NewBatch()}
	defer p.close()
	for _, w := range writes {
		if w.ctx != nil && w.ctx.Err() != nil {
			w.err = context.Cause(w.ctx)
			continue
		}
		if err := p.add(w); err != nil {
			return nil, err
		}
	}
	if len(p.events) == 0 {
		return nil, nil
	}
	if err := p.closeIter(); err != nil {
		return nil, err
	}
	s.applyMu.Lock()
	err := s.eng.apply(p.batch, !s.opts.NoSync)
	s.applyMu.Unlock()
	if err != nil {
		s.broken = err
		return nil, err
	}
	s.next = p.next
	if p.expires {
		select {
		case s.expiryKick <- struct{}{}:
		default:
		}
	}
	return p.events, nil
}

// pending is a batch in the making.
type pending struct {
	s       *Store
	eng     *engine
	batch   *pebble.Batch
	it      *pebble.Iterator // the state before the batch; made when first needed
	written map[string]version
	next    storage.Revision
	events  []*storage.Event
	expires bool
}

func (p *pending) close() {
	_ = p.closeIter()
	p.eng.release(p.batch)
}

func (p *pending) closeIter() error {
	if p.it == nil {
		return nil
	}
	it := p.it
	p.it = nil
	return p.eng.finish(it)
}

// latest is the newest version of key, from this batch or from the engine.
func (p *pending) latest(key string) (version, error) {
	if v, ok := p.written[key]; ok {
		return v, nil
	}
	if p.it == nil {
		it, err := p.eng.db.NewIter(&pebble.IterOptions{LowerBound: []byte{tagVersion}, UpperBound: []byte{tagVersion + 1}})
		if err != nil {
			return version{}, engineError(err)
		}
		p.it = it
	}
	v, err := seekVersion(p.it, &p.s.buf, key, p.s.next-1)
	v.value = bytes.Clone(v.value)
	return v, err
}

// add checks w and appends its records. A refusal is in w.err, and so is a key
// that cannot be read; the error returned is one that concerns the whole batch.
func (p *pending) add(w *write) error {
	cur, err := p.latest(w.key)
	if err != nil {
		w.err = &storage.KeyError{Op: w.op.String(), Key: w.key, Err: err}
		return nil
	}
	refuse := func(reason error) error {
		w.err = &storage.KeyError{Op: w.op.String(), Key: w.key, Err: reason}
		if cur.live() && !errors.Is(reason, storage.ErrNotFound) {
			kv := cur.kv(w.key)
			w.err.(*storage.KeyError).Current = &kv
		}
		return nil
	}
	switch {
	case w.op == opCreate && cur.live():
		return refuse(storage.ErrExists)
	case w.op != opCreate && !cur.live():
		return refuse(storage.ErrNotFound)
	case w.prev != 0 && w.prev != cur.rev:
		return refuse(storage.ErrConflict)
	}

	v := version{rev: p.next, created: cur.created, value: w.value}
	ch := change{key: []byte(w.key), prev: cur.rev}
	ev := &storage.Event{Type: storage.Put, Revision: v.rev, Prev: cur.value}
	switch w.op {
	case opCreate:
		v.created, ch.created, ch.prev = v.rev, true, 0
		ev.Created, ev.Prev = true, nil
	case opDelete, opExpire:
		v.tombstone, v.value, ch.tombstone = true, nil, true
		ev.Type = storage.Delete
	}
	if w.ttl > 0 && !v.tombstone {
		// Rounded up: a key may end late, never early.
		v.expires = p.s.opts.now().Add(w.ttl + time.Millisecond - 1).UnixMilli()
		p.expires = true
	}
	ev.KV = v.kv(w.key)
	if ev.Prev == nil && !ev.Created {
		ev.Prev = []byte{} // an empty value before is not the same as none
	}

	b, buf := p.batch, p.s.buf[:0]
	set := func(keyLen int) error { return b.Set(buf[:keyLen], buf[keyLen:], nil) }
	buf = appendVersionKey(buf, w.key, v.rev)
	n := len(buf)
	buf = appendVersion(buf, &v)
	if err := set(n); err != nil {
		return engineError(err)
	}
	buf = appendChangeKey(buf[:0], v.rev)
	n = len(buf)
	buf = appendChange(buf, &ch)
	if err := set(n); err != nil {
		return engineError(err)
	}
	if cur.live() && cur.expires != 0 {
		if err := b.Delete(appendExpiryKey(buf[:0], cur.expires, cur.rev), nil); err != nil {
			return engineError(err)
		}
	}
	if v.expires != 0 {
		buf = appendExpiryKey(buf[:0], v.expires, v.rev)
		n = len(buf)
		buf = append(buf, w.key...)
		if err := set(n); err != nil {
			return engineError(err)
		}
	}
	p.s.buf = buf

	if p.written == nil {
		p.written = make(map[string]version)
	}
	p.written[w.key] = v
	p.next++
	p.events = append(p.events, ev)
	w.rev = v.rev
	return nil
}

// reopenEvery is how long the store waits after it has replaced a dead engine.
const reopenEvery = 2 * time.Second

// reopen replaces an engine that has failed. What the failed commit left is
// found out now; watchers learn of it by reading history. The failed engine
// still serves reads, so it is given up only when the disk can be written.
func (s *Store) reopen() error {
	// A dead engine leaves its memory behind, so there must not be many of them.
	if s.opts.now().Sub(s.opened) < reopenEvery {
		return s.broken
	}
	if err := s.roomForWrites(0, true); err != nil {
		return err
	}
	if err := probe(s.opts.fs, s.opts.fs.PathJoin(s.dir, "..", "probe.log")); err != nil {
		return engineError(err)
	}
	s.engineMu.Lock()
	defer s.engineMu.Unlock()
	if s.eng != nil {
		if s.eng.isDead() {
			s.opened = s.opts.now()
		}
		if err := s.eng.close(); err != nil {
			s.opts.Logger.Warn("close failed store engine", "error", err)
		}
		s.eng = nil
	}
	eng, err := openEngine(s.dir, &s.opts, false, true)
	if err != nil {
		s.engErr = err
		return err
	}
	s.eng, s.engErr = eng, nil
	if err := s.loadRevisions(); err != nil {
		return err
	}
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	for _, group := range s.watchers {
		for w := range group {
			w.fallBehind()
		}
	}
	s.opts.Logger.Info("store engine works again", "after", s.broken)
	s.broken = nil
	return nil
}

// probe writes a file, durably, and removes it.
func probe(fsys vfs.FS, name string) error {
	f, err := fsys.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 64<<10))
	return errors.Join(err, f.Sync(), f.Close(), fsys.Remove(name))
}
