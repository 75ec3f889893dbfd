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
