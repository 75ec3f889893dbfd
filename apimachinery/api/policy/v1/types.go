package policyv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type Eviction struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	DeleteOptions   *meta.DeleteOptions `json:"deleteOptions,omitempty" protobuf:"bytes,2"`
}

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

type PodDisruptionBudgetSpec struct {
	MinAvailable               *intstr.IntOrString             `json:"minAvailable,omitempty" protobuf:"bytes,1"`
	Selector                   *meta.LabelSelector             `json:"selector,omitempty" protobuf:"bytes,2" patchStrategy:"replace"`
	MaxUnavailable             *intstr.IntOrString             `json:"maxUnavailable,omitempty" protobuf:"bytes,3"`
	UnhealthyPodEvictionPolicy *UnhealthyPodEvictionPolicyType `json:"unhealthyPodEvictionPolicy,omitempty" protobuf:"bytes,4" enum:"AlwaysAllow|IfHealthyBudget"`
}

type PodDisruptionBudgetStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64                `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	DisruptedPods      map[string]meta.Time `json:"disruptedPods,omitempty" protobuf:"bytes,2"`
	DisruptionsAllowed int32                `json:"disruptionsAllowed" protobuf:"varint,3"`
	CurrentHealthy     int32                `json:"currentHealthy" protobuf:"varint,4"`
	DesiredHealthy     int32                `json:"desiredHealthy" protobuf:"varint,5"`
	ExpectedPods       int32                `json:"expectedPods" protobuf:"varint,6"`
	// Observations about the object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,7" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type UnhealthyPodEvictionPolicyType string
