package embedded

import (
	"bytes"
	"context"
	"iter"
	"strings"

	"github.com/cockroachdb/pebble"
	"github.com/kubenucleus/nucleus/storage"
)

// watcher is one open Watch. While it is live every event of its prefix is put
// in its queue; otherwise it reads history from the engine until it has caught
// up. The store's watchMu guards it.
type watcher struct {
	prefix   string
	live     bool
	progress bool // somebody asked for a Progress event
	queue    []*storage.Event
	bytes    int
	notify   chan struct{} // capacity 1
}

const (
	// A watcher that is further behind than this reads history instead, so
	// that a slow reader costs no memory.
	maxQueueEvents = 4096
	maxQueueBytes  = 16 << 20
	// historyChunk is how many changes are read from the engine at once.
	historyChunk = 512
)

func (w *watcher) fallBehind() {
	w.live, w.queue, w.bytes = false, nil, 0
	w.wake()
}

func (w *watcher) wake() {
	select {
	case w.notify <- struct{}{}:
	default:
	}
}

// publish makes the events visible to readers and hands them to the watchers.
func (s *Store) publish(events []*storage.Event) {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	s.visible.Store(int64(events[len(events)-1].Revision))
	for prefix, group := range s.watchers {
		for _, ev := range events {
			if !strings.HasPrefix(ev.KV.Key, prefix) {
				continue
			}
			for w := range group {
				if !w.live {
					continue
				}
				w.queue = append(w.queue, ev)
				w.bytes += len(ev.KV.Value) + len(ev.Prev)
				if len(w.queue) > maxQueueEvents || w.bytes > maxQueueBytes {
					w.fallBehind()
				} else if len(w.queue) == 1 {
					w.wake()
				}
			}
		}
	}
}

// Progress wakes the watches of exactly this prefix.
func (s *Store) Progress(ctx context.Context, prefix string) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	for w := range s.watchers[prefix] {
		w.progress = true
		w.wake()
	}
	return nil
}

// Watch yields the changes under prefix after a revision.
func (s *Store) Watch(ctx context.Context, prefix string, after storage.Revision) iter.Seq2[storage.Event, error] {
	return func(yield func(storage.Event, error) bool) {
		if err := s.usable(ctx); err != nil {
			yield(storage.Event{}, err)
			return
		}
		w := &watcher{prefix: prefix, notify: make(chan struct{}, 1)}
		s.addWatcher(w)
		defer s.removeWatcher(w)
		caughtUp := false
		var spare []*storage.Event
		for {
			if !caughtUp {
				events, upTo, err := s.history(ctx, prefix, after)
				if err != nil {
					yield(storage.Event{}, err)
					return
				}
				for _, ev := range events {
					if !yield(*ev, nil) {
						return
					}
				}
				after = max(after, upTo)
				if caughtUp = s.goLive(w, after); !caughtUp {
					continue
				}
				if upTo >= after && !yield(storage.Event{Type: storage.Progress, Revision: after}, nil) {
					return
				}
			}
			select {
			case <-w.notify:
			case <-ctx.Done():
				yield(storage.Event{}, context.Cause(ctx))
				return
			case <-s.closing:
				yield(storage.Event{}, storage.ErrClosed)
				return
			}
			events, revision, progress, live := s.take(w, spare)
			caughtUp = live
			for _, ev := range events {
				if ev.Revision <= after { // waited for a revision in the future
					continue
				}
				if !yield(*ev, nil) {
					return
				}
				after = ev.Revision
			}
			if live && revision >= after {
				after = revision
				if progress && !yield(storage.Event{Type: storage.Progress, Revision: after}, nil) {
					return
				}
			}
			clear(events)
			spare = events[:0]
		}
	}
}

func (s *Store) addWatcher(w *watcher) {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	group := s.watchers[w.prefix]
	if group == nil {
		group = make(map[*watcher]struct{})
		s.watchers[w.prefix] = group
	}
	group[w] = struct{}{}
}

func (s *Store) removeWatcher(w *watcher) {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	group := s.watchers[w.prefix]
	if delete(group, w); len(group) == 0 {
		delete(s.watchers, w.prefix)
	}
}

// goLive lets w be fed from memory if nothing has happened after the revision
// that it has read to.
func (s *Store) goLive(w *watcher, after storage.Revision) bool {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	if storage.Revision(s.visible.Load()) > after {
		return false
	}
	w.live = true
	return true
}

// take empties w's queue. If w is live, every event up to revision has been
// yielded once the returned ones are.
func (s *Store) take(w *watcher, spare []*storage.Event) (events []*storage.Event, revision storage.Revision, progress, live bool) {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	events, w.queue, w.bytes = w.queue, spare, 0
	progress, w.progress = w.progress, false
	return events, storage.Revision(s.visible.Load()), progress, w.live
}

// history reads the next events under prefix after a revision. Every change up
// to and including upTo has been looked at.
func (s *Store) history(ctx context.Context, prefix string, after storage.Revision) (events []*storage.Event, upTo storage.Revision, err error) {
	if err := s.usable(ctx); err != nil {
		return nil, 0, err
	}
	eng, done, err := s.engineForRead()
	if err != nil {
		return nil, 0, err
	}
	defer done()
	upTo = storage.Revision(s.visible.Load())
	if upTo <= after {
		return nil, upTo, nil
	}
	changes, err := eng.db.NewIter(&pebble.IterOptions{
		LowerBound: appendChangeKey(nil, after+1), UpperBound: appendChangeKey(nil, upTo+1),
	})
	if err != nil {
		return nil, 0, engineError(err)
	}
	defer eng.finish(changes)
	versions, err := eng.db.NewIter(&pebble.IterOptions{LowerBound: []byte{tagVersion}, UpperBound: []byte{tagVersion + 1}})
	if err != nil {
		return nil, 0, engineError(err)
	}
	defer eng.finish(versions)
	// As in readAt: the iterators are open, so what is not announced is there.
	if after < storage.Revision(s.compacted.Load()) {
		return nil, 0, s.revisionError(after, storage.ErrCompacted)
	}
	var buf []byte
	seen, size := 0, 0
	for ok := changes.First(); ok; ok = changes.Next() {
		rev, err := parseChangeKey(changes.Key())
		if err != nil {
			return nil, 0, err
		}
		data, err := changes.ValueAndErr()
		if err != nil {
			return nil, 0, engineError(err)
		}
		ch, err := parseChange(data)
		if err != nil {
			return nil, 0, err
		}
		if len(ch.key) >= len(prefix) && string(ch.key[:len(prefix)]) == prefix {
			ev, err := readEvent(versions, &buf, rev, &ch)
			if err != nil {
				return nil, 0, err
			}
			events = append(events, ev)
			size += len(ev.KV.Value) + len(ev.Prev)
		}
		if seen++; len(events) >= historyChunk || size > maxQueueBytes || seen >= 64*historyChunk {
			return events, rev, nil
		}
	}
	return events, upTo, engineError(changes.Error())
}

// readEvent puts together the event that a change was.
func readEvent(it *pebble.Iterator, buf *[]byte, rev storage.Revision, ch *change) (*storage.Event, error) {
	key := string(ch.key)
	v, err := seekVersion(it, buf, key, rev)
	if err != nil {
		return nil, err
	}
	if v.rev != rev || v.tombstone != ch.tombstone {
		return nil, damaged("no version of %s at revision %d", key, rev)
	}
	v.value = bytes.Clone(v.value)
	ev := &storage.Event{Type: storage.Put, KV: v.kv(key), Created: ch.created, Revision: rev}
	if v.tombstone {
		ev.Type, ev.KV.Value = storage.Delete, nil
	}
	if !ch.created {
		prev, err := seekVersion(it, buf, key, rev-1)
		if err != nil {
			return nil, err
		}
		if prev.rev != ch.prev || prev.tombstone {
			return nil, damaged("no version of %s before revision %d", key, rev)
		}
		ev.Prev = append([]byte{}, prev.value...)
	}
	return ev, nil
}
