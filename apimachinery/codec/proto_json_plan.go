package codec

import (
	"reflect"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// A textPlan says how the JSON of a struct is made from its message. The fields of
// the message, those of embedded structs included, have slots, which a scan of the
// message fills in with where their values are.
type textPlan struct {
	slots  int
	inline []inlined   // by position in wirePlan.fields
	fields []textField // in the order that JSON has them
	// headless is a message that has a kind in JSON alone. Inside of another, where no
	// envelope has it, the kind may be a default that the message does not tell of.
	headless bool
}

// inlined is an embedded struct, which is a message of its own inside of the other.
type inlined struct {
	plan *Plan // nil: the field is none
	base int   // the slot of its first field
}

type textField struct {
	*Field
	slot int // -1: it is in no message
	tag  string
	own  textKind
}

// textKind says how a value whose type writes its own JSON is written from its
// message.
type textKind uint8

const (
	textDecoded textKind = iota // by decoding it
	textQuantity
	textRaw
	textTime
	textMicroTime
	textIntOrString
)

// maxSlots is how many fields a message may have so that it is not decoded.
const maxSlots = 128

func (pl *Plan) textKind() textKind {
	switch pl.Base().Type {
	case reflect.TypeFor[quantity.Quantity]():
		return textQuantity
	case reflect.TypeFor[meta.FieldsV1](), reflect.TypeFor[meta.RawExtension]():
		return textRaw
	case reflect.TypeFor[meta.Time]():
		return textTime
	case reflect.TypeFor[meta.MicroTime]():
		return textMicroTime
	case reflect.TypeFor[intstr.IntOrString]():
		return textIntOrString
	}
	return textDecoded
}

// planText makes the textPlan of a struct, if it can have one. Those of the structs
// embedded in it are made on the way.
func (pl *Plan) planText() {
	if pl.text != nil || pl.Kind != Struct || pl.wire == nil || pl.ownProto || pl.rest != nil {
		return
	}
	t := &textPlan{slots: len(pl.wire.fields), inline: make([]inlined, len(pl.wire.fields))}
	for i := range pl.wire.fields {
		w := &pl.wire.fields[i]
		for k := range pl.Fields {
			if f := &pl.Fields[k]; f.Inline && f.Offset == w.offset && f.Plan == w.plan {
				if w.plan.planText(); w.plan.text == nil {
					return
				}
				t.inline[i] = inlined{w.plan, t.slots}
				t.slots += w.plan.text.slots
			}
		}
	}
	if t.slots > maxSlots {
		return
	}
	for _, f := range pl.flat {
		slot, w := t.find(pl, f.Offset, f.Plan)
		own := textField{Field: f, slot: slot, own: f.Plan.textKind()}
		if w != nil {
			own.tag = w.tag
		} else if f.omit == neverEmpty {
			return // what is in no message, but always in JSON
		} else {
			t.headless = true
		}
		t.fields = append(t.fields, own)
	}
	pl.text = t
}

// find returns the slot of a field.
func (t *textPlan) find(pl *Plan, offset uintptr, plan *Plan) (int, *wireField) {
	for i := range pl.wire.fields {
		w := &pl.wire.fields[i]
		switch in := t.inline[i]; {
		case in.plan == nil && w.offset == offset && w.plan == plan:
			return i, w
		case in.plan != nil && offset >= w.offset && offset < w.offset+w.plan.size:
			if slot, w := in.plan.text.find(in.plan, offset-w.offset, plan); w != nil {
				return in.base + slot, w
			}
		}
	}
	return -1, nil
}
