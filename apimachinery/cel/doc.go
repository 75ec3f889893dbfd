// Package cel compiles and evaluates expressions of the Common Expression
// Language as the Kubernetes API uses them: in admission policies, in match
// conditions of webhooks and in selectors of devices.
//
//	scope := cel.NewScope(cel.Options{Params: true})
//	x, err := scope.Compile("object.spec.replicas <= params.max", cel.ResultBool)
//	if err != nil {
//		return err // a *CompileError, worded as Kubernetes words it
//	}
//	budget := cel.NewBudget(cel.PolicyBudget)
//	v, err := x.Eval(ctx, scope.Bind(map[string]any{"object": object, "params": params}, budget))
//	if err == nil && v.True() {
//		...
//	}
//
// # Scopes
//
// A [Scope] is what expressions of one policy know: variables of the request
// (object, oldObject, request, namespaceObject, authorizer, params), and the
// policy's own, each declared by [Scope.Declare] and known to all after it as
// variables.NAME. Their values are computed when first asked for, once a binding.
// [NewDevices] makes the environment of selectors of devices.
//
// # Functions
//
// All that Kubernetes v1.37 documents: the standard library with optional types and
// two-variable comprehensions, strings, sets, lists, regular expressions (find,
// findAll), url, ip and cidr, quantity, semver, format, authorizer, and jsonpatch with
// the types Object and JSONPatch in mutations.
//
// # Cost
//
// Each operation has a cost. One expression may cost [ExpressionLimit], and all
// that share a [Budget] what that has; beyond, evaluation ends with [ErrBudget] or an error
// that says so. Selectors of devices are also refused at compile time if they
// might cost too much.
//
// # Promises
//
// Environments are built when first used and shared. A Scope is for one
// goroutine until its last Declare, then for many; an [Expression] for many; a
// [Bindings] for one. Values given to Bind must not change while they are in use.
//
// Nothing here knows a server: the authorizer is a function that the caller gives.
package cel
