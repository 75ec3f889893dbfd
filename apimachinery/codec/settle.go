package codec

import (
	"reflect"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// Settle makes *v what decoding its protobuf form would give, without doing so:
// lists and maps that are empty are nil, times are cut to what is kept of them.
// Who has stored an object has it then as everybody else will read it. Memory
// that is settled already is only read, so it may be shared with others.
//
// It returns false, and does nothing, where v is no pointer to a message or holds
// types of which it cannot tell: those with a protobuf form of their own from
// outside of this module.
func Settle(v any) bool {
	pl, p, err := target(v)
	if err != nil || !pl.HasProto() || pl.foreign {
		return false
	}
	pl.settle(p)
	return true
}

// settling says how the protobuf form of a type that writes its own differs from
// the value: not at all (keeps), as times are cut (cuts), or nobody knows.
func (pl *Plan) settling() (cuts, known bool) {
	switch pl.Type {
	case reflect.TypeFor[meta.Time](), reflect.TypeFor[meta.MicroTime]():
		return true, true
	case reflect.TypeFor[meta.Duration](), reflect.TypeFor[meta.RawExtension](), reflect.TypeFor[meta.FieldsV1](),
		reflect.TypeFor[quantity.Quantity](), reflect.TypeFor[intstr.IntOrString]():
		return false, true
	}
	return false, false
}

// settlesItself says that values of the type may have to be settled whatever is
// below them.
func (pl *Plan) settlesItself() (yes, foreign bool) {
	switch {
	case pl.ownProto:
		cuts, known := pl.settling()
		return cuts, !known
	case pl.Kind == Map:
		return true, false
	case pl.Kind == List:
		return !pl.stringList, false
	}
	return false, false
}

// settle settles the value at p and says whether its own memory has changed, not
// only what it points at.
func (pl *Plan) settle(p ptr) (changed bool) {
	if !pl.unsettled {
		return false
	}
	switch pl.Kind {
	case Pointer:
		if to := *at[ptr](p); to != nil {
			pl.Elem.settle(to)
		}
		return false
	case List:
		return pl.settleList(p)
	case Map:
		return pl.settleMap(p)
	}
	if pl.ownProto {
		return pl.settleTime(p)
	}
	if pl.wire == nil {
		return false
	}
	for i := range pl.wire.fields {
		f := &pl.wire.fields[i]
		if f.plan.unsettled && f.plan.settle(add(p, f.offset)) {
			changed = true
		}
	}
	return changed
}

func (pl *Plan) settleList(p ptr) (changed bool) {
	h := at[sliceHeader](p)
	if h.len == 0 {
		if h.data == nil {
			return false
		}
		*h = sliceHeader{}
		return true
	}
	switch elem := pl.Elem; {
	case elem.unsettled:
		for i := range h.len {
			elem.settle(add(h.data, uintptr(i)*elem.size))
		}
	case elem.Kind == Bytes || elem.stringList:
		list := valueAt(pl.Type, p)
		for i := range h.len {
			if item := list.Index(i); item.IsNil() { // in a list there is no nothing
				item.Set(reflect.MakeSlice(elem.Type, 0, 0))
			}
		}
	}
	return false
}

func (pl *Plan) settleMap(p ptr) (changed bool) {
	if mapLen(p) == 0 {
		if *at[ptr](p) == nil {
			return false
		}
		*at[ptr](p) = nil
		return true
	}
	switch elem := pl.Elem; {
	case elem.Kind == Bytes || elem.stringList:
		m := valueAt(pl.Type, p)
		for iter := m.MapRange(); iter.Next(); {
			if iter.Value().IsNil() {
				m.SetMapIndex(iter.Key(), reflect.MakeSlice(elem.Type, 0, 0))
			}
		}
	case elem.Kind == Pointer:
		for _, entry := range sortedEntries(pl, p) {
			elem.settle(entry.value)
		}
	case elem.unsettled:
		m := valueAt(pl.Type, p)
		for _, entry := range sortedEntries(pl, p) {
			if elem.settle(entry.value) {
				key := reflect.New(pl.Type.Key()).Elem()
				key.SetString(entry.key)
				m.SetMapIndex(key, valueAt(elem.Type, entry.value))
			}
		}
	}
	return false
}

// settleTime cuts a time to what its protobuf form keeps.
func (pl *Plan) settleTime(p ptr) (changed bool) {
	t := at[time.Time](p) // all there is in a Time and a MicroTime
	var kept time.Time
	switch {
	case t.IsZero():
	case pl.Type == reflect.TypeFor[meta.Time]():
		kept = time.Unix(t.Unix(), 0).UTC()
	default:
		kept = time.Unix(t.Unix(), int64(t.Nanosecond())).UTC().Truncate(time.Microsecond)
	}
	if *t == kept {
		return false
	}
	*t = kept
	return true
}
