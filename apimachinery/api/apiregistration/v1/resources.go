package apiregistrationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of apiregistration.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			apiservices(),
		},
	}
}
