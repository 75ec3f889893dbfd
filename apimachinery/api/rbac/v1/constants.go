package rbacv1

// GroupName is the API group that a roleRef and a subject name.
const GroupName = "rbac.authorization.k8s.io"

// Wildcards in a PolicyRule.
const (
	APIGroupAll    = "*"
	ResourceAll    = "*"
	VerbAll        = "*"
	NonResourceAll = "*"
)

// Kinds of subject.
const (
	GroupKind          = "Group"
	UserKind           = "User"
	ServiceAccountKind = "ServiceAccount"
)

// AutoUpdateAnnotationKey is "true" on the roles that the server keeps as it
// ships them.
const AutoUpdateAnnotationKey = "rbac.authorization.kubernetes.io/autoupdate"

// Labels that make a ClusterRole part of one of the user-facing roles.
const (
	AggregateToAdminLabel = "rbac.authorization.k8s.io/aggregate-to-admin"
	AggregateToEditLabel  = "rbac.authorization.k8s.io/aggregate-to-edit"
	AggregateToViewLabel  = "rbac.authorization.k8s.io/aggregate-to-view"
)
