package autoscalingv2

// Where a metric comes from.
const (
	ObjectMetricSourceType            MetricSourceType = "Object"            // one other object
	PodsMetricSourceType              MetricSourceType = "Pods"              // each Pod of the target, averaged
	ResourceMetricSourceType          MetricSourceType = "Resource"          // the Pods' CPU or memory
	ContainerResourceMetricSourceType MetricSourceType = "ContainerResource" // one container's CPU or memory
	ExternalMetricSourceType          MetricSourceType = "External"          // something outside the cluster
)

// How a metric is compared with its target.
const (
	UtilizationMetricType  MetricTargetType = "Utilization"  // in percent of the Pods' requests
	ValueMetricType        MetricTargetType = "Value"        // as it is
	AverageValueMetricType MetricTargetType = "AverageValue" // divided by the number of Pods
)

// What a scaling policy counts.
const (
	PodsScalingPolicy    HPAScalingPolicyType = "Pods"
	PercentScalingPolicy HPAScalingPolicyType = "Percent"
)

// Which of several scaling policies counts.
const (
	MaxChangePolicySelect ScalingPolicySelect = "Max"      // the one that allows the largest change; the default
	MinChangePolicySelect ScalingPolicySelect = "Min"      // the one that allows the smallest change
	DisabledPolicySelect  ScalingPolicySelect = "Disabled" // no scaling in this direction
)

// Conditions of a HorizontalPodAutoscaler.
const (
	ScalingActive  HorizontalPodAutoscalerConditionType = "ScalingActive"  // metrics can be read and the target is not scaled to zero
	AbleToScale    HorizontalPodAutoscalerConditionType = "AbleToScale"    // the target's scale can be read and written
	ScalingLimited HorizontalPodAutoscalerConditionType = "ScalingLimited" // the wanted size is outside minReplicas and maxReplicas
)
