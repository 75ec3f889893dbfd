package nodev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type Overhead struct {
	PodFixed corev1.ResourceList `json:"podFixed,omitempty" protobuf:"bytes,1"`
}

type RuntimeClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Handler         string      `json:"handler" protobuf:"bytes,2" required:"true"`
	Overhead        *Overhead   `json:"overhead,omitempty" protobuf:"bytes,3"`
	Scheduling      *Scheduling `json:"scheduling,omitempty" protobuf:"bytes,4"`
}

// RuntimeClassList is a list of RuntimeClasses.
type RuntimeClassList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []RuntimeClass `json:"items" protobuf:"bytes,2" required:"true"`
}

type Scheduling struct {
	NodeSelector map[string]string   `json:"nodeSelector,omitempty" protobuf:"bytes,1" mapType:"atomic"`
	Tolerations  []corev1.Toleration `json:"tolerations,omitempty" protobuf:"bytes,2" listType:"atomic"`
}
