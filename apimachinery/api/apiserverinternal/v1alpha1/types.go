package apiserverinternalv1alpha1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// ConditionStatus is True, False or Unknown.
type ConditionStatus string

// ServerStorageVersion is what one server reads and writes.
type ServerStorageVersion struct {
	// ID of the server.
	APIServerID string `json:"apiServerID,omitempty" protobuf:"bytes,1" required:"true"`
	// Version that it writes.
	EncodingVersion string `json:"encodingVersion,omitempty" protobuf:"bytes,2" required:"true"`
	// Versions that it can read.
	DecodableVersions []string `json:"decodableVersions,omitempty" protobuf:"bytes,3" required:"true" listType:"set"`
	// Versions that it serves, all of them among those that it can read.
	ServedVersions []string `json:"servedVersions,omitempty" protobuf:"bytes,4" listType:"set"`
}

// StorageVersion tells which version each server stores a resource in; it is named GROUP.RESOURCE.
type StorageVersion struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1" required:"true"`
	// Empty.
	Spec StorageVersionSpec `json:"spec" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status StorageVersionStatus `json:"status" protobuf:"bytes,3"`
}

// StorageVersionCondition is an observation about a StorageVersion.
type StorageVersionCondition struct {
	// Which condition this is.
	Type StorageVersionConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// The metadata.generation that this condition speaks of.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,3"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason" protobuf:"bytes,5" required:"true"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,6" required:"true"`
}

// StorageVersionConditionType names a condition of a StorageVersion.
type StorageVersionConditionType string

// StorageVersionList is a list of StorageVersions.
type StorageVersionList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []StorageVersion `json:"items" protobuf:"bytes,2" required:"true"`
}

// StorageVersionSpec is empty.
type StorageVersionSpec struct {
}

// StorageVersionStatus is what the servers say.
type StorageVersionStatus struct {
	// What each server reads and writes.
	StorageVersions []ServerStorageVersion `json:"storageVersions,omitempty" protobuf:"bytes,1" listType:"map" listMapKey:"apiServerID"`
	// Version that all of them write; nil while they differ.
	CommonEncodingVersion *string `json:"commonEncodingVersion,omitempty" protobuf:"bytes,2"`
	// Observations about the object, one for each type.
	Conditions []StorageVersionCondition `json:"conditions,omitempty" protobuf:"bytes,3" listType:"map" listMapKey:"type"`
}
