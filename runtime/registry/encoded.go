package registry

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strconv"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Encoded is an encoded object in pieces, one after the other. Body is shared
// by everybody who reads the object; what differs between the object by itself,
// as an element of a list, and its metadata alone is in the other two or left
// out of the body. All are read-only.
type Encoded struct{ Head, Body, Tail []byte }

// Len returns how many bytes the pieces are.
func (e Encoded) Len() int { return len(e.Head) + len(e.Body) + len(e.Tail) }

// AppendTo appends the pieces to dst.
func (e Encoded) AppendTo(dst []byte) []byte {
	return append(append(append(dst, e.Head...), e.Body...), e.Tail...)
}

// whole returns the pieces as one, shared if there is but one.
func (e Encoded) whole() []byte {
	if len(e.Head) == 0 && len(e.Tail) == 0 {
		return e.Body
	}
	return e.AppendTo(make([]byte, 0, e.Len()))
}

// Room is memory that small pieces are put in, so that those of many objects
// are allocated together. The zero value is ready. It is not safe for concurrent
// use.
type Room struct {
	chunk, free []byte
	// text is a run that was unpacked from packed, for its next object.
	text   *[]byte
	packed []byte
}

// take returns an empty slice with room for n bytes.
func (r *Room) take(n int) []byte {
	if cap(r.free) < n {
		r.chunk = make([]byte, 0, max(n, min(2*cap(r.chunk)+256, 16<<10)))
		r.free = r.chunk
	}
	out := r.free[:0:n]
	r.free = r.free[n:n]
	return out
}

// Reset lets the room be used again: pieces that were put in it are gone.
func (r *Room) Reset() { r.free = r.chunk[:0] }

// Encoded returns the encoded object; list says that it is an element of a list:
// objects of kinds with a Go type leave out kind and apiVersion there, protobuf
// is the bare message. The small pieces are put in room.
//
// One JSON text is kept for all that is read of an object as JSON, and nothing
// for protobuf where the stored bytes are what is served but for the resource
// version.
func (i Item) Encoded(f Form, list bool, room *Room) (Encoded, error) {
	if i.cached != nil {
		switch {
		case f.Media == Protobuf && i.storedAsServed():
			if e, ok := i.encodedStored(f, list, room); ok {
				return e, nil
			}
		case f.Media == JSON && i.c.hub.Type != nil && i.c.proto:
			return i.encodedJSON(f, list, room)
		}
	}
	body, err := i.bytes(f, list)
	return Encoded{Body: body}, err
}

// AppendJSON appends the whole object, with kind and apiVersion, to dst; or its
// metadata alone.
func (i Item) AppendJSON(dst []byte, metadataOnly bool) ([]byte, error) {
	if i.cached != nil && !metadataOnly && !i.cached.Asked(Form{Media: JSON}.cacheForm(i.resource.GroupVersion, true)) {
		if out, ok := i.appendStored(dst); ok {
			return out, nil
		}
		obj, err := i.Object()
		if err != nil {
			return dst, err
		}
		return codec.AppendJSON(dst, obj)
	}
	var room Room
	e, err := i.Encoded(Form{Media: JSON, MetadataOnly: metadataOnly}, false, &room)
	if err != nil {
		return dst, err
	}
	return e.AppendTo(dst), nil
}

const (
	metadataHead = `{"metadata":`
	partialHead  = `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":`
)

var (
	partialStart = []byte(partialHead)
	partialEnd   = []byte("}")
)

// encodedJSON makes everything from the text of the object as an element of a
// list, which begins with its metadata.
func (i Item) encodedJSON(f Form, list bool, room *Room) (Encoded, error) {
	form := Form{Media: JSON}.cacheForm(i.resource.GroupVersion, true)
	if list && !f.MetadataOnly {
		if text, ok := i.passingText(form, room); ok {
			return Encoded{Body: text}, nil
		}
	}
	body, split, err := i.cached.SplitForm(form)
	switch {
	case err != nil:
		return Encoded{}, err
	case list && !f.MetadataOnly:
		return Encoded{Body: body}, nil
	case split == 0: // it does not begin so
		whole, err := i.bytes(f, list)
		return Encoded{Body: whole}, err
	case f.MetadataOnly:
		return Encoded{Head: partialStart, Body: body[len(metadataHead):split], Tail: partialEnd}, nil
	}
	gv, kind := i.resource.GroupVersion, i.resource.Kind
	head := appendJSONHead(room.take(len(jsonHead)+len(kind)+len(gv.Group)+len(gv.Version)), gv, kind)
	return Encoded{Head: head, Body: body[1:]}, nil
}

// keepOneOf is how many texts are made for one that is kept, where memory is used up.
const keepOneOf = 16

// passingText makes the text of an object of a list without keeping it, where the memory
// for texts is used up. A list of more than fits would drive out all that is kept, its
// own beginning at last, and be made anew each time; so most of it is not kept.
func (i Item) passingText(form cache.Form, room *Room) ([]byte, bool) {
	if i.cached.Has(form) || !i.c.cache.Crowded() || i.resource.GroupVersion != i.c.gvk.GroupVersion() || rand.IntN(keepOneOf) == 0 {
		return nil, false
	}
	text := textBuffers.Get().(*[]byte)
	defer returnText(text)
	out, ok := i.c.appendText((*text)[:0], i.cached)
	if !ok {
		return nil, false
	}
	*text = out
	return append(room.take(len(out)), out...), true
}

const jsonHead = `{"kind":"","apiVersion":"/",`

// appendJSONHead appends what stands before an object's metadata.
func appendJSONHead(head []byte, gv meta.GroupVersion, kind string) []byte {
	head = append(append(append(head, `{"kind":"`...), kind...), `","apiVersion":"`...)
	if gv.Group != "" {
		head = append(append(head, gv.Group...), '/')
	}
	return append(append(head, gv.Version...), `",`...)
}

// appendStored appends the whole object as JSON, made of the stored bytes; ok is false
// if it has to be made of the object.
func (i Item) appendStored(dst []byte) (_ []byte, ok bool) {
	gv := i.resource.GroupVersion
	if gv != i.c.gvk.GroupVersion() || i.resource.Kind != i.c.gvk.Kind {
		return dst, false
	}
	begin := len(dst)
	head := appendJSONHead(dst, gv, i.resource.Kind)
	out, ok := i.c.appendText(head[:len(head)-1], i.cached)
	if !ok || len(out) <= len(head)+1 {
		return dst[:begin], false
	}
	out[len(head)-1] = ',' // where the object began
	return out, true
}

// appendText appends the JSON of an object as an element of a list, made of the stored
// bytes, which is much faster than to make the object first. ok is false if that was
// not found to be the same.
func (c *collection) appendText(dst []byte, o *cache.Object) (_ []byte, ok bool) {
	if !c.proto || c.hub.Type == nil || !o.Verified() {
		return dst, false
	}
	var room Room
	stored, ok := Item{c: c, cached: o}.encodedStored(Form{Media: Protobuf}, true, &room)
	if !ok {
		return dst, false
	}
	message := textBuffers.Get().(*[]byte)
	defer returnText(message)
	*message = stored.AppendTo((*message)[:0])
	return codec.AppendJSONOfProto(dst, *message, c.hub.Type.Type)
}

// textBuffers are for what is as large as an object.
var textBuffers = sync.Pool{New: func() any { return new(make([]byte, 0, 8<<10)) }}

func returnText(b *[]byte) {
	if cap(*b) <= maxRunText {
		textBuffers.Put(b)
	}
}

// splitJSON returns where the metadata ends that a text begins with; 0 if it
// does not.
func splitJSON(form cache.Form, text []byte) int {
	if form.Media != JSON || form.View != inList || !bytes.HasPrefix(text, []byte(metadataHead)) {
		return 0
	}
	n, ok := codec.JSONLength(text[len(metadataHead):])
	if !ok {
		return 0
	}
	return len(metadataHead) + n
}

// storedAsServed says that encoding the object anew would give what is stored,
// the resource version apart. That is found out once for each state of an
// object, by doing it: defaults may have come since it was stored, and it may
// be another server that stored it.
func (i Item) storedAsServed() bool {
	if !i.c.proto || i.resource.GroupVersion != i.c.gvk.GroupVersion() || i.resource.Kind != i.c.gvk.Kind {
		return false
	}
	return i.cached.Verify(func() bool {
		var room Room
		stored, ok := i.encodedStored(Form{Media: Protobuf}, true, &room)
		if !ok {
			return false
		}
		obj, err := i.cached.Typed()
		if err != nil {
			return false
		}
		anew, err := codec.MarshalProto(obj)
		return err == nil && len(anew) == stored.Len() && bytes.HasPrefix(anew, stored.Head) && bytes.HasSuffix(anew, stored.Body)
	})
}

// The protobuf numbers that matter here.
const (
	metadataTag = 1<<3 | 2 // of every object: its metadata
	versionTag  = 6<<3 | 2 // of the metadata: resourceVersion
)

var envelopeEnd = []byte(codec.EnvelopeEnd)

// encodedStored makes what is served from what is stored: a new beginning, with
// the resource version in the metadata, and the rest as it is.
func (i Item) encodedStored(f Form, list bool, room *Room) (Encoded, bool) {
	typeMeta, raw, contentType, err := codec.UnmarshalEnvelope(i.cached.Stored)
	if err != nil || contentType != "" || typeMeta.GroupVersionKind() != i.c.gvk || len(raw) == 0 || raw[0] != metadataTag {
		return Encoded{}, false
	}
	metadata, start, ok := chunkAt(raw, 1)
	if !ok {
		return Encoded{}, false
	}
	from, to, ok := versionIn(metadata)
	if !ok {
		return Encoded{}, false
	}
	var digits [20]byte
	version := strconv.AppendInt(digits[:0], int64(i.cached.Revision), 10)
	size := len(metadata) - (to - from) + 2 + len(version)
	body := raw[start+to:]
	if f.MetadataOnly {
		body = metadata[to:]
	}
	item := 1 + uvarintSize(size) + from + 2 + len(version) + len(body)
	head := room.take(item - len(body) + 128)
	if !list {
		typeMeta := meta.TypeMeta{Kind: i.c.gvk.Kind, APIVersion: typeMeta.APIVersion}
		if f.MetadataOnly {
			typeMeta = meta.TypeMeta{Kind: "PartialObjectMetadata", APIVersion: "meta.k8s.io/v1"}
		}
		head = codec.AppendEnvelopeStart(head, typeMeta, item)
	}
	head = binary.AppendUvarint(append(head, metadataTag), uint64(size))
	head = append(append(head, metadata[:from]...), versionTag, byte(len(version)))
	head = append(head, version...)
	e := Encoded{Head: head, Body: body}
	if !list {
		e.Tail = envelopeEnd
	}
	return e, true
}

// versionIn returns where the resource version is in encoded metadata, or where
// it belongs. Fields stand in the order of their numbers.
func versionIn(metadata []byte) (from, to int, ok bool) {
	for at := 0; at < len(metadata); {
		tag := metadata[at]
		if tag > versionTag {
			return at, at, true
		}
		_, start, ok := chunkAt(metadata, at+1)
		if !ok || tag&7 != 2 {
			return 0, 0, false // all before it are texts
		}
		length, _ := binary.Uvarint(metadata[at+1:])
		end := start + int(length)
		if tag == versionTag {
			return at, end, true
		}
		at = end
	}
	return len(metadata), len(metadata), true
}

// chunkAt returns the bytes whose length stands at a place, and where they
// start.
func chunkAt(data []byte, at int) (chunk []byte, start int, ok bool) {
	length, n := binary.Uvarint(data[at:])
	if n <= 0 || length > uint64(len(data)-at-n) {
		return nil, 0, false
	}
	start = at + n
	return data[start : start+int(length)], start, true
}

func uvarintSize(v int) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}
