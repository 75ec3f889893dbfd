package schedulingv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// PriorityClass is a name for a priority that Pods can have.
type PriorityClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The priority, at most 1000000000: the higher, the more important. Cannot change.
	Value int32 `json:"value" protobuf:"bytes,2"`
	// Whether it is for Pods that name no class; of several the lowest value counts. Default false.
	GlobalDefault bool `json:"globalDefault,omitempty" protobuf:"bytes,3"`
	// What it is for.
	Description string `json:"description,omitempty" protobuf:"bytes,4"`
	// Whether its Pods may push out others: PreemptLowerPriority or Never; default
	// PreemptLowerPriority. Cannot change.
	PreemptionPolicy *corev1.PreemptionPolicy `json:"preemptionPolicy,omitempty" protobuf:"bytes,5" enum:"Never|PreemptLowerPriority"`
}

// PriorityClassList is a list of PriorityClasses.
type PriorityClassList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PriorityClass `json:"items" protobuf:"bytes,2" required:"true"`
}
