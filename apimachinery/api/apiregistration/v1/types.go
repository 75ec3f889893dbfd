package apiregistrationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type APIService struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec APIServiceSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status APIServiceStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type APIServiceCondition struct {
	Type APIServiceConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// What is: written by the cluster, not by users.
	Status             ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	LastTransitionTime meta.Time       `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string          `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string          `json:"message,omitempty" protobuf:"bytes,5"`
}

type APIServiceConditionType string

// APIServiceList is a list of APIServices.
type APIServiceList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []APIService `json:"items" protobuf:"bytes,2" required:"true"`
}

type APIServiceSpec struct {
	Service               *ServiceReference `json:"service,omitempty" protobuf:"bytes,1"`
	Group                 string            `json:"group,omitempty" protobuf:"bytes,2"`
	Version               string            `json:"version,omitempty" protobuf:"bytes,3"`
	InsecureSkipTLSVerify bool              `json:"insecureSkipTLSVerify,omitempty" protobuf:"varint,4"`
	CABundle              []byte            `json:"caBundle,omitempty" protobuf:"bytes,5" listType:"atomic"`
	GroupPriorityMinimum  int32             `json:"groupPriorityMinimum" protobuf:"varint,7" required:"true"`
	VersionPriority       int32             `json:"versionPriority" protobuf:"varint,8" required:"true"`
}

type APIServiceStatus struct {
	// Observations about the object, one for each type.
	Conditions []APIServiceCondition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type ConditionStatus string

type ServiceReference struct {
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,1"`
	Name      string `json:"name,omitempty" protobuf:"bytes,2"`
	Port      *int32 `json:"port,omitempty" protobuf:"varint,3"`
}
