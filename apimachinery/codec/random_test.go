package codec_test

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

// A filler fills values of API types at random, with what every encoding can
// tell apart: no empty lists, maps or byte strings (protobuf has only "none"),
// and no pointers to a zero time (JSON has only null).
type filler struct {
	*rand.Rand
	depth int
}

var randomTexts = []string{
	"", "a", "Always", "x<y>&z", "é\u2028日本", "quote\" back\\ \n\t\b\f\x01\x7f", "👋🏽",
	"a-name-that-is-longer-than-what-is-kept-of-short-strings-0123456789",
}

func (f *filler) text() string {
	if f.Intn(3) == 0 {
		return fmt.Sprintf("n%d", f.Intn(1e6))
	}
	return randomTexts[f.Intn(len(randomTexts))]
}

func (f *filler) fill(v reflect.Value) {
	f.depth++
	defer func() { f.depth-- }()
	switch p := v.Addr().Interface().(type) {
	case *meta.TypeMeta:
		return // not in protobuf
	case *meta.Time:
		*p = meta.Unix(f.Int63n(1<<33) + 1)
		return
	case *meta.MicroTime:
		p.Time = time.Unix(f.Int63n(1<<33)+1, f.Int63n(1e6)*1000).UTC()
		return
	case *meta.Duration:
		p.Duration = time.Duration(f.Int63n(1 << 40))
		return
	case *meta.RawExtension:
		p.Raw = []byte(`{"a":[1,2.5,"\u003cx\u003e",null,true],"kind":"K"}`)
		return
	case *meta.FieldsV1:
		p.Raw = []byte(`{"f:metadata":{"f:labels":{".":{},"f:a":{}}}}`)
		return
	case *apiextensionsv1.JSON:
		p.Raw = []byte(`{"x":["y",-1]}`)
		return
	case *quantity.Quantity:
		texts := []string{"0", "1", "100m", "1Gi", "1536Ki", "5k", "12345", "3e6", "-2500u", "1267650600228229401496703205376"}
		*p = quantity.MustParse(texts[f.Intn(len(texts))])
		return
	case *intstr.IntOrString:
		if *p = intstr.FromInt(int32(f.Uint32())); f.Intn(2) == 0 {
			*p = intstr.FromString(f.text())
		}
		return
	case *apiextensionsv1.JSONSchemaPropsOrArray:
		if p.Schema = f.schema(); f.Intn(2) == 0 {
			*p = apiextensionsv1.JSONSchemaPropsOrArray{JSONSchemas: []apiextensionsv1.JSONSchemaProps{*f.schema()}}
		}
		return
	case *apiextensionsv1.JSONSchemaPropsOrBool:
		if p.Allows = f.Intn(2) == 0; p.Allows {
			p.Schema = f.schema()
		}
		return
	case *apiextensionsv1.JSONSchemaPropsOrStringArray:
		if p.Schema = f.schema(); f.Intn(2) == 0 {
			*p = apiextensionsv1.JSONSchemaPropsOrStringArray{Property: []string{f.text()}}
		}
		return
	case *any:
		*p = map[string]any{"s": f.text(), "i": f.Int63(), "f": 0.5, "l": []any{nil, true}}
		return
	}
	f.fillKind(v)
}

func (f *filler) schema() *apiextensionsv1.JSONSchemaProps {
	return &apiextensionsv1.JSONSchemaProps{Type: f.text(), Nullable: f.Intn(2) == 0}
}

func (f *filler) fillKind(v reflect.Value) {
	deep := f.depth > 14
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(f.Intn(2) == 0)
	case reflect.Int, reflect.Int32, reflect.Int64:
		n := int64(f.Uint64()) >> (64 - v.Type().Bits())
		v.SetInt(n >> (f.Intn(v.Type().Bits())))
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(f.Uint64() >> (64 - v.Type().Bits()))
	case reflect.Float64:
		v.SetFloat(f.NormFloat64())
	case reflect.String:
		v.SetString(f.text())
	case reflect.Pointer:
		if f.Intn(2) == 0 && !deep {
			v.Set(reflect.New(v.Type().Elem()))
			f.fill(v.Elem())
		}
	case reflect.Slice:
		if f.Intn(2) == 0 && !deep {
			n := 1 + f.Intn(3)
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				f.fill(v.Index(i))
			}
		}
	case reflect.Map:
		if f.Intn(2) == 0 && !deep {
			v.Set(reflect.MakeMap(v.Type()))
			for range 1 + f.Intn(3) {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				f.fill(key)
				if f.fill(value); value.Kind() == reflect.Slice && value.Len() == 0 {
					continue // protobuf does not tell nil from empty here
				}
				v.SetMapIndex(key, value)
			}
			if v.Len() == 0 {
				v.SetZero()
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

// random returns a pointer to a new value of type typ.
func random(typ reflect.Type, seed int64) any {
	v := reflect.New(typ)
	f := &filler{Rand: rand.New(rand.NewSource(seed))}
	f.fill(v.Elem())
	return v.Interface()
}
