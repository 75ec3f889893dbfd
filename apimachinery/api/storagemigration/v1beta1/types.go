package storagemigrationv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type StorageVersionMigration struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            StorageVersionMigrationSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          StorageVersionMigrationStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type StorageVersionMigrationList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []StorageVersionMigration `json:"items" protobuf:"bytes,2" required:"true"`
}

type StorageVersionMigrationSpec struct {
	Resource meta.GroupResource `json:"resource" protobuf:"bytes,1" required:"true"`
}

type StorageVersionMigrationStatus struct {
	Conditions      []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	ResourceVersion string           `json:"resourceVersion,omitempty" protobuf:"bytes,2"`
}
