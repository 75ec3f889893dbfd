package resourcev1

// Finalizer keeps a claim while it is allocated.
const Finalizer = "resource.kubernetes.io/delete-protection"

// PodResourceClaimAnnotation on a claim made from a template holds the name that
// the Pod knows it by.
const PodResourceClaimAnnotation = "resource.kubernetes.io/pod-claim-name"

// Where the configuration of a device came from.
const (
	AllocationConfigSourceClass AllocationConfigSource = "FromClass"
	AllocationConfigSourceClaim AllocationConfigSource = "FromClaim"
)

// How many devices a request asks for.
const (
	DeviceAllocationModeExactCount DeviceAllocationMode = "ExactCount" // so many; the default, with a count of 1
	DeviceAllocationModeAll        DeviceAllocationMode = "All"        // every one that matches
)

// What a taint on a device does to Pods that do not tolerate it.
const (
	DeviceTaintEffectNone       DeviceTaintEffect = "None"       // nothing; it only informs
	DeviceTaintEffectNoSchedule DeviceTaintEffect = "NoSchedule" // new Pods do not get the device
	DeviceTaintEffectNoExecute  DeviceTaintEffect = "NoExecute"  // Pods that have it are evicted too
)

// How a toleration compares values.
const (
	DeviceTolerationOpExists DeviceTolerationOperator = "Exists"
	DeviceTolerationOpEqual  DeviceTolerationOperator = "Equal"
)

// How many entries lists may have.
const (
	ResourceClaimReservedForMaxSize                  = 256
	AllocationResultsMaxSize                         = 32
	DeviceRequestsMaxSize                            = 32
	DeviceConstraintsMaxSize                         = 32
	DeviceConfigMaxSize                              = 32
	FirstAvailableDeviceRequestMaxSize               = 8
	DeviceSelectorsMaxSize                           = 32
	DeviceTolerationsMaxLength                       = 16
	DeviceTaintsMaxLength                            = 16
	ResourceSliceMaxDevices                          = 128
	ResourceSliceMaxAttributesAndCapacitiesPerDevice = 32
	DeviceDerivedAttributesMaxSize                   = 32
	DeviceCounterConsumptionsMaxSize                 = 2
	SharedCounterSetsMaxSize                         = 8
	BindingConditionsMaxSize                         = 4
	BindingFailureConditionsMaxSize                  = 4
	NetworkDeviceDataMaxIPs                          = 16
)

// How long texts may be.
const (
	DeviceMaxDomainLength          = 63
	PoolNameMaxLength              = 253
	DeviceMaxIDLength              = 32
	DeviceAttributeMaxValueLength  = 64
	CELSelectorExpressionMaxLength = 10240
	OpaqueParametersMaxLength      = 10240
	ResourceClaimDeviceDataMaxSize = 10240

	NetworkDeviceDataInterfaceNameMaxLength   = 256
	NetworkDeviceDataHardwareAddressMaxLength = 128
)

// DRAAdminNamespaceLabelKey is the label, "true", of namespaces whose claims may
// look on devices that others have.
const DRAAdminNamespaceLabelKey = "resource.kubernetes.io/admin-access"
