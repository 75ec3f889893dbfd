package apidiscoveryv2

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type APIGroupDiscovery struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Versions        []APIVersionDiscovery `json:"versions,omitempty" protobuf:"bytes,2"`
}

// APIGroupDiscoveryList is a list of APIGroupDiscoverys.
type APIGroupDiscoveryList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []APIGroupDiscovery `json:"items" protobuf:"bytes,2"`
}

type APIResourceDiscovery struct {
	Resource         string                    `json:"resource" protobuf:"bytes,1"`
	ResponseKind     *meta.GroupVersionKind    `json:"responseKind,omitempty" protobuf:"bytes,2"`
	Scope            ResourceScope             `json:"scope" protobuf:"bytes,3"`
	SingularResource string                    `json:"singularResource" protobuf:"bytes,4"`
	Verbs            []string                  `json:"verbs" protobuf:"bytes,5"`
	ShortNames       []string                  `json:"shortNames,omitempty" protobuf:"bytes,6"`
	Categories       []string                  `json:"categories,omitempty" protobuf:"bytes,7"`
	Subresources     []APISubresourceDiscovery `json:"subresources,omitempty" protobuf:"bytes,8"`
}

type APISubresourceDiscovery struct {
	Subresource   string                  `json:"subresource" protobuf:"bytes,1"`
	ResponseKind  *meta.GroupVersionKind  `json:"responseKind,omitempty" protobuf:"bytes,2"`
	AcceptedTypes []meta.GroupVersionKind `json:"acceptedTypes,omitempty" protobuf:"bytes,3"`
	Verbs         []string                `json:"verbs" protobuf:"bytes,4"`
}

type APIVersionDiscovery struct {
	Version   string                 `json:"version" protobuf:"bytes,1"`
	Resources []APIResourceDiscovery `json:"resources,omitempty" protobuf:"bytes,2"`
	Freshness DiscoveryFreshness     `json:"freshness,omitempty" protobuf:"bytes,3"`
}

type DiscoveryFreshness string

type ResourceScope string
