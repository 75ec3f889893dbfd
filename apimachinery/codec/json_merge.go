package codec

import (
	"bytes"
	"reflect"
)

// MergeJSON applies a JSON merge patch, an object, to what into points at: null
// takes a field away, objects are merged, everything else is replaced. The
// result is what decoding the merged JSON would give, without the encoding and
// decoding of all that the patch does not touch.
//
// It returns false where that is not certain to be so, or where there would be
// something to report: fields that the type does not have or that come twice,
// values that do not fit, objects inside values of free form, malformed text.
// Then *into is of no use any more; whoever needs the result or the reason
// merges the JSON of the object instead.
func MergeJSON(data []byte, into any) bool {
	pl, p, err := target(into)
	if err != nil || pl.asSent {
		return false // encoding changes the text of a RawExtension
	}
	d := decoders.Get().(*decoder)
	defer d.release()
	d.data, d.strict = data, true
	return d.next() == '{' && d.mergeObject(pl, p) && d.next() == 0 && d.pos == len(data) &&
		!d.broken && d.err == nil && d.final == nil && len(d.problems) == 0
}

// mergeObject merges the object that comes next into the value of pl's type at p.
func (d *decoder) mergeObject(pl *Plan, p ptr) bool {
	switch pl.Kind {
	case Pointer:
		if *at[ptr](p) == nil {
			*at[ptr](p) = newValue(pl.Elem.Type)
		}
		return d.mergeObject(pl.Elem, *at[ptr](p))
	case Struct:
		return pl.rest == nil && d.mergeStruct(pl, p)
	case Map:
		switch pl.Elem.Base().Kind {
		case Struct, Map, Union, Any:
			return false // entries that are objects would have to be merged, too
		}
		return d.mergeMap(pl, p)
	}
	return false
}

func (d *decoder) mergeStruct(pl *Plan, p ptr) bool {
	if !d.enter() {
		return false
	}
	var seen fieldSet
	at := len(d.path)
	d.path = append(d.path, step{owner: pl})
	for first := true; d.more(first, '}'); first = false {
		name := d.key()
		if d.broken {
			return false
		}
		i := pl.index.find(textOf(name), pl.flat)
		if i < 0 || seen.add(i) {
			return false
		}
		f := pl.flat[i]
		d.path[at].field = f
		fp := add(p, f.Offset)
		switch d.next() {
		case 'n':
			d.literal("null")
			valueAt(f.Plan.Type, fp).SetZero()
		case '{':
			if !d.mergeObject(f.Plan, fp) {
				return false
			}
		default:
			if !d.replace(f.Plan, fp) {
				return false
			}
		}
	}
	d.path = d.path[:at]
	return !d.broken
}

// replace reads a value that is no object in place of the one at p.
func (d *decoder) replace(pl *Plan, p ptr) bool {
	start := d.pos
	valueAt(pl.Type, p).SetZero()
	pl.decode(d, pl, p)
	// Kubernetes takes null fields out of the objects in lists, which is not what
	// decoding them does.
	return d.err == nil && !d.broken && !bytes.Contains(d.data[start:d.pos], []byte("null"))
}

func (d *decoder) mergeMap(pl *Plan, p ptr) bool {
	if !d.enter() {
		return false
	}
	m := valueAt(pl.Type, p)
	if m.IsNil() {
		m.Set(reflect.MakeMap(pl.Type))
	}
	seen := map[string]bool{}
	key := reflect.New(pl.Type.Key()).Elem()
	value := reflect.New(pl.Elem.Type)
	at := len(d.path)
	d.path = append(d.path, step{})
	for first := true; d.more(first, '}'); first = false {
		name := d.key()
		if d.broken {
			return false
		}
		text := d.texts.text(name)
		if seen[text] {
			return false
		}
		seen[text] = true
		d.path[at] = step{key: text}
		key.SetString(text)
		switch d.next() {
		case 'n':
			d.literal("null")
			m.SetMapIndex(key, reflect.Value{})
		case '{':
			return false
		default:
			if !d.replace(pl.Elem, pointee(value)) {
				return false
			}
			m.SetMapIndex(key, value.Elem())
		}
	}
	d.path = d.path[:at]
	return !d.broken
}
