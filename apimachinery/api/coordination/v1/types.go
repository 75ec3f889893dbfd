package coordinationv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type CoordinatedLeaseStrategy string

type Lease struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
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

type LeaseSpec struct {
	HolderIdentity       *string                   `json:"holderIdentity,omitempty" protobuf:"bytes,1"`
	LeaseDurationSeconds *int32                    `json:"leaseDurationSeconds,omitempty" protobuf:"varint,2"`
	AcquireTime          *meta.MicroTime           `json:"acquireTime,omitempty" protobuf:"bytes,3"`
	RenewTime            *meta.MicroTime           `json:"renewTime,omitempty" protobuf:"bytes,4"`
	LeaseTransitions     *int32                    `json:"leaseTransitions,omitempty" protobuf:"varint,5"`
	Strategy             *CoordinatedLeaseStrategy `json:"strategy,omitempty" protobuf:"bytes,6"`
	PreferredHolder      *string                   `json:"preferredHolder,omitempty" protobuf:"bytes,7"`
}
