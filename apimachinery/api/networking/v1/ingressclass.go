package networkingv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

const maxIngressController = 250

func ingressclasses() *scheme.Resource {
	return scheme.Define[IngressClass, IngressClassList](scheme.Spec[IngressClass]{
		Name:           "ingressclasses",
		Default:        DefaultIngressClass,
		Validate:       ValidateIngressClass,
		ValidateUpdate: ValidateIngressClassUpdate,
		SpecChanged:    func(c, old *IngressClass) bool { return !validate.Equal(c.Spec, old.Spec) },
		Columns: []scheme.Column[IngressClass]{
			scheme.ClassNameColumn(func(c *IngressClass) bool { return c.Annotations[AnnotationIsDefaultIngressClass] == "true" }),
			{Name: "Controller", Help: "Controller that is responsible for handling this class", Cell: func(c *IngressClass) any { return c.Spec.Controller }},
			{Name: "Parameters", Help: "A reference to a resource with additional parameters", Cell: func(c *IngressClass) any {
				params := c.Spec.Parameters
				switch {
				case params == nil:
					return "<none>"
				case params.APIGroup != nil:
					return params.Kind + "." + *params.APIGroup + "/" + params.Name
				}
				return params.Kind + "/" + params.Name
			}},
			scheme.AgeColumn[IngressClass](),
		},
	})
}

// DefaultIngressClass fills in what the author of a class left out.
func DefaultIngressClass(c *IngressClass) {
	if c.Spec.Parameters != nil {
		rules.Default(&c.Spec.Parameters.Scope, IngressClassParametersReferenceScopeCluster)
	}
}

// ValidateIngressClass finds every fault of a class that is about to be made.
func ValidateIngressClass(c *IngressClass) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain), ingressClassSpec(rules.Spec, &c.Spec)...)
}

// ValidateIngressClassUpdate finds every fault of a class that is about to replace old.
func ValidateIngressClassUpdate(c, old *IngressClass) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta),
		validate.Immutable(rules.Spec.Child("controller"), c.Spec.Controller, old.Spec.Controller),
		ingressClassSpec(rules.Spec, &c.Spec),
	)
}

func ingressClassSpec(p validate.Path, s *IngressClassSpec) validate.Errors {
	return validate.All(
		validate.MaxBytes(p.Child("controller"), s.Controller, maxIngressController),
		validate.Named(p.Child("controller"), s.Controller, names.DomainPrefixedPath),
		validate.IfSet(p.Child("parameters"), s.Parameters, func(p validate.Path, r IngressClassParametersReference) validate.Errors {
			return validate.All(
				validate.IfSet(p.Child("apiGroup"), r.APIGroup, validate.Matches[string](names.DNSSubdomain)),
				validate.Declared(validate.NonEmpty(p.Child("kind"), r.Kind)),
				rules.Optional(p.Child("kind"), r.Kind, names.PathSegment),
				validate.Declared(validate.NonEmpty(p.Child("name"), r.Name)),
				rules.Optional(p.Child("name"), r.Name, names.PathSegment),
				parametersScope(p, &r),
			)
		}),
	)
}

func parametersScope(p validate.Path, r *IngressClassParametersReference) validate.Errors {
	namespace := p.Child("namespace")
	switch rules.ValueOf(r.Scope) {
	case IngressClassParametersReferenceScopeCluster:
		return rules.Forbid(r.Namespace != nil, namespace, "`parameters.scope` is set to 'Cluster'")
	case IngressClassParametersReferenceScopeNamespace:
		return append(rules.Require(r.Namespace != nil, namespace, "`parameters.scope` is set to 'Namespace'"),
			validate.IfSet(namespace, r.Namespace, validate.Matches[string](names.DNSLabel))...)
	}
	if r.Scope == nil {
		return validate.Required(p.Child("scope"), "")
	}
	return validate.NotSupported(p.Child("scope"), *r.Scope, IngressClassParametersReferenceScopeCluster, IngressClassParametersReferenceScopeNamespace)
}
