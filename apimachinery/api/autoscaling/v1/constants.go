package autoscalingv1

// DefaultCPUUtilization is the target, in percent of the requests, of an
// autoscaler that names none.
const DefaultCPUUtilization = 80

// Annotations that carry what version 2 has and this version lacks.
const (
	MetricSpecsAnnotation                       = "autoscaling.alpha.kubernetes.io/metrics"
	MetricStatusesAnnotation                    = "autoscaling.alpha.kubernetes.io/current-metrics"
	HorizontalPodAutoscalerConditionsAnnotation = "autoscaling.alpha.kubernetes.io/conditions"
	BehaviorSpecsAnnotation                     = "autoscaling.alpha.kubernetes.io/behavior"
)
