package resourcev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

type AllocatedDeviceStatus struct {
	Driver  string  `json:"driver" protobuf:"bytes,1" required:"true"`
	Pool    string  `json:"pool" protobuf:"bytes,2" required:"true"`
	Device  string  `json:"device" protobuf:"bytes,3" required:"true"`
	ShareID *string `json:"shareID,omitempty" protobuf:"bytes,7"`
	// Observations about the object, one for each type.
	Conditions  []meta.Condition   `json:"conditions" protobuf:"bytes,4" listType:"map" listMapKey:"type"`
	Data        *meta.RawExtension `json:"data,omitempty" protobuf:"bytes,5"`
	NetworkData *NetworkDeviceData `json:"networkData,omitempty" protobuf:"bytes,6"`
}

type AllocationConfigSource string

type AllocationResult struct {
	Devices             DeviceAllocationResult `json:"devices,omitempty" protobuf:"bytes,1"`
	NodeSelector        *corev1.NodeSelector   `json:"nodeSelector,omitempty" protobuf:"bytes,3"`
	AllocationTimestamp *meta.Time             `json:"allocationTimestamp,omitempty" protobuf:"bytes,5"`
}

type CELDeviceSelector struct {
	Expression string `json:"expression" protobuf:"bytes,1" required:"true"`
}

type CapacityRequestPolicy struct {
	Default     *quantity.Quantity          `json:"default" protobuf:"bytes,1"`
	ValidValues []quantity.Quantity         `json:"validValues,omitempty" protobuf:"bytes,3" listType:"atomic"`
	ValidRange  *CapacityRequestPolicyRange `json:"validRange,omitempty" protobuf:"bytes,4"`
}

type CapacityRequestPolicyRange struct {
	Min  *quantity.Quantity `json:"min,omitempty" protobuf:"bytes,1" required:"true"`
	Max  *quantity.Quantity `json:"max,omitempty" protobuf:"bytes,2"`
	Step *quantity.Quantity `json:"step,omitempty" protobuf:"bytes,3"`
}

type CapacityRequirements struct {
	Requests map[QualifiedName]quantity.Quantity `json:"requests,omitempty" protobuf:"bytes,1"`
}

type Counter struct {
	Value quantity.Quantity `json:"value" protobuf:"bytes,1" required:"true"`
}

type CounterSet struct {
	Name     string             `json:"name" protobuf:"bytes,1" required:"true"`
	Counters map[string]Counter `json:"counters,omitempty" protobuf:"bytes,2" required:"true"`
}

type Device struct {
	Name                     string                                          `json:"name" protobuf:"bytes,1" required:"true"`
	Attributes               map[QualifiedName]DeviceAttribute               `json:"attributes,omitempty" protobuf:"bytes,2"`
	Capacity                 map[QualifiedName]DeviceCapacity                `json:"capacity,omitempty" protobuf:"bytes,3"`
	ConsumesCounters         []DeviceCounterConsumption                      `json:"consumesCounters,omitempty" protobuf:"bytes,4" listType:"atomic"`
	NodeName                 *string                                         `json:"nodeName,omitempty" protobuf:"bytes,5"`
	NodeSelector             *corev1.NodeSelector                            `json:"nodeSelector,omitempty" protobuf:"bytes,6"`
	AllNodes                 *bool                                           `json:"allNodes,omitempty" protobuf:"bytes,7"`
	Taints                   []DeviceTaint                                   `json:"taints,omitempty" protobuf:"bytes,8" listType:"atomic"`
	BindsToNode              *bool                                           `json:"bindsToNode,omitempty" protobuf:"varint,9"`
	BindingConditions        []string                                        `json:"bindingConditions,omitempty" protobuf:"bytes,10" listType:"atomic"`
	BindingFailureConditions []string                                        `json:"bindingFailureConditions,omitempty" protobuf:"bytes,11" listType:"atomic"`
	AllowMultipleAllocations *bool                                           `json:"allowMultipleAllocations,omitempty" protobuf:"bytes,12"`
	NodeAllocatableResources map[corev1.ResourceName]NodeAllocatableResource `json:"nodeAllocatableResources,omitempty" protobuf:"bytes,14"`
}

type DeviceAllocationConfiguration struct {
	Source              AllocationConfigSource `json:"source" protobuf:"bytes,1" required:"true" enum:"FromClaim|FromClass"`
	Requests            []string               `json:"requests,omitempty" protobuf:"bytes,2" listType:"atomic"`
	DeviceConfiguration `json:",inline" protobuf:"bytes,3"`
}

type DeviceAllocationMode string

type DeviceAllocationResult struct {
	Results []DeviceRequestAllocationResult `json:"results,omitempty" protobuf:"bytes,1" listType:"atomic"`
	Config  []DeviceAllocationConfiguration `json:"config,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type DeviceAttribute struct {
	IntValue      *int64   `json:"int,omitempty" protobuf:"varint,2"`
	BoolValue     *bool    `json:"bool,omitempty" protobuf:"varint,3"`
	StringValue   *string  `json:"string,omitempty" protobuf:"bytes,4"`
	VersionValue  *string  `json:"version,omitempty" protobuf:"bytes,5"`
	IntValues     []int64  `json:"ints,omitempty" protobuf:"varint,6" listType:"atomic"`
	BoolValues    []bool   `json:"bools,omitempty" protobuf:"varint,7" listType:"atomic"`
	StringValues  []string `json:"strings,omitempty" protobuf:"bytes,8" listType:"atomic"`
	VersionValues []string `json:"versions,omitempty" protobuf:"bytes,9" listType:"atomic"`
}

type DeviceCapacity struct {
	Value         quantity.Quantity      `json:"value" protobuf:"bytes,1" required:"true"`
	RequestPolicy *CapacityRequestPolicy `json:"requestPolicy,omitempty" protobuf:"bytes,2"`
}

type DeviceClaim struct {
	Requests    []DeviceRequest            `json:"requests" protobuf:"bytes,1" listType:"atomic"`
	Constraints []DeviceConstraint         `json:"constraints,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Config      []DeviceClaimConfiguration `json:"config,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type DeviceClaimConfiguration struct {
	Requests            []string `json:"requests,omitempty" protobuf:"bytes,1" listType:"atomic"`
	DeviceConfiguration `json:",inline" protobuf:"bytes,2"`
}

type DeviceClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec DeviceClassSpec `json:"spec" protobuf:"bytes,2"`
}

type DeviceClassConfiguration struct {
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

type DeviceClassSpec struct {
	Selectors            []DeviceSelector           `json:"selectors,omitempty" protobuf:"bytes,1" listType:"atomic"`
	Config               []DeviceClassConfiguration `json:"config,omitempty" protobuf:"bytes,2" listType:"atomic"`
	ExtendedResourceName *string                    `json:"extendedResourceName,omitempty" protobuf:"bytes,4"`
}

type DeviceConfiguration struct {
	Opaque *OpaqueDeviceConfiguration `json:"opaque,omitempty" protobuf:"bytes,1"`
}

type DeviceConstraint struct {
	Requests          []string            `json:"requests,omitempty" protobuf:"bytes,1" listType:"atomic"`
	MatchAttribute    *FullyQualifiedName `json:"matchAttribute,omitempty" protobuf:"bytes,2"`
	DistinctAttribute *FullyQualifiedName `json:"distinctAttribute,omitempty" protobuf:"bytes,3"`
}

type DeviceCounterConsumption struct {
	CounterSet          string             `json:"counterSet" protobuf:"bytes,1" required:"true"`
	Counters            map[string]Counter `json:"counters,omitempty" protobuf:"bytes,2" required:"true"`
	CompatibilityGroups []string           `json:"compatibilityGroups,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type DeviceDerivedAttribute struct {
	Name       FullyQualifiedName `json:"name" protobuf:"bytes,1" required:"true"`
	Expression string             `json:"expression" protobuf:"bytes,2" required:"true"`
}

type DeviceRequest struct {
	Name           string              `json:"name" protobuf:"bytes,1" required:"true"`
	Exactly        *ExactDeviceRequest `json:"exactly,omitempty" protobuf:"bytes,2"`
	FirstAvailable []DeviceSubRequest  `json:"firstAvailable,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type DeviceRequestAllocationResult struct {
	Request                  string                              `json:"request" protobuf:"bytes,1" required:"true"`
	Driver                   string                              `json:"driver" protobuf:"bytes,2" required:"true"`
	Pool                     string                              `json:"pool" protobuf:"bytes,3" required:"true"`
	Device                   string                              `json:"device" protobuf:"bytes,4" required:"true"`
	AdminAccess              *bool                               `json:"adminAccess,omitempty" protobuf:"bytes,5"`
	Tolerations              []DeviceToleration                  `json:"tolerations,omitempty" protobuf:"bytes,6" listType:"atomic"`
	BindingConditions        []string                            `json:"bindingConditions,omitempty" protobuf:"bytes,7" listType:"atomic"`
	BindingFailureConditions []string                            `json:"bindingFailureConditions,omitempty" protobuf:"bytes,8" listType:"atomic"`
	ShareID                  *meta.UID                           `json:"shareID,omitempty" protobuf:"bytes,9"`
	ConsumedCapacity         map[QualifiedName]quantity.Quantity `json:"consumedCapacity,omitempty" protobuf:"bytes,10"`
	SkipNodeOperations       []SkipNodeOperation                 `json:"skipNodeOperations,omitempty" protobuf:"bytes,11" listType:"set"`
}

type DeviceSelector struct {
	CEL *CELDeviceSelector `json:"cel,omitempty" protobuf:"bytes,1"`
}

type DeviceSubRequest struct {
	Name              string                   `json:"name" protobuf:"bytes,1" required:"true"`
	DeviceClassName   string                   `json:"deviceClassName" protobuf:"bytes,2" required:"true"`
	Selectors         []DeviceSelector         `json:"selectors,omitempty" protobuf:"bytes,3" listType:"atomic"`
	AllocationMode    DeviceAllocationMode     `json:"allocationMode,omitempty" protobuf:"bytes,4" enum:"All|ExactCount"`
	Count             int64                    `json:"count,omitempty" protobuf:"bytes,5"`
	Tolerations       []DeviceToleration       `json:"tolerations,omitempty" protobuf:"bytes,6" listType:"atomic"`
	Capacity          *CapacityRequirements    `json:"capacity,omitempty" protobuf:"bytes,7"`
	DerivedAttributes []DeviceDerivedAttribute `json:"derivedAttributes,omitempty" protobuf:"bytes,8" listType:"atomic"`
}

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

type DeviceToleration struct {
	Key               string                   `json:"key,omitempty" protobuf:"bytes,1"`
	Operator          DeviceTolerationOperator `json:"operator,omitempty" protobuf:"bytes,2" enum:"Equal|Exists"`
	Value             string                   `json:"value,omitempty" protobuf:"bytes,3"`
	Effect            DeviceTaintEffect        `json:"effect,omitempty" protobuf:"bytes,4" enum:"NoExecute|NoSchedule|None"`
	TolerationSeconds *int64                   `json:"tolerationSeconds,omitempty" protobuf:"varint,5"`
}

type DeviceTolerationOperator string

type ExactDeviceRequest struct {
	DeviceClassName   string                   `json:"deviceClassName" protobuf:"bytes,1" required:"true"`
	Selectors         []DeviceSelector         `json:"selectors,omitempty" protobuf:"bytes,2" listType:"atomic"`
	AllocationMode    DeviceAllocationMode     `json:"allocationMode,omitempty" protobuf:"bytes,3" enum:"All|ExactCount"`
	Count             int64                    `json:"count,omitempty" protobuf:"bytes,4"`
	AdminAccess       *bool                    `json:"adminAccess,omitempty" protobuf:"bytes,5"`
	Tolerations       []DeviceToleration       `json:"tolerations,omitempty" protobuf:"bytes,6" listType:"atomic"`
	Capacity          *CapacityRequirements    `json:"capacity,omitempty" protobuf:"bytes,7"`
	DerivedAttributes []DeviceDerivedAttribute `json:"derivedAttributes,omitempty" protobuf:"bytes,8" listType:"atomic"`
}

type FullyQualifiedName string

type NetworkDeviceData struct {
	InterfaceName   string   `json:"interfaceName,omitempty" protobuf:"bytes,1"`
	IPs             []string `json:"ips,omitempty" protobuf:"bytes,2" listType:"atomic"`
	HardwareAddress string   `json:"hardwareAddress,omitempty" protobuf:"bytes,3"`
}

type NodeAllocatableMapping struct {
	CapacityKey        *QualifiedName     `json:"capacityKey,omitempty" protobuf:"bytes,1"`
	CapacityMultiplier *quantity.Quantity `json:"capacityMultiplier,omitempty" protobuf:"bytes,2"`
	DeviceMultiplier   *quantity.Quantity `json:"deviceMultiplier,omitempty" protobuf:"bytes,3"`
}

type NodeAllocatableOverhead struct {
	PerPod       *quantity.Quantity `json:"perPod,omitempty" protobuf:"bytes,1"`
	PerContainer *quantity.Quantity `json:"perContainer,omitempty" protobuf:"bytes,2"`
}

type NodeAllocatableResource struct {
	Mapping  *NodeAllocatableMapping  `json:"mapping,omitempty" protobuf:"bytes,3"`
	Overhead *NodeAllocatableOverhead `json:"overhead,omitempty" protobuf:"bytes,4"`
}

type OpaqueDeviceConfiguration struct {
	Driver     string            `json:"driver" protobuf:"bytes,1" required:"true"`
	Parameters meta.RawExtension `json:"parameters" protobuf:"bytes,2" required:"true"`
}

type QualifiedName string

type ResourceClaim struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ResourceClaimSpec `json:"spec" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status ResourceClaimStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type ResourceClaimConsumerReference struct {
	APIGroup string   `json:"apiGroup,omitempty" protobuf:"bytes,1"`
	Resource string   `json:"resource" protobuf:"bytes,3" required:"true"`
	Name     string   `json:"name" protobuf:"bytes,4" required:"true"`
	UID      meta.UID `json:"uid" protobuf:"bytes,5" required:"true"`
}

// ResourceClaimList is a list of ResourceClaims.
type ResourceClaimList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ResourceClaim `json:"items" protobuf:"bytes,2" required:"true"`
}

type ResourceClaimSpec struct {
	Devices DeviceClaim `json:"devices" protobuf:"bytes,1"`
}

type ResourceClaimStatus struct {
	Allocation  *AllocationResult                `json:"allocation,omitempty" protobuf:"bytes,1"`
	ReservedFor []ResourceClaimConsumerReference `json:"reservedFor,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"uid" listType:"map" listMapKey:"uid"`
	Devices     []AllocatedDeviceStatus          `json:"devices,omitempty" protobuf:"bytes,4" listType:"map" listMapKey:"driver,device,pool,shareID"`
}

type ResourceClaimTemplate struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
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

type ResourceClaimTemplateSpec struct {
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ResourceClaimSpec `json:"spec" protobuf:"bytes,2"`
}

type ResourcePool struct {
	Name               string `json:"name" protobuf:"bytes,1" required:"true"`
	Generation         int64  `json:"generation" protobuf:"bytes,2" required:"true"`
	ResourceSliceCount int64  `json:"resourceSliceCount" protobuf:"bytes,3" required:"true"`
}

type ResourceSlice struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
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

type ResourceSliceSpec struct {
	Driver                 string               `json:"driver" protobuf:"bytes,1" required:"true"`
	Pool                   ResourcePool         `json:"pool" protobuf:"bytes,2" required:"true"`
	NodeName               *string              `json:"nodeName,omitempty" protobuf:"bytes,3"`
	NodeSelector           *corev1.NodeSelector `json:"nodeSelector,omitempty" protobuf:"bytes,4"`
	AllNodes               *bool                `json:"allNodes,omitempty" protobuf:"bytes,5"`
	Devices                []Device             `json:"devices,omitempty" protobuf:"bytes,6" listType:"atomic"`
	PerDeviceNodeSelection *bool                `json:"perDeviceNodeSelection,omitempty" protobuf:"bytes,7"`
	SharedCounters         []CounterSet         `json:"sharedCounters,omitempty" protobuf:"bytes,8" listType:"atomic"`
	PartitionTypeAttribute *FullyQualifiedName  `json:"partitionTypeAttribute,omitempty" protobuf:"bytes,9"`
	SkipNodeOperations     []SkipNodeOperation  `json:"skipNodeOperations,omitempty" protobuf:"bytes,10" listType:"set"`
}

type SkipNodeOperation string
