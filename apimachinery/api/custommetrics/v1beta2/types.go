package custommetricsv1beta2

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

type MetricIdentifier struct {
	Name     string              `json:"name" protobuf:"bytes,1"`
	Selector *meta.LabelSelector `json:"selector" protobuf:"bytes,2"`
}

type MetricListOptions struct {
	meta.TypeMeta       `json:",inline"`
	LabelSelector       string `json:"labelSelector,omitempty" protobuf:"bytes,1"`
	MetricLabelSelector string `json:"metricLabelSelector,omitempty" protobuf:"bytes,2"`
}

type MetricValue struct {
	meta.TypeMeta   `json:",inline"`
	DescribedObject corev1.ObjectReference `json:"describedObject" protobuf:"bytes,1"`
	Metric          MetricIdentifier       `json:"metric" protobuf:"bytes,2"`
	Timestamp       meta.Time              `json:"timestamp" protobuf:"bytes,3"`
	WindowSeconds   *int64                 `json:"windowSeconds,omitempty" protobuf:"bytes,4"`
	Value           quantity.Quantity      `json:"value" protobuf:"bytes,5"`
}

// MetricValueList is a list of MetricValues.
type MetricValueList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []MetricValue `json:"items" protobuf:"bytes,2"`
}
