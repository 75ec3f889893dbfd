package codec

import (
	"math"
	"reflect"
	"strconv"
)

// fieldSet remembers which fields of a struct have been seen.
type fieldSet [maxFields / 64]uint64

// add reports whether i was in the set already, and puts it there.
func (s *fieldSet) add(i int) bool {
	word, bit := &s[i/64], uint64(1)<<(i%64)
	had := *word&bit != 0
	*word |= bit
	return had
}

// key reads an object's key and the colon after it. The returned bytes are
// valid until the next string is read.
func (d *decoder) key() (name []byte) {
	if d.next() != '"' {
		d.fail()
		return nil
	}
	raw, clean := d.text()
	if !clean {
		d.scratch = unescape(d.scratch[:0], raw)
		raw = d.scratch
	}
	if d.pos < len(d.data) && d.data[d.pos] == ':' {
		d.pos++
	} else {
		d.expect(':')
	}
	return raw
}

func decodeStruct(d *decoder, pl *Plan, p ptr) {
	switch d.next() {
	case '{':
	case 'n':
		d.literal("null")
		return
	default:
		d.wrong(pl)
		return
	}
	if !d.enter() {
		return
	}
	var seen fieldSet
	guess := 0 // the field that comes next if they come in order
	at := len(d.path)
	d.path = append(d.path, step{owner: pl})
	for first := true; d.more(first, '}'); first = false {
		name := d.key()
		if d.broken {
			break
		}
		i := guess
		if i >= len(pl.flat) || pl.flat[i].Name != string(name) {
			i = pl.index.find(textOf(name), pl.flat)
		}
		if i < 0 {
			d.path = d.path[:at]
			d.unknown(pl, p, name)
			d.path = append(d.path, step{owner: pl})
			continue
		}
		f := pl.flat[i]
		guess = i + 1
		if d.strict && seen.add(i) {
			d.path = d.path[:at]
			d.report(DuplicateField, f.Name)
			d.path = d.path[:at+1]
		}
		d.path[at].field = f
		f.Plan.decode(d, f.Plan, add(p, f.Offset))
	}
	d.path = d.path[:at]
}

// unknown handles a field that pl has no place for.
func (d *decoder) unknown(pl *Plan, p ptr, name []byte) {
	if pl.rest == nil {
		if d.strict {
			d.report(UnknownField, string(name))
		}
		d.skip()
		return
	}
	fields := at[map[string]any](add(p, pl.rest.Offset))
	if *fields == nil {
		*fields = make(map[string]any, 4)
	}
	key := d.texts.text(name)
	if d.strict {
		if _, twice := (*fields)[key]; twice {
			d.report(DuplicateField, key)
		}
	}
	d.path = append(d.path, step{key: key})
	(*fields)[key] = d.anything()
	d.path = d.path[:len(d.path)-1]
}

// openMap passes the beginning of an object that is to become a map; ok is
// false where there is none, which has been dealt with.
func (d *decoder) openMap(pl *Plan, p ptr) (ok bool) {
	switch d.next() {
	case '{':
	case 'n':
		d.literal("null")
		valueAt(pl.Type, p).SetZero()
		return false
	default:
		d.wrong(pl)
		return false
	}
	return d.enter()
}

func decodeTextMap(d *decoder, pl *Plan, p ptr) {
	if !d.openMap(pl, p) {
		return
	}
	m := at[map[string]string](p)
	if *m == nil {
		*m = make(map[string]string, 4)
	}
	var seen map[string]bool
	fresh := len(*m) == 0
	for first := true; d.more(first, '}'); first = false {
		name := d.key()
		if d.broken {
			return
		}
		key := d.texts.text(name)
		if !fresh {
			seen = d.noteKey(seen, key)
		} else if d.strict {
			if _, twice := (*m)[key]; twice {
				d.report(DuplicateField, key)
			}
		}
		var value string
		if d.next() == '"' {
			value = d.readText()
		} else {
			d.path = append(d.path, step{key: key})
			decodeString(d, pl.Elem, addressOf(&value))
			d.path = d.path[:len(d.path)-1]
		}
		(*m)[key] = value
	}
}

// noteKey reports a map key that comes a second time, in strict mode.
func (d *decoder) noteKey(seen map[string]bool, key string) map[string]bool {
	if !d.strict {
		return nil
	}
	if seen == nil {
		seen = map[string]bool{}
	} else if seen[key] {
		d.report(DuplicateField, key)
	}
	seen[key] = true
	return seen
}

func decodeMap(d *decoder, pl *Plan, p ptr) {
	if !d.openMap(pl, p) {
		return
	}
	m := valueAt(pl.Type, p)
	if m.IsNil() {
		m.Set(reflect.MakeMap(pl.Type))
	}
	var seen map[string]bool
	key := reflect.New(pl.Type.Key()).Elem()
	value := reflect.New(pl.Elem.Type)
	at := len(d.path)
	d.path = append(d.path, step{})
	for first := true; d.more(first, '}'); first = false {
		name := d.key()
		if d.broken {
			break
		}
		text := d.texts.text(name)
		if d.strict {
			d.path = d.path[:at]
			seen = d.noteKey(seen, text)
			d.path = d.path[:at+1]
		}
		d.path[at] = step{key: text}
		value.Elem().SetZero()
		pl.Elem.decode(d, pl.Elem, pointee(value))
		key.SetString(text)
		m.SetMapIndex(key, value.Elem())
	}
	d.path = d.path[:at]
}

func decodeAny(d *decoder, pl *Plan, p ptr) { *at[any](p) = d.anything() }

func decodeAnyMap(d *decoder, pl *Plan, p ptr) {
	if !d.openMap(pl, p) {
		return
	}
	m := at[map[string]any](p)
	if *m == nil {
		*m = make(map[string]any, 4)
	}
	d.entries(*m)
}

// entries reads the rest of an object into m.
func (d *decoder) entries(m map[string]any) {
	var seen map[string]bool
	fresh := len(m) == 0
	at := len(d.path)
	d.path = append(d.path, step{})
	for first := true; d.more(first, '}'); first = false {
		name := d.key()
		if d.broken {
			break
		}
		key := d.texts.text(name)
		if d.strict {
			d.path = d.path[:at]
			if !fresh {
				seen = d.noteKey(seen, key)
			} else if _, twice := m[key]; twice {
				d.report(DuplicateField, key)
			}
			d.path = d.path[:at+1]
		}
		d.path[at] = step{key: key}
		m[key] = d.anything()
	}
	d.path = d.path[:at]
}

// anything reads a value that no type describes.
func (d *decoder) anything() any {
	switch d.next() {
	case '{':
		m := make(map[string]any)
		if d.enter() {
			d.entries(m)
		}
		return m
	case '[':
		list := []any{}
		if !d.enter() {
			return list
		}
		at := len(d.path)
		d.path = append(d.path, step{item: true})
		for first := true; d.more(first, ']'); first = false {
			d.path[at].index = len(list)
			list = append(list, d.anything())
		}
		d.path = d.path[:at]
		return list
	case '"':
		return d.readText()
	case 't':
		d.literal("true")
		return true
	case 'f':
		d.literal("false")
		return false
	case 'n':
		d.literal("null")
		return nil
	}
	raw, whole := d.number()
	if d.broken {
		return nil
	}
	value, ok := numberValue(raw, whole)
	if !ok {
		d.mismatch("number "+string(raw), reflect.TypeFor[float64]())
	}
	return value
}

// numberValue returns the int64 or, where that cannot hold it, the float64
// that raw stands for.
func numberValue(raw []byte, whole bool) (value any, ok bool) {
	if whole {
		if n, ok := parseInt(raw); ok {
			return n, true
		}
	}
	f, err := strconv.ParseFloat(textOf(raw), 64)
	if err != nil && math.IsInf(f, 0) {
		return nil, false
	}
	return f, true
}
