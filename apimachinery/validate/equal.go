package validate

import (
	"bytes"
	"reflect"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Equal reports whether two values mean the same: quantities by what they
// amount to, times by instant, and no list or map is like an empty one.
func Equal(a, b any) bool { return equal(reflect.ValueOf(a), reflect.ValueOf(b)) }

func equal(a, b reflect.Value) bool {
	if !a.IsValid() || !b.IsValid() {
		return a.IsValid() == b.IsValid()
	}
	if a.Type() != b.Type() {
		return false
	}
	if same, ok := byMeaning(a, b); ok {
		return same
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return equal(a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Type().Elem().Kind() == reflect.Uint8 {
			return bytes.Equal(a.Bytes(), b.Bytes())
		}
		fallthrough
	case reflect.Array:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !equal(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for it := a.MapRange(); it.Next(); {
			other := b.MapIndex(it.Key())
			if !other.IsValid() || !equal(it.Value(), other) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i := range a.NumField() {
			if !equal(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		return false
	}
	return a.Equal(b)
}

// byMeaning compares the types that are not the same as their fields.
func byMeaning(a, b reflect.Value) (same, ok bool) {
	if a.Kind() != reflect.Struct || !a.CanInterface() || !b.CanInterface() {
		return false, false
	}
	switch x := a.Interface().(type) {
	case meta.Time:
		y := b.Interface().(meta.Time)
		return x.Equal(&y), true
	case meta.MicroTime:
		y := b.Interface().(meta.MicroTime)
		return x.Time.Equal(y.Time), true
	}
	return false, false
}
