package autoscalingv2

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// ContainerResourceMetricSource is CPU or memory of one container of each Pod.
type ContainerResourceMetricSource struct {
	// cpu or memory.
	Name corev1.ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	// What it shall be.
	Target MetricTarget `json:"target" protobuf:"bytes,2" required:"true"`
	// Name of the container.
	Container string `json:"container" protobuf:"bytes,3" required:"true"`
}

// ContainerResourceMetricStatus is CPU or memory of one container, as it is.
type ContainerResourceMetricStatus struct {
	// cpu or memory.
	Name corev1.ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	// What it is.
	Current MetricValueStatus `json:"current" protobuf:"bytes,2" required:"true"`
	// Name of the container.
	Container string `json:"container" protobuf:"bytes,3" required:"true"`
}

// CrossVersionObjectReference names an object of any kind in the same namespace.
type CrossVersionObjectReference struct {
	// Kind of the object.
	Kind string `json:"kind" protobuf:"bytes,1" required:"true"`
	// Name of the object.
	Name string `json:"name" protobuf:"bytes,2" required:"true"`
	// Group and version of the kind.
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,3"`
}

// ExternalMetricSource is a metric from outside the cluster, such as a queue's length.
type ExternalMetricSource struct {
	// Which metric.
	Metric MetricIdentifier `json:"metric" protobuf:"bytes,1" required:"true"`
	// What it shall be.
	Target MetricTarget `json:"target" protobuf:"bytes,2" required:"true"`
}

// ExternalMetricStatus is a metric from outside the cluster, as it is.
type ExternalMetricStatus struct {
	// Which metric.
	Metric MetricIdentifier `json:"metric" protobuf:"bytes,1" required:"true"`
	// What it is.
	Current MetricValueStatus `json:"current" protobuf:"bytes,2" required:"true"`
}

// HPAScalingPolicy is a bound on how fast to scale.
type HPAScalingPolicy struct {
	// Pods or Percent: what value counts.
	Type HPAScalingPolicyType `json:"type" protobuf:"bytes,1" required:"true"`
	// Most change in the period, above 0.
	Value int32 `json:"value" protobuf:"varint,2" required:"true"`
	// Length of the period in seconds, 1 to 1800.
	PeriodSeconds int32 `json:"periodSeconds" protobuf:"varint,3" required:"true"`
}

// HPAScalingPolicyType says what a scaling policy counts.
type HPAScalingPolicyType string

// HPAScalingRules is how to scale in one direction.
type HPAScalingRules struct {
	// Seconds to look back: the most cautious size in that time is taken, 0 to 3600; nil means 0 up
	// and 300 down.
	StabilizationWindowSeconds *int32 `json:"stabilizationWindowSeconds,omitempty" protobuf:"varint,3"`
	// Max, Min or Disabled: which of the policies counts; nil means Max.
	SelectPolicy *ScalingPolicySelect `json:"selectPolicy,omitempty" protobuf:"bytes,1"`
	// Bounds on the speed; nil takes the default: up 4 Pods or 100% in 15 seconds, down 100% in 15
	// seconds.
	Policies []HPAScalingPolicy `json:"policies,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// How far, as a fraction, metrics may be off before anything happens; nil means the cluster's,
	// usually 0.1.
	Tolerance *quantity.Quantity `json:"tolerance,omitempty" protobuf:"bytes,4"`
}

// HorizontalPodAutoscaler changes the replicas of something so that metrics come near their
// targets.
type HorizontalPodAutoscaler struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec HorizontalPodAutoscalerSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status HorizontalPodAutoscalerStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// HorizontalPodAutoscalerBehavior is how to scale in each direction.
type HorizontalPodAutoscalerBehavior struct {
	// How to grow; nil takes the default.
	ScaleUp *HPAScalingRules `json:"scaleUp,omitempty" protobuf:"bytes,1"`
	// How to shrink; nil takes the default.
	ScaleDown *HPAScalingRules `json:"scaleDown,omitempty" protobuf:"bytes,2"`
}

// HorizontalPodAutoscalerCondition is an observation about an autoscaler.
type HorizontalPodAutoscalerCondition struct {
	// Which condition this is.
	Type HorizontalPodAutoscalerConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status corev1.ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
	// The metadata.generation that this condition speaks of.
	ObservedGeneration *int64 `json:"observedGeneration,omitempty" protobuf:"varint,6"`
}

// HorizontalPodAutoscalerConditionType names a condition of an autoscaler.
type HorizontalPodAutoscalerConditionType string

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
	// Metrics to go by: the one that asks for most replicas decides; empty means 80% of the CPU
	// requests.
	Metrics []MetricSpec `json:"metrics,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// How fast to scale; nil takes the default.
	Behavior *HorizontalPodAutoscalerBehavior `json:"behavior,omitempty" protobuf:"bytes,5"`
}

// HorizontalPodAutoscalerStatus is what an autoscaler sees and wants.
type HorizontalPodAutoscalerStatus struct {
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration *int64 `json:"observedGeneration,omitempty" protobuf:"varint,1"`
	// When it last changed the replicas.
	LastScaleTime *meta.Time `json:"lastScaleTime,omitempty" protobuf:"bytes,2"`
	// Replicas that there are.
	CurrentReplicas int32 `json:"currentReplicas,omitempty" protobuf:"varint,3"`
	// Replicas that it wants.
	DesiredReplicas int32 `json:"desiredReplicas" protobuf:"varint,4" required:"true"`
	// Metrics as they are.
	CurrentMetrics []MetricStatus `json:"currentMetrics" protobuf:"bytes,5" listType:"atomic"`
	// Observations about the object, one for each type.
	Conditions []HorizontalPodAutoscalerCondition `json:"conditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// MetricIdentifier names a metric.
type MetricIdentifier struct {
	// Name of the metric.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Narrows it down by the metric's labels; nil takes all.
	Selector *meta.LabelSelector `json:"selector,omitempty" protobuf:"bytes,2"`
}

// MetricSourceType says where a metric comes from.
type MetricSourceType string

// MetricSpec is a metric and its target; the member that type names is set.
type MetricSpec struct {
	// Object, Pods, Resource, ContainerResource or External.
	Type MetricSourceType `json:"type" protobuf:"bytes,1" required:"true"`
	// Metric of one other object.
	Object *ObjectMetricSource `json:"object,omitempty" protobuf:"bytes,2"`
	// Metric of each Pod, averaged.
	Pods *PodsMetricSource `json:"pods,omitempty" protobuf:"bytes,3"`
	// CPU or memory of the Pods.
	Resource *ResourceMetricSource `json:"resource,omitempty" protobuf:"bytes,4"`
	// CPU or memory of one container of each Pod.
	ContainerResource *ContainerResourceMetricSource `json:"containerResource,omitempty" protobuf:"bytes,7"`
	// Metric from outside the cluster.
	External *ExternalMetricSource `json:"external,omitempty" protobuf:"bytes,5"`
}

// MetricStatus is a metric as it is; the member that type names is set.
type MetricStatus struct {
	// Object, Pods, Resource, ContainerResource or External.
	Type MetricSourceType `json:"type" protobuf:"bytes,1" required:"true"`
	// Metric of one other object.
	Object *ObjectMetricStatus `json:"object,omitempty" protobuf:"bytes,2"`
	// Metric of each Pod, averaged.
	Pods *PodsMetricStatus `json:"pods,omitempty" protobuf:"bytes,3"`
	// CPU or memory of the Pods.
	Resource *ResourceMetricStatus `json:"resource,omitempty" protobuf:"bytes,4"`
	// CPU or memory of one container of each Pod.
	ContainerResource *ContainerResourceMetricStatus `json:"containerResource,omitempty" protobuf:"bytes,7"`
	// Metric from outside the cluster.
	External *ExternalMetricStatus `json:"external,omitempty" protobuf:"bytes,5"`
}

// MetricTarget is what a metric shall be.
type MetricTarget struct {
	// Utilization, Value or AverageValue: which of the others is set.
	Type MetricTargetType `json:"type" protobuf:"bytes,1" required:"true"`
	// The value itself.
	Value *quantity.Quantity `json:"value,omitempty" protobuf:"bytes,2"`
	// The value divided by the number of Pods.
	AverageValue *quantity.Quantity `json:"averageValue,omitempty" protobuf:"bytes,3"`
	// The Pods' use in percent of their requests; only for resources.
	AverageUtilization *int32 `json:"averageUtilization,omitempty" protobuf:"bytes,4"`
}

// MetricTargetType says how a metric is compared with its target.
type MetricTargetType string

// MetricValueStatus is what a metric is.
type MetricValueStatus struct {
	// The value itself.
	Value *quantity.Quantity `json:"value,omitempty" protobuf:"bytes,1"`
	// The value divided by the number of Pods.
	AverageValue *quantity.Quantity `json:"averageValue,omitempty" protobuf:"bytes,2"`
	// The Pods' use in percent of their requests.
	AverageUtilization *int32 `json:"averageUtilization,omitempty" protobuf:"bytes,3"`
}

// ObjectMetricSource is a metric of one other object in the namespace, such as an Ingress's
// requests.
type ObjectMetricSource struct {
	// The object.
	DescribedObject CrossVersionObjectReference `json:"describedObject" protobuf:"bytes,1" required:"true"`
	// What it shall be.
	Target MetricTarget `json:"target" protobuf:"bytes,2" required:"true"`
	// Which metric.
	Metric MetricIdentifier `json:"metric" protobuf:"bytes,3" required:"true"`
}

// ObjectMetricStatus is a metric of one other object, as it is.
type ObjectMetricStatus struct {
	// Which metric.
	Metric MetricIdentifier `json:"metric" protobuf:"bytes,1" required:"true"`
	// What it is.
	Current MetricValueStatus `json:"current" protobuf:"bytes,2" required:"true"`
	// The object.
	DescribedObject CrossVersionObjectReference `json:"describedObject" protobuf:"bytes,3" required:"true"`
}

// PodsMetricSource is a metric of each Pod, averaged over them.
type PodsMetricSource struct {
	// Which metric.
	Metric MetricIdentifier `json:"metric" protobuf:"bytes,1" required:"true"`
	// What it shall be: an AverageValue.
	Target MetricTarget `json:"target" protobuf:"bytes,2" required:"true"`
}

// PodsMetricStatus is a metric of each Pod, as it is.
type PodsMetricStatus struct {
	// Which metric.
	Metric MetricIdentifier `json:"metric" protobuf:"bytes,1" required:"true"`
	// What it is.
	Current MetricValueStatus `json:"current" protobuf:"bytes,2" required:"true"`
}

// ResourceMetricSource is CPU or memory of the Pods.
type ResourceMetricSource struct {
	// cpu or memory.
	Name corev1.ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	// What it shall be.
	Target MetricTarget `json:"target" protobuf:"bytes,2" required:"true"`
}

// ResourceMetricStatus is CPU or memory of the Pods, as it is.
type ResourceMetricStatus struct {
	// cpu or memory.
	Name corev1.ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	// What it is.
	Current MetricValueStatus `json:"current" protobuf:"bytes,2" required:"true"`
}

// ScalingPolicySelect says which of several scaling policies counts.
type ScalingPolicySelect string
