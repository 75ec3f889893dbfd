package coordinationv1beta1

import "github.com/kubenucleus/nucleus/apimachinery/scheme"

// Version declares the resources of coordination.k8s.io/v1beta1.
func Version() scheme.Version {
	return scheme.Version{Name: "v1beta1", Source: typesSource, Resources: []*scheme.Resource{leasecandidates()}}
}
