package client

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// applyBody returns what of obj an apply should send. Go cannot tell a field
// that was left alone from one that was set to zero, and the API writes some
// zero fields out ("strategy": {}, "selector": null); sent in an apply they
// would be owned by the applier. So zero structs and nulls are dropped, and
// what only the server may set.
func applyBody(obj any, gvk meta.GroupVersionKind, subresource string) ([]byte, error) {
	fields, err := codec.ToMap(obj)
	if err != nil {
		return nil, fmt.Errorf("apply %s: %w", gvk, err)
	}
	dropZero(reflect.ValueOf(obj), fields)
	fields["apiVersion"], fields["kind"] = gvk.GroupVersion().String(), gvk.Kind
	if subresource != "status" {
		delete(fields, "status")
	}
	if m, ok := fields["metadata"].(map[string]any); ok {
		for _, name := range []string{"managedFields", "creationTimestamp", "generation", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"} {
			delete(m, name)
		}
	}
	data, err := codec.MarshalJSON(fields)
	if err != nil {
		return nil, fmt.Errorf("apply %s: %w", gvk, err)
	}
	return data, nil
}

// dropZero removes from tree, which is v as untyped JSON, the nulls and the
// members that stand for a zero struct. A pointer to a zero struct stays: it
// is how Go says "emptyDir": {}.
func dropZero(v reflect.Value, tree any) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct:
		if members, ok := tree.(map[string]any); ok {
			dropZeroFields(v, members)
		}
	case reflect.Slice:
		if items, ok := tree.([]any); ok && len(items) == v.Len() {
			for i := range items {
				dropZero(v.Index(i), items[i])
			}
		}
	case reflect.Map:
		members, ok := tree.(map[string]any)
		if !ok || v.Type().Key().Kind() != reflect.String {
			return
		}
		for it := v.MapRange(); it.Next(); {
			dropZero(it.Value(), members[it.Key().String()])
		}
	}
}

func dropZeroFields(v reflect.Value, members map[string]any) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" && (options == "inline" || f.Anonymous && options == "") {
			dropZero(v.Field(i), members)
			continue
		}
		value, has := members[name]
		switch {
		case !has:
		case value == nil, f.Type.Kind() == reflect.Struct && v.Field(i).IsZero():
			delete(members, name)
		default:
			dropZero(v.Field(i), value)
			// What held nothing but zero structs is zero itself.
			if m, ok := value.(map[string]any); ok && len(m) == 0 && f.Type.Kind() == reflect.Struct {
				delete(members, name)
			}
		}
	}
}
