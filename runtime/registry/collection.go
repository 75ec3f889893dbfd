package registry

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// collection is the objects of one stored resource: where they are kept, how
// they are encoded there, their cache, and the rules of writes. All versions of
// a resource, and faces that share its storage, have one collection.
type collection struct {
	scheme *scheme.Scheme
	store  storage.Store
	// hub is the declaration whose rules count and whose version is stored.
	hub    *scheme.Resource
	gvk    meta.GroupVersionKind
	stored meta.GroupVersion // the version that values are in
	prefix string            // of keys, with a slash at the end
	proto  bool              // stored in the protobuf envelope; JSON otherwise
	ttl    time.Duration
	hooks  hooks
	cache  *cache.Cache
	recent recentWrites
}

func newCollection(s *scheme.Scheme, store storage.Store, hub *scheme.Resource, o *Options) *collection {
	path := hub.StoragePrefix
	if path == "" {
		path = hub.Name
	}
	if o.StoreOf != nil {
		store = o.StoreOf(hub.GroupResource(), store)
	}
	return &collection{
		scheme: s, store: store, hub: hub, gvk: hub.GroupVersionKind(),
		stored: meta.GroupVersion{Group: hub.Group, Version: cmp.Or(hub.StorageVersion, hub.Version)},
		prefix: o.StorePrefix + path + "/",
		proto:  hub.Type != nil && hub.Type.HasProto() && hub.Stored == nil && !o.StoreJSON,
		ttl:    time.Duration(hub.TTLSeconds) * time.Second,
		recent: recentWrites{seed: maphash.MakeSeed()},
	}
}

// key returns where the object is stored.
func (c *collection) key(namespace, name string) string {
	if !c.hub.Namespaced {
		return c.prefix + name
	}
	return c.prefix + namespace + "/" + name
}

// keyPrefix returns what the keys of a namespace's objects begin with; "" is
// all namespaces.
func (c *collection) keyPrefix(namespace string) string {
	if !c.hub.Namespaced || namespace == "" {
		return c.prefix
	}
	return c.prefix + namespace + "/"
}

// resource is what errors name: the resource of the request if there is one.
func (c *collection) resource(q *Request) meta.GroupResource {
	if q != nil && q.Resource != nil {
		return q.Resource.GroupResource()
	}
	return c.hub.GroupResource()
}

// encodeNew is encode for an object that was changed: what was added to it last, by
// admission, gets its defaults too.
func (c *collection) encodeNew(obj meta.Object) ([]byte, error) {
	if err := c.applyDefaults(obj); err != nil {
		return nil, err
	}
	return c.encode(obj)
}

// encode returns the stored form of an object in the hub version. The resource
// version is not a part of it: it is the revision of the key.
func (c *collection) encode(obj meta.Object) ([]byte, error) {
	m := obj.Metadata()
	version := m.ResourceVersion
	m.ResourceVersion = ""
	obj.TypeMetadata().SetGroupVersionKind(c.gvk)
	defer func() { m.ResourceVersion = version }()
	if c.hub.Stored != nil {
		return c.hub.Stored.Encode(obj)
	}
	hub := obj
	if c.stored != c.gvk.GroupVersion() {
		older, err := c.scheme.Convert(obj, c.stored)
		if err != nil {
			return nil, fmt.Errorf("store %s in version %s: %w", c.gvk.Kind, c.stored.Version, err)
		}
		older.TypeMetadata().SetGroupVersionKind(c.stored.WithKind(c.gvk.Kind))
		obj = older
	}
	if !c.proto {
		return codec.MarshalJSON(obj)
	}
	text := textBuffers.Get().(*[]byte)
	defer returnText(text)
	out, err := codec.AppendEnvelope((*text)[:0], obj)
	*text = out
	if err != nil {
		return nil, err
	}
	// With room for what the cache adds to it, the key among that.
	return append(slices.Grow([]byte(nil), len(out)+c.cache.Room(len(c.prefix)+len(m.Namespace)+len(m.Name)+1, hub)), out...), nil
}

// decode returns the object of a stored value in the hub version, with its
// resource version and defaults set, as a new object.
func (c *collection) decode(stored []byte, revision storage.Revision) (meta.Object, error) {
	obj, err := c.decodeAsStored(stored)
	if err != nil {
		return nil, err
	}
	if obj, err = c.scheme.Convert(obj, c.gvk.GroupVersion()); err != nil {
		return nil, err
	}
	if err := c.applyDefaults(obj); err != nil {
		return nil, err
	}
	obj.TypeMetadata().SetGroupVersionKind(c.gvk)
	obj.Metadata().ResourceVersion = formatVersion(revision)
	return obj, nil
}

// decodeAsStored returns the object in the version that it was stored in,
// which another server may have chosen.
func (c *collection) decodeAsStored(stored []byte) (meta.Object, error) {
	if len(stored) > 0 && stored[0] == '{' {
		return c.decodeJSON(stored)
	}
	typeMeta, raw, contentType, err := codec.UnmarshalEnvelope(stored)
	if err != nil {
		return nil, fmt.Errorf("stored %s: %w", c.gvk.Kind, err)
	}
	if strings.HasPrefix(contentType, "application/json") {
		return c.decodeJSON(raw)
	}
	obj, err := c.newStored(typeMeta)
	if err != nil {
		return nil, err
	}
	if err := codec.UnmarshalProto(raw, obj); err != nil {
		return nil, fmt.Errorf("stored %s: %w", c.gvk.Kind, err)
	}
	return obj, nil
}

func (c *collection) decodeJSON(data []byte) (meta.Object, error) {
	var typeMeta meta.TypeMeta
	if _, err := codec.UnmarshalJSON(data, &typeMeta, codec.DecodeOptions{}); err != nil {
		return nil, fmt.Errorf("stored %s: %w", c.gvk.Kind, err)
	}
	if own := c.hub.Stored; own != nil && typeMeta.APIVersion == (meta.GroupVersion{Group: c.gvk.Group, Version: own.Version}).String() {
		obj, err := own.Decode(data)
		if err != nil {
			return nil, fmt.Errorf("stored %s: %w", c.gvk.Kind, err)
		}
		obj.TypeMetadata().SetGroupVersionKind(c.gvk)
		return obj, nil
	}
	obj, err := c.newStored(typeMeta)
	if err != nil {
		return nil, err
	}
	if _, err := codec.UnmarshalJSON(data, obj, codec.DecodeOptions{}); err != nil {
		return nil, fmt.Errorf("stored %s: %w", c.gvk.Kind, err)
	}
	return obj, nil
}

func (c *collection) newStored(typeMeta meta.TypeMeta) (meta.Object, error) {
	gvk := typeMeta.GroupVersionKind()
	if gvk == c.gvk || gvk == (meta.GroupVersionKind{}) {
		return c.hub.New(), nil
	}
	typed, _ := c.scheme.New(gvk)
	obj, ok := typed.(meta.Object)
	if !ok {
		return nil, fmt.Errorf("stored %s is of unknown kind %s", c.gvk.Kind, gvk)
	}
	return obj, nil
}

// applyDefaults fills in what may be left out, in the hub version.
func (c *collection) applyDefaults(obj meta.Object) error { return applyDefaults(c.hub, obj) }

func applyDefaults(r *scheme.Resource, obj meta.Object) error {
	if err := codec.ApplyDefaults(obj); err != nil {
		return err
	}
	if r.Default != nil {
		r.Default(obj)
	}
	return nil
}

// put stores a hub object, encoded as data, and returns it as later reads will
// have it. The caller gives obj away. The cache is given it too, so that it need not
// decode what comes back.
func (c *collection) put(key string, obj meta.Object, data []byte, write func() (storage.Revision, error)) (meta.Object, error) {
	obj, same, err := c.asRead(obj, data)
	if err != nil {
		return nil, err
	}
	// The cache sets the resource version of its own.
	withdraw := c.cache.Offer(key, data, shallow(obj), same)
	revision, err := write()
	if err != nil {
		withdraw()
		return nil, err
	}
	c.recent.wrote(key, revision)
	obj.Metadata().ResourceVersion = formatVersion(revision)
	return obj, nil
}

// recentWrites remembers for some keys the newest revision that this server has
// written: by slot, so that keys may share one. An attempt on what the cache has
// waits for that; it would fail otherwise.
type recentWrites struct {
	seed  maphash.Seed
	slots [256]atomic.Int64
}

func (r *recentWrites) slot(key string) *atomic.Int64 {
	return &r.slots[maphash.String(r.seed, key)%uint64(len(r.slots))]
}

func (r *recentWrites) wrote(key string, revision storage.Revision) {
	slot := r.slot(key)
	for old := slot.Load(); old < int64(revision) && !slot.CompareAndSwap(old, int64(revision)); old = slot.Load() {
	}
}

// cached returns what the cache has of a key, with everything that this server has
// written; nil if there is nothing or the cache cannot tell.
func (c *collection) cached(ctx context.Context, key string) *cache.Object {
	if !c.cache.Ready() {
		return nil // reads would wait for it
	}
	if written := storage.Revision(c.recent.slot(key).Load()); written > c.cache.Revision() {
		soon, cancel := context.WithTimeout(ctx, cacheLag)
		defer cancel()
		if c.cache.WaitFor(soon, written) != nil {
			return nil
		}
	}
	o, _, err := c.cache.Get(ctx, cache.Any(), key)
	if err != nil {
		return nil
	}
	return o
}

// cacheLag is how long a write waits for the cache rather than read the store: the
// cache is mostly there within a part of this.
const cacheLag = 10 * time.Millisecond

// asRead makes obj, which was encoded as data with its defaults set, what decoding that
// would give; same says that encoding it anew gives data.
func (c *collection) asRead(obj meta.Object, data []byte) (_ meta.Object, same bool, _ error) {
	if !c.proto || c.stored != c.gvk.GroupVersion() {
		obj, err := c.decode(data, 0)
		return obj, false, err
	}
	changed, ok := codec.Settle(obj)
	if !ok {
		obj, err := c.decode(data, 0)
		return obj, false, err
	}
	obj.TypeMetadata().SetGroupVersionKind(c.gvk)
	if !changed {
		return obj, true, nil
	}
	// What is empty may have a default that is empty in another way.
	return obj, false, c.applyDefaults(obj)
}

// live reads an object from the store itself. If it does not exist it returns
// a nil object and no error.
func (c *collection) live(ctx context.Context, key string) (obj meta.Object, kv storage.KV, err error) {
	kv, _, err = c.store.Get(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return nil, storage.KV{}, nil
	}
	if err != nil {
		return nil, storage.KV{}, storeError(err)
	}
	if obj, err = c.decodeKept(key, kv.Value, kv.Modified); err != nil {
		err = readError(&storage.KeyError{Op: "decode", Key: key, Err: err})
	}
	return obj, kv, err
}

// toHub converts an object of the requested version, which the caller gives
// away, and fills in defaults.
func (c *collection) toHub(obj meta.Object) (meta.Object, error) {
	hub, err := c.scheme.Convert(obj, c.gvk.GroupVersion())
	if err != nil {
		return nil, meta.BadRequest(err.Error())
	}
	hub.TypeMetadata().SetGroupVersionKind(c.gvk)
	return hub, c.applyDefaults(hub)
}

// fromHub converts an object for a client that speaks the version of r.
func (c *collection) fromHub(r *scheme.Resource, obj meta.Object) (meta.Object, error) {
	gvk := r.GroupVersionKind()
	if gvk == c.gvk {
		return obj, nil
	}
	converted, err := c.scheme.Convert(obj, gvk.GroupVersion())
	if err != nil {
		return nil, err
	}
	converted.TypeMetadata().SetGroupVersionKind(gvk)
	return converted, nil
}

func formatVersion(r storage.Revision) string { return strconv.FormatInt(int64(r), 10) }

// parseVersion reads a resource version that a client gave. The empty one is 0.
func parseVersion(s string) (storage.Revision, error) {
	if s == "" {
		return 0, nil
	}
	v, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, err
	}
	if v > 1<<63-1 {
		v = 1<<63 - 1 // above every revision all the same
	}
	return storage.Revision(v), nil
}

// storeError words errors of the store that no caller has a better word for.
func storeError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, storage.ErrTooLarge):
		return meta.RequestEntityTooLarge("limit is " + strconv.Itoa(storage.MaxValueBytes))
	case errors.Is(err, storage.ErrNoSpace):
		return meta.ServiceUnavailable("the store has no space left: " + err.Error())
	case errors.Is(err, storage.ErrClosed):
		return meta.ServiceUnavailable(err.Error())
	case errors.Is(err, context.DeadlineExceeded):
		return meta.Timeout("the request did not complete within the allotted timeout", 0)
	}
	return err
}
