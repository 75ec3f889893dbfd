package cel

import (
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"
)

// ExpressionLimit is what evaluating one expression may cost.
const ExpressionLimit = 1_000_000

// PolicyBudget is what all expressions of a policy together may cost, for one request.
const PolicyBudget = 10_000_000

// ConditionsBudget is what all match conditions of a policy or webhook together
// may cost, for one request.
const ConditionsBudget = PolicyBudget / 4

// base is what all expressions share. Environments take milliseconds to build
// and hardly any program needs one, so they are made when first asked for.
var base = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.EagerlyValidateDeclarations(true),
		cel.DefaultUTCTimeZone(true),
		cel.CrossTypeNumericComparisons(true),
		cel.OptionalTypes(),
		cel.ASTValidators(
			cel.ValidateDurationLiterals(),
			cel.ValidateTimestampLiterals(),
			cel.ValidateRegexLiterals(),
			cel.ValidateHomogeneousAggregateLiterals(),
		),
		ext.Strings(ext.StringsVersion(2)),
		cel.Lib(stringCosts()),
		ext.Sets(),
		ext.Lists(ext.ListsVersion(3)),
		ext.TwoVarComprehensions(),
		cel.Lib(listLibrary()),
		cel.Lib(regexLibrary()),
		cel.Lib(urlLibrary()),
		cel.Lib(networkLibrary()),
		cel.Lib(quantityLibrary()),
		cel.Lib(semverLibrary()),
		cel.Lib(formatLibrary()),
		cel.Lib(authorizerLibrary()),
	)
})

// A flavour is a set of variables for which there is one shared environment.
type flavour struct{ params, authorizer, mutation bool }

func (f flavour) index() int {
	n := 0
	for i, on := range []bool{f.params, f.authorizer, f.mutation} {
		if on {
			n |= 1 << i
		}
	}
	return n
}

// requestEnvironments makes each flavour once.
var requestEnvironments = func() (all [8]func() (*cel.Env, error)) {
	for i := range all {
		f := flavour{params: i&1 != 0, authorizer: i&2 != 0, mutation: i&4 != 0}
		all[i] = sync.OnceValues(func() (*cel.Env, error) { return newRequestEnvironment(f) })
	}
	return all
}()

// requestEnvironment returns the environment of expressions about a request.
func requestEnvironment(f flavour) (*cel.Env, error) { return requestEnvironments[f.index()]() }

func newRequestEnvironment(f flavour) (*cel.Env, error) {
	root, err := base()
	if err != nil {
		return nil, err
	}
	opts := []cel.EnvOption{
		cel.Variable("object", types.DynType),
		cel.Variable("oldObject", types.DynType),
		cel.Variable("request", types.NewObjectType(requestType)),
		cel.Variable("namespaceObject", types.NewObjectType(namespaceType)),
		func(e *cel.Env) (*cel.Env, error) {
			return cel.CustomTypeProvider(&structProvider{Provider: e.CELTypeProvider(), structs: requestStructs()})(e)
		},
	}
	if f.params {
		opts = append(opts, cel.Variable("params", types.DynType))
	}
	if f.authorizer {
		opts = append(opts, cel.Variable("authorizer", authorizerType), cel.Variable("authorizer.requestResource", resourceCheckType))
	}
	if f.mutation {
		opts = append(opts, mutationOptions()...)
	}
	return root.Extend(opts...)
}
