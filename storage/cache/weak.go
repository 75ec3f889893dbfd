package cache

import (
	"reflect"
	"unsafe"
	"weak"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// typedRef holds a decoded object without keeping it alive. weak.Pointer wants
// the object's type, which is known only at run time; but every object begins
// with its TypeMeta, and a weak pointer to the beginning of an allocation lives
// as long as all of it.
type typedRef struct {
	weak   weak.Pointer[meta.TypeMeta]
	typ    reflect.Type // what the object's pointer points to
	strong meta.Object  // instead, for a type that does not begin so
}

func newTypedRef(obj meta.Object) *typedRef {
	v, tm := reflect.ValueOf(obj), obj.TypeMetadata()
	if v.Kind() != reflect.Pointer || v.UnsafePointer() != unsafe.Pointer(tm) {
		return &typedRef{strong: obj}
	}
	return &typedRef{weak: weak.Make(tm), typ: v.Type().Elem()}
}

// object returns the object, or nil if it is gone.
func (r *typedRef) object() meta.Object {
	if r.typ == nil {
		return r.strong
	}
	tm := r.weak.Value()
	if tm == nil {
		return nil
	}
	// tm is the address that obj had when it was of this type: see newTypedRef.
	return reflect.NewAt(r.typ, unsafe.Pointer(tm)).Interface().(meta.Object)
}
