package externalmetricsv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// ExternalMetricValue is what a metric from outside the cluster was.
type ExternalMetricValue struct {
	meta.TypeMeta `json:",inline"`
	// Name of the metric.
	MetricName string `json:"metricName" protobuf:"bytes,1"`
	// Labels that tell this value from others of the metric.
	MetricLabels map[string]string `json:"metricLabels" protobuf:"bytes,2"`
	// When it was measured.
	Timestamp meta.Time `json:"timestamp" protobuf:"bytes,3"`
	// Seconds over which it was measured; nil for a value of one moment.
	WindowSeconds *int64 `json:"window,omitempty" protobuf:"bytes,4"`
	// The value.
	Value quantity.Quantity `json:"value" protobuf:"bytes,5"`
}

// ExternalMetricValueList is the values of a metric from outside the cluster.
type ExternalMetricValueList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The values.
	Items []ExternalMetricValue `json:"items" protobuf:"bytes,2"`
}
