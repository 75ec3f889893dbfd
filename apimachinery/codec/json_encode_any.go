package codec

import (
	"cmp"
	"reflect"
	"slices"
	"unicode/utf8"
)

// any writes a value that no plan describes; what it holds may have one.
func (e *encoder) any(v any) {
	switch v := v.(type) {
	case nil:
		e.WriteRaw("null")
	case string:
		e.text(v)
	case int64:
		e.WriteInt64(v)
	case map[string]any:
		e.anyMap(v)
	case []any:
		if v == nil {
			e.WriteRaw("null")
			return
		}
		if !e.enter() {
			return
		}
		e.WriteRaw("[")
		for i, item := range v {
			if i > 0 {
				e.WriteRaw(",")
			}
			e.any(item)
		}
		e.WriteRaw("]")
		e.depth--
	case bool:
		if v {
			e.WriteRaw("true")
		} else {
			e.WriteRaw("false")
		}
	case float64:
		e.float(v, 64)
	case int:
		e.WriteInt64(int64(v))
	case int32:
		e.WriteInt64(int64(v))
	default:
		if err := e.value(v); err != nil {
			e.fault(err)
		}
	}
}

func (e *encoder) anyMap(m map[string]any) {
	if m == nil {
		e.WriteRaw("null")
		return
	}
	if !e.enter() {
		return
	}
	base := len(e.keys)
	for key := range m {
		e.keys = append(e.keys, key)
	}
	end := len(e.keys)
	slices.Sort(e.keys[base:end])
	e.WriteRaw("{")
	for i := base; i < end; i++ {
		if i > base {
			e.WriteRaw(",")
		}
		key := e.keys[i]
		e.text(key)
		e.WriteRaw(":")
		e.any(m[key])
	}
	e.WriteRaw("}")
	e.keys = e.keys[:base]
	e.depth--
}

// A mapEntry is an entry of a map of any type. The value is a copy.
type mapEntry struct {
	key   string
	value ptr
}

// sortedEntries returns the entries of the map of pl's type at p, by key.
func sortedEntries(pl *Plan, p ptr) []mapEntry {
	m := valueAt(pl.Type, p)
	n := m.Len()
	if n == 0 {
		return nil
	}
	entries := make([]mapEntry, 0, n)
	values := reflect.MakeSlice(pl.mapValues, n, n)
	first := pointee(values)
	iter := m.MapRange()
	for i := 0; iter.Next(); i++ {
		values.Index(i).SetIterValue(iter)
		entries = append(entries, mapEntry{key: iter.Key().String(), value: add(first, uintptr(i)*pl.Elem.size)})
	}
	slices.SortFunc(entries, func(a, b mapEntry) int { return cmp.Compare(a.key, b.key) })
	return entries
}

// plainText marks the ASCII characters that JSON text holds as they are. HTML's
// own are escaped, as Kubernetes does.
var plainText = func() (plain [utf8.RuneSelf]bool) {
	for c := range plain {
		switch c {
		case '"', '\\', '<', '>', '&':
		default:
			plain[c] = c >= ' '
		}
	}
	return plain
}()

const hexDigits = "0123456789abcdef"

// appendText appends s as a JSON string. What is not UTF-8 becomes U+FFFD.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if plainText[c] {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\b':
				dst = append(dst, '\\', 'b')
			case '\f':
				dst = append(dst, '\\', 'f')
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(append(dst, s[start:i]...), `\ufffd`...)
			start = i + n
		case r == '\u2028' || r == '\u2029': // line ends in JavaScript
			dst = append(append(dst, s[start:i]...), `\u202`...)
			dst = append(dst, hexDigits[r&15])
			start = i + n
		}
		i += n
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
