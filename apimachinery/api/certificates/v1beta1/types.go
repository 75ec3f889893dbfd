package certificatesv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// CertificateSigningRequest asks for a certificate: somebody approves it, then the signer signs.
type CertificateSigningRequest struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec CertificateSigningRequestSpec `json:"spec" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status CertificateSigningRequestStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// CertificateSigningRequestCondition is an observation about a CertificateSigningRequest.
type CertificateSigningRequestCondition struct {
	// Approved, Denied (both once for ever, and not together) or Failed.
	Type RequestConditionType `json:"type" protobuf:"bytes,1"`
	// True, False or Unknown.
	Status corev1.ConditionStatus `json:"status" protobuf:"bytes,6"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,2"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,3"`
	// When the condition was last written.
	LastUpdateTime meta.Time `json:"lastUpdateTime,omitempty" protobuf:"bytes,4"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,5"`
}

// CertificateSigningRequestList is a list of CertificateSigningRequests.
type CertificateSigningRequestList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CertificateSigningRequest `json:"items" protobuf:"bytes,2"`
}

// CertificateSigningRequestSpec is the certificate that is asked for; cannot change.
type CertificateSigningRequestSpec struct {
	// The request: PKCS#10 in PEM.
	Request []byte `json:"request" protobuf:"bytes,1"`
	// Who shall sign, as DOMAIN/NAME.
	SignerName *string `json:"signerName,omitempty" protobuf:"bytes,7"`
	// Life asked for, in seconds, at least 600; the signer may give another. nil leaves it to the
	// signer.
	ExpirationSeconds *int32 `json:"expirationSeconds,omitempty" protobuf:"varint,8"`
	// What it shall be good for.
	Usages []KeyUsage `json:"usages,omitempty" protobuf:"bytes,5"`
	// Who asked; set by the server.
	Username string `json:"username,omitempty" protobuf:"bytes,2"`
	// UID of who asked; set by the server.
	UID string `json:"uid,omitempty" protobuf:"bytes,3"`
	// Groups of who asked; set by the server.
	Groups []string `json:"groups,omitempty" protobuf:"bytes,4"`
	// More about who asked; set by the server.
	Extra map[string]ExtraValue `json:"extra,omitempty" protobuf:"bytes,6"`
}

// CertificateSigningRequestStatus is what became of a request.
type CertificateSigningRequestStatus struct {
	// Whether it was approved or denied, or failed.
	Conditions []CertificateSigningRequestCondition `json:"conditions,omitempty" protobuf:"bytes,1"`
	// The certificate in PEM, with intermediates; empty until it is signed.
	Certificate []byte `json:"certificate,omitempty" protobuf:"bytes,2"`
}

// ClusterTrustBundle is certificates to trust, for Pods to mount.
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

// ClusterTrustBundleSpec is the certificates.
type ClusterTrustBundleSpec struct {
	// Signer whose certificates these are; the object's name then begins with it. Empty for none.
	// Cannot change.
	SignerName string `json:"signerName,omitempty" protobuf:"bytes,1"`
	// Certificates in PEM; the order may change on the way.
	TrustBundle string `json:"trustBundle" protobuf:"bytes,2" required:"true"`
}

// KeyUsage is something that a certificate may be used for.
type KeyUsage string

// PodCertificateRequest asks for a certificate for a Pod; its kubelet makes it.
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

// PodCertificateRequestSpec is the certificate that is asked for; cannot change.
type PodCertificateRequestSpec struct {
	// Who shall sign, as DOMAIN/NAME.
	SignerName string `json:"signerName" protobuf:"bytes,1" required:"true"`
	// Name of the Pod.
	PodName string `json:"podName" protobuf:"bytes,2" required:"true"`
	// UID of the Pod.
	PodUID meta.UID `json:"podUID" protobuf:"bytes,3" required:"true"`
	// Name of the Pod's ServiceAccount.
	ServiceAccountName string `json:"serviceAccountName" protobuf:"bytes,4" required:"true"`
	// UID of that ServiceAccount.
	ServiceAccountUID meta.UID `json:"serviceAccountUID" protobuf:"bytes,5" required:"true"`
	// Name of the Pod's node.
	NodeName meta.NodeName `json:"nodeName" protobuf:"bytes,6" required:"true"`
	// UID of that node.
	NodeUID meta.UID `json:"nodeUID" protobuf:"bytes,7" required:"true"`
	// Longest life asked for, in seconds: 3600 to 7862400 (91 days); nil means 86400. The signer may
	// give less.
	MaxExpirationSeconds *int32 `json:"maxExpirationSeconds,omitempty" protobuf:"varint,8"`
	// Deprecated: public key, which stubPKCS10Request holds too.
	PKIXPublicKey []byte `json:"pkixPublicKey" protobuf:"bytes,9"`
	// Deprecated: signature of the Pod's UID by the private key; see stubPKCS10Request.
	ProofOfPossession []byte `json:"proofOfPossession" protobuf:"bytes,10"`
	// Public key and proof that the asker has the private one: PKCS#10 in DER, of which nothing else
	// counts.
	StubPKCS10Request []byte `json:"stubPKCS10Request" protobuf:"bytes,12" required:"true"`
	// Settings for the signer from the Pod; nobody has checked them.
	UnverifiedUserAnnotations map[string]string `json:"unverifiedUserAnnotations,omitempty" protobuf:"bytes,11"`
}

// PodCertificateRequestStatus is what became of a request.
type PodCertificateRequestStatus struct {
	// Issued, Denied or Failed: exactly one ends it.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	// Certificates in PEM, the Pod's first.
	CertificateChain string `json:"certificateChain,omitempty" protobuf:"bytes,2"`
	// From when it is good.
	NotBefore *meta.Time `json:"notBefore,omitempty" protobuf:"bytes,4"`
	// When the kubelet should ask for the next.
	BeginRefreshAt *meta.Time `json:"beginRefreshAt,omitempty" protobuf:"bytes,5"`
	// Until when it is good.
	NotAfter *meta.Time `json:"notAfter,omitempty" protobuf:"bytes,6"`
}

// RequestConditionType names a condition of a CertificateSigningRequest.
type RequestConditionType string

// ExtraValue is several texts under one key.
type ExtraValue []string
