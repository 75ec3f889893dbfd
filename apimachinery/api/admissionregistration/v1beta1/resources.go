package admissionregistrationv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of admissionregistration.k8s.io/v1beta1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1beta1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			mutatingadmissionpolicies(),
			mutatingadmissionpolicybindings(),
		},
	}
}

func mutatingadmissionpolicies() *scheme.Resource {
	return scheme.Define[MutatingAdmissionPolicy, MutatingAdmissionPolicyList](scheme.Spec[MutatingAdmissionPolicy]{
		Name:       "mutatingadmissionpolicies",
		Categories: []string{"api-extensions"},
		Columns: []scheme.Column[MutatingAdmissionPolicy]{
			scheme.NameColumn[MutatingAdmissionPolicy](),
			{Name: "Mutations", Type: "integer", Help: "Mutation indicates the number of mutations rules defined in this configuration", Cell: func(p *MutatingAdmissionPolicy) any { return int64(len(p.Spec.Mutations)) }},
			{Name: "ParamKind", Help: "ParamKind specifies the kind of resources used to parameterize this policy", Cell: func(p *MutatingAdmissionPolicy) any {
				if p.Spec.ParamKind == nil {
					return cells.Unset
				}
				return p.Spec.ParamKind.APIVersion + "/" + p.Spec.ParamKind.Kind
			}},
			scheme.AgeColumn[MutatingAdmissionPolicy](),
		},
		Options: scheme.Options{Deprecated: "admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicy is deprecated in v1.37+, unavailable in v1.40+; use admissionregistration.k8s.io/v1 MutatingAdmissionPolicy"},
	})
}

func mutatingadmissionpolicybindings() *scheme.Resource {
	return scheme.Define[MutatingAdmissionPolicyBinding, MutatingAdmissionPolicyBindingList](scheme.Spec[MutatingAdmissionPolicyBinding]{
		Name:       "mutatingadmissionpolicybindings",
		Categories: []string{"api-extensions"},
		Columns: []scheme.Column[MutatingAdmissionPolicyBinding]{
			scheme.NameColumn[MutatingAdmissionPolicyBinding](),
			{Name: "PolicyName", Help: "PolicyName indicates the policy definition which the policy binding binded to", Cell: func(b *MutatingAdmissionPolicyBinding) any { return b.Spec.PolicyName }},
			{Name: "ParamRef", Help: "ParamRef indicates the param resource which sets the configuration param", Cell: func(b *MutatingAdmissionPolicyBinding) any {
				if b.Spec.ParamRef == nil {
					return cells.Unset
				}
				return cells.ParamRef(b.Spec.ParamRef.Namespace, b.Spec.ParamRef.Name, b.Spec.ParamRef.Selector)
			}},
			scheme.AgeColumn[MutatingAdmissionPolicyBinding](),
		},
		Options: scheme.Options{Deprecated: "admissionregistration.k8s.io/v1beta1 MutatingAdmissionPolicyBinding is deprecated in v1.37+, unavailable in v1.40+; use admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding"},
	})
}
