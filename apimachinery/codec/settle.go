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
// that is settled already is only read, so it may be shared with others. changed
// says that there was something to settle.
//
// ok is false, and nothing is done, where v is no pointer to a message or holds
// types of which it cannot tell: those with a protobuf form of their own from
// outside of this module.
func Settle(v any) (changed, ok bool) {
	pl, p, err := target(v)
	if err != nil || !pl.HasProto() || pl.foreign {
		return false, false
	}
	return pl.settle(p) != settled, true
}

// change says what settling has changed of a value.
type change uint8

const (
	settled change = iota // nothing
	below                 // something that it points at
	itself                // its own memory
)

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

// settle settles the value at p.
func (pl *Plan) settle(p ptr) (changed change) {
	if !pl.unsettled {
		return settled
	}
	switch pl.Kind {
	case Pointer:
		if to := *at[ptr](p); to != nil {
			changed = min(pl.Elem.settle(to), below)
		}
		return changed
	case List:
		return pl.settleList(p)
	case Map:
		return pl.settleMap(p)
	}
	if pl.ownProto {
		return pl.settleTime(p)
	}
	if pl.wire == nil {
		return settled
	}
	for i := range pl.wire.fields {
		if f := &pl.wire.fields[i]; f.plan.unsettled {
			changed = max(changed, f.plan.settle(add(p, f.offset)))
		}
	}
	return changed
}

func (pl *Plan) settleList(p ptr) (changed change) {
	h := at[sliceHeader](p)
	if h.len == 0 {
		if h.data == nil {
			return settled
		}
		*h = sliceHeader{}
		return itself
	}
	switch elem := pl.Elem; {
	case elem.unsettled:
		for i := range h.len {
			changed = max(changed, elem.settle(add(h.data, uintptr(i)*elem.size)))
		}
	case elem.Kind == Bytes || elem.stringList:
		list := valueAt(pl.Type, p)
		for i := range h.len {
			if item := list.Index(i); item.IsNil() { // in a list there is no nothing
				item.Set(reflect.MakeSlice(elem.Type, 0, 0))
				changed = below
			}
		}
	}
	return min(changed, below)
}

func (pl *Plan) settleMap(p ptr) (changed change) {
	if mapLen(p) == 0 {
		if *at[ptr](p) == nil {
			return settled
		}
		*at[ptr](p) = nil
		return itself
	}
	switch elem := pl.Elem; {
	case elem.Kind == Bytes || elem.stringList:
		m := valueAt(pl.Type, p)
		for iter := m.MapRange(); iter.Next(); {
			if iter.Value().IsNil() {
				m.SetMapIndex(iter.Key(), reflect.MakeSlice(elem.Type, 0, 0))
				changed = below
			}
		}
	case elem.Kind == Pointer:
		for _, entry := range sortedEntries(pl, p) {
			changed = max(changed, elem.settle(entry.value))
		}
	case elem.unsettled:
		m := valueAt(pl.Type, p)
		for _, entry := range sortedEntries(pl, p) {
			of := elem.settle(entry.value)
			if changed = max(changed, of); of == itself {
				key := reflect.New(pl.Type.Key()).Elem()
				key.SetString(entry.key)
				m.SetMapIndex(key, valueAt(elem.Type, entry.value))
			}
		}
	}
	return min(changed, below)
}

// settleTime cuts a time to what its protobuf form keeps.
func (pl *Plan) settleTime(p ptr) change {
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
		return settled
	}
	*t = kept
	return itself
}
