package autoscalingv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type CrossVersionObjectReference struct {
	_          struct{} `mapType:"atomic"`
	Kind       string   `json:"kind" protobuf:"bytes,1" required:"true"`
	Name       string   `json:"name" protobuf:"bytes,2" required:"true"`
	APIVersion string   `json:"apiVersion,omitempty" protobuf:"bytes,3"`
}

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

type HorizontalPodAutoscalerSpec struct {
	ScaleTargetRef                 CrossVersionObjectReference `json:"scaleTargetRef" protobuf:"bytes,1" required:"true"`
	MinReplicas                    *int32                      `json:"minReplicas,omitempty" protobuf:"varint,2"`
	MaxReplicas                    int32                       `json:"maxReplicas" protobuf:"varint,3" required:"true"`
	TargetCPUUtilizationPercentage *int32                      `json:"targetCPUUtilizationPercentage,omitempty" protobuf:"varint,4"`
}

type HorizontalPodAutoscalerStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration              *int64     `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	LastScaleTime                   *meta.Time `json:"lastScaleTime,omitempty" protobuf:"bytes,2"`
	CurrentReplicas                 int32      `json:"currentReplicas" protobuf:"varint,3" required:"true"`
	DesiredReplicas                 int32      `json:"desiredReplicas" protobuf:"varint,4" required:"true"`
	CurrentCPUUtilizationPercentage *int32     `json:"currentCPUUtilizationPercentage,omitempty" protobuf:"varint,5"`
}

type Scale struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ScaleSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status ScaleStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type ScaleSpec struct {
	Replicas int32 `json:"replicas,omitempty" protobuf:"varint,1"`
}

type ScaleStatus struct {
	Replicas int32  `json:"replicas" protobuf:"varint,1" required:"true"`
	Selector string `json:"selector,omitempty" protobuf:"bytes,2"`
}
