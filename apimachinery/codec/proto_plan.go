package codec

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Kubernetes' protobuf is proto2 as gogo lays it out: fields ascend by number;
// numbers, booleans, strings and structs that are not behind a pointer are
// written even when zero; lists repeat their field and are never packed; maps
// are lists of entries {1: key, 2: value}.

// A wirePlan is a struct's layout as a message.
type wirePlan struct {
	fields   []wireField // by number
	byNumber []int16     // position in fields by number; -1: none
}

type wireField struct {
	plan   *Plan
	offset uintptr
	number int
	name   string
	tag    string // number and wire type, encoded
}

const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireGroup   = 3
	wireEnd     = 4
	wireFixed32 = 5
)

// wireType returns how a single value of the plan is written.
func (pl *Plan) wireType() int {
	switch pl.Base().Kind {
	case Bool, Int, Uint:
		return wireVarint
	case Float:
		if pl.Base().size == 4 {
			return wireFixed32
		}
		return wireFixed64
	case List:
		if !pl.Base().stringList {
			return pl.Base().Elem.wireType()
		}
	}
	return wireBytes
}

// maxNumber bounds field numbers, so that fields can be found by position.
const maxNumber = 4096

// planWire lays the struct out as a message, unless some of its fields have no
// number: such a type has no protobuf form. TypeMeta without a number is not
// part of the message; the envelope has it.
func (pl *Plan) planWire() error {
	if pl.rest != nil || pl.ownProto {
		return nil
	}
	w := &wirePlan{}
	for i := range pl.Fields {
		f := &pl.Fields[i]
		switch {
		case f.Number > maxNumber:
			return fmt.Errorf("field %s: protobuf number %d is over %d", f.GoName, f.Number, maxNumber)
		case f.Number > 0:
			w.fields = append(w.fields, wireField{
				plan: f.Plan, offset: f.Offset, number: f.Number, name: f.GoName,
				tag: string(binary.AppendUvarint(nil, uint64(f.Number)<<3|uint64(f.Plan.wireType()))),
			})
		case f.Inline && f.Plan.Type == reflect.TypeFor[meta.TypeMeta]():
		default:
			return nil
		}
	}
	if pl.Kind == Value && len(w.fields) == 0 {
		return nil
	}
	slices.SortFunc(w.fields, func(a, b wireField) int { return cmp.Compare(a.number, b.number) })
	for i, f := range w.fields {
		for len(w.byNumber) <= f.number {
			w.byNumber = append(w.byNumber, -1)
		}
		if w.byNumber[f.number] >= 0 {
			return fmt.Errorf("two fields have the protobuf number %d", f.number)
		}
		w.byNumber[f.number] = int16(i)
	}
	pl.wire = w
	return nil
}

// wireable reports whether the plan's values can be a field of a message, as far
// as is known: plans in the making may turn out to have no protobuf form.
func (pl *Plan) wireable() bool {
	switch pl.Kind {
	case Any:
		return false
	case Struct, Union, Value:
		return pl.HasProto()
	case Pointer:
		return pl.Elem.wireable() && pl.Elem.Kind != List && pl.Elem.Kind != Map && pl.Elem.Kind != Pointer
	case List:
		return pl.Elem.wireable() && pl.Elem.Kind != Map && (pl.Elem.Kind != List || pl.Elem.stringList)
	case Map:
		return pl.Elem.wireable() && pl.Elem.Kind != Map && (pl.Elem.Kind != List || pl.Elem.stringList)
	}
	return true
}

func (w *wirePlan) wireable() bool {
	return !slices.ContainsFunc(w.fields, func(f wireField) bool { return !f.plan.wireable() })
}
