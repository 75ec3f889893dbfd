package metricsv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// ContainerMetrics is what a container uses.
type ContainerMetrics struct {
	// Name of the container.
	Name string `json:"name" protobuf:"bytes,1"`
	// CPU and memory.
	Usage corev1.ResourceList `json:"usage" protobuf:"bytes,2"`
}

// NodeMetrics is what a node uses.
type NodeMetrics struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// End of the time that it was measured over.
	Timestamp meta.Time `json:"timestamp" protobuf:"bytes,2"`
	// Length of that time.
	Window meta.Duration `json:"window" protobuf:"bytes,3"`
	// CPU and memory.
	Usage corev1.ResourceList `json:"usage" protobuf:"bytes,4"`
}

// NodeMetricsList is a list of NodeMetrics.
type NodeMetricsList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []NodeMetrics `json:"items" protobuf:"bytes,2"`
}

// PodMetrics is what a Pod uses.
type PodMetrics struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// End of the time that it was measured over.
	Timestamp meta.Time `json:"timestamp" protobuf:"bytes,2"`
	// Length of that time.
	Window meta.Duration `json:"window" protobuf:"bytes,3"`
	// What each container uses.
	Containers []ContainerMetrics `json:"containers" protobuf:"bytes,4"`
}

// PodMetricsList is a list of PodMetrics.
type PodMetricsList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PodMetrics `json:"items" protobuf:"bytes,2"`
}
