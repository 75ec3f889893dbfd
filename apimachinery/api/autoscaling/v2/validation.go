package autoscalingv2

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

const (
	maxStabilizationSeconds = 3600
	maxPeriodSeconds        = 1800
)

// ValidateHorizontalPodAutoscaler finds every fault of an autoscaler that is about to be made.
func ValidateHorizontalPodAutoscaler(h *HorizontalPodAutoscaler) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &h.ObjectMeta, true, names.DNSSubdomain), autoscalerSpec(rules.Spec, &h.Spec, 1)...)
}

// ValidateHorizontalPodAutoscalerUpdate finds every fault of an autoscaler
// that is about to replace old, which may scale to nothing if old does.
func ValidateHorizontalPodAutoscalerUpdate(h, old *HorizontalPodAutoscaler) validate.Errors {
	least := int32(1)
	if old.Spec.MinReplicas != nil && *old.Spec.MinReplicas == 0 {
		least = 0
	}
	return append(validate.ObjectMetaUpdate(rules.Metadata, &h.ObjectMeta, &old.ObjectMeta), autoscalerSpec(rules.Spec, &h.Spec, least)...)
}

// ValidateHorizontalPodAutoscalerStatusUpdate finds every fault of an autoscaler's status.
func ValidateHorizontalPodAutoscalerStatusUpdate(h, old *HorizontalPodAutoscaler) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &h.ObjectMeta, &old.ObjectMeta),
		validate.NonNegative(rules.Status.Child("currentReplicas"), h.Status.CurrentReplicas),
		validate.NonNegative(rules.Status.Child("desiredReplicas"), h.Status.DesiredReplicas),
	)
}

func autoscalerSpec(p validate.Path, s *HorizontalPodAutoscalerSpec, least int32) validate.Errors {
	most := p.Child("maxReplicas")
	return validate.All(
		validate.Declared(validate.IfSet(p.Child("minReplicas"), s.MinReplicas, validate.AtLeast(least))),
		validate.Declared(rules.Require(s.MaxReplicas != 0, most, "")),
		validate.Declared(validate.When(s.MaxReplicas != 0, func() validate.Errors { return validate.AtLeast[int32](1)(most, s.MaxReplicas) })),
		rules.Must(s.MinReplicas == nil || s.MaxReplicas >= *s.MinReplicas, most, s.MaxReplicas, "must be greater than or equal to `minReplicas`"),
		reference(p.Child("scaleTargetRef"), &s.ScaleTargetRef),
		metrics(p.Child("metrics"), s),
		validate.When(s.Behavior != nil, func() validate.Errors {
			p := p.Child("behavior")
			return append(scaling(p.Child("scaleUp"), s.Behavior.ScaleUp), scaling(p.Child("scaleDown"), s.Behavior.ScaleDown)...)
		}),
	)
}

func reference(p validate.Path, r *CrossVersionObjectReference) validate.Errors {
	return append(validate.Named(p.Child("kind"), r.Kind, names.PathSegment), validate.Named(p.Child("name"), r.Name, names.PathSegment)...)
}

func metrics(p validate.Path, s *HorizontalPodAutoscalerSpec) validate.Errors {
	outside := false
	for i := range s.Metrics {
		outside = outside || s.Metrics[i].Object != nil || s.Metrics[i].External != nil
	}
	return append(validate.Each(p, s.Metrics, metric),
		rules.Forbid(s.MinReplicas != nil && *s.MinReplicas == 0 && !outside, p, "must specify at least one Object or External metric to support scaling to zero replicas")...)
}

func metric(p validate.Path, m *MetricSpec) validate.Errors {
	kinds := []MetricSourceType{ContainerResourceMetricSourceType, ExternalMetricSourceType, ObjectMetricSourceType, PodsMetricSourceType, ResourceMetricSourceType}
	if m.Type == "" {
		return validate.Required(p.Child("type"), "must specify a metric source type")
	}
	errs := validate.In(p.Child("type"), m.Type, kinds...)
	if len(errs) > 0 {
		return errs
	}
	part := func(t MetricSourceType, name string, set bool, check func(p validate.Path) validate.Errors) {
		p := p.Child(name)
		switch {
		case t != m.Type:
			errs = append(errs, rules.Forbid(set, p, "must populate the given metric source only")...)
		case !set:
			errs = append(errs, validate.Required(p, "must populate information for the given metric source")...)
		default:
			errs = append(errs, check(p)...)
		}
	}
	part(ObjectMetricSourceType, "object", m.Object != nil, func(p validate.Path) validate.Errors {
		return validate.All(
			reference(p.Child("describedObject"), &m.Object.DescribedObject),
			identifier(p.Child("metric"), &m.Object.Metric),
			metricTarget(p.Child("target"), &m.Object.Target),
			rules.Require(m.Object.Target.Value != nil || m.Object.Target.AverageValue != nil, p.Child("target", "averageValue"), "must set either a target value or averageValue"),
		)
	})
	part(PodsMetricSourceType, "pods", m.Pods != nil, func(p validate.Path) validate.Errors {
		return validate.All(
			identifier(p.Child("metric"), &m.Pods.Metric),
			metricTarget(p.Child("target"), &m.Pods.Target),
			rules.Require(m.Pods.Target.AverageValue != nil && m.Pods.Target.AverageValue.Sign() > 0, p.Child("target", "averageValue"), "must specify a positive target averageValue"),
		)
	})
	part(ResourceMetricSourceType, "resource", m.Resource != nil, func(p validate.Path) validate.Errors {
		return append(rules.Require(m.Resource.Name != "", p.Child("name"), "must specify a resource name"), resourceTarget(p.Child("target"), &m.Resource.Target)...)
	})
	part(ContainerResourceMetricSourceType, "containerResource", m.ContainerResource != nil, func(p validate.Path) validate.Errors {
		return validate.All(
			rules.Require(m.ContainerResource.Name != "", p.Child("name"), "must specify a resource name"),
			rules.Require(m.ContainerResource.Container != "", p.Child("container"), "must specify a container"),
			resourceTarget(p.Child("target"), &m.ContainerResource.Target),
		)
	})
	part(ExternalMetricSourceType, "external", m.External != nil, func(p validate.Path) validate.Errors {
		t := &m.External.Target
		return validate.All(
			identifier(p.Child("metric"), &m.External.Metric),
			metricTarget(p.Child("target"), t),
			rules.Require(t.Value != nil || t.AverageValue != nil, p.Child("target", "averageValue"), "must set either a target value for metric or a per-pod target"),
			rules.Forbid(t.Value != nil && t.AverageValue != nil, p.Child("target", "value"), "may not set both a target value for metric and a per-pod target"),
		)
	})
	return errs
}

func identifier(p validate.Path, m *MetricIdentifier) validate.Errors {
	return append(validate.Named(p.Child("name"), m.Name, names.PathSegment), validate.LabelSelector(p.Child("selector"), m.Selector)...)
}

func metricTarget(p validate.Path, t *MetricTarget) validate.Errors {
	positive := func(p validate.Path, q quantity.Quantity) validate.Errors {
		return rules.Must(q.Sign() > 0, p, q, "must be positive")
	}
	known := t.Type == "" || t.Type == UtilizationMetricType || t.Type == ValueMetricType || t.Type == AverageValueMetricType
	return validate.All(
		rules.Require(t.Type != "", p.Child("type"), "must specify a metric target type"),
		rules.Must(known, p.Child("type"), t.Type, "must be either Utilization, Value, or AverageValue"),
		validate.IfSet(p.Child("value"), t.Value, positive),
		validate.IfSet(p.Child("averageValue"), t.AverageValue, positive),
		validate.IfSet(p.Child("averageUtilization"), t.AverageUtilization, func(p validate.Path, n int32) validate.Errors {
			return rules.Must(n >= 1, p, n, "must be greater than 0")
		}),
	)
}

func resourceTarget(p validate.Path, t *MetricTarget) validate.Errors {
	return validate.All(
		metricTarget(p, t),
		rules.Require(t.AverageUtilization != nil || t.AverageValue != nil, p.Child("averageUtilization"), "must set either a target raw value or a target utilization"),
		rules.Forbid(t.AverageUtilization != nil && t.AverageValue != nil, p.Child("averageValue"), "may not set both a target raw value and a target utilization"),
	)
}

func scaling(p validate.Path, r *HPAScalingRules) validate.Errors {
	if r == nil {
		return nil
	}
	return validate.All(
		validate.IfSet(p.Child("stabilizationWindowSeconds"), r.StabilizationWindowSeconds, func(p validate.Path, n int32) validate.Errors {
			return append(rules.Must(n >= 0, p, n, "must be greater than or equal to zero"), validate.AtMost[int32](maxStabilizationSeconds)(p, n)...)
		}),
		validate.IfSet(p.Child("selectPolicy"), r.SelectPolicy, func(p validate.Path, s ScalingPolicySelect) validate.Errors {
			return validate.In(p, s, DisabledPolicySelect, MaxChangePolicySelect, MinChangePolicySelect)
		}),
		rules.Require(len(r.Policies) > 0, p.Child("policies"), "must specify at least one Policy"),
		validate.Each(p.Child("policies"), r.Policies, func(p validate.Path, policy *HPAScalingPolicy) validate.Errors {
			return validate.All(
				validate.In(p.Child("type"), policy.Type, PercentScalingPolicy, PodsScalingPolicy),
				validate.Positive(p.Child("value"), policy.Value),
				validate.Positive(p.Child("periodSeconds"), policy.PeriodSeconds),
				validate.AtMost[int32](maxPeriodSeconds)(p.Child("periodSeconds"), policy.PeriodSeconds),
			)
		}),
		validate.IfSet(p.Child("tolerance"), r.Tolerance, func(p validate.Path, q quantity.Quantity) validate.Errors {
			return rules.Must(q.Sign() >= 0, p, q, "must be greater than or equal to 0")
		}),
	)
}
