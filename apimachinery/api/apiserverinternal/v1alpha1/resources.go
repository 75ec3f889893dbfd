package apiserverinternalv1alpha1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
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
		Status: &scheme.Status[StorageVersion]{Prepare: func(v, old *StorageVersion) { rules.KeepMetadata(&v.ObjectMeta, &old.ObjectMeta) }},
		Columns: []scheme.Column[StorageVersion]{
			scheme.NameColumn[StorageVersion](),
			{Name: "CommonEncodingVersion", Help: cells.Help("storageversions", "CommonEncodingVersion"), Cell: func(v *StorageVersion) any { return cells.OrUnset(v.Status.CommonEncodingVersion) }},
			{Name: "StorageVersions", Help: "storageVersions lists the reported versions per API server instance.", Cell: func(v *StorageVersion) any {
				all := make([]string, len(v.Status.StorageVersions))
				for i, s := range v.Status.StorageVersions {
					all[i] = s.APIServerID + "=" + s.EncodingVersion
				}
				return cells.FirstFew(all, 3, cells.Unset)
			}},
			scheme.AgeColumn[StorageVersion](),
		},
	})
}
