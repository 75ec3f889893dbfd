package imagepolicyv1alpha1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type ImageReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ImageReviewSpec `json:"spec" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status ImageReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type ImageReviewContainerSpec struct {
	Image string `json:"image,omitempty" protobuf:"bytes,1"`
}

type ImageReviewSpec struct {
	Containers  []ImageReviewContainerSpec `json:"containers,omitempty" protobuf:"bytes,1"`
	Annotations map[string]string          `json:"annotations,omitempty" protobuf:"bytes,2"`
	Namespace   string                     `json:"namespace,omitempty" protobuf:"bytes,3"`
}

type ImageReviewStatus struct {
	Allowed          bool              `json:"allowed" protobuf:"varint,1"`
	Reason           string            `json:"reason,omitempty" protobuf:"bytes,2"`
	AuditAnnotations map[string]string `json:"auditAnnotations,omitempty" protobuf:"bytes,3"`
}
