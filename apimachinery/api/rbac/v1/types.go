package rbacv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type AggregationRule struct {
	ClusterRoleSelectors []meta.LabelSelector `json:"clusterRoleSelectors,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type ClusterRole struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Rules           []PolicyRule     `json:"rules" protobuf:"bytes,2" listType:"atomic"`
	AggregationRule *AggregationRule `json:"aggregationRule,omitempty" protobuf:"bytes,3"`
}

type ClusterRoleBinding struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Subjects        []Subject `json:"subjects,omitempty" protobuf:"bytes,2" listType:"atomic"`
	RoleRef         RoleRef   `json:"roleRef" protobuf:"bytes,3" required:"true"`
}

// ClusterRoleBindingList is a list of ClusterRoleBindings.
type ClusterRoleBindingList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ClusterRoleBinding `json:"items" protobuf:"bytes,2" required:"true"`
}

// ClusterRoleList is a list of ClusterRoles.
type ClusterRoleList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ClusterRole `json:"items" protobuf:"bytes,2" required:"true"`
}

type PolicyRule struct {
	Verbs           []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"atomic"`
	APIGroups       []string `json:"apiGroups,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Resources       []string `json:"resources,omitempty" protobuf:"bytes,3" listType:"atomic"`
	ResourceNames   []string `json:"resourceNames,omitempty" protobuf:"bytes,4" listType:"atomic"`
	NonResourceURLs []string `json:"nonResourceURLs,omitempty" protobuf:"bytes,5" listType:"atomic"`
}

type Role struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Rules           []PolicyRule `json:"rules" protobuf:"bytes,2" listType:"atomic"`
}

type RoleBinding struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Subjects        []Subject `json:"subjects,omitempty" protobuf:"bytes,2" listType:"atomic"`
	RoleRef         RoleRef   `json:"roleRef" protobuf:"bytes,3" required:"true"`
}

// RoleBindingList is a list of RoleBindings.
type RoleBindingList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []RoleBinding `json:"items" protobuf:"bytes,2" required:"true"`
}

// RoleList is a list of Roles.
type RoleList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Role `json:"items" protobuf:"bytes,2" required:"true"`
}

type RoleRef struct {
	_        struct{} `mapType:"atomic"`
	APIGroup string   `json:"apiGroup" protobuf:"bytes,1"`
	Kind     string   `json:"kind" protobuf:"bytes,2" required:"true"`
	Name     string   `json:"name" protobuf:"bytes,3" required:"true"`
}

type Subject struct {
	_         struct{} `mapType:"atomic"`
	Kind      string   `json:"kind" protobuf:"bytes,1" required:"true"`
	APIGroup  string   `json:"apiGroup,omitempty" protobuf:"bytes,2"`
	Name      string   `json:"name" protobuf:"bytes,3" required:"true"`
	Namespace string   `json:"namespace,omitempty" protobuf:"bytes,4"`
}
