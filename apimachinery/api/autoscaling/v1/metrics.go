package autoscalingv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/autoscaling/v2"
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// metricSpec is a metric as the annotation of this version holds it: every
// source has names for its parts that are its own.
type metricSpec struct {
	Type              autoscalingv2.MetricSourceType `json:"type"`
	Object            *objectMetric                  `json:"object,omitempty"`
	Pods              *podsMetric                    `json:"pods,omitempty"`
	Resource          *resourceMetric                `json:"resource,omitempty"`
	ContainerResource *resourceMetric                `json:"containerResource,omitempty"`
	External          *externalMetric                `json:"external,omitempty"`
}

type reference struct {
	Kind       string `json:"kind"`
	Name       string `json:"name"`
	APIVersion string `json:"apiVersion,omitempty"`
}

type objectMetric struct {
	Target       reference           `json:"target"`
	MetricName   string              `json:"metricName"`
	TargetValue  *quantity.Quantity  `json:"targetValue"`
	Selector     *meta.LabelSelector `json:"selector,omitempty"`
	AverageValue *quantity.Quantity  `json:"averageValue,omitempty"`
}

type podsMetric struct {
	MetricName         string              `json:"metricName"`
	TargetAverageValue *quantity.Quantity  `json:"targetAverageValue"`
	Selector           *meta.LabelSelector `json:"selector,omitempty"`
}

type resourceMetric struct {
	Name                     corev1.ResourceName `json:"name"`
	TargetAverageUtilization *int32              `json:"targetAverageUtilization,omitempty"`
	TargetAverageValue       *quantity.Quantity  `json:"targetAverageValue,omitempty"`
	Container                string              `json:"container,omitempty"`
}

type externalMetric struct {
	MetricName         string              `json:"metricName"`
	MetricSelector     *meta.LabelSelector `json:"metricSelector,omitempty"`
	TargetValue        *quantity.Quantity  `json:"targetValue,omitempty"`
	TargetAverageValue *quantity.Quantity  `json:"targetAverageValue,omitempty"`
}

// targetOf says by what it holds which type a target is of.
func targetOf(value, average *quantity.Quantity, use *int32) autoscalingv2.MetricTarget {
	t := autoscalingv2.MetricTarget{Type: autoscalingv2.ValueMetricType, Value: value, AverageValue: average, AverageUtilization: use}
	switch {
	case use != nil:
		t.Type = autoscalingv2.UtilizationMetricType
	case average != nil:
		t.Type = autoscalingv2.AverageValueMetricType
	}
	return t
}

func (m metricSpec) v2() autoscalingv2.MetricSpec {
	out := autoscalingv2.MetricSpec{Type: m.Type}
	if o := m.Object; o != nil {
		value := o.TargetValue
		if o.AverageValue != nil {
			value = nil // the form must have some target value; this one means the average
		}
		out.Object = &autoscalingv2.ObjectMetricSource{DescribedObject: autoscalingv2.CrossVersionObjectReference(o.Target),
			Metric: autoscalingv2.MetricIdentifier{Name: o.MetricName, Selector: o.Selector}, Target: targetOf(value, o.AverageValue, nil)}
	}
	if p := m.Pods; p != nil {
		out.Pods = &autoscalingv2.PodsMetricSource{Metric: autoscalingv2.MetricIdentifier{Name: p.MetricName, Selector: p.Selector}, Target: targetOf(nil, p.TargetAverageValue, nil)}
	}
	if r := m.Resource; r != nil {
		out.Resource = &autoscalingv2.ResourceMetricSource{Name: r.Name, Target: targetOf(nil, r.TargetAverageValue, r.TargetAverageUtilization)}
	}
	if r := m.ContainerResource; r != nil {
		out.ContainerResource = &autoscalingv2.ContainerResourceMetricSource{Name: r.Name, Container: r.Container, Target: targetOf(nil, r.TargetAverageValue, r.TargetAverageUtilization)}
	}
	if e := m.External; e != nil {
		out.External = &autoscalingv2.ExternalMetricSource{Metric: autoscalingv2.MetricIdentifier{Name: e.MetricName, Selector: e.MetricSelector}, Target: targetOf(e.TargetValue, e.TargetAverageValue, nil)}
	}
	return out
}

func specOf(m *autoscalingv2.MetricSpec) metricSpec {
	out := metricSpec{Type: m.Type}
	if o := m.Object; o != nil {
		value := o.Target.Value
		if value == nil {
			value = &quantity.Quantity{}
		}
		out.Object = &objectMetric{Target: reference(o.DescribedObject), MetricName: o.Metric.Name, Selector: o.Metric.Selector, TargetValue: value, AverageValue: o.Target.AverageValue}
	}
	if p := m.Pods; p != nil {
		out.Pods = &podsMetric{MetricName: p.Metric.Name, Selector: p.Metric.Selector, TargetAverageValue: p.Target.AverageValue}
	}
	if r := m.Resource; r != nil {
		out.Resource = &resourceMetric{Name: r.Name, TargetAverageUtilization: r.Target.AverageUtilization, TargetAverageValue: r.Target.AverageValue}
	}
	if r := m.ContainerResource; r != nil {
		out.ContainerResource = &resourceMetric{Name: r.Name, Container: r.Container, TargetAverageUtilization: r.Target.AverageUtilization, TargetAverageValue: r.Target.AverageValue}
	}
	if e := m.External; e != nil {
		out.External = &externalMetric{MetricName: e.Metric.Name, MetricSelector: e.Metric.Selector, TargetValue: e.Target.Value, TargetAverageValue: e.Target.AverageValue}
	}
	return out
}

// metricStatus is what is measured, in the form of the annotation.
type metricStatus struct {
	Type              autoscalingv2.MetricSourceType `json:"type"`
	Object            *objectStatus                  `json:"object,omitempty"`
	Pods              *podsStatus                    `json:"pods,omitempty"`
	Resource          *resourceStatus                `json:"resource,omitempty"`
	ContainerResource *resourceStatus                `json:"containerResource,omitempty"`
	External          *externalStatus                `json:"external,omitempty"`
}

type objectStatus struct {
	Target       reference           `json:"target"`
	MetricName   string              `json:"metricName"`
	CurrentValue *quantity.Quantity  `json:"currentValue"`
	Selector     *meta.LabelSelector `json:"selector,omitempty"`
	AverageValue *quantity.Quantity  `json:"averageValue,omitempty"`
}

type podsStatus struct {
	MetricName          string              `json:"metricName"`
	CurrentAverageValue *quantity.Quantity  `json:"currentAverageValue"`
	Selector            *meta.LabelSelector `json:"selector,omitempty"`
}

type resourceStatus struct {
	Name                      corev1.ResourceName `json:"name"`
	CurrentAverageUtilization *int32              `json:"currentAverageUtilization,omitempty"`
	CurrentAverageValue       *quantity.Quantity  `json:"currentAverageValue"`
	Container                 string              `json:"container,omitempty"`
}

type externalStatus struct {
	MetricName          string              `json:"metricName"`
	MetricSelector      *meta.LabelSelector `json:"metricSelector,omitempty"`
	CurrentValue        *quantity.Quantity  `json:"currentValue"`
	CurrentAverageValue *quantity.Quantity  `json:"currentAverageValue,omitempty"`
}

func (m metricStatus) v2() autoscalingv2.MetricStatus {
	out := autoscalingv2.MetricStatus{Type: m.Type}
	if o := m.Object; o != nil {
		out.Object = &autoscalingv2.ObjectMetricStatus{DescribedObject: autoscalingv2.CrossVersionObjectReference(o.Target),
			Metric: autoscalingv2.MetricIdentifier{Name: o.MetricName, Selector: o.Selector}, Current: autoscalingv2.MetricValueStatus{Value: o.CurrentValue, AverageValue: o.AverageValue}}
	}
	if p := m.Pods; p != nil {
		out.Pods = &autoscalingv2.PodsMetricStatus{Metric: autoscalingv2.MetricIdentifier{Name: p.MetricName, Selector: p.Selector}, Current: autoscalingv2.MetricValueStatus{AverageValue: p.CurrentAverageValue}}
	}
	if r := m.Resource; r != nil {
		out.Resource = &autoscalingv2.ResourceMetricStatus{Name: r.Name, Current: autoscalingv2.MetricValueStatus{AverageValue: r.CurrentAverageValue, AverageUtilization: r.CurrentAverageUtilization}}
	}
	if r := m.ContainerResource; r != nil {
		out.ContainerResource = &autoscalingv2.ContainerResourceMetricStatus{Name: r.Name, Container: r.Container,
			Current: autoscalingv2.MetricValueStatus{AverageValue: r.CurrentAverageValue, AverageUtilization: r.CurrentAverageUtilization}}
	}
	if e := m.External; e != nil {
		out.External = &autoscalingv2.ExternalMetricStatus{Metric: autoscalingv2.MetricIdentifier{Name: e.MetricName, Selector: e.MetricSelector},
			Current: autoscalingv2.MetricValueStatus{Value: e.CurrentValue, AverageValue: e.CurrentAverageValue}}
	}
	return out
}

// orNothing returns q, or 0: these fields cannot be left out.
func orNothing(q *quantity.Quantity) *quantity.Quantity {
	if q == nil {
		return &quantity.Quantity{}
	}
	return q
}

func statusOf(m *autoscalingv2.MetricStatus) metricStatus {
	out := metricStatus{Type: m.Type}
	if o := m.Object; o != nil {
		out.Object = &objectStatus{Target: reference(o.DescribedObject), MetricName: o.Metric.Name, Selector: o.Metric.Selector, CurrentValue: orNothing(o.Current.Value), AverageValue: o.Current.AverageValue}
	}
	if p := m.Pods; p != nil {
		out.Pods = &podsStatus{MetricName: p.Metric.Name, Selector: p.Metric.Selector, CurrentAverageValue: orNothing(p.Current.AverageValue)}
	}
	if r := m.Resource; r != nil {
		out.Resource = &resourceStatus{Name: r.Name, CurrentAverageUtilization: r.Current.AverageUtilization, CurrentAverageValue: orNothing(r.Current.AverageValue)}
	}
	if r := m.ContainerResource; r != nil {
		out.ContainerResource = &resourceStatus{Name: r.Name, Container: r.Container, CurrentAverageUtilization: r.Current.AverageUtilization, CurrentAverageValue: orNothing(r.Current.AverageValue)}
	}
	if e := m.External; e != nil {
		out.External = &externalStatus{MetricName: e.Metric.Name, MetricSelector: e.Metric.Selector, CurrentValue: orNothing(e.Current.Value), CurrentAverageValue: e.Current.AverageValue}
	}
	return out
}
