package autoscalingv1

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v2"
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// This version knows CPU use only. The rest of an autoscaler of v2 is kept in
// annotations, so that nothing is lost on the way here and back.
func conversions() []scheme.Conversion {
	return []scheme.Conversion{
		scheme.Convert(toV2),
		scheme.Convert(fromV2),
	}
}

// whole returns an autoscaler of this version as one of v2, for printing.
func whole(h *HorizontalPodAutoscaler) *autoscalingv2.HorizontalPodAutoscaler {
	out := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: h.ObjectMeta}
	out.Spec.ScaleTargetRef = autoscalingv2.CrossVersionObjectReference{Kind: h.Spec.ScaleTargetRef.Kind, Name: h.Spec.ScaleTargetRef.Name, APIVersion: h.Spec.ScaleTargetRef.APIVersion}
	out.Spec.MinReplicas, out.Spec.MaxReplicas = h.Spec.MinReplicas, h.Spec.MaxReplicas
	out.Status.CurrentReplicas = h.Status.CurrentReplicas
	_ = toV2(h, out) // unreadable annotations are left out, as when they are stored
	if h.Spec.TargetCPUUtilizationPercentage != nil {
		placeCPU(out)
	}
	return out
}

// placeCPU moves the target for CPU, which this version tells apart from other
// metrics, from the end to where its current value is, or else to the front.
func placeCPU(h *autoscalingv2.HorizontalPodAutoscaler) {
	last := len(h.Spec.Metrics) - 1
	at := 0
	if len(h.Status.CurrentMetrics) == len(h.Spec.Metrics) {
		at = max(0, slices.IndexFunc(h.Status.CurrentMetrics, func(m autoscalingv2.MetricStatus) bool {
			return m.Resource != nil && m.Resource.Name == corev1.ResourceCPU
		}))
	}
	h.Spec.Metrics = slices.Insert(h.Spec.Metrics[:last:last], at, h.Spec.Metrics[last])
}

func toV2(from *HorizontalPodAutoscaler, to *autoscalingv2.HorizontalPodAutoscaler) error {
	annotations := maps.Clone(from.Annotations)
	read := func(key string, into any) bool {
		text, ok := annotations[key]
		delete(annotations, key)
		return ok && json.Unmarshal([]byte(text), into) == nil
	}
	var specs []metricSpec
	if read(MetricSpecsAnnotation, &specs) {
		for _, m := range specs {
			to.Spec.Metrics = append(to.Spec.Metrics, m.v2())
		}
	}
	if n := from.Spec.TargetCPUUtilizationPercentage; n != nil {
		use := *n
		to.Spec.Metrics = append(to.Spec.Metrics, autoscalingv2.MetricSpec{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricSource{
			Name: corev1.ResourceCPU, Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &use}}})
	}
	var statuses []metricStatus
	if read(MetricStatusesAnnotation, &statuses) {
		for _, m := range statuses {
			to.Status.CurrentMetrics = append(to.Status.CurrentMetrics, m.v2())
		}
	} else if n := from.Status.CurrentCPUUtilizationPercentage; n != nil {
		use := *n
		to.Status.CurrentMetrics = []autoscalingv2.MetricStatus{{Type: autoscalingv2.ResourceMetricSourceType, Resource: &autoscalingv2.ResourceMetricStatus{
			Name: corev1.ResourceCPU, Current: autoscalingv2.MetricValueStatus{AverageUtilization: &use}}}}
	}
	var conditions []condition
	if read(HorizontalPodAutoscalerConditionsAnnotation, &conditions) {
		for _, c := range conditions {
			full := autoscalingv2.HorizontalPodAutoscalerCondition{Type: c.Type, Status: c.Status, Reason: c.Reason, Message: c.Message, ObservedGeneration: c.ObservedGeneration}
			if c.LastTransitionTime != nil {
				full.LastTransitionTime = *c.LastTransitionTime
			}
			to.Status.Conditions = append(to.Status.Conditions, full)
		}
	}
	var b behavior
	if read(BehaviorSpecsAnnotation, &b) {
		to.Spec.Behavior = &autoscalingv2.HorizontalPodAutoscalerBehavior{ScaleUp: b.ScaleUp.v2(), ScaleDown: b.ScaleDown.v2()}
	}
	if len(annotations) == 0 {
		annotations = nil
	}
	to.Annotations = annotations
	return nil
}

func fromV2(from *autoscalingv2.HorizontalPodAutoscaler, to *HorizontalPodAutoscaler) error {
	annotations := maps.Clone(from.Annotations)
	if annotations == nil {
		annotations = map[string]string{}
	}
	write := func(key string, value any, some bool) error {
		delete(annotations, key)
		if !some {
			return nil
		}
		text, err := json.Marshal(value)
		annotations[key] = string(text)
		return err
	}
	var specs []metricSpec
	for i := range from.Spec.Metrics {
		m := &from.Spec.Metrics[i]
		if m.Resource != nil && m.Resource.Name == corev1.ResourceCPU && m.Resource.Target.AverageUtilization != nil {
			use := *m.Resource.Target.AverageUtilization
			to.Spec.TargetCPUUtilizationPercentage = &use
			continue
		}
		specs = append(specs, specOf(m))
	}
	var statuses []metricStatus
	for i := range from.Status.CurrentMetrics {
		m := &from.Status.CurrentMetrics[i]
		if m.Resource != nil && m.Resource.Name == corev1.ResourceCPU && m.Resource.Current.AverageUtilization != nil {
			use := *m.Resource.Current.AverageUtilization
			to.Status.CurrentCPUUtilizationPercentage = &use
		}
		statuses = append(statuses, statusOf(m))
	}
	conditions := make([]condition, len(from.Status.Conditions))
	for i, c := range from.Status.Conditions {
		conditions[i] = condition{c.Type, c.Status, nil, c.Reason, c.Message, c.ObservedGeneration}
		if !c.LastTransitionTime.IsZero() {
			conditions[i].LastTransitionTime = &c.LastTransitionTime
		}
	}
	var b behavior
	if from.Spec.Behavior != nil {
		b = behavior{ScaleUp: rulesOf(from.Spec.Behavior.ScaleUp), ScaleDown: rulesOf(from.Spec.Behavior.ScaleDown)}
	}
	for _, err := range []error{
		write(MetricSpecsAnnotation, specs, len(specs) > 0),
		write(MetricStatusesAnnotation, statuses, len(statuses) > 0),
		write(HorizontalPodAutoscalerConditionsAnnotation, conditions, len(conditions) > 0),
		write(BehaviorSpecsAnnotation, b, from.Spec.Behavior != nil),
	} {
		if err != nil {
			return err
		}
	}
	if len(annotations) == 0 {
		annotations = nil
	}
	to.Annotations = annotations
	return nil
}

// condition is written like v2's.
type condition struct {
	Type               autoscalingv2.HorizontalPodAutoscalerConditionType `json:"type"`
	Status             corev1.ConditionStatus                             `json:"status"`
	LastTransitionTime *meta.Time                                         `json:"lastTransitionTime"`
	Reason             string                                             `json:"reason,omitempty"`
	Message            string                                             `json:"message,omitempty"`
	ObservedGeneration *int64                                             `json:"observedGeneration,omitempty"`
}

// behavior is written with Go's names of fields, as it was when the annotation
// was made up.
type behavior struct {
	ScaleUp   *scalingRules
	ScaleDown *scalingRules
}

type scalingRules struct {
	StabilizationWindowSeconds *int32
	SelectPolicy               *autoscalingv2.ScalingPolicySelect
	Policies                   []scalingPolicy
	Tolerance                  *quantity.Quantity
}

type scalingPolicy struct {
	Type          autoscalingv2.HPAScalingPolicyType
	Value         int32
	PeriodSeconds int32
}

func (r *scalingRules) v2() *autoscalingv2.HPAScalingRules {
	if r == nil {
		return nil
	}
	out := &autoscalingv2.HPAScalingRules{StabilizationWindowSeconds: r.StabilizationWindowSeconds, SelectPolicy: r.SelectPolicy, Tolerance: r.Tolerance}
	out.Policies = []autoscalingv2.HPAScalingPolicy{} // what the annotation leaves out has no default
	for _, p := range r.Policies {
		out.Policies = append(out.Policies, autoscalingv2.HPAScalingPolicy{Type: p.Type, Value: p.Value, PeriodSeconds: p.PeriodSeconds})
	}
	return out
}

func rulesOf(r *autoscalingv2.HPAScalingRules) *scalingRules {
	if r == nil {
		return nil
	}
	out := &scalingRules{StabilizationWindowSeconds: r.StabilizationWindowSeconds, SelectPolicy: r.SelectPolicy, Tolerance: r.Tolerance}
	for _, p := range r.Policies {
		out.Policies = append(out.Policies, scalingPolicy{Type: p.Type, Value: p.Value, PeriodSeconds: p.PeriodSeconds})
	}
	return out
}
