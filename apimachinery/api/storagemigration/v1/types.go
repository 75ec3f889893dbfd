package storagemigrationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type StorageVersionMigration struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec StorageVersionMigrationSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status StorageVersionMigrationStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// StorageVersionMigrationList is a list of StorageVersionMigrations.
type StorageVersionMigrationList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []StorageVersionMigration `json:"items" protobuf:"bytes,2" required:"true"`
}

type StorageVersionMigrationSpec struct {
	Resource meta.GroupResource `json:"resource" protobuf:"bytes,1" required:"true"`
}

type StorageVersionMigrationStatus struct {
	// Observations about the object, one for each type.
	Conditions      []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	ResourceVersion string           `json:"resourceVersion,omitempty" protobuf:"bytes,2"`
}
