package apiserverinternalv1alpha1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of internal.apiserver.k8s.io/v1alpha1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1alpha1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			storageversions(),
		},
	}
}

func storageversions() *scheme.Resource {
	return scheme.Define[StorageVersion, StorageVersionList](scheme.Spec[StorageVersion]{
		Name:   "storageversions",
		Status: &scheme.Status[StorageVersion]{},
	})
}
