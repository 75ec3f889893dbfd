package apiserverinternalv1alpha1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type ConditionStatus string

type ServerStorageVersion struct {
	APIServerID       string   `json:"apiServerID,omitempty" protobuf:"bytes,1" required:"true"`
	EncodingVersion   string   `json:"encodingVersion,omitempty" protobuf:"bytes,2" required:"true"`
	DecodableVersions []string `json:"decodableVersions,omitempty" protobuf:"bytes,3" required:"true" listType:"set"`
	ServedVersions    []string `json:"servedVersions,omitempty" protobuf:"bytes,4" listType:"set"`
}

type StorageVersion struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1" required:"true"`
	// What is wanted.
	Spec StorageVersionSpec `json:"spec" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status StorageVersionStatus `json:"status" protobuf:"bytes,3"`
}

type StorageVersionCondition struct {
	Type StorageVersionConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// What is: written by the cluster, not by users.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64     `json:"observedGeneration,omitempty" protobuf:"varint,3"`
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	Reason             string    `json:"reason" protobuf:"bytes,5" required:"true"`
	Message            string    `json:"message,omitempty" protobuf:"bytes,6" required:"true"`
}

type StorageVersionConditionType string

// StorageVersionList is a list of StorageVersions.
type StorageVersionList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []StorageVersion `json:"items" protobuf:"bytes,2" required:"true"`
}

type StorageVersionSpec struct {
}

type StorageVersionStatus struct {
	StorageVersions       []ServerStorageVersion `json:"storageVersions,omitempty" protobuf:"bytes,1" listType:"map" listMapKey:"apiServerID"`
	CommonEncodingVersion *string                `json:"commonEncodingVersion,omitempty" protobuf:"bytes,2"`
	// Observations about the object, one for each type.
	Conditions []StorageVersionCondition `json:"conditions,omitempty" protobuf:"bytes,3" listType:"map" listMapKey:"type"`
}
