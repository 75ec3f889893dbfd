package cel

import (
	"reflect"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/kubenucleus/nucleus/apimachinery/names"
)

var (
	authorizerType    = cel.ObjectType("kubernetes.authorization.Authorizer", traits.ReceiverType)
	pathCheckType     = cel.ObjectType("kubernetes.authorization.PathCheck")
	groupCheckType    = cel.ObjectType("kubernetes.authorization.GroupCheck")
	resourceCheckType = cel.ObjectType("kubernetes.authorization.ResourceCheck")
	decisionType      = cel.ObjectType("kubernetes.authorization.Decision")
)

// askingCost is what asking the authorizer costs: it may have to ask another server.
const askingCost = 350_000

// An Access is what an expression asks the authorizer about: a path, or a
// resource. ServiceAccount names whom to ask for; without a name it is the
// user of the request.
type Access struct {
	ServiceAccountNamespace, ServiceAccountName string

	Verb, Path                                    string
	Group, Resource, Subresource, Namespace, Name string
	// Selectors as given, which may be malformed; empty means none.
	FieldSelector, LabelSelector string
}

// A Decision is what an authorizer says. An error goes with Allowed false.
type Decision struct {
	Allowed bool
	Reason  string
	Err     error
}

// An Authorizer decides about an access. It is called once each time an
// expression asks.
type Authorizer func(Access) Decision

// RequestResource is the value of authorizer.requestResource: the resource
// that the request is about.
type RequestResource struct {
	Authorizer Authorizer
	Access     Access
}

func (r RequestResource) value() ref.Val { return resourceCheck(r.Authorizer, r.Access) }

// authorizerVal is the value of authorizer, perhaps asking for a service account.
type authorizerVal struct {
	check Authorizer
	who   Access
}

func (a authorizerVal) Type() ref.Type        { return authorizerType }
func (a authorizerVal) Value() any            { return a }
func (a authorizerVal) Equal(ref.Val) ref.Val { return types.False }
func (a authorizerVal) ConvertToType(t ref.Type) ref.Val {
	if t.TypeName() == types.TypeType.TypeName() {
		return authorizerType
	}
	return types.NewErr("type conversion error from '%s' to '%s'", authorizerType.TypeName(), t.TypeName())
}
func (a authorizerVal) ConvertToNative(t reflect.Type) (any, error) {
	return nil, types.NewErr("type conversion error from '%s' to '%s'", authorizerType.TypeName(), t).(*types.Err)
}

// A question is an access that is being put together. There is one Go type for each of
// the language's, so that arguments of the wrong one are told apart.
type (
	question struct {
		check  Authorizer
		access Access
	}
	pathQuestion     question
	groupQuestion    question
	resourceQuestion question
)

func resourceCheck(check Authorizer, a Access) ref.Val {
	return &opaque[resourceQuestion]{class: resourceCheckType, value: resourceQuestion{check, a}}
}

func decide(q question, verb string) ref.Val {
	q.access.Verb = verb
	return &opaque[Decision]{class: decisionType, value: q.check(q.access)}
}

// authorizerLibrary has the methods of authorizer.

func authorizerLibrary() library {
	text := cel.StringType
	with := func(name string, set func(*Access, string)) cel.EnvOption {
		return cel.Function(name, on("resourcecheck_"+name, takes(resourceCheckType, text), resourceCheckType,
			binary(func(q resourceQuestion, s string) ref.Val {
				set(&q.access, s)
				return resourceCheck(q.check, q.access)
			})))
	}
	return library{name: "kubernetes.authz", costs: append(plain("authorizer_path", "authorizer_group", "authorizer_serviceaccount", "groupcheck_resource", "resourcecheck_subresource", "resourcecheck_namespace",
		"resourcecheck_name", "resourcecheck_fieldSelector", "resourcecheck_labelSelector", "decision_allowed", "decision_reason", "decision_errored", "decision_error"),
		fixed("pathcheck_check", askingCost),
		fixed("resourcecheck_check", askingCost)), options: []cel.EnvOption{
		cel.Function("path", on("authorizer_path", takes(authorizerType, text), pathCheckType, binary(func(a authorizerVal, path string) ref.Val {
			if path == "" {
				return types.NewErr("path must not be empty")
			}
			a.who.Path = path
			return &opaque[pathQuestion]{class: pathCheckType, value: pathQuestion{a.check, a.who}}
		}))),
		cel.Function("group", on("authorizer_group", takes(authorizerType, text), groupCheckType, binary(func(a authorizerVal, group string) ref.Val {
			a.who.Group = group
			return &opaque[groupQuestion]{class: groupCheckType, value: groupQuestion{a.check, a.who}}
		}))),
		cel.Function("serviceAccount", on("authorizer_serviceaccount", takes(authorizerType, text, text), authorizerType,
			cel.FunctionBinding(func(args ...ref.Val) ref.Val {
				a, ok := native[authorizerVal](args[0])
				if !ok {
					return types.MaybeNoSuchOverloadErr(args[0])
				}
				namespace, ok := native[string](args[1])
				if !ok {
					return types.MaybeNoSuchOverloadErr(args[1])
				}
				name, ok := native[string](args[2])
				if !ok {
					return types.MaybeNoSuchOverloadErr(args[2])
				}
				return serviceAccount(a, namespace, name)
			}))),
		cel.Function("resource", on("groupcheck_resource", takes(groupCheckType, text), resourceCheckType, binary(func(q groupQuestion, resource string) ref.Val {
			q.access.Resource = resource
			return resourceCheck(q.check, q.access)
		}))),
		with("subresource", func(a *Access, s string) { a.Subresource = s }),
		with("namespace", func(a *Access, s string) { a.Namespace = s }),
		with("name", func(a *Access, s string) { a.Name = s }),
		with("fieldSelector", func(a *Access, s string) { a.FieldSelector = s }),
		with("labelSelector", func(a *Access, s string) { a.LabelSelector = s }),
		cel.Function("check",
			on("pathcheck_check", takes(pathCheckType, text), decisionType, binary(func(q pathQuestion, verb string) ref.Val { return decide(question(q), verb) })),
			on("resourcecheck_check", takes(resourceCheckType, text), decisionType, binary(func(q resourceQuestion, verb string) ref.Val { return decide(question(q), verb) })),
		),
		cel.Function("allowed", on("decision_allowed", takes(decisionType), cel.BoolType, yes(func(d Decision) bool { return d.Allowed }))),
		cel.Function("reason", on("decision_reason", takes(decisionType), text, unary(func(d Decision) ref.Val { return types.String(d.Reason) }))),
		cel.Function("errored", on("decision_errored", takes(decisionType), cel.BoolType, yes(func(d Decision) bool { return d.Err != nil }))),
		cel.Function("error", on("decision_error", takes(decisionType), text, unary(func(d Decision) ref.Val {
			if d.Err == nil {
				return types.String("")
			}
			return types.String(d.Err.Error())
		}))),
	}}
}

// serviceAccount asks for a service account in place of the user of the request.
func serviceAccount(a authorizerVal, namespace, name string) ref.Val {
	if problems := names.DNSSubdomain(name); len(problems) > 0 {
		return types.NewErr("Invalid service account name")
	}
	if problems := names.DNSLabel(namespace); len(problems) > 0 {
		return types.NewErr("Invalid service account namespace")
	}
	a.who.ServiceAccountNamespace, a.who.ServiceAccountName = namespace, name
	return a
}
