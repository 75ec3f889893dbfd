package authorizationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// FieldSelectorAttributes is the field selector of a request; only one of its fields is set.
type FieldSelectorAttributes struct {
	// The selector as text.
	RawSelector string `json:"rawSelector,omitempty" protobuf:"bytes,1"`
	// The selector in parts, all of which hold; parts that are not understood are left out.
	Requirements []meta.FieldSelectorRequirement `json:"requirements,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// LabelSelectorAttributes is the label selector of a request; only one of its fields is set.
type LabelSelectorAttributes struct {
	// The selector as text.
	RawSelector string `json:"rawSelector,omitempty" protobuf:"bytes,1"`
	// The selector in parts, all of which hold; parts that are not understood are left out.
	Requirements []meta.LabelSelectorRequirement `json:"requirements,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// LocalSubjectAccessReview asks whether a user may do something in a namespace.
type LocalSubjectAccessReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is asked; its namespace must be that of the request.
	Spec SubjectAccessReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// The answer.
	Status SubjectAccessReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// NonResourceAttributes is a request that is not for a resource.
type NonResourceAttributes struct {
	// Path, such as /healthz.
	Path string `json:"path,omitempty" protobuf:"bytes,1"`
	// HTTP method in lower case.
	Verb string `json:"verb,omitempty" protobuf:"bytes,2"`
}

// NonResourceRule is paths that a user may ask for.
type NonResourceRule struct {
	// HTTP methods in lower case; '*' is all.
	Verbs []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// Paths; a '*' at the end matches any rest.
	NonResourceURLs []string `json:"nonResourceURLs,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// ResourceAttributes is a request for a resource.
type ResourceAttributes struct {
	// Namespace; empty means all of them, or none for cluster-scoped resources.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,1"`
	// Get, list, watch, create, update, patch, delete, deletecollection or another; '*' is all.
	Verb string `json:"verb,omitempty" protobuf:"bytes,2"`
	// Group; '*' is all.
	Group string `json:"group,omitempty" protobuf:"bytes,3"`
	// Version; '*' is all.
	Version string `json:"version,omitempty" protobuf:"bytes,4"`
	// Plural name; '*' is all.
	Resource string `json:"resource,omitempty" protobuf:"bytes,5"`
	// Subresource; empty means none.
	Subresource string `json:"subresource,omitempty" protobuf:"bytes,6"`
	// Name of the object; empty means all.
	Name string `json:"name,omitempty" protobuf:"bytes,7"`
	// Field selector of a list, watch or deletecollection.
	FieldSelector *FieldSelectorAttributes `json:"fieldSelector,omitempty" protobuf:"bytes,8"`
	// Label selector of a list, watch or deletecollection.
	LabelSelector *LabelSelectorAttributes `json:"labelSelector,omitempty" protobuf:"bytes,9"`
}

// ResourceRule is what a user may do with some resources.
type ResourceRule struct {
	// What: get, list and so on; '*' is all.
	Verbs []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// Groups; '*' is all.
	APIGroups []string `json:"apiGroups,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Resources and subresources; '*' is all of the groups.
	Resources []string `json:"resources,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Names of objects; empty means all.
	ResourceNames []string `json:"resourceNames,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

// SelfSubjectAccessReview asks whether the asking user may do something.
type SelfSubjectAccessReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is asked.
	Spec SelfSubjectAccessReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// The answer.
	Status SubjectAccessReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// SelfSubjectAccessReviewSpec is the request that is asked about; exactly one of its fields is
// set.
type SelfSubjectAccessReviewSpec struct {
	// A request for a resource.
	ResourceAttributes *ResourceAttributes `json:"resourceAttributes,omitempty" protobuf:"bytes,1"`
	// Another request.
	NonResourceAttributes *NonResourceAttributes `json:"nonResourceAttributes,omitempty" protobuf:"bytes,2"`
}

// SelfSubjectRulesReview asks what the asking user may do in a namespace; for showing, not for
// deciding.
type SelfSubjectRulesReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is asked.
	Spec SelfSubjectRulesReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// The answer.
	Status SubjectRulesReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// SelfSubjectRulesReviewSpec is the namespace that is asked about.
type SelfSubjectRulesReviewSpec struct {
	// The namespace; must be given.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,1"`
}

// SubjectAccessReview asks whether a user may do something.
type SubjectAccessReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is asked.
	Spec SubjectAccessReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// The answer.
	Status SubjectAccessReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// SubjectAccessReviewSpec is the user and the request that are asked about; exactly one of the two
// attributes is set.
type SubjectAccessReviewSpec struct {
	// A request for a resource.
	ResourceAttributes *ResourceAttributes `json:"resourceAttributes,omitempty" protobuf:"bytes,1"`
	// Another request.
	NonResourceAttributes *NonResourceAttributes `json:"nonResourceAttributes,omitempty" protobuf:"bytes,2"`
	// Name of the user; this or groups must be given.
	User string `json:"user,omitempty" protobuf:"bytes,3"`
	// Groups of the user.
	Groups []string `json:"groups,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// More that the authenticator knows of the user.
	Extra map[string]ExtraValue `json:"extra,omitempty" protobuf:"bytes,5"`
	// UID of the user.
	UID string `json:"uid,omitempty" protobuf:"bytes,6"`
}

// SubjectAccessReviewStatus is whether it is allowed.
type SubjectAccessReviewStatus struct {
	// Whether it is allowed.
	Allowed bool `json:"allowed" protobuf:"varint,1" required:"true"`
	// Whether it is refused for good; neither allowed nor denied means that nobody had an opinion.
	Denied bool `json:"denied,omitempty" protobuf:"varint,4"`
	// Why.
	Reason string `json:"reason,omitempty" protobuf:"bytes,2"`
	// What went wrong in deciding; the answer may hold all the same.
	EvaluationError string `json:"evaluationError,omitempty" protobuf:"bytes,3"`
}

// SubjectRulesReviewStatus is what a user may do.
type SubjectRulesReviewStatus struct {
	// What may be done with resources.
	ResourceRules []ResourceRule `json:"resourceRules" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// What may be done otherwise.
	NonResourceRules []NonResourceRule `json:"nonResourceRules" protobuf:"bytes,2" required:"true" listType:"atomic"`
	// Whether there may be more, as when an authorizer cannot list its rules.
	Incomplete bool `json:"incomplete" protobuf:"bytes,3" required:"true"`
	// What went wrong in listing.
	EvaluationError string `json:"evaluationError,omitempty" protobuf:"bytes,4"`
}

// ExtraValue is several texts under one key.
type ExtraValue []string
