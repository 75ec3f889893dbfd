package cel

import (
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/ext"
)

const deviceType = "kubernetes.DRADevice"

// What the API allows a device to have, which bounds what its selectors cost.
const (
	maxDeviceParts  = 32 // attributes and capacities, and so domains of them
	maxDomainLength = 63
	maxIDLength     = 32
	maxTextLength   = 64
)

// ErrTooComplex says that a selector might cost more than one may.
var ErrTooComplex = &CompileError{Detail: "too complex, exceeds cost limit"}

var deviceEnvironment = sync.OnceValues(func() (*cel.Env, error) {
	root, err := base()
	if err != nil {
		return nil, err
	}
	text := types.StringType
	byDomain := func(t *types.Type) *types.Type { return types.NewMapType(text, types.NewMapType(text, t)) }
	structs := map[string]map[string]*types.Type{deviceType: {
		"driver": text, "attributes": byDomain(types.AnyType), "capacity": byDomain(quantityType), "allowMultipleAllocations": types.BoolType,
	}}
	return root.Extend(
		cel.Variable("device", types.NewObjectType(deviceType)),
		ext.Bindings(ext.BindingsVersion(0)),
		func(e *cel.Env) (*cel.Env, error) {
			return cel.CustomTypeProvider(&structProvider{Provider: e.CELTypeProvider(), structs: structs})(e)
		},
	)
})

// CompileDeviceSelector compiles an expression that selects devices, which it
// knows as device. A problem is a [*CompileError], or [ErrTooComplex] if
// it might cost more than [ExpressionLimit].
func CompileDeviceSelector(expression string) (*Expression, error) {
	env, err := deviceEnvironment()
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(expression)
	if issues.Err() != nil {
		return nil, notCompiled(issues)
	}
	if t := ast.OutputType(); t.String() != types.BoolType.String() && t.String() != types.AnyType.String() {
		return nil, &CompileError{Detail: "must evaluate to bool or the unknown type, not " + t.String()}
	}
	estimate, err := env.EstimateCost(ast, deviceSizes{})
	if err != nil {
		return nil, &CompileError{Detail: "cost estimation failed: " + err.Error()}
	}
	if estimate.Max > ExpressionLimit {
		return nil, ErrTooComplex
	}
	return program(env, ast, expression)
}

// deviceSizes knows how large the parts of a device can be.
type deviceSizes struct{}

func (deviceSizes) EstimateSize(node checker.AstNode) *checker.SizeEstimate {
	limit := func(n uint64) *checker.SizeEstimate {
		return &checker.SizeEstimate{Min: 0, Max: n}
	}
	switch strings.Join(node.Path(), ".") {
	case "device.driver", "device.attributes.@keys", "device.capacity.@keys":
		return limit(maxDomainLength)
	case "device.attributes", "device.capacity", "device.attributes.@values", "device.capacity.@values":
		return limit(maxDeviceParts)
	case "device.attributes.@values.@keys", "device.capacity.@values.@keys":
		return limit(maxIDLength)
	case "device.attributes.@values.@values":
		return limit(maxTextLength)
	}
	return nil
}

func (deviceSizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}
