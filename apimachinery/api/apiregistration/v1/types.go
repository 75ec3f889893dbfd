package apiregistrationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// APIService makes another server answer for a version of a group; it is named VERSION.GROUP.
type APIService struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec APIServiceSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status APIServiceStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// APIServiceCondition is an observation about an APIService.
type APIServiceCondition struct {
	// Which condition this is.
	Type APIServiceConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
}

// APIServiceConditionType names a condition of an APIService.
type APIServiceConditionType string

// APIServiceList is a list of APIServices.
type APIServiceList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []APIService `json:"items" protobuf:"bytes,2" required:"true"`
}

// APIServiceSpec is which server answers for what.
type APIServiceSpec struct {
	// Service that the server runs behind; nil means that this server answers itself.
	Service *ServiceReference `json:"service,omitempty" protobuf:"bytes,1"`
	// The group.
	Group string `json:"group,omitempty" protobuf:"bytes,2"`
	// The version.
	Version string `json:"version,omitempty" protobuf:"bytes,3"`
	// Does not check the server's certificate; better set caBundle.
	InsecureSkipTLSVerify bool `json:"insecureSkipTLSVerify,omitempty" protobuf:"varint,4"`
	// Certificates in PEM that the server is trusted by; empty means the system's.
	CABundle []byte `json:"caBundle,omitempty" protobuf:"bytes,5" listType:"atomic"`
	// Place of the group among all: the highest number first, 1 to 20000.
	GroupPriorityMinimum int32 `json:"groupPriorityMinimum" protobuf:"varint,7" required:"true"`
	// Place of the version in its group: the highest number first, 1 to 1000; equal ones by name.
	VersionPriority int32 `json:"versionPriority" protobuf:"varint,8" required:"true"`
}

// APIServiceStatus is whether the server answers.
type APIServiceStatus struct {
	// Observations about the object, one for each type.
	Conditions []APIServiceCondition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// ConditionStatus is True, False or Unknown.
type ConditionStatus string

// ServiceReference names a Service.
type ServiceReference struct {
	// Namespace of the Service.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,1"`
	// Name of the Service.
	Name string `json:"name,omitempty" protobuf:"bytes,2"`
	// Port of the Service; nil means 443.
	Port *int32 `json:"port,omitempty" protobuf:"varint,3"`
}
