package nodev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Overhead is what running a Pod costs by itself.
type Overhead struct {
	// Resources on top of the containers'.
	PodFixed corev1.ResourceList `json:"podFixed,omitempty" protobuf:"bytes,1"`
}

// RuntimeClass is a way to run containers, such as in a sandbox of its own.
type RuntimeClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Name that the nodes' runtimes know it by; cannot change.
	Handler string `json:"handler" protobuf:"bytes,2" required:"true"`
	// What each Pod costs besides its containers; nil for nothing.
	Overhead *Overhead `json:"overhead,omitempty" protobuf:"bytes,3"`
	// Nodes that can do it; nil means all.
	Scheduling *Scheduling `json:"scheduling,omitempty" protobuf:"bytes,4"`
}

// RuntimeClassList is a list of RuntimeClasses.
type RuntimeClassList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []RuntimeClass `json:"items" protobuf:"bytes,2" required:"true"`
}

// Scheduling is the nodes that can run a class.
type Scheduling struct {
	// Labels that they have; added to the Pods' own.
	NodeSelector map[string]string `json:"nodeSelector,omitempty" protobuf:"bytes,1" mapType:"atomic"`
	// Taints that they have; added to the Pods' own.
	Tolerations []corev1.Toleration `json:"tolerations,omitempty" protobuf:"bytes,2" listType:"atomic"`
}
