package codec

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// DecodeOptions tunes decoding. The zero value ignores fields that the type
// does not have.
type DecodeOptions struct {
	// Strict reports unknown and duplicate fields as Problems.
	Strict bool
}

// UnmarshalJSON decodes one JSON value into the value that into points at.
// Field names match by case. What the text does not mention is left as it was.
//
// An error means that the text is malformed or does not fit the type; it is
// worded as Kubernetes words it, and the value is then filled in part. Problems
// are reported in Strict mode only, at most 100 of them.
//
// Decoded values share no memory with data.
func UnmarshalJSON(data []byte, into any, opts DecodeOptions) ([]Problem, error) {
	pl, p, err := target(into)
	if err != nil {
		return nil, err
	}
	d := decoders.Get().(*decoder)
	defer d.release()
	d.data, d.strict = data, opts.Strict
	pl.decode(d, pl, p)
	if !d.broken && d.next() != 0 {
		d.fail()
	} else if !d.broken && d.pos != len(data) {
		d.fail() // a zero byte
	}
	return d.finish()
}

// finish returns what there is to say about the text.
func (d *decoder) finish() ([]Problem, error) {
	switch {
	case d.deep:
		return nil, errDepth
	case d.broken:
		return nil, syntaxError(d.data)
	case d.final != nil:
		return nil, d.final
	}
	return d.problems, d.err
}

// target returns the plan and place of what into points at.
func target(into any) (*Plan, ptr, error) {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil, nil, fmt.Errorf("codec: cannot decode into %T: a non-nil pointer is needed", into)
	}
	pl, err := PlanFor(v.Type().Elem())
	return pl, pointee(v), err
}

// A decoder reads JSON text into values. Errors about types are noted, and the
// reading goes on, because a malformed text is to be reported before them.
type decoder struct {
	scanner
	strict   bool
	err      error // the first mismatch
	final    error // what a value's own method refused
	problems []Problem
	path     []step
	scratch  []byte
	texts    textCache
}

// A step is one part of the way to the value that is being decoded.
type step struct {
	owner *Plan  // the struct that has the field
	field *Field // nil for items and map entries
	key   string // of a map entry
	index int    // of an item
	item  bool
}

var decoders = sync.Pool{New: func() any { return &decoder{path: make([]step, 0, 32)} }}

func (d *decoder) release() {
	clear(d.path[:cap(d.path)])
	d.scanner, d.strict, d.err, d.final, d.problems = scanner{}, false, nil, nil, nil
	d.path, d.scratch = d.path[:0], d.scratch[:0]
	if cap(d.scratch) > 64<<10 {
		d.scratch = nil
	}
	decoders.Put(d)
}

func (pl *Plan) jsonDecoder() func(*decoder, *Plan, ptr) {
	switch pl.Kind {
	case Bool:
		return decodeBool
	case Int:
		return decodeInt
	case Uint:
		return decodeUint
	case Float:
		return decodeFloat
	case String:
		return decodeString
	case Bytes:
		return decodeBytes
	case Struct:
		return decodeStruct
	case List:
		return decodeList
	case Map:
		switch pl.Elem.Kind {
		case String:
			return decodeTextMap
		case Any:
			return decodeAnyMap
		}
		return decodeMap
	case Pointer:
		return decodePointer
	case Union:
		return decodeUnion
	case Value:
		if decode := timeDecoder(pl.Type); decode != nil {
			return decode
		}
		if pl.Type == reflect.TypeFor[meta.RawExtension]() {
			return decodeAsSent
		}
		return decodeValue
	}
	return decodeAny
}

func (d *decoder) fault(err error) {
	if d.err == nil {
		d.err = err
	}
}

// mismatch notes that a value of that sort is not what t holds.
func (d *decoder) mismatch(sort string, t reflect.Type) {
	if d.err != nil {
		return
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if d.owner() == nil {
		d.err = fmt.Errorf("json: cannot unmarshal %s into Go value of type %s", sort, typeName(t))
		return
	}
	d.err = fmt.Errorf("json: cannot unmarshal %s into Go struct field %s of type %s", sort, d.place(), typeName(t))
}

// owner returns the innermost struct around the current value, or nil.
func (d *decoder) owner() (pl *Plan) {
	for _, s := range d.path {
		if s.field != nil {
			pl = s.owner
		}
	}
	return pl
}

// place words where the current value is: Container.spec.containers.name. The
// names of embedded structs on the way are part of it.
func (d *decoder) place() string {
	place := d.owner().Type.Name()
	for _, s := range d.path {
		if s.field != nil {
			place += "." + s.field.through + s.field.Name
		}
	}
	return place
}

// wrong notes that the value that comes next is not what pl holds, and passes it.
func (d *decoder) wrong(pl *Plan) {
	sort := ""
	switch d.next() {
	case '{':
		sort = "object"
	case '[':
		sort = "array"
	case '"':
		sort = "string"
	case 't', 'f':
		sort = "bool"
	default:
		sort = "number"
	}
	d.skip()
	if !d.broken {
		d.mismatch(sort, pl.Type)
	}
}

// null passes a null if that comes next.
func (d *decoder) null() bool {
	if d.next() != 'n' {
		return false
	}
	d.literal("null")
	return true
}

// readText reads a string, which comes next.
func (d *decoder) readText() string {
	raw, clean := d.text()
	if clean {
		return d.texts.text(raw)
	}
	d.scratch = unescape(d.scratch[:0], raw)
	return d.texts.text(d.scratch)
}
