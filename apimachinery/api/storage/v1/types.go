package storagev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

type CSIDriver struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
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

type CSIDriverSpec struct {
	AttachRequired                     *bool                 `json:"attachRequired,omitempty" protobuf:"varint,1"`
	PodInfoOnMount                     *bool                 `json:"podInfoOnMount,omitempty" protobuf:"bytes,2"`
	VolumeLifecycleModes               []VolumeLifecycleMode `json:"volumeLifecycleModes,omitempty" protobuf:"bytes,3" listType:"set"`
	StorageCapacity                    *bool                 `json:"storageCapacity,omitempty" protobuf:"bytes,4"`
	FSGroupPolicy                      *FSGroupPolicy        `json:"fsGroupPolicy,omitempty" protobuf:"bytes,5"`
	TokenRequests                      []TokenRequest        `json:"tokenRequests,omitempty" protobuf:"bytes,6" listType:"atomic"`
	RequiresRepublish                  *bool                 `json:"requiresRepublish,omitempty" protobuf:"varint,7"`
	SELinuxMount                       *bool                 `json:"seLinuxMount,omitempty" protobuf:"varint,8"`
	NodeAllocatableUpdatePeriodSeconds *int64                `json:"nodeAllocatableUpdatePeriodSeconds,omitempty" protobuf:"varint,9"`
	ServiceAccountTokenInSecrets       *bool                 `json:"serviceAccountTokenInSecrets,omitempty" protobuf:"varint,10"`
	PreventPodSchedulingIfMissing      *bool                 `json:"preventPodSchedulingIfMissing,omitempty" protobuf:"varint,11"`
}

type CSINode struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec CSINodeSpec `json:"spec" protobuf:"bytes,2" required:"true"`
	// What is: written by the cluster, not by users.
	Status CSINodeStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type CSINodeDriver struct {
	Name         string               `json:"name" protobuf:"bytes,1" required:"true"`
	NodeID       string               `json:"nodeID" protobuf:"bytes,2" required:"true"`
	TopologyKeys []string             `json:"topologyKeys" protobuf:"bytes,3" listType:"atomic"`
	Allocatable  *VolumeNodeResources `json:"allocatable,omitempty" protobuf:"bytes,4"`
}

// CSINodeList is a list of CSINodes.
type CSINodeList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CSINode `json:"items" protobuf:"bytes,2" required:"true"`
}

type CSINodeSpec struct {
	Drivers []CSINodeDriver `json:"drivers" protobuf:"bytes,1" required:"true" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

type CSINodeStatus struct {
	StorageHealth []StorageHealth `json:"storageHealth,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

type CSIStorageCapacity struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta   `json:"metadata,omitempty" protobuf:"bytes,1"`
	NodeTopology      *meta.LabelSelector `json:"nodeTopology,omitempty" protobuf:"bytes,2"`
	StorageClassName  string              `json:"storageClassName" protobuf:"bytes,3" required:"true"`
	Capacity          *quantity.Quantity  `json:"capacity,omitempty" protobuf:"bytes,4"`
	MaximumVolumeSize *quantity.Quantity  `json:"maximumVolumeSize,omitempty" protobuf:"bytes,5"`
}

// CSIStorageCapacityList is a list of CSIStorageCapacitys.
type CSIStorageCapacityList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []CSIStorageCapacity `json:"items" protobuf:"bytes,2" required:"true"`
}

type FSGroupPolicy string

type StorageClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta      `json:"metadata,omitempty" protobuf:"bytes,1"`
	Provisioner          string                                `json:"provisioner" protobuf:"bytes,2" required:"true"`
	Parameters           map[string]string                     `json:"parameters,omitempty" protobuf:"bytes,3"`
	ReclaimPolicy        *corev1.PersistentVolumeReclaimPolicy `json:"reclaimPolicy,omitempty" protobuf:"bytes,4" enum:"Delete|Recycle|Retain"`
	MountOptions         []string                              `json:"mountOptions,omitempty" protobuf:"bytes,5" listType:"atomic"`
	AllowVolumeExpansion *bool                                 `json:"allowVolumeExpansion,omitempty" protobuf:"varint,6"`
	VolumeBindingMode    *VolumeBindingMode                    `json:"volumeBindingMode,omitempty" protobuf:"bytes,7" enum:"Immediate|WaitForFirstConsumer"`
	AllowedTopologies    []corev1.TopologySelectorTerm         `json:"allowedTopologies,omitempty" protobuf:"bytes,8" listType:"atomic"`
}

// StorageClassList is a list of StorageClasses.
type StorageClassList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []StorageClass `json:"items" protobuf:"bytes,2" required:"true"`
}

type StorageHealth struct {
	Name             string                   `json:"name" protobuf:"bytes,1" required:"true"`
	HealthConditions []StorageHealthCondition `json:"healthConditions,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type StorageHealthCondition struct {
	// What is: written by the cluster, not by users.
	Status             StorageHealthStatusType            `json:"status" protobuf:"bytes,1" required:"true" enum:"StorageDegraded|StorageUnreachable"`
	Reason             string                             `json:"reason" protobuf:"bytes,2" required:"true"`
	Message            string                             `json:"message,omitempty" protobuf:"bytes,3"`
	AccessMode         *corev1.PersistentVolumeAccessMode `json:"accessMode,omitempty" protobuf:"bytes,4" enum:"ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"`
	VolumeMode         *corev1.PersistentVolumeMode       `json:"volumeMode,omitempty" protobuf:"bytes,5" enum:"Block|Filesystem"`
	LastTransitionTime meta.Time                          `json:"lastTransitionTime,omitempty" protobuf:"bytes,6"`
}

type StorageHealthStatusType string

type TokenRequest struct {
	Audience          string `json:"audience" protobuf:"bytes,1" required:"true"`
	ExpirationSeconds *int64 `json:"expirationSeconds,omitempty" protobuf:"varint,2"`
}

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

type VolumeAttachmentSource struct {
	PersistentVolumeName *string                      `json:"persistentVolumeName,omitempty" protobuf:"bytes,1"`
	InlineVolumeSpec     *corev1.PersistentVolumeSpec `json:"inlineVolumeSpec,omitempty" protobuf:"bytes,2"`
}

type VolumeAttachmentSpec struct {
	Attacher string                 `json:"attacher" protobuf:"bytes,1" required:"true"`
	Source   VolumeAttachmentSource `json:"source" protobuf:"bytes,2" required:"true"`
	NodeName string                 `json:"nodeName" protobuf:"bytes,3" required:"true"`
}

type VolumeAttachmentStatus struct {
	Attached           bool              `json:"attached" protobuf:"varint,1" required:"true"`
	AttachmentMetadata map[string]string `json:"attachmentMetadata,omitempty" protobuf:"bytes,2"`
	AttachError        *VolumeError      `json:"attachError,omitempty" protobuf:"bytes,3"`
	DetachError        *VolumeError      `json:"detachError,omitempty" protobuf:"bytes,4"`
}

type VolumeAttributesClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	DriverName      string            `json:"driverName" protobuf:"bytes,2" required:"true"`
	Parameters      map[string]string `json:"parameters,omitempty" protobuf:"bytes,3"`
}

// VolumeAttributesClassList is a list of VolumeAttributesClasses.
type VolumeAttributesClassList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []VolumeAttributesClass `json:"items" protobuf:"bytes,2" required:"true"`
}

type VolumeBindingMode string

type VolumeError struct {
	Time      meta.Time `json:"time,omitempty" protobuf:"bytes,1"`
	Message   string    `json:"message,omitempty" protobuf:"bytes,2"`
	ErrorCode *int32    `json:"errorCode,omitempty" protobuf:"varint,3"`
}

type VolumeLifecycleMode string

type VolumeNodeResources struct {
	Count *int32 `json:"count,omitempty" protobuf:"varint,1"`
}
