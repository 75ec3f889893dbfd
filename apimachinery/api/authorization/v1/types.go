package authorizationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type FieldSelectorAttributes struct {
	RawSelector  string                          `json:"rawSelector,omitempty" protobuf:"bytes,1"`
	Requirements []meta.FieldSelectorRequirement `json:"requirements,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type LabelSelectorAttributes struct {
	RawSelector  string                          `json:"rawSelector,omitempty" protobuf:"bytes,1"`
	Requirements []meta.LabelSelectorRequirement `json:"requirements,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type LocalSubjectAccessReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec SubjectAccessReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status SubjectAccessReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type NonResourceAttributes struct {
	Path string `json:"path,omitempty" protobuf:"bytes,1"`
	Verb string `json:"verb,omitempty" protobuf:"bytes,2"`
}

type NonResourceRule struct {
	Verbs           []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"atomic"`
	NonResourceURLs []string `json:"nonResourceURLs,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type ResourceAttributes struct {
	Namespace     string                   `json:"namespace,omitempty" protobuf:"bytes,1"`
	Verb          string                   `json:"verb,omitempty" protobuf:"bytes,2"`
	Group         string                   `json:"group,omitempty" protobuf:"bytes,3"`
	Version       string                   `json:"version,omitempty" protobuf:"bytes,4"`
	Resource      string                   `json:"resource,omitempty" protobuf:"bytes,5"`
	Subresource   string                   `json:"subresource,omitempty" protobuf:"bytes,6"`
	Name          string                   `json:"name,omitempty" protobuf:"bytes,7"`
	FieldSelector *FieldSelectorAttributes `json:"fieldSelector,omitempty" protobuf:"bytes,8"`
	LabelSelector *LabelSelectorAttributes `json:"labelSelector,omitempty" protobuf:"bytes,9"`
}

type ResourceRule struct {
	Verbs         []string `json:"verbs" protobuf:"bytes,1" required:"true" listType:"atomic"`
	APIGroups     []string `json:"apiGroups,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Resources     []string `json:"resources,omitempty" protobuf:"bytes,3" listType:"atomic"`
	ResourceNames []string `json:"resourceNames,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

type SelfSubjectAccessReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec SelfSubjectAccessReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status SubjectAccessReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type SelfSubjectAccessReviewSpec struct {
	ResourceAttributes    *ResourceAttributes    `json:"resourceAttributes,omitempty" protobuf:"bytes,1"`
	NonResourceAttributes *NonResourceAttributes `json:"nonResourceAttributes,omitempty" protobuf:"bytes,2"`
}

type SelfSubjectRulesReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec SelfSubjectRulesReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status SubjectRulesReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type SelfSubjectRulesReviewSpec struct {
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,1"`
}

type SubjectAccessReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec SubjectAccessReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status SubjectAccessReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type SubjectAccessReviewSpec struct {
	ResourceAttributes    *ResourceAttributes    `json:"resourceAttributes,omitempty" protobuf:"bytes,1"`
	NonResourceAttributes *NonResourceAttributes `json:"nonResourceAttributes,omitempty" protobuf:"bytes,2"`
	User                  string                 `json:"user,omitempty" protobuf:"bytes,3"`
	Groups                []string               `json:"groups,omitempty" protobuf:"bytes,4" listType:"atomic"`
	Extra                 map[string]ExtraValue  `json:"extra,omitempty" protobuf:"bytes,5"`
	UID                   string                 `json:"uid,omitempty" protobuf:"bytes,6"`
}

type SubjectAccessReviewStatus struct {
	Allowed         bool   `json:"allowed" protobuf:"varint,1" required:"true"`
	Denied          bool   `json:"denied,omitempty" protobuf:"varint,4"`
	Reason          string `json:"reason,omitempty" protobuf:"bytes,2"`
	EvaluationError string `json:"evaluationError,omitempty" protobuf:"bytes,3"`
}

type SubjectRulesReviewStatus struct {
	ResourceRules    []ResourceRule    `json:"resourceRules" protobuf:"bytes,1" required:"true" listType:"atomic"`
	NonResourceRules []NonResourceRule `json:"nonResourceRules" protobuf:"bytes,2" required:"true" listType:"atomic"`
	Incomplete       bool              `json:"incomplete" protobuf:"bytes,3" required:"true"`
	EvaluationError  string            `json:"evaluationError,omitempty" protobuf:"bytes,4"`
}

type ExtraValue []string
