package resourcev1alpha3

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// DeviceTaint keeps claims off a device unless they tolerate it.
type DeviceTaint struct {
	// Key, as of a label.
	Key string `json:"key" protobuf:"bytes,1" required:"true"`
	// Value that goes with the key.
	Value string `json:"value,omitempty" protobuf:"bytes,2"`
	// None, NoSchedule or NoExecute.
	Effect DeviceTaintEffect `json:"effect" protobuf:"bytes,3" required:"true" enum:"NoExecute|NoSchedule|None"`
	// When it was added; counts for tolerationSeconds.
	TimeAdded *meta.Time `json:"timeAdded,omitempty" protobuf:"bytes,4"`
}

// DeviceTaintEffect is what a taint does to claims that do not tolerate it.
type DeviceTaintEffect string

// DeviceTaintRule adds a taint to devices.
type DeviceTaintRule struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The taint and the devices.
	Spec DeviceTaintRuleSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What came of it.
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

// DeviceTaintRuleSpec is a taint and the devices that get it.
type DeviceTaintRuleSpec struct {
	// Devices that get it; nil means none, an empty one all.
	DeviceSelector *DeviceTaintSelector `json:"deviceSelector,omitempty" protobuf:"bytes,1"`
	// The taint.
	Taint DeviceTaint `json:"taint,omitempty" protobuf:"bytes,2" required:"true"`
}

// DeviceTaintRuleStatus is what came of a rule.
type DeviceTaintRuleStatus struct {
	// Observations about the device or object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// DeviceTaintSelector picks devices: all that is set must hold.
type DeviceTaintSelector struct {
	// Driver of the devices.
	Driver *string `json:"driver,omitempty" protobuf:"bytes,2"`
	// Pool that they are in.
	Pool *string `json:"pool,omitempty" protobuf:"bytes,3"`
	// Name of the device.
	Device *string `json:"device,omitempty" protobuf:"bytes,4"`
}

// PartitionTypeStatus counts the devices of one kind of partition.
type PartitionTypeStatus struct {
	// Attribute that tells the kind.
	Attribute string `json:"attribute,omitempty" protobuf:"bytes,4" required:"true"`
	// Its value: the kind.
	Type string `json:"type,omitempty" protobuf:"bytes,1" required:"true"`
	// How many devices of the kind there are.
	Total *int32 `json:"total,omitempty" protobuf:"varint,2" required:"true"`
	// How many could be allocated now.
	Allocatable *int32 `json:"allocatable,omitempty" protobuf:"varint,3" required:"true"`
}

// PoolStatus is what is free in a pool.
type PoolStatus struct {
	// Driver of the pool.
	Driver string `json:"driver,omitempty" protobuf:"bytes,1" required:"true"`
	// Name of the pool.
	PoolName string `json:"poolName,omitempty" protobuf:"bytes,2" required:"true"`
	// Newest generation of the pool.
	Generation int64 `json:"generation" protobuf:"varint,9" required:"true"`
	// How many slices it has in that generation.
	ResourceSliceCount *int32 `json:"resourceSliceCount,omitempty" protobuf:"varint,8"`
	// How many devices it has.
	TotalDevices *int32 `json:"totalDevices,omitempty" protobuf:"varint,4"`
	// How many of them are allocated.
	AllocatedDevices *int32 `json:"allocatedDevices,omitempty" protobuf:"varint,5"`
	// How many of them are free.
	AvailableDevices *int32 `json:"availableDevices,omitempty" protobuf:"varint,6"`
	// How many of them cannot be allocated, as by a taint.
	UnavailableDevices *int32 `json:"unavailableDevices,omitempty" protobuf:"varint,7"`
	// Node that reaches it; nil if it is not tied to one.
	NodeName *string `json:"nodeName,omitempty" protobuf:"bytes,3"`
	// What is wrong with it: then there are no counts.
	ValidationError *string `json:"validationError,omitempty" protobuf:"bytes,10"`
	// Counts by kind of partition.
	PartitionSummary []PartitionTypeStatus `json:"partitionSummary,omitempty" protobuf:"bytes,11" listType:"atomic"`
	// Counts of devices that are shared; nil if there are none.
	ShareableSummary *ShareableSummaryStatus `json:"shareableSummary,omitempty" protobuf:"bytes,13"`
}

// ResourcePoolStatusRequest asks once what is free in the pools of a driver.
type ResourcePoolStatusRequest struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1" required:"true"`
	// What is asked.
	Spec ResourcePoolStatusRequestSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// The answer; nil until there is one, and never changed afterwards.
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

// ResourcePoolStatusRequestSpec is which pools are asked about; cannot change.
type ResourcePoolStatusRequestSpec struct {
	// Driver of the pools.
	Driver string `json:"driver" protobuf:"bytes,1" required:"true"`
	// Name of the pool; nil means all of the driver's.
	PoolName *string `json:"poolName,omitempty" protobuf:"bytes,2"`
	// Most pools in the answer.
	Limit *int32 `json:"limit,omitempty" protobuf:"varint,3" default:"100"`
	// Attribute that tells kinds of partition where a slice names none.
	DefaultPartitionTypeAttribute *string `json:"defaultPartitionTypeAttribute,omitempty" protobuf:"bytes,4"`
}

// ResourcePoolStatusRequestStatus is what is free.
type ResourcePoolStatusRequestStatus struct {
	// How many pools match, even if fewer are listed.
	PoolCount *int32 `json:"poolCount,omitempty" protobuf:"varint,6" required:"true"`
	// The pools.
	Pools []PoolStatus `json:"pools,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Observations about the device or object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,3" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// ShareableCapacityStatus is how much of a capacity of shared devices is free.
type ShareableCapacityStatus struct {
	// Name of the capacity.
	Name string `json:"name,omitempty" protobuf:"bytes,1" required:"true"`
	// How much there is.
	Total *quantity.Quantity `json:"total,omitempty" protobuf:"bytes,2" required:"true"`
	// How much is taken.
	Consumed *quantity.Quantity `json:"consumed,omitempty" protobuf:"bytes,3" required:"true"`
	// How much is free.
	Available *quantity.Quantity `json:"available,omitempty" protobuf:"bytes,4" required:"true"`
}

// ShareableSummaryStatus counts the shared devices of a pool.
type ShareableSummaryStatus struct {
	// Devices that nobody uses.
	FullyAvailableDevices *int32 `json:"fullyAvailableDevices,omitempty" protobuf:"varint,1" required:"true"`
	// Devices that somebody uses and that have something left.
	PartiallyAvailableDevices *int32 `json:"partiallyAvailableDevices,omitempty" protobuf:"varint,2" required:"true"`
	// What is free of each capacity.
	Capacity []ShareableCapacityStatus `json:"capacity,omitempty" protobuf:"bytes,3" listType:"atomic"`
}
