package authenticationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type BoundObjectReference struct {
	Kind       string   `json:"kind,omitempty" protobuf:"bytes,1"`
	APIVersion string   `json:"apiVersion,omitempty" protobuf:"bytes,2"`
	Name       string   `json:"name,omitempty" protobuf:"bytes,3"`
	UID        meta.UID `json:"uid,omitempty" protobuf:"bytes,4"`
}

type SelfSubjectReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is: written by the cluster, not by users.
	Status SelfSubjectReviewStatus `json:"status,omitempty" protobuf:"bytes,2"`
}

type SelfSubjectReviewStatus struct {
	UserInfo UserInfo `json:"userInfo,omitempty" protobuf:"bytes,1"`
}

type TokenRequest struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec TokenRequestSpec `json:"spec" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status TokenRequestStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type TokenRequestSpec struct {
	Audiences         []string                    `json:"audiences" protobuf:"bytes,1" listType:"atomic"`
	ExpirationSeconds *int64                      `json:"expirationSeconds" protobuf:"varint,4"`
	BoundObjectRef    *BoundObjectReference       `json:"boundObjectRef" protobuf:"bytes,3"`
	Attestations      map[string]AttestationValue `json:"attestations,omitempty" protobuf:"bytes,5"`
}

type TokenRequestStatus struct {
	Token               string    `json:"token" protobuf:"bytes,1"`
	ExpirationTimestamp meta.Time `json:"expirationTimestamp" protobuf:"bytes,2"`
}

type TokenReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec TokenReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status TokenReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type TokenReviewSpec struct {
	Token     string   `json:"token,omitempty" protobuf:"bytes,1" required:"true"`
	Audiences []string `json:"audiences,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type TokenReviewStatus struct {
	Authenticated bool     `json:"authenticated,omitempty" protobuf:"varint,1"`
	User          UserInfo `json:"user,omitempty" protobuf:"bytes,2"`
	Audiences     []string `json:"audiences,omitempty" protobuf:"bytes,4" listType:"atomic"`
	Error         string   `json:"error,omitempty" protobuf:"bytes,3"`
}

type UserInfo struct {
	Username string                `json:"username,omitempty" protobuf:"bytes,1"`
	UID      string                `json:"uid,omitempty" protobuf:"bytes,2"`
	Groups   []string              `json:"groups,omitempty" protobuf:"bytes,3" listType:"atomic"`
	Extra    map[string]ExtraValue `json:"extra,omitempty" protobuf:"bytes,4"`
}

type ExtraValue []string

type AttestationValue []string
