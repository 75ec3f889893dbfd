package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"sync"
)

// UnmarshalProto decodes a protobuf message without an envelope into what into
// points at, a struct of a type whose fields have protobuf numbers. Unknown
// fields are passed over. Fields that the message does not have are left as they
// were, and items are added to lists, so into is normally a zero value.
//
// Decoded values share no memory with data.
func UnmarshalProto(data []byte, into any) error {
	pl, p, err := target(into)
	if err != nil {
		return err
	}
	if !pl.HasProto() {
		return notProto(into)
	}
	d := protoDecoders.Get().(*protoDecoder)
	defer protoDecoders.Put(d)
	return d.message(data, pl, p, 0)
}

var protoDecoders = sync.Pool{New: func() any { return &protoDecoder{} }}

type protoDecoder struct {
	texts textCache
}

var errOverflow = errors.New("proto: integer overflow")

// varint reads a number at the beginning of data and returns its size.
func varint(data []byte) (v uint64, n int, err error) {
	if len(data) > 0 && data[0] < 0x80 {
		return uint64(data[0]), 1, nil
	}
	v, n = binary.Uvarint(data)
	switch {
	case n > 0:
		return v, n, nil
	case n == 0:
		return 0, 0, io.ErrUnexpectedEOF
	}
	return 0, 0, errOverflow
}

// chunk reads a length and as many bytes.
func chunk(data []byte) (body, rest []byte, err error) {
	l, n, err := varint(data)
	if err != nil {
		return nil, nil, err
	}
	if l > uint64(len(data)-n) {
		return nil, nil, io.ErrUnexpectedEOF
	}
	return data[n : n+int(l)], data[n+int(l):], nil
}

// message reads the body of a message of pl's type into p.
func (d *protoDecoder) message(data []byte, pl *Plan, p ptr, depth int) error {
	if depth > maxDepth {
		return errDepth
	}
	if pl.ownProto {
		return pl.protoParser.on(p).ParseProto(data)
	}
	for len(data) > 0 {
		tag, n, err := varint(data)
		if err != nil {
			return err
		}
		data = data[n:]
		number, wire := tag>>3, int(tag&7)
		if number == 0 || number > math.MaxInt32 {
			return fmt.Errorf("proto: %s: illegal tag %d (wire type %d)", pl.Type.Name(), int32(number), tag)
		}
		at := int16(-1)
		if number < uint64(len(pl.wire.byNumber)) {
			at = pl.wire.byNumber[number]
		}
		if at < 0 {
			if wire == wireEnd {
				return fmt.Errorf("proto: %s: wiretype end group for non-group", pl.Type.Name())
			}
			if data, err = skipWire(data, wire, 0); err != nil {
				return err
			}
			continue
		}
		f := &pl.wire.fields[at]
		if data, err = d.field(data, wire, f, f.plan, add(p, f.offset), depth); err != nil {
			return err
		}
	}
	return nil
}

// skipWire passes a value of an unknown field.
func skipWire(data []byte, wire, groups int) ([]byte, error) {
	switch wire {
	case wireVarint:
		_, n, err := varint(data)
		return data[n:], err
	case wireFixed64, wireFixed32:
		size := 8
		if wire == wireFixed32 {
			size = 4
		}
		if len(data) < size {
			return nil, io.ErrUnexpectedEOF
		}
		return data[size:], nil
	case wireBytes:
		_, rest, err := chunk(data)
		return rest, err
	case wireGroup:
		if groups > maxDepth {
			return nil, errDepth
		}
		for {
			tag, n, err := varint(data)
			if err != nil {
				return nil, err
			}
			data = data[n:]
			if tag&7 == wireEnd {
				return data, nil
			}
			if data, err = skipWire(data, int(tag&7), groups+1); err != nil {
				return nil, err
			}
		}
	}
	return nil, fmt.Errorf("proto: illegal wireType %d", wire)
}

// field reads the value of a known field and returns what follows it.
func (d *protoDecoder) field(data []byte, wire int, f *wireField, pl *Plan, p ptr, depth int) ([]byte, error) {
	switch pl.Kind {
	case Pointer:
		if *at[ptr](p) == nil {
			*at[ptr](p) = newValue(pl.Elem.Type)
		}
		return d.field(data, wire, f, pl.Elem, *at[ptr](p), depth)
	case Bool, Int, Uint:
		if wire != wireVarint {
			break
		}
		v, n, err := varint(data)
		if err == nil {
			setVarint(pl, p, v)
		}
		return data[n:], err
	case Float:
		if wire != pl.wireType() {
			break
		}
		if len(data) < int(pl.size) {
			return nil, io.ErrUnexpectedEOF
		}
		setFixed(pl, p, data)
		return data[pl.size:], nil
	case List:
		if !pl.stringList {
			return d.item(data, wire, f, pl, p, depth)
		}
	}
	if wire != wireBytes || pl.wireType() != wireBytes {
		return nil, fmt.Errorf("proto: wrong wireType = %d for field %s", wire, f.name)
	}
	body, rest, err := chunk(data)
	if err != nil {
		return nil, err
	}
	switch pl.Kind {
	case String:
		*at[string](p) = d.texts.text(body)
	case Bytes:
		*at[[]byte](p) = append([]byte{}, body...)
	case Map:
		err = d.entry(body, f, pl, p, depth)
	case List:
		err = d.stringItems(body, pl, p)
	default:
		err = d.message(body, pl, p, depth+1)
	}
	return rest, err
}

func setVarint(pl *Plan, p ptr, v uint64) {
	switch {
	case pl.Kind == Bool:
		*at[bool](p) = v != 0
	case pl.size == 8:
		*at[uint64](p) = v
	case pl.size == 4:
		*at[uint32](p) = uint32(v)
	case pl.size == 2:
		*at[uint16](p) = uint16(v)
	default:
		*at[uint8](p) = uint8(v)
	}
}

func setFixed(pl *Plan, p ptr, data []byte) {
	if pl.size == 4 {
		*at[float32](p) = math.Float32frombits(binary.LittleEndian.Uint32(data))
		return
	}
	*at[float64](p) = math.Float64frombits(binary.LittleEndian.Uint64(data))
}

// item adds an item, or as many as are packed together, to a list.
func (d *protoDecoder) item(data []byte, wire int, f *wireField, pl *Plan, p ptr, depth int) ([]byte, error) {
	h, elem := at[sliceHeader](p), pl.Elem
	if wire == wireBytes && elem.wireType() != wireBytes {
		body, rest, err := chunk(data)
		if err != nil {
			return nil, err
		}
		for len(body) > 0 {
			if body, err = d.item(body, elem.wireType(), f, pl, p, depth); err != nil {
				return nil, err
			}
		}
		return rest, nil
	}
	if h.len == h.cap {
		n := 1
		if h.len == 0 && wire == wireBytes {
			n = countItems(data, f.tag)
		}
		growList(pl.Type, p, n)
	}
	h.len++
	return d.field(data, wire, f, elem, add(h.data, uintptr(h.len-1)*elem.size), depth)
}

// countItems counts how many items with the tag follow each other, the one whose
// length data begins with included, so that a list is allocated once.
func countItems(data []byte, tag string) int {
	n := 1
	for ; n < 1<<16; n++ {
		_, rest, err := chunk(data)
		if err != nil || len(rest) < len(tag) || string(rest[:len(tag)]) != tag {
			break
		}
		data = rest[len(tag):]
	}
	return n
}

// stringItems reads a message {repeated string items = 1}.
func (d *protoDecoder) stringItems(body []byte, pl *Plan, p ptr) error {
	list := at[[]string](p)
	if *list == nil {
		*list = []string{}
	}
	return eachWire(body, func(number uint64, wire int, value []byte) error {
		if number != 1 || wire != wireBytes {
			return nil
		}
		item, _, err := chunk(value)
		*list = append(*list, d.texts.text(item))
		return err
	})
}

// entry reads an entry of a map and adds it.
func (d *protoDecoder) entry(body []byte, f *wireField, pl *Plan, p ptr, depth int) error {
	if depth > maxDepth {
		return errDepth
	}
	var key string
	if pl.Elem.Kind == String {
		var value string
		err := eachWire(body, func(number uint64, wire int, data []byte) error {
			if wire != wireBytes || number > 2 {
				return nil
			}
			text, _, err := chunk(data)
			if number == 1 {
				key = d.texts.text(text)
			} else {
				value = d.texts.text(text)
			}
			return err
		})
		if err != nil {
			return err
		}
		m := at[map[string]string](p)
		if *m == nil {
			*m = make(map[string]string, 4)
		}
		(*m)[key] = value
		return nil
	}
	value := reflect.New(pl.Elem.Type)
	if pl.Elem.Kind == Bytes {
		value.Elem().SetBytes([]byte{})
	}
	err := eachWire(body, func(number uint64, wire int, data []byte) error {
		switch number {
		case 1:
			if wire != wireBytes {
				return fmt.Errorf("proto: wrong wireType = %d for field %s", wire, f.name)
			}
			text, _, err := chunk(data)
			key = d.texts.text(text)
			return err
		case 2:
			_, err := d.field(data, wire, f, pl.Elem, pointee(value), depth+1)
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	m := valueAt(pl.Type, p)
	if m.IsNil() {
		m.Set(reflect.MakeMap(pl.Type))
	}
	k := reflect.New(pl.Type.Key()).Elem()
	k.SetString(key)
	m.SetMapIndex(k, value.Elem())
	return nil
}

// eachWire calls visit for every field of a message with the bytes that begin
// with its value.
func eachWire(data []byte, visit func(number uint64, wire int, value []byte) error) error {
	for len(data) > 0 {
		tag, n, err := varint(data)
		if err != nil {
			return err
		}
		data = data[n:]
		rest, err := skipWire(data, int(tag&7), 0)
		if err != nil {
			return err
		}
		if err := visit(tag>>3, int(tag&7), data); err != nil {
			return err
		}
		data = rest
	}
	return nil
}
