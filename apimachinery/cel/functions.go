package cel

import (
	"fmt"
	"reflect"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// opaque is a value of a type that only functions look into. T is comparable
// to nothing but by equal.
type opaque[T any] struct {
	class *types.Type
	value T
	equal func(a, b T) bool
}

func (o *opaque[T]) Type() ref.Type { return o.class }
func (o *opaque[T]) Value() any     { return o.value }

func (o *opaque[T]) Equal(other ref.Val) ref.Val {
	b, ok := other.(*opaque[T])
	return types.Bool(ok && o.equal != nil && o.equal(o.value, b.value))
}

func (o *opaque[T]) ConvertToType(t ref.Type) ref.Val {
	switch t.TypeName() {
	case o.class.TypeName():
		return o
	case types.TypeType.TypeName():
		return o.class
	}
	return types.NewErr("type conversion error from '%s' to '%s'", o.class.TypeName(), t.TypeName())
}

func (o *opaque[T]) ConvertToNative(t reflect.Type) (any, error) {
	if reflect.TypeOf(o.value).AssignableTo(t) {
		return o.value, nil
	}
	return nil, fmt.Errorf("type conversion error from '%s' to '%v'", o.class.TypeName(), t)
}

// native returns the Go value of an argument, or false if it is another type.
func native[T any](v ref.Val) (T, bool) {
	switch v := v.(type) {
	case *opaque[T]:
		return v.value, true
	case T:
		return v, true
	}
	t, ok := v.Value().(T)
	return t, ok
}

// unary binds a function of one argument, binary of two. Arguments of other types are
// no such overload.
func unary[A any](f func(A) ref.Val) cel.OverloadOpt {
	return cel.UnaryBinding(func(v ref.Val) ref.Val {
		a, ok := native[A](v)
		if !ok {
			return types.MaybeNoSuchOverloadErr(v)
		}
		return f(a)
	})
}

func binary[A, B any](f func(A, B) ref.Val) cel.OverloadOpt {
	return cel.BinaryBinding(func(x, y ref.Val) ref.Val {
		a, ok := native[A](x)
		if !ok {
			return types.MaybeNoSuchOverloadErr(x)
		}
		b, ok := native[B](y)
		if !ok {
			return types.MaybeNoSuchOverloadErr(y)
		}
		return f(a, b)
	})
}

// over declares one form of a global function, on one of a method.
func over(id string, args []*cel.Type, result *cel.Type, how ...cel.OverloadOpt) cel.FunctionOpt {
	return cel.Overload(id, args, result, how...)
}

func on(id string, args []*cel.Type, result *cel.Type, how ...cel.OverloadOpt) cel.FunctionOpt {
	return cel.MemberOverload(id, args, result, how...)
}

func takes(args ...*cel.Type) []*cel.Type { return args }

func yes[T any](f func(T) bool) cel.OverloadOpt {
	return unary(func(v T) ref.Val { return types.Bool(f(v)) })
}

func toText(list []string) ref.Val { return types.NewStringList(types.DefaultTypeAdapter, list) }
