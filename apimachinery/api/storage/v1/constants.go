package storagev1

// When a claim is bound to a volume.
const (
	VolumeBindingImmediate            VolumeBindingMode = "Immediate"            // at once; the default
	VolumeBindingWaitForFirstConsumer VolumeBindingMode = "WaitForFirstConsumer" // when a Pod that uses it is scheduled
)

// Whether a driver's volumes are given to the Pod's fsGroup.
const (
	ReadWriteOnceWithFSTypeFSGroupPolicy FSGroupPolicy = "ReadWriteOnceWithFSType" // if one node writes them and they have a file system; the default
	FileFSGroupPolicy                    FSGroupPolicy = "File"                    // always
	NoneFSGroupPolicy                    FSGroupPolicy = "None"                    // never
)

// Kinds of volume that a driver serves.
const (
	VolumeLifecyclePersistent VolumeLifecycleMode = "Persistent" // through claims; the default
	VolumeLifecycleEphemeral  VolumeLifecycleMode = "Ephemeral"  // written inline in a Pod, and gone with it
)

// What is wrong with storage as a whole.
const (
	StorageHealthStatusDegraded    StorageHealthStatusType = "StorageDegraded"
	StorageHealthStatusUnreachable StorageHealthStatusType = "StorageUnreachable"
)

// Annotations of a StorageClass: "true" on the one for claims that name none.
const (
	AnnotationIsDefaultStorageClass     = "storageclass.kubernetes.io/is-default-class"
	BetaAnnotationIsDefaultStorageClass = "storageclass.beta.kubernetes.io/is-default-class"
)

// Annotations that binding and provisioning leave on claims and volumes.
const (
	AnnotationBindCompleted          = "pv.kubernetes.io/bind-completed"          // on a claim: the binding is done
	AnnotationBoundByController      = "pv.kubernetes.io/bound-by-controller"     // the controller, not a user, chose the other side
	AnnotationDynamicallyProvisioned = "pv.kubernetes.io/provisioned-by"          // on a volume: the provisioner that made it
	AnnotationStorageProvisioner     = "volume.kubernetes.io/storage-provisioner" // on a claim: the provisioner that shall make its volume
	AnnotationSelectedNode           = "volume.kubernetes.io/selected-node"       // on a claim: the node that the scheduler chose
)
