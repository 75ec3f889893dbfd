package coordinationv1alpha2

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

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
