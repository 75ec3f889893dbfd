package cache

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/storage"
)

// EventType says what an [Event] tells.
type EventType uint8

// The types of events.
const (
	// Added: the watcher sees the object for the first time: it was created, or
	// begins to match.
	Added EventType = iota + 1
	// Modified: the object changed and still matches.
	Modified
	// Deleted: the object was deleted, or stopped matching.
	Deleted
	// Bookmark: everything up to Revision has been yielded.
	Bookmark
	// InitialEventsEnd: a Bookmark too; the objects that were there at the
	// beginning have all been yielded.
	InitialEventsEnd
)

// Event is one change as a watcher sees it.
type Event struct {
	Type EventType
	// Object is the object after the change. For Deleted it is the last state
	// that the watcher could see, with the revision of the change. Nil for
	// bookmarks.
	Object *Object
	// Prev is the object before the change; nil if there was none.
	Prev *Object
	// Revision is that of the change, or of the bookmark. For objects that were
	// there at the beginning it is their own.
	Revision storage.Revision
	// Place is where an object is among its neighbours that was there at the beginning;
	// nil if that is not known.
	Place *Place
	// More says that more follows without waiting, so that who passes events on
	// may do so for several at once.
	More bool
}

// Place is a place in a run, which is the receiver's to keep.
type Place struct {
	Run   Run
	Index int
}

// WatchOptions narrows a watch. The zero value watches everything.
type WatchOptions struct {
	// Prefix is the full prefix of the keys to watch: the cache's own, or one
	// inside that ends in a slash. Empty means the cache's.
	Prefix string
	// Key watches one key only.
	Key string
	// Index and Value watch the objects whose indexed label or field has a
	// value. The cache must have the index; others' events then cost nothing.
	Index Index
	Value string
	// Filter says whether the watcher may see an object; nil means yes. It is
	// asked about the state before a change as well as about the one after.
	Filter func(*Object) bool
	// Gather lets events wait for others for up to Options.GatherFor, unless
	// nothing came for that long: who is woken for several at once costs less.
	Gather bool
	// Bookmarks asks for a Bookmark now and then, and shortly before the
	// deadline of ctx.
	Bookmarks bool
	// Initial, if not nil, first yields all objects as Added, as fresh as it
	// says, then an InitialEventsEnd, then what changed since. The revision
	// that Watch was called with does not matter then.
	Initial *At
}

func (o *WatchOptions) matches(obj *Object) bool {
	return obj != nil &&
		(o.Index == Index{} || o.Index.value(obj) == o.Value) &&
		(o.Filter == nil || o.Filter(obj))
}

// see turns a change into what the watcher sees of it.
func (o *WatchOptions) see(e *logEvent) (Event, bool) {
	if o.Prefix != "" && !strings.HasPrefix(e.key, o.Prefix) {
		return Event{}, false
	}
	now, before := o.matches(e.cur), o.matches(e.prev)
	switch {
	case now && before:
		return Event{Type: Modified, Object: e.cur, Prev: e.prev, Revision: e.revision}, true
	case now:
		return Event{Type: Added, Object: e.cur, Prev: e.prev, Revision: e.revision}, true
	case before:
		return Event{Type: Deleted, Object: e.gone(), Prev: e.prev, Revision: e.revision}, true
	}
	return Event{}, false
}

// ErrWatchOptions is returned by Watch when the cache cannot serve the options:
// it does not have the index, or key or prefix are not in it.
var ErrWatchOptions = errors.New("watch options do not fit the cache")

// Watch yields the changes after a revision, in order, each once, until ctx
// ends or the loop is left. It ends with one error: the cause of ctx;
// storage.ErrCompacted if the revision is no longer kept, or if the caller was
// so slow that the history has passed it; a [*TooLargeError] if the revision
// was not reached in time. A slow caller delays nobody.
func (c *Cache) Watch(ctx context.Context, after storage.Revision, opts WatchOptions) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if err := c.watch(ctx, after, opts, yield); err != nil {
			yield(Event{}, err)
		}
	}
}

// watch is Watch, with an error to be yielded; nil if the caller left the loop.
func (c *Cache) watch(ctx context.Context, after storage.Revision, opts WatchOptions, yield func(Event, error) bool) error {
	if opts.Prefix == c.opts.Prefix {
		opts.Prefix = ""
	}
	at := AtLeast(after)
	if opts.Initial != nil {
		at = *opts.Initial
	}
	if err := c.reach(ctx, at); err != nil {
		return err
	}
	w := &watcher{opts: opts, notify: make(chan struct{}, 1)}
	initial, from, err := c.register(w, after)
	if err != nil {
		return err
	}
	defer c.unregister(w)
	if initial != nil {
		if !yieldInitial(initial, &opts, yield) {
			return nil
		}
		after = from
	} else if after < from {
		if left, err := c.catchUp(ctx, after, from, &opts, yield); left || err != nil {
			return err
		}
		after = from
	}
	return c.deliver(ctx, w, after, yield)
}

// register makes w part of the cache from revision from on: everything after
// that comes through its queue. It returns the objects as of from, if asked for.
func (c *Cache) register(w *watcher, after storage.Revision) (initial *Snapshot, from storage.Revision, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ready {
		return nil, 0, storage.ErrClosed
	}
	if o := &w.opts; o.Index != (Index{}) && !slices.Contains(c.opts.Indexes, o.Index) ||
		!c.watchers.validPrefix(o.Prefix) || o.Key != "" && !strings.HasPrefix(o.Key, c.opts.Prefix) {
		return nil, 0, ErrWatchOptions
	}
	from = storage.Revision(c.revision.Load())
	switch {
	case w.opts.Initial != nil:
		initial = c.snapshotLocked()
	case after >= c.log.floor:
		for _, e := range c.log.after(after) {
			if w.concerns(e) {
				w.pending = append(w.pending, e)
			}
		}
		from = after
	}
	if len(w.pending) > 0 {
		w.wake()
	}
	c.watchers.add(w)
	if w.opts.Gather {
		c.gather.members++
	}
	return initial, from, nil
}

func (c *Cache) unregister(w *watcher) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers.remove(w)
	if w.opts.Gather {
		c.gather.members--
	}
}

func yieldInitial(s *Snapshot, opts *WatchOptions, yield func(Event, error) bool) bool {
	prefix := opts.Prefix
	if opts.Key != "" {
		prefix = opts.Key
	} else if prefix == "" {
		prefix = s.prefix
	}
	events := s.initialInRuns(prefix)
	if opts.Index != (Index{}) || opts.Key != "" {
		objects := s.Ascend(prefix, "")
		if opts.Index != (Index{}) {
			objects, _ = s.AscendIndex(opts.Index, opts.Value, prefix, "")
		}
		events = initial(objects)
	}
	// One is held back, so that the last is known: whoever is not interested in the
	// end of the initial events must see that there is no more.
	var held Event
	for ev := range events {
		if opts.Key != "" && ev.Object.Key != opts.Key || !opts.matches(ev.Object) {
			continue
		}
		if held.Object != nil {
			held.More = true
			if !yield(held, nil) {
				return false
			}
		}
		held = ev
	}
	if held.Object != nil && !yield(held, nil) {
		return false
	}
	return yield(Event{Type: InitialEventsEnd, Revision: s.revision}, nil)
}

func initial(objects iter.Seq[*Object]) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for o := range objects {
			if !yield(Event{Type: Added, Object: o, Revision: o.Revision}) {
				return
			}
		}
	}
}

// initialInRuns is initial for all objects under a prefix.
func (s *Snapshot) initialInRuns(prefix string) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for run := range s.Runs(prefix, "") {
			kept := Run{slices.Clone(run.Objects)}
			places := make([]Place, len(kept.Objects))
			for i, o := range kept.Objects {
				places[i] = Place{kept, i}
				if strings.HasPrefix(o.Key, prefix) && !yield(Event{Type: Added, Object: o, Revision: o.Revision, Place: &places[i]}) {
					return
				}
			}
		}
	}
}

// catchUp yields from the store what happened after a revision that the log no
// longer reaches, up to and including from.
func (c *Cache) catchUp(ctx context.Context, after, from storage.Revision, opts *WatchOptions, yield func(Event, error) bool) (left bool, err error) {
	prefix := c.opts.Prefix
	if opts.Prefix != "" {
		prefix = opts.Prefix
	}
	if opts.Key != "" {
		prefix = opts.Key
	}
	for ev, err := range c.store.Watch(ctx, prefix, after) {
		if err != nil {
			return false, err
		}
		if ev.Revision > from {
			return false, nil
		}
		if ev.Type != storage.Progress && (opts.Key == "" || ev.KV.Key == opts.Key) {
			e := &logEvent{revision: ev.Revision, key: ev.KV.Key}
			if ev.Type == storage.Put {
				e.cur = c.kind.object(&ev.KV)
			}
			if ev.Prev != nil {
				// Its own revision is not known, and nobody is shown it.
				e.prev = c.kind.object(&storage.KV{Key: ev.KV.Key, Value: ev.Prev, Created: ev.KV.Created})
			}
			if seen, ok := opts.see(e); ok && !yield(seen, nil) {
				return true, nil
			}
		}
		if ev.Revision == from {
			return false, nil
		}
	}
	return false, context.Cause(ctx)
}

// deliver yields what comes through the queue.
func (c *Cache) deliver(ctx context.Context, w *watcher, after storage.Revision, yield func(Event, error) bool) error {
	var bookmark <-chan time.Time
	var timer *time.Timer
	if w.opts.Bookmarks {
		timer = time.NewTimer(c.nextBookmark(ctx))
		defer timer.Stop()
		bookmark = timer.C
	}
	var spare []*logEvent
	for {
		wantsBookmark := false
		select {
		case <-w.notify:
		case <-bookmark:
			wantsBookmark = true
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		// The revision before the queue: what is up to it is in the queue.
		reached := storage.Revision(c.revision.Load())
		events, err := w.take(spare)
		for i, e := range events {
			after = e.revision
			seen, ok := w.opts.see(e)
			seen.More = ok && w.seesAny(events[i+1:])
			if ok && !yield(seen, nil) {
				return nil
			}
		}
		if err != nil {
			return err
		}
		if wantsBookmark {
			if after = max(after, reached); !yield(Event{Type: Bookmark, Revision: after}, nil) {
				return nil
			}
			timer.Reset(c.nextBookmark(ctx))
		}
		clear(events)
		spare = events[:0]
		if cap(spare) > 64 { // an idle watcher should cost little
			spare = nil
		}
	}
}

// seesAny tells whether the watcher gets to see one of the events. Mostly the
// first is one.
func (w *watcher) seesAny(events []*logEvent) bool {
	for _, e := range events {
		if _, ok := w.opts.see(e); ok {
			return true
		}
	}
	return false
}

// beforeDeadline is how long before its end a watch gets a last bookmark, from
// which the client resumes.
const beforeDeadline = 2 * time.Second

func (c *Cache) nextBookmark(ctx context.Context) time.Duration {
	next := c.opts.BookmarkEvery
	if deadline, ok := ctx.Deadline(); ok {
		if last := time.Until(deadline) - beforeDeadline; last > 0 {
			next = min(next, last)
		}
	}
	return next
}

// watcher is one open watch.
type watcher struct {
	opts   WatchOptions
	notify chan struct{} // capacity 1

	mu      sync.Mutex
	pending []*logEvent
	err     error     // why the watch ends, once pending is yielded
	woken   time.Time // when it last was, if it gathers
}

func (w *watcher) wake() {
	select {
	case w.notify <- struct{}{}:
	default:
	}
}

func (w *watcher) take(spare []*logEvent) ([]*logEvent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	events := w.pending
	w.pending = spare
	return events, w.err
}

// offer appends an event, unless the watcher is so slow that the history has
// passed the first one that it has not taken. later says that the watcher has to
// be woken later.
func (w *watcher) offer(e *logEvent, floor storage.Revision, g *gathering) (later bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return false
	}
	if len(w.pending) > 0 && w.pending[0].revision <= floor {
		w.err = &storage.RevisionError{Asked: w.pending[0].revision - 1, Oldest: floor, Newest: e.revision, Err: storage.ErrCompacted}
		w.pending = nil
		w.wake()
		return false
	}
	w.pending = append(w.pending, e)
	if len(w.pending) > 1 {
		return false // it has been woken, or will be
	}
	if w.opts.Gather {
		if g.now.Sub(w.woken) < g.wait {
			return true
		}
		w.woken = g.now
	}
	w.wake()
	return false
}

// wakeLater is wake for a watcher that has waited.
func (w *watcher) wakeLater(now time.Time) {
	w.mu.Lock()
	w.woken = now
	w.mu.Unlock()
	w.wake()
}

// gathering holds the watchers that have events and wait for more. The cache's
// mu guards it.
type gathering struct {
	members int           // watchers that gather
	wait    time.Duration // for the event that is being handed out
	now     time.Time     // when that is
	waiting []*watcher
	timer   *time.Timer // runs while somebody waits
}

func (w *watcher) end(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
	w.wake()
}

// concerns tells whether an event may be of interest: what the registry's
// buckets tell for those that come later.
func (w *watcher) concerns(e *logEvent) bool {
	switch o := &w.opts; {
	case o.Key != "":
		return e.key == o.Key
	case o.Index != Index{}:
		return e.cur != nil && o.Index.value(e.cur) == o.Value || e.prev != nil && o.Index.value(e.prev) == o.Value
	default:
		return strings.HasPrefix(e.key, o.Prefix)
	}
}
