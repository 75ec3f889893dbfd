package policyv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Eviction asks for a Pod to be deleted, unless a disruption budget forbids it; posted to the
// Pod's eviction subresource.
type Eviction struct {
	meta.TypeMeta `json:",inline"`
	// Name and namespace of the Pod.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// How to delete it.
	DeleteOptions *meta.DeleteOptions `json:"deleteOptions,omitempty" protobuf:"bytes,2"`
}

// PodDisruptionBudget bounds how many of some Pods may be evicted at once.
type PodDisruptionBudget struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec PodDisruptionBudgetSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status PodDisruptionBudgetStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// PodDisruptionBudgetList is a list of PodDisruptionBudgets.
type PodDisruptionBudgetList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PodDisruptionBudget `json:"items" protobuf:"bytes,2" required:"true"`
}

// PodDisruptionBudgetSpec is the bound.
type PodDisruptionBudgetSpec struct {
	// Pods that must stay ready, as a number or a percentage rounded up; not together with
	// maxUnavailable.
	MinAvailable *intstr.IntOrString `json:"minAvailable,omitempty" protobuf:"bytes,1"`
	// Picks the Pods; an empty one picks all of the namespace, nil none.
	Selector *meta.LabelSelector `json:"selector,omitempty" protobuf:"bytes,2" patchStrategy:"replace"`
	// Pods that may be missing, as a number or a percentage rounded up; needs Pods that a controller
	// counts.
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty" protobuf:"bytes,3"`
	// Whether Pods that run but are not ready may go: IfHealthyBudget, only while enough others are
	// ready, or AlwaysAllow; nil means the first.
	UnhealthyPodEvictionPolicy *UnhealthyPodEvictionPolicyType `json:"unhealthyPodEvictionPolicy,omitempty" protobuf:"bytes,4" enum:"AlwaysAllow|IfHealthyBudget"`
}

// PodDisruptionBudgetStatus is what may be evicted now.
type PodDisruptionBudgetStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	// Pods that were evicted and are not gone yet, with the time.
	DisruptedPods map[string]meta.Time `json:"disruptedPods,omitempty" protobuf:"bytes,2"`
	// How many may be evicted now.
	DisruptionsAllowed int32 `json:"disruptionsAllowed" protobuf:"varint,3"`
	// Pods that are ready.
	CurrentHealthy int32 `json:"currentHealthy" protobuf:"varint,4"`
	// Pods that must be.
	DesiredHealthy int32 `json:"desiredHealthy" protobuf:"varint,5"`
	// Pods that there should be.
	ExpectedPods int32 `json:"expectedPods" protobuf:"varint,6"`
	// Observations about the object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,7" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// UnhealthyPodEvictionPolicyType says whether Pods that are not ready may be evicted.
type UnhealthyPodEvictionPolicyType string
