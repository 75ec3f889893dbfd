package admissionregistrationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of admissionregistration.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			mutatingadmissionpolicies(),
			mutatingadmissionpolicybindings(),
			mutatingwebhookconfigurations(),
			validatingadmissionpolicies(),
			validatingadmissionpolicybindings(),
			validatingwebhookconfigurations(),
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

func mutatingwebhookconfigurations() *scheme.Resource {
	return scheme.Define[MutatingWebhookConfiguration, MutatingWebhookConfigurationList](scheme.Spec[MutatingWebhookConfiguration]{
		Name:       "mutatingwebhookconfigurations",
		Categories: []string{"api-extensions"},
	})
}

func validatingadmissionpolicies() *scheme.Resource {
	return scheme.Define[ValidatingAdmissionPolicy, ValidatingAdmissionPolicyList](scheme.Spec[ValidatingAdmissionPolicy]{
		Name:       "validatingadmissionpolicies",
		Categories: []string{"api-extensions"},
		Status:     &scheme.Status[ValidatingAdmissionPolicy]{},
	})
}

func validatingadmissionpolicybindings() *scheme.Resource {
	return scheme.Define[ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBindingList](scheme.Spec[ValidatingAdmissionPolicyBinding]{
		Name:       "validatingadmissionpolicybindings",
		Categories: []string{"api-extensions"},
	})
}

func validatingwebhookconfigurations() *scheme.Resource {
	return scheme.Define[ValidatingWebhookConfiguration, ValidatingWebhookConfigurationList](scheme.Spec[ValidatingWebhookConfiguration]{
		Name:       "validatingwebhookconfigurations",
		Categories: []string{"api-extensions"},
	})
}
