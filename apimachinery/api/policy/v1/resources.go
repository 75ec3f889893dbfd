package policyv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of policy/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Kinds:  []scheme.Kind{scheme.KindOf[Eviction]()},
		Resources: []*scheme.Resource{
			poddisruptionbudgets(),
		},
	}
}
