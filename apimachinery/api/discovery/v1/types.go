package discoveryv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// AddressType says what the addresses of an EndpointSlice are.
type AddressType string

// Endpoint is one place that serves, such as a Pod.
type Endpoint struct {
	// Its addresses, of the slice's type, 1 to 100 and all the same to clients; most read only the
	// first.
	Addresses []string `json:"addresses" protobuf:"bytes,1" required:"true" listType:"set"`
	// Whether it serves.
	Conditions EndpointConditions `json:"conditions,omitempty" protobuf:"bytes,2"`
	// Its name in DNS below the Service's.
	Hostname *string `json:"hostname,omitempty" protobuf:"bytes,3"`
	// The Pod or other object behind it.
	TargetRef *corev1.ObjectReference `json:"targetRef,omitempty" protobuf:"bytes,4"`
	// Labels of its node. Deprecated: read back from nodeName and zone.
	DeprecatedTopology map[string]string `json:"deprecatedTopology,omitempty" protobuf:"bytes,5"`
	// Node that it is on.
	NodeName *string `json:"nodeName,omitempty" protobuf:"bytes,6"`
	// Zone that it is in.
	Zone *string `json:"zone,omitempty" protobuf:"bytes,7"`
	// Who should use it.
	Hints *EndpointHints `json:"hints,omitempty" protobuf:"bytes,8"`
}

// EndpointConditions is whether an endpoint serves.
type EndpointConditions struct {
	// Whether it takes new connections; nil means true. False while it ends.
	Ready *bool `json:"ready,omitempty" protobuf:"bytes,1"`
	// Whether it can serve, even while it ends; nil means what ready says.
	Serving *bool `json:"serving,omitempty" protobuf:"bytes,2"`
	// Whether it is ending; nil means false.
	Terminating *bool `json:"terminating,omitempty" protobuf:"bytes,3"`
}

// EndpointHints says who should use an endpoint.
type EndpointHints struct {
	// Zones whose clients should, at most 8.
	ForZones []ForZone `json:"forZones,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Nodes whose clients should, at most 8.
	ForNodes []ForNode `json:"forNodes,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// EndpointPort is a port that every endpoint of the slice serves on.
type EndpointPort struct {
	_ struct{} `mapType:"atomic"`
	// Name of the port as the Service has it; empty or a DNS label, unique in the slice.
	Name *string `json:"name,omitempty" protobuf:"bytes,1"`
	// TCP, UDP or SCTP; default TCP.
	Protocol *corev1.Protocol `json:"protocol,omitempty" protobuf:"bytes,2" enum:"SCTP|TCP|UDP"`
	// Number of the port; nil means all ports.
	Port *int32 `json:"port,omitempty" protobuf:"bytes,3"`
	// What is spoken over it, such as http or kubernetes.io/h2c; a hint for proxies.
	AppProtocol *string `json:"appProtocol,omitempty" protobuf:"bytes,4"`
}

// EndpointSlice is some of the endpoints of a Service; a Service may have many.
type EndpointSlice struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// IPv4, IPv6 or FQDN; cannot change.
	AddressType AddressType `json:"addressType" protobuf:"bytes,4" required:"true" enum:"FQDN|IPv4|IPv6"`
	// The endpoints, at most 1000.
	Endpoints []Endpoint `json:"endpoints" protobuf:"bytes,2" listType:"atomic"`
	// Ports that each of them serves, at most 100; empty means none.
	Ports []EndpointPort `json:"ports" protobuf:"bytes,3" listType:"atomic"`
}

// EndpointSliceList is a list of EndpointSlices.
type EndpointSliceList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []EndpointSlice `json:"items" protobuf:"bytes,2" required:"true"`
}

// ForNode names a node whose clients should use an endpoint.
type ForNode struct {
	// Name of the node.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

// ForZone names a zone whose clients should use an endpoint.
type ForZone struct {
	// Name of the zone.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}
