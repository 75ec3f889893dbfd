package cache

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kubenucleus/nucleus/storage"
)

type atMode uint8

const (
	atLatest atMode = iota
	atAny
	atLeast
	atExactly
)

// At says how fresh a read must be. The zero value is Latest.
type At struct {
	mode     atMode
	revision storage.Revision
}

// Latest reads what every earlier acknowledged write has left: the store is
// asked for its revision, and the cache waits until it has reached it.
func Latest() At { return At{} }

// Any reads what the cache has, however old: resourceVersion "0".
func Any() At { return At{mode: atAny} }

// AtLeast reads a state that is not older than rev.
func AtLeast(rev storage.Revision) At { return At{atLeast, rev} }

// Exactly reads the state as of rev.
func Exactly(rev storage.Revision) At { return At{atExactly, rev} }

// TooLargeError is returned when the cache did not reach a revision in time:
// mostly because it does not exist yet. It is a storage.ErrFutureRevision.
type TooLargeError struct{ Asked, Current storage.Revision }

// Error words it as Kubernetes does.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("Too large resource version: %d, current: %d", e.Asked, e.Current)
}

// Unwrap returns storage.ErrFutureRevision.
func (e *TooLargeError) Unwrap() error { return storage.ErrFutureRevision }

// WaitReady returns when the cache has been filled, or the cause of ctx. As
// every read, it returns storage.ErrClosed when Run has ended.
func (c *Cache) WaitReady(ctx context.Context) error { return c.waitFor(ctx, 0) }

// Ready tells whether the cache has been filled and is being kept up to date.
func (c *Cache) Ready() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.ready
}

// Revision returns what the cache has reached.
func (c *Cache) Revision() storage.Revision { return storage.Revision(c.revision.Load()) }

// WaitFor returns when the cache has reached rev. After Options.WaitTimeout it
// gives up with a [*TooLargeError].
func (c *Cache) WaitFor(ctx context.Context, rev storage.Revision) error { return c.waitFor(ctx, rev) }

func (c *Cache) waitFor(ctx context.Context, rev storage.Revision) error {
	if rev > 0 && c.revision.Load() >= int64(rev) {
		return nil // it is ready too, or has been
	}
	var timeout <-chan time.Time
	asked := false
	for {
		c.mu.Lock()
		ready, ended, moved := c.ready, c.ended, c.moved
		done := ready && c.revision.Load() >= int64(rev)
		c.waiting = c.waiting || !done
		c.mu.Unlock()
		if done {
			return nil
		}
		if ended {
			return storage.ErrClosed
		}
		if ready && timeout == nil { // filling may take longer than reads wait
			timer := time.NewTimer(c.opts.WaitTimeout)
			defer timer.Stop()
			timeout = timer.C
		}
		if ready && !asked {
			asked = true
			if err := c.store.Progress(ctx, c.opts.Prefix); err != nil {
				return err
			}
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-timeout:
			return &TooLargeError{Asked: rev, Current: c.Revision()}
		}
	}
}

// reach waits until the cache is as fresh as at says.
func (c *Cache) reach(ctx context.Context, at At) error {
	switch at.mode {
	case atAny:
		return c.waitFor(ctx, 0)
	case atLatest:
		rev, err := c.store.Revision(ctx)
		if err != nil {
			return err
		}
		if err := c.countedWait(ctx, rev); err != nil {
			if ctx.Err() == nil {
				c.counters.consistentFailed.Add(1)
			}
			return err
		}
		c.counters.consistent.Add(1)
		return nil
	}
	return c.countedWait(ctx, at.revision)
}

func (c *Cache) countedWait(ctx context.Context, rev storage.Revision) error {
	if rev > 0 && c.revision.Load() >= int64(rev) { // as waitFor finds first
		c.counters.waitedFor(0)
		return nil
	}
	began := time.Now()
	err := c.waitFor(ctx, rev)
	c.counters.waitedFor(time.Since(began))
	return err
}

// Get returns one object (nil if there is none) and the revision as of which
// that is so. It is cheaper than a snapshot. Exactly is not for Get.
func (c *Cache) Get(ctx context.Context, at At, key string) (*Object, storage.Revision, error) {
	if err := c.reach(ctx, at); err != nil {
		return nil, 0, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.ready {
		return nil, 0, storage.ErrClosed
	}
	o, _ := c.objects.Get(key)
	return o, storage.Revision(c.revision.Load()), nil
}

// Snapshot returns all objects, as fresh as at says. Exactly gives
// storage.ErrCompacted if neither cache nor store has that state any more.
func (c *Cache) Snapshot(ctx context.Context, at At) (*Snapshot, error) {
	if err := c.reach(ctx, at); err != nil {
		return nil, err
	}
	if at.mode == atExactly {
		return c.exactly(ctx, at.revision)
	}
	if s := c.current.Load(); s != nil {
		return s, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ready {
		return nil, storage.ErrClosed
	}
	return c.snapshotLocked(), nil
}

func (c *Cache) snapshotLocked() *Snapshot {
	rev := storage.Revision(c.revision.Load())
	if s := c.current.Load(); s != nil {
		return s
	}
	if c.frozen == nil {
		c.frozen = c.objects.fork(rev)
	} else if c.frozen.revision != rev { // nothing changed but the revision
		s := *c.frozen
		s.revision = rev
		c.frozen = &s
	}
	c.current.Store(c.frozen)
	return c.frozen
}

type keptSnapshot struct {
	snapshot *Snapshot
	used     time.Time
}

const (
	maxKept    = 16
	keepUnused = 5 * time.Minute
)

// Keep holds on to a snapshot for a while, so that Exactly finds it: for who
// hands out a page and a token for the next.
func (c *Cache) Keep(s *Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keepLocked(s)
}

func (c *Cache) keepLocked(s *Snapshot) {
	now := time.Now()
	i, found := slices.BinarySearchFunc(c.kept, s.revision, func(k keptSnapshot, rev storage.Revision) int {
		return int(k.snapshot.revision - rev)
	})
	if found {
		c.kept[i].used = now
		return
	}
	c.kept = slices.Insert(c.kept, i, keptSnapshot{s, now})
	if len(c.kept) > maxKept {
		oldest := 0
		for i := range c.kept {
			if c.kept[i].used.Before(c.kept[oldest].used) {
				oldest = i
			}
		}
		c.kept = slices.Delete(c.kept, oldest, oldest+1)
	}
}

func (c *Cache) dropOldSnapshots(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept = slices.DeleteFunc(c.kept, func(k keptSnapshot) bool { return now.Sub(k.used) > keepUnused })
}

// exactly finds the state as of a revision: a kept snapshot, else the nearest
// later one with the changes since taken back, else the store's.
func (c *Cache) exactly(ctx context.Context, rev storage.Revision) (*Snapshot, error) {
	if rev <= 0 {
		return nil, &storage.RevisionError{Asked: rev, Newest: c.Revision(), Err: storage.ErrCompacted}
	}
	c.mu.Lock()
	if !c.ready {
		c.mu.Unlock()
		return nil, storage.ErrClosed
	}
	base := c.snapshotLocked()
	for i := range c.kept {
		if k := &c.kept[i]; k.snapshot.revision >= rev {
			if k.snapshot.revision < base.revision {
				base = k.snapshot
			}
			if k.snapshot.revision == rev {
				k.used = time.Now()
			}
			break
		}
	}
	if base.revision == rev {
		c.mu.Unlock()
		return base, nil
	}
	var undo []*logEvent
	inLog := rev >= c.log.floor
	if inLog {
		undo = c.log.after(rev)
	}
	// Fork under the lock: it writes to the tree that it copies.
	s := base.fork(rev)
	c.mu.Unlock()

	if !inLog {
		var err error
		if s, err = c.listExactly(ctx, rev, base); err != nil {
			return nil, err
		}
		c.Keep(s)
		return s, nil
	}
	for _, e := range slices.Backward(undo) {
		switch {
		case e.revision > base.revision:
		case e.prev != nil:
			s.put(e.prev)
		default:
			s.drop(e.key)
		}
	}
	c.Keep(s)
	return s, nil
}

func (c *Cache) listExactly(ctx context.Context, rev storage.Revision, base *Snapshot) (*Snapshot, error) {
	s := newSnapshot(rev, c.opts.Prefix, c.opts.Indexes)
	page := storage.Page{More: true}
	after := ""
	for page.More {
		var err error
		page, err = c.store.List(ctx, c.opts.Prefix, storage.ListOptions{After: after, Limit: listPage, Revision: rev})
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", c.opts.Prefix, err)
		}
		for i := range page.Items {
			kv := &page.Items[i]
			after = kv.Key
			o, ok := base.Get(kv.Key)
			if !ok || o.Revision != kv.Modified {
				o = c.object(kv)
			}
			s.put(o)
		}
	}
	return s, nil
}
