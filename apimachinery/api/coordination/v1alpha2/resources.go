package coordinationv1alpha2

import "github.com/kubenucleus/nucleus/apimachinery/scheme"

// Version declares the resources of coordination.k8s.io/v1alpha2.
func Version() scheme.Version {
	return scheme.Version{Name: "v1alpha2", Source: typesSource, Resources: []*scheme.Resource{leasecandidates()}}
}
