package registry

import (
	"context"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Reader returns a reader of stored objects for admission plug-ins and others
// that need no more. It reads from the caches; objects are in their hub version,
// shared and read-only.
func (r *Registry) Reader() admission.Reader { return reader{r: r} }

// LocalReader is a Reader that asks nobody else how fresh the caches are, for
// questions of every request, such as whose token that is. What it does not
// find it looks for once more as Reader does.
func (r *Registry) LocalReader() admission.Reader { return reader{r: r, local: true} }

type reader struct {
	r     *Registry
	local bool
}

func (d reader) collection(gvr meta.GroupVersionResource) (*collection, error) {
	res, ok := d.r.scheme.Resource(gvr)
	if !ok {
		return nil, meta.NoSuchResource()
	}
	return d.r.collectionOf(res)
}

// Get returns one object. It sees every write of this server that came before.
func (d reader) Get(ctx context.Context, gvr meta.GroupVersionResource, namespace, name string) (meta.Object, error) {
	c, err := d.collection(gvr)
	if err != nil {
		return nil, err
	}
	key := c.key(namespace, name)
	var o *cache.Object
	if d.local {
		if o, _, err = c.cache.Get(ctx, cache.Any(), key); err != nil {
			return nil, readError(err)
		}
	}
	if o == nil {
		o, _, err = c.cache.Get(ctx, cache.Latest(), key)
	}
	if err != nil {
		return nil, readError(err)
	}
	if o == nil {
		return nil, meta.NotFound(gvr.GroupResource(), name)
	}
	obj, err := o.Typed()
	if err != nil {
		return nil, readError(err)
	}
	return obj, nil
}

// List returns the objects of a namespace; "" is all of them.
func (d reader) List(ctx context.Context, gvr meta.GroupVersionResource, namespace string) ([]meta.Object, error) {
	c, err := d.collection(gvr)
	if err != nil {
		return nil, err
	}
	at := cache.Latest()
	if d.local {
		at = cache.Any()
	}
	snapshot, err := c.cache.Snapshot(ctx, at)
	if err != nil {
		return nil, readError(err)
	}
	var objects []meta.Object
	for o := range snapshot.Ascend(c.keyPrefix(namespace), "") {
		obj, err := o.Typed()
		if err != nil {
			return nil, readError(err)
		}
		objects = append(objects, obj)
	}
	return objects, nil
}
