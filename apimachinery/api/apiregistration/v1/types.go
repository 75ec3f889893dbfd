package apiregistrationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type APIService struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            APIServiceSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          APIServiceStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type APIServiceCondition struct {
	Type               APIServiceConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	Status             ConditionStatus         `json:"status" protobuf:"bytes,2" required:"true"`
	LastTransitionTime meta.Time               `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string                  `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string                  `json:"message,omitempty" protobuf:"bytes,5"`
}

type APIServiceConditionType string

type APIServiceList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []APIService `json:"items" protobuf:"bytes,2" required:"true"`
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
	Conditions []APIServiceCondition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type ConditionStatus string

type ServiceReference struct {
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,1"`
	Name      string `json:"name,omitempty" protobuf:"bytes,2"`
	Port      *int32 `json:"port,omitempty" protobuf:"varint,3"`
}
