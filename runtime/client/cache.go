package client

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tidwall/btree"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Cache keeps the objects of a resource at hand and up to date, and tells
// handlers what changes (others call it an informer). Reads never wait and cost
// no request.
//
// Objects are shared: with every reader of the Cache and, when the Client is in
// the server's process, with the server itself, so that no second copy exists.
// They must not be changed; use codec.DeepCopy first.
//
// A Cache trails the server by the time that an event takes. It never goes back
// in time. See [Cache.Saw] for reading what one has just written.
//
// All methods are safe for concurrent use.
type Cache[T any] struct {
	follow follower[T]
	ran    atomic.Bool
	synced chan struct{} // closed after the first list
	ended  chan struct{} // closed when Run returns
	failed error         // why it did; set before ended is closed

	// dispatch makes changes and what handlers are told about them one step. It
	// is taken before mu, never while holding mu.
	dispatch sync.Mutex
	handlers []*Handler[T]

	mu      sync.RWMutex
	objects *btree.BTreeG[entry]
	indexes map[string]*index[T]
	version uint64 // everything up to here is in objects
	filled  bool   // version and objects mean something
	waiters []versionWaiter
}

// entry holds a *T. It has no type parameter so that there is one tree for all
// types: every package that uses a Cache would compile one for each of them.
type entry struct {
	key Key
	obj any
}

// objectOf returns the object of an entry, nil for the zero entry.
func objectOf[T any](e entry) *T {
	obj, _ := e.obj.(*T)
	return obj
}

func newTree() *btree.BTreeG[entry] {
	return btree.NewBTreeGOptions(func(a, b entry) bool { return a.key.Compare(b.key) < 0 }, btree.Options{NoLocks: true})
}

type versionWaiter struct {
	version uint64
	reached chan struct{}
}

// CacheOptions tunes a [Cache]. The zero value caches the whole resource.
type CacheOptions[T any] struct {
	// Resource is the resource to cache; the zero value is the one whose objects
	// are T. Needed for meta.Unstructured and meta.PartialObjectMetadata, which
	// can stand for any; the latter makes the cache hold metadata alone.
	Resource meta.GroupVersionResource
	// Namespace, LabelSelector and FieldSelector narrow what is cached.
	Namespace     string
	LabelSelector string
	FieldSelector string
	// Indexers name the indexes that [Cache.ByIndex] can use. Each returns the
	// values under which an object is found.
	Indexers map[string]func(obj *T) []string
	// Logger is told when the cache loses its server; nil is slog.Default().
	Logger *slog.Logger
}

// Handler is told about changes, one at a time and in order. Nil functions are
// not called. They run on the Cache's own goroutine: what takes long, or reads
// another cache's state after waiting for it, belongs into a queue. By the time
// of a call the Cache itself already shows that change, or a later one.
type Handler[T any] struct {
	// OnAdd tells of an object that is new to the cache; initial is set for
	// those that were there when the cache, or the handler, began.
	OnAdd func(obj *T, initial bool)
	// OnUpdate tells of a change. Changes in quick succession each get a call,
	// except while the cache had lost its server: then only the outcome does.
	OnUpdate func(old, new *T)
	// OnDelete tells of an object that is gone, or no longer selected. last is
	// the last state seen, which may not be the last there was; it may be nil.
	OnDelete func(key Key, last *T)
}

// NewCache returns an empty cache. It starts nothing; call Run. A resource that
// the Client does not know is reported by Run.
func NewCache[T any, P Pointer[T]](c Client, opts CacheOptions[T]) *Cache[T] {
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	cache := &Cache[T]{
		follow: follower[T]{
			resource: resourceFor[T, P](c, opts.Resource).In(opts.Namespace),
			opts:     meta.ListOptions{LabelSelector: opts.LabelSelector, FieldSelector: opts.FieldSelector},
			log:      opts.Logger,
		},
		synced: make(chan struct{}), ended: make(chan struct{}),
		objects: newTree(),
		indexes: map[string]*index[T]{},
	}
	for name, values := range opts.Indexers {
		cache.indexes[name] = newIndex(values)
	}
	return cache
}

// resourceFor returns the resource gvr in the form T, or T's own for none.
func resourceFor[T any, P Pointer[T]](c Client, gvr meta.GroupVersionResource) Resource[T] {
	if gvr == (meta.GroupVersionResource{}) {
		return Of[T, P](c)
	}
	switch any((*T)(nil)).(type) {
	case *meta.Unstructured:
		return any(Dynamic(c, gvr)).(Resource[T])
	case *meta.PartialObjectMetadata:
		return any(Metadata(c, gvr)).(Resource[T])
	}
	r := Of[T, P](c)
	if r.err == nil && r.at.Resource != gvr {
		if decl, ok := c.Scheme().Resource(gvr); ok && reflect.TypeOf(decl.New()) == reflect.TypeFor[*T]() {
			r.at.Resource = gvr
		} else {
			r.err = fmt.Errorf("objects of %s are not of Go type %v", gvr, reflect.TypeFor[T]())
		}
	}
	return r
}

// Run fills the cache and keeps it up to date until ctx ends, over lost
// connections and restarts of the server. It returns nil then, or at once the
// reason why it cannot ever succeed. A Cache can be run once.
func (c *Cache[T]) Run(ctx context.Context) error {
	if !c.ran.CompareAndSwap(false, true) {
		return errors.New("cache is already run")
	}
	err := c.follow.run(ctx, c)
	if err != nil {
		err = fmt.Errorf("cache: %w", err)
	}
	c.failed = err
	close(c.ended)
	return err
}

// errNotRunning is what waiting for a cache ends with that was stopped.
var errNotRunning = errors.New("cache has stopped")

// WaitSynced waits until the cache has everything that was there when it was
// started, and handlers have been told. It returns an error if ctx or Run ends
// before.
func (c *Cache[T]) WaitSynced(ctx context.Context) error {
	return c.wait(ctx, c.synced)
}

func (c *Cache[T]) wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	default:
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.ended:
		if c.failed != nil {
			return c.failed
		}
		return errNotRunning
	}
}

// Synced reports whether WaitSynced would return nil at once.
func (c *Cache[T]) Synced() bool {
	select {
	case <-c.synced:
		return true
	default:
		return false
	}
}

// Get returns the object of that name.
func (c *Cache[T]) Get(namespace, name string) (*T, bool) {
	return c.GetKey(Key{Namespace: namespace, Name: name})
}

// GetKey returns the object of that key.
func (c *Cache[T]) GetKey(key Key) (*T, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.objects.Get(entry{key: key})
	return objectOf[T](e), ok
}

// Len returns the number of objects.
func (c *Cache[T]) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.objects.Len()
}

// All yields every object, by namespace and name, as of the moment when the
// loop begins.
func (c *Cache[T]) All() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		c.snapshot().Scan(func(e entry) bool { return yield(objectOf[T](e)) })
	}
}

// In yields the objects of one namespace, by name, as of the moment when the
// loop begins.
func (c *Cache[T]) In(namespace string) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		c.snapshot().Ascend(entry{key: Key{Namespace: namespace}}, func(e entry) bool {
			return e.key.Namespace == namespace && yield(objectOf[T](e))
		})
	}
}

// snapshot returns a copy that later changes do not touch. It is cheap: nodes
// are copied when they are next written.
func (c *Cache[T]) snapshot() *btree.BTreeG[entry] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.objects.Copy()
}

// Handle adds a handler and returns what removes it. Objects that are there
// already are told to it before Handle returns. It must not be called from
// within a handler.
func (c *Cache[T]) Handle(h Handler[T]) (remove func()) {
	c.dispatch.Lock()
	defer c.dispatch.Unlock()
	if h.OnAdd != nil {
		for obj := range c.All() {
			h.OnAdd(obj, true)
		}
	}
	own := &h
	c.handlers = append(slices.Clip(c.handlers), own)
	return func() {
		c.dispatch.Lock()
		defer c.dispatch.Unlock()
		c.handlers = slices.DeleteFunc(slices.Clone(c.handlers), func(h *Handler[T]) bool { return h == own })
	}
}

// Saw reports whether the cache has reached the state that a write answered
// with (metadata.resourceVersion of the object written): whether it shows that
// write, or something later. It is false before the first list.
func (c *Cache[T]) Saw(resourceVersion string) bool {
	v, err := parseVersion(resourceVersion)
	if err != nil {
		return false
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.filled && c.version >= v
}

// WaitFor waits until Saw(resourceVersion) is true, and returns an error if ctx
// or Run ends before. The version must be of an object that the cache selects:
// of others it may not hear for a minute.
func (c *Cache[T]) WaitFor(ctx context.Context, resourceVersion string) error {
	v, err := parseVersion(resourceVersion)
	if err != nil {
		return err
	}
	c.mu.Lock()
	if c.filled && c.version >= v {
		c.mu.Unlock()
		return nil
	}
	w := versionWaiter{version: v, reached: make(chan struct{})}
	c.waiters = append(c.waiters, w)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.waiters = slices.DeleteFunc(c.waiters, func(o versionWaiter) bool { return o.reached == w.reached })
	}()
	return c.wait(ctx, w.reached)
}

// replace implements sink: a list was read.
func (c *Cache[T]) replace(objects []*T, resourceVersion string) bool {
	c.dispatch.Lock()
	defer c.dispatch.Unlock()

	next := make(map[Key]*T, len(objects))
	for _, obj := range objects {
		next[KeyOf(object(obj))] = obj
	}
	known := make(map[Key]*T, c.Len())
	for obj := range c.All() {
		known[KeyOf(object(obj))] = obj
	}
	first := !c.Synced()
	// All of it becomes visible at once: a reader never sees half a list.
	calls := make([]func(h *Handler[T]), 0, len(objects))
	c.mu.Lock()
	for _, change := range difference(known, objects, next) {
		calls = append(calls, c.set(change, first))
	}
	c.reached(resourceVersion)
	c.mu.Unlock()
	c.tell(calls...)
	if first {
		close(c.synced)
	}
	return true
}

// apply implements sink: an event came.
func (c *Cache[T]) apply(change Change[T]) bool {
	c.dispatch.Lock()
	defer c.dispatch.Unlock()
	c.mu.Lock()
	call := c.set(change, false)
	c.reached(object(change.Object).Metadata().ResourceVersion)
	c.mu.Unlock()
	c.tell(call)
	return true
}

// set makes one change and returns the call that tells a handler of it, or nil
// if nothing changed. The caller holds dispatch and mu.
func (c *Cache[T]) set(change Change[T], initial bool) func(h *Handler[T]) {
	obj := change.Object
	key := KeyOf(object(obj))
	switch change.Type {
	case Deleted:
		last, ok := c.objects.Delete(entry{key: key})
		if !ok {
			return nil
		}
		c.reindex(key, objectOf[T](last), nil)
		return func(h *Handler[T]) {
			if h.OnDelete != nil {
				h.OnDelete(key, obj)
			}
		}
	case Added, Modified:
		last, ok := c.objects.Set(entry{key: key, obj: obj})
		old := objectOf[T](last)
		c.reindex(key, old, obj)
		switch {
		case !ok:
			return func(h *Handler[T]) {
				if h.OnAdd != nil {
					h.OnAdd(obj, initial)
				}
			}
		case object(old).Metadata().ResourceVersion != object(obj).Metadata().ResourceVersion:
			return func(h *Handler[T]) {
				if h.OnUpdate != nil {
					h.OnUpdate(old, obj)
				}
			}
		}
	}
	return nil
}

// reached notes that everything up to a resource version is in the cache. The
// caller holds mu.
func (c *Cache[T]) reached(resourceVersion string) {
	c.filled = true
	v, err := parseVersion(resourceVersion)
	if err != nil || v <= c.version {
		return
	}
	c.version = v
	c.waiters = slices.DeleteFunc(c.waiters, func(w versionWaiter) bool {
		if w.version > v {
			return false
		}
		close(w.reached)
		return true
	})
}

// tell makes the calls to all handlers. The caller holds dispatch.
func (c *Cache[T]) tell(calls ...func(h *Handler[T])) {
	for _, call := range calls {
		if call == nil {
			continue
		}
		for _, h := range c.handlers {
			call(h)
		}
	}
}
