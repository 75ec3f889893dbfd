package storagemigrationv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of storagemigration.k8s.io/v1beta1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1beta1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			storageversionmigrations(),
		},
	}
}

func storageversionmigrations() *scheme.Resource {
	return scheme.Define[StorageVersionMigration, StorageVersionMigrationList](scheme.Spec[StorageVersionMigration]{
		Name:   "storageversionmigrations",
		Status: &scheme.Status[StorageVersionMigration]{},
	})
}
