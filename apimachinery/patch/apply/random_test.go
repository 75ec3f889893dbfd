package apply

import (
	"fmt"
	"math/rand"
	"reflect"
	"time"

	apiextensionsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apiextensions/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// A filler fills values of API types at random, and changes them a little. Its
// texts are few, so that keys of lists and maps meet again.
type filler struct {
	*rand.Rand
	depth int
	odd   bool // texts that need escapes, too
}

func (f *filler) text() string {
	if f.odd && f.Intn(12) == 0 {
		odd := []string{"x<y>&z", "é日本", "quote\" back\\ \n\t\x01\x7f", "\xff", "", "a/b~c"}
		return odd[f.Intn(len(odd))]
	}
	return fmt.Sprintf("t%d", f.Intn(6))
}

// leaf fills the types that are not filled field by field.
func (f *filler) leaf(v reflect.Value) bool {
	if !v.CanAddr() {
		return false
	}
	switch p := v.Addr().Interface().(type) {
	case *meta.TypeMeta:
	case *[]meta.ManagedFieldsEntry:
	case *meta.Time:
		if *p = (meta.Time{}); f.Intn(3) > 0 {
			*p = meta.Unix(int64(f.Intn(4)) + 1)
		}
	case *meta.MicroTime:
		p.Time = time.Unix(int64(f.Intn(4))+1, 5000).UTC()
	case *meta.Duration:
		p.Duration = time.Duration(f.Intn(4)) * time.Second
	case *meta.RawExtension:
		p.Raw = fmt.Appendf(nil, `{"a":[%d,null,true],"kind":"K"}`, f.Intn(3))
	case *meta.FieldsV1:
		p.Raw = []byte(`{"f:metadata":{}}`)
	case *apiextensionsv1.JSON:
		p.Raw = fmt.Appendf(nil, `{"x":[%d]}`, f.Intn(3))
	case *quantity.Quantity:
		texts := []string{"0", "1", "100m", "1Gi", "1536Ki"}
		*p = quantity.MustParse(texts[f.Intn(len(texts))])
	case *intstr.IntOrString:
		if *p = intstr.FromInt(int32(f.Intn(3))); f.Intn(2) == 0 {
			*p = intstr.FromString(f.text())
		}
	case *apiextensionsv1.JSONSchemaProps:
		*p = apiextensionsv1.JSONSchemaProps{Type: f.text(), Nullable: f.Intn(2) == 0}
	case *apiextensionsv1.JSONSchemaPropsOrArray:
		*p = apiextensionsv1.JSONSchemaPropsOrArray{Schema: &apiextensionsv1.JSONSchemaProps{Type: f.text()}}
	case *apiextensionsv1.JSONSchemaPropsOrBool:
		*p = apiextensionsv1.JSONSchemaPropsOrBool{Allows: f.Intn(2) == 0}
	case *apiextensionsv1.JSONSchemaPropsOrStringArray:
		*p = apiextensionsv1.JSONSchemaPropsOrStringArray{Property: []string{f.text()}}
	case *any:
		*p = map[string]any{"s": f.text(), "i": int64(f.Intn(3))}
	default:
		return false
	}
	return true
}

func (f *filler) fill(v reflect.Value) {
	f.depth++
	defer func() { f.depth-- }()
	if f.leaf(v) {
		return
	}
	deep := f.depth > 16
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(f.Intn(2) == 0)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(f.Intn(4)))
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(f.Intn(4)))
	case reflect.Float64:
		v.SetFloat(float64(f.Intn(4)) / 2)
	case reflect.String:
		v.SetString(f.text())
	case reflect.Pointer:
		if v.SetZero(); f.Intn(3) > 0 && !deep {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem())
		}
	case reflect.Slice:
		if v.SetZero(); f.Intn(3) > 0 && !deep {
			n := f.Intn(4)
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				f.fill(v.Index(i))
			}
		}
	case reflect.Map:
		if v.SetZero(); f.Intn(3) > 0 && !deep {
			v.Set(reflect.MakeMap(v.Type()))
			for range f.Intn(4) {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				f.fill(key)
				f.fill(value)
				v.SetMapIndex(key, value)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.fill(v.Field(i))
			}
		}
	}
}

// change changes some of what v holds: one field in chance on average.
func (f *filler) change(v reflect.Value, chance int) {
	f.depth++
	defer func() { f.depth-- }()
	if _, ok := v.Interface().(meta.TypeMeta); ok {
		return
	}
	if f.Intn(chance) == 0 {
		f.fill(v)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			f.change(v.Elem(), chance)
		}
	case reflect.Slice:
		for i := range v.Len() {
			f.change(v.Index(i), chance)
		}
		if n := v.Len(); n > 1 && f.Intn(chance) == 0 {
			v.Set(v.Slice(1, n))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(key))
			if f.change(value, chance); f.Intn(chance) == 0 {
				value = reflect.Value{}
			}
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		if f.leaf(reflect.New(v.Type()).Elem()) {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.change(v.Field(i), chance)
			}
		}
	}
}
