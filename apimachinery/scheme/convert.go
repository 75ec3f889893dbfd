package scheme

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Conversion does what automatic conversion from one type to another cannot.
type Conversion struct {
	from, to reflect.Type
	convert  func(from, to any) error
}

// Convert declares that f completes the conversion from F to T. When f runs,
// the fields that agree are already copied; from must not be changed, nor may
// to keep parts of it.
func Convert[F, T any](f func(from *F, to *T) error) Conversion {
	return Conversion{
		from: reflect.TypeFor[F](), to: reflect.TypeFor[T](),
		convert: func(from, to any) error { return f(from.(*F), to.(*T)) },
	}
}

// Convert returns obj in another version: obj itself, with its TypeMeta as it
// is, if it is of that version already, else a new object that shares nothing
// with it.
func (s *Scheme) Convert(obj meta.Object, to meta.GroupVersion) (meta.Object, error) {
	gvk, ok := s.Kind(obj)
	if !ok {
		return nil, fmt.Errorf("type %T is of no known kind", obj)
	}
	if gvk.GroupVersion() == to {
		return obj, nil
	}
	target, ok := s.New(to.WithKind(gvk.Kind))
	if !ok {
		return nil, fmt.Errorf("no kind %q is registered for version %q", gvk.Kind, to)
	}
	converted, ok := target.(meta.Object)
	if !ok {
		return nil, fmt.Errorf("%s is not an object", to.WithKind(gvk.Kind))
	}
	if err := s.ConvertInto(obj, converted); err != nil {
		return nil, err
	}
	converted.TypeMetadata().SetGroupVersionKind(to.WithKind(gvk.Kind))
	return converted, nil
}

// ConvertInto fills the empty struct that to points to with what from's struct
// holds. Both are pointers to structs.
func (s *Scheme) ConvertInto(from, to any) error {
	copied := codec.Copy(from)
	if err := s.convertValue(reflect.ValueOf(copied).Elem(), reflect.ValueOf(to).Elem()); err != nil {
		return fmt.Errorf("convert %T to %T: %w", from, to, err)
	}
	return nil
}

// convertValue moves src, which nobody else holds, into dst.
func (s *Scheme) convertValue(src, dst reflect.Value) error {
	st, dt := src.Type(), dst.Type()
	if st == dt {
		dst.Set(src)
		return nil
	}
	switch {
	case st.Kind() == reflect.Pointer && dt.Kind() == reflect.Pointer:
		if src.IsNil() {
			return nil
		}
		dst.Set(reflect.New(dt.Elem()))
		return s.convertValue(src.Elem(), dst.Elem())
	case st.Kind() == reflect.Slice && dt.Kind() == reflect.Slice:
		if src.IsNil() {
			return nil
		}
		dst.Set(reflect.MakeSlice(dt, src.Len(), src.Len()))
		for i := range src.Len() {
			if err := s.convertValue(src.Index(i), dst.Index(i)); err != nil {
				return err
			}
		}
		return nil
	case st.Kind() == reflect.Map && dt.Kind() == reflect.Map:
		if src.IsNil() {
			return nil
		}
		dst.Set(reflect.MakeMapWithSize(dt, src.Len()))
		for it := src.MapRange(); it.Next(); {
			key, value := reflect.New(dt.Key()).Elem(), reflect.New(dt.Elem()).Elem()
			if err := s.convertValue(it.Key(), key); err != nil {
				return err
			}
			if err := s.convertValue(it.Value(), value); err != nil {
				return err
			}
			dst.SetMapIndex(key, value)
		}
		return nil
	case st.Kind() == reflect.Struct && dt.Kind() == reflect.Struct:
		return s.convertStruct(src, dst)
	case st.ConvertibleTo(dt) && st.Kind() == dt.Kind():
		dst.Set(src.Convert(dt))
		return nil
	}
	return fmt.Errorf("%v does not convert to %v by itself", st, dt)
}

func (s *Scheme) convertStruct(src, dst reflect.Value) error {
	custom := s.conversions[[2]reflect.Type{src.Type(), dst.Type()}]
	for _, pair := range agreeing(src.Type(), dst.Type()) {
		if err := s.convertValue(src.Field(pair[0]), dst.Field(pair[1])); err != nil {
			if custom == nil {
				return fmt.Errorf("%s: %w", dst.Type().Field(pair[1]).Name, err)
			}
			// Same name, other shape: that is what the function is for.
			dst.Field(pair[1]).SetZero()
		}
	}
	if custom == nil {
		return nil
	}
	return custom(src.Addr().Interface(), dst.Addr().Interface())
}

// agreements caches, for two struct types, the pairs of field indexes that
// have the same name.
var agreements sync.Map // [2]reflect.Type -> [][2]int

func agreeing(src, dst reflect.Type) [][2]int {
	key := [2]reflect.Type{src, dst}
	if pairs, ok := agreements.Load(key); ok {
		return pairs.([][2]int)
	}
	byName := map[string]int{}
	for i := range dst.NumField() {
		byName[wireName(dst.Field(i))] = i
	}
	var pairs [][2]int
	for i := range src.NumField() {
		if !src.Field(i).IsExported() {
			continue
		}
		if j, ok := byName[wireName(src.Field(i))]; ok {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	agreements.Store(key, pairs)
	return pairs
}

func wireName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		return f.Name
	}
	return name
}
