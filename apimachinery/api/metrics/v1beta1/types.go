package metricsv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type ContainerMetrics struct {
	Name  string              `json:"name" protobuf:"bytes,1"`
	Usage corev1.ResourceList `json:"usage" protobuf:"bytes,2"`
}

type NodeMetrics struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Timestamp       meta.Time           `json:"timestamp" protobuf:"bytes,2"`
	Window          meta.Duration       `json:"window" protobuf:"bytes,3"`
	Usage           corev1.ResourceList `json:"usage" protobuf:"bytes,4"`
}

// NodeMetricsList is a list of NodeMetricses.
type NodeMetricsList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []NodeMetrics `json:"items" protobuf:"bytes,2"`
}

type PodMetrics struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Timestamp       meta.Time          `json:"timestamp" protobuf:"bytes,2"`
	Window          meta.Duration      `json:"window" protobuf:"bytes,3"`
	Containers      []ContainerMetrics `json:"containers" protobuf:"bytes,4"`
}

// PodMetricsList is a list of PodMetricses.
type PodMetricsList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PodMetrics `json:"items" protobuf:"bytes,2"`
}
