package autoscalingv2

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

type ContainerResourceMetricSource struct {
	Name      corev1.ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	Target    MetricTarget        `json:"target" protobuf:"bytes,2" required:"true"`
	Container string              `json:"container" protobuf:"bytes,3" required:"true"`
}

type ContainerResourceMetricStatus struct {
	Name      corev1.ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	Current   MetricValueStatus   `json:"current" protobuf:"bytes,2" required:"true"`
	Container string              `json:"container" protobuf:"bytes,3" required:"true"`
}

type CrossVersionObjectReference struct {
	Kind       string `json:"kind" protobuf:"bytes,1" required:"true"`
	Name       string `json:"name" protobuf:"bytes,2" required:"true"`
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,3"`
}

type ExternalMetricSource struct {
	Metric MetricIdentifier `json:"metric" protobuf:"bytes,1" required:"true"`
	Target MetricTarget     `json:"target" protobuf:"bytes,2" required:"true"`
}

type ExternalMetricStatus struct {
	Metric  MetricIdentifier  `json:"metric" protobuf:"bytes,1" required:"true"`
	Current MetricValueStatus `json:"current" protobuf:"bytes,2" required:"true"`
}

type HPAScalingPolicy struct {
	Type          HPAScalingPolicyType `json:"type" protobuf:"bytes,1" required:"true"`
	Value         int32                `json:"value" protobuf:"varint,2" required:"true"`
	PeriodSeconds int32                `json:"periodSeconds" protobuf:"varint,3" required:"true"`
}

type HPAScalingPolicyType string

type HPAScalingRules struct {
	StabilizationWindowSeconds *int32               `json:"stabilizationWindowSeconds,omitempty" protobuf:"varint,3"`
	SelectPolicy               *ScalingPolicySelect `json:"selectPolicy,omitempty" protobuf:"bytes,1"`
	Policies                   []HPAScalingPolicy   `json:"policies,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Tolerance                  *quantity.Quantity   `json:"tolerance,omitempty" protobuf:"bytes,4"`
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

type HorizontalPodAutoscalerBehavior struct {
	ScaleUp   *HPAScalingRules `json:"scaleUp,omitempty" protobuf:"bytes,1"`
	ScaleDown *HPAScalingRules `json:"scaleDown,omitempty" protobuf:"bytes,2"`
}

type HorizontalPodAutoscalerCondition struct {
	Type HorizontalPodAutoscalerConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// What is: written by the cluster, not by users.
	Status             corev1.ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	LastTransitionTime meta.Time              `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string                 `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string                 `json:"message,omitempty" protobuf:"bytes,5"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration *int64 `json:"observedGeneration,omitempty" protobuf:"varint,6"`
}

type HorizontalPodAutoscalerConditionType string

// HorizontalPodAutoscalerList is a list of HorizontalPodAutoscalers.
type HorizontalPodAutoscalerList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []HorizontalPodAutoscaler `json:"items" protobuf:"bytes,2" required:"true"`
}

type HorizontalPodAutoscalerSpec struct {
	ScaleTargetRef CrossVersionObjectReference      `json:"scaleTargetRef" protobuf:"bytes,1" required:"true"`
	MinReplicas    *int32                           `json:"minReplicas,omitempty" protobuf:"varint,2"`
	MaxReplicas    int32                            `json:"maxReplicas" protobuf:"varint,3" required:"true"`
	Metrics        []MetricSpec                     `json:"metrics,omitempty" protobuf:"bytes,4" listType:"atomic"`
	Behavior       *HorizontalPodAutoscalerBehavior `json:"behavior,omitempty" protobuf:"bytes,5"`
}

type HorizontalPodAutoscalerStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration *int64         `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	LastScaleTime      *meta.Time     `json:"lastScaleTime,omitempty" protobuf:"bytes,2"`
	CurrentReplicas    int32          `json:"currentReplicas,omitempty" protobuf:"varint,3"`
	DesiredReplicas    int32          `json:"desiredReplicas" protobuf:"varint,4" required:"true"`
	CurrentMetrics     []MetricStatus `json:"currentMetrics" protobuf:"bytes,5" listType:"atomic"`
	// Observations about the object, one for each type.
	Conditions []HorizontalPodAutoscalerCondition `json:"conditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type MetricIdentifier struct {
	Name     string              `json:"name" protobuf:"bytes,1" required:"true"`
	Selector *meta.LabelSelector `json:"selector,omitempty" protobuf:"bytes,2"`
}

type MetricSourceType string

type MetricSpec struct {
	Type              MetricSourceType               `json:"type" protobuf:"bytes,1" required:"true"`
	Object            *ObjectMetricSource            `json:"object,omitempty" protobuf:"bytes,2"`
	Pods              *PodsMetricSource              `json:"pods,omitempty" protobuf:"bytes,3"`
	Resource          *ResourceMetricSource          `json:"resource,omitempty" protobuf:"bytes,4"`
	ContainerResource *ContainerResourceMetricSource `json:"containerResource,omitempty" protobuf:"bytes,7"`
	External          *ExternalMetricSource          `json:"external,omitempty" protobuf:"bytes,5"`
}

type MetricStatus struct {
	Type              MetricSourceType               `json:"type" protobuf:"bytes,1" required:"true"`
	Object            *ObjectMetricStatus            `json:"object,omitempty" protobuf:"bytes,2"`
	Pods              *PodsMetricStatus              `json:"pods,omitempty" protobuf:"bytes,3"`
	Resource          *ResourceMetricStatus          `json:"resource,omitempty" protobuf:"bytes,4"`
	ContainerResource *ContainerResourceMetricStatus `json:"containerResource,omitempty" protobuf:"bytes,7"`
	External          *ExternalMetricStatus          `json:"external,omitempty" protobuf:"bytes,5"`
}

type MetricTarget struct {
	Type               MetricTargetType   `json:"type" protobuf:"bytes,1" required:"true"`
	Value              *quantity.Quantity `json:"value,omitempty" protobuf:"bytes,2"`
	AverageValue       *quantity.Quantity `json:"averageValue,omitempty" protobuf:"bytes,3"`
	AverageUtilization *int32             `json:"averageUtilization,omitempty" protobuf:"bytes,4"`
}

type MetricTargetType string

type MetricValueStatus struct {
	Value              *quantity.Quantity `json:"value,omitempty" protobuf:"bytes,1"`
	AverageValue       *quantity.Quantity `json:"averageValue,omitempty" protobuf:"bytes,2"`
	AverageUtilization *int32             `json:"averageUtilization,omitempty" protobuf:"bytes,3"`
}

type ObjectMetricSource struct {
	DescribedObject CrossVersionObjectReference `json:"describedObject" protobuf:"bytes,1" required:"true"`
	Target          MetricTarget                `json:"target" protobuf:"bytes,2" required:"true"`
	Metric          MetricIdentifier            `json:"metric" protobuf:"bytes,3" required:"true"`
}

type ObjectMetricStatus struct {
	Metric          MetricIdentifier            `json:"metric" protobuf:"bytes,1" required:"true"`
	Current         MetricValueStatus           `json:"current" protobuf:"bytes,2" required:"true"`
	DescribedObject CrossVersionObjectReference `json:"describedObject" protobuf:"bytes,3" required:"true"`
}

type PodsMetricSource struct {
	Metric MetricIdentifier `json:"metric" protobuf:"bytes,1" required:"true"`
	Target MetricTarget     `json:"target" protobuf:"bytes,2" required:"true"`
}

type PodsMetricStatus struct {
	Metric  MetricIdentifier  `json:"metric" protobuf:"bytes,1" required:"true"`
	Current MetricValueStatus `json:"current" protobuf:"bytes,2" required:"true"`
}

type ResourceMetricSource struct {
	Name   corev1.ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	Target MetricTarget        `json:"target" protobuf:"bytes,2" required:"true"`
}

type ResourceMetricStatus struct {
	Name    corev1.ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	Current MetricValueStatus   `json:"current" protobuf:"bytes,2" required:"true"`
}

type ScalingPolicySelect string
