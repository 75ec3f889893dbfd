package custommetricsv1beta2

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// MetricIdentifier names a metric.
type MetricIdentifier struct {
	// Name of the metric.
	Name string `json:"name" protobuf:"bytes,1"`
	// Narrows it down by the metric's labels; nil takes all.
	Selector *meta.LabelSelector `json:"selector" protobuf:"bytes,2"`
}

// MetricListOptions is the query of a request for metrics.
type MetricListOptions struct {
	meta.TypeMeta `json:",inline"`
	// Picks objects by their labels.
	LabelSelector string `json:"labelSelector,omitempty" protobuf:"bytes,1"`
	// Narrows down by the metric's own labels.
	MetricLabelSelector string `json:"metricLabelSelector,omitempty" protobuf:"bytes,2"`
}

// MetricValue is what a metric of an object was.
type MetricValue struct {
	meta.TypeMeta `json:",inline"`
	// The object.
	DescribedObject corev1.ObjectReference `json:"describedObject" protobuf:"bytes,1"`
	// Which metric.
	Metric MetricIdentifier `json:"metric" protobuf:"bytes,2"`
	// When it was measured.
	Timestamp meta.Time `json:"timestamp" protobuf:"bytes,3"`
	// Seconds over which it was measured; nil for a value of one moment.
	WindowSeconds *int64 `json:"windowSeconds,omitempty" protobuf:"bytes,4"`
	// The value.
	Value quantity.Quantity `json:"value" protobuf:"bytes,5"`
}

// MetricValueList is the values of a metric for several objects.
type MetricValueList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The values.
	Items []MetricValue `json:"items" protobuf:"bytes,2"`
}
