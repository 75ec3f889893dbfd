package storagev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of storage.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			csidrivers(),
			csinodes(),
			csistoragecapacities(),
			storageclasses(),
			volumeattachments(),
			volumeattributesclasses(),
		},
	}
}
