package autoscalingv2

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
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
	return append(validate.ObjectMeta(rules.Metadata, &h.ObjectMeta, true, names.DNSSubdomain), autoscalerSpec(rules.Spec, &h.Spec, true)...)
}

// ValidateHorizontalPodAutoscalerUpdate finds every fault of an autoscaler
// that is about to replace old.
func ValidateHorizontalPodAutoscalerUpdate(h, old *HorizontalPodAutoscaler) validate.Errors {
	retargeted := h.Spec.ScaleTargetRef.APIVersion != old.Spec.ScaleTargetRef.APIVersion
	return append(validate.ObjectMetaUpdate(rules.Metadata, &h.ObjectMeta, &old.ObjectMeta), autoscalerSpec(rules.Spec, &h.Spec, retargeted)...)
}

// ValidateHorizontalPodAutoscalerStatusUpdate finds every fault of an autoscaler's status.
func ValidateHorizontalPodAutoscalerStatusUpdate(h, old *HorizontalPodAutoscaler) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &h.ObjectMeta, &old.ObjectMeta),
		validate.Each(rules.Status.Child("conditions"), h.Status.Conditions, func(p validate.Path, c *HorizontalPodAutoscalerCondition) validate.Errors {
			return validate.IfSet(p.Child("observedGeneration"), c.ObservedGeneration, validate.NonNegative)
		}),
		validate.NonNegative(rules.Status.Child("currentReplicas"), h.Status.CurrentReplicas),
		validate.NonNegative(rules.Status.Child("desiredReplicas"), h.Status.DesiredReplicas),
	)
}

// autoscalerSpec checks what an autoscaler is to do; retargeted says that what
// it scales has got another version, or its first.
func autoscalerSpec(p validate.Path, s *HorizontalPodAutoscalerSpec, retargeted bool) validate.Errors {
	most := p.Child("maxReplicas")
	return validate.All(
		validate.Declared(validate.IfSet(p.Child("minReplicas"), s.MinReplicas, validate.AtLeast[int32](0))),
		validate.Declared(rules.Require(s.MaxReplicas != 0, most, "")),
		validate.Declared(validate.When(s.MaxReplicas != 0, func() validate.Errors { return validate.AtLeast[int32](1)(most, s.MaxReplicas) })),
		rules.Must(s.MinReplicas == nil || s.MaxReplicas >= *s.MinReplicas, most, s.MaxReplicas, "must be greater than or equal to `minReplicas`"),
		reference(p.Child("scaleTargetRef"), &s.ScaleTargetRef),
		validate.When(retargeted, func() validate.Errors {
			return hasGroup(p.Child("scaleTargetRef", "apiVersion"), s.ScaleTargetRef.APIVersion)
		}),
		metrics(p.Child("metrics"), s),
		validate.When(s.Behavior != nil, func() validate.Errors {
			p := p.Child("behavior")
			return append(scaling(p.Child("scaleUp"), s.Behavior.ScaleUp), scaling(p.Child("scaleDown"), s.Behavior.ScaleDown)...)
		}),
	)
}

func reference(p validate.Path, r *CrossVersionObjectReference) validate.Errors {
	_, err := meta.ParseGroupVersion(r.APIVersion)
	return validate.All(
		validate.Named(p.Child("kind"), r.Kind, names.PathSegment),
		validate.Named(p.Child("name"), r.Name, names.PathSegment),
		validate.When(err != nil, func() validate.Errors { return validate.Invalid(p.Child("apiVersion"), r.APIVersion, err.Error()) }),
	)
}

// hasGroup says that an apiVersion must be of a group with a name: nothing of the
// others can be told from what came in without one.
func hasGroup(p validate.Path, version string) validate.Errors {
	gv, err := meta.ParseGroupVersion(version)
	return rules.Must(err != nil || gv.Group != "", p, version, "apiVersion must specify API group")
}

func metrics(p validate.Path, s *HorizontalPodAutoscalerSpec) validate.Errors {
	outside := false
	for i := range s.Metrics {
		outside = outside || s.Metrics[i].Object != nil || s.Metrics[i].External != nil
	}
	return append(validate.Each(p, s.Metrics, metric),
		rules.Forbid(s.MinReplicas != nil && *s.MinReplicas == 0 && !outside, p, "must specify at least one Object or External metric to support scaling to zero replicas")...)
}

// metric checks one metric: the first part that is there, and that it is the one
// which the type says.
func metric(p validate.Path, m *MetricSpec) validate.Errors {
	parts := []metricPart{
		{ObjectMetricSourceType, "object", m.Object != nil, func(p validate.Path) validate.Errors { return objectMetric(p, m.Object) }},
		{ExternalMetricSourceType, "external", m.External != nil, func(p validate.Path) validate.Errors { return externalMetric(p, m.External) }},
		{PodsMetricSourceType, "pods", m.Pods != nil, func(p validate.Path) validate.Errors { return podsMetric(p, m.Pods) }},
		{ResourceMetricSourceType, "resource", m.Resource != nil, func(p validate.Path) validate.Errors { return resourceMetric(p, m.Resource) }},
		{ContainerResourceMetricSourceType, "containerResource", m.ContainerResource != nil, func(p validate.Path) validate.Errors {
			return containerResourceMetric(p, m.ContainerResource)
		}},
	}
	errs := append(
		rules.Require(m.Type != "", p.Child("type"), "must specify a metric source type"),
		validate.In(p.Child("type"), m.Type, ContainerResourceMetricSourceType, ExternalMetricSourceType, ObjectMetricSourceType, PodsMetricSourceType, ResourceMetricSourceType)...)
	known, set := false, 0
	for _, part := range parts {
		known = known || part.of == m.Type
		if !part.set {
			continue
		}
		if set++; set == 1 {
			errs = append(errs, part.check(p.Child(part.name))...)
		}
	}
	if !known {
		return errs
	}
	for _, part := range parts {
		errs = append(errs, rules.Require(part.of != m.Type || part.set, p.Child(part.name), "must populate information for the given metric source")...)
	}
	for _, part := range parts {
		errs = append(errs, rules.Forbid(set > 1 && part.of != m.Type && part.set, p.Child(part.name), "must populate the given metric source only")...)
	}
	return errs
}

// metricPart is a field of a metric, of which the type says which one is set.
type metricPart struct {
	of    MetricSourceType
	name  string
	set   bool
	check func(p validate.Path) validate.Errors
}

func objectMetric(p validate.Path, m *ObjectMetricSource) validate.Errors {
	return validate.All(
		reference(p.Child("describedObject"), &m.DescribedObject),
		identifier(p.Child("metric"), &m.Metric),
		metricTarget(p.Child("target"), &m.Target),
		rules.Require(m.Target.Value != nil || m.Target.AverageValue != nil, p.Child("target", "averageValue"), "must set either a target value or averageValue"),
	)
}

func podsMetric(p validate.Path, m *PodsMetricSource) validate.Errors {
	return validate.All(
		identifier(p.Child("metric"), &m.Metric),
		metricTarget(p.Child("target"), &m.Target),
		rules.Require(m.Target.AverageValue != nil, p.Child("target", "averageValue"), "must specify a positive target averageValue"),
	)
}

func resourceMetric(p validate.Path, m *ResourceMetricSource) validate.Errors {
	return append(rules.Require(m.Name != "", p.Child("name"), "must specify a resource name"), resourceTarget(p.Child("target"), &m.Target)...)
}

func containerResourceMetric(p validate.Path, m *ContainerResourceMetricSource) validate.Errors {
	return validate.All(
		rules.Require(m.Name != "", p.Child("name"), "must specify a resource name"),
		validate.When(m.Name != "", func() validate.Errors { return corev1.ContainerResourceName(p.Child("name"), m.Name) }),
		rules.Require(m.Container != "", p.Child("container"), "must specify a container"),
		rules.Optional(p.Child("container"), m.Container, names.DNSLabel),
		resourceTarget(p.Child("target"), &m.Target),
	)
}

func externalMetric(p validate.Path, m *ExternalMetricSource) validate.Errors {
	t := &m.Target
	return validate.All(
		identifier(p.Child("metric"), &m.Metric),
		metricTarget(p.Child("target"), t),
		rules.Require(t.Value != nil || t.AverageValue != nil, p.Child("target", "averageValue"), "must set either a target value for metric or a per-pod target"),
		rules.Forbid(t.Value != nil && t.AverageValue != nil, p.Child("target", "value"), "may not set both a target value for metric and a per-pod target"),
	)
}

func identifier(p validate.Path, m *MetricIdentifier) validate.Errors {
	return append(rules.Require(m.Name != "", p.Child("name"), "must specify a metric name"), rules.Optional(p.Child("name"), m.Name, names.PathSegment)...)
}

func metricTarget(p validate.Path, t *MetricTarget) validate.Errors {
	positive := func(p validate.Path, q quantity.Quantity) validate.Errors {
		return rules.Must(q.Sign() > 0, p, q, "must be positive")
	}
	known := t.Type == UtilizationMetricType || t.Type == ValueMetricType || t.Type == AverageValueMetricType
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
