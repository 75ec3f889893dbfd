package cache

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
)

// Media is a wire encoding.
type Media uint8

// The encodings an object can be asked for in.
const (
	JSON Media = iota + 1
	Protobuf
	CBOR
	YAML
)

// View is how much of an object is shown.
type View uint8

// The views an object can be asked for in.
const (
	Full             View = iota // the whole object
	Metadata                     // PartialObjectMetadata
	TableRow                     // one row of a Table, without the object in it
	TableRowMetadata             // one row of a Table, with its PartialObjectMetadata
	TableRowFull                 // one row of a Table, with the whole object
)

// Form says which bytes of an object are wanted: encoded how, in which version,
// how much of it. Forms are compared, so the same thing must be said the same
// way every time.
type Form struct {
	// GroupVersion is that of the object in the bytes, such as "apps/v1".
	GroupVersion string
	Media        Media
	View         View
}

// Codec is what a cache must be told about one resource. The functions are
// called from many goroutines at once and must not keep or change their
// arguments.
type Codec struct {
	// Decode makes the object that stored holds, with rev as its
	// resourceVersion. Nobody changes what it returns.
	Decode func(key string, stored []byte, rev storage.Revision) (meta.Object, error)
	// Encode makes the bytes of one form. It takes what it needs from o:
	// usually o.Typed, or o.Stored where bytes can be had from bytes. It may
	// return o.Stored itself.
	Encode func(o *Object, form Form) ([]byte, error)
	// Split returns a place in the bytes of a form that readers want to know, such
	// as where the metadata ends; it is found once and kept with them. Nil: 0.
	Split func(form Form, b []byte) int
	// Fields are the paths of the fields that selectors may look at, besides labels;
	// FieldValue returns the value of the i-th of them. Nil means metadata.name and
	// metadata.namespace.
	Fields     []string
	FieldValue func(obj meta.Object, i int) string
}

// Index names a label or a declared field by whose value objects are indexed.
// The zero Index is none.
type Index struct {
	Field string // such as "spec.nodeName"
	Label string // used if Field is empty
}

func (i Index) value(o *Object) string { return o.kind.valueIn(o.attributes(), i) }

func (k *kind) valueIn(a attributes, i Index) string {
	if i.Field != "" {
		return k.fieldIn(a, i.Field)
	}
	value, _ := k.labelIn(a, i.Label)
	return value
}
