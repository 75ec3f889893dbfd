package storagemigrationv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// StorageVersionMigration writes all objects of a resource anew, so that they are stored in the
// current version.
type StorageVersionMigration struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The resource.
	Spec StorageVersionMigrationSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// How far it is.
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

// StorageVersionMigrationSpec is what to migrate; cannot change.
type StorageVersionMigrationSpec struct {
	// The resource.
	Resource meta.GroupResource `json:"resource" protobuf:"bytes,1" required:"true"`
}

// StorageVersionMigrationStatus is how far a migration is.
type StorageVersionMigrationStatus struct {
	// Running, Succeeded or Failed.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	// State of the objects that the migration began with; those written later need nothing.
	ResourceVersion string `json:"resourceVersion,omitempty" protobuf:"bytes,2"`
}
