package admissionregistrationv1

import (
	"fmt"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/cel"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// maxAuditAnnotations is how many notes in audit events a policy may make.
const maxAuditAnnotations = 20

const (
	paramKindHelp = "ParamKind specifies the kind of resources used to parameterize this policy"
	policyHelp    = "PolicyName indicates the policy definition which the policy binding binded to"
	paramRefHelp  = "ParamRef indicates the param resource which sets the configuration param"
)

func validatingadmissionpolicies() *scheme.Resource {
	return scheme.Define[ValidatingAdmissionPolicy, ValidatingAdmissionPolicyList](scheme.Spec[ValidatingAdmissionPolicy]{
		Name:           "validatingadmissionpolicies",
		Categories:     []string{"api-extensions"},
		Default:        DefaultValidatingAdmissionPolicy,
		Validate:       ValidateValidatingAdmissionPolicy,
		ValidateUpdate: ValidateValidatingAdmissionPolicyUpdate,
		SpecChanged:    func(p, old *ValidatingAdmissionPolicy) bool { return !validate.Equal(p.Spec, old.Spec) },
		Status: &scheme.Status[ValidatingAdmissionPolicy]{
			Prepare:  func(p, old *ValidatingAdmissionPolicy) { rules.KeepMetadata(&p.ObjectMeta, &old.ObjectMeta) },
			Resets:   []string{"metadata"},
			Validate: ValidateValidatingAdmissionPolicyStatusUpdate,
		},
		Columns: []scheme.Column[ValidatingAdmissionPolicy]{
			scheme.NameColumn[ValidatingAdmissionPolicy](),
			{Name: "Validations", Type: "integer", Help: "Validations indicates the number of validation rules defined in this configuration", Cell: func(p *ValidatingAdmissionPolicy) any { return int64(len(p.Spec.Validations)) }},
			{Name: "ParamKind", Help: paramKindHelp, Cell: func(p *ValidatingAdmissionPolicy) any { return paramKind(p.Spec.ParamKind) }},
			scheme.AgeColumn[ValidatingAdmissionPolicy](),
		},
	})
}

func mutatingadmissionpolicies() *scheme.Resource {
	return scheme.Define[MutatingAdmissionPolicy, MutatingAdmissionPolicyList](scheme.Spec[MutatingAdmissionPolicy]{
		Name:        "mutatingadmissionpolicies",
		Categories:  []string{"api-extensions"},
		Default:     DefaultMutatingAdmissionPolicy,
		Validate:    ValidateMutatingAdmissionPolicy,
		SpecChanged: func(p, old *MutatingAdmissionPolicy) bool { return !validate.Equal(p.Spec, old.Spec) },
		Columns: []scheme.Column[MutatingAdmissionPolicy]{
			scheme.NameColumn[MutatingAdmissionPolicy](),
			{Name: "Mutations", Type: "integer", Help: "Mutation indicates the number of mutations rules defined in this configuration", Cell: func(p *MutatingAdmissionPolicy) any { return int64(len(p.Spec.Mutations)) }},
			{Name: "ParamKind", Help: paramKindHelp, Cell: func(p *MutatingAdmissionPolicy) any { return paramKind(p.Spec.ParamKind) }},
			scheme.AgeColumn[MutatingAdmissionPolicy](),
		},
	})
}

func validatingadmissionpolicybindings() *scheme.Resource {
	return scheme.Define[ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBindingList](scheme.Spec[ValidatingAdmissionPolicyBinding]{
		Name:        "validatingadmissionpolicybindings",
		Categories:  []string{"api-extensions"},
		Default:     func(b *ValidatingAdmissionPolicyBinding) { defaultMatch(b.Spec.MatchResources) },
		Validate:    ValidateValidatingAdmissionPolicyBinding,
		SpecChanged: func(b, old *ValidatingAdmissionPolicyBinding) bool { return !validate.Equal(b.Spec, old.Spec) },
		Columns: []scheme.Column[ValidatingAdmissionPolicyBinding]{
			scheme.NameColumn[ValidatingAdmissionPolicyBinding](),
			{Name: "PolicyName", Help: policyHelp, Cell: func(b *ValidatingAdmissionPolicyBinding) any { return b.Spec.PolicyName }},
			{Name: "ParamRef", Help: paramRefHelp, Cell: func(b *ValidatingAdmissionPolicyBinding) any { return paramRef(b.Spec.ParamRef) }},
			scheme.AgeColumn[ValidatingAdmissionPolicyBinding](),
		},
	})
}

func mutatingadmissionpolicybindings() *scheme.Resource {
	return scheme.Define[MutatingAdmissionPolicyBinding, MutatingAdmissionPolicyBindingList](scheme.Spec[MutatingAdmissionPolicyBinding]{
		Name:        "mutatingadmissionpolicybindings",
		Categories:  []string{"api-extensions"},
		Default:     func(b *MutatingAdmissionPolicyBinding) { defaultMatch(b.Spec.MatchResources) },
		Validate:    ValidateMutatingAdmissionPolicyBinding,
		SpecChanged: func(b, old *MutatingAdmissionPolicyBinding) bool { return !validate.Equal(b.Spec, old.Spec) },
		Columns: []scheme.Column[MutatingAdmissionPolicyBinding]{
			scheme.NameColumn[MutatingAdmissionPolicyBinding](),
			{Name: "PolicyName", Help: policyHelp, Cell: func(b *MutatingAdmissionPolicyBinding) any { return b.Spec.PolicyName }},
			{Name: "ParamRef", Help: paramRefHelp, Cell: func(b *MutatingAdmissionPolicyBinding) any { return paramRef(b.Spec.ParamRef) }},
			scheme.AgeColumn[MutatingAdmissionPolicyBinding](),
		},
	})
}

func paramKind(k *ParamKind) string {
	if k == nil {
		return cells.Unset
	}
	return k.APIVersion + "/" + k.Kind
}

func paramRef(r *ParamRef) string {
	if r == nil {
		return cells.Unset
	}
	return cells.ParamRef(r.Namespace, r.Name, r.Selector)
}

// DefaultValidatingAdmissionPolicy fills in what the author of a policy left out.
func DefaultValidatingAdmissionPolicy(p *ValidatingAdmissionPolicy) {
	rules.Default(&p.Spec.FailurePolicy, Fail)
	defaultMatch(p.Spec.MatchConstraints)
}

// DefaultMutatingAdmissionPolicy fills in what the author of a policy left out.
func DefaultMutatingAdmissionPolicy(p *MutatingAdmissionPolicy) {
	rules.Default(&p.Spec.FailurePolicy, Fail)
	defaultMatch(p.Spec.MatchConstraints)
}

func defaultMatch(m *MatchResources) {
	if m == nil {
		return
	}
	rules.Default(&m.MatchPolicy, Equivalent)
	rules.Default(&m.NamespaceSelector, meta.LabelSelector{})
	rules.Default(&m.ObjectSelector, meta.LabelSelector{})
	for _, list := range [][]NamedRuleWithOperations{m.ResourceRules, m.ExcludeResourceRules} {
		for i := range list {
			rules.Default(&list[i].Scope, AllScopes)
		}
	}
}

// ValidateValidatingAdmissionPolicy finds every fault of a policy, those of its
// expressions included.
func ValidateValidatingAdmissionPolicy(p *ValidatingAdmissionPolicy) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &p.ObjectMeta, false, names.DNSSubdomain), validatingPolicy(rules.Spec, p.Name, &p.Spec)...)
}

// ValidateValidatingAdmissionPolicyUpdate finds every fault of a policy that is
// about to replace old.
func ValidateValidatingAdmissionPolicyUpdate(p, old *ValidatingAdmissionPolicy) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &p.ObjectMeta, &old.ObjectMeta), validatingPolicy(rules.Spec, p.Name, &p.Spec)...)
}

func validatingPolicy(p validate.Path, name string, s *ValidatingAdmissionPolicySpec) validate.Errors {
	const some = "validations or auditAnnotations must contain at least one item"
	empty := len(s.Validations)+len(s.AuditAnnotations) == 0
	scope := cel.NewScope(cel.Options{Params: s.ParamKind != nil})
	keys := map[string]bool{}
	return validate.All(
		failurePolicy(p.Child("failurePolicy"), s.FailurePolicy),
		validate.When(s.ParamKind != nil, func() validate.Errors { return kindOfParams(p.Child("paramKind"), s.ParamKind) }),
		matchConstraints(p.Child("matchConstraints"), s.MatchConstraints),
		matchConditions(p.Child("matchConditions"), s.MatchConditions, scope),
		variables(p.Child("variables"), s.Variables, scope),
		rules.Require(!empty, p.Child("validations"), some),
		rules.Require(!empty, p.Child("auditAnnotations"), some),
		validate.Each(p.Child("validations"), s.Validations, func(p validate.Path, v *Validation) validate.Errors {
			return append(validationExpressions(p, v, scope),
				validate.IfSet(p.Child("reason"), v.Reason, func(p validate.Path, r meta.StatusReason) validate.Errors {
					return validate.In(p, r, meta.StatusReasonForbidden, meta.StatusReasonInvalid, meta.StatusReasonRequestEntityTooLarge)
				})...)
		}),
		rules.Must(len(s.AuditAnnotations) <= maxAuditAnnotations, p.Child("auditAnnotations"), s.AuditAnnotations, fmt.Sprintf("must not have more than %d auditAnnotations", maxAuditAnnotations)),
		validate.Each(p.Child("auditAnnotations"), s.AuditAnnotations, func(p validate.Path, a *AuditAnnotation) validate.Errors {
			again := keys[a.Key]
			keys[a.Key] = true
			return validate.All(
				annotationKey(p.Child("key"), name, a.Key),
				auditExpression(p.Child("valueExpression"), a.ValueExpression, scope),
				validate.When(again, func() validate.Errors { return validate.Duplicate(p.Child("key"), a.Key) }),
			)
		}),
	)
}

// annotationKey checks the key of a note in audit events, which show it with the
// name of the policy in front.
func annotationKey(p validate.Path, policy, key string) validate.Errors {
	if policy == "" {
		return validate.Invalid(p, key, "requires metadata.name be non-empty")
	}
	return validate.String(p, policy+"/"+key, names.QualifiedName)
}

// ValidateMutatingAdmissionPolicy finds every fault of a policy, those of its
// expressions included.
func ValidateMutatingAdmissionPolicy(p *MutatingAdmissionPolicy) validate.Errors {
	at, s := rules.Spec, &p.Spec
	scope := cel.NewScope(cel.Options{Params: s.ParamKind != nil})
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &p.ObjectMeta, false, names.DNSSubdomain),
		failurePolicy(at.Child("failurePolicy"), s.FailurePolicy),
		validate.When(s.ParamKind != nil, func() validate.Errors { return kindOfParams(at.Child("paramKind"), s.ParamKind) }),
		matchConstraints(at.Child("matchConstraints"), s.MatchConstraints),
		mutableOperations(at.Child("matchConstraints"), s.MatchConstraints),
		matchConditions(at.Child("matchConditions"), s.MatchConditions, scope),
		variables(at.Child("variables"), s.Variables, scope),
		rules.Require(len(s.Mutations) > 0, at.Child("mutations"), "mutations must contain at least one item"),
		validate.Each(at.Child("mutations"), s.Mutations, func(p validate.Path, m *Mutation) validate.Errors { return mutation(p, m, scope) }),
		validate.OneOf(at.Child("reinvocationPolicy"), s.ReinvocationPolicy, IfNeededReinvocationPolicy, NeverReinvocationPolicy),
	)
}

func mutation(p validate.Path, m *Mutation, scope *cel.Scope) validate.Errors {
	apply, patch := p.Child("applyConfiguration"), p.Child("jsonPatch")
	needed := "must be specified when patchType is " + string(m.PatchType)
	only := func(set bool, at validate.Path, member string) validate.Errors {
		return rules.Must(!set, at, "{"+member+"}", "must not be specified when patchType is "+string(m.PatchType))
	}
	switch m.PatchType {
	case PatchTypeApplyConfiguration:
		if m.ApplyConfiguration == nil {
			return append(validate.Required(apply, needed), only(m.JSONPatch != nil, patch, "jsonPatch")...)
		}
		return append(mutationExpression(apply.Child("expression"), m.ApplyConfiguration.Expression, cel.ResultObject, scope), only(m.JSONPatch != nil, patch, "jsonPatch")...)
	case PatchTypeJSONPatch:
		if m.JSONPatch == nil {
			return append(validate.Required(patch, needed), only(m.ApplyConfiguration != nil, apply, "applyConfiguration")...)
		}
		return append(mutationExpression(patch.Child("expression"), m.JSONPatch.Expression, cel.ResultPatches, scope), only(m.ApplyConfiguration != nil, apply, "applyConfiguration")...)
	}
	return validate.OneOf(p.Child("patchType"), m.PatchType, PatchTypeApplyConfiguration, PatchTypeJSONPatch)
}

// ValidateValidatingAdmissionPolicyStatusUpdate finds every fault of a policy's status.
func ValidateValidatingAdmissionPolicyStatusUpdate(p, old *ValidatingAdmissionPolicy) validate.Errors {
	s, at := &p.Status, rules.Status
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &p.ObjectMeta, &old.ObjectMeta),
		validate.When(s.TypeChecking != nil, func() validate.Errors {
			return validate.Each(at.Child("typeChecking", "expressionWarnings"), s.TypeChecking.ExpressionWarnings, func(p validate.Path, w *ExpressionWarning) validate.Errors {
				return append(validate.NonEmpty(p.Child("warning"), w.Warning), validate.NonEmpty(p.Child("fieldRef"), w.FieldRef)...)
			})
		}),
		rules.Conditions(at.Child("conditions"), s.Conditions),
	)
}

// ValidateValidatingAdmissionPolicyBinding finds every fault of a binding.
func ValidateValidatingAdmissionPolicyBinding(b *ValidatingAdmissionPolicyBinding) validate.Errors {
	p, s := rules.Spec, &b.Spec
	actions := p.Child("validationActions")
	seen := map[ValidationAction]bool{}
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &b.ObjectMeta, false, names.DNSSubdomain),
		validate.Declared(validate.NonEmpty(p.Child("policyName"), s.PolicyName)),
		binding(p, s.PolicyName, s.ParamRef, s.MatchResources),
		validate.Declared(rules.Require(len(s.ValidationActions) > 0, actions, "")),
		validate.Each(actions, s.ValidationActions, func(p validate.Path, a *ValidationAction) validate.Errors {
			again := seen[*a]
			seen[*a] = true
			return append(validate.In(p, *a, Audit, Deny, Warn), validate.When(again, func() validate.Errors { return validate.Duplicate(p, *a) })...)
		}),
		rules.Must(!has(s.ValidationActions, Deny) || !has(s.ValidationActions, Warn), actions, s.ValidationActions, "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)"),
	)
}

// ValidateMutatingAdmissionPolicyBinding finds every fault of a binding.
func ValidateMutatingAdmissionPolicyBinding(b *MutatingAdmissionPolicyBinding) validate.Errors {
	p, s := rules.Spec, &b.Spec
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &b.ObjectMeta, false, names.DNSSubdomain),
		validate.NonEmpty(p.Child("policyName"), s.PolicyName),
		binding(p, s.PolicyName, s.ParamRef, s.MatchResources),
		mutableOperations(p.Child("matchResources"), s.MatchResources),
	)
}

func binding(p validate.Path, policy string, params *ParamRef, match *MatchResources) validate.Errors {
	ref := p.Child("paramRef")
	both := params != nil && params.Name != "" && params.Selector != nil
	const exclusive = "name and selector are mutually exclusive"
	return validate.All(
		rules.Optional(p.Child("policyName"), policy, names.DNSSubdomain),
		validate.When(params != nil, func() validate.Errors {
			return validate.All(
				rules.Require(params.Name != "" || params.Selector != nil, ref, "one of name or selector must be specified"),
				rules.Optional(ref.Child("name"), params.Name, names.PathSegment),
				rules.Forbid(both, ref.Child("name"), exclusive),
				validate.LabelSelector(ref.Child("selector"), params.Selector),
				rules.Forbid(both, ref.Child("selector"), exclusive),
				validate.Set(ref.Child("parameterNotFoundAction"), params.ParameterNotFoundAction, func(p validate.Path, a ParameterNotFoundActionType) validate.Errors {
					return validate.OneOf(p, a, DenyAction, AllowAction)
				}),
			)
		}),
		validate.When(match != nil, func() validate.Errors { return matchResources(p.Child("matchResources"), match) }),
	)
}
