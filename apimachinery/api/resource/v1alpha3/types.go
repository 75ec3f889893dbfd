package resourcev1alpha3

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

type DeviceTaint struct {
	Key       string            `json:"key" protobuf:"bytes,1" required:"true"`
	Value     string            `json:"value,omitempty" protobuf:"bytes,2"`
	Effect    DeviceTaintEffect `json:"effect" protobuf:"bytes,3" required:"true" enum:"NoExecute|NoSchedule|None"`
	TimeAdded *meta.Time        `json:"timeAdded,omitempty" protobuf:"bytes,4"`
}

type DeviceTaintEffect string

type DeviceTaintRule struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec DeviceTaintRuleSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status DeviceTaintRuleStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// DeviceTaintRuleList is a list of DeviceTaintRules.
type DeviceTaintRuleList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []DeviceTaintRule `json:"items" protobuf:"bytes,2" required:"true"`
}

type DeviceTaintRuleSpec struct {
	DeviceSelector *DeviceTaintSelector `json:"deviceSelector,omitempty" protobuf:"bytes,1"`
	Taint          DeviceTaint          `json:"taint,omitempty" protobuf:"bytes,2" required:"true"`
}

type DeviceTaintRuleStatus struct {
	// Observations about the object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type DeviceTaintSelector struct {
	Driver *string `json:"driver,omitempty" protobuf:"bytes,2"`
	Pool   *string `json:"pool,omitempty" protobuf:"bytes,3"`
	Device *string `json:"device,omitempty" protobuf:"bytes,4"`
}

type PartitionTypeStatus struct {
	Attribute   string `json:"attribute,omitempty" protobuf:"bytes,4" required:"true"`
	Type        string `json:"type,omitempty" protobuf:"bytes,1" required:"true"`
	Total       *int32 `json:"total,omitempty" protobuf:"varint,2" required:"true"`
	Allocatable *int32 `json:"allocatable,omitempty" protobuf:"varint,3" required:"true"`
}

type PoolStatus struct {
	Driver             string                  `json:"driver,omitempty" protobuf:"bytes,1" required:"true"`
	PoolName           string                  `json:"poolName,omitempty" protobuf:"bytes,2" required:"true"`
	Generation         int64                   `json:"generation" protobuf:"varint,9" required:"true"`
	ResourceSliceCount *int32                  `json:"resourceSliceCount,omitempty" protobuf:"varint,8"`
	TotalDevices       *int32                  `json:"totalDevices,omitempty" protobuf:"varint,4"`
	AllocatedDevices   *int32                  `json:"allocatedDevices,omitempty" protobuf:"varint,5"`
	AvailableDevices   *int32                  `json:"availableDevices,omitempty" protobuf:"varint,6"`
	UnavailableDevices *int32                  `json:"unavailableDevices,omitempty" protobuf:"varint,7"`
	NodeName           *string                 `json:"nodeName,omitempty" protobuf:"bytes,3"`
	ValidationError    *string                 `json:"validationError,omitempty" protobuf:"bytes,10"`
	PartitionSummary   []PartitionTypeStatus   `json:"partitionSummary,omitempty" protobuf:"bytes,11" listType:"atomic"`
	ShareableSummary   *ShareableSummaryStatus `json:"shareableSummary,omitempty" protobuf:"bytes,13"`
}

type ResourcePoolStatusRequest struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1" required:"true"`
	// What is wanted.
	Spec ResourcePoolStatusRequestSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status *ResourcePoolStatusRequestStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ResourcePoolStatusRequestList is a list of ResourcePoolStatusRequests.
type ResourcePoolStatusRequestList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ResourcePoolStatusRequest `json:"items" protobuf:"bytes,2" required:"true"`
}

type ResourcePoolStatusRequestSpec struct {
	Driver                        string  `json:"driver" protobuf:"bytes,1" required:"true"`
	PoolName                      *string `json:"poolName,omitempty" protobuf:"bytes,2"`
	Limit                         *int32  `json:"limit,omitempty" protobuf:"varint,3"`
	DefaultPartitionTypeAttribute *string `json:"defaultPartitionTypeAttribute,omitempty" protobuf:"bytes,4"`
}

type ResourcePoolStatusRequestStatus struct {
	PoolCount *int32       `json:"poolCount,omitempty" protobuf:"varint,6" required:"true"`
	Pools     []PoolStatus `json:"pools,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Observations about the object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,3" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type ShareableCapacityStatus struct {
	Name      string             `json:"name,omitempty" protobuf:"bytes,1" required:"true"`
	Total     *quantity.Quantity `json:"total,omitempty" protobuf:"bytes,2" required:"true"`
	Consumed  *quantity.Quantity `json:"consumed,omitempty" protobuf:"bytes,3" required:"true"`
	Available *quantity.Quantity `json:"available,omitempty" protobuf:"bytes,4" required:"true"`
}

type ShareableSummaryStatus struct {
	FullyAvailableDevices     *int32                    `json:"fullyAvailableDevices,omitempty" protobuf:"varint,1" required:"true"`
	PartiallyAvailableDevices *int32                    `json:"partiallyAvailableDevices,omitempty" protobuf:"varint,2" required:"true"`
	Capacity                  []ShareableCapacityStatus `json:"capacity,omitempty" protobuf:"bytes,3" listType:"atomic"`
}
