package coordinationv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type Lease struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec LeaseSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

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

type LeaseCandidateSpec struct {
	LeaseName        string                                  `json:"leaseName" protobuf:"bytes,1" required:"true"`
	PingTime         *meta.MicroTime                         `json:"pingTime,omitempty" protobuf:"bytes,2"`
	RenewTime        *meta.MicroTime                         `json:"renewTime,omitempty" protobuf:"bytes,3"`
	BinaryVersion    string                                  `json:"binaryVersion" protobuf:"bytes,4" required:"true"`
	EmulationVersion string                                  `json:"emulationVersion,omitempty" protobuf:"bytes,5"`
	Strategy         coordinationv1.CoordinatedLeaseStrategy `json:"strategy,omitempty" protobuf:"bytes,6" required:"true"`
}

// LeaseList is a list of Leases.
type LeaseList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Lease `json:"items" protobuf:"bytes,2"`
}

type LeaseSpec struct {
	HolderIdentity       *string                                  `json:"holderIdentity,omitempty" protobuf:"bytes,1"`
	LeaseDurationSeconds *int32                                   `json:"leaseDurationSeconds,omitempty" protobuf:"varint,2"`
	AcquireTime          *meta.MicroTime                          `json:"acquireTime,omitempty" protobuf:"bytes,3"`
	RenewTime            *meta.MicroTime                          `json:"renewTime,omitempty" protobuf:"bytes,4"`
	LeaseTransitions     *int32                                   `json:"leaseTransitions,omitempty" protobuf:"varint,5"`
	Strategy             *coordinationv1.CoordinatedLeaseStrategy `json:"strategy,omitempty" protobuf:"bytes,6"`
	PreferredHolder      *string                                  `json:"preferredHolder,omitempty" protobuf:"bytes,7"`
}
