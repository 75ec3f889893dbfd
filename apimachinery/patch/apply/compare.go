package apply

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

// A difference is the tree of the fields in which two objects differ, in the
// order in which FieldsV1 has them. It is made anew for each comparison in the
// same memory.
type difference struct {
	nodes []node
	// unsure is set when the objects hold what only the way over trees gets
	// right, such as a list with a key twice.
	unsure       bool
	scratch, alt []byte
}

// node is one element of a path. Its text is what FieldsV1 has for it, after
// the letter that says its kind: f a field, k an item's keys, v an item itself.
type node struct {
	kind             byte
	changed, removed bool // the field itself: is new or differs; is gone
	text             string
	first, last      int32 // children
	next             int32 // sibling
}

const none = -1

var differences = sync.Pool{New: func() any { return &difference{nodes: make([]node, 0, 256)} }}

func newDifference() *difference {
	d := differences.Get().(*difference)
	d.reset()
	d.unsure = false
	return d
}

func (d *difference) reset() {
	d.nodes = append(d.nodes[:0], node{first: none, last: none, next: none})
}

func (d *difference) release() {
	clear(d.nodes) // they refer to objects' texts
	differences.Put(d)
}

// open adds a child to a node, for now.
func (d *difference) open(parent int32, kind byte, text string) int32 {
	i := int32(len(d.nodes))
	d.nodes = append(d.nodes, node{kind: kind, text: text, first: none, last: none, next: none})
	if last := d.nodes[parent].last; last != none {
		d.nodes[last].next = i
	}
	return i
}

// close keeps the child, or takes it back if there is nothing in it.
func (d *difference) close(parent, i int32) {
	n, p := &d.nodes[i], &d.nodes[parent]
	if !n.changed && !n.removed && n.first == none {
		d.nodes = d.nodes[:i]
		if p.last != none {
			d.nodes[p.last].next = none
		}
		return
	}
	if p.first == none {
		p.first = i
	}
	p.last = i
}

func (d *difference) empty() bool { return d.nodes[0].first == none }

// changes says whether anything is new or different rather than gone.
func (d *difference) changes() bool {
	return slices.ContainsFunc(d.nodes, func(n node) bool { return n.changed })
}

// skip says which fields of an object nobody can own by the write at hand.
type skip struct {
	root, metadata []string
	only           string // if set, all of the root but this and metadata too
}

func (s *skip) top(name string) bool {
	switch {
	case name == "apiVersion" || name == "kind":
		return true
	case s.only != "" && name != s.only && name != "metadata":
		return true
	}
	return slices.Contains(s.root, name)
}

func (s *skip) meta(name string) bool {
	switch name {
	case "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields", "resourceVersion":
		return true
	}
	return slices.Contains(s.metadata, name)
}

// objects compares two objects of the shape.
func (d *difference) objects(sh *shape, old, next reflect.Value, s skip) {
	for i := range sh.fields {
		f := &sh.fields[i]
		if s.top(f.name) {
			continue
		}
		if f.name != "metadata" || f.shape.kind != codec.Struct {
			d.field(0, f, old, next, nil)
			continue
		}
		// Of the metadata only parts can be owned.
		a, b := f.of(old), f.of(next)
		m := d.open(0, 'f', f.name)
		for j := range f.shape.fields {
			if inner := &f.shape.fields[j]; !s.meta(inner.name) {
				d.field(m, inner, a, b, nil)
			}
		}
		d.close(0, m)
	}
}

// sides are what was seen of the two values of a container.
type sides struct{ old, next bool }

// field compares a field of two structs, either of which may be absent.
func (d *difference) field(parent int32, f *shapeField, old, next reflect.Value, seen *sides) {
	var a, b reflect.Value
	if old.IsValid() {
		if v := f.of(old); f.present(v) {
			a = v
		}
	}
	if next.IsValid() {
		if v := f.of(next); f.present(v) {
			b = v
		}
	}
	if !a.IsValid() && !b.IsValid() {
		return
	}
	if seen != nil {
		seen.old, seen.next = seen.old || a.IsValid(), seen.next || b.IsValid()
	}
	merge := f.shape.merge
	if f.whole {
		merge = whole
	}
	d.values(parent, 'f', f.name, f.shape, merge, a, b)
}

// follow returns what v points at. A null has no value but is there.
func follow(v reflect.Value) (target reflect.Value, null bool) {
	for v.IsValid() && v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return reflect.Value{}, true
		}
		v = v.Elem()
	}
	if v.IsValid() {
		switch v.Kind() {
		case reflect.Slice, reflect.Map, reflect.Interface:
			if v.IsNil() {
				return reflect.Value{}, true
			}
		}
	}
	return v, false
}

// values compares two values, of which one may be absent.
func (d *difference) values(parent int32, kind byte, text string, sh *shape, merge mergeKind, old, next reflect.Value) {
	if d.unsure {
		return
	}
	isNew, isGone := !old.IsValid(), !next.IsValid()
	i := d.open(parent, kind, text)
	if merge == whole {
		d.mark(i, isNew, isGone, !isNew && !isGone && !d.same(sh, old, next))
		d.close(parent, i)
		return
	}
	a, nullA := follow(old)
	b, nullB := follow(next)
	var seen sides
	switch {
	case sh.kind == codec.Struct:
		for j := range sh.fields {
			d.field(i, &sh.fields[j], a, b, &seen)
		}
	case sh.kind == codec.Map:
		seen = d.maps(i, sh, a, b)
	default:
		seen = d.lists(i, sh, a, b)
	}
	// Nothing on both sides can be nothing in two ways: null and empty.
	d.mark(i, isNew, isGone, !seen.old && !seen.next && nullA != nullB)
	d.close(parent, i)
}

func (d *difference) mark(i int32, isNew, isGone, differs bool) {
	n := &d.nodes[i]
	n.changed, n.removed = isNew || differs && !isGone, isGone
}

func length(v reflect.Value) int {
	if !v.IsValid() {
		return 0
	}
	return v.Len()
}

// maps compares the entries of two maps.
func (d *difference) maps(parent int32, sh *shape, old, next reflect.Value) sides {
	seen := sides{length(old) > 0, length(next) > 0}
	if !seen.old && !seen.next || seen.old && seen.next && old.UnsafePointer() == next.UnsafePointer() {
		return seen
	}
	if d.textMaps(parent, sh, old, next) {
		return seen
	}
	var keys []string
	collect := func(m, unless reflect.Value) {
		if !m.IsValid() {
			return
		}
		for it := m.MapRange(); it.Next(); {
			if key := it.Key(); !unless.IsValid() || !unless.MapIndex(key).IsValid() {
				keys = append(keys, key.String())
			}
		}
	}
	collect(old, reflect.Value{})
	collect(next, old)
	slices.Sort(keys)
	for _, key := range keys {
		d.values(parent, 'f', d.plain(key), sh.elem, sh.elem.merge, entry(old, key), entry(next, key))
	}
	return seen
}

func entry(m reflect.Value, key string) reflect.Value {
	if !m.IsValid() {
		return reflect.Value{}
	}
	return m.MapIndex(reflect.ValueOf(key).Convert(m.Type().Key()))
}

// textMaps compares maps that hold plain text, the most common kind, without
// the cost of reflection.
func (d *difference) textMaps(parent int32, sh *shape, old, next reflect.Value) bool {
	a, okA := texts(old)
	b, okB := texts(next)
	if !okA || !okB {
		return false
	}
	if maps.Equal(a, b) {
		return true
	}
	var room [16]string
	keys := room[:0]
	for key, value := range b {
		if was, ok := a[key]; !ok || was != value {
			keys = append(keys, key)
		}
	}
	for key := range a {
		if _, ok := b[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		i := d.open(parent, 'f', d.plain(key))
		_, there := b[key]
		d.mark(i, there, !there, false)
		d.close(parent, i)
	}
	return true
}

// texts returns a map that may be absent.
func texts(v reflect.Value) (map[string]string, bool) {
	if !v.IsValid() {
		return nil, true
	}
	m, ok := v.Interface().(map[string]string)
	return m, ok
}

// plain returns a key as the text of a node, if it needs no escapes there.
func (d *difference) plain(key string) string {
	for i := range len(key) {
		if c := key[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			d.unsure = true
			break
		}
	}
	return key
}

// item is an item of a list and what names it there.
type item struct {
	text  string
	value reflect.Value
}

// lists compares the items of two lists.
func (d *difference) lists(parent int32, sh *shape, old, next reflect.Value) sides {
	seen := sides{length(old) > 0, length(next) > 0}
	if !seen.old && !seen.next || seen.old && seen.next && d.same(sh, old, next) {
		return seen
	}
	var roomA, roomB [8]item
	a, b := d.items(sh, old, roomA[:0]), d.items(sh, next, roomB[:0])
	kind := byte('k')
	if sh.merge == setItems {
		kind = 'v'
	}
	for (len(a) > 0 || len(b) > 0) && !d.unsure {
		order := 0
		switch {
		case len(a) == 0:
			order = 1
		case len(b) == 0:
			order = -1
		default:
			order = compareItems(a[0].text, b[0].text)
		}
		var was, is reflect.Value
		text := ""
		if order <= 0 {
			was, text, a = a[0].value, a[0].text, a[1:]
		}
		if order >= 0 {
			is, text, b = b[0].value, b[0].text, b[1:]
		}
		d.values(parent, kind, text, sh.elem, sh.elem.merge, was, is)
	}
	return seen
}

// items names the items of a list and sorts them.
func (d *difference) items(sh *shape, list reflect.Value, items []item) []item {
	for i := range length(list) {
		v := list.Index(i)
		text, ok := d.itemText(sh, v)
		if !ok {
			d.unsure = true
			return nil
		}
		items = append(items, item{text, v})
	}
	slices.SortFunc(items, func(x, y item) int { return compareItems(x.text, y.text) })
	for i := 1; i < len(items); i++ {
		if items[i].text == items[i-1].text {
			d.unsure = true // the same item twice
			return nil
		}
	}
	return items
}

// itemText returns what names an item in FieldsV1, where it stands inside of a
// JSON text: quotes are escaped.
func (d *difference) itemText(sh *shape, v reflect.Value) (string, bool) {
	v, null := follow(v)
	if null {
		return "", false
	}
	d.scratch = d.scratch[:0]
	if sh.merge == setItems {
		if !d.scalar(sh.elem.kind, v) {
			return "", false
		}
		return string(d.scratch), true
	}
	d.scratch = append(d.scratch, '{')
	found := false
	for _, key := range sh.keys {
		field, null := follow(key.of(v))
		there := !null && key.present(key.of(v))
		if null && !key.omitEmpty {
			return "", false
		}
		if !there && !key.hasDefault {
			continue
		}
		if found {
			d.scratch = append(d.scratch, ',')
		}
		found = true
		d.scratch = append(append(append(d.scratch, `\"`...), key.name...), `\":`...)
		if !there {
			field = reflect.ValueOf(key.def)
		}
		if !d.scalar(key.shape.kind, field) {
			return "", false
		}
	}
	d.scratch = append(d.scratch, '}')
	return string(d.scratch), found
}

// scalar writes a value as it stands in the name of an item.
func (d *difference) scalar(kind codec.Kind, v reflect.Value) bool {
	switch kind {
	case codec.String:
		s := v.String()
		if !isPlain(s) {
			return false
		}
		d.scratch = append(append(append(d.scratch, `\"`...), s...), `\"`...)
	case codec.Int:
		d.scratch = strconv.AppendInt(d.scratch, v.Int(), 10)
	case codec.Bool:
		d.scratch = strconv.AppendBool(d.scratch, v.Bool())
	default:
		return false
	}
	return true
}

// isPlain says that a text is written as it is in JSON, even inside of another
// JSON text.
func isPlain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// same says whether two values have the same JSON.
func (d *difference) same(sh *shape, old, next reflect.Value) bool {
	a, nullA := follow(old)
	b, nullB := follow(next)
	if nullA || nullB {
		return nullA == nullB
	}
	switch sh.kind {
	case codec.Bool:
		return a.Bool() == b.Bool()
	case codec.Int:
		return a.Int() == b.Int()
	case codec.Uint:
		return a.Uint() == b.Uint()
	case codec.Float:
		return a.Float() == b.Float()
	case codec.String:
		return a.String() == b.String()
	case codec.Bytes:
		return bytes.Equal(a.Bytes(), b.Bytes())
	case codec.Struct:
		for i := range sh.fields {
			f := &sh.fields[i]
			x, y := f.of(a), f.of(b)
			there := f.present(x)
			if there != f.present(y) || there && !d.same(f.shape, x, y) {
				return false
			}
		}
		return true
	case codec.List:
		if a.Len() != b.Len() {
			return false
		}
		if a.UnsafePointer() == b.UnsafePointer() {
			return true
		}
		for i := range a.Len() {
			if !d.same(sh.elem, a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case codec.Map:
		if a.Len() != b.Len() {
			return false
		}
		if a.UnsafePointer() == b.UnsafePointer() {
			return true
		}
		if x, ok := texts(a); ok {
			y, ok := texts(b)
			return ok && maps.Equal(x, y)
		}
		for it := a.MapRange(); it.Next(); {
			other := b.MapIndex(it.Key())
			if !other.IsValid() || !d.same(sh.elem, it.Value(), other) {
				return false
			}
		}
		return true
	}
	return d.sameText(a, b)
}

// sameText compares values that only they themselves know how to write.
func (d *difference) sameText(a, b reflect.Value) bool {
	var errA, errB error
	d.scratch, errA = codec.AppendJSON(d.scratch[:0], reference(a))
	d.alt, errB = codec.AppendJSON(d.alt[:0], reference(b))
	if errA != nil || errB != nil {
		d.unsure = true
		return false
	}
	return bytes.Equal(d.scratch, d.alt)
}

func reference(v reflect.Value) any {
	if v.CanAddr() {
		return v.Addr().Interface()
	}
	return v.Interface()
}
