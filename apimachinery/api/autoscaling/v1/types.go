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
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            HorizontalPodAutoscalerSpec   `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	Status          HorizontalPodAutoscalerStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type HorizontalPodAutoscalerList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []HorizontalPodAutoscaler `json:"items" protobuf:"bytes,2" required:"true"`
}

type HorizontalPodAutoscalerSpec struct {
	ScaleTargetRef                 CrossVersionObjectReference `json:"scaleTargetRef" protobuf:"bytes,1" required:"true"`
	MinReplicas                    *int32                      `json:"minReplicas,omitempty" protobuf:"varint,2"`
	MaxReplicas                    int32                       `json:"maxReplicas" protobuf:"varint,3" required:"true"`
	TargetCPUUtilizationPercentage *int32                      `json:"targetCPUUtilizationPercentage,omitempty" protobuf:"varint,4"`
}

type HorizontalPodAutoscalerStatus struct {
	ObservedGeneration              *int64     `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	LastScaleTime                   *meta.Time `json:"lastScaleTime,omitempty" protobuf:"bytes,2"`
	CurrentReplicas                 int32      `json:"currentReplicas" protobuf:"varint,3" required:"true"`
	DesiredReplicas                 int32      `json:"desiredReplicas" protobuf:"varint,4" required:"true"`
	CurrentCPUUtilizationPercentage *int32     `json:"currentCPUUtilizationPercentage,omitempty" protobuf:"varint,5"`
}

type Scale struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            ScaleSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          ScaleStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type ScaleSpec struct {
	Replicas int32 `json:"replicas,omitempty" protobuf:"varint,1"`
}

type ScaleStatus struct {
	Replicas int32  `json:"replicas" protobuf:"varint,1" required:"true"`
	Selector string `json:"selector,omitempty" protobuf:"bytes,2"`
}
