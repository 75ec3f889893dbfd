package codec

import (
	"encoding/base64"
	"fmt"
	"math"
	"strings"
)

// ToMap returns obj, a struct or map or a pointer to one, as what decoding its
// JSON into a map[string]any gives: nil, bool, int64, float64, string, []any and
// map[string]any, nested. The result shares no memory with obj.
func ToMap(obj any) (map[string]any, error) {
	if obj == nil {
		return nil, nil
	}
	pl, p, err := source(obj)
	if err != nil || p == nil {
		return nil, err
	}
	t := treeMaker{}
	tree, err := t.tree(pl, p)
	if err != nil {
		return nil, err
	}
	m, ok := tree.(map[string]any)
	if !ok && tree != nil {
		return nil, fmt.Errorf("codec: %T is not an object in JSON", obj)
	}
	return m, nil
}

// ToTree does what [ToMap] does, for a pointer to a value of any type.
func ToTree(v any) (any, error) {
	pl, p, err := source(v)
	if err != nil || p == nil {
		return nil, err
	}
	t := treeMaker{}
	return t.tree(pl, p)
}

// A treeMaker turns values into trees.
type treeMaker struct {
	depth  int
	octets bool // leave []byte as it is, for CBOR
}

func (t *treeMaker) tree(pl *Plan, p ptr) (any, error) {
	switch pl.Kind {
	case Bool:
		return *at[bool](p), nil
	case Int:
		return getInt(pl, p), nil
	case Uint:
		if n := getUint(pl, p); n > math.MaxInt64 {
			return float64(n), nil
		} else {
			return int64(n), nil
		}
	case Float:
		return floatValue(getFloat(pl, p), int(pl.size)*8)
	case String:
		return validText(*at[string](p)), nil
	case Bytes:
		b := *at[[]byte](p)
		switch {
		case b == nil:
			return nil, nil
		case t.octets:
			return b, nil
		}
		return base64.StdEncoding.EncodeToString(b), nil
	case Any:
		return t.anyTree(*at[any](p))
	case Pointer:
		if *at[ptr](p) == nil {
			return nil, nil
		}
		return t.tree(pl.Elem, *at[ptr](p))
	case Value:
		return t.valueTree(pl, p)
	}
	if t.depth++; t.depth > maxDepth {
		return nil, errDepth
	}
	defer func() { t.depth-- }()
	switch pl.Kind {
	case List:
		return t.listTree(pl, p)
	case Map:
		return t.mapTree(pl, p)
	case Union:
		if f := pl.alternative(p); f != nil {
			return t.tree(f.Plan, add(p, f.Offset))
		}
		return nil, nil
	}
	return t.structTree(pl, p)
}

func (t *treeMaker) structTree(pl *Plan, p ptr) (any, error) {
	m := make(map[string]any, min(len(pl.flat), 8))
	if pl.rest != nil {
		rest, err := t.anyTree(*at[map[string]any](add(p, pl.rest.Offset)))
		if err != nil {
			return nil, err
		}
		for key, value := range rest.(map[string]any) {
			if _, fixed := pl.Field(key); !fixed {
				m[key] = value
			}
		}
	}
	for _, f := range pl.flat {
		fp := add(p, f.Offset)
		if f.omit != neverEmpty && f.Plan.isEmpty(f.omit, fp) {
			continue
		}
		value, err := t.tree(f.Plan, fp)
		if err != nil {
			return nil, err
		}
		m[f.Name] = value
	}
	return m, nil
}

func (t *treeMaker) listTree(pl *Plan, p ptr) (any, error) {
	h := at[sliceHeader](p)
	if h.data == nil {
		return nil, nil
	}
	list := make([]any, h.len)
	for i := range list {
		item, err := t.tree(pl.Elem, add(h.data, uintptr(i)*pl.Elem.size))
		if err != nil {
			return nil, err
		}
		list[i] = item
	}
	return list, nil
}

func (t *treeMaker) mapTree(pl *Plan, p ptr) (any, error) {
	if *at[ptr](p) == nil {
		return nil, nil
	}
	m := make(map[string]any, mapLen(p))
	for _, entry := range sortedEntries(pl, p) {
		value, err := t.tree(pl.Elem, entry.value)
		if err != nil {
			return nil, err
		}
		m[validText(entry.key)] = value
	}
	return m, nil
}

// valueTree decodes the JSON that a value has of its own.
func (t *treeMaker) valueTree(pl *Plan, p ptr) (any, error) {
	e := encoders.Get().(*encoder)
	defer e.release()
	pl.encode(e, pl, p)
	if e.err != nil {
		return nil, e.err
	}
	text := e.Buffer()
	if n := len(text); n >= 2 && text[0] == '"' && isPlain(text[1:n-1]) {
		return string(text[1 : n-1]), nil
	}
	var out any
	if _, err := UnmarshalJSON(text, &out, DecodeOptions{}); err != nil {
		return nil, err
	}
	return out, nil
}

func isPlain(text []byte) bool {
	for _, c := range text {
		if c >= 0x80 || !plainText[c] {
			return false
		}
	}
	return true
}

func validText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// floatValue is what f reads as after it was written as JSON.
func floatValue(f float64, bits int) (any, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, fmt.Errorf("json: unsupported value: %v", f)
	}
	var room [32]byte
	s := scanner{data: appendFloat(room[:0], f, bits)}
	value, _ := numberValue(s.number())
	return value, nil
}

// anyTree copies a tree and turns what typed values it holds into trees.
func (t *treeMaker) anyTree(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool, int64:
		return v, nil
	case string:
		return validText(v), nil
	case float64:
		return floatValue(v, 64)
	case map[string]any:
		if t.depth++; t.depth > maxDepth {
			return nil, errDepth
		}
		defer func() { t.depth-- }()
		out := make(map[string]any, len(v))
		for key, value := range v {
			copied, err := t.anyTree(value)
			if err != nil {
				return nil, err
			}
			out[validText(key)] = copied
		}
		return out, nil
	case []any:
		if t.depth++; t.depth > maxDepth {
			return nil, errDepth
		}
		defer func() { t.depth-- }()
		if v == nil {
			return nil, nil
		}
		out := make([]any, len(v))
		for i, item := range v {
			copied, err := t.anyTree(item)
			if err != nil {
				return nil, err
			}
			out[i] = copied
		}
		return out, nil
	}
	pl, p, err := source(v)
	if err != nil || p == nil {
		return nil, err
	}
	return t.tree(pl, p)
}
