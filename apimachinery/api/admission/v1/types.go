package admissionv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type AdmissionRequest struct {
	UID                meta.UID                   `json:"uid" protobuf:"bytes,1"`
	Kind               meta.GroupVersionKind      `json:"kind" protobuf:"bytes,2"`
	Resource           meta.GroupVersionResource  `json:"resource" protobuf:"bytes,3"`
	SubResource        string                     `json:"subResource,omitempty" protobuf:"bytes,4"`
	RequestKind        *meta.GroupVersionKind     `json:"requestKind,omitempty" protobuf:"bytes,13"`
	RequestResource    *meta.GroupVersionResource `json:"requestResource,omitempty" protobuf:"bytes,14"`
	RequestSubResource string                     `json:"requestSubResource,omitempty" protobuf:"bytes,15"`
	Name               string                     `json:"name,omitempty" protobuf:"bytes,5"`
	Namespace          string                     `json:"namespace,omitempty" protobuf:"bytes,6"`
	Operation          Operation                  `json:"operation" protobuf:"bytes,7"`
	UserInfo           authenticationv1.UserInfo  `json:"userInfo" protobuf:"bytes,8"`
	Object             meta.RawExtension          `json:"object,omitempty" protobuf:"bytes,9"`
	OldObject          meta.RawExtension          `json:"oldObject,omitempty" protobuf:"bytes,10"`
	DryRun             *bool                      `json:"dryRun,omitempty" protobuf:"varint,11"`
	Options            meta.RawExtension          `json:"options,omitempty" protobuf:"bytes,12"`
}

type AdmissionResponse struct {
	UID              meta.UID          `json:"uid" protobuf:"bytes,1"`
	Allowed          bool              `json:"allowed" protobuf:"varint,2"`
	Result           *meta.Status      `json:"status,omitempty" protobuf:"bytes,3"`
	Patch            []byte            `json:"patch,omitempty" protobuf:"bytes,4"`
	PatchType        *PatchType        `json:"patchType,omitempty" protobuf:"bytes,5"`
	AuditAnnotations map[string]string `json:"auditAnnotations,omitempty" protobuf:"bytes,6"`
	Warnings         []string          `json:"warnings,omitempty" protobuf:"bytes,7"`
}

type AdmissionReview struct {
	meta.TypeMeta `json:",inline"`
	Request       *AdmissionRequest  `json:"request,omitempty" protobuf:"bytes,1"`
	Response      *AdmissionResponse `json:"response,omitempty" protobuf:"bytes,2"`
}

type Operation string

type PatchType string
