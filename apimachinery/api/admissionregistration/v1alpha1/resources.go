package admissionregistrationv1alpha1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of admissionregistration.k8s.io/v1alpha1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1alpha1",
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
	})
}

func mutatingadmissionpolicybindings() *scheme.Resource {
	return scheme.Define[MutatingAdmissionPolicyBinding, MutatingAdmissionPolicyBindingList](scheme.Spec[MutatingAdmissionPolicyBinding]{
		Name:       "mutatingadmissionpolicybindings",
		Categories: []string{"api-extensions"},
	})
}
