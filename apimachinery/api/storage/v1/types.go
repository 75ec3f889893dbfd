package storagev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// CSIDriver is what the cluster should know of a CSI driver; it has the driver's name.
type CSIDriver struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What the driver needs.
	Spec CSIDriverSpec `json:"spec" protobuf:"bytes,2" required:"true"`
}

// CSIDriverList is a list of CSIDrivers.
type CSIDriverList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CSIDriver `json:"items" protobuf:"bytes,2" required:"true"`
}

// CSIDriverSpec is what a CSI driver needs.
type CSIDriverSpec struct {
	// Whether volumes are attached before they are mounted; nil means true. Cannot change.
	AttachRequired *bool `json:"attachRequired,omitempty" protobuf:"varint,1"`
	// Whether it is told the Pod's name, namespace, uid and ServiceAccount on mounting; nil means
	// false.
	PodInfoOnMount *bool `json:"podInfoOnMount,omitempty" protobuf:"bytes,2"`
	// Persistent, Ephemeral: kinds of volume that it serves; empty means Persistent. Cannot change.
	VolumeLifecycleModes []VolumeLifecycleMode `json:"volumeLifecycleModes,omitempty" protobuf:"bytes,3" listType:"set"`
	// Whether scheduling waits for it to say how much storage is free; nil means false.
	StorageCapacity *bool `json:"storageCapacity,omitempty" protobuf:"bytes,4"`
	// Whether its volumes are given to the Pod's fsGroup: ReadWriteOnceWithFSType, File or None; nil
	// means the first.
	FSGroupPolicy *FSGroupPolicy `json:"fsGroupPolicy,omitempty" protobuf:"bytes,5"`
	// Tokens of the Pod's ServiceAccount that it gets on mounting, with different audiences.
	TokenRequests []TokenRequest `json:"tokenRequests,omitempty" protobuf:"bytes,6" listType:"atomic"`
	// Whether mounting is called again and again, so that it can refresh content; nil means false.
	RequiresRepublish *bool `json:"requiresRepublish,omitempty" protobuf:"varint,7"`
	// Whether its volumes can be mounted with an SELinux label; nil means false.
	SELinuxMount *bool `json:"seLinuxMount,omitempty" protobuf:"varint,8"`
	// Seconds between looks at how many volumes a node can take, at least 10; nil looks only when it
	// registers.
	NodeAllocatableUpdatePeriodSeconds *int64 `json:"nodeAllocatableUpdatePeriodSeconds,omitempty" protobuf:"varint,9"`
	// Whether tokens are handed over among the secrets instead of the volume's attributes; nil means
	// false.
	ServiceAccountTokenInSecrets *bool `json:"serviceAccountTokenInSecrets,omitempty" protobuf:"varint,10"`
	// Whether Pods that need it keep off nodes where it is not registered; nil means false.
	PreventPodSchedulingIfMissing *bool `json:"preventPodSchedulingIfMissing,omitempty" protobuf:"varint,11"`
}

// CSINode is the CSI drivers on a node; it has the node's name.
type CSINode struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The drivers.
	Spec CSINodeSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status CSINodeStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// CSINodeDriver is a CSI driver on a node.
type CSINodeDriver struct {
	// Name of the driver.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Name that the driver knows the node by.
	NodeID string `json:"nodeID" protobuf:"bytes,2" required:"true"`
	// Node labels that the driver tells topology by.
	TopologyKeys []string `json:"topologyKeys" protobuf:"bytes,3" listType:"atomic"`
	// What the node can take; nil means no bound.
	Allocatable *VolumeNodeResources `json:"allocatable,omitempty" protobuf:"bytes,4"`
}

// CSINodeList is a list of CSINodes.
type CSINodeList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CSINode `json:"items" protobuf:"bytes,2" required:"true"`
}

// CSINodeSpec is the CSI drivers on a node.
type CSINodeSpec struct {
	// The drivers; empty if there are none.
	Drivers []CSINodeDriver `json:"drivers" protobuf:"bytes,1" required:"true" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// CSINodeStatus is what the drivers on a node report.
type CSINodeStatus struct {
	// What is wrong with storage, as seen from the node.
	StorageHealth []StorageHealth `json:"storageHealth,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// CSIStorageCapacity is how much storage of a class is free in a part of the cluster.
type CSIStorageCapacity struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Nodes that reach it, by their labels; nil means none. Cannot change.
	NodeTopology *meta.LabelSelector `json:"nodeTopology,omitempty" protobuf:"bytes,2"`
	// The class; cannot change.
	StorageClassName string `json:"storageClassName" protobuf:"bytes,3" required:"true"`
	// How much is free, as the driver says; nil means none.
	Capacity *quantity.Quantity `json:"capacity,omitempty" protobuf:"bytes,4"`
	// Largest volume that can be made there; nil if not known.
	MaximumVolumeSize *quantity.Quantity `json:"maximumVolumeSize,omitempty" protobuf:"bytes,5"`
}

// CSIStorageCapacityList is a list of CSIStorageCapacities.
type CSIStorageCapacityList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CSIStorageCapacity `json:"items" protobuf:"bytes,2" required:"true"`
}

// FSGroupPolicy says whether a driver's volumes are given to the Pod's fsGroup.
type FSGroupPolicy string

// StorageClass is a kind of storage and how to make it.
type StorageClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Who makes volumes; cannot change.
	Provisioner string `json:"provisioner" protobuf:"bytes,2" required:"true"`
	// Settings for it, at most 512; cannot change.
	Parameters map[string]string `json:"parameters,omitempty" protobuf:"bytes,3"`
	// What becomes of the volumes: Delete or Retain; nil means Delete. Cannot change.
	ReclaimPolicy *corev1.PersistentVolumeReclaimPolicy `json:"reclaimPolicy,omitempty" protobuf:"bytes,4" enum:"Delete|Recycle|Retain"`
	// Options for mounting the volumes; not checked.
	MountOptions []string `json:"mountOptions,omitempty" protobuf:"bytes,5" listType:"atomic"`
	// Whether claims may grow; nil means false.
	AllowVolumeExpansion *bool `json:"allowVolumeExpansion,omitempty" protobuf:"varint,6"`
	// Immediate, or WaitForFirstConsumer, which waits until a Pod shows where; nil means Immediate.
	// Cannot change.
	VolumeBindingMode *VolumeBindingMode `json:"volumeBindingMode,omitempty" protobuf:"bytes,7" enum:"Immediate|WaitForFirstConsumer"`
	// Where volumes may be made; empty means anywhere. Cannot change.
	AllowedTopologies []corev1.TopologySelectorTerm `json:"allowedTopologies,omitempty" protobuf:"bytes,8" listType:"atomic"`
}

// StorageClassList is a list of StorageClasses.
type StorageClassList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []StorageClass `json:"items" protobuf:"bytes,2" required:"true"`
}

// StorageHealth is what is wrong with a driver's storage, as seen from a node.
type StorageHealth struct {
	// Name of the driver.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// What is wrong; empty if nothing is.
	HealthConditions []StorageHealthCondition `json:"healthConditions,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// StorageHealthCondition is one thing that is wrong with storage.
type StorageHealthCondition struct {
	// StorageDegraded or StorageUnreachable.
	Status StorageHealthStatusType `json:"status" protobuf:"bytes,1" required:"true" enum:"StorageDegraded|StorageUnreachable"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason" protobuf:"bytes,2" required:"true"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,3"`
	// Access mode that it concerns; nil means all.
	AccessMode *corev1.PersistentVolumeAccessMode `json:"accessMode,omitempty" protobuf:"bytes,4" enum:"ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"`
	// Volume mode that it concerns; nil means all.
	VolumeMode *corev1.PersistentVolumeMode `json:"volumeMode,omitempty" protobuf:"bytes,5" enum:"Block|Filesystem"`
	// When that last changed.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,6"`
}

// StorageHealthStatusType is a kind of trouble with storage.
type StorageHealthStatusType string

// TokenRequest is a token that a driver gets.
type TokenRequest struct {
	// Who shall accept the token; empty means the API server.
	Audience string `json:"audience" protobuf:"bytes,1" required:"true"`
	// Life asked for, in seconds, at least 600; nil means 3600.
	ExpirationSeconds *int64 `json:"expirationSeconds,omitempty" protobuf:"varint,2"`
}

// VolumeAttachment attaches a volume to a node.
type VolumeAttachment struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec VolumeAttachmentSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status VolumeAttachmentStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// VolumeAttachmentList is a list of VolumeAttachments.
type VolumeAttachmentList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []VolumeAttachment `json:"items" protobuf:"bytes,2" required:"true"`
}

// VolumeAttachmentSource is the volume to attach: exactly one member is set.
type VolumeAttachmentSource struct {
	// Name of a PersistentVolume.
	PersistentVolumeName *string `json:"persistentVolumeName,omitempty" protobuf:"bytes,1"`
	// A volume that has no PersistentVolume: one that was written in a Pod.
	InlineVolumeSpec *corev1.PersistentVolumeSpec `json:"inlineVolumeSpec,omitempty" protobuf:"bytes,2"`
}

// VolumeAttachmentSpec is the volume and the node; cannot change.
type VolumeAttachmentSpec struct {
	// CSI driver that attaches.
	Attacher string `json:"attacher" protobuf:"bytes,1" required:"true"`
	// The volume.
	Source VolumeAttachmentSource `json:"source" protobuf:"bytes,2" required:"true"`
	// The node.
	NodeName string `json:"nodeName" protobuf:"bytes,3" required:"true"`
}

// VolumeAttachmentStatus is how far attaching is.
type VolumeAttachmentStatus struct {
	// Whether it is attached.
	Attached bool `json:"attached" protobuf:"varint,1" required:"true"`
	// What the driver says that mounting needs to know.
	AttachmentMetadata map[string]string `json:"attachmentMetadata,omitempty" protobuf:"bytes,2"`
	// What went wrong last in attaching.
	AttachError *VolumeError `json:"attachError,omitempty" protobuf:"bytes,3"`
	// What went wrong last in detaching.
	DetachError *VolumeError `json:"detachError,omitempty" protobuf:"bytes,4"`
}

// VolumeAttributesClass is settings of volumes that may change while they are in use.
type VolumeAttributesClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// CSI driver that they are for; cannot change.
	DriverName string `json:"driverName" protobuf:"bytes,2" required:"true"`
	// The settings, at most 512; cannot change.
	Parameters map[string]string `json:"parameters,omitempty" protobuf:"bytes,3"`
}

// VolumeAttributesClassList is a list of VolumeAttributesClasses.
type VolumeAttributesClassList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []VolumeAttributesClass `json:"items" protobuf:"bytes,2" required:"true"`
}

// VolumeBindingMode says when claims are bound to volumes.
type VolumeBindingMode string

// VolumeError is an error of a volume.
type VolumeError struct {
	// When it happened.
	Time meta.Time `json:"time,omitempty" protobuf:"bytes,1"`
	// What happened; it may be logged, so nothing secret.
	Message string `json:"message,omitempty" protobuf:"bytes,2"`
	// GRPC code of the error; nil if it was not a gRPC call.
	ErrorCode *int32 `json:"errorCode,omitempty" protobuf:"varint,3"`
}

// VolumeLifecycleMode is a kind of volume that a driver serves.
type VolumeLifecycleMode string

// VolumeNodeResources is what a node can take of a driver's volumes.
type VolumeNodeResources struct {
	// How many at once; nil means no bound.
	Count *int32 `json:"count,omitempty" protobuf:"varint,1"`
}
