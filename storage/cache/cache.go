package cache

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
)

// Options tunes a [Cache].
type Options struct {
	// Prefix is that of the resource's keys in the store; it ends in a slash.
	Prefix string
	// Codec tells how the resource's objects are read and encoded.
	Codec Codec
	// Indexes are the labels and fields by whose value objects are found, and
	// watchers woken, without looking at others. An index costs a decoding of
	// every object.
	Indexes []Index
	// Budget bounds the memory for encoded forms. Nil means one of
	// DefaultBudgetBytes for this cache alone.
	Budget *Budget
	// Logger gets what the operator should know; nil means slog.Default().
	Logger *slog.Logger
	// History is how many changes are kept for watchers, at most; zero means
	// 16384. A watcher that is further behind is ended. A watch that begins
	// further back is served from the store until it has caught up.
	History int
	// HistoryBytes bounds what old states in the history take; zero means 16
	// MiB.
	HistoryBytes int64
	// BookmarkEvery is how often a watcher that wants bookmarks gets one; zero
	// means a minute.
	BookmarkEvery time.Duration
	// GatherFor is how long the events of watchers that gather may wait at most:
	// a tenth of a millisecond for each such watcher, as their number is what
	// makes an event dear. Zero means 20 milliseconds, which people and
	// controllers do not notice.
	GatherFor time.Duration
	// WaitTimeout is how long a read waits for a revision that the cache has
	// not reached; zero means 3 seconds.
	WaitTimeout time.Duration
}

// Cache keeps all objects of one resource in memory, as the store has them and
// in order of their keys, with their recent changes. Run must be running. All
// methods are safe for concurrent use.
type Cache struct {
	store storage.Store
	opts  Options
	kind  kind

	// revision is what the cache has reached: every change of its prefix up to
	// there is in objects, in the log and in the watchers' queues.
	revision atomic.Int64
	// current is the newest snapshot handed out, nil when it is outdated.
	current atomic.Pointer[Snapshot]

	// mu guards what follows. Changes hold it alone, and it is held while an
	// event goes to the watchers.
	mu       sync.RWMutex
	ready    bool
	ended    bool      // Run has returned
	objects  *Snapshot // the one in the making; its revision is not kept up
	frozen   *Snapshot // a fork of objects with the same content, or nil
	log      eventLog
	watchers registry
	gather   gathering
	moved    chan struct{} // closed when revision moves and somebody waits
	waiting  bool
	kept     []keptSnapshot
	stored   int64 // bytes of objects, as the budget knows

	offers   offers
	counters counters
}

// New returns a cache of the keys under opts.Prefix. It starts nothing: call
// Run.
func New(store storage.Store, opts Options) *Cache {
	if opts.Budget == nil {
		opts.Budget = NewBudget(DefaultBudgetBytes)
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	if opts.History <= 0 {
		opts.History = 16384
	}
	if opts.HistoryBytes <= 0 {
		opts.HistoryBytes = 16 << 20
	}
	if opts.BookmarkEvery <= 0 {
		opts.BookmarkEvery = time.Minute
	}
	if opts.GatherFor <= 0 {
		opts.GatherFor = 20 * time.Millisecond
	}
	if opts.WaitTimeout <= 0 {
		opts.WaitTimeout = 3 * time.Second
	}
	c := &Cache{
		store: store, opts: opts, kind: newKind(opts.Codec, opts.Budget),
		log:   eventLog{maxEvents: opts.History, maxBytes: opts.HistoryBytes, budget: opts.Budget},
		moved: make(chan struct{}),
	}
	c.watchers.init(opts.Prefix)
	return c
}

// Crowded says that the budget for forms is used up: forms that are kept now drive out
// others. Who walks over more than fits would find nothing of it the next time.
func (c *Cache) Crowded() bool { return c.opts.Budget.crowded() }

// Prefix returns the prefix of the cache's keys.
func (c *Cache) Prefix() string { return c.opts.Prefix }

const (
	listPage      = 2000
	progressEvery = 10 * time.Second
)

// Run fills the cache and keeps it up to date until ctx ends or the store is
// closed, and returns why. All watches end with the same error.
func (c *Cache) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	var progress sync.WaitGroup
	defer progress.Wait()
	defer stop()
	progress.Go(func() { c.askForProgress(ctx) })
	backoff := time.Duration(0)
	relist := true
	for {
		before := c.revision.Load()
		var err error
		if relist {
			err = c.list(ctx)
			relist = err != nil
		}
		if err == nil {
			err = c.follow(ctx)
		}
		switch {
		case ctx.Err() != nil, errors.Is(err, storage.ErrClosed):
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			c.endWatches(err)
			return err
		case errors.Is(err, storage.ErrCompacted):
			c.opts.Logger.Info("watch cache lists anew", "prefix", c.opts.Prefix, "reason", err)
			relist = true
			continue
		}
		if c.revision.Load() != before {
			backoff = 0
		}
		backoff = min(max(2*backoff, 50*time.Millisecond), 5*time.Second)
		c.opts.Logger.Warn("watch cache lost its store", "prefix", c.opts.Prefix, "error", err, "retry", backoff)
		select {
		case <-time.After(backoff):
		case <-ctx.Done():
		}
	}
}

// askForProgress keeps the cache's revision from falling far behind while only
// other resources change: bookmarks, and the watch of the store when it has to
// be resumed, depend on it.
func (c *Cache) askForProgress(ctx context.Context) {
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	tidied := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		c.dropOldSnapshots(time.Now())
		tidied = c.tidy(tidied)
		if rev, err := c.store.Revision(ctx); err == nil && int64(rev) > c.revision.Load() {
			_ = c.store.Progress(ctx, c.opts.Prefix) // asked again soon
		}
	}
}

// tidy goes on after a key with giving back what is left of decoded objects, and
// returns how far it came. Most objects are decoded but once.
func (c *Cache) tidy(after string) string {
	c.mu.Lock()
	if !c.ready {
		c.mu.Unlock()
		return after
	}
	s := c.snapshotLocked()
	c.mu.Unlock()
	left := max(4096, s.Len()/8) // all of them in not much more than a minute
	for o := range s.Ascend(c.opts.Prefix, after) {
		o.forgetTyped()
		if left--; left == 0 {
			return o.Key
		}
	}
	return ""
}

// list replaces everything by what the store has now. Watchers cannot be told
// what happened between, so they are ended and list for themselves.
func (c *Cache) list(ctx context.Context) error {
	fresh := newSnapshot(0, c.opts.Prefix, c.opts.Indexes)
	stored := int64(0)
	page := storage.Page{More: true}
	after := ""
	for page.More {
		var err error
		page, err = c.store.List(ctx, c.opts.Prefix, storage.ListOptions{After: after, Limit: listPage, Revision: page.Revision})
		if err != nil {
			return fmt.Errorf("list %s: %w", c.opts.Prefix, err)
		}
		for i := range page.Items {
			after = page.Items[i].Key
			stored += int64(len(page.Items[i].Value))
			fresh.put(c.reuse(&page.Items[i]))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.objects, c.frozen, c.ready, c.ended = fresh, nil, true, false
	c.current.Store(nil)
	c.holds(stored - c.stored)
	c.offers.reset()
	c.watchers.expireAll(c.expired(page.Revision))
	c.log.reset(page.Revision)
	c.moveTo(page.Revision)
	return nil
}

// reuse returns the object that the cache already has, if it is this one.
func (c *Cache) reuse(kv *storage.KV) *Object {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.ready {
		if o, ok := c.objects.Get(kv.Key); ok && o.Revision == kv.Modified {
			return o
		}
	}
	return c.object(kv)
}

func (c *Cache) follow(ctx context.Context) error {
	for ev, err := range c.store.Watch(ctx, c.opts.Prefix, storage.Revision(c.revision.Load())) {
		if err != nil {
			return fmt.Errorf("watch %s: %w", c.opts.Prefix, err)
		}
		c.apply(&ev)
	}
	return context.Cause(ctx)
}

// apply takes over one event of the store.
func (c *Cache) apply(ev *storage.Event) {
	var o *Object
	if ev.Type == storage.Put {
		// Made, and decoded, before the lock is taken.
		if own := c.offers.take(ev.KV.Value); own.obj != nil && own.key == ev.KV.Key {
			o = c.kind.object(&ev.KV)
			o.adopt(own.obj, own.verified)
			o.settle(own.place)
		} else {
			o = c.object(&ev.KV)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if ev.Revision <= storage.Revision(c.revision.Load()) {
		return
	}
	if ev.Type != storage.Progress {
		c.counters.events.Add(1)
		e := &logEvent{revision: ev.Revision, key: ev.KV.Key, cur: o}
		if o != nil {
			e.key = o.Key // as it is kept
			e.prev = c.objects.put(o)
		} else {
			e.prev = c.objects.drop(ev.KV.Key)
		}
		c.frozen = nil
		c.holds(e.cur.storedBytes() - e.prev.storedBytes())
		if e.prev != nil {
			c.opts.Budget.release(e.prev) // for who reads of the past, it is made anew
		}
		if e.cur != nil || e.prev != nil {
			c.log.add(e)
			c.gather.now = time.Now()
			c.gather.wait = min(time.Duration(c.gather.members)*gatherForEach, c.opts.GatherFor)
			c.watchers.dispatch(e, c.log.floor, c.opts.Indexes, &c.gather)
			if len(c.gather.waiting) > 0 && c.gather.timer == nil {
				c.gather.timer = time.AfterFunc(c.gather.wait, c.wakeGathered)
			}
		}
	}
	c.current.Store(nil)
	c.moveTo(ev.Revision)
}

// holds tells the budget that so many bytes have come or, if negative, gone; mu is
// held.
func (c *Cache) holds(more int64) {
	c.stored += more
	c.opts.Budget.stored.Add(more)
}

const gatherForEach = 100 * time.Microsecond

// wakeGathered wakes those whose events have waited long enough.
func (c *Cache) wakeGathered() {
	c.mu.Lock()
	due := c.gather.waiting
	c.gather.waiting, c.gather.timer = nil, nil
	c.mu.Unlock()
	now := time.Now()
	for _, w := range due {
		w.wakeLater(now)
	}
}

// moveTo announces a revision; mu is held.
func (c *Cache) moveTo(rev storage.Revision) {
	c.revision.Store(int64(rev))
	c.announce()
}

// announce wakes who waits in waitFor; mu is held.
func (c *Cache) announce() {
	if c.waiting {
		close(c.moved)
		c.moved, c.waiting = make(chan struct{}), false
	}
}

func (c *Cache) endWatches(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready, c.ended = false, true
	if c.gather.timer != nil {
		c.gather.timer.Stop() // the watches end at once
		c.gather.waiting, c.gather.timer = nil, nil
	}
	c.current.Store(nil)
	c.watchers.expireAll(err)
	c.announce()
}

func (c *Cache) expired(newest storage.Revision) error {
	return &storage.RevisionError{
		Asked: storage.Revision(c.revision.Load()), Oldest: newest, Newest: newest, Err: storage.ErrCompacted,
	}
}

// offers are objects whose bytes are on their way through the store, by the
// address of the bytes.
type offers struct {
	mu   sync.Mutex
	byte map[*byte]offer
}

type offer struct {
	key      string
	obj      meta.Object
	place    place
	verified bool
}

// maxOffers bounds what is kept for writes that never come back.
const maxOffers = 1024

// Offer tells the cache that value, which is about to be written to the store,
// is obj encoded: if the store hands the very same bytes back, they need not be
// decoded. From then on obj belongs to the cache, which sets its
// resourceVersion, and so does what value has room for beyond its length: see
// [Cache.Room]. A value is offered once. verified says that [Object.Verify] need not
// check. If the write fails, call withdraw.
func (c *Cache) Offer(key string, value []byte, obj meta.Object, verified bool) (withdraw func()) {
	if len(value) == 0 {
		return func() {}
	}
	at := &value[0]
	own := offer{key: key, obj: obj, place: c.placeOf(key, obj, value[len(value):]), verified: verified}
	c.offers.mu.Lock()
	defer c.offers.mu.Unlock()
	if c.offers.byte == nil || len(c.offers.byte) >= maxOffers {
		c.offers.byte = make(map[*byte]offer)
	}
	c.offers.byte[at] = own
	return func() {
		c.offers.mu.Lock()
		defer c.offers.mu.Unlock()
		delete(c.offers.byte, at)
	}
}

func (o *offers) take(value []byte) offer {
	if len(value) == 0 {
		return offer{}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	own := o.byte[&value[0]]
	delete(o.byte, &value[0])
	return own
}

func (o *offers) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byte = nil
}
