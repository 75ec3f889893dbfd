package cel

import (
	"fmt"
	"math"
	"time"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// A Value is what an expression gave.
type Value struct{ val ref.Val }

// True says that the value is true.
func (v Value) True() bool { return v.val == types.True }

// Null says that the value is null.
func (v Value) Null() bool { return v.val == nil || v.val == types.NullValue }

// Text returns the text that the value is, if it is one.
func (v Value) Text() (string, bool) {
	s, ok := v.val.(types.String)
	return string(s), ok
}

// Type is the name of the value's type.
func (v Value) Type() string {
	if v.val == nil {
		return "null_type"
	}
	return v.val.Type().TypeName()
}

// Tree returns the value as JSON would have it: nil, bool, int64, float64,
// string, []any and map[string]any. Types, functions and the like have no such form.
func (v Value) Tree() (any, error) {
	if v.val == nil {
		return nil, nil
	}
	return toTree(v.val)
}

// Object returns what an expression of type Object made, as a tree. It says so
// if an object within is named for another place than its own.
func (v Value) Object() (map[string]any, error) {
	o, ok := v.val.(*object)
	if !ok {
		return nil, fmt.Errorf("expected an Object but got %s", v.Type())
	}
	if err := checkNames(o, rootObject); err != nil {
		return nil, err
	}
	tree, err := toTree(o)
	if err != nil {
		return nil, err
	}
	return tree.(map[string]any), nil
}

func toTree(v ref.Val) (any, error) {
	switch v := v.(type) {
	case types.Null:
		return nil, nil
	case types.Bool:
		return bool(v), nil
	case types.Int:
		return int64(v), nil
	case types.Uint:
		if v > math.MaxInt64 {
			return float64(v), nil
		}
		return int64(v), nil
	case types.Double:
		return float64(v), nil
	case types.String:
		return string(v), nil
	case types.Bytes:
		return string(v), nil
	case types.Timestamp:
		return v.Time.UTC().Format(time.RFC3339Nano), nil
	case types.Duration:
		return v.Duration.String(), nil
	case *types.Optional:
		if !v.HasValue() {
			return nil, nil
		}
		return toTree(v.GetValue())
	case *object:
		m := make(map[string]any, len(v.fields))
		for k, f := range v.fields {
			t, err := toTree(f)
			if err != nil {
				return nil, err
			}
			m[k] = t
		}
		return m, nil
	case traits.Mapper:
		m := map[string]any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			key := it.Next()
			name, ok := key.(types.String)
			if !ok {
				return nil, fmt.Errorf("map key %v is a %s, not a string", key.Value(), key.Type().TypeName())
			}
			item, _ := v.Find(key)
			t, err := toTree(item)
			if err != nil {
				return nil, err
			}
			m[string(name)] = t
		}
		return m, nil
	case traits.Lister:
		list := []any{}
		for it := v.Iterator(); it.HasNext() == types.True; {
			t, err := toTree(it.Next())
			if err != nil {
				return nil, err
			}
			list = append(list, t)
		}
		return list, nil
	case *types.Err:
		return nil, v
	case nil:
		return nil, nil
	}
	return nil, fmt.Errorf("a %s has no form in JSON", v.Type().TypeName())
}
