package resourcev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// AllocatedDeviceStatus is what its driver says of an allocated device.
type AllocatedDeviceStatus struct {
	// Driver of the device.
	Driver string `json:"driver" protobuf:"bytes,1" required:"true"`
	// Pool that the device is in.
	Pool string `json:"pool" protobuf:"bytes,2" required:"true"`
	// Name of the device in the pool.
	Device string `json:"device" protobuf:"bytes,3" required:"true"`
	// Which share of the device, if it is shared; nil otherwise.
	ShareID *string `json:"shareID,omitempty" protobuf:"bytes,7"`
	// Observations about the device, at most 8.
	Conditions []meta.Condition `json:"conditions" protobuf:"bytes,4" listType:"map" listMapKey:"type"`
	// What else the driver says, at most 10 KiB.
	Data *meta.RawExtension `json:"data,omitempty" protobuf:"bytes,5"`
	// Its network interface, if it has one.
	NetworkData *NetworkDeviceData `json:"networkData,omitempty" protobuf:"bytes,6"`
}

// AllocationConfigSource says where settings came from.
type AllocationConfigSource string

// AllocationResult is what was allocated to a claim.
type AllocationResult struct {
	// The devices.
	Devices DeviceAllocationResult `json:"devices,omitempty" protobuf:"bytes,1"`
	// Nodes that can reach them; nil means all.
	NodeSelector *corev1.NodeSelector `json:"nodeSelector,omitempty" protobuf:"bytes,3"`
	// When it was allocated.
	AllocationTimestamp *meta.Time `json:"allocationTimestamp,omitempty" protobuf:"bytes,5"`
}

// CELDeviceSelector picks devices by a CEL expression.
type CELDeviceSelector struct {
	// CEL expression that gives true for a device that fits; it knows device.driver, device.attributes
	// and device.capacity.
	Expression string `json:"expression" protobuf:"bytes,1" required:"true"`
}

// CapacityRequestPolicy is how a shared device's capacity may be asked for.
type CapacityRequestPolicy struct {
	// How much a request takes that names no amount.
	Default *quantity.Quantity `json:"default" protobuf:"bytes,1"`
	// Amounts that may be taken, ascending; a request is rounded up to one.
	ValidValues []quantity.Quantity `json:"validValues,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Range of amounts that may be taken; not together with validValues.
	ValidRange *CapacityRequestPolicyRange `json:"validRange,omitempty" protobuf:"bytes,4"`
}

// CapacityRequestPolicyRange is a range of amounts.
type CapacityRequestPolicyRange struct {
	// Smallest amount; smaller requests are rounded up.
	Min *quantity.Quantity `json:"min,omitempty" protobuf:"bytes,1" required:"true"`
	// Largest amount; nil means all of it.
	Max *quantity.Quantity `json:"max,omitempty" protobuf:"bytes,2"`
	// Amounts go up from min by this; nil means any.
	Step *quantity.Quantity `json:"step,omitempty" protobuf:"bytes,3"`
}

// CapacityRequirements is how much of a device's capacities a request needs.
type CapacityRequirements struct {
	// How much, by capacity; capacities left out take their default.
	Requests map[QualifiedName]quantity.Quantity `json:"requests,omitempty" protobuf:"bytes,1"`
}

// Counter is an amount of something that devices share.
type Counter struct {
	// The amount.
	Value quantity.Quantity `json:"value" protobuf:"bytes,1" required:"true"`
}

// CounterSet is amounts that several devices of a pool share, such as the memory of a card.
type CounterSet struct {
	// Name, unique in the pool.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Amounts by name, at most 32.
	Counters map[string]Counter `json:"counters,omitempty" protobuf:"bytes,2" required:"true"`
}

// Device is one device of a pool.
type Device struct {
	// Name, unique in the pool: a DNS label.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Properties to select by; with capacity at most 32.
	Attributes map[QualifiedName]DeviceAttribute `json:"attributes,omitempty" protobuf:"bytes,2"`
	// Amounts to select by, or to share.
	Capacity map[QualifiedName]DeviceCapacity `json:"capacity,omitempty" protobuf:"bytes,3"`
	// What it takes of the counters that it shares with other devices.
	ConsumesCounters []DeviceCounterConsumption `json:"consumesCounters,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// Node that reaches it; only with perDeviceNodeSelection.
	NodeName *string `json:"nodeName,omitempty" protobuf:"bytes,5"`
	// Nodes that reach it, as one term; only with perDeviceNodeSelection.
	NodeSelector *corev1.NodeSelector `json:"nodeSelector,omitempty" protobuf:"bytes,6"`
	// Whether all nodes reach it; only with perDeviceNodeSelection.
	AllNodes *bool `json:"allNodes,omitempty" protobuf:"bytes,7"`
	// Taints: what keeps claims away that do not tolerate them, at most 16.
	Taints []DeviceTaint `json:"taints,omitempty" protobuf:"bytes,8" listType:"atomic"`
	// Whether a claim that gets it is tied to that node; nil means false.
	BindsToNode *bool `json:"bindsToNode,omitempty" protobuf:"varint,9"`
	// Conditions of the allocated device that must be True before the Pod is bound, at most 4.
	BindingConditions []string `json:"bindingConditions,omitempty" protobuf:"bytes,10" listType:"atomic"`
	// Conditions of the allocated device any of which, if True, means another try at scheduling, at
	// most 4.
	BindingFailureConditions []string `json:"bindingFailureConditions,omitempty" protobuf:"bytes,11" listType:"atomic"`
	// Whether several claims may share it; nil means false.
	AllowMultipleAllocations *bool `json:"allowMultipleAllocations,omitempty" protobuf:"bytes,12"`
	// What using it takes of the node's own resources, by resource.
	NodeAllocatableResources map[corev1.ResourceName]NodeAllocatableResource `json:"nodeAllocatableResources,omitempty" protobuf:"bytes,14"`
}

// DeviceAllocationConfiguration is settings for devices that were allocated.
type DeviceAllocationConfiguration struct {
	// FromClass or FromClaim: where they came from.
	Source AllocationConfigSource `json:"source" protobuf:"bytes,1" required:"true" enum:"FromClaim|FromClass"`
	// Requests that they are for; empty means all.
	Requests []string `json:"requests,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// The settings.
	DeviceConfiguration `json:",inline" protobuf:"bytes,3"`
}

// DeviceAllocationMode says how many devices a request asks for.
type DeviceAllocationMode string

// DeviceAllocationResult is the devices that were allocated.
type DeviceAllocationResult struct {
	// The devices, for each request.
	Results []DeviceRequestAllocationResult `json:"results,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Settings for their drivers, those of classes first.
	Config []DeviceAllocationConfiguration `json:"config,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// DeviceAttribute is a property of a device: exactly one member is set.
type DeviceAttribute struct {
	// A number.
	IntValue *int64 `json:"int,omitempty" protobuf:"varint,2"`
	// True or false.
	BoolValue *bool `json:"bool,omitempty" protobuf:"varint,3"`
	// A text, at most 64 characters.
	StringValue *string `json:"string,omitempty" protobuf:"bytes,4"`
	// A version, as semver.org has it.
	VersionValue *string `json:"version,omitempty" protobuf:"bytes,5"`
	// Several numbers.
	IntValues []int64 `json:"ints,omitempty" protobuf:"varint,6" listType:"atomic"`
	// Several of true and false.
	BoolValues []bool `json:"bools,omitempty" protobuf:"varint,7" listType:"atomic"`
	// Several texts.
	StringValues []string `json:"strings,omitempty" protobuf:"bytes,8" listType:"atomic"`
	// Several versions.
	VersionValues []string `json:"versions,omitempty" protobuf:"bytes,9" listType:"atomic"`
}

// DeviceCapacity is an amount that a device has.
type DeviceCapacity struct {
	// The amount.
	Value quantity.Quantity `json:"value" protobuf:"bytes,1" required:"true"`
	// How much of it may be asked for, if the device is shared; nil lets every claim have all.
	RequestPolicy *CapacityRequestPolicy `json:"requestPolicy,omitempty" protobuf:"bytes,2"`
}

// DeviceClaim is the devices that a claim asks for.
type DeviceClaim struct {
	// Requests, each for some devices; at most 32.
	Requests []DeviceRequest `json:"requests" protobuf:"bytes,1" listType:"atomic"`
	// What the devices of several requests must have in common, at most 32.
	Constraints []DeviceConstraint `json:"constraints,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Settings for the drivers, at most 32.
	Config []DeviceClaimConfiguration `json:"config,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// DeviceClaimConfiguration is settings for the devices of a claim.
type DeviceClaimConfiguration struct {
	// Requests that they are for; empty means all.
	Requests []string `json:"requests,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// The settings.
	DeviceConfiguration `json:",inline" protobuf:"bytes,2"`
}

// DeviceClass is a kind of device that claims can ask for.
type DeviceClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Which devices, and settings for them.
	Spec DeviceClassSpec `json:"spec" protobuf:"bytes,2"`
}

// DeviceClassConfiguration is settings for the devices of a class.
type DeviceClassConfiguration struct {
	// The settings.
	DeviceConfiguration `json:",inline" protobuf:"bytes,1"`
}

// DeviceClassList is a list of DeviceClasses.
type DeviceClassList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []DeviceClass `json:"items" protobuf:"bytes,2" required:"true"`
}

// DeviceClassSpec is the devices of a class.
type DeviceClassSpec struct {
	// Conditions on devices that must all hold, at most 32.
	Selectors []DeviceSelector `json:"selectors,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Settings for the drivers, at most 32.
	Config []DeviceClassConfiguration `json:"config,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Extended resource by which containers may ask for such devices without a claim; nil for none.
	ExtendedResourceName *string `json:"extendedResourceName,omitempty" protobuf:"bytes,4"`
}

// DeviceConfiguration is settings for a driver: exactly one member is set.
type DeviceConfiguration struct {
	// Settings that only the driver understands.
	Opaque *OpaqueDeviceConfiguration `json:"opaque,omitempty" protobuf:"bytes,1"`
}

// DeviceConstraint is what devices must have in common: exactly one attribute is set.
type DeviceConstraint struct {
	// Requests that it is about; empty means all.
	Requests []string `json:"requests,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Attribute that must be equal in all of them.
	MatchAttribute *FullyQualifiedName `json:"matchAttribute,omitempty" protobuf:"bytes,2"`
	// Attribute that must differ in all of them.
	DistinctAttribute *FullyQualifiedName `json:"distinctAttribute,omitempty" protobuf:"bytes,3"`
}

// DeviceCounterConsumption is what a device takes of a counter set.
type DeviceCounterConsumption struct {
	// Name of the set.
	CounterSet string `json:"counterSet" protobuf:"bytes,1" required:"true"`
	// How much, by counter.
	Counters map[string]Counter `json:"counters,omitempty" protobuf:"bytes,2" required:"true"`
	// Groups of devices that may use the set at the same time; empty means no such limit.
	CompatibilityGroups []string `json:"compatibilityGroups,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// DeviceDerivedAttribute is an attribute worked out from a device's own.
type DeviceDerivedAttribute struct {
	// Name of the attribute.
	Name FullyQualifiedName `json:"name" protobuf:"bytes,1" required:"true"`
	// CEL expression that gives its value.
	Expression string `json:"expression" protobuf:"bytes,2" required:"true"`
}

// DeviceRequest is a request for devices: exactly one of its forms is set.
type DeviceRequest struct {
	// Name, unique in the claim: a DNS label.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// One kind of devices.
	Exactly *ExactDeviceRequest `json:"exactly,omitempty" protobuf:"bytes,2"`
	// Kinds of devices, the first that can be had is taken; at most 8.
	FirstAvailable []DeviceSubRequest `json:"firstAvailable,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// DeviceRequestAllocationResult is one device that was allocated.
type DeviceRequestAllocationResult struct {
	// Request that it is for, as NAME or NAME/SUBREQUEST.
	Request string `json:"request" protobuf:"bytes,1" required:"true"`
	// Driver of the device.
	Driver string `json:"driver" protobuf:"bytes,2" required:"true"`
	// Pool that the device is in.
	Pool string `json:"pool" protobuf:"bytes,3" required:"true"`
	// Name of the device in the pool.
	Device string `json:"device" protobuf:"bytes,4" required:"true"`
	// Whether it was given for a look only; nil means false.
	AdminAccess *bool `json:"adminAccess,omitempty" protobuf:"bytes,5"`
	// Taints that the request bears.
	Tolerations []DeviceToleration `json:"tolerations,omitempty" protobuf:"bytes,6" listType:"atomic"`
	// The device's, when it was allocated.
	BindingConditions []string `json:"bindingConditions,omitempty" protobuf:"bytes,7" listType:"atomic"`
	// The device's, when it was allocated.
	BindingFailureConditions []string `json:"bindingFailureConditions,omitempty" protobuf:"bytes,8" listType:"atomic"`
	// Which share of the device, if it is shared; nil otherwise.
	ShareID *meta.UID `json:"shareID,omitempty" protobuf:"bytes,9"`
	// How much of its capacities it takes; only if it is shared.
	ConsumedCapacity map[QualifiedName]quantity.Quantity `json:"consumedCapacity,omitempty" protobuf:"bytes,10"`
	// Calls to the driver that the kubelet leaves out.
	SkipNodeOperations []SkipNodeOperation `json:"skipNodeOperations,omitempty" protobuf:"bytes,11" listType:"set"`
}

// DeviceSelector is a condition on devices; exactly one member is set.
type DeviceSelector struct {
	// CEL expression.
	CEL *CELDeviceSelector `json:"cel,omitempty" protobuf:"bytes,1"`
}

// DeviceSubRequest is one of several kinds of devices that would do.
type DeviceSubRequest struct {
	// Name, unique in the request: a DNS label.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// DeviceClass that the devices must be of.
	DeviceClassName string `json:"deviceClassName" protobuf:"bytes,2" required:"true"`
	// Conditions on devices that must all hold, at most 32.
	Selectors []DeviceSelector `json:"selectors,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// ExactCount takes count devices, All every one that matches; default ExactCount.
	AllocationMode DeviceAllocationMode `json:"allocationMode,omitempty" protobuf:"bytes,4" enum:"All|ExactCount"`
	// How many devices, with ExactCount; default 1.
	Count int64 `json:"count,omitempty" protobuf:"bytes,5"`
	// Taints of devices that are borne, at most 16.
	Tolerations []DeviceToleration `json:"tolerations,omitempty" protobuf:"bytes,6" listType:"atomic"`
	// How much of the devices' capacities it needs; nil takes the defaults.
	Capacity *CapacityRequirements `json:"capacity,omitempty" protobuf:"bytes,7"`
	// Attributes worked out from the devices' own, to constrain the choice by.
	DerivedAttributes []DeviceDerivedAttribute `json:"derivedAttributes,omitempty" protobuf:"bytes,8" listType:"atomic"`
}

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

// DeviceToleration lets a claim have devices with a matching taint.
type DeviceToleration struct {
	// Key of the taint; empty with operator Exists matches every taint.
	Key string `json:"key,omitempty" protobuf:"bytes,1"`
	// Exists or Equal; default Equal.
	Operator DeviceTolerationOperator `json:"operator,omitempty" protobuf:"bytes,2" enum:"Equal|Exists"`
	// Value of the taint; empty with Exists.
	Value string `json:"value,omitempty" protobuf:"bytes,3"`
	// Effect of the taint; empty matches every one.
	Effect DeviceTaintEffect `json:"effect,omitempty" protobuf:"bytes,4" enum:"NoExecute|NoSchedule|None"`
	// Seconds that a Pod may keep the device under a NoExecute taint; nil means for ever, 0 or less
	// means not at all.
	TolerationSeconds *int64 `json:"tolerationSeconds,omitempty" protobuf:"varint,5"`
}

// DeviceTolerationOperator says how a toleration compares.
type DeviceTolerationOperator string

// ExactDeviceRequest is a request for one kind of devices.
type ExactDeviceRequest struct {
	// DeviceClass that the devices must be of.
	DeviceClassName string `json:"deviceClassName" protobuf:"bytes,1" required:"true"`
	// Conditions on devices that must all hold, at most 32.
	Selectors []DeviceSelector `json:"selectors,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// ExactCount takes count devices, All every one that matches; default ExactCount.
	AllocationMode DeviceAllocationMode `json:"allocationMode,omitempty" protobuf:"bytes,3" enum:"All|ExactCount"`
	// How many devices, with ExactCount; default 1.
	Count int64 `json:"count,omitempty" protobuf:"bytes,4"`
	// Looks on devices without taking them from others; only in namespaces labelled
	// resource.kubernetes.io/admin-access: "true". nil means false.
	AdminAccess *bool `json:"adminAccess,omitempty" protobuf:"bytes,5"`
	// Taints of devices that are borne, at most 16.
	Tolerations []DeviceToleration `json:"tolerations,omitempty" protobuf:"bytes,6" listType:"atomic"`
	// How much of the devices' capacities it needs; nil takes the defaults.
	Capacity *CapacityRequirements `json:"capacity,omitempty" protobuf:"bytes,7"`
	// Attributes worked out from the devices' own, to constrain the choice by.
	DerivedAttributes []DeviceDerivedAttribute `json:"derivedAttributes,omitempty" protobuf:"bytes,8" listType:"atomic"`
}

// FullyQualifiedName is a name with a domain: DOMAIN/NAME.
type FullyQualifiedName string

// NetworkDeviceData is the network interface of a device.
type NetworkDeviceData struct {
	// Name of the interface in the Pod, at most 256 characters.
	InterfaceName string `json:"interfaceName,omitempty" protobuf:"bytes,1"`
	// Addresses with prefix lengths, such as 192.0.2.5/24.
	IPs []string `json:"ips,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Hardware address, at most 128 characters.
	HardwareAddress string `json:"hardwareAddress,omitempty" protobuf:"bytes,3"`
}

// NodeAllocatableMapping is how much of a node's resource a device stands for.
type NodeAllocatableMapping struct {
	// Capacity of the device that is counted; nil counts devices.
	CapacityKey *QualifiedName `json:"capacityKey,omitempty" protobuf:"bytes,1"`
	// What the capacity taken is multiplied by; nil means 1.
	CapacityMultiplier *quantity.Quantity `json:"capacityMultiplier,omitempty" protobuf:"bytes,2"`
	// How much each device stands for.
	DeviceMultiplier *quantity.Quantity `json:"deviceMultiplier,omitempty" protobuf:"bytes,3"`
}

// NodeAllocatableOverhead is what using a device costs of a node's resource besides.
type NodeAllocatableOverhead struct {
	// Cost once for each Pod.
	PerPod *quantity.Quantity `json:"perPod,omitempty" protobuf:"bytes,1"`
	// Cost for each container that uses it.
	PerContainer *quantity.Quantity `json:"perContainer,omitempty" protobuf:"bytes,2"`
}

// NodeAllocatableResource is what a device takes of one of the node's own resources.
type NodeAllocatableResource struct {
	// How much the device stands for; nil for nothing.
	Mapping *NodeAllocatableMapping `json:"mapping,omitempty" protobuf:"bytes,3"`
	// What using it costs besides; nil for nothing.
	Overhead *NodeAllocatableOverhead `json:"overhead,omitempty" protobuf:"bytes,4"`
}

// OpaqueDeviceConfiguration is settings that only a driver understands.
type OpaqueDeviceConfiguration struct {
	// The driver.
	Driver string `json:"driver" protobuf:"bytes,1" required:"true"`
	// The settings: an object with kind and apiVersion, at most 10 KiB.
	Parameters meta.RawExtension `json:"parameters" protobuf:"bytes,2" required:"true"`
}

// QualifiedName is a name with or without a domain; without one the driver's is meant.
type QualifiedName string

// ResourceClaim asks for devices, for Pods to use.
type ResourceClaim struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The devices that are wanted; cannot change.
	Spec ResourceClaimSpec `json:"spec" protobuf:"bytes,2"`
	// The devices that were allocated and who uses them.
	Status ResourceClaimStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ResourceClaimConsumerReference names who uses a claim.
type ResourceClaimConsumerReference struct {
	// Group of the resource; empty is the core group.
	APIGroup string `json:"apiGroup,omitempty" protobuf:"bytes,1"`
	// Plural name of the resource, such as pods.
	Resource string `json:"resource" protobuf:"bytes,3" required:"true"`
	// Name of the object.
	Name string `json:"name" protobuf:"bytes,4" required:"true"`
	// UID of the object.
	UID meta.UID `json:"uid" protobuf:"bytes,5" required:"true"`
}

// ResourceClaimList is a list of ResourceClaims.
type ResourceClaimList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ResourceClaim `json:"items" protobuf:"bytes,2" required:"true"`
}

// ResourceClaimSpec is the devices that are wanted.
type ResourceClaimSpec struct {
	// The devices.
	Devices DeviceClaim `json:"devices" protobuf:"bytes,1"`
}

// ResourceClaimStatus is what a claim has got.
type ResourceClaimStatus struct {
	// What was allocated; nil until then.
	Allocation *AllocationResult `json:"allocation,omitempty" protobuf:"bytes,1"`
	// Who may use it, at most 256; it stays allocated while there is somebody.
	ReservedFor []ResourceClaimConsumerReference `json:"reservedFor,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"uid" listType:"map" listMapKey:"uid"`
	// What the drivers say of the devices.
	Devices []AllocatedDeviceStatus `json:"devices,omitempty" protobuf:"bytes,4" listType:"map" listMapKey:"driver,device,pool,shareID"`
}

// ResourceClaimTemplate is what claims for single Pods are made from.
type ResourceClaimTemplate struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The claims; cannot change.
	Spec ResourceClaimTemplateSpec `json:"spec" protobuf:"bytes,2"`
}

// ResourceClaimTemplateList is a list of ResourceClaimTemplates.
type ResourceClaimTemplateList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ResourceClaimTemplate `json:"items" protobuf:"bytes,2" required:"true"`
}

// ResourceClaimTemplateSpec is the claims to make.
type ResourceClaimTemplateSpec struct {
	// Labels and annotations of the claims.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Spec of the claims.
	Spec ResourceClaimSpec `json:"spec" protobuf:"bytes,2"`
}

// ResourcePool is the pool that a slice is part of.
type ResourcePool struct {
	// Name of the pool; often the node's.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Counts changes of the pool; slices of an older generation do not count.
	Generation int64 `json:"generation" protobuf:"bytes,2" required:"true"`
	// How many slices the pool has in this generation; until all are there it is incomplete.
	ResourceSliceCount int64 `json:"resourceSliceCount" protobuf:"bytes,3" required:"true"`
}

// ResourceSlice is some of the devices of a pool, as their driver publishes them.
type ResourceSlice struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The devices.
	Spec ResourceSliceSpec `json:"spec" protobuf:"bytes,2" required:"true"`
}

// ResourceSliceList is a list of ResourceSlices.
type ResourceSliceList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ResourceSlice `json:"items" protobuf:"bytes,2" required:"true"`
}

// ResourceSliceSpec is the devices of a slice; exactly one of nodeName, nodeSelector, allNodes and
// perDeviceNodeSelection is set.
type ResourceSliceSpec struct {
	// Driver of the devices; cannot change.
	Driver string `json:"driver" protobuf:"bytes,1" required:"true"`
	// Pool that they belong to.
	Pool ResourcePool `json:"pool" protobuf:"bytes,2" required:"true"`
	// Node that reaches them; cannot change.
	NodeName *string `json:"nodeName,omitempty" protobuf:"bytes,3"`
	// Nodes that reach them, as one term.
	NodeSelector *corev1.NodeSelector `json:"nodeSelector,omitempty" protobuf:"bytes,4"`
	// Whether all nodes reach them.
	AllNodes *bool `json:"allNodes,omitempty" protobuf:"bytes,5"`
	// The devices, at most 128; at most 64 if they have taints or use counters.
	Devices []Device `json:"devices,omitempty" protobuf:"bytes,6" listType:"atomic"`
	// Whether each device says which nodes reach it.
	PerDeviceNodeSelection *bool `json:"perDeviceNodeSelection,omitempty" protobuf:"bytes,7"`
	// Counters that devices of the pool share; in a slice without devices, at most 8.
	SharedCounters []CounterSet `json:"sharedCounters,omitempty" protobuf:"bytes,8" listType:"atomic"`
	// Attribute that tells what kind of partition a device is; nil for none.
	PartitionTypeAttribute *FullyQualifiedName `json:"partitionTypeAttribute,omitempty" protobuf:"bytes,9"`
	// Calls to the driver that the kubelet leaves out for these devices.
	SkipNodeOperations []SkipNodeOperation `json:"skipNodeOperations,omitempty" protobuf:"bytes,10" listType:"set"`
}

// SkipNodeOperation is a call to a driver that the kubelet leaves out.
type SkipNodeOperation string
