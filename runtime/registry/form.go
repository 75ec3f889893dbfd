package registry

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Media is an encoding of objects.
type Media = cache.Media

// The encodings.
const (
	JSON = cache.JSON
	// Protobuf is the envelope of application/vnd.kubernetes.protobuf; as an
	// element of a list it is the bare message.
	Protobuf = cache.Protobuf
	CBOR     = cache.CBOR
)

// Form is one way in which an object is encoded. Forms that were asked for once
// are kept, as far as memory allows, and shared.
type Form struct {
	Media Media
	// MetadataOnly gives a meta.k8s.io/v1 PartialObjectMetadata.
	MetadataOnly bool
}

// inList is the view of an object as an element of a list. It has its own bytes
// since what a list leaves out (kind and apiVersion) stands at the start.
const inList = cache.View(16)

// cacheForm is what the cache knows a form as.
func (f Form) cacheForm(gv meta.GroupVersion, list bool) cache.Form {
	c := cache.Form{GroupVersion: gv.String(), Media: f.Media}
	switch {
	case f.MetadataOnly:
		c.View = cache.Metadata
	case list:
		c.View = inList
	}
	return c
}

// encodeForm makes the bytes of one form of an object, which is in the version
// of the form and is only read.
func encodeForm(obj meta.Object, media Media, view cache.View) ([]byte, error) {
	switch view {
	case cache.Full:
		return encodeWhole(obj, media)
	case cache.Metadata:
		return encodeWhole(partial(obj), media)
	case inList:
		if media == Protobuf {
			return codec.MarshalProto(obj)
		}
		if _, dynamic := obj.(*meta.Unstructured); dynamic {
			return encodeWhole(obj, media)
		}
		bare := shallow(obj)
		*bare.TypeMetadata() = meta.TypeMeta{}
		return encodeWhole(bare, media)
	}
	return nil, fmt.Errorf("no such view of an object: %d", view)
}

func encodeWhole(obj meta.Object, media Media) ([]byte, error) {
	switch media {
	case JSON:
		return codec.MarshalJSON(obj)
	case Protobuf:
		return codec.MarshalEnvelope(obj)
	case CBOR:
		return codec.MarshalCBOR(obj)
	}
	return nil, fmt.Errorf("no such encoding: %d", media)
}

// partial returns the object's metadata alone, shared with it.
func partial(obj meta.Object) *meta.PartialObjectMetadata {
	return &meta.PartialObjectMetadata{
		TypeMeta:   meta.TypeMeta{Kind: "PartialObjectMetadata", APIVersion: "meta.k8s.io/v1"},
		ObjectMeta: *obj.Metadata(),
	}
}

// shallow returns a copy of the object's top level, which shares all below it:
// for a change of kind or resource version without copying the rest.
func shallow(obj meta.Object) meta.Object {
	v := reflect.ValueOf(obj).Elem()
	c := reflect.New(v.Type())
	c.Elem().Set(v)
	return c.Interface().(meta.Object)
}

// cacheCodec tells the cache about the objects of a collection.
func (c *collection) cacheCodec() cache.Codec {
	return cache.Codec{
		Decode: c.decodeKept,
		Encode: func(o *cache.Object, form cache.Form) ([]byte, error) {
			if form.Media == JSON && form.View == inList && form.GroupVersion == c.gvk.GroupVersion().String() {
				text := textBuffers.Get().(*[]byte)
				defer returnText(text)
				if out, ok := c.appendText((*text)[:0], o); ok {
					*text = out
					return slices.Clone(out), nil
				}
			}
			hub, err := o.Typed()
			if err != nil {
				return nil, err
			}
			obj, err := c.inVersion(hub, form.GroupVersion)
			if err != nil {
				return nil, err
			}
			return encodeForm(obj, form.Media, form.View)
		},
		Fields: c.fieldPaths(), FieldValue: c.fieldValue,
		Split: splitJSON,
	}
}

// inVersion returns a hub object in another version of its resource, for
// reading.
func (c *collection) inVersion(hub meta.Object, groupVersion string) (meta.Object, error) {
	if groupVersion == c.gvk.GroupVersion().String() {
		return hub, nil
	}
	gv, err := meta.ParseGroupVersion(groupVersion)
	if err != nil {
		return nil, err
	}
	obj, err := c.scheme.Convert(hub, gv)
	if err != nil {
		return nil, err
	}
	obj.TypeMetadata().SetGroupVersionKind(gv.WithKind(c.gvk.Kind))
	return obj, nil
}

// fieldPaths are the fields that selectors look at, under the names of the hub version.
func (c *collection) fieldPaths() []string {
	paths := []string{"metadata.name", "metadata.namespace"}
	for _, f := range c.hub.Fields {
		paths = append(paths, f.Path)
	}
	return paths
}

// fieldValue returns the value of one of fieldPaths.
func (c *collection) fieldValue(obj meta.Object, i int) string {
	switch {
	case i == 0:
		return obj.Metadata().Name
	case i > 1:
		return c.hub.Fields[i-2].Value(obj)
	case c.hub.Namespaced:
		return obj.Metadata().Namespace
	}
	return ""
}
