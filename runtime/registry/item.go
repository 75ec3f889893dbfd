package registry

import (
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Item is one object as it is served: encoded if nobody needs more. It is
// shared and safe for concurrent use; the zero value is no item.
type Item struct {
	resource *scheme.Resource // in the requested version
	c        *collection
	cached   *cache.Object // nil: object is set
	object   meta.Object   // in the requested version
}

// ItemOf returns an object as an Item, so that the answers of writes are
// encoded by the same code as those of reads. From then on the object must not
// be changed.
func ItemOf(r *scheme.Resource, obj meta.Object) Item { return Item{resource: r, object: obj} }

// Resource returns the declaration in the requested version.
func (i Item) Resource() *scheme.Resource { return i.resource }

// Name returns the object's name.
func (i Item) Name() string {
	if i.cached == nil {
		return i.object.Metadata().Name
	}
	return i.cached.Key[strings.LastIndexByte(i.cached.Key, '/')+1:]
}

// Namespace returns the object's namespace, "" if it is cluster-scoped.
func (i Item) Namespace() string {
	if i.cached == nil {
		return i.object.Metadata().Namespace
	}
	namespace, _, ok := strings.Cut(i.cached.Key[len(i.c.prefix):], "/")
	if !ok || !i.c.hub.Namespaced {
		return ""
	}
	return namespace
}

// ResourceVersion returns the object's resource version.
func (i Item) ResourceVersion() string {
	if i.cached == nil {
		return i.object.Metadata().ResourceVersion
	}
	return formatVersion(i.cached.Revision)
}

// Bytes returns the whole encoded object, with kind and apiVersion. Read-only.
func (i Item) Bytes(f Form) ([]byte, error) { return i.assembled(f, false) }

// ListBytes returns the encoded object as an element of a list: objects of
// kinds with a Go type leave out kind and apiVersion there, protobuf is the
// bare message. Read-only.
func (i Item) ListBytes(f Form) ([]byte, error) { return i.assembled(f, true) }

func (i Item) assembled(f Form, list bool) ([]byte, error) {
	var room Room
	e, err := i.Encoded(f, list, &room)
	if err != nil {
		return nil, err
	}
	return e.whole(), nil
}

func (i Item) bytes(f Form, list bool) ([]byte, error) {
	form := f.cacheForm(i.resource.GroupVersion, list)
	if f.MetadataOnly && list && f.Media == Protobuf {
		// The envelope of PartialObjectMetadata is the common view; its bare message
		// is not worth keeping.
		obj, err := i.Object()
		if err != nil {
			return nil, err
		}
		return encodeForm(partial(obj), Protobuf, inList)
	}
	if i.cached == nil {
		return encodeForm(i.object, form.Media, form.View)
	}
	return i.cached.Form(form)
}

// Object returns the object in the requested version, decoded. It is shared
// and read-only.
func (i Item) Object() (meta.Object, error) {
	if i.cached == nil {
		return i.object, nil
	}
	hub, err := i.cached.Typed()
	if err != nil {
		return nil, err
	}
	return i.c.fromHub(i.resource, hub)
}
