package codec

import (
	"reflect"
	"unsafe"
)

// All unsafe code of the package is in this file. The rest works on a ptr only
// through these functions: a ptr always points at a live value of the type of
// the plan that handles it, and never outside of it.

// ptr points at a value whose type is known from a plan.
type ptr = unsafe.Pointer

// add returns the address of a field that lies off bytes into the value at p.
func add(p ptr, off uintptr) ptr { return unsafe.Add(p, off) }

// at views the value at p as a T, which has to share its memory layout.
func at[T any](p ptr) *T { return (*T)(p) }

// addressOf returns the address of *v.
func addressOf[T any](v *T) ptr { return ptr(v) }

// pointee returns what a pointer held in v points at.
func pointee(v reflect.Value) ptr { return v.UnsafePointer() }

// valueAt returns the settable reflect.Value of the value of type t at p.
func valueAt(t reflect.Type, p ptr) reflect.Value { return reflect.NewAt(t, p).Elem() }

// newValue allocates a zero value of type t.
func newValue(t reflect.Type) ptr { return reflect.New(t).UnsafePointer() }

// sliceHeader is the memory of any slice.
type sliceHeader struct {
	data ptr
	len  int
	cap  int
}

// noItems is what empty lists that are not nil point at.
var noItems struct{}

// emptyList returns an empty list that is not nil.
func emptyList() sliceHeader { return sliceHeader{data: ptr(&noItems)} }

// growList makes room for n more elements in the slice of type t at p. The new
// room is zero.
func growList(t reflect.Type, p ptr, n int) { valueAt(t, p).Grow(n) }

// mapLen returns the length of a map of any type. The count is kept at the same
// place whatever the key and the value are.
func mapLen(p ptr) int { return len(*(*map[string]string)(p)) }

// textOf views b as a string without copying it. It is for look-ups and for
// scratch that outlives the string: b must not change while the string is used.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// methods makes values of interface I for a type that is only known at run
// time, without the cost of a type assertion each time.
type methods[I any] struct {
	table ptr
}

// methodsOf returns the methods of *t as an I; ok is false where *t has them not.
func methodsOf[I any](t reflect.Type) (m methods[I], ok bool) {
	sample, ok := reflect.New(t).Interface().(I)
	if !ok {
		return m, false
	}
	return methods[I]{table: (*[2]ptr)(ptr(&sample))[0]}, true
}

// on returns the value at p, of the type that m was made for, as an I.
func (m methods[I]) on(p ptr) (i I) {
	words := (*[2]ptr)(ptr(&i))
	words[0], words[1] = m.table, p
	return i
}
