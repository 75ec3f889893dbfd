package corev1

// How a volume may be mounted.
const (
	ReadWriteOnce    PersistentVolumeAccessMode = "ReadWriteOnce"    // read and written on one node
	ReadOnlyMany     PersistentVolumeAccessMode = "ReadOnlyMany"     // read on many nodes
	ReadWriteMany    PersistentVolumeAccessMode = "ReadWriteMany"    // read and written on many nodes
	ReadWriteOncePod PersistentVolumeAccessMode = "ReadWriteOncePod" // read and written by one Pod
)

// What a volume is inside a Pod.
const (
	PersistentVolumeFilesystem PersistentVolumeMode = "Filesystem" // a folder; the default
	PersistentVolumeBlock      PersistentVolumeMode = "Block"      // a raw device
)

// What becomes of a volume whose claim is deleted.
const (
	PersistentVolumeReclaimRecycle PersistentVolumeReclaimPolicy = "Recycle" // its files are deleted; deprecated
	PersistentVolumeReclaimDelete  PersistentVolumeReclaimPolicy = "Delete"  // it is deleted with its storage
	PersistentVolumeReclaimRetain  PersistentVolumeReclaimPolicy = "Retain"  // it stays for an administrator to look at
)

// Where a PersistentVolume is in its life.
const (
	VolumePending   PersistentVolumePhase = "Pending"
	VolumeAvailable PersistentVolumePhase = "Available" // free to claim
	VolumeBound     PersistentVolumePhase = "Bound"     // has a claim
	VolumeReleased  PersistentVolumePhase = "Released"  // its claim is gone; not reclaimed yet
	VolumeFailed    PersistentVolumePhase = "Failed"    // could not be reclaimed
)

// Where a PersistentVolumeClaim is in its life.
const (
	ClaimPending PersistentVolumeClaimPhase = "Pending" // has no volume yet
	ClaimBound   PersistentVolumeClaimPhase = "Bound"
	ClaimLost    PersistentVolumeClaimPhase = "Lost" // its volume is gone
)

// Conditions of a PersistentVolumeClaim.
const (
	PersistentVolumeClaimResizing                PersistentVolumeClaimConditionType = "Resizing"
	PersistentVolumeClaimFileSystemResizePending PersistentVolumeClaimConditionType = "FileSystemResizePending" // the file system grows when a node mounts it
	PersistentVolumeClaimControllerResizeError   PersistentVolumeClaimConditionType = "ControllerResizeError"
	PersistentVolumeClaimNodeResizeError         PersistentVolumeClaimConditionType = "NodeResizeError"
	PersistentVolumeClaimVolumeModifyVolumeError PersistentVolumeClaimConditionType = "ModifyVolumeError"
	PersistentVolumeClaimVolumeModifyingVolume   PersistentVolumeClaimConditionType = "ModifyingVolume"
)

// How far a claim's resize is.
const (
	PersistentVolumeClaimControllerResizeInProgress ClaimResourceStatus = "ControllerResizeInProgress"
	PersistentVolumeClaimControllerResizeInfeasible ClaimResourceStatus = "ControllerResizeInfeasible"
	PersistentVolumeClaimNodeResizePending          ClaimResourceStatus = "NodeResizePending"
	PersistentVolumeClaimNodeResizeInProgress       ClaimResourceStatus = "NodeResizeInProgress"
	PersistentVolumeClaimNodeResizeInfeasible       ClaimResourceStatus = "NodeResizeInfeasible"
)

// How far a change of a claim's volume attributes class is.
const (
	PersistentVolumeClaimModifyVolumePending    PersistentVolumeClaimModifyVolumeStatus = "Pending"
	PersistentVolumeClaimModifyVolumeInProgress PersistentVolumeClaimModifyVolumeStatus = "InProgress"
	PersistentVolumeClaimModifyVolumeInfeasible PersistentVolumeClaimModifyVolumeStatus = "Infeasible"
)

// What is wrong with a volume.
const (
	VolumeHealthStatusDataLoss     VolumeHealthStatusType = "DataLoss"
	VolumeHealthStatusDegraded     VolumeHealthStatusType = "Degraded"
	VolumeHealthStatusInaccessible VolumeHealthStatusType = "Inaccessible"
)

// What an emptyDir is kept on.
const (
	StorageMediumDefault         StorageMedium = "" // the node's disk
	StorageMediumMemory          StorageMedium = "Memory"
	StorageMediumHugePages       StorageMedium = "HugePages"
	StorageMediumHugePagesPrefix StorageMedium = "HugePages-" // with a size: HugePages-2Mi
)

// What must be at a hostPath before it is mounted.
const (
	HostPathUnset             HostPathType = "" // anything; not checked
	HostPathDirectoryOrCreate HostPathType = "DirectoryOrCreate"
	HostPathDirectory         HostPathType = "Directory"
	HostPathFileOrCreate      HostPathType = "FileOrCreate"
	HostPathFile              HostPathType = "File"
	HostPathSocket            HostPathType = "Socket"
	HostPathCharDev           HostPathType = "CharDevice"
	HostPathBlockDev          HostPathType = "BlockDevice"
)

// Whether mounts made later are seen on the other side.
const (
	MountPropagationNone            MountPropagationMode = "None"            // the default
	MountPropagationHostToContainer MountPropagationMode = "HostToContainer" // the container sees the host's
	MountPropagationBidirectional   MountPropagationMode = "Bidirectional"   // both see each other's; privileged containers only
)

// Whether a read-only mount is so all the way down.
const (
	RecursiveReadOnlyDisabled   RecursiveReadOnlyMode = "Disabled"
	RecursiveReadOnlyIfPossible RecursiveReadOnlyMode = "IfPossible"
	RecursiveReadOnlyEnabled    RecursiveReadOnlyMode = "Enabled"
)

// How a node caches an Azure disk.
const (
	AzureDataDiskCachingNone      AzureDataDiskCachingMode = "None"
	AzureDataDiskCachingReadOnly  AzureDataDiskCachingMode = "ReadOnly"
	AzureDataDiskCachingReadWrite AzureDataDiskCachingMode = "ReadWrite"
)

// How an Azure disk is kept.
const (
	AzureSharedBlobDisk    AzureDataDiskKind = "Shared"
	AzureDedicatedBlobDisk AzureDataDiskKind = "Dedicated"
	AzureManagedDisk       AzureDataDiskKind = "Managed"
)

// Annotations of claims and volumes from before there were fields for them.
const (
	BetaStorageClassAnnotation = "volume.beta.kubernetes.io/storage-class"
	MountOptionAnnotation      = "volume.beta.kubernetes.io/mount-options"
)

// Finalizers of claims and volumes that are in use.
const (
	PVCProtectionFinalizer = "kubernetes.io/pvc-protection"
	PVProtectionFinalizer  = "kubernetes.io/pv-protection"
)
