package codec

import (
	"bytes"
	"reflect"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Equal reports whether a and b mean the same: quantities are compared by value,
// times by instant, and a nil list or map equals an empty one. Values of
// different types are not equal; a pointer is compared by what it points at.
func Equal(a, b any) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	ta := reflect.TypeOf(a)
	if ta != reflect.TypeOf(b) {
		return false
	}
	switch a := a.(type) {
	case string, bool, int64, float64:
		return a == b
	case map[string]any:
		return equalTreeMaps(a, b.(map[string]any))
	case []any:
		return equalTreeLists(a, b.([]any))
	}
	pl, pa, err := source(a)
	if err != nil {
		return reflect.DeepEqual(a, b)
	}
	_, pb, err := source(b)
	if err != nil || pa == nil || pb == nil {
		return err == nil && pa == pb
	}
	return pl.same(pa, pb)
}

// same compares two values of the plan's type.
func (pl *Plan) same(a, b ptr) bool {
	if a == b {
		return true
	}
	switch pl.Kind {
	case Bool:
		return *at[bool](a) == *at[bool](b)
	case Int:
		return getInt(pl, a) == getInt(pl, b)
	case Uint:
		return getUint(pl, a) == getUint(pl, b)
	case Float:
		return getFloat(pl, a) == getFloat(pl, b)
	case String:
		return *at[string](a) == *at[string](b)
	case Bytes:
		return bytes.Equal(*at[[]byte](a), *at[[]byte](b))
	case Pointer:
		ta, tb := *at[ptr](a), *at[ptr](b)
		if ta == nil || tb == nil {
			return ta == tb
		}
		return pl.Elem.same(ta, tb)
	case List:
		ha, hb := at[sliceHeader](a), at[sliceHeader](b)
		if ha.len != hb.len {
			return false
		}
		for i := range ha.len {
			off := uintptr(i) * pl.Elem.size
			if !pl.Elem.same(add(ha.data, off), add(hb.data, off)) {
				return false
			}
		}
		return true
	case Map:
		return pl.sameMaps(a, b)
	case Any:
		return Equal(*at[any](a), *at[any](b))
	case Value:
		return pl.sameValues(a, b)
	}
	for i := range pl.Fields {
		f := &pl.Fields[i]
		if !f.Plan.same(add(a, f.Offset), add(b, f.Offset)) {
			return false
		}
	}
	return true
}

func (pl *Plan) sameMaps(a, b ptr) bool {
	n := mapLen(a)
	if n != mapLen(b) {
		return false
	}
	if n == 0 {
		return true
	}
	if pl.Elem.Kind == String {
		mb := *at[map[string]string](b)
		for key, value := range *at[map[string]string](a) {
			if other, ok := mb[key]; !ok || other != value {
				return false
			}
		}
		return true
	}
	ea, eb := sortedEntries(pl, a), sortedEntries(pl, b)
	for i := range ea {
		if ea[i].key != eb[i].key || !pl.Elem.same(ea[i].value, eb[i].value) {
			return false
		}
	}
	return true
}

// sameValues compares values that have a JSON form of their own: by that, or by
// their Equal or Cmp method where forms differ.
func (pl *Plan) sameValues(a, b ptr) bool {
	switch pl.Type {
	case reflect.TypeFor[meta.Time]():
		return at[meta.Time](a).Time.Equal(at[meta.Time](b).Time)
	case reflect.TypeFor[meta.MicroTime]():
		return at[meta.MicroTime](a).Time.Equal(at[meta.MicroTime](b).Time)
	}
	ea, eb := encoders.Get().(*encoder), encoders.Get().(*encoder)
	defer ea.release()
	defer eb.release()
	pl.encode(ea, pl, a)
	pl.encode(eb, pl, b)
	if ea.err == nil && eb.err == nil && bytes.Equal(ea.Buffer(), eb.Buffer()) {
		return true
	}
	if !pl.equal.IsValid() {
		return false
	}
	arg := reflect.NewAt(pl.Type, b)
	if !pl.equalPtr {
		arg = arg.Elem()
	}
	out := pl.equal.Call([]reflect.Value{reflect.NewAt(pl.Type, a), arg})[0]
	if pl.equalCmp {
		return out.Int() == 0
	}
	return out.Bool()
}

func equalTreeMaps(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for key, value := range a {
		if other, ok := b[key]; !ok || !Equal(value, other) {
			return false
		}
	}
	return true
}

func equalTreeLists(a, b []any) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}
