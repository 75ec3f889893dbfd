package cel

import (
	"context"
	"reflect"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
)

// Bindings are the values of one request. The policy's own variables are
// computed when first asked for, and then kept.
type Bindings struct {
	ctx       context.Context
	values    map[string]any
	scope     *Scope
	variables map[string]ref.Val
	budget    *Budget
	overspent bool
}

// Bind gives values to the names that expressions know: object, oldObject,
// request, namespaceObject, params, each a tree as codec.ToMap makes them or nil, and
// authorizer, an [Authorizer]. A name without a value is an error to use.
// What evaluation costs is taken from the budget; nil is no bound but that of each expression.
func (s *Scope) Bind(values map[string]any, budget *Budget) *Bindings {
	return &Bindings{ctx: context.Background(), values: values, scope: s, variables: map[string]ref.Val{}, budget: budget}
}

// ResolveName finds the value of a name. It makes Bindings a cel.Activation.
func (b *Bindings) ResolveName(name string) (any, bool) {
	if name == "variables" {
		return (*lazyVariables)(b), true
	}
	v, ok := b.values[name]
	switch v := v.(type) {
	case nil:
		if ok {
			return types.NullValue, true
		}
	case Authorizer:
		return authorizerVal{check: v}, true
	case RequestResource:
		return v.value(), true
	}
	return v, ok
}

// Parent is nil: there are no names besides.
func (b *Bindings) Parent() cel.Activation { return nil }

// lazyVariables is the value of "variables".
type lazyVariables Bindings

func (l *lazyVariables) variable(name string) (ref.Val, bool) {
	if v, ok := l.variables[name]; ok {
		return v, true
	}
	x, ok := l.scope.programs[name]
	if !ok {
		return nil, false
	}
	v, err := x.eval(l.ctx, (*Bindings)(l))
	if err != nil {
		// The error of a variable is that of every expression which uses it.
		v = types.NewErr("composited variable %q fails to evaluate: %s", name, err)
	}
	l.variables[name] = v
	return v, true
}

func (l *lazyVariables) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key), false
	}
	return l.variable(string(name))
}

func (l *lazyVariables) Get(key ref.Val) ref.Val {
	v, ok := l.Find(key)
	if !ok {
		return types.ValOrErr(v, "no such key: %v", key.Value())
	}
	return v
}

func (l *lazyVariables) Contains(key ref.Val) ref.Val {
	name, ok := key.(types.String)
	if !ok {
		return types.MaybeNoSuchOverloadErr(key)
	}
	_, ok = l.scope.programs[string(name)]
	return types.Bool(ok)
}

func (l *lazyVariables) Size() ref.Val { return types.Int(len(l.scope.names)) }
func (l *lazyVariables) Iterator() traits.Iterator {
	return types.DefaultTypeAdapter.NativeToValue(l.scope.names).(traits.Lister).Iterator()
}
func (l *lazyVariables) Equal(other ref.Val) ref.Val { return types.Bool(other == ref.Val(l)) }
func (l *lazyVariables) Type() ref.Type              { return types.NewObjectType(variablesType) }
func (l *lazyVariables) Value() any                  { return l.values }

func (l *lazyVariables) ConvertToType(t ref.Type) ref.Val {
	if t.TypeName() == types.TypeType.TypeName() {
		return types.NewObjectType(variablesType)
	}
	return types.NewErr("type conversion error from '%s' to '%s'", variablesType, t.TypeName())
}

func (l *lazyVariables) ConvertToNative(t reflect.Type) (any, error) {
	return nil, types.NewErr("type conversion error from '%s' to '%s'", variablesType, t).(*types.Err)
}
