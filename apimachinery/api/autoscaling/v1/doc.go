// Package autoscalingv1 holds autoscaling/v1: Scale, the subresource by which
// anything with replicas is scaled, and the autoscaler in its older form that
// knows CPU only. The rest of what v2 has travels in annotations.
package autoscalingv1
