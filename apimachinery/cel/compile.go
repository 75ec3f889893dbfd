package cel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

// A CompileError says why an expression cannot be used. Its text is what
// Kubernetes puts behind the expression in a validation error.
type CompileError struct {
	Detail string
	// Internal says that the expression is well formed and of the right type, but
	// cannot be made into a program.
	Internal bool
}

func (e *CompileError) Error() string { return e.Detail }

func notCompiled(issues *cel.Issues) error {
	return &CompileError{Detail: "compilation failed: " + issues.String()}
}

// Results are the types that an expression may give.
type Results struct {
	allowed []*types.Type
	name    string
}

// The types that the API asks of expressions.
var (
	ResultBool       = Results{[]*types.Type{types.BoolType}, "bool"}
	ResultText       = Results{[]*types.Type{types.StringType}, "string"}
	ResultTextOrNull = Results{[]*types.Type{types.StringType, types.NullType}, "one of [string null_type]"}
	ResultObject     = Results{[]*types.Type{types.NewObjectType(rootObject)}, rootObject}
	ResultPatches    = Results{[]*types.Type{types.NewListType(types.NewObjectType(patchType))}, "list(" + patchType + ")"}
)

func (r Results) check(t *types.Type) error {
	for _, a := range r.allowed {
		if t.String() == a.String() {
			return nil
		}
	}
	return &CompileError{Detail: "must evaluate to " + r.name + " but got " + t.String()}
}

// Options says what expressions of a scope know besides object, oldObject,
// request and namespaceObject.
type Options struct {
	Params   bool // params, for policies that have a paramKind
	Mutation bool // Object, JSONPatch and jsonpatch, in CompileMutation
}

// A Scope compiles the expressions of one policy.
type Scope struct {
	opts      Options
	mutex     sync.Mutex
	names     []string
	types     map[string]*types.Type
	programs  map[string]*Expression
	flavoured map[scopeFlavour]*cel.Env
}

type scopeFlavour struct {
	flavour
	variables bool
}

// NewScope returns the scope of a policy or of a list of match conditions.
func NewScope(opts Options) *Scope {
	return &Scope{opts: opts, types: map[string]*types.Type{}, programs: map[string]*Expression{}, flavoured: map[scopeFlavour]*cel.Env{}}
}

// environment returns one of the environments of the scope. Those that know
// variables share their declarations, which may still grow.
func (s *Scope) environment(f scopeFlavour) (*cel.Env, error) {
	if env := s.flavoured[f]; env != nil {
		return env, nil
	}
	env, err := requestEnvironment(f.flavour)
	if err != nil {
		return nil, err
	}
	if f.variables {
		env, err = env.Extend(
			cel.Variable("variables", types.NewObjectType(variablesType)),
			cel.CustomTypeProvider(&structProvider{Provider: env.CELTypeProvider(), structs: map[string]map[string]*types.Type{variablesType: s.types}}),
		)
		if err != nil {
			return nil, err
		}
	}
	s.flavoured[f] = env
	return env, nil
}

// Declare compiles the expression of a variable and makes the variable known to
// all that are compiled after it. Also one with an error is known, as a value
// of any type, so that the error is not told twice.
func (s *Scope) Declare(name, expression string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	x, err := s.compile(expression, scopeFlavour{flavour{params: s.opts.Params, authorizer: true}, true}, anyType)
	if _, known := s.types[name]; known {
		return err
	}
	s.names = append(s.names, name)
	if err != nil {
		s.types[name] = types.DynType
		return err
	}
	s.types[name], s.programs[name] = variableType(x.result), x
	return nil
}

// variableType is what is known of a variable: types of the language itself are,
// others only when the value is there.
func variableType(t *types.Type) *types.Type {
	switch t.Kind() {
	case types.BoolKind, types.BytesKind, types.DoubleKind, types.IntKind, types.NullTypeKind, types.StringKind, types.UintKind, types.DurationKind, types.TimestampKind:
		return t
	case types.ListKind:
		return types.NewListType(variableType(t.Parameters()[0]))
	case types.MapKind:
		return types.NewMapType(variableType(t.Parameters()[0]), variableType(t.Parameters()[1]))
	}
	return types.DynType
}

// Compile compiles an expression that knows everything: the variables declared so
// far, and authorizer. A problem of the expression is a [*CompileError].
func (s *Scope) Compile(expression string, want Results) (*Expression, error) {
	return s.compiled(expression, want, scopeFlavour{flavour{params: s.opts.Params, authorizer: true}, s.hasVariables()})
}

// CompileMessage compiles an expression that makes a message, which does not
// know authorizer: what it says must not give away who may do what.
func (s *Scope) CompileMessage(expression string) (*Expression, error) {
	return s.compiled(expression, ResultText, scopeFlavour{flavour{params: s.opts.Params}, s.hasVariables()})
}

// CompileCondition compiles a match condition, which knows no variables.
func (s *Scope) CompileCondition(expression string) (*Expression, error) {
	return s.compiled(expression, ResultBool, scopeFlavour{flavour{params: s.opts.Params, authorizer: true}, false})
}

// CompileMutation compiles an expression that makes a change: [ResultObject] or [ResultPatches].
func (s *Scope) CompileMutation(expression string, want Results) (*Expression, error) {
	return s.compiled(expression, want, scopeFlavour{flavour{params: s.opts.Params, authorizer: true, mutation: true}, s.hasVariables()})
}

func (s *Scope) hasVariables() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.names) > 0
}

func (s *Scope) compiled(expression string, want Results, f scopeFlavour) (*Expression, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.compile(expression, f, want.check)
}

func anyType(*types.Type) error { return nil }

func (s *Scope) compile(expression string, f scopeFlavour, check func(*types.Type) error) (*Expression, error) {
	env, err := s.environment(f)
	if err != nil {
		return nil, fmt.Errorf("environment of expressions: %w", err)
	}
	ast, issues := env.Compile(expression)
	if issues.Err() != nil {
		return nil, notCompiled(issues)
	}
	if err := check(ast.OutputType()); err != nil {
		return nil, err
	}
	return program(env, ast, expression)
}

func program(env *cel.Env, ast *cel.Ast, expression string) (*Expression, error) {
	p, err := env.Program(ast,
		cel.EvalOptions(cel.OptOptimize, cel.OptTrackCost),
		cel.CostLimit(ExpressionLimit),
		cel.InterruptCheckFrequency(100),
	)
	if err != nil {
		return nil, &CompileError{Detail: "program instantiation failed: " + err.Error(), Internal: true}
	}
	return &Expression{text: expression, result: ast.OutputType(), program: p}, nil
}

// An Expression is ready to be evaluated.
type Expression struct {
	text    string
	result  *types.Type
	program cel.Program
}

// String is the text that it was compiled from.
func (x *Expression) String() string { return x.text }

// Eval evaluates the expression. An error is [ErrBudget], that of ctx, or what
// went wrong in the expression, such as "no such key: spec".
func (x *Expression) Eval(ctx context.Context, b *Bindings) (Value, error) {
	if b.budget != nil && b.budget.Left() <= 0 {
		return Value{}, ErrBudget
	}
	outer := b.ctx
	b.ctx = ctx
	defer func() { b.ctx = outer }()
	v, err := x.eval(ctx, b)
	if err == nil && b.overspent {
		err = ErrBudget
	}
	if err != nil && b.overspent {
		return Value{}, ErrBudget
	}
	return Value{v}, err
}

func (x *Expression) eval(ctx context.Context, b *Bindings) (ref.Val, error) {
	v, details, err := x.program.ContextEval(ctx, b)
	if details != nil && details.ActualCost() != nil {
		if b.budget.spend(*details.ActualCost()) != nil {
			b.overspent = true
		}
	}
	switch {
	case err == nil:
		return v, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case strings.Contains(err.Error(), "actual cost limit exceeded"):
		return nil, errCallLimit
	}
	return nil, err
}

// errCallLimit says that one expression alone costs too much.
var errCallLimit = errors.New("operation cancelled: actual cost limit exceeded")
