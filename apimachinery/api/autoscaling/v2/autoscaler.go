package autoscalingv2

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func horizontalpodautoscalers() *scheme.Resource {
	return scheme.Define[HorizontalPodAutoscaler, HorizontalPodAutoscalerList](scheme.Spec[HorizontalPodAutoscaler]{
		Name:           "horizontalpodautoscalers",
		ShortNames:     []string{"hpa"},
		Categories:     []string{"all"},
		Namespaced:     true,
		Default:        DefaultHorizontalPodAutoscaler,
		Validate:       ValidateHorizontalPodAutoscaler,
		ValidateUpdate: ValidateHorizontalPodAutoscalerUpdate,
		SpecChanged:    func(h, old *HorizontalPodAutoscaler) bool { return !validate.Equal(h.Spec, old.Spec) },
		Status:         &scheme.Status[HorizontalPodAutoscaler]{Validate: ValidateHorizontalPodAutoscalerStatusUpdate},
		Columns: Columns(scheme.NameColumn[HorizontalPodAutoscaler](), scheme.AgeColumn[HorizontalPodAutoscaler](),
			func(h *HorizontalPodAutoscaler) *HorizontalPodAutoscaler { return h }),
	})
}

// DefaultHorizontalPodAutoscaler fills in what the author of an autoscaler left
// out: it aims at four fifths of the CPU that Pods ask for.
func DefaultHorizontalPodAutoscaler(h *HorizontalPodAutoscaler) {
	rules.Default(&h.Spec.MinReplicas, 1)
	if len(h.Spec.Metrics) == 0 {
		use := int32(80)
		h.Spec.Metrics = []MetricSpec{{Type: ResourceMetricSourceType, Resource: &ResourceMetricSource{
			Name: corev1.ResourceCPU, Target: MetricTarget{Type: UtilizationMetricType, AverageUtilization: &use}}}}
	}
	b := h.Spec.Behavior
	if b == nil {
		return
	}
	double := HPAScalingPolicy{Type: PercentScalingPolicy, Value: 100, PeriodSeconds: 15}
	if b.ScaleUp == nil {
		b.ScaleUp = &HPAScalingRules{}
	}
	rules.Default(&b.ScaleUp.StabilizationWindowSeconds, 0)
	defaultScaling(b.ScaleUp, HPAScalingPolicy{Type: PodsScalingPolicy, Value: 4, PeriodSeconds: 15}, double)
	if b.ScaleDown == nil {
		b.ScaleDown = &HPAScalingRules{}
	}
	defaultScaling(b.ScaleDown, double)
}

func defaultScaling(r *HPAScalingRules, policies ...HPAScalingPolicy) {
	rules.Default(&r.SelectPolicy, MaxChangePolicySelect)
	if r.Policies == nil {
		r.Policies = policies
	}
}

// Columns are what is printed of an autoscaler in any version; of turns one
// into this version's.
func Columns[T any](name, age scheme.Column[T], of func(*T) *HorizontalPodAutoscaler) []scheme.Column[T] {
	return []scheme.Column[T]{
		name,
		{Name: "Reference", Help: cells.Help("horizontalpodautoscalers", "Reference"), Cell: func(o *T) any { r := of(o).Spec.ScaleTargetRef; return r.Kind + "/" + r.Name }},
		{Name: "Targets", Help: cells.Help("horizontalpodautoscalers", "Targets"), Cell: func(o *T) any { h := of(o); return targets(h.Spec.Metrics, h.Status.CurrentMetrics) }},
		{Name: "MinPods", Help: cells.Help("horizontalpodautoscalers", "MinPods"), Cell: func(o *T) any {
			n := of(o).Spec.MinReplicas
			if n == nil {
				return cells.Unset
			}
			return strconv.Itoa(int(*n))
		}},
		{Name: "MaxPods", Help: cells.Help("horizontalpodautoscalers", "MaxPods"), Cell: func(o *T) any { return int64(of(o).Spec.MaxReplicas) }},
		{Name: "Replicas", Help: cells.Help("horizontalpodautoscalers", "Replicas"), Cell: func(o *T) any { return int64(of(o).Status.CurrentReplicas) }},
		age,
	}
}

const maxTargets = 2

func targets(specs []MetricSpec, statuses []MetricStatus) string {
	if len(specs) == 0 {
		return cells.None
	}
	var all []string
	for i := range specs {
		var status MetricStatus
		if i < len(statuses) {
			status = statuses[i]
		}
		all = append(all, target(&specs[i], &status))
	}
	if len(all) > maxTargets {
		return fmt.Sprintf("%s + %d more...", strings.Join(all[:maxTargets], ", "), len(all)-maxTargets)
	}
	return strings.Join(all, ", ")
}

func target(m *MetricSpec, s *MetricStatus) string {
	amount := func(q *quantity.Quantity) string {
		if q == nil {
			return cells.Unknown
		}
		return q.String()
	}
	share := func(n *int32, otherwise string) string {
		if n == nil {
			return otherwise
		}
		return fmt.Sprintf("%d%%", *n)
	}
	measured := func(t *MetricTarget, have *MetricValueStatus) string {
		if t.AverageValue != nil {
			return amount(have.AverageValue) + "/" + t.AverageValue.String() + " (avg)"
		}
		return amount(have.Value) + "/" + amount(t.Value)
	}
	used := func(name string, t *MetricTarget, have *MetricValueStatus) string {
		if t.AverageValue != nil {
			return name + ": " + amount(have.AverageValue) + "/" + t.AverageValue.String()
		}
		return name + ": " + share(have.AverageUtilization, cells.Unknown) + "/" + share(t.AverageUtilization, "<auto>")
	}
	var have MetricValueStatus
	switch {
	case m.External != nil:
		if s.External != nil {
			have = s.External.Current
		}
		return measured(&m.External.Target, &have)
	case m.Object != nil:
		if s.Object != nil {
			have = s.Object.Current
		}
		return measured(&m.Object.Target, &have)
	case m.Pods != nil:
		if s.Pods != nil {
			have = s.Pods.Current
		}
		return amount(have.AverageValue) + "/" + amount(m.Pods.Target.AverageValue)
	case m.Resource != nil:
		if s.Resource != nil {
			have = s.Resource.Current
		}
		return used(string(m.Resource.Name), &m.Resource.Target, &have)
	case m.ContainerResource != nil:
		if s.ContainerResource != nil {
			have = s.ContainerResource.Current
		}
		return used(string(m.ContainerResource.Name), &m.ContainerResource.Target, &have)
	}
	return "<unknown type>"
}
