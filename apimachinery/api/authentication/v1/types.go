package authenticationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// BoundObjectReference names the object that a token lives and dies with.
type BoundObjectReference struct {
	// Pod, Secret or Node.
	Kind string `json:"kind,omitempty" protobuf:"bytes,1"`
	// Version of the kind: v1.
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,2"`
	// Name of the object.
	Name string `json:"name,omitempty" protobuf:"bytes,3"`
	// UID of the object; empty means the one that there is.
	UID meta.UID `json:"uid,omitempty" protobuf:"bytes,4"`
}

// SelfSubjectReview tells who asks.
type SelfSubjectReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Who you are.
	Status SelfSubjectReviewStatus `json:"status,omitempty" protobuf:"bytes,2"`
}

// SelfSubjectReviewStatus is who asked.
type SelfSubjectReviewStatus struct {
	// The user.
	UserInfo UserInfo `json:"userInfo,omitempty" protobuf:"bytes,1"`
}

// TokenRequest asks for a token of a ServiceAccount.
type TokenRequest struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec TokenRequestSpec `json:"spec" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status TokenRequestStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// TokenRequestSpec is the token that is asked for.
type TokenRequestSpec struct {
	// Who shall accept it; empty means the API server. Everybody listed can act as the ServiceAccount
	// toward the others.
	Audiences []string `json:"audiences" protobuf:"bytes,1" listType:"atomic"`
	// Life asked for, in seconds, at least 600; nil means 3600. The server may give another.
	ExpirationSeconds *int64 `json:"expirationSeconds" protobuf:"varint,4"`
	// Object without which the token is void; nil for none.
	BoundObjectRef *BoundObjectReference `json:"boundObjectRef" protobuf:"bytes,3"`
	// What the holder claims and the issuer checks, by name.
	Attestations map[string]AttestationValue `json:"attestations,omitempty" protobuf:"bytes,5"`
}

// TokenRequestStatus is the token.
type TokenRequestStatus struct {
	// The token.
	Token string `json:"token" protobuf:"bytes,1"`
	// When it expires.
	ExpirationTimestamp meta.Time `json:"expirationTimestamp" protobuf:"bytes,2"`
}

// TokenReview asks whose token this is.
type TokenReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec TokenReviewSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status TokenReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// TokenReviewSpec is the token to check.
type TokenReviewSpec struct {
	// The token.
	Token string `json:"token,omitempty" protobuf:"bytes,1" required:"true"`
	// Who the token is meant for, any one sufficing; empty means the API server.
	Audiences []string `json:"audiences,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// TokenReviewStatus is what the token says.
type TokenReviewStatus struct {
	// Whether it is good.
	Authenticated bool `json:"authenticated,omitempty" protobuf:"varint,1"`
	// Whose it is.
	User UserInfo `json:"user,omitempty" protobuf:"bytes,2"`
	// Those asked for that it is meant for; empty if it was only checked for the API server.
	Audiences []string `json:"audiences,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// Why it could not be checked.
	Error string `json:"error,omitempty" protobuf:"bytes,3"`
}

// UserInfo is who makes a request.
type UserInfo struct {
	// Name, unique among all active users.
	Username string `json:"username,omitempty" protobuf:"bytes,1"`
	// Tells users apart that had the same name at different times.
	UID string `json:"uid,omitempty" protobuf:"bytes,2"`
	// Groups that the user is in.
	Groups []string `json:"groups,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// More that the authenticator knows.
	Extra map[string]ExtraValue `json:"extra,omitempty" protobuf:"bytes,4"`
}

// ExtraValue is several texts under one key.
type ExtraValue []string

// AttestationValue is several texts under one key.
type AttestationValue []string
