package resourcev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of resource.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			deviceclasses(),
			devicetaintrules(),
			resourceclaims(),
			resourceclaimtemplates(),
			resourceslices(),
		},
	}
}
