package certificatesv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type CertificateSigningRequest struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec CertificateSigningRequestSpec `json:"spec" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status CertificateSigningRequestStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type CertificateSigningRequestCondition struct {
	Type RequestConditionType `json:"type" protobuf:"bytes,1"`
	// What is: written by the cluster, not by users.
	Status             corev1.ConditionStatus `json:"status" protobuf:"bytes,6"`
	Reason             string                 `json:"reason,omitempty" protobuf:"bytes,2"`
	Message            string                 `json:"message,omitempty" protobuf:"bytes,3"`
	LastUpdateTime     meta.Time              `json:"lastUpdateTime,omitempty" protobuf:"bytes,4"`
	LastTransitionTime meta.Time              `json:"lastTransitionTime,omitempty" protobuf:"bytes,5"`
}

// CertificateSigningRequestList is a list of CertificateSigningRequests.
type CertificateSigningRequestList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CertificateSigningRequest `json:"items" protobuf:"bytes,2"`
}

type CertificateSigningRequestSpec struct {
	Request           []byte                `json:"request" protobuf:"bytes,1"`
	SignerName        *string               `json:"signerName,omitempty" protobuf:"bytes,7"`
	ExpirationSeconds *int32                `json:"expirationSeconds,omitempty" protobuf:"varint,8"`
	Usages            []KeyUsage            `json:"usages,omitempty" protobuf:"bytes,5"`
	Username          string                `json:"username,omitempty" protobuf:"bytes,2"`
	UID               string                `json:"uid,omitempty" protobuf:"bytes,3"`
	Groups            []string              `json:"groups,omitempty" protobuf:"bytes,4"`
	Extra             map[string]ExtraValue `json:"extra,omitempty" protobuf:"bytes,6"`
}

type CertificateSigningRequestStatus struct {
	// Observations about the object, one for each type.
	Conditions  []CertificateSigningRequestCondition `json:"conditions,omitempty" protobuf:"bytes,1"`
	Certificate []byte                               `json:"certificate,omitempty" protobuf:"bytes,2"`
}

type ClusterTrustBundle struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ClusterTrustBundleSpec `json:"spec" protobuf:"bytes,2" required:"true"`
}

// ClusterTrustBundleList is a list of ClusterTrustBundles.
type ClusterTrustBundleList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ClusterTrustBundle `json:"items" protobuf:"bytes,2" required:"true"`
}

type ClusterTrustBundleSpec struct {
	SignerName  string `json:"signerName,omitempty" protobuf:"bytes,1"`
	TrustBundle string `json:"trustBundle" protobuf:"bytes,2" required:"true"`
}

type KeyUsage string

type PodCertificateRequest struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec PodCertificateRequestSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status PodCertificateRequestStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// PodCertificateRequestList is a list of PodCertificateRequests.
type PodCertificateRequestList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PodCertificateRequest `json:"items" protobuf:"bytes,2" required:"true"`
}

type PodCertificateRequestSpec struct {
	SignerName                string            `json:"signerName" protobuf:"bytes,1" required:"true"`
	PodName                   string            `json:"podName" protobuf:"bytes,2" required:"true"`
	PodUID                    meta.UID          `json:"podUID" protobuf:"bytes,3" required:"true"`
	ServiceAccountName        string            `json:"serviceAccountName" protobuf:"bytes,4" required:"true"`
	ServiceAccountUID         meta.UID          `json:"serviceAccountUID" protobuf:"bytes,5" required:"true"`
	NodeName                  meta.NodeName     `json:"nodeName" protobuf:"bytes,6" required:"true"`
	NodeUID                   meta.UID          `json:"nodeUID" protobuf:"bytes,7" required:"true"`
	MaxExpirationSeconds      *int32            `json:"maxExpirationSeconds,omitempty" protobuf:"varint,8"`
	PKIXPublicKey             []byte            `json:"pkixPublicKey" protobuf:"bytes,9"`
	ProofOfPossession         []byte            `json:"proofOfPossession" protobuf:"bytes,10"`
	StubPKCS10Request         []byte            `json:"stubPKCS10Request" protobuf:"bytes,12" required:"true"`
	UnverifiedUserAnnotations map[string]string `json:"unverifiedUserAnnotations,omitempty" protobuf:"bytes,11"`
}

type PodCertificateRequestStatus struct {
	// Observations about the object, one for each type.
	Conditions       []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	CertificateChain string           `json:"certificateChain,omitempty" protobuf:"bytes,2"`
	NotBefore        *meta.Time       `json:"notBefore,omitempty" protobuf:"bytes,4"`
	BeginRefreshAt   *meta.Time       `json:"beginRefreshAt,omitempty" protobuf:"bytes,5"`
	NotAfter         *meta.Time       `json:"notAfter,omitempty" protobuf:"bytes,6"`
}

type RequestConditionType string

type ExtraValue []string
