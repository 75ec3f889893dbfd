package externalmetricsv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

type ExternalMetricValue struct {
	meta.TypeMeta `json:",inline"`
	MetricName    string            `json:"metricName" protobuf:"bytes,1"`
	MetricLabels  map[string]string `json:"metricLabels" protobuf:"bytes,2"`
	Timestamp     meta.Time         `json:"timestamp" protobuf:"bytes,3"`
	WindowSeconds *int64            `json:"window,omitempty" protobuf:"bytes,4"`
	Value         quantity.Quantity `json:"value" protobuf:"bytes,5"`
}

// ExternalMetricValueList is a list of ExternalMetricValues.
type ExternalMetricValueList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ExternalMetricValue `json:"items" protobuf:"bytes,2"`
}
