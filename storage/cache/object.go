package cache

import (
	"encoding/binary"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
)

// Object is one object as of one revision: its stored bytes, and whatever else
// of it has been asked for. It is shared by everybody who reads it and never
// changes in what it says. All methods are safe for concurrent use.
type Object struct {
	// Key is the store's key.
	Key string
	// Revision is the object's resourceVersion. For the last state of a deleted
	// object it is the revision of the deletion.
	Revision storage.Revision
	// Created is the revision that made the key; 0 if not known.
	Created storage.Revision
	// Stored is the object as the store has it. Read-only.
	Stored []byte

	kind   *kind
	serial uint64 // its own among all of the cache
	typed  atomic.Pointer[typedRef]
	attrs  atomic.Pointer[byte]         // as in attributes
	forms  atomic.Pointer[[]*formEntry] // replaced, never changed
	// encoding is held while a form is made, so that it is made once although
	// many watchers want it at the same moment.
	encoding sync.Mutex
	notes    atomic.Uint32 // what has been found out: noted bits
	lead     uint32        // see place; 0: the key is by itself
}

const (
	notedCheck uint32 = 1 << iota // Verify was asked
	notedGood                     // and the answer was yes
	notedAsked                    // see Asked
)

// kind is what all objects of one cache share.
type kind struct {
	codec  Codec
	budget *Budget
	fields []string // and value: those of the codec, or what stands for none
	value  func(obj meta.Object, i int) string
	last   *atomic.Uint64 // serial given out
}

func newKind(codec Codec, budget *Budget) kind {
	k := kind{codec: codec, budget: budget, fields: codec.Fields, value: codec.FieldValue, last: new(atomic.Uint64)}
	if k.value == nil {
		k.fields, k.value = []string{"metadata.name", "metadata.namespace"}, nameOrNamespace
	}
	return k
}

func nameOrNamespace(obj meta.Object, i int) string {
	if i == 0 {
		return obj.Metadata().Name
	}
	return obj.Metadata().Namespace
}

// attributes are what selectors look at, in one text: the values of the codec's
// fields, then labels and their values in turns, each after its length. There are very
// many objects, and most are never looked at but by this: maps, or texts of their
// own, would take several times as much, and be work for the garbage collector.
// The text has its own length in front, so that a pointer to its first byte will do.
type attributes string

func attributesAt(first *byte) attributes {
	p, length, at := unsafe.Pointer(first), 0, 0
	for shift := 0; ; shift += 7 {
		c := *(*byte)(unsafe.Add(p, at))
		at++
		if length |= int(c&0x7f) << shift; c < 0x80 {
			return attributes(unsafe.String((*byte)(unsafe.Add(p, at)), length))
		}
	}
}

// newAttributes returns where a copy of text is.
func newAttributes(text []byte) *byte {
	b := binary.AppendUvarint(make([]byte, 0, len(text)+2), uint64(len(text)))
	return &append(b, text...)[0]
}

func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// nextText takes the first of several texts off.
func nextText(texts string) (first, rest string) {
	n, i := uint64(0), 0
	for shift := 0; i < len(texts); shift += 7 {
		c := texts[i]
		i++
		if n |= uint64(c&0x7f) << shift; c < 0x80 {
			break
		}
	}
	return texts[i : i+int(n)], texts[i+int(n):]
}

func (k *kind) object(kv *storage.KV) *Object {
	return &Object{Key: kv.Key, Revision: kv.Modified, Created: kv.Created, Stored: slices.Clip(kv.Value), kind: k, serial: k.last.Add(1)}
}

func (o *Object) storedBytes() int64 {
	if o == nil {
		return 0
	}
	return int64(len(o.Stored))
}

// at is the same state under another revision.
func (o *Object) at(rev storage.Revision) *Object {
	n := &Object{Key: o.Key, Revision: rev, Created: o.Created, Stored: o.Stored, kind: o.kind, serial: o.kind.last.Add(1), lead: o.lead}
	n.attrs.Store(o.attrs.Load())
	return n
}

// Typed returns the decoded object. It is shared: callers must not change it,
// and copy what they want to change. It is decoded when first asked for and
// stays as long as somebody holds it.
func (o *Object) Typed() (meta.Object, error) {
	for {
		ref := o.typed.Load()
		if ref != nil {
			if obj := ref.object(); obj != nil {
				return obj, nil
			}
		}
		obj, err := o.kind.codec.Decode(o.Key, o.Stored, o.Revision)
		if err != nil {
			return nil, &storage.KeyError{Op: "decode", Key: o.Key, Err: err}
		}
		// Who loses the race takes the winner's, so that all share one.
		if o.typed.CompareAndSwap(ref, newTypedRef(obj)) {
			return obj, nil
		}
	}
}

// forgetTyped gives back what is left of a decoded object that nobody holds.
func (o *Object) forgetTyped() {
	if ref := o.typed.Load(); ref != nil && ref.object() == nil {
		o.typed.CompareAndSwap(ref, nil)
	}
}

// adopt makes obj the decoded form; verified says what Verify would.
func (o *Object) adopt(obj meta.Object, verified bool) {
	if verified {
		o.notes.Store(notedCheck | notedGood)
	}
	obj.Metadata().ResourceVersion = strconv.FormatInt(int64(o.Revision), 10)
	o.typed.Store(newTypedRef(obj))
}

// appendAttributes appends the text of an object's attributes, without its length.
func (k *kind) appendAttributes(text []byte, obj meta.Object) []byte {
	for i := range k.fields {
		text = appendText(text, k.value(obj, i))
	}
	for name, value := range obj.Metadata().Labels {
		text = appendText(appendText(text, name), value)
	}
	return text
}

func (o *Object) setAttributes(obj meta.Object) attributes {
	var room [512]byte
	a := newAttributes(o.kind.appendAttributes(room[:0], obj))
	o.attrs.Store(a)
	return attributesAt(a)
}

func (o *Object) attributes() attributes {
	if a := o.attrs.Load(); a != nil {
		return attributesAt(a)
	}
	obj, err := o.Typed()
	if err != nil { // whoever reads the object itself is told
		return ""
	}
	return o.setAttributes(obj)
}

// Label returns the value of one of the object's labels. ok is false if it has
// none of that name, or cannot be decoded.
func (o *Object) Label(name string) (value string, ok bool) {
	return o.kind.labelIn(o.attributes(), name)
}

// Field returns the value of one of the object's selectable fields; empty if it
// has none of that name, or cannot be decoded.
func (o *Object) Field(name string) string { return o.kind.fieldIn(o.attributes(), name) }

func (k *kind) labelIn(a attributes, name string) (value string, ok bool) {
	texts := string(a)
	if texts == "" {
		return "", false
	}
	for range k.fields {
		_, texts = nextText(texts)
	}
	for texts != "" {
		var have string
		have, texts = nextText(texts)
		value, texts = nextText(texts)
		if have == name {
			return value, true
		}
	}
	return "", false
}

func (k *kind) fieldIn(a attributes, name string) string {
	texts := string(a)
	if texts == "" {
		return ""
	}
	for _, field := range k.fields {
		var value string
		if value, texts = nextText(texts); field == name {
			return value
		}
	}
	return ""
}

// Form returns the object's bytes in a form. They are made when first asked for
// and kept as the cache's [Budget] allows; they are shared and read-only.
func (o *Object) Form(form Form) ([]byte, error) {
	b, _, err := o.SplitForm(form)
	return b, err
}

// FormFrom is Form for bytes that are made from others of the object, by make,
// which may ask for these. Two at once may both make them; one is kept.
func (o *Object) FormFrom(form Form, make func() ([]byte, error)) ([]byte, error) {
	if e := o.form(form); e != nil {
		return e.bytes, nil
	}
	b, err := make()
	if err != nil {
		return nil, err
	}
	o.encoding.Lock()
	defer o.encoding.Unlock()
	if e := o.form(form); e != nil {
		return e.bytes, nil
	}
	e := &formEntry{object: o, form: form, bytes: b}
	o.addForm(e)
	o.kind.budget.add(e)
	return b, nil
}

// SplitForm is Form, with what Codec.Split says of the bytes.
func (o *Object) SplitForm(form Form) (b []byte, split int, err error) {
	if e := o.form(form); e != nil {
		return e.bytes, e.split, nil
	}
	o.encoding.Lock()
	defer o.encoding.Unlock()
	if e := o.form(form); e != nil {
		return e.bytes, e.split, nil
	}
	b, err = o.kind.codec.Encode(o, form)
	if err != nil {
		return nil, 0, &storage.KeyError{Op: "encode", Key: o.Key, Err: err}
	}
	e := &formEntry{object: o, form: form, bytes: b}
	if o.kind.codec.Split != nil {
		e.split = o.kind.codec.Split(form, b)
	}
	o.addForm(e)
	if len(b) == 0 || len(o.Stored) == 0 || &b[0] != &o.Stored[0] { // the stored bytes cost nothing more
		o.kind.budget.add(e)
	}
	return b, e.split, nil
}

// Has says whether a form is there already.
func (o *Object) Has(form Form) bool { return o.form(form) != nil }

// Asked notes that somebody wants a form of the object by itself, and says whether
// it is worth keeping: whether it is there already, or somebody wanted one before.
// Most objects are read by themselves once or never, and need no memory for that.
func (o *Object) Asked(form Form) bool {
	return o.form(form) != nil || o.notes.Or(notedAsked)&notedAsked != 0
}

// Verify returns what check says, which is asked once and remembered. Every
// caller has to mean the same check.
func (o *Object) Verify(check func() bool) bool {
	if known := o.notes.Load(); known&notedCheck != 0 {
		return known&notedGood != 0
	}
	if !check() {
		o.notes.Or(notedCheck)
		return false
	}
	o.notes.Or(notedCheck | notedGood)
	return true
}

// Verified says whether Verify has been asked, or the writer of the object has told,
// and the answer was yes.
func (o *Object) Verified() bool { return o.notes.Load()&notedGood != 0 }

func (o *Object) form(form Form) *formEntry {
	list := o.forms.Load()
	if list == nil {
		return nil
	}
	for _, e := range *list {
		if e.form == form {
			if !e.used.Load() { // do not make readers fight over the cache line
				e.used.Store(true)
			}
			return e
		}
	}
	return nil
}

func (o *Object) addForm(e *formEntry) {
	for {
		old := o.forms.Load()
		list := []*formEntry{e}
		if old != nil {
			list = append(list, *old...)
		}
		if o.forms.CompareAndSwap(old, &list) {
			return
		}
	}
}

func (o *Object) dropForm(e *formEntry) {
	for {
		old := o.forms.Load()
		if old == nil {
			return
		}
		var list []*formEntry
		for _, have := range *old {
			if have != e {
				list = append(list, have)
			}
		}
		next := &list
		if len(list) == 0 {
			next = nil
		}
		if o.forms.CompareAndSwap(old, next) {
			return
		}
	}
}
