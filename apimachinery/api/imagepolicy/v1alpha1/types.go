package imagepolicyv1alpha1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// ImageReview asks a webhook whether a Pod's images may run.
type ImageReview struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The images.
	Spec ImageReviewSpec `json:"spec" protobuf:"bytes,2"`
	// The answer.
	Status ImageReviewStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ImageReviewContainerSpec is one container of the Pod.
type ImageReviewContainerSpec struct {
	// Its image.
	Image string `json:"image,omitempty" protobuf:"bytes,1"`
}

// ImageReviewSpec is the Pod in question.
type ImageReviewSpec struct {
	// Its containers.
	Containers []ImageReviewContainerSpec `json:"containers,omitempty" protobuf:"bytes,1"`
	// Those of its annotations that match *.image-policy.k8s.io/*.
	Annotations map[string]string `json:"annotations,omitempty" protobuf:"bytes,2"`
	// Its namespace.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,3"`
}

// ImageReviewStatus is what the webhook answers.
type ImageReviewStatus struct {
	// Whether the Pod may run.
	Allowed bool `json:"allowed" protobuf:"varint,1"`
	// Why not.
	Reason string `json:"reason,omitempty" protobuf:"bytes,2"`
	// Facts for the audit event.
	AuditAnnotations map[string]string `json:"auditAnnotations,omitempty" protobuf:"bytes,3"`
}
