package codec

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// MarshalProto returns v as a protobuf message without an envelope. v is a
// struct of a type whose fields have protobuf numbers, or a pointer to one.
func MarshalProto(v any) ([]byte, error) {
	e := encoders.Get().(*encoder)
	defer e.release()
	out, err := AppendProto(e.Buffer(), v)
	e.SetBuffer(out)
	if err != nil {
		return nil, err
	}
	return slices.Clone(out), nil
}

// AppendProto appends to dst what [MarshalProto] returns. After an error the
// buffer is dst.
func AppendProto(dst []byte, v any) ([]byte, error) {
	pl, p, err := message(v)
	if err != nil {
		return dst, err
	}
	out, err := appendMessage(dst, pl, p, 0)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// message returns the plan and place of v if that is a protobuf message.
func message(v any) (*Plan, ptr, error) {
	if v == nil {
		return nil, nil, notProto(v)
	}
	pl, p, err := source(v)
	switch {
	case err != nil:
		return nil, nil, err
	case p == nil, pl.Kind != Struct && pl.Kind != Union && pl.Kind != Value, !pl.HasProto():
		return nil, nil, notProto(v)
	}
	return pl, p, nil
}

func notProto(v any) error {
	return fmt.Errorf("object %T does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message", v)
}

// appendMessage appends the body of the message of pl's type at p.
func appendMessage(dst []byte, pl *Plan, p ptr, depth int) ([]byte, error) {
	if depth > maxDepth {
		return dst, errDepth
	}
	if pl.ownProto {
		return pl.protoAppender.on(p).AppendProto(dst), nil
	}
	var err error
	for i := range pl.wire.fields {
		f := &pl.wire.fields[i]
		if dst, err = appendField(dst, f.tag, f.plan, add(p, f.offset), depth); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendField appends a field unless it is one that is left out: a nil pointer,
// an empty list or map.
func appendField(dst []byte, tag string, pl *Plan, p ptr, depth int) ([]byte, error) {
	switch pl.Kind {
	case Pointer:
		target := *at[ptr](p)
		if target == nil {
			return dst, nil
		}
		return appendSingle(dst, tag, pl.Elem, target, depth)
	case Bytes:
		if *at[[]byte](p) == nil {
			return dst, nil
		}
	case List:
		h := at[sliceHeader](p)
		if pl.stringList {
			if h.data == nil {
				return dst, nil
			}
			break
		}
		return appendList(dst, tag, pl, h, depth)
	case Map:
		return appendEntries(dst, tag, pl, p, depth)
	}
	return appendSingle(dst, tag, pl, p, depth)
}

func appendList(dst []byte, tag string, pl *Plan, h *sliceHeader, depth int) ([]byte, error) {
	elem := pl.Elem
	var err error
	for i := range h.len {
		item := add(h.data, uintptr(i)*elem.size)
		if elem.Kind == Pointer {
			if item = *at[ptr](item); item == nil {
				return dst, fmt.Errorf("proto: repeated field %v has nil element", pl.Type)
			}
			dst, err = appendSingle(dst, tag, elem.Elem, item, depth)
		} else {
			dst, err = appendSingle(dst, tag, elem, item, depth)
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendSingle appends one value with its tag.
func appendSingle(dst []byte, tag string, pl *Plan, p ptr, depth int) ([]byte, error) {
	dst = append(dst, tag...)
	switch pl.Kind {
	case String:
		s := *at[string](p)
		dst = appendVarint(dst, uint64(len(s)))
		return append(dst, s...), nil
	case Int:
		return appendVarint(dst, uint64(getInt(pl, p))), nil
	case Bool:
		if *at[bool](p) {
			return append(dst, 1), nil
		}
		return append(dst, 0), nil
	case Uint:
		return appendVarint(dst, getUint(pl, p)), nil
	case Float:
		if pl.size == 4 {
			return binary.LittleEndian.AppendUint32(dst, math.Float32bits(*at[float32](p))), nil
		}
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(*at[float64](p))), nil
	case Bytes:
		b := *at[[]byte](p)
		dst = appendVarint(dst, uint64(len(b)))
		return append(dst, b...), nil
	}
	dst = append(dst, 0)
	start := len(dst)
	var err error
	if pl.Kind == List { // a named list of strings
		dst, err = appendList(dst, stringItems, pl, at[sliceHeader](p), depth)
	} else {
		dst, err = appendMessage(dst, pl, p, depth+1)
	}
	return setLength(dst, start), err
}

// stringItems is the tag of the only field of a message that is a list of strings.
const stringItems = "\x0a"

// setLength puts the length of what follows start into the byte before it, and
// makes room where that needs more than one.
func setLength(dst []byte, start int) []byte {
	n := len(dst) - start
	if n < 0x80 {
		dst[start-1] = byte(n)
		return dst
	}
	var length [binary.MaxVarintLen64]byte
	size := binary.PutUvarint(length[:], uint64(n))
	dst = append(dst, length[1:size]...)
	copy(dst[start+size-1:], dst[start:start+n])
	copy(dst[start-1:], length[:size])
	return dst
}

func appendVarint(dst []byte, v uint64) []byte {
	for v >= 0x80 {
		dst = append(dst, byte(v)|0x80)
		v >>= 7
	}
	return append(dst, byte(v))
}

// appendEntries appends the entries of a map, by key.
func appendEntries(dst []byte, tag string, pl *Plan, p ptr, depth int) ([]byte, error) {
	if mapLen(p) == 0 {
		return dst, nil
	}
	switch pl.Elem.Kind {
	case String:
		m := *at[map[string]string](p)
		var room [16]string
		for _, key := range sortedKeys(room[:0], m) {
			value := m[key]
			dst = append(dst, tag...)
			dst = appendVarint(dst, uint64(2+varintSize(len(key))+len(key)+varintSize(len(value))+len(value)))
			dst = appendVarint(append(dst, 0x0a), uint64(len(key)))
			dst = append(dst, key...)
			dst = appendVarint(append(dst, 0x12), uint64(len(value)))
			dst = append(dst, value...)
		}
		return dst, nil
	}
	valueTag := string(rune(2<<3 | pl.Elem.wireType()))
	var err error
	for _, entry := range sortedEntries(pl, p) {
		dst = append(append(dst, tag...), 0)
		start := len(dst)
		dst = appendVarint(append(dst, 0x0a), uint64(len(entry.key)))
		dst = append(dst, entry.key...)
		switch elem := pl.Elem; {
		case elem.Kind == Bytes && *at[[]byte](entry.value) == nil:
		case elem.Kind == Pointer:
			if target := *at[ptr](entry.value); target != nil {
				dst, err = appendSingle(dst, valueTag, elem.Elem, target, depth+1)
			}
		default:
			dst, err = appendSingle(dst, valueTag, elem, entry.value, depth+1)
		}
		if err != nil {
			return dst, err
		}
		dst = setLength(dst, start)
	}
	return dst, nil
}

// sortedKeys appends the keys of m to dst and sorts them.
func sortedKeys(dst []string, m map[string]string) []string {
	for key := range m {
		dst = append(dst, key)
	}
	slices.Sort(dst)
	return dst
}

func varintSize(n int) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}
