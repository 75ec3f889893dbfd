package codec

import (
	"maps"
	"reflect"
	"slices"
)

// DeepCopy returns a copy of *v that shares no memory with it, apart from what
// the unexported fields of a Value's type refer to, which such a type never
// changes in place. A nil v gives nil.
//
// T has to be a type that can be planned, as all API types can; for another one
// DeepCopy returns nil.
func DeepCopy[T any](v *T) *T {
	if v == nil {
		return nil
	}
	pl, err := PlanFor(reflect.TypeFor[T]())
	if err != nil {
		return nil
	}
	out := new(T)
	*out = *v
	pl.unshare(addressOf(out))
	return out
}

// Copy returns a deep copy of v, which is of the same type: a value, a pointer
// to one, a map[string]any or []any. Of a type that cannot be planned it returns
// nil.
func Copy(v any) any {
	switch v := v.(type) {
	case nil, bool, int64, float64, string:
		return v
	case map[string]any:
		return copyTreeMap(v)
	case []any:
		return copyTreeList(v)
	}
	rv := reflect.ValueOf(v)
	pl, err := PlanFor(rv.Type())
	if err != nil {
		return nil
	}
	if pl.Kind == Pointer {
		if rv.IsNil() {
			return v
		}
		out := reflect.New(pl.Elem.Type)
		out.Elem().Set(rv.Elem())
		pl.Elem.unshare(pointee(out))
		return out.Interface()
	}
	out := reflect.New(rv.Type())
	out.Elem().Set(rv)
	pl.unshare(pointee(out))
	return out.Elem().Interface()
}

// unshare makes the value at p, which is a plain copy of another one's memory,
// independent of that.
func (pl *Plan) unshare(p ptr) {
	if pl.plain {
		return
	}
	switch pl.Kind {
	case Pointer:
		from := *at[ptr](p)
		if from == nil {
			return
		}
		to := newValue(pl.Elem.Type)
		pl.Elem.assign(to, from)
		*at[ptr](p) = to
		pl.Elem.unshare(to)
	case Bytes:
		*at[[]byte](p) = slices.Clone(*at[[]byte](p))
	case List:
		pl.unshareList(p)
	case Map:
		pl.unshareMap(p)
	case Any:
		*at[any](p) = Copy(*at[any](p))
	case Value:
		switch pl.Type.Kind() {
		case reflect.Struct:
		case reflect.Slice:
			list := valueAt(pl.Type, p)
			if !list.IsNil() {
				list.Set(reflect.AppendSlice(reflect.MakeSlice(pl.Type, 0, list.Len()), list))
			}
			return
		case reflect.Map:
			pl.unshareMap(p)
			return
		}
		fallthrough
	default:
		for _, f := range pl.deep {
			f.Plan.unshare(add(p, f.Offset))
		}
	}
}

// assign copies the memory of one value to another.
func (pl *Plan) assign(to, from ptr) {
	if pl.Kind == String {
		*at[string](to) = *at[string](from)
		return
	}
	valueAt(pl.Type, to).Set(valueAt(pl.Type, from))
}

func (pl *Plan) unshareList(p ptr) {
	h := at[sliceHeader](p)
	if h.data == nil {
		return
	}
	if pl.Elem.Kind == String {
		*at[[]string](p) = slices.Clone(*at[[]string](p))
		return
	}
	n := h.len
	switch n {
	case 0:
		*h = emptyList()
		return
	case 1:
		item := newValue(pl.Elem.Type)
		pl.Elem.assign(item, h.data)
		*h = sliceHeader{data: item, len: 1, cap: 1}
	default:
		list := reflect.MakeSlice(pl.Type, n, n)
		reflect.Copy(list, valueAt(pl.Type, p))
		*h = sliceHeader{data: pointee(list), len: n, cap: n}
	}
	if pl.Elem.plain {
		return
	}
	for i := range n {
		pl.Elem.unshare(add(h.data, uintptr(i)*pl.Elem.size))
	}
}

func (pl *Plan) unshareMap(p ptr) {
	if pl.Elem.Kind == String {
		*at[map[string]string](p) = maps.Clone(*at[map[string]string](p))
		return
	}
	if pl.Elem.Kind == Any {
		*at[map[string]any](p) = copyTreeMap(*at[map[string]any](p))
		return
	}
	from := valueAt(pl.Type, p)
	if from.IsNil() {
		return
	}
	to := reflect.MakeMapWithSize(pl.Type, from.Len())
	key := reflect.New(pl.Type.Key()).Elem()
	value := reflect.New(pl.Elem.Type)
	for iter := from.MapRange(); iter.Next(); {
		key.SetIterKey(iter)
		value.Elem().SetIterValue(iter)
		pl.Elem.unshare(pointee(value))
		to.SetMapIndex(key, value.Elem())
	}
	from.Set(to)
}

func copyTreeMap(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	out := make(map[string]any, len(m))
	for key, value := range m {
		out[key] = Copy(value)
	}
	return out
}

func copyTreeList(list []any) []any {
	if list == nil {
		return nil
	}
	out := make([]any, len(list))
	for i, item := range list {
		out[i] = Copy(item)
	}
	return out
}
