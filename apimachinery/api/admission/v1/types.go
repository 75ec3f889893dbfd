package admissionv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// AdmissionRequest is a request to the API server, as a webhook is asked about it.
type AdmissionRequest struct {
	// ID of this question; the answer repeats it.
	UID meta.UID `json:"uid" protobuf:"bytes,1"`
	// Kind of the object, in the version that the webhook asked for.
	Kind meta.GroupVersionKind `json:"kind" protobuf:"bytes,2"`
	// Resource, in the version that the webhook asked for.
	Resource meta.GroupVersionResource `json:"resource" protobuf:"bytes,3"`
	// Subresource, such as status; empty for none.
	SubResource string `json:"subResource,omitempty" protobuf:"bytes,4"`
	// Kind as the client sent it, before any conversion; nil in old requests.
	RequestKind *meta.GroupVersionKind `json:"requestKind,omitempty" protobuf:"bytes,13"`
	// Resource as the client sent it.
	RequestResource *meta.GroupVersionResource `json:"requestResource,omitempty" protobuf:"bytes,14"`
	// Subresource as the client sent it.
	RequestSubResource string `json:"requestSubResource,omitempty" protobuf:"bytes,15"`
	// Name of the object; empty for a create that leaves it to the server.
	Name string `json:"name,omitempty" protobuf:"bytes,5"`
	// Namespace of the request; empty for cluster-scoped ones.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,6"`
	// CREATE, UPDATE, DELETE or CONNECT.
	Operation Operation `json:"operation" protobuf:"bytes,7"`
	// Who makes the request.
	UserInfo authenticationv1.UserInfo `json:"userInfo" protobuf:"bytes,8"`
	// The object as it shall be; null for DELETE.
	Object meta.RawExtension `json:"object,omitempty" protobuf:"bytes,9"`
	// The object as it is; null for CREATE and CONNECT.
	OldObject meta.RawExtension `json:"oldObject,omitempty" protobuf:"bytes,10"`
	// Whether nothing will be written; nil means false. A webhook must then have no effects either.
	DryRun *bool `json:"dryRun,omitempty" protobuf:"varint,11"`
	// Options of the operation, such as a DeleteOptions.
	Options meta.RawExtension `json:"options,omitempty" protobuf:"bytes,12"`
}

// AdmissionResponse is what a webhook answers.
type AdmissionResponse struct {
	// The request's uid.
	UID meta.UID `json:"uid" protobuf:"bytes,1"`
	// Whether the request may go on.
	Allowed bool `json:"allowed" protobuf:"varint,2"`
	// Why not, if it may not; ignored if it may.
	Result *meta.Status `json:"status,omitempty" protobuf:"bytes,3"`
	// Changes to the object, as patchType says; mutating webhooks only.
	Patch []byte `json:"patch,omitempty" protobuf:"bytes,4"`
	// JSONPatch, if there is a patch.
	PatchType *PatchType `json:"patchType,omitempty" protobuf:"bytes,5"`
	// Facts for the audit event; the server puts the webhook's name before each key.
	AuditAnnotations map[string]string `json:"auditAnnotations,omitempty" protobuf:"bytes,6"`
	// Warnings for the client, each best below 120 characters.
	Warnings []string `json:"warnings,omitempty" protobuf:"bytes,7"`
}

// AdmissionReview carries a question to a webhook and its answer back.
type AdmissionReview struct {
	meta.TypeMeta `json:",inline"`
	// The question.
	Request *AdmissionRequest `json:"request,omitempty" protobuf:"bytes,1"`
	// The answer.
	Response *AdmissionResponse `json:"response,omitempty" protobuf:"bytes,2"`
}

// Operation is what a request does to the object.
type Operation string

// PatchType says how a webhook's patch is written.
type PatchType string
