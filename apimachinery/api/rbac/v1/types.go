package rbacv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// AggregationRule fills a ClusterRole from others.
type AggregationRule struct {
	// Picks ClusterRoles by labels: the rules of all that any selector picks.
	ClusterRoleSelectors []meta.LabelSelector `json:"clusterRoleSelectors,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// ClusterRole is a set of rights, for the whole cluster or, by a RoleBinding, for a namespace.
type ClusterRole struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The rights; kept by the cluster if there is an aggregation rule.
	Rules []PolicyRule `json:"rules" protobuf:"bytes,2" listType:"atomic"`
	// Fills rules from other ClusterRoles; nil does not.
	AggregationRule *AggregationRule `json:"aggregationRule,omitempty" protobuf:"bytes,3"`
}

// ClusterRoleBinding gives a ClusterRole's rights, in all namespaces and without.
type ClusterRoleBinding struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Who gets them.
	Subjects []Subject `json:"subjects,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// The ClusterRole; cannot change.
	RoleRef RoleRef `json:"roleRef" protobuf:"bytes,3" required:"true"`
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

// PolicyRule is rights: all of the verbs on all of the resources, or on all of the paths.
type PolicyRule struct {
	// What may be done; '*' is everything.
	Verbs []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// Groups of the resources; "" is the core group, '*' all.
	APIGroups []string `json:"apiGroups,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Resources and subresources, such as pods, pods/log; '*' is all, '*/scale' that subresource of
	// all.
	Resources []string `json:"resources,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Names of objects; empty means all. Does not work for create and deletecollection.
	ResourceNames []string `json:"resourceNames,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// Paths that are not resources; a '*' at the end matches any rest. ClusterRoles only.
	NonResourceURLs []string `json:"nonResourceURLs,omitempty" protobuf:"bytes,5" listType:"atomic"`
}

// Role is a set of rights in a namespace.
type Role struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The rights.
	Rules []PolicyRule `json:"rules" protobuf:"bytes,2" listType:"atomic"`
}

// RoleBinding gives the rights of a Role or ClusterRole, in its namespace.
type RoleBinding struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Who gets them.
	Subjects []Subject `json:"subjects,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// The Role or ClusterRole; cannot change.
	RoleRef RoleRef `json:"roleRef" protobuf:"bytes,3" required:"true"`
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

// RoleRef names a role.
type RoleRef struct {
	_ struct{} `mapType:"atomic"`
	// Rbac.authorization.k8s.io.
	APIGroup string `json:"apiGroup" protobuf:"bytes,1"`
	// Role or ClusterRole.
	Kind string `json:"kind" protobuf:"bytes,2" required:"true"`
	// Name of the role.
	Name string `json:"name" protobuf:"bytes,3" required:"true"`
}

// Subject is who gets rights.
type Subject struct {
	_ struct{} `mapType:"atomic"`
	// User, Group or ServiceAccount.
	Kind string `json:"kind" protobuf:"bytes,1" required:"true"`
	// Rbac.authorization.k8s.io for users and groups, empty for ServiceAccounts; these are the
	// defaults.
	APIGroup string `json:"apiGroup,omitempty" protobuf:"bytes,2"`
	// Name of the user, group or ServiceAccount.
	Name string `json:"name" protobuf:"bytes,3" required:"true"`
	// Namespace of the ServiceAccount; empty for the others.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,4"`
}
