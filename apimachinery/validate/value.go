package validate

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type omitted struct{}

// Omitted is a BadValue that the message does not show, because it says
// nothing, or is too long, or secret.
var Omitted any = omitted{}

// Versioned makes the message show v with the API's names of fields, as
// Kubernetes does where it validates the version that was sent.
func Versioned(v any) any { return versioned{v} }

type versioned struct{ value any }

// shown renders a value for a message.
func shown(value any) string {
	names := goNames
	if v, ok := value.(versioned); ok {
		value, names = v.value, apiNames
	}
	v := reflect.ValueOf(value)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() {
		return "null"
	}
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return fmt.Sprint(v.Interface())
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			return strconv.Quote(v.String())
		}
	}
	return string(appendValue(nil, v, names, 0))
}

type naming uint8

const (
	goNames  naming = iota // structs show Go's names and every field
	apiNames               // structs show the names of their JSON and leave out what is empty
)

type jsonAppender interface {
	AppendJSON(dst []byte) ([]byte, error)
}

var (
	metaPackage  = reflect.TypeFor[meta.ObjectMeta]().PkgPath()
	typeMetaType = reflect.TypeFor[meta.TypeMeta]()
)

// A value in a message never needs to be deeper than this; it stops cycles of
// pointers, which decoded objects do not have but others may.
const maxShownDepth = 100

func appendValue(dst []byte, v reflect.Value, names naming, depth int) []byte {
	if depth > maxShownDepth || !v.IsValid() {
		return append(dst, "null"...)
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(dst, "null"...)
		}
	}
	if v.CanInterface() {
		if own, ok := v.Interface().(jsonAppender); ok {
			if out, err := own.AppendJSON(dst); err == nil {
				return out
			}
			return append(dst, "null"...)
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return appendValue(dst, v.Elem(), names, depth+1)
	case reflect.String:
		return appendQuoted(dst, v.String())
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.AppendUint(dst, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		text, err := json.Marshal(v.Float())
		if err != nil {
			return append(dst, "null"...)
		}
		return append(dst, text...)
	case reflect.Slice, reflect.Array:
		return appendList(dst, v, names, depth)
	case reflect.Map:
		return appendMap(dst, v, names, depth)
	case reflect.Struct:
		dst = append(dst, '{')
		start := len(dst)
		dst = appendFields(dst, v, names, start, depth)
		return append(dst, '}')
	}
	return append(dst, "null"...)
}

func appendList(dst []byte, v reflect.Value, names naming, depth int) []byte {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			return append(dst, "null"...)
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return appendQuoted(dst, base64.StdEncoding.EncodeToString(v.Bytes()))
		}
	}
	dst = append(dst, '[')
	for i := range v.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendValue(dst, v.Index(i), names, depth+1)
	}
	return append(dst, ']')
}

func appendMap(dst []byte, v reflect.Value, names naming, depth int) []byte {
	if v.IsNil() || v.Type().Key().Kind() != reflect.String {
		return append(dst, "null"...)
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	dst = append(dst, '{')
	for i, k := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, k.String()), ':')
		dst = appendValue(dst, v.MapIndex(k), names, depth+1)
	}
	return append(dst, '}')
}

// appendFields appends the fields of a struct to an object that began at start.
func appendFields(dst []byte, v reflect.Value, names naming, start, depth int) []byte {
	t := v.Type()
	if t.PkgPath() == metaPackage {
		names = apiNames // Kubernetes has no internal form of these
	}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct && (tag == "" || names == goNames):
			if f.Type != typeMetaType || names == apiNames {
				dst = appendFields(dst, v.Field(i), names, start, depth)
			}
			continue
		case !f.IsExported() || tag == "-":
			continue
		case names == apiNames && strings.Contains(options, "omitempty") && leftOut(v.Field(i)):
			continue
		}
		name := f.Name
		if names == apiNames && tag != "" {
			name = tag
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, name), ':')
		dst = appendValue(dst, v.Field(i), names, depth+1)
	}
	return dst
}

// leftOut says whether omitempty leaves the value out.
func leftOut(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		p := reflect.New(v.Type()) // IsZero may be the pointer's
		p.Elem().Set(v)
		z, ok := p.Interface().(interface{ IsZero() bool })
		return ok && z.IsZero()
	}
	return v.IsZero()
}

// appendQuoted quotes like encoding/json, which is what renders values in
// Kubernetes' messages.
func appendQuoted(dst []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		return append(dst, `""`...)
	}
	return append(dst, text...)
}
