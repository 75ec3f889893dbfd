package coordinationv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Lease is held by at most one party at a time: a leader, or a node that shows it lives.
type Lease struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Who holds it and since when.
	Spec LeaseSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

// LeaseCandidate is a party that would hold a Lease whose holder the server picks.
type LeaseCandidate struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec LeaseCandidateSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
}

// LeaseCandidateList is a list of LeaseCandidates.
type LeaseCandidateList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []LeaseCandidate `json:"items" protobuf:"bytes,2" required:"true"`
}

// LeaseCandidateSpec is a candidate.
type LeaseCandidateSpec struct {
	// Lease that it would hold, in the same namespace; cannot change.
	LeaseName string `json:"leaseName" protobuf:"bytes,1" required:"true"`
	// When the server last asked whether it is still there; it answers by renewTime.
	PingTime *meta.MicroTime `json:"pingTime,omitempty" protobuf:"bytes,2"`
	// When it last said that it is still there.
	RenewTime *meta.MicroTime `json:"renewTime,omitempty" protobuf:"bytes,3"`
	// Version of the program, such as 1.37.0.
	BinaryVersion string `json:"binaryVersion" protobuf:"bytes,4" required:"true"`
	// Version that it behaves like, not above binaryVersion; needed for OldestEmulationVersion.
	EmulationVersion string `json:"emulationVersion,omitempty" protobuf:"bytes,5"`
	// Strategy that it wants; the candidate of the highest version has its way.
	Strategy coordinationv1.CoordinatedLeaseStrategy `json:"strategy,omitempty" protobuf:"bytes,6" required:"true"`
}

// LeaseList is a list of Leases.
type LeaseList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Lease `json:"items" protobuf:"bytes,2"`
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
	Strategy *coordinationv1.CoordinatedLeaseStrategy `json:"strategy,omitempty" protobuf:"bytes,6"`
	// Who shall have it next: the holder should give it up; only with strategy.
	PreferredHolder *string `json:"preferredHolder,omitempty" protobuf:"bytes,7"`
}
