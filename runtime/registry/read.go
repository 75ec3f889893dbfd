package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// openCache makes the collection's cache.
func (c *collection) openCache(o cache.Options) {
	o.Prefix, o.Codec, o.Indexes = c.prefix, c.cacheCodec(), c.indexes()
	c.cache = cache.New(c.store, o)
}

// Get returns one object, or what a subresource shows of it.
func (r *Registry) Get(ctx context.Context, q *Request, opts meta.GetOptions) (Item, error) {
	if q.Resource.Virtual {
		if read := r.reads[q.groupResource()]; read != nil && q.Resource.Can(meta.VerbGet) {
			all, err := read(ctx, q)
			if err != nil {
				return Item{}, err
			}
			for _, obj := range all {
				if obj.Metadata().Name == q.Name {
					return ItemOf(q.Resource, obj), nil
				}
			}
		}
		if q.Resource.Can(meta.VerbGet) {
			return Item{}, meta.NotFound(q.groupResource(), q.Name)
		}
		return Item{}, meta.NoSuchMethod()
	}
	c, err := r.collectionOf(q.Resource)
	if err != nil {
		return Item{}, err
	}
	at := cache.Latest()
	if opts.ResourceVersion != "" {
		revision, err := parseVersion(opts.ResourceVersion)
		if err != nil {
			return Item{}, meta.Plain(badVersion(opts.ResourceVersion, err))
		}
		at = notOlderThan(revision)
	}
	o, _, err := c.cache.Get(ctx, at, c.key(q.Namespace, q.Name))
	if err != nil {
		return Item{}, readError(err)
	}
	if o == nil {
		return Item{}, meta.NotFound(c.resource(q), q.Name)
	}
	item := Item{resource: q.Resource, c: c, cached: o}
	if q.Subresource == "" || q.Subresource == "status" {
		return item, nil
	}
	f, err := c.faceOf(q)
	if err != nil || !f.throughOwn {
		return item, err
	}
	hub, err := o.Typed()
	if err != nil {
		return Item{}, err
	}
	seen, err := f.show(hub)
	if err != nil {
		return Item{}, err
	}
	return ItemOf(f.resourceOf(), seen), nil
}

// notOlderThan is the freshness that a resource version in a request asks for.
func notOlderThan(revision storage.Revision) cache.At {
	if revision == 0 {
		return cache.Any()
	}
	return cache.AtLeast(revision)
}

// badVersion words the refusal of a resource version that is no number.
func badVersion(text string, err error) error {
	return validate.Invalid(validate.NewPath("resourceVersion"), text, err.Error())[0]
}

// readError words the errors of the cache.
func readError(err error) error {
	if early, ok := errors.AsType[*cache.TooLargeError](err); ok {
		return meta.TooLargeResourceVersion(uint64(early.Asked), uint64(early.Current), 1)
	}
	if past, ok := errors.AsType[*storage.RevisionError](err); ok && errors.Is(err, storage.ErrFutureRevision) {
		return meta.TooLargeResourceVersion(uint64(past.Asked), uint64(past.Newest), 1)
	}
	if own, ok := errors.AsType[*storage.KeyError](err); ok && own.Op == "decode" {
		return meta.NewStatusError(500, meta.StatusReasonStoreReadError, fmt.Sprintf("data from the storage is not transformable or decodable: %v", err), nil)
	}
	return storeError(err)
}

// all returns all objects of the collection in the hub version, shared.
func (c *collection) all(ctx context.Context) ([]meta.Object, error) {
	snapshot, err := c.cache.Snapshot(ctx, cache.Latest())
	if err != nil {
		return nil, readError(err)
	}
	objects := make([]meta.Object, 0, snapshot.Len())
	for o := range snapshot.Ascend(c.prefix, "") {
		obj, err := o.Typed()
		if err != nil {
			return nil, readError(err)
		}
		objects = append(objects, obj)
	}
	return objects, nil
}

// decodeKept decodes what the store has at a key. Of a value that it could not
// decrypt it says why.
func (c *collection) decodeKept(key string, stored []byte, revision storage.Revision) (meta.Object, error) {
	if !bytes.HasPrefix(stored, []byte(storage.SealedPrefix)) {
		return c.decode(stored, revision)
	}
	opener, ok := c.store.(interface {
		Open(ctx context.Context, key string, stored []byte) ([]byte, error)
	})
	if !ok {
		return nil, fmt.Errorf("unable to transform key %q: it is encrypted, and there is no encryption configuration", key)
	}
	plain, err := opener.Open(context.Background(), key, stored)
	if err != nil {
		return nil, fmt.Errorf("unable to transform key %q: %w", key, err)
	}
	return c.decode(plain, revision)
}
