package validate

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Structural holds an object, a pointer to a struct, against the tags of its
// type, for kinds that have no rules of their own: required texts and pointers
// are there, texts with an enum are among its values, and lists with keys have
// each key once.
//
// It leaves out metadata, which [ObjectMeta] is for, and status, which is
// written by controllers that are ahead of any tag. It demands less than the
// tags say where an object of Kubernetes may be without: numbers and booleans
// may be zero, required lists and maps empty, and a message may say nothing.
func Structural(obj any) Errors {
	v := reflect.ValueOf(obj)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	plan, err := codec.PlanFor(v.Type())
	if err != nil {
		return Internal(Path{}, err)
	}
	return structural(Path{}, plan, v, 0)
}

func structural(p Path, plan *codec.Plan, v reflect.Value, depth int) Errors {
	if depth > maxShownDepth {
		return nil
	}
	switch plan.Kind {
	case codec.Pointer:
		if !v.IsNil() {
			return structural(p, plan.Elem, v.Elem(), depth+1)
		}
	case codec.Struct:
		var errs Errors
		for _, f := range plan.JSONFields() {
			if depth == 0 && (f.Name == "metadata" || f.Name == "status") || f.Plan.Type == metaType {
				continue
			}
			errs = append(errs, structuralField(p.Child(f.Name), f, v.FieldByIndex(f.Index), depth)...)
		}
		return errs
	case codec.List:
		var errs Errors
		for i := range v.Len() {
			errs = append(errs, structural(p.Index(i), plan.Elem, v.Index(i), depth+1)...)
		}
		return errs
	case codec.Map:
		var errs Errors
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			errs = append(errs, structural(p.Key(k.String()), plan.Elem, v.MapIndex(k), depth+1)...)
		}
		return errs
	}
	return nil
}

var metaType = reflect.TypeFor[meta.ObjectMeta]()

func structuralField(p Path, f *codec.Field, v reflect.Value, depth int) Errors {
	switch v.Kind() {
	case reflect.String:
		if v.Len() == 0 {
			if f.Required && f.Name != "message" && !slices.Contains(f.Enum, "") {
				return Required(p, "")
			}
			return nil
		}
	case reflect.Pointer:
		if v.IsNil() {
			if f.Required {
				return Required(p, "")
			}
			return nil
		}
	}
	if len(f.Enum) > 0 {
		if text := reflect.Indirect(v); text.Kind() == reflect.String && !slices.Contains(f.Enum, text.String()) {
			return NotSupported(p, text.String(), f.Enum...)
		}
	}
	errs := structural(p, f.Plan, v, depth+1)
	if v.Kind() == reflect.Slice {
		errs = append(errs, repeated(p, f, v)...)
	}
	return errs
}

// repeated says Duplicate for items of a list that must be unique.
func repeated(p Path, f *codec.Field, list reflect.Value) Errors {
	if list.Len() < 2 || f.ListType != "set" && f.ListType != "map" {
		return nil
	}
	seen := make(map[string]bool, list.Len())
	var errs Errors
	for i := range list.Len() {
		item := reflect.Indirect(list.Index(i))
		if !item.IsValid() {
			continue
		}
		shows := any(nil)
		switch {
		case f.ListType == "set":
			shows = item.Interface()
		case item.Kind() == reflect.Struct:
			shows = keysOf(f, item)
		default:
			continue
		}
		if id := shown(shows); seen[id] {
			errs = append(errs, Duplicate(p.Index(i), shows)...)
		} else {
			seen[id] = true
		}
	}
	return errs
}

// keyed is the keys of a list's item, which a message shows in their order.
type keyed struct {
	names  []string
	values []any
}

func (k keyed) AppendJSON(dst []byte) ([]byte, error) {
	dst = append(dst, '{')
	for i, name := range k.names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(strconv.AppendQuote(dst, name), ':')
		dst = appendValue(dst, reflect.ValueOf(k.values[i]), apiNames, 0)
	}
	return append(dst, '}'), nil
}

func keysOf(f *codec.Field, item reflect.Value) keyed {
	var k keyed
	plan := f.Plan.Base()
	if plan.Kind == codec.List {
		plan = plan.Elem.Base()
	}
	for _, name := range f.ListKeys {
		if key, ok := plan.Field(name); ok {
			k.names = append(k.names, name)
			k.values = append(k.values, item.FieldByIndex(key.Index).Interface())
		}
	}
	return k
}
