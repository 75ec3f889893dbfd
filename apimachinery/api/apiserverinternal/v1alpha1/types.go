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
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1" required:"true"`
	Spec            StorageVersionSpec   `json:"spec" protobuf:"bytes,2"`
	Status          StorageVersionStatus `json:"status" protobuf:"bytes,3"`
}

type StorageVersionCondition struct {
	Type               StorageVersionConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	Status             ConditionStatus             `json:"status" protobuf:"bytes,2" required:"true"`
	ObservedGeneration int64                       `json:"observedGeneration,omitempty" protobuf:"varint,3"`
	LastTransitionTime meta.Time                   `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	Reason             string                      `json:"reason" protobuf:"bytes,5" required:"true"`
	Message            string                      `json:"message,omitempty" protobuf:"bytes,6" required:"true"`
}

type StorageVersionConditionType string

type StorageVersionList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []StorageVersion `json:"items" protobuf:"bytes,2" required:"true"`
}

type StorageVersionSpec struct {
}

type StorageVersionStatus struct {
	StorageVersions       []ServerStorageVersion    `json:"storageVersions,omitempty" protobuf:"bytes,1" listType:"map" listMapKey:"apiServerID"`
	CommonEncodingVersion *string                   `json:"commonEncodingVersion,omitempty" protobuf:"bytes,2"`
	Conditions            []StorageVersionCondition `json:"conditions,omitempty" protobuf:"bytes,3" listType:"map" listMapKey:"type"`
}
