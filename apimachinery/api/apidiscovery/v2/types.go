package apidiscoveryv2

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// APIGroupDiscovery is a group with everything that it serves.
type APIGroupDiscovery struct {
	meta.TypeMeta `json:",inline"`
	// Its name is the group's; empty is the core group.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Versions, the preferred first.
	Versions []APIVersionDiscovery `json:"versions,omitempty" protobuf:"bytes,2"`
}

// APIGroupDiscoveryList is every group that is served, with all resources.
type APIGroupDiscoveryList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The groups, the preferred first.
	Items []APIGroupDiscovery `json:"items" protobuf:"bytes,2"`
}

// APIResourceDiscovery is one resource and what can be done with it.
type APIResourceDiscovery struct {
	// Plural name as in paths, unique in the version.
	Resource string `json:"resource" protobuf:"bytes,1"`
	// Kind of its objects; nil if it only has subresources.
	ResponseKind *meta.GroupVersionKind `json:"responseKind,omitempty" protobuf:"bytes,2"`
	// Cluster or Namespaced.
	Scope ResourceScope `json:"scope" protobuf:"bytes,3"`
	// Singular name, for command lines.
	SingularResource string `json:"singularResource" protobuf:"bytes,4"`
	// What can be done with it.
	Verbs []string `json:"verbs" protobuf:"bytes,5"`
	// Short names for command lines.
	ShortNames []string `json:"shortNames,omitempty" protobuf:"bytes,6"`
	// Groups of resources that it belongs to, such as all.
	Categories []string `json:"categories,omitempty" protobuf:"bytes,7"`
	// Its subresources.
	Subresources []APISubresourceDiscovery `json:"subresources,omitempty" protobuf:"bytes,8"`
}

// APISubresourceDiscovery is a subresource and what can be done with it.
type APISubresourceDiscovery struct {
	// Name as in paths, such as scale.
	Subresource string `json:"subresource" protobuf:"bytes,1"`
	// Kind of its answer; nil if it has none.
	ResponseKind *meta.GroupVersionKind `json:"responseKind,omitempty" protobuf:"bytes,2"`
	// Kinds that it takes.
	AcceptedTypes []meta.GroupVersionKind `json:"acceptedTypes,omitempty" protobuf:"bytes,3"`
	// What can be done with it.
	Verbs []string `json:"verbs" protobuf:"bytes,4"`
}

// APIVersionDiscovery is one version of a group and its resources.
type APIVersionDiscovery struct {
	// The version, such as v1.
	Version string `json:"version" protobuf:"bytes,1"`
	// Its resources.
	Resources []APIResourceDiscovery `json:"resources,omitempty" protobuf:"bytes,2"`
	// Current, or Stale if the server behind it did not answer.
	Freshness DiscoveryFreshness `json:"freshness,omitempty" protobuf:"bytes,3"`
}

// DiscoveryFreshness says whether a list of resources is fresh.
type DiscoveryFreshness string

// ResourceScope says where objects of a resource live.
type ResourceScope string
