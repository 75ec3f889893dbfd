package cel

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// An object is a value that an expression made by naming its type.
type object struct {
	class  *types.Type
	fields map[string]ref.Val
}

func newObject(name string, fields map[string]ref.Val) ref.Val {
	kept := make(map[string]ref.Val, len(fields))
	for k, v := range fields {
		// An optional field is there only if it has a value.
		if o, ok := v.(*types.Optional); ok {
			if !o.HasValue() {
				continue
			}
			v = o.GetValue()
		}
		kept[k] = v
	}
	return &object{class: types.NewObjectType(name, traits.FieldTesterType|traits.IndexerType), fields: kept}
}

func (o *object) Type() ref.Type { return o.class }

func (o *object) Value() any { return o.fields }

func (o *object) Equal(other ref.Val) ref.Val {
	b, ok := other.(*object)
	if !ok || b.class.TypeName() != o.class.TypeName() || len(b.fields) != len(o.fields) {
		return types.False
	}
	for k, v := range o.fields {
		w, ok := b.fields[k]
		if !ok || types.Equal(v, w) != types.True {
			return types.False
		}
	}
	return types.True
}

func (o *object) Get(key ref.Val) ref.Val {
	name, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key)
	}
	if v, ok := o.fields[string(name)]; ok {
		return v
	}
	return types.NewErr("no such key: %s", string(name))
}

func (o *object) IsSet(key ref.Val) ref.Val {
	name, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key)
	}
	_, ok = o.fields[string(name)]
	return types.Bool(ok)
}

func (o *object) ConvertToType(t ref.Type) ref.Val {
	switch t.TypeName() {
	case types.TypeType.TypeName():
		return o.class
	case o.class.TypeName():
		return o
	}
	return types.NewErr("type conversion error from '%s' to '%s'", o.class.TypeName(), t.TypeName())
}

func (o *object) ConvertToNative(t reflect.Type) (any, error) {
	if t.Kind() == reflect.Interface || t.Kind() == reflect.Map {
		return toTree(o)
	}
	return nil, fmt.Errorf("type conversion error from '%s' to '%s'", o.class.TypeName(), t)
}

// checkNames says whether the objects within one are named for where they
// are: what is at spec.template must be an Object.spec.template.
func checkNames(v ref.Val, path string) error {
	switch v := v.(type) {
	case *object:
		if name := v.class.TypeName(); name != path {
			return fmt.Errorf("unexpected type name %q, expected %q, which matches field name path from root Object type", name, path)
		}
		for _, k := range slices.Sorted(maps.Keys(v.fields)) {
			if err := checkNames(v.fields[k], path+"."+k); err != nil {
				return err
			}
		}
	case traits.Lister:
		for it := v.Iterator(); it.HasNext() == types.True; {
			if err := checkNames(it.Next(), path); err != nil {
				return err
			}
		}
	case traits.Mapper:
		for it := v.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			item, ok := v.Find(key)
			if !ok {
				continue
			}
			// Below a map there are no names to hold to.
			if o, is := item.(*object); is {
				return fmt.Errorf("unexpected type name %q, expected %q, which matches field name path from root Object type", o.class.TypeName(), path)
			}
		}
	}
	return nil
}

const (
	rootObject = "Object"
	patchType  = "JSONPatch"
)

// mutationProvider knows the types of what mutations make: JSONPatch, and Object with
// whatever is below it, which is checked against the schema when it is applied.
type mutationProvider struct{ types.Provider }

func isObjectName(name string) bool {
	return name == rootObject || strings.HasPrefix(name, rootObject+".")
}

func (p mutationProvider) FindStructType(name string) (*types.Type, bool) {
	if isObjectName(name) || name == patchType {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Provider.FindStructType(name)
}

func (p mutationProvider) FindStructFieldNames(name string) ([]string, bool) {
	switch {
	case name == patchType:
		return []string{"from", "op", "path", "value"}, true
	case isObjectName(name):
		return nil, true
	}
	return p.Provider.FindStructFieldNames(name)
}

func (p mutationProvider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	switch {
	case name == patchType:
		switch field {
		case "op", "path", "from":
			return &types.FieldType{Type: types.StringType}, true
		case "value":
			return &types.FieldType{Type: types.DynType}, true
		}
		// Kubernetes reports a field that is not there as one of no type.
		return &types.FieldType{Type: types.NewOpaqueType("")}, true
	case isObjectName(name):
		return &types.FieldType{Type: types.DynType}, true
	}
	return p.Provider.FindStructFieldType(name, field)
}

func (p mutationProvider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if isObjectName(name) || name == patchType {
		return newObject(name, fields)
	}
	return p.Provider.NewValue(name, fields)
}

// mutationOptions is what expressions of mutations know besides.
func mutationOptions() []cel.EnvOption {
	return []cel.EnvOption{
		func(e *cel.Env) (*cel.Env, error) {
			return cel.CustomTypeProvider(mutationProvider{e.CELTypeProvider()})(e)
		},
		cel.Lib(library{name: "kubernetes.jsonpatch", costs: []costRule{scan("jsonpatch_escapekey_string", 0)}, options: []cel.EnvOption{
			cel.Function("jsonpatch.escapeKey", over("jsonpatch_escapekey_string", takes(cel.StringType), cel.StringType,
				unary(func(key string) ref.Val { return types.String(pointerEscapes.Replace(key)) }))),
		}}),
	}
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")
