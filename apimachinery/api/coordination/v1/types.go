package coordinationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// CoordinatedLeaseStrategy says which candidate gets a Lease.
type CoordinatedLeaseStrategy string

// Lease is held by at most one party at a time: a leader, or a node that shows it lives.
type Lease struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Who holds it and since when.
	Spec LeaseSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

// LeaseList is a list of Leases.
type LeaseList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Lease `json:"items" protobuf:"bytes,2" required:"true"`
}

// LeaseSpec is who holds a Lease.
type LeaseSpec struct {
	// Who holds it; nil or empty if nobody does.
	HolderIdentity *string `json:"holderIdentity,omitempty" protobuf:"bytes,1"`
	// Seconds after renewTime that others must wait before taking it.
	LeaseDurationSeconds *int32 `json:"leaseDurationSeconds,omitempty" protobuf:"varint,2"`
	// When the holder took it.
	AcquireTime *meta.MicroTime `json:"acquireTime,omitempty" protobuf:"bytes,3"`
	// When the holder last renewed it.
	RenewTime *meta.MicroTime `json:"renewTime,omitempty" protobuf:"bytes,4"`
	// How often it went from one holder to another.
	LeaseTransitions *int32 `json:"leaseTransitions,omitempty" protobuf:"varint,5"`
	// How the server picks the holder among LeaseCandidates; nil lets candidates race.
	Strategy *CoordinatedLeaseStrategy `json:"strategy,omitempty" protobuf:"bytes,6"`
	// Who shall have it next: the holder should give it up; only with strategy.
	PreferredHolder *string `json:"preferredHolder,omitempty" protobuf:"bytes,7"`
}
