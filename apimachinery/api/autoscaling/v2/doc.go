// Package autoscalingv2 holds autoscaling/v2: the autoscaler that changes
// replicas by any metrics, as fast as it is allowed to.
package autoscalingv2
