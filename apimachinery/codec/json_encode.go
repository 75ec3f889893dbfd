package codec

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"

	jsoniter "github.com/json-iterator/go"
)

// MarshalJSON returns the JSON of v, a value of a type that can be planned or a
// pointer to one, as encoding/json would write it: fields in declared order,
// map keys sorted, <, > and & escaped. A nil v gives null.
//
// Objects without a Go type (those with a rest field) have all their fields
// sorted by name.
func MarshalJSON(v any) ([]byte, error) {
	e := encoders.Get().(*encoder)
	defer e.release()
	if err := e.value(v); err != nil {
		return nil, err
	}
	return slices.Clone(e.Buffer()), nil
}

// AppendJSON appends the JSON of v to dst, as [MarshalJSON] has it, and returns
// the extended buffer. After an error the buffer is dst.
func AppendJSON(dst []byte, v any) ([]byte, error) {
	e := encoders.Get().(*encoder)
	own := e.Buffer()
	e.SetBuffer(dst)
	err := e.value(v)
	out := e.Buffer()
	e.SetBuffer(own)
	e.release()
	if err != nil {
		return dst, err
	}
	return out, nil
}

// An encoder writes JSON into a json-iterator Stream that has no writer behind
// it. Once err is set the output is of no use.
type encoder struct {
	*jsoniter.Stream
	depth int
	err   error
	keys  []string // scratch for sorting, used as a stack
}

var encoders = sync.Pool{New: func() any {
	return &encoder{Stream: jsoniter.NewStream(jsoniter.ConfigDefault, nil, 4096)}
}}

const keepBuffer = 1 << 20 // larger buffers are not kept for reuse

func (e *encoder) release() {
	if cap(e.Buffer()) > keepBuffer {
		e.SetBuffer(nil)
	}
	e.SetBuffer(e.Buffer()[:0])
	clear(e.keys[:cap(e.keys)])
	e.keys, e.depth, e.err = e.keys[:0], 0, nil
	encoders.Put(e)
}

// value writes v, whatever it is.
func (e *encoder) value(v any) error {
	if v == nil {
		e.WriteRaw("null")
		return nil
	}
	pl, p, err := source(v)
	if err != nil {
		return err
	}
	if p == nil {
		e.WriteRaw("null")
		return nil
	}
	pl.encode(e, pl, p)
	return e.err
}

// source returns the plan and place of v, or of what v points at; the place is
// nil if v is a nil pointer.
func source(v any) (*Plan, ptr, error) {
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer {
		pl, err := PlanFor(rv.Type().Elem())
		return pl, pointee(rv), err
	}
	if !rv.IsValid() {
		return nil, nil, errors.New("codec: nil has no type to plan")
	}
	pl, err := PlanFor(rv.Type())
	if err != nil {
		return nil, nil, err
	}
	copied := reflect.New(rv.Type())
	copied.Elem().Set(rv)
	return pl, pointee(copied), nil
}

func (pl *Plan) jsonEncoder() func(*encoder, *Plan, ptr) {
	switch pl.Kind {
	case Bool:
		return encodeBool
	case Int:
		return encodeInt
	case Uint:
		return encodeUint
	case Float:
		return encodeFloat
	case String:
		return encodeString
	case Bytes:
		return encodeBytes
	case Struct:
		return encodeStruct
	case List:
		return encodeList
	case Map:
		switch pl.Elem.Kind {
		case String:
			return encodeTextMap
		case Any:
			return encodeAnyMap
		}
		return encodeMap
	case Pointer:
		return encodePointer
	case Union:
		return encodeUnion
	case Value:
		return encodeValue
	}
	return encodeAny
}

func (e *encoder) fault(err error) {
	if e.err == nil {
		e.err = err
	}
}

// enter counts a level of nesting, which could be without end among pointers.
func (e *encoder) enter() bool {
	e.depth++
	if e.depth > maxDepth {
		e.fault(errDepth)
		return false
	}
	return true
}

func encodeBool(e *encoder, _ *Plan, p ptr) {
	if *at[bool](p) {
		e.WriteRaw("true")
	} else {
		e.WriteRaw("false")
	}
}

func encodeInt(e *encoder, pl *Plan, p ptr)  { e.WriteInt64(getInt(pl, p)) }
func encodeUint(e *encoder, pl *Plan, p ptr) { e.WriteUint64(getUint(pl, p)) }

func encodeFloat(e *encoder, pl *Plan, p ptr) { e.float(getFloat(pl, p), int(pl.size)*8) }

// float writes f as encoding/json does: like ECMAScript, with exponents only
// for very large and very small numbers.
func (e *encoder) float(f float64, bits int) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.fault(fmt.Errorf("json: unsupported value: %s", strconv.FormatFloat(f, 'g', -1, bits)))
		return
	}
	e.SetBuffer(appendFloat(e.Buffer(), f, bits))
}

func appendFloat(dst []byte, f float64, bits int) []byte {
	format, abs := byte('f'), math.Abs(f)
	if abs != 0 && (bits == 64 && (abs < 1e-6 || abs >= 1e21) || bits == 32 && (float32(abs) < 1e-6 || float32(abs) >= 1e21)) {
		format = 'e'
	}
	dst = strconv.AppendFloat(dst, f, format, -1, bits)
	if n := len(dst); format == 'e' && n >= 4 && dst[n-4] == 'e' && dst[n-3] == '-' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1] // e-09 is written e-9
		dst = dst[:n-1]
	}
	return dst
}

func encodeString(e *encoder, _ *Plan, p ptr) { e.text(*at[string](p)) }

func (e *encoder) text(s string) { e.SetBuffer(appendText(e.Buffer(), s)) }

func encodeBytes(e *encoder, _ *Plan, p ptr) { e.octets(*at[[]byte](p)) }

func (e *encoder) octets(b []byte) {
	if b == nil {
		e.WriteRaw("null")
		return
	}
	dst := append(e.Buffer(), '"')
	dst = base64.StdEncoding.AppendEncode(dst, b)
	e.SetBuffer(append(dst, '"'))
}

func encodePointer(e *encoder, pl *Plan, p ptr) {
	target := *at[ptr](p)
	if target == nil {
		e.WriteRaw("null")
		return
	}
	pl.Elem.encode(e, pl.Elem, target)
}

func encodeValue(e *encoder, pl *Plan, p ptr) {
	out, err := pl.appender.on(p).AppendJSON(e.Buffer())
	if err != nil {
		e.fault(err)
		return
	}
	e.SetBuffer(out)
}

// raw writes what a MarshalJSON method returned.
func (e *encoder) raw(out []byte, err error) {
	if err != nil {
		e.fault(err)
		return
	}
	s := scanner{data: out}
	compact := s.span()
	if s.next(); s.broken || s.pos != len(out) {
		e.fault(syntaxError(out))
		return
	}
	e.SetBuffer(append(e.Buffer(), compact...))
}

func encodeStruct(e *encoder, pl *Plan, p ptr) {
	if pl.rest != nil {
		encodeOpenStruct(e, pl, p)
		return
	}
	if !e.enter() {
		return
	}
	skip := 1 // the comma before the first field
	e.WriteRaw("{")
	for _, f := range pl.flat {
		fp := add(p, f.Offset)
		if f.omit != neverEmpty && f.Plan.isEmpty(f.omit, fp) {
			continue
		}
		e.WriteRaw(f.lead[skip:])
		skip = 0
		f.Plan.encode(e, f.Plan, fp)
	}
	e.WriteRaw("}")
	e.depth--
}

// encodeOpenStruct writes a struct whose rest field holds further fields.
func encodeOpenStruct(e *encoder, pl *Plan, p ptr) {
	if !e.enter() {
		return
	}
	rest := *at[map[string]any](add(p, pl.rest.Offset))
	base := len(e.keys)
	for key := range rest {
		if _, fixed := pl.Field(key); !fixed {
			e.keys = append(e.keys, key)
		}
	}
	keys := e.keys[base:]
	slices.Sort(keys)
	skip := 1
	e.WriteRaw("{")
	writeRest := func(key string) {
		e.WriteRaw(","[:1-skip])
		skip = 0
		e.text(key)
		e.WriteRaw(":")
		e.any(rest[key])
	}
	next := 0
	for _, f := range pl.sorted {
		for ; next < len(keys) && keys[next] < f.Name; next++ {
			writeRest(keys[next])
		}
		fp := add(p, f.Offset)
		if f.omit != neverEmpty && f.Plan.isEmpty(f.omit, fp) {
			continue
		}
		e.WriteRaw(f.lead[skip:])
		skip = 0
		f.Plan.encode(e, f.Plan, fp)
	}
	for ; next < len(keys); next++ {
		writeRest(keys[next])
	}
	e.WriteRaw("}")
	e.keys = e.keys[:base]
	e.depth--
}

func encodeList(e *encoder, pl *Plan, p ptr) {
	h := at[sliceHeader](p)
	if h.data == nil {
		e.WriteRaw("null")
		return
	}
	if !e.enter() {
		return
	}
	e.WriteRaw("[")
	elem := pl.Elem
	for i := range h.len {
		if i > 0 {
			e.WriteRaw(",")
		}
		elem.encode(e, elem, add(h.data, uintptr(i)*elem.size))
	}
	e.WriteRaw("]")
	e.depth--
}

func encodeTextMap(e *encoder, _ *Plan, p ptr) {
	m := *at[map[string]string](p)
	if m == nil {
		e.WriteRaw("null")
		return
	}
	base := len(e.keys)
	for key := range m {
		e.keys = append(e.keys, key)
	}
	slices.Sort(e.keys[base:])
	dst := append(e.Buffer(), '{')
	for i, key := range e.keys[base:] {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendText(dst, key)
		dst = append(dst, ':')
		dst = appendText(dst, m[key])
	}
	e.SetBuffer(append(dst, '}'))
	e.keys = e.keys[:base]
}

func encodeMap(e *encoder, pl *Plan, p ptr) {
	m := valueAt(pl.Type, p)
	if m.IsNil() {
		e.WriteRaw("null")
		return
	}
	if !e.enter() {
		return
	}
	e.WriteRaw("{")
	for i, entry := range sortedEntries(pl, p) {
		if i > 0 {
			e.WriteRaw(",")
		}
		e.text(entry.key)
		e.WriteRaw(":")
		pl.Elem.encode(e, pl.Elem, entry.value)
	}
	e.WriteRaw("}")
	e.depth--
}

func encodeAnyMap(e *encoder, _ *Plan, p ptr) { e.anyMap(*at[map[string]any](p)) }

func encodeAny(e *encoder, _ *Plan, p ptr) { e.any(*at[any](p)) }

func encodeUnion(e *encoder, pl *Plan, p ptr) {
	if f := pl.alternative(p); f != nil {
		f.Plan.encode(e, f.Plan, add(p, f.Offset))
		return
	}
	e.WriteRaw("null")
}

// alternative returns the field that holds the union's value, or nil. Lists
// count when they have items, pointers when they are set, and a yes or no when
// nothing else is there.
func (pl *Plan) alternative(p ptr) *Field {
	var fallback *Field
	for _, f := range pl.flat {
		if f.Plan.Kind == Bool {
			fallback = f
		} else if !f.Plan.isEmpty(f.Plan.empty, add(p, f.Offset)) {
			return f
		}
	}
	return fallback
}
