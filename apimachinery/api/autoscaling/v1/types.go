package autoscalingv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// CrossVersionObjectReference names an object of any kind in the same namespace.
type CrossVersionObjectReference struct {
	_ struct{} `mapType:"atomic"`
	// Kind of the object.
	Kind string `json:"kind" protobuf:"bytes,1" required:"true"`
	// Name of the object.
	Name string `json:"name" protobuf:"bytes,2" required:"true"`
	// Group and version of the kind.
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,3"`
}

// HorizontalPodAutoscaler changes the replicas of something so that its Pods' CPU use comes near a
// target.
type HorizontalPodAutoscaler struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec HorizontalPodAutoscalerSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status HorizontalPodAutoscalerStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// HorizontalPodAutoscalerList is a list of HorizontalPodAutoscalers.
type HorizontalPodAutoscalerList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []HorizontalPodAutoscaler `json:"items" protobuf:"bytes,2" required:"true"`
}

// HorizontalPodAutoscalerSpec is what to scale and by what.
type HorizontalPodAutoscalerSpec struct {
	// What to scale: anything with a scale subresource.
	ScaleTargetRef CrossVersionObjectReference `json:"scaleTargetRef" protobuf:"bytes,1" required:"true"`
	// Fewest replicas; nil means 1. 0 needs an Object or External metric.
	MinReplicas *int32 `json:"minReplicas,omitempty" protobuf:"varint,2"`
	// Most replicas, not below minReplicas.
	MaxReplicas int32 `json:"maxReplicas" protobuf:"varint,3" required:"true"`
	// CPU use to aim at, in percent of the Pods' requests; nil means 80.
	TargetCPUUtilizationPercentage *int32 `json:"targetCPUUtilizationPercentage,omitempty" protobuf:"varint,4"`
}

// HorizontalPodAutoscalerStatus is what an autoscaler sees and wants.
type HorizontalPodAutoscalerStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration *int64 `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	// When it last changed the replicas.
	LastScaleTime *meta.Time `json:"lastScaleTime,omitempty" protobuf:"bytes,2"`
	// Replicas that there are.
	CurrentReplicas int32 `json:"currentReplicas" protobuf:"varint,3" required:"true"`
	// Replicas that it wants.
	DesiredReplicas int32 `json:"desiredReplicas" protobuf:"varint,4" required:"true"`
	// CPU use of the Pods, in percent of their requests; nil if not known.
	CurrentCPUUtilizationPercentage *int32 `json:"currentCPUUtilizationPercentage,omitempty" protobuf:"varint,5"`
}

// Scale is the number of replicas of an object, as the scale subresource shows it.
type Scale struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Replicas that are wanted.
	Spec ScaleSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// Replicas that there are.
	Status ScaleStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ScaleSpec is the replicas that are wanted.
type ScaleSpec struct {
	// How many; 0 for none.
	Replicas int32 `json:"replicas,omitempty" protobuf:"varint,1"`
}

// ScaleStatus is the replicas that there are.
type ScaleStatus struct {
	// How many.
	Replicas int32 `json:"replicas" protobuf:"varint,1" required:"true"`
	// Selector of their Pods as text; empty if it is not known.
	Selector string `json:"selector,omitempty" protobuf:"bytes,2"`
}
