package discoveryv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type AddressType string

type Endpoint struct {
	Addresses []string `json:"addresses" protobuf:"bytes,1" required:"true" listType:"set"`
	// Observations about the object, one for each type.
	Conditions         EndpointConditions      `json:"conditions,omitempty" protobuf:"bytes,2"`
	Hostname           *string                 `json:"hostname,omitempty" protobuf:"bytes,3"`
	TargetRef          *corev1.ObjectReference `json:"targetRef,omitempty" protobuf:"bytes,4"`
	DeprecatedTopology map[string]string       `json:"deprecatedTopology,omitempty" protobuf:"bytes,5"`
	NodeName           *string                 `json:"nodeName,omitempty" protobuf:"bytes,6"`
	Zone               *string                 `json:"zone,omitempty" protobuf:"bytes,7"`
	Hints              *EndpointHints          `json:"hints,omitempty" protobuf:"bytes,8"`
}

type EndpointConditions struct {
	Ready       *bool `json:"ready,omitempty" protobuf:"bytes,1"`
	Serving     *bool `json:"serving,omitempty" protobuf:"bytes,2"`
	Terminating *bool `json:"terminating,omitempty" protobuf:"bytes,3"`
}

type EndpointHints struct {
	ForZones []ForZone `json:"forZones,omitempty" protobuf:"bytes,1" listType:"atomic"`
	ForNodes []ForNode `json:"forNodes,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type EndpointPort struct {
	_           struct{}         `mapType:"atomic"`
	Name        *string          `json:"name,omitempty" protobuf:"bytes,1"`
	Protocol    *corev1.Protocol `json:"protocol,omitempty" protobuf:"bytes,2" enum:"SCTP|TCP|UDP"`
	Port        *int32           `json:"port,omitempty" protobuf:"bytes,3"`
	AppProtocol *string          `json:"appProtocol,omitempty" protobuf:"bytes,4"`
}

type EndpointSlice struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	AddressType     AddressType    `json:"addressType" protobuf:"bytes,4" required:"true" enum:"FQDN|IPv4|IPv6"`
	Endpoints       []Endpoint     `json:"endpoints" protobuf:"bytes,2" listType:"atomic"`
	Ports           []EndpointPort `json:"ports" protobuf:"bytes,3" listType:"atomic"`
}

// EndpointSliceList is a list of EndpointSlices.
type EndpointSliceList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []EndpointSlice `json:"items" protobuf:"bytes,2" required:"true"`
}

type ForNode struct {
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

type ForZone struct {
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}
