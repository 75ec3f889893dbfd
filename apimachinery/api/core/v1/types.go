package corev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// AWSElasticBlockStoreVolumeSource is a disk of AWS in the zone of the node; the ebs.csi.aws.com
// driver serves it.
type AWSElasticBlockStoreVolumeSource struct {
	// ID of the disk in AWS; the disk must exist.
	VolumeID string `json:"volumeID" protobuf:"bytes,1" required:"true"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
	// Partition to mount, counted from 1; 0 mounts the whole device.
	Partition int32 `json:"partition,omitempty" protobuf:"varint,3"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,4"`
}

// Affinity says which nodes and neighbours a Pod wants or avoids.
type Affinity struct {
	// Nodes that the Pod wants, by their labels.
	NodeAffinity *NodeAffinity `json:"nodeAffinity,omitempty" protobuf:"bytes,1"`
	// Pods that this one wants to be near.
	PodAffinity *PodAffinity `json:"podAffinity,omitempty" protobuf:"bytes,2"`
	// Pods that this one wants to be apart from.
	PodAntiAffinity *PodAntiAffinity `json:"podAntiAffinity,omitempty" protobuf:"bytes,3"`
}

// AppArmorProfile says which AppArmor profile confines a container.
type AppArmorProfile struct {
	// Where the profile comes from: Localhost (loaded on the node), RuntimeDefault or Unconfined.
	Type AppArmorProfileType `json:"type" protobuf:"bytes,1" required:"true" enum:"Localhost|RuntimeDefault|Unconfined"`
	// Name of the profile on the node; needed with Localhost, forbidden otherwise.
	LocalhostProfile *string `json:"localhostProfile,omitempty" protobuf:"bytes,2"`
}

// AppArmorProfileType says where an AppArmor profile comes from.
type AppArmorProfileType string

// AttachedVolume is a volume that is attached to a Node.
type AttachedVolume struct {
	// Name of the volume, unique in the cluster.
	Name UniqueVolumeName `json:"name" protobuf:"bytes,1" required:"true"`
	// Where the node finds the device.
	DevicePath string `json:"devicePath" protobuf:"bytes,2" required:"true"`
}

// AzureDataDiskCachingMode says how a node caches an Azure disk.
type AzureDataDiskCachingMode string

// AzureDataDiskKind says how Azure keeps a disk.
type AzureDataDiskKind string

// AzureDiskVolumeSource is a data disk of Azure; the disk.csi.azure.com driver serves it.
type AzureDiskVolumeSource struct {
	// Name of the disk in the blob storage.
	DiskName string `json:"diskName" protobuf:"bytes,1" required:"true"`
	// Where Azure keeps the disk.
	DataDiskURI string `json:"diskURI" protobuf:"bytes,2" required:"true"`
	// How the host caches it: None, ReadOnly or ReadWrite.
	CachingMode *AzureDataDiskCachingMode `json:"cachingMode,omitempty" protobuf:"bytes,3" enum:"None|ReadOnly|ReadWrite"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType *string `json:"fsType,omitempty" protobuf:"bytes,4"`
	// Mounts the disk read-only; nil means false.
	ReadOnly *bool `json:"readOnly,omitempty" protobuf:"varint,5"`
	// Shared (many disks in a storage account), Dedicated (one) or Managed (Azure looks after it).
	Kind *AzureDataDiskKind `json:"kind,omitempty" protobuf:"bytes,6" enum:"Dedicated|Managed|Shared"`
}

// AzureFilePersistentVolumeSource is a file share of Azure; the file.csi.azure.com driver serves
// it.
type AzureFilePersistentVolumeSource struct {
	// Secret with the storage account's name and key.
	SecretName string `json:"secretName" protobuf:"bytes,1" required:"true"`
	// Name of the share.
	ShareName string `json:"shareName" protobuf:"bytes,2" required:"true"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
	// Namespace of the Secret; nil means that of the claim.
	SecretNamespace *string `json:"secretNamespace" protobuf:"bytes,4"`
}

// AzureFileVolumeSource is a file share of Azure; the file.csi.azure.com driver serves it.
type AzureFileVolumeSource struct {
	// Secret with the storage account's name and key.
	SecretName string `json:"secretName" protobuf:"bytes,1" required:"true"`
	// Name of the share.
	ShareName string `json:"shareName" protobuf:"bytes,2" required:"true"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
}

// Binding gives an object to another one: posted to a Pod's binding subresource it puts the Pod on
// a Node.
type Binding struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What the object is given to: for a Pod, a reference to a Node.
	Target ObjectReference `json:"target" protobuf:"bytes,2" required:"true"`
}

// CSIPersistentVolumeSource is storage that a CSI driver serves.
type CSIPersistentVolumeSource struct {
	// Name of the driver.
	Driver string `json:"driver" protobuf:"bytes,1" required:"true"`
	// Name that the driver knows the volume by; cannot change.
	VolumeHandle string `json:"volumeHandle" protobuf:"bytes,2" required:"true"`
	// Mounts the volume read-only.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
	// File system to mount; empty leaves it to the driver.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,4"`
	// What the driver said of the volume when it made it; handed back to it on every call.
	VolumeAttributes map[string]string `json:"volumeAttributes,omitempty" protobuf:"bytes,5"`
	// Secret handed to the driver when the volume is attached and detached.
	ControllerPublishSecretRef *SecretReference `json:"controllerPublishSecretRef,omitempty" protobuf:"bytes,6"`
	// Secret handed to the driver when a node first prepares the volume.
	NodeStageSecretRef *SecretReference `json:"nodeStageSecretRef,omitempty" protobuf:"bytes,7"`
	// Secret handed to the driver when the volume is mounted for a Pod.
	NodePublishSecretRef *SecretReference `json:"nodePublishSecretRef,omitempty" protobuf:"bytes,8"`
	// Secret handed to the driver when the volume is enlarged.
	ControllerExpandSecretRef *SecretReference `json:"controllerExpandSecretRef,omitempty" protobuf:"bytes,9"`
	// Secret handed to the driver when a node enlarges the file system.
	NodeExpandSecretRef *SecretReference `json:"nodeExpandSecretRef,omitempty" protobuf:"bytes,10"`
}

// CSIVolumeSource is a volume that a CSI driver makes for one Pod and that goes with it.
type CSIVolumeSource struct {
	// Name of the driver; it must support inline volumes.
	Driver string `json:"driver" protobuf:"bytes,1" required:"true"`
	// Mounts the volume read-only; nil means false.
	ReadOnly *bool `json:"readOnly,omitempty" protobuf:"varint,2"`
	// File system to mount; nil leaves it to the driver.
	FSType *string `json:"fsType,omitempty" protobuf:"bytes,3"`
	// Settings for the driver; what it knows is in its own manual.
	VolumeAttributes map[string]string `json:"volumeAttributes,omitempty" protobuf:"bytes,4"`
	// Secret in the Pod's namespace, handed to the driver when it mounts.
	NodePublishSecretRef *LocalObjectReference `json:"nodePublishSecretRef,omitempty" protobuf:"bytes,5"`
}

// Capabilities changes which privileges of root a container's processes have.
type Capabilities struct {
	// Capabilities to add to what the runtime gives, without CAP_.
	Add []Capability `json:"add,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Capabilities to take away; ALL takes every one.
	Drop []Capability `json:"drop,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// Capability is the name of a Linux capability without CAP_, such as NET_ADMIN.
type Capability string

// CephFSPersistentVolumeSource is a mount of CephFS; the cephfs.csi.ceph.com driver took its
// place.
type CephFSPersistentVolumeSource struct {
	// Addresses of the Ceph monitors.
	Monitors []string `json:"monitors" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// Folder of CephFS to mount; empty means /.
	Path string `json:"path,omitempty" protobuf:"bytes,2"`
	// User of Ceph; empty means admin.
	User string `json:"user,omitempty" protobuf:"bytes,3"`
	// Path of the user's keyring on the node; empty means /etc/ceph/user.secret.
	SecretFile string `json:"secretFile,omitempty" protobuf:"bytes,4"`
	// Secret with the user's key, instead of secretFile.
	SecretRef *SecretReference `json:"secretRef,omitempty" protobuf:"bytes,5"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,6"`
}

// CephFSVolumeSource is a mount of CephFS; the cephfs.csi.ceph.com driver took its place.
type CephFSVolumeSource struct {
	// Addresses of the Ceph monitors.
	Monitors []string `json:"monitors" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// Folder of CephFS to mount; empty means /.
	Path string `json:"path,omitempty" protobuf:"bytes,2"`
	// User of Ceph; empty means admin.
	User string `json:"user,omitempty" protobuf:"bytes,3"`
	// Path of the user's keyring on the node; empty means /etc/ceph/user.secret.
	SecretFile string `json:"secretFile,omitempty" protobuf:"bytes,4"`
	// Secret with the user's key, instead of secretFile.
	SecretRef *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,5"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,6"`
}

// CinderPersistentVolumeSource is a disk of OpenStack; the cinder.csi.openstack.org driver serves
// it.
type CinderPersistentVolumeSource struct {
	// ID of the disk in Cinder.
	VolumeID string `json:"volumeID" protobuf:"bytes,1" required:"true"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
	// Secret with what is needed to log in to OpenStack.
	SecretRef *SecretReference `json:"secretRef,omitempty" protobuf:"bytes,4"`
}

// CinderVolumeSource is a disk of OpenStack; the cinder.csi.openstack.org driver serves it.
type CinderVolumeSource struct {
	// ID of the disk in Cinder.
	VolumeID string `json:"volumeID" protobuf:"bytes,1" required:"true"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
	// Secret with what is needed to log in to OpenStack.
	SecretRef *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,4"`
}

// ClaimResourceStatus says how far the resize of a claim's resource is.
type ClaimResourceStatus string

// ClientIPConfig tunes session affinity by client address.
type ClientIPConfig struct {
	// How long a client keeps its Pod after its last connection, in seconds: 1 to 86400; nil means
	// 10800, three hours.
	TimeoutSeconds *int32 `json:"timeoutSeconds,omitempty" protobuf:"varint,1"`
}

// ClusterTrustBundleProjection puts the certificates of ClusterTrustBundles into a file.
type ClusterTrustBundleProjection struct {
	// The one bundle to use; not together with signerName.
	Name *string `json:"name,omitempty" protobuf:"bytes,1"`
	// Takes all bundles of this signer that labelSelector picks, deduplicated, in no fixed order.
	SignerName *string `json:"signerName,omitempty" protobuf:"bytes,2"`
	// Picks bundles of signerName; nil picks none, an empty one picks all.
	LabelSelector *meta.LabelSelector `json:"labelSelector,omitempty" protobuf:"bytes,3"`
	// Lets the Pod start although there is no such bundle; the file is then empty.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,5"`
	// File to write, relative to the volume.
	Path string `json:"path" protobuf:"bytes,4" required:"true"`
	// Numeric user who owns the file; nil takes the volume's default.
	User *int64 `json:"user,omitempty" protobuf:"varint,6"`
}

// ComponentCondition is what is known of a component's health.
type ComponentCondition struct {
	// Always Healthy.
	Type ComponentConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// What the health check answered.
	Message string `json:"message,omitempty" protobuf:"bytes,3"`
	// Why the check could not be made.
	Error string `json:"error,omitempty" protobuf:"bytes,4"`
}

// ComponentConditionType names a condition of a ComponentStatus.
type ComponentConditionType string

// ComponentStatus is the health of a part of the control plane. Deprecated: ask the parts' own
// health endpoints.
type ComponentStatus struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Observations about the object, one for each type.
	Conditions []ComponentCondition `json:"conditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// ComponentStatusList is a list of ComponentStatuses.
type ComponentStatusList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ComponentStatus `json:"items" protobuf:"bytes,2" required:"true"`
}

// ConditionStatus is True, False or Unknown.
type ConditionStatus string

// ConfigMap holds configuration for Pods to read as files, environment or arguments. At most 1
// MiB.
type ConfigMap struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// True forbids any change of the data for ever, which spares the nodes watching it; nil and false
	// allow it.
	Immutable *bool `json:"immutable,omitempty" protobuf:"varint,4"`
	// Texts by key; a key is made of letters, digits, '-', '_' and '.'. No key may also be in
	// binaryData.
	Data map[string]string `json:"data,omitempty" protobuf:"bytes,2"`
	// Bytes by key, in base64; for what is not UTF-8.
	BinaryData map[string][]byte `json:"binaryData,omitempty" protobuf:"bytes,3"`
}

// ConfigMapEnvSource makes environment variables of all keys of a ConfigMap.
type ConfigMapEnvSource struct {
	// The object by its name, in the Pod's namespace.
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	// Lets the Pod start although the source or its key is missing; false makes it wait.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,2"`
}

// ConfigMapKeySelector picks one key of a ConfigMap.
type ConfigMapKeySelector struct {
	_ struct{} `mapType:"atomic"`
	// The object by its name, in the Pod's namespace.
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	// Key whose value is taken.
	Key string `json:"key" protobuf:"bytes,2" required:"true"`
	// Lets the Pod start although the source or its key is missing; false makes it wait.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,3"`
}

// ConfigMapList is a list of ConfigMaps.
type ConfigMapList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ConfigMap `json:"items" protobuf:"bytes,2" required:"true"`
}

// ConfigMapNodeConfigSource names a ConfigMap with a kubelet's configuration. Deprecated: no
// kubelet reads it any more.
type ConfigMapNodeConfigSource struct {
	// Namespace of the ConfigMap.
	Namespace string `json:"namespace" protobuf:"bytes,1" required:"true"`
	// Name of the ConfigMap.
	Name string `json:"name" protobuf:"bytes,2" required:"true"`
	// UID of the ConfigMap; only in status.
	UID meta.UID `json:"uid,omitempty" protobuf:"bytes,3"`
	// Resource version of the ConfigMap; only in status.
	ResourceVersion string `json:"resourceVersion,omitempty" protobuf:"bytes,4"`
	// Key whose value is the configuration.
	KubeletConfigKey string `json:"kubeletConfigKey" protobuf:"bytes,5" required:"true"`
}

// ConfigMapProjection puts keys of a ConfigMap into a projected volume.
type ConfigMapProjection struct {
	// The object by its name, in the Pod's namespace.
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	// Keys to write and where; empty writes every key under its own name.
	Items []KeyToPath `json:"items,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Lets the Pod start although the source or its key is missing; false makes it wait.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,4"`
}

// ConfigMapVolumeSource shows the keys of a ConfigMap as files; they follow its changes.
type ConfigMapVolumeSource struct {
	// The object by its name, in the Pod's namespace.
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	// Keys to write and where; empty writes every key under its own name.
	Items []KeyToPath `json:"items,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Mode bits of the files, octal in YAML (0644) or decimal in JSON (420); nil means 0644. The
	// files' own modes come first, and fsGroup may add bits.
	DefaultMode *int32 `json:"defaultMode,omitempty" protobuf:"varint,3"`
	// Lets the Pod start although the source or its key is missing; false makes it wait.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,4"`
	// Numeric user who owns the files that name none of their own; nil leaves it to the Pod's security
	// context.
	DefaultUser *int64 `json:"defaultUser,omitempty" protobuf:"varint,5"`
}

// Container is one program of a Pod: an image and how to run it.
type Container struct {
	// Name, unique in the Pod, a DNS label; cannot change.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Image to run, such as registry.example.com/app:1.2; may be left out in templates whose image
	// something else fills in.
	Image string `json:"image,omitempty" protobuf:"bytes,2"`
	// Program and its first arguments, run without a shell; empty runs the image's entry point. $(VAR)
	// is replaced from env, $$(VAR) is not.
	Command []string `json:"command,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Arguments; empty takes the image's, unless command is given. $(VAR) is replaced from env,
	// $$(VAR) is not.
	Args []string `json:"args,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// Folder to start in; empty takes the image's.
	WorkingDir string `json:"workingDir,omitempty" protobuf:"bytes,5"`
	// Ports that the container listens on. For the reader and for names that Services use: a port left
	// out can be reached as well.
	Ports []ContainerPort `json:"ports,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"containerPort" listType:"map" listMapKey:"containerPort,protocol"`
	// Sources whose keys all become environment variables; later ones win, and env wins over all.
	EnvFrom []EnvFromSource `json:"envFrom,omitempty" protobuf:"bytes,19" listType:"atomic"`
	// Environment variables.
	Env []EnvVar `json:"env,omitempty" protobuf:"bytes,7" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// CPU, memory and other resources: what is reserved and what is the most.
	Resources ResourceRequirements `json:"resources,omitempty" protobuf:"bytes,8"`
	// Whether the container restarts when one of its resources changes in place.
	ResizePolicy []ContainerResizePolicy `json:"resizePolicy,omitempty" protobuf:"bytes,23" listType:"atomic"`
	// Overrides the Pod's restart policy; Always on an init container makes it a sidecar that runs
	// beside the others from then on.
	RestartPolicy *ContainerRestartPolicy `json:"restartPolicy,omitempty" protobuf:"bytes,24"`
	// Rules on exit codes, the first that matches decides; if none does, restartPolicy does.
	RestartPolicyRules []ContainerRestartRule `json:"restartPolicyRules,omitempty" protobuf:"bytes,25" listType:"atomic"`
	// Volumes of the Pod and where to mount them.
	VolumeMounts []VolumeMount `json:"volumeMounts,omitempty" protobuf:"bytes,9" patchStrategy:"merge" patchMergeKey:"mountPath" listType:"map" listMapKey:"mountPath"`
	// Block volumes of the Pod and at which device paths.
	VolumeDevices []VolumeDevice `json:"volumeDevices,omitempty" protobuf:"bytes,21" patchStrategy:"merge" patchMergeKey:"devicePath" listType:"map" listMapKey:"devicePath"`
	// Check whether it still works; failing restarts the container.
	LivenessProbe *Probe `json:"livenessProbe,omitempty" protobuf:"bytes,10"`
	// Check whether it can serve; while failing, Services leave the Pod out.
	ReadinessProbe *Probe `json:"readinessProbe,omitempty" protobuf:"bytes,11"`
	// Check whether it has started; until it succeeds the other probes wait, and failing restarts the
	// container.
	StartupProbe *Probe `json:"startupProbe,omitempty" protobuf:"bytes,22"`
	// What to do right after it starts and right before it is stopped.
	Lifecycle *Lifecycle `json:"lifecycle,omitempty" protobuf:"bytes,12"`
	// File in the container whose content becomes the status message at its end, at most 4096 bytes;
	// empty means /dev/termination-log.
	TerminationMessagePath string `json:"terminationMessagePath,omitempty" protobuf:"bytes,13"`
	// File reads terminationMessagePath; FallbackToLogsOnError takes the end of the log (80 lines,
	// 2048 bytes) if the file is empty and the container failed. Default File.
	TerminationMessagePolicy TerminationMessagePolicy `json:"terminationMessagePolicy,omitempty" protobuf:"bytes,20" enum:"FallbackToLogsOnError|File"`
	// Always, IfNotPresent or Never; default Always for the tag latest, IfNotPresent for any other.
	ImagePullPolicy PullPolicy `json:"imagePullPolicy,omitempty" protobuf:"bytes,14" enum:"Always|IfNotPresent|Never"`
	// Privileges of the container; what is set here wins over the Pod's.
	SecurityContext *SecurityContext `json:"securityContext,omitempty" protobuf:"bytes,15"`
	// Keeps standard input open for somebody to attach; without it reads meet the end at once.
	Stdin bool `json:"stdin,omitempty" protobuf:"varint,16"`
	// Closes standard input after the first who attached to it leaves; false keeps it open until the
	// container ends.
	StdinOnce bool `json:"stdinOnce,omitempty" protobuf:"varint,17"`
	// Gives the container a terminal; needs stdin.
	TTY bool `json:"tty,omitempty" protobuf:"varint,18"`
}

// ContainerExtendedResourceRequest says which request of a claim stands for a container's extended
// resource.
type ContainerExtendedResourceRequest struct {
	// Name of the container.
	ContainerName string `json:"containerName" protobuf:"bytes,1" required:"true"`
	// Name of the extended resource in the container's requests.
	ResourceName string `json:"resourceName" protobuf:"bytes,2" required:"true"`
	// Name of the request in the claim made for it.
	RequestName string `json:"requestName" protobuf:"bytes,3" required:"true"`
}

// ContainerImage is an image that a node has.
type ContainerImage struct {
	// Names that the image is known by, with tag or digest.
	Names []string `json:"names" protobuf:"bytes,1" listType:"atomic"`
	// Its size in bytes.
	SizeBytes int64 `json:"sizeBytes,omitempty" protobuf:"varint,2"`
}

// ContainerPort is a port that a container listens on.
type ContainerPort struct {
	// Name that a Service or probe may use instead of the number; unique in the Pod, at most 15
	// characters.
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
	// Port of the node that leads here, which keeps two such Pods off one node; 0 for none. With
	// hostNetwork it equals containerPort.
	HostPort int32 `json:"hostPort,omitempty" protobuf:"varint,2"`
	// Port inside the Pod, 1 to 65535.
	ContainerPort int32 `json:"containerPort" protobuf:"varint,3" required:"true"`
	// TCP, UDP or SCTP; default TCP.
	Protocol Protocol `json:"protocol,omitempty" protobuf:"bytes,4" enum:"SCTP|TCP|UDP" default:"TCP"`
	// Address of the node that hostPort is bound to; empty means all.
	HostIP string `json:"hostIP,omitempty" protobuf:"bytes,5"`
}

// ContainerResizePolicy says how a container takes the change of one resource.
type ContainerResizePolicy struct {
	// cpu or memory.
	ResourceName ResourceName `json:"resourceName" protobuf:"bytes,1" required:"true"`
	// NotRequired changes it in place; RestartContainer restarts the container. Default NotRequired.
	RestartPolicy ResourceResizeRestartPolicy `json:"restartPolicy" protobuf:"bytes,2" required:"true"`
}

// ContainerRestartPolicy says when one container restarts, whatever its Pod says.
type ContainerRestartPolicy string

// ContainerRestartRule says what to do when a container ends in a certain way.
type ContainerRestartRule struct {
	// What to do if the rule matches: Restart, or RestartAllContainers.
	Action ContainerRestartRuleAction `json:"action,omitempty" protobuf:"bytes,1" required:"true"`
	// Matches on the exit code.
	ExitCodes *ContainerRestartRuleOnExitCodes `json:"exitCodes,omitempty" protobuf:"bytes,2"`
}

// ContainerRestartRuleAction is what a restart rule does.
type ContainerRestartRuleAction string

// ContainerRestartRuleOnExitCodes matches exit codes.
type ContainerRestartRuleOnExitCodes struct {
	// In matches the listed codes, NotIn all others.
	Operator ContainerRestartRuleOnExitCodesOperator `json:"operator,omitempty" protobuf:"bytes,1" required:"true"`
	// Exit codes, 0 to 255, at most 255 of them.
	Values []int32 `json:"values,omitempty" protobuf:"varint,2" listType:"set"`
}

// ContainerRestartRuleOnExitCodesOperator says how a restart rule compares exit codes.
type ContainerRestartRuleOnExitCodesOperator string

// ContainerState is where a container is in its life: one member is set, and none means waiting.
type ContainerState struct {
	// It does not run yet: why.
	Waiting *ContainerStateWaiting `json:"waiting,omitempty" protobuf:"bytes,1"`
	// It runs: since when.
	Running *ContainerStateRunning `json:"running,omitempty" protobuf:"bytes,2"`
	// It has ended: how.
	Terminated *ContainerStateTerminated `json:"terminated,omitempty" protobuf:"bytes,3"`
}

// ContainerStateRunning is the state of a container that runs.
type ContainerStateRunning struct {
	// When it was started or restarted.
	StartedAt meta.Time `json:"startedAt,omitempty" protobuf:"bytes,1"`
}

// ContainerStateTerminated is the state of a container that has ended.
type ContainerStateTerminated struct {
	// Exit code of its first process.
	ExitCode int32 `json:"exitCode" protobuf:"varint,1" required:"true"`
	// Signal that ended it, if one did.
	Signal int32 `json:"signal,omitempty" protobuf:"varint,2"`
	// One word for why: Completed, Error, OOMKilled.
	Reason string `json:"reason,omitempty" protobuf:"bytes,3"`
	// Its last words: see terminationMessagePath.
	Message string `json:"message,omitempty" protobuf:"bytes,4"`
	// When this run began.
	StartedAt meta.Time `json:"startedAt,omitempty" protobuf:"bytes,5"`
	// When it ended.
	FinishedAt meta.Time `json:"finishedAt,omitempty" protobuf:"bytes,6"`
	// The run's ID: type://id.
	ContainerID string `json:"containerID,omitempty" protobuf:"bytes,7"`
}

// ContainerStateWaiting is the state of a container that does not run yet.
type ContainerStateWaiting struct {
	// One word for why: ContainerCreating, ImagePullBackOff, CrashLoopBackOff.
	Reason string `json:"reason,omitempty" protobuf:"bytes,1"`
	// Why, for people.
	Message string `json:"message,omitempty" protobuf:"bytes,2"`
}

// ContainerStatus is what is known of one container of a Pod.
type ContainerStatus struct {
	// Name of the container.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// How it is now.
	State ContainerState `json:"state,omitempty" protobuf:"bytes,2"`
	// How its run before this one ended.
	LastTerminationState ContainerState `json:"lastState,omitempty" protobuf:"bytes,3"`
	// Whether it serves: it has started and its readiness probe succeeds.
	Ready bool `json:"ready" protobuf:"varint,4" required:"true"`
	// How often it was restarted; may fall when the node forgets old runs.
	RestartCount int32 `json:"restartCount" protobuf:"varint,5" required:"true"`
	// Image that runs; may be named otherwise than in the spec.
	Image string `json:"image" protobuf:"bytes,6" required:"true"`
	// Digest of the image that runs.
	ImageID string `json:"imageID" protobuf:"bytes,7" required:"true"`
	// ID of the run: type://id, such as containerd://4f2a...
	ContainerID string `json:"containerID,omitempty" protobuf:"bytes,8"`
	// Whether it has passed its startup probe, or runs if it has none; sidecars and later containers
	// wait for it.
	Started *bool `json:"started,omitempty" protobuf:"varint,9"`
	// What the node has set aside for it, which may lag behind its requests.
	AllocatedResources ResourceList `json:"allocatedResources,omitempty" protobuf:"bytes,10"`
	// Requests and limits that are in force in the running container.
	Resources *ResourceRequirements `json:"resources,omitempty" protobuf:"bytes,11"`
	// How its volumes are mounted.
	VolumeMounts []VolumeMountStatus `json:"volumeMounts,omitempty" protobuf:"bytes,12" patchStrategy:"merge" patchMergeKey:"mountPath" listType:"map" listMapKey:"mountPath"`
	// Who its first process runs as.
	User *ContainerUser `json:"user,omitempty" protobuf:"bytes,13"`
	// Health of devices that it was given.
	AllocatedResourcesStatus []ResourceStatus `json:"allocatedResourcesStatus,omitempty" protobuf:"bytes,14" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Signal that will stop it.
	StopSignal *Signal `json:"stopSignal,omitempty" protobuf:"bytes,15" enum:"SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ"`
}

// ContainerUser is who a container's first process runs as.
type ContainerUser struct {
	// Numeric ids, on Linux.
	Linux *LinuxContainerUser `json:"linux,omitempty" protobuf:"bytes,1"`
}

// DNSPolicy says which DNS a Pod asks.
type DNSPolicy string

// DaemonEndpoint is a port that a daemon listens on.
type DaemonEndpoint struct {
	// Number of the port.
	Port int32 `json:"Port" protobuf:"varint,1" required:"true"`
}

// DownwardAPIProjection puts facts about the Pod into a projected volume.
type DownwardAPIProjection struct {
	// Files to write.
	Items []DownwardAPIVolumeFile `json:"items,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// DownwardAPIVolumeFile is one file with a fact about the Pod.
type DownwardAPIVolumeFile struct {
	// File to write, relative to the volume, without '..'.
	Path string `json:"path" protobuf:"bytes,1" required:"true"`
	// Field of the Pod to write: labels, annotations, name, namespace, uid.
	FieldRef *ObjectFieldSelector `json:"fieldRef,omitempty" protobuf:"bytes,2"`
	// Request or limit of a container to write.
	ResourceFieldRef *ResourceFieldSelector `json:"resourceFieldRef,omitempty" protobuf:"bytes,3"`
	// Mode bits of the file; nil takes the volume's default.
	Mode *int32 `json:"mode,omitempty" protobuf:"varint,4"`
	// Numeric user who owns the file; nil takes the volume's default.
	User *int64 `json:"user,omitempty" protobuf:"varint,5"`
}

// DownwardAPIVolumeSource shows facts about the Pod as files; labels and annotations follow their
// changes.
type DownwardAPIVolumeSource struct {
	// Files to write.
	Items []DownwardAPIVolumeFile `json:"items,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Mode bits of the files, octal in YAML (0644) or decimal in JSON (420); nil means 0644. The
	// files' own modes come first, and fsGroup may add bits.
	DefaultMode *int32 `json:"defaultMode,omitempty" protobuf:"varint,2"`
	// Numeric user who owns the files that name none of their own; nil leaves it to the Pod's security
	// context.
	DefaultUser *int64 `json:"defaultUser,omitempty" protobuf:"varint,3"`
}

// EmptyDirVolumeSource is a folder that begins empty and goes with the Pod; it outlives its
// containers.
type EmptyDirVolumeSource struct {
	// What holds it: empty is the node's disk, Memory is RAM (counted as the containers' memory),
	// HugePages huge pages.
	Medium StorageMedium `json:"medium,omitempty" protobuf:"bytes,1"`
	// Most that it may hold; a Pod over it is evicted. nil sets none, though memory still bounds
	// Memory.
	SizeLimit *quantity.Quantity `json:"sizeLimit,omitempty" protobuf:"bytes,2"`
	// Mode bits of the folder; nil means 0777.
	Mode *int32 `json:"mode,omitempty" protobuf:"varint,3"`
}

// EndpointAddress is an address that serves. Deprecated: use EndpointSlice.
type EndpointAddress struct {
	_ struct{} `mapType:"atomic"`
	// The address; not a loopback or link-local one.
	IP string `json:"ip" protobuf:"bytes,1" required:"true"`
	// Name of the endpoint in DNS.
	Hostname string `json:"hostname,omitempty" protobuf:"bytes,3"`
	// Node that the endpoint is on.
	NodeName *string `json:"nodeName,omitempty" protobuf:"bytes,4"`
	// The Pod or other object behind the address.
	TargetRef *ObjectReference `json:"targetRef,omitempty" protobuf:"bytes,2"`
}

// EndpointPort is a port that endpoints serve on. Deprecated: use EndpointSlice.
type EndpointPort struct {
	_ struct{} `mapType:"atomic"`
	// Name of the port as the Service has it; may be empty if there is only one.
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
	// Number of the port.
	Port int32 `json:"port" protobuf:"varint,2" required:"true"`
	// TCP, UDP or SCTP; default TCP.
	Protocol Protocol `json:"protocol,omitempty" protobuf:"bytes,3" enum:"SCTP|TCP|UDP"`
	// What is spoken over it, such as http or kubernetes.io/h2c; a hint for proxies.
	AppProtocol *string `json:"appProtocol,omitempty" protobuf:"bytes,4"`
}

// EndpointSubset is a set of addresses that all serve the same ports. Deprecated: use
// EndpointSlice.
type EndpointSubset struct {
	// Addresses that are ready.
	Addresses []EndpointAddress `json:"addresses,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Addresses that are not ready yet or any more.
	NotReadyAddresses []EndpointAddress `json:"notReadyAddresses,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Ports of each address.
	Ports []EndpointPort `json:"ports,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// Endpoints lists the addresses behind the Service of the same name. Deprecated: use
// EndpointSlice.
type Endpoints struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Addresses grouped by the ports that they serve.
	Subsets []EndpointSubset `json:"subsets,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// EndpointsList is a list of Endpoints. Deprecated: use EndpointSliceList.
type EndpointsList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Endpoints `json:"items" protobuf:"bytes,2" required:"true"`
}

// EnvFromSource makes environment variables of all keys of a ConfigMap or Secret.
type EnvFromSource struct {
	// Text put before each key to make the variable's name.
	Prefix string `json:"prefix,omitempty" protobuf:"bytes,1"`
	// ConfigMap to take.
	ConfigMapRef *ConfigMapEnvSource `json:"configMapRef,omitempty" protobuf:"bytes,2"`
	// Secret to take.
	SecretRef *SecretEnvSource `json:"secretRef,omitempty" protobuf:"bytes,3"`
}

// EnvVar is an environment variable of a container.
type EnvVar struct {
	// Name of the variable: anything printable but '='.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Its value; $(VAR) is replaced from variables named before and from Services, $$(VAR) is not.
	// Empty by default.
	Value string `json:"value,omitempty" protobuf:"bytes,2"`
	// Where the value comes from instead; not together with value.
	ValueFrom *EnvVarSource `json:"valueFrom,omitempty" protobuf:"bytes,3"`
}

// EnvVarSource is where the value of an environment variable comes from: exactly one member is
// set.
type EnvVarSource struct {
	// Field of the Pod, such as metadata.name, metadata.labels['x'], spec.nodeName, status.podIP.
	FieldRef *ObjectFieldSelector `json:"fieldRef,omitempty" protobuf:"bytes,1"`
	// Request or limit of a container.
	ResourceFieldRef *ResourceFieldSelector `json:"resourceFieldRef,omitempty" protobuf:"bytes,2"`
	// Key of a ConfigMap in the Pod's namespace.
	ConfigMapKeyRef *ConfigMapKeySelector `json:"configMapKeyRef,omitempty" protobuf:"bytes,3"`
	// Key of a Secret in the Pod's namespace.
	SecretKeyRef *SecretKeySelector `json:"secretKeyRef,omitempty" protobuf:"bytes,4"`
	// Key of a file in env format on one of the Pod's volumes.
	FileKeyRef *FileKeySelector `json:"fileKeyRef,omitempty" protobuf:"bytes,5"`
}

// EphemeralContainer is a container added to a running Pod to look into it; it never restarts and
// cannot be removed.
type EphemeralContainer struct {
	// What it has in common with Container.
	EphemeralContainerCommon `json:",inline" protobuf:"bytes,1"`
	// Container whose process namespace it joins; empty keeps to its own.
	TargetContainerName string `json:"targetContainerName,omitempty" protobuf:"bytes,2"`
}

// EphemeralContainerCommon is what an EphemeralContainer has in common with Container. Some of it
// is refused: see the fields.
type EphemeralContainerCommon struct {
	// Name, unique among all containers of the Pod.
	Name string `json:"name" protobuf:"bytes,1"`
	// Image to run.
	Image string `json:"image,omitempty" protobuf:"bytes,2"`
	// Program and its first arguments, run without a shell; empty runs the image's entry point. $(VAR)
	// is replaced from env, $$(VAR) is not.
	Command []string `json:"command,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Arguments; empty takes the image's, unless command is given. $(VAR) is replaced from env,
	// $$(VAR) is not.
	Args []string `json:"args,omitempty" protobuf:"bytes,4" listType:"atomic"`
	// Folder to start in; empty takes the image's.
	WorkingDir string `json:"workingDir,omitempty" protobuf:"bytes,5"`
	// Not allowed in an ephemeral container.
	Ports []ContainerPort `json:"ports,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"containerPort" listType:"map" listMapKey:"containerPort,protocol"`
	// Sources whose keys all become environment variables; later ones win, and env wins over all.
	EnvFrom []EnvFromSource `json:"envFrom,omitempty" protobuf:"bytes,19" listType:"atomic"`
	// Environment variables.
	Env []EnvVar `json:"env,omitempty" protobuf:"bytes,7" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Not allowed in an ephemeral container, which takes from what the Pod has left.
	Resources ResourceRequirements `json:"resources,omitempty" protobuf:"bytes,8"`
	// Not allowed in an ephemeral container.
	ResizePolicy []ContainerResizePolicy `json:"resizePolicy,omitempty" protobuf:"bytes,23" listType:"atomic"`
	// Not allowed in an ephemeral container.
	RestartPolicy *ContainerRestartPolicy `json:"restartPolicy,omitempty" protobuf:"bytes,24"`
	// Not allowed in an ephemeral container.
	RestartPolicyRules []ContainerRestartRule `json:"restartPolicyRules,omitempty" protobuf:"bytes,25" listType:"atomic"`
	// Volumes of the Pod and where to mount them; no subPath.
	VolumeMounts []VolumeMount `json:"volumeMounts,omitempty" protobuf:"bytes,9" patchStrategy:"merge" patchMergeKey:"mountPath" listType:"map" listMapKey:"mountPath"`
	// Block volumes of the Pod and at which device paths.
	VolumeDevices []VolumeDevice `json:"volumeDevices,omitempty" protobuf:"bytes,21" patchStrategy:"merge" patchMergeKey:"devicePath" listType:"map" listMapKey:"devicePath"`
	// Not allowed in an ephemeral container.
	LivenessProbe *Probe `json:"livenessProbe,omitempty" protobuf:"bytes,10"`
	// Not allowed in an ephemeral container.
	ReadinessProbe *Probe `json:"readinessProbe,omitempty" protobuf:"bytes,11"`
	// Not allowed in an ephemeral container.
	StartupProbe *Probe `json:"startupProbe,omitempty" protobuf:"bytes,22"`
	// Not allowed in an ephemeral container.
	Lifecycle *Lifecycle `json:"lifecycle,omitempty" protobuf:"bytes,12"`
	// File in the container whose content becomes the status message at its end, at most 4096 bytes;
	// empty means /dev/termination-log.
	TerminationMessagePath string `json:"terminationMessagePath,omitempty" protobuf:"bytes,13"`
	// File reads terminationMessagePath; FallbackToLogsOnError takes the end of the log (80 lines,
	// 2048 bytes) if the file is empty and the container failed. Default File.
	TerminationMessagePolicy TerminationMessagePolicy `json:"terminationMessagePolicy,omitempty" protobuf:"bytes,20"`
	// Always, IfNotPresent or Never; default Always for the tag latest, IfNotPresent for any other.
	ImagePullPolicy PullPolicy `json:"imagePullPolicy,omitempty" protobuf:"bytes,14"`
	// Privileges of the container; what is set here wins over the Pod's.
	SecurityContext *SecurityContext `json:"securityContext,omitempty" protobuf:"bytes,15"`
	// Keeps standard input open for somebody to attach; without it reads meet the end at once.
	Stdin bool `json:"stdin,omitempty" protobuf:"varint,16"`
	// Closes standard input after the first who attached to it leaves; false keeps it open until the
	// container ends.
	StdinOnce bool `json:"stdinOnce,omitempty" protobuf:"varint,17"`
	// Gives the container a terminal; needs stdin.
	TTY bool `json:"tty,omitempty" protobuf:"varint,18"`
}

// EphemeralVolumeSource is a volume behind a claim that is made for one Pod and goes with it.
type EphemeralVolumeSource struct {
	// Claim to make, named POD-VOLUME; a claim of that name that is not the Pod's own keeps it from
	// starting.
	VolumeClaimTemplate *PersistentVolumeClaimTemplate `json:"volumeClaimTemplate,omitempty" protobuf:"bytes,1"`
}

// Event tells that something happened to an object. Best effort, and kept for a while only.
type Event struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace (that of the object), labels.
	meta.ObjectMeta `json:"metadata" protobuf:"bytes,1" required:"true"`
	// What it happened to.
	InvolvedObject ObjectReference `json:"involvedObject" protobuf:"bytes,2" required:"true"`
	// One word in CamelCase for what happened, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,3"`
	// What happened, for people.
	Message string `json:"message,omitempty" protobuf:"bytes,4"`
	// Who says so; deprecated for reportingController.
	Source EventSource `json:"source,omitempty" protobuf:"bytes,5"`
	// When it first happened.
	FirstTimestamp meta.Time `json:"firstTimestamp,omitempty" protobuf:"bytes,6"`
	// When it last happened.
	LastTimestamp meta.Time `json:"lastTimestamp,omitempty" protobuf:"bytes,7"`
	// How often it happened.
	Count int32 `json:"count,omitempty" protobuf:"varint,8"`
	// Normal or Warning.
	Type string `json:"type,omitempty" protobuf:"bytes,9"`
	// When it first happened, to the microsecond.
	EventTime meta.MicroTime `json:"eventTime,omitempty" protobuf:"bytes,10"`
	// How often it happened, for events that repeat; nil for a single one.
	Series *EventSeries `json:"series,omitempty" protobuf:"bytes,11"`
	// What was done or failed regarding the object.
	Action string `json:"action,omitempty" protobuf:"bytes,12"`
	// A second object that takes part.
	Related *ObjectReference `json:"related,omitempty" protobuf:"bytes,13"`
	// Name of the controller that says so, such as kubernetes.io/kubelet.
	ReportingController string `json:"reportingComponent" protobuf:"bytes,14"`
	// Which instance of it, such as its Pod's or node's name.
	ReportingInstance string `json:"reportingInstance" protobuf:"bytes,15"`
}

// EventList is a list of Events.
type EventList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Event `json:"items" protobuf:"bytes,2" required:"true"`
}

// EventSeries counts an Event that repeats.
type EventSeries struct {
	// How often it happened so far.
	Count int32 `json:"count,omitempty" protobuf:"varint,1"`
	// When it last happened.
	LastObservedTime meta.MicroTime `json:"lastObservedTime,omitempty" protobuf:"bytes,2"`
}

// EventSource is who made an Event.
type EventSource struct {
	// Name of the component.
	Component string `json:"component,omitempty" protobuf:"bytes,1"`
	// Node it ran on.
	Host string `json:"host,omitempty" protobuf:"bytes,2"`
}

// EvictionResponder is a party that answers a request to evict the Pod.
type EvictionResponder struct {
	_ struct{} `mapType:"atomic"`
	// Name of the responder, with a domain.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Its place in the order: the highest answers first.
	Priority *int32 `json:"priority" protobuf:"varint,2" required:"true"`
}

// ExecAction runs a command in the container.
type ExecAction struct {
	// Program and arguments, run in the container's root folder without a shell; exit code 0 is
	// success.
	Command []string `json:"command,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// FCVolumeSource is a disk reached over Fibre Channel.
type FCVolumeSource struct {
	// World wide names of the targets; with lun.
	TargetWWNs []string `json:"targetWWNs,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Number of the logical unit; with targetWWNs.
	Lun *int32 `json:"lun,omitempty" protobuf:"varint,2"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,3"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,4"`
	// World wide identifiers of the volume, instead of targetWWNs and lun.
	WWIDs []string `json:"wwids,omitempty" protobuf:"bytes,5" listType:"atomic"`
}

// FileKeySelector picks one key of a file in env format on a volume.
type FileKeySelector struct {
	_ struct{} `mapType:"atomic"`
	// Volume of the Pod that holds the file.
	VolumeName string `json:"volumeName" protobuf:"bytes,1" required:"true"`
	// Path of the file, relative to the volume.
	Path string `json:"path" protobuf:"bytes,2" required:"true"`
	// Key in the file.
	Key string `json:"key" protobuf:"bytes,3" required:"true"`
	// Leaves the variable out if the file or key is missing; false keeps the container from starting.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,4"`
}

// FinalizerName names a party that must agree before a Namespace goes.
type FinalizerName string

// FlexPersistentVolumeSource is a volume that a program on the node mounts. Deprecated: use CSI.
type FlexPersistentVolumeSource struct {
	// Name of the driver.
	Driver string `json:"driver" protobuf:"bytes,1" required:"true"`
	// File system to mount; empty leaves it to the program.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
	// Secret whose data is handed to the program.
	SecretRef *SecretReference `json:"secretRef,omitempty" protobuf:"bytes,3"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,4"`
	// Settings for the program.
	Options map[string]string `json:"options,omitempty" protobuf:"bytes,5"`
}

// FlexVolumeSource is a volume that a program on the node mounts. Deprecated: use CSI.
type FlexVolumeSource struct {
	// Name of the driver.
	Driver string `json:"driver" protobuf:"bytes,1" required:"true"`
	// File system to mount; empty leaves it to the program.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
	// Secret whose data is handed to the program.
	SecretRef *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,3"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,4"`
	// Settings for the program.
	Options map[string]string `json:"options,omitempty" protobuf:"bytes,5"`
}

// FlockerVolumeSource is a volume of Flocker, which no longer works.
type FlockerVolumeSource struct {
	// Name of the dataset.
	DatasetName string `json:"datasetName,omitempty" protobuf:"bytes,1"`
	// UUID of the dataset.
	DatasetUUID string `json:"datasetUUID,omitempty" protobuf:"bytes,2"`
}

// GCEPersistentDiskVolumeSource is a disk of Google Cloud; the pd.csi.storage.gke.io driver serves
// it.
type GCEPersistentDiskVolumeSource struct {
	// Name of the disk.
	PDName string `json:"pdName" protobuf:"bytes,1" required:"true"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
	// Partition to mount, counted from 1; 0 mounts the whole device.
	Partition int32 `json:"partition,omitempty" protobuf:"varint,3"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,4"`
}

// GRPCAction asks a gRPC server's health service.
type GRPCAction struct {
	// Port of the server, 1 to 65535.
	Port int32 `json:"port" protobuf:"bytes,1" required:"true"`
	// Service name put in the question; nil or empty asks for the server as a whole.
	Service *string `json:"service" protobuf:"bytes,2"`
	// Plaintext or TLS; nil means Plaintext.
	Mode *GRPCProbeMode `json:"mode,omitempty" protobuf:"bytes,3" enum:"Plaintext|TLS"`
}

// GRPCProbeMode says how a gRPC probe connects.
type GRPCProbeMode string

// GitRepoVolumeSource clones a git repository. Deprecated and off: clone in an init container.
type GitRepoVolumeSource struct {
	// URL of the repository.
	Repository string `json:"repository" protobuf:"bytes,1" required:"true"`
	// Commit to check out.
	Revision string `json:"revision,omitempty" protobuf:"bytes,2"`
	// Folder to clone into; '.' means the volume itself, empty a folder named after the repository.
	Directory string `json:"directory,omitempty" protobuf:"bytes,3"`
}

// GlusterfsPersistentVolumeSource is a mount of Glusterfs, which no longer works.
type GlusterfsPersistentVolumeSource struct {
	// Endpoints object that lists the servers.
	EndpointsName string `json:"endpoints" protobuf:"bytes,1" required:"true"`
	// Path of the volume.
	Path string `json:"path" protobuf:"bytes,2" required:"true"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
	// Namespace of that object; nil means the claim's.
	EndpointsNamespace *string `json:"endpointsNamespace,omitempty" protobuf:"bytes,4"`
}

// GlusterfsVolumeSource is a mount of Glusterfs, which no longer works.
type GlusterfsVolumeSource struct {
	// Endpoints object that lists the servers.
	EndpointsName string `json:"endpoints" protobuf:"bytes,1" required:"true"`
	// Path of the volume.
	Path string `json:"path" protobuf:"bytes,2" required:"true"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
}

// HTTPGetAction asks by HTTP GET; an answer from 200 to 399 is success.
type HTTPGetAction struct {
	// Path to ask for; empty means /.
	Path string `json:"path,omitempty" protobuf:"bytes,1"`
	// Port to ask at: a number or a container port's name.
	Port intstr.IntOrString `json:"port" protobuf:"bytes,2" required:"true"`
	// Host to ask; empty means the Pod's address. To set the Host header use httpHeaders.
	Host string `json:"host,omitempty" protobuf:"bytes,3"`
	// HTTP or HTTPS (the certificate is not checked); default HTTP.
	Scheme URIScheme `json:"scheme,omitempty" protobuf:"bytes,4" enum:"HTTP|HTTPS"`
	// Headers to send besides the usual ones.
	HTTPHeaders []HTTPHeader `json:"httpHeaders,omitempty" protobuf:"bytes,5" listType:"atomic"`
	// HTTP1 or HTTP2; nil means HTTP1.
	Protocol *HTTPProtocol `json:"protocol,omitempty" protobuf:"bytes,6" enum:"HTTP1|HTTP2"`
}

// HTTPHeader is a header of a probe's request.
type HTTPHeader struct {
	// Name of the header.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Its value.
	Value string `json:"value" protobuf:"bytes,2" required:"true"`
}

// HTTPProtocol is the HTTP version that a probe or hook speaks.
type HTTPProtocol string

// HostAlias is a line of a Pod's /etc/hosts.
type HostAlias struct {
	// Address.
	IP string `json:"ip" protobuf:"bytes,1" required:"true"`
	// Names for that address.
	Hostnames []string `json:"hostnames,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// HostIP is an address of the node that a Pod runs on.
type HostIP struct {
	// The address.
	IP string `json:"ip" protobuf:"bytes,1" required:"true"`
}

// HostPathType says what must be at a hostPath.
type HostPathType string

// HostPathVolumeSource is a file or folder of the node itself. It gives the Pod a hold on the
// node: use it only if nothing else will do.
type HostPathVolumeSource struct {
	// Path on the node; links are followed.
	Path string `json:"path" protobuf:"bytes,1" required:"true"`
	// What must be there or be made: DirectoryOrCreate, Directory, FileOrCreate, File, Socket,
	// CharDevice, BlockDevice; nil or empty checks nothing.
	Type *HostPathType `json:"type,omitempty" protobuf:"bytes,2" enum:"|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket"`
}

// IPFamily is IPv4 or IPv6.
type IPFamily string

// IPFamilyPolicy says how many IP families a Service has.
type IPFamilyPolicy string

// ISCSIPersistentVolumeSource is a disk reached over iSCSI.
type ISCSIPersistentVolumeSource struct {
	// Address of the target, with a port unless it is 3260.
	TargetPortal string `json:"targetPortal" protobuf:"bytes,1" required:"true"`
	// Qualified name of the target.
	IQN string `json:"iqn" protobuf:"bytes,2" required:"true"`
	// Number of the logical unit.
	Lun int32 `json:"lun" protobuf:"varint,3" required:"true"`
	// Interface name to use; default "default" (tcp).
	ISCSIInterface string `json:"iscsiInterface,omitempty" protobuf:"bytes,4"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,5"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,6"`
	// More addresses of the target, for multipath.
	Portals []string `json:"portals,omitempty" protobuf:"bytes,7" listType:"atomic"`
	// Authenticates discovery by CHAP.
	DiscoveryCHAPAuth bool `json:"chapAuthDiscovery,omitempty" protobuf:"varint,8"`
	// Authenticates sessions by CHAP.
	SessionCHAPAuth bool `json:"chapAuthSession,omitempty" protobuf:"varint,11"`
	// Secret with the CHAP names and passwords.
	SecretRef *SecretReference `json:"secretRef,omitempty" protobuf:"bytes,10"`
	// Own name to log in with; makes a new interface named PORTAL:VOLUME.
	InitiatorName *string `json:"initiatorName,omitempty" protobuf:"bytes,12"`
}

// ISCSIVolumeSource is a disk reached over iSCSI.
type ISCSIVolumeSource struct {
	// Address of the target, with a port unless it is 3260.
	TargetPortal string `json:"targetPortal" protobuf:"bytes,1" required:"true"`
	// Qualified name of the target.
	IQN string `json:"iqn" protobuf:"bytes,2" required:"true"`
	// Number of the logical unit.
	Lun int32 `json:"lun" protobuf:"varint,3" required:"true"`
	// Interface name to use; default "default" (tcp).
	ISCSIInterface string `json:"iscsiInterface,omitempty" protobuf:"bytes,4"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,5"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,6"`
	// More addresses of the target, for multipath.
	Portals []string `json:"portals,omitempty" protobuf:"bytes,7" listType:"atomic"`
	// Authenticates discovery by CHAP.
	DiscoveryCHAPAuth bool `json:"chapAuthDiscovery,omitempty" protobuf:"varint,8"`
	// Authenticates sessions by CHAP.
	SessionCHAPAuth bool `json:"chapAuthSession,omitempty" protobuf:"varint,11"`
	// Secret with the CHAP names and passwords.
	SecretRef *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,10"`
	// Own name to log in with; makes a new interface named PORTAL:VOLUME.
	InitiatorName *string `json:"initiatorName,omitempty" protobuf:"bytes,12"`
}

// ImageVolumeSource shows the content of an image or artifact, read-only.
type ImageVolumeSource struct {
	// Image or artifact, named as in a container; cannot be empty where it is used.
	Reference string `json:"reference,omitempty" protobuf:"bytes,1"`
	// When to pull it: Always, IfNotPresent or Never; default as for containers.
	PullPolicy PullPolicy `json:"pullPolicy,omitempty" protobuf:"bytes,2" enum:"Always|IfNotPresent|Never"`
}

// ImageVolumeStatus is what an image volume shows.
type ImageVolumeStatus struct {
	// Digest of the image that is mounted.
	ImageRef string `json:"imageRef,omitempty" protobuf:"bytes,1" required:"true"`
}

// KeyToPath says where one key is written.
type KeyToPath struct {
	// Key to write.
	Key string `json:"key" protobuf:"bytes,1" required:"true"`
	// File to write it to, relative to the volume, without '..'.
	Path string `json:"path" protobuf:"bytes,2" required:"true"`
	// Mode bits of the file; nil takes the volume's default.
	Mode *int32 `json:"mode,omitempty" protobuf:"varint,3"`
	// Numeric user who owns the file; nil takes the volume's default.
	User *int64 `json:"user,omitempty" protobuf:"varint,4"`
}

// Lifecycle says what to do at both ends of a container's life.
type Lifecycle struct {
	// Done right after the container starts, beside its own start; failing ends the container.
	PostStart *LifecycleHandler `json:"postStart,omitempty" protobuf:"bytes,1"`
	// Done before the container is told to stop; its time counts as grace period.
	PreStop *LifecycleHandler `json:"preStop,omitempty" protobuf:"bytes,2"`
	// Signal that asks the container to stop; nil takes the image's, or SIGTERM. Needs spec.os.name.
	StopSignal *Signal `json:"stopSignal,omitempty" protobuf:"bytes,3" enum:"SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ"`
}

// LifecycleHandler is something to do at a moment of a container's life: exactly one member is
// set.
type LifecycleHandler struct {
	// Runs a command in the container.
	Exec *ExecAction `json:"exec,omitempty" protobuf:"bytes,1"`
	// Asks by HTTP.
	HTTPGet *HTTPGetAction `json:"httpGet,omitempty" protobuf:"bytes,2"`
	// Not supported: such a hook fails. Kept so that old objects stay valid.
	TCPSocket *TCPSocketAction `json:"tcpSocket,omitempty" protobuf:"bytes,3"`
	// Waits.
	Sleep *SleepAction `json:"sleep,omitempty" protobuf:"bytes,4"`
}

// LimitRange bounds the resources of each Pod, container or claim of a namespace, and gives
// defaults.
type LimitRange struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The limits.
	Spec LimitRangeSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

// LimitRangeItem bounds one kind of object.
type LimitRangeItem struct {
	// Pod, Container or PersistentVolumeClaim.
	Type LimitType `json:"type" protobuf:"bytes,1" required:"true"`
	// Most of each resource.
	Max ResourceList `json:"max,omitempty" protobuf:"bytes,2"`
	// Least of each resource.
	Min ResourceList `json:"min,omitempty" protobuf:"bytes,3"`
	// Limit of a container that states none.
	Default ResourceList `json:"default,omitempty" protobuf:"bytes,4"`
	// Request of a container that states none; the default limit if this has none.
	DefaultRequest ResourceList `json:"defaultRequest,omitempty" protobuf:"bytes,5"`
	// Most that a limit may be of its request, as a factor.
	MaxLimitRequestRatio ResourceList `json:"maxLimitRequestRatio,omitempty" protobuf:"bytes,6"`
}

// LimitRangeList is a list of LimitRanges.
type LimitRangeList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []LimitRange `json:"items" protobuf:"bytes,2" required:"true"`
}

// LimitRangeSpec is what a LimitRange says.
type LimitRangeSpec struct {
	// Limits, each for one kind of object; all apply.
	Limits []LimitRangeItem `json:"limits" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

// LimitType is the kind of object that a limit applies to.
type LimitType string

// LinuxContainerUser is who a container's first process runs as, in numbers.
type LinuxContainerUser struct {
	// User.
	UID int64 `json:"uid" protobuf:"varint,1" required:"true"`
	// Primary group.
	GID int64 `json:"gid" protobuf:"varint,2" required:"true"`
	// Other groups.
	SupplementalGroups []int64 `json:"supplementalGroups,omitempty" protobuf:"varint,3" listType:"atomic"`
}

// List holds objects of any kinds, as files and pipes do; no resource answers with it.
type List struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []meta.RawExtension `json:"items" protobuf:"bytes,2"`
}

// LoadBalancerIPMode says how a load balancer delivers traffic.
type LoadBalancerIPMode string

// LoadBalancerIngress is one point where a load balancer takes traffic.
type LoadBalancerIngress struct {
	// Its address, if it has one.
	IP string `json:"ip,omitempty" protobuf:"bytes,1"`
	// Its name, if it has one.
	Hostname string `json:"hostname,omitempty" protobuf:"bytes,2"`
	// VIP delivers to that address itself, Proxy to nodes or Pods; only with ip. Default VIP.
	IPMode *LoadBalancerIPMode `json:"ipMode,omitempty" protobuf:"bytes,3"`
	// State of each port; empty if nothing is known.
	Ports []PortStatus `json:"ports,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

// LoadBalancerStatus is what a load balancer gives a Service.
type LoadBalancerStatus struct {
	// Points where traffic for the Service is taken.
	Ingress []LoadBalancerIngress `json:"ingress,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// LocalObjectReference names an object in the same namespace.
type LocalObjectReference struct {
	_ struct{} `mapType:"atomic"`
	// Name of the object; empty is allowed for old objects' sake, and is almost surely a mistake.
	Name string `json:"name,omitempty" protobuf:"bytes,1" default:""`
}

// LocalVolumeSource is a disk or folder of one node; the volume's nodeAffinity says which.
type LocalVolumeSource struct {
	// Path on the node: a folder, or a block device.
	Path string `json:"path" protobuf:"bytes,1" required:"true"`
	// File system to make and mount on a block device; nil means ext4.
	FSType *string `json:"fsType,omitempty" protobuf:"bytes,2"`
}

// ModifyVolumeStatus says how far a change of volume attributes class is.
type ModifyVolumeStatus struct {
	// Class that is wanted now.
	TargetVolumeAttributesClassName string `json:"targetVolumeAttributesClassName,omitempty" protobuf:"bytes,1"`
	// Pending (the class is not there yet), InProgress or Infeasible (the driver refuses it).
	Status PersistentVolumeClaimModifyVolumeStatus `json:"status" protobuf:"bytes,2" required:"true" enum:"InProgress|Infeasible|Pending"`
}

// MountPropagationMode says whether later mounts are seen on the other side.
type MountPropagationMode string

// NFSVolumeSource is a mount of NFS.
type NFSVolumeSource struct {
	// Host or address of the server.
	Server string `json:"server" protobuf:"bytes,1" required:"true"`
	// Path that the server exports.
	Path string `json:"path" protobuf:"bytes,2" required:"true"`
	// Mounts it read-only.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
}

// Namespace is a room for names, rights and quotas; deleting it deletes everything in it.
type Namespace struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec NamespaceSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status NamespaceStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// NamespaceCondition tells why a Namespace is not gone yet.
type NamespaceCondition struct {
	// Which condition this is.
	Type NamespaceConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,5"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,6"`
}

// NamespaceConditionType names a condition of a Namespace.
type NamespaceConditionType string

// NamespaceList is a list of Namespaces.
type NamespaceList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Namespace `json:"items" protobuf:"bytes,2" required:"true"`
}

// NamespacePhase is where a Namespace is in its life.
type NamespacePhase string

// NamespaceSpec holds what keeps a Namespace.
type NamespaceSpec struct {
	// Parties that must agree before it goes; changed through the finalize subresource.
	Finalizers []FinalizerName `json:"finalizers,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// NamespaceStatus is where a Namespace is in its life.
type NamespaceStatus struct {
	// Active, or Terminating once it is deleted.
	Phase NamespacePhase `json:"phase,omitempty" protobuf:"bytes,1" enum:"Active|Terminating"`
	// Observations about the object, one for each type.
	Conditions []NamespaceCondition `json:"conditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// Node is a machine that runs Pods.
type Node struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec NodeSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status NodeStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// NodeAddress is one way to name a Node on the network.
type NodeAddress struct {
	// Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.
	Type NodeAddressType `json:"type" protobuf:"bytes,1" required:"true"`
	// The address or name.
	Address string `json:"address" protobuf:"bytes,2" required:"true"`
}

// NodeAddressType says what an address of a Node is.
type NodeAddressType string

// NodeAffinity says which nodes a Pod wants.
type NodeAffinity struct {
	// Nodes that will do; none else is taken. Later changes of the node do not move the Pod.
	RequiredDuringSchedulingIgnoredDuringExecution *NodeSelector `json:"requiredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,1"`
	// Nodes that are preferred: the weights of all terms that a node matches are added up.
	PreferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm `json:"preferredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// NodeAllocatableMappedResources is how much of a node's resource a claim's devices take.
type NodeAllocatableMappedResources struct {
	// Resource of the node, such as cpu or memory.
	Name ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	// How much.
	Quantity *quantity.Quantity `json:"quantity" protobuf:"bytes,2" required:"true"`
}

// NodeAllocatableOverheadResources is what using a claim's devices costs besides.
type NodeAllocatableOverheadResources struct {
	// Resource of the node, such as memory.
	Name ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	// Cost once for the Pod.
	PerPod *quantity.Quantity `json:"perPod,omitempty" protobuf:"bytes,2"`
	// Cost for each container that uses the claim.
	PerContainer *quantity.Quantity `json:"perContainer,omitempty" protobuf:"bytes,3"`
}

// NodeAllocatableResourceClaimStatus is what a claim takes of the node's own resources.
type NodeAllocatableResourceClaimStatus struct {
	// Name of the claim.
	ResourceClaimName string `json:"resourceClaimName" protobuf:"bytes,1" required:"true"`
	// Containers that use it.
	Containers []string `json:"containers,omitempty" protobuf:"bytes,2" listType:"set"`
	// What its devices take.
	Mapping []NodeAllocatableMappedResources `json:"mapping,omitempty" protobuf:"bytes,4" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// What using them costs besides.
	Overhead []NodeAllocatableOverheadResources `json:"overhead,omitempty" protobuf:"bytes,5" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// NodeCondition is an observation about a Node.
type NodeCondition struct {
	// Which condition this is.
	Type NodeConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// When the condition was last looked at.
	LastHeartbeatTime meta.Time `json:"lastHeartbeatTime,omitempty" protobuf:"bytes,3"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,5"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,6"`
}

// NodeConditionType names a condition of a Node.
type NodeConditionType string

// NodeConfigSource is where a kubelet's configuration is. Deprecated: no kubelet reads it any
// more.
type NodeConfigSource struct {
	// ConfigMap with the configuration.
	ConfigMap *ConfigMapNodeConfigSource `json:"configMap,omitempty" protobuf:"bytes,2"`
}

// NodeConfigStatus tells which configuration a kubelet uses. Deprecated: no kubelet writes it any
// more.
type NodeConfigStatus struct {
	// What it shall use.
	Assigned *NodeConfigSource `json:"assigned,omitempty" protobuf:"bytes,1"`
	// What it uses.
	Active *NodeConfigSource `json:"active,omitempty" protobuf:"bytes,2"`
	// What it falls back to.
	LastKnownGood *NodeConfigSource `json:"lastKnownGood,omitempty" protobuf:"bytes,3"`
	// Why it does not use what is assigned.
	Error string `json:"error,omitempty" protobuf:"bytes,4"`
}

// NodeDaemonEndpoints lists ports of daemons on a Node.
type NodeDaemonEndpoints struct {
	// Where the kubelet serves.
	KubeletEndpoint DaemonEndpoint `json:"kubeletEndpoint,omitempty" protobuf:"bytes,1"`
}

// NodeFeatures is what a Node's container runtime can do.
type NodeFeatures struct {
	// Whether it supports supplementalGroupsPolicy and reports container users.
	SupplementalGroupsPolicy *bool `json:"supplementalGroupsPolicy,omitempty" protobuf:"varint,1"`
}

// NodeInclusionPolicy says whether a spread constraint looks at nodes that the Pod could not go
// to.
type NodeInclusionPolicy string

// NodeList is a list of Nodes.
type NodeList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Node `json:"items" protobuf:"bytes,2" required:"true"`
}

// NodePhase is where a Node is in its life; no longer kept.
type NodePhase string

// NodePodPreemptionPolicy limits what may push Pods off a Node.
type NodePodPreemptionPolicy struct {
	// If not empty, no Pod is pushed off the node to make room for the resize of another.
	DisableResizePreemption []string `json:"disableResizePreemption,omitempty" protobuf:"bytes,1" listType:"set"`
}

// NodeProxyOptions is the query of a request through a Node's proxy subresource.
type NodeProxyOptions struct {
	meta.TypeMeta `json:",inline"`
	// Path to ask the node for.
	Path string `json:"path,omitempty" protobuf:"bytes,1"`
}

// NodeRuntimeHandler is a way to run containers that a Node offers.
type NodeRuntimeHandler struct {
	// Name as RuntimeClass's handler has it; empty is the default one.
	Name string `json:"name" protobuf:"bytes,1"`
	// What it supports.
	Features *NodeRuntimeHandlerFeatures `json:"features,omitempty" protobuf:"bytes,2"`
}

// NodeRuntimeHandlerFeatures is what a runtime handler supports.
type NodeRuntimeHandlerFeatures struct {
	// Whether recursiveReadOnly works.
	RecursiveReadOnlyMounts *bool `json:"recursiveReadOnlyMounts,omitempty" protobuf:"varint,1"`
	// Whether hostUsers: false works.
	UserNamespaces *bool `json:"userNamespaces,omitempty" protobuf:"varint,2"`
}

// NodeSelector picks nodes that match any of its terms.
type NodeSelector struct {
	_ struct{} `mapType:"atomic"`
	// Terms, one of which must match.
	NodeSelectorTerms []NodeSelectorTerm `json:"nodeSelectorTerms" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

// NodeSelectorOperator says how a node selector compares.
type NodeSelectorOperator string

// NodeSelectorRequirement compares one label or field of a node.
type NodeSelectorRequirement struct {
	// Label's key or field's path.
	Key string `json:"key" protobuf:"bytes,1" required:"true"`
	// In, NotIn, Exists, DoesNotExist, Gt or Lt.
	Operator NodeSelectorOperator `json:"operator" protobuf:"bytes,2" required:"true" enum:"DoesNotExist|Exists|Gt|In|Lt|NotIn"`
	// Values to compare with: some for In and NotIn, none for Exists and DoesNotExist, one integer for
	// Gt and Lt.
	Values []string `json:"values,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// NodeSelectorTerm picks nodes that meet all of its requirements; an empty one picks none.
type NodeSelectorTerm struct {
	_ struct{} `mapType:"atomic"`
	// Requirements on labels.
	MatchExpressions []NodeSelectorRequirement `json:"matchExpressions,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Requirements on fields; only metadata.name.
	MatchFields []NodeSelectorRequirement `json:"matchFields,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// NodeSpec is what is wanted of a Node.
type NodeSpec struct {
	// Range that the node's Pods get addresses from.
	PodCIDR string `json:"podCIDR,omitempty" protobuf:"bytes,1"`
	// Such ranges, at most one for each IP family; the first equals podCIDR.
	PodCIDRs []string `json:"podCIDRs,omitempty" protobuf:"bytes,7" patchStrategy:"merge" listType:"set"`
	// ID that the cloud knows the machine by: provider://id.
	ProviderID string `json:"providerID,omitempty" protobuf:"bytes,3"`
	// Keeps new Pods away, as kubectl cordon does.
	Unschedulable bool `json:"unschedulable,omitempty" protobuf:"varint,4"`
	// Taints: what keeps Pods away that do not tolerate them.
	Taints []Taint `json:"taints,omitempty" protobuf:"bytes,5" listType:"atomic"`
	// Where the kubelet's configuration is. Deprecated: not read any more.
	ConfigSource *NodeConfigSource `json:"configSource,omitempty" protobuf:"bytes,6"`
	// Old ID of the machine. Deprecated: not read any more.
	DoNotUseExternalID string `json:"externalID,omitempty" protobuf:"bytes,2"`
	// Limits what may push Pods off the node.
	PodPreemptionPolicy *NodePodPreemptionPolicy `json:"podPreemptionPolicy,omitempty" protobuf:"bytes,8"`
}

// NodeStatus is what is known of a Node.
type NodeStatus struct {
	// Everything that the machine has.
	Capacity ResourceList `json:"capacity,omitempty" protobuf:"bytes,1"`
	// What Pods may have of it: capacity without what the system keeps.
	Allocatable ResourceList `json:"allocatable,omitempty" protobuf:"bytes,2"`
	// No longer kept.
	Phase NodePhase `json:"phase,omitempty" protobuf:"bytes,3" enum:"Pending|Running|Terminated"`
	// Observations: Ready, MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable.
	Conditions []NodeCondition `json:"conditions,omitempty" protobuf:"bytes,4" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	// How to reach the node.
	Addresses []NodeAddress `json:"addresses,omitempty" protobuf:"bytes,5" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	// Ports of the node's daemons.
	DaemonEndpoints NodeDaemonEndpoints `json:"daemonEndpoints,omitempty" protobuf:"bytes,6"`
	// IDs and versions of the machine and its software.
	NodeInfo NodeSystemInfo `json:"nodeInfo,omitempty" protobuf:"bytes,7"`
	// Images that are on the node, the largest first; the kubelet lists 50.
	Images []ContainerImage `json:"images,omitempty" protobuf:"bytes,8" listType:"atomic"`
	// Volumes that its Pods use: they must not be detached.
	VolumesInUse []UniqueVolumeName `json:"volumesInUse,omitempty" protobuf:"bytes,9" listType:"atomic"`
	// Volumes that are attached to it.
	VolumesAttached []AttachedVolume `json:"volumesAttached,omitempty" protobuf:"bytes,10" listType:"atomic"`
	// Which configuration the kubelet uses. Deprecated: not written any more.
	Config *NodeConfigStatus `json:"config,omitempty" protobuf:"bytes,11"`
	// Ways to run containers that it offers.
	RuntimeHandlers []NodeRuntimeHandler `json:"runtimeHandlers,omitempty" protobuf:"bytes,12" listType:"atomic"`
	// What its container runtime can do.
	Features *NodeFeatures `json:"features,omitempty" protobuf:"bytes,13"`
	// Feature gates of the kubelet that scheduling may depend on.
	DeclaredFeatures []string `json:"declaredFeatures,omitempty" protobuf:"bytes,14" listType:"atomic"`
}

// NodeSwapStatus tells of a Node's swap space.
type NodeSwapStatus struct {
	// Its size in bytes; nil if not known.
	Capacity *int64 `json:"capacity,omitempty" protobuf:"varint,1"`
}

// NodeSystemInfo is what a Node says of its machine and software.
type NodeSystemInfo struct {
	// The machine's ID, from /etc/machine-id.
	MachineID string `json:"machineID" protobuf:"bytes,1" required:"true"`
	// UUID of the hardware or virtual machine.
	SystemUUID string `json:"systemUUID" protobuf:"bytes,2" required:"true"`
	// ID of this boot.
	BootID string `json:"bootID" protobuf:"bytes,3" required:"true"`
	// Version of the kernel, as uname -r gives it.
	KernelVersion string `json:"kernelVersion" protobuf:"bytes,4" required:"true"`
	// Name of the operating system, such as Debian GNU/Linux 12.
	OSImage string `json:"osImage" protobuf:"bytes,5" required:"true"`
	// Container runtime and version, such as containerd://2.1.0.
	ContainerRuntimeVersion string `json:"containerRuntimeVersion" protobuf:"bytes,6" required:"true"`
	// Version of the kubelet.
	KubeletVersion string `json:"kubeletVersion" protobuf:"bytes,7" required:"true"`
	// Deprecated: version of the kubelet, or empty.
	KubeProxyVersion string `json:"kubeProxyVersion" protobuf:"bytes,8" required:"true"`
	// linux or windows.
	OperatingSystem string `json:"operatingSystem" protobuf:"bytes,9" required:"true"`
	// Processor, as Go names it: amd64, arm64.
	Architecture string `json:"architecture" protobuf:"bytes,10" required:"true"`
	// Swap space.
	Swap *NodeSwapStatus `json:"swap,omitempty" protobuf:"bytes,11"`
	// Whether the kubelet itself runs in a user namespace.
	RunningInUserNamespace *bool `json:"runningInUserNamespace,omitempty" protobuf:"varint,12"`
}

// OSName is linux or windows.
type OSName string

// ObjectFieldSelector picks a field of the Pod.
type ObjectFieldSelector struct {
	_ struct{} `mapType:"atomic"`
	// Version that fieldPath is meant in; default v1.
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,1"`
	// Path of the field, such as metadata.name.
	FieldPath string `json:"fieldPath" protobuf:"bytes,2" required:"true"`
}

// ObjectReference points at an object. For new types use a narrower one.
type ObjectReference struct {
	_ struct{} `mapType:"atomic"`
	// Kind of the object.
	Kind string `json:"kind,omitempty" protobuf:"bytes,1"`
	// Its namespace.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,2"`
	// Its name.
	Name string `json:"name,omitempty" protobuf:"bytes,3"`
	// Its UID.
	UID meta.UID `json:"uid,omitempty" protobuf:"bytes,4"`
	// Group and version of the kind.
	APIVersion string `json:"apiVersion,omitempty" protobuf:"bytes,5"`
	// State of the object that is meant.
	ResourceVersion string `json:"resourceVersion,omitempty" protobuf:"bytes,6"`
	// Part of the object that is meant, such as spec.containers{name}.
	FieldPath string `json:"fieldPath,omitempty" protobuf:"bytes,7"`
}

// PersistentVolume is a piece of storage of the cluster that a claim can have.
type PersistentVolume struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec PersistentVolumeSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status PersistentVolumeStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// PersistentVolumeAccessMode says how a volume may be mounted.
type PersistentVolumeAccessMode string

// PersistentVolumeClaim asks for storage of a certain size and kind, and is what Pods name.
type PersistentVolumeClaim struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec PersistentVolumeClaimSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status PersistentVolumeClaimStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// PersistentVolumeClaimCondition is an observation about a claim.
type PersistentVolumeClaimCondition struct {
	// Which condition this is.
	Type PersistentVolumeClaimConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// When the condition was last looked at.
	LastProbeTime meta.Time `json:"lastProbeTime,omitempty" protobuf:"bytes,3"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,5"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,6"`
}

// PersistentVolumeClaimConditionType names a condition of a claim.
type PersistentVolumeClaimConditionType string

// PersistentVolumeClaimList is a list of PersistentVolumeClaims.
type PersistentVolumeClaimList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PersistentVolumeClaim `json:"items" protobuf:"bytes,2" required:"true"`
}

// PersistentVolumeClaimModifyVolumeStatus says how far a change of volume attributes class is.
type PersistentVolumeClaimModifyVolumeStatus string

// PersistentVolumeClaimPhase is where a claim is in its life.
type PersistentVolumeClaimPhase string

// PersistentVolumeClaimSpec is the storage that a claim asks for.
type PersistentVolumeClaimSpec struct {
	// Ways in which it will be mounted; the volume must allow all of them.
	AccessModes []PersistentVolumeAccessMode `json:"accessModes,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Volumes that will do, by their labels; a claim with one is not provisioned dynamically.
	Selector *meta.LabelSelector `json:"selector,omitempty" protobuf:"bytes,4"`
	// How much storage; may grow later if the class allows it.
	Resources VolumeResourceRequirements `json:"resources,omitempty" protobuf:"bytes,2"`
	// The volume that it is or shall be bound to.
	VolumeName string `json:"volumeName,omitempty" protobuf:"bytes,3"`
	// Class of storage; nil takes the default class, the empty string takes only volumes without a
	// class.
	StorageClassName *string `json:"storageClassName,omitempty" protobuf:"bytes,5"`
	// Filesystem or Block; nil means Filesystem.
	VolumeMode *PersistentVolumeMode `json:"volumeMode,omitempty" protobuf:"bytes,6" enum:"Block|Filesystem"`
	// What to fill the volume from: a VolumeSnapshot or another claim. Kept equal to dataSourceRef
	// where that is possible.
	DataSource *TypedLocalObjectReference `json:"dataSource,omitempty" protobuf:"bytes,7"`
	// What to fill the volume from: any object that a populator knows, or a snapshot or claim; refused
	// if it is anything of the core but a claim.
	DataSourceRef *TypedObjectReference `json:"dataSourceRef,omitempty" protobuf:"bytes,8"`
	// Class of the volume's changeable attributes; may be changed later, but not unset. nil or empty
	// for none.
	VolumeAttributesClassName *string `json:"volumeAttributesClassName,omitempty" protobuf:"bytes,9"`
}

// PersistentVolumeClaimStatus is what a claim has got.
type PersistentVolumeClaimStatus struct {
	// Pending, Bound or Lost.
	Phase PersistentVolumeClaimPhase `json:"phase,omitempty" protobuf:"bytes,1" enum:"Bound|Lost|Pending"`
	// Ways in which its volume can be mounted.
	AccessModes []PersistentVolumeAccessMode `json:"accessModes,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// How large its volume is.
	Capacity ResourceList `json:"capacity,omitempty" protobuf:"bytes,3"`
	// Observations about the object, one for each type.
	Conditions []PersistentVolumeClaimCondition `json:"conditions,omitempty" protobuf:"bytes,4" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	// Size set aside for it, which may be more than capacity while it grows.
	AllocatedResources ResourceList `json:"allocatedResources,omitempty" protobuf:"bytes,5"`
	// How far growing is, by resource; a resource without entry is not growing.
	AllocatedResourceStatuses map[ResourceName]ClaimResourceStatus `json:"allocatedResourceStatuses,omitempty" protobuf:"bytes,7" mapType:"granular"`
	// Class that the volume has now; nil if none.
	CurrentVolumeAttributesClassName *string `json:"currentVolumeAttributesClassName,omitempty" protobuf:"bytes,8"`
	// How far a change of class is; nil if none is under way.
	ModifyVolumeStatus *ModifyVolumeStatus `json:"modifyVolumeStatus,omitempty" protobuf:"bytes,9"`
	// What is wrong with its volume, as the driver says; nil if nothing is known.
	HealthStatus *VolumeHealthStatus `json:"healthStatus,omitempty" protobuf:"bytes,10"`
}

// PersistentVolumeClaimTemplate is a claim to make for a Pod.
type PersistentVolumeClaimTemplate struct {
	// Labels and annotations of the claim; nothing else is taken.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The claim's spec, taken as it is.
	Spec PersistentVolumeClaimSpec `json:"spec" protobuf:"bytes,2" required:"true"`
}

// PersistentVolumeClaimVolumeSource is the volume behind a claim in the Pod's namespace.
type PersistentVolumeClaimVolumeSource struct {
	// Name of the claim.
	ClaimName string `json:"claimName" protobuf:"bytes,1" required:"true"`
	// Mounts it read-only in every container.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,2"`
}

// PersistentVolumeList is a list of PersistentVolumes.
type PersistentVolumeList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PersistentVolume `json:"items" protobuf:"bytes,2" required:"true"`
}

// PersistentVolumeMode says what a volume is inside a Pod: a folder or a device.
type PersistentVolumeMode string

// PersistentVolumePhase is where a volume is in its life.
type PersistentVolumePhase string

// PersistentVolumeReclaimPolicy says what becomes of a volume whose claim is deleted.
type PersistentVolumeReclaimPolicy string

// PersistentVolumeSource is where a PersistentVolume's storage is: exactly one member is set.
type PersistentVolumeSource struct {
	// Disk of Google Cloud. Deprecated: use CSI.
	GCEPersistentDisk *GCEPersistentDiskVolumeSource `json:"gcePersistentDisk,omitempty" protobuf:"bytes,1"`
	// Disk of AWS. Deprecated: use CSI.
	AWSElasticBlockStore *AWSElasticBlockStoreVolumeSource `json:"awsElasticBlockStore,omitempty" protobuf:"bytes,2"`
	// File or folder of the node itself.
	HostPath *HostPathVolumeSource `json:"hostPath,omitempty" protobuf:"bytes,3"`
	// Mount of Glusterfs, which no longer works.
	Glusterfs *GlusterfsPersistentVolumeSource `json:"glusterfs,omitempty" protobuf:"bytes,4"`
	// Mount of NFS.
	NFS *NFSVolumeSource `json:"nfs,omitempty" protobuf:"bytes,5"`
	// Block device of Ceph, which no longer works.
	RBD *RBDPersistentVolumeSource `json:"rbd,omitempty" protobuf:"bytes,6"`
	// Disk reached over iSCSI.
	ISCSI *ISCSIPersistentVolumeSource `json:"iscsi,omitempty" protobuf:"bytes,7"`
	// Disk of OpenStack. Deprecated: use CSI.
	Cinder *CinderPersistentVolumeSource `json:"cinder,omitempty" protobuf:"bytes,8"`
	// Mount of CephFS, which no longer works.
	CephFS *CephFSPersistentVolumeSource `json:"cephfs,omitempty" protobuf:"bytes,9"`
	// Disk reached over Fibre Channel.
	FC *FCVolumeSource `json:"fc,omitempty" protobuf:"bytes,10"`
	// Volume of Flocker, which no longer works.
	Flocker *FlockerVolumeSource `json:"flocker,omitempty" protobuf:"bytes,11"`
	// Volume that a program on the node mounts. Deprecated: use CSI.
	FlexVolume *FlexPersistentVolumeSource `json:"flexVolume,omitempty" protobuf:"bytes,12"`
	// File share of Azure. Deprecated: use CSI.
	AzureFile *AzureFilePersistentVolumeSource `json:"azureFile,omitempty" protobuf:"bytes,13"`
	// Disk of vSphere. Deprecated: use CSI.
	VsphereVolume *VsphereVirtualDiskVolumeSource `json:"vsphereVolume,omitempty" protobuf:"bytes,14"`
	// Mount of Quobyte, which no longer works.
	Quobyte *QuobyteVolumeSource `json:"quobyte,omitempty" protobuf:"bytes,15"`
	// Data disk of Azure. Deprecated: use CSI.
	AzureDisk *AzureDiskVolumeSource `json:"azureDisk,omitempty" protobuf:"bytes,16"`
	// Disk of Photon, which no longer works.
	PhotonPersistentDisk *PhotonPersistentDiskVolumeSource `json:"photonPersistentDisk,omitempty" protobuf:"bytes,17"`
	// Volume of Portworx. Deprecated: use CSI.
	PortworxVolume *PortworxVolumeSource `json:"portworxVolume,omitempty" protobuf:"bytes,18"`
	// Volume of ScaleIO, which no longer works.
	ScaleIO *ScaleIOPersistentVolumeSource `json:"scaleIO,omitempty" protobuf:"bytes,19"`
	// Disk or folder of one node.
	Local *LocalVolumeSource `json:"local,omitempty" protobuf:"bytes,20"`
	// Volume of StorageOS, which no longer works.
	StorageOS *StorageOSPersistentVolumeSource `json:"storageos,omitempty" protobuf:"bytes,21"`
	// Storage that a CSI driver serves.
	CSI *CSIPersistentVolumeSource `json:"csi,omitempty" protobuf:"bytes,22"`
}

// PersistentVolumeSpec describes a piece of storage.
type PersistentVolumeSpec struct {
	// How large it is, under the key storage.
	Capacity ResourceList `json:"capacity,omitempty" protobuf:"bytes,1"`
	// Where it is.
	PersistentVolumeSource `json:",inline" protobuf:"bytes,2"`
	// Ways in which it can be mounted.
	AccessModes []PersistentVolumeAccessMode `json:"accessModes,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Claim that has it or shall have it; both sides must name each other to be bound.
	ClaimRef *ObjectReference `json:"claimRef,omitempty" protobuf:"bytes,4" mapType:"granular"`
	// What happens when its claim goes: Retain (default if made by hand), Delete (default if
	// provisioned) or Recycle (deprecated).
	PersistentVolumeReclaimPolicy PersistentVolumeReclaimPolicy `json:"persistentVolumeReclaimPolicy,omitempty" protobuf:"bytes,5" enum:"Delete|Recycle|Retain"`
	// Class that it belongs to; only claims of the same class get it.
	StorageClassName string `json:"storageClassName,omitempty" protobuf:"bytes,6"`
	// Options for mounting, such as ro or soft; not checked, a bad one makes mounting fail.
	MountOptions []string `json:"mountOptions,omitempty" protobuf:"bytes,7" listType:"atomic"`
	// Filesystem or Block; nil means Filesystem.
	VolumeMode *PersistentVolumeMode `json:"volumeMode,omitempty" protobuf:"bytes,8" enum:"Block|Filesystem"`
	// Nodes that can reach it; Pods that use it go there.
	NodeAffinity *VolumeNodeAffinity `json:"nodeAffinity,omitempty" protobuf:"bytes,9"`
	// Class of its changeable attributes.
	VolumeAttributesClassName *string `json:"volumeAttributesClassName,omitempty" protobuf:"bytes,10"`
}

// PersistentVolumeStatus is where a volume is in its life.
type PersistentVolumeStatus struct {
	// Pending, Available, Bound, Released or Failed.
	Phase PersistentVolumePhase `json:"phase,omitempty" protobuf:"bytes,1" enum:"Available|Bound|Failed|Pending|Released"`
	// Why it is in this phase, for people.
	Message string `json:"message,omitempty" protobuf:"bytes,2"`
	// Why it is in this phase, in one word.
	Reason string `json:"reason,omitempty" protobuf:"bytes,3"`
	// When phase last changed.
	LastPhaseTransitionTime *meta.Time `json:"lastPhaseTransitionTime,omitempty" protobuf:"bytes,4"`
}

// PhotonPersistentDiskVolumeSource is a disk of Photon, which no longer works.
type PhotonPersistentDiskVolumeSource struct {
	// ID of the disk.
	PdID string `json:"pdID" protobuf:"bytes,1" required:"true"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
}

// Pod is a group of containers that run together on one node and share an address and volumes.
type Pod struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec PodSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status PodStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// PodAffinity says which Pods another one wants to be near.
type PodAffinity struct {
	// Terms that must all hold for a node to be taken; later changes do not move the Pod.
	RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm `json:"requiredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Terms that are preferred: the weights of all that hold are added up.
	PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm `json:"preferredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// PodAffinityTerm picks Pods, and says what it is to be near them.
type PodAffinityTerm struct {
	// Picks Pods by their labels; nil picks none.
	LabelSelector *meta.LabelSelector `json:"labelSelector,omitempty" protobuf:"bytes,1"`
	// Namespaces of those Pods, besides those that namespaceSelector picks; both empty means the Pod's
	// own.
	Namespaces []string `json:"namespaces,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Node label: nodes with equal values are near each other, as with kubernetes.io/hostname.
	TopologyKey string `json:"topologyKey" protobuf:"bytes,3" required:"true"`
	// Picks namespaces by their labels; an empty one picks all, nil none.
	NamespaceSelector *meta.LabelSelector `json:"namespaceSelector,omitempty" protobuf:"bytes,4"`
	// Keys of the Pod's own labels whose values those Pods must share.
	MatchLabelKeys []string `json:"matchLabelKeys,omitempty" protobuf:"bytes,5" listType:"atomic"`
	// Keys of the Pod's own labels whose values those Pods must not share.
	MismatchLabelKeys []string `json:"mismatchLabelKeys,omitempty" protobuf:"bytes,6" listType:"atomic"`
}

// PodAntiAffinity says which Pods another one wants to be apart from.
type PodAntiAffinity struct {
	// Terms none of which may hold on the node taken; later changes do not move the Pod.
	RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm `json:"requiredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Terms that are better avoided: the weights of all that hold are taken off.
	PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm `json:"preferredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// PodAttachOptions is the query of a request to attach to a container.
type PodAttachOptions struct {
	meta.TypeMeta `json:",inline"`
	// Sends standard input; default false.
	Stdin bool `json:"stdin,omitempty" protobuf:"varint,1"`
	// Receives standard output; default true.
	Stdout bool `json:"stdout,omitempty" protobuf:"varint,2"`
	// Receives standard error; default true. Not with tty.
	Stderr bool `json:"stderr,omitempty" protobuf:"varint,3"`
	// Uses the container's terminal; default false.
	TTY bool `json:"tty,omitempty" protobuf:"varint,4"`
	// Container to attach to; may be left out if there is only one.
	Container string `json:"container,omitempty" protobuf:"bytes,5"`
}

// PodCertificateProjection makes a key and gets a certificate for it, kept fresh, as files.
type PodCertificateProjection struct {
	// Signer to ask.
	SignerName string `json:"signerName,omitempty" protobuf:"bytes,1" required:"true"`
	// Kind of key to make: RSA3072, RSA4096, ECDSAP256, ECDSAP384, ECDSAP521 or ED25519.
	KeyType string `json:"keyType,omitempty" protobuf:"bytes,2" required:"true"`
	// Longest life asked for, in seconds: 3600 to 7862400 (91 days); nil means 86400. The signer may
	// give less.
	MaxExpirationSeconds *int32 `json:"maxExpirationSeconds,omitempty" protobuf:"varint,3"`
	// File for key and certificates together, relative to the volume; the one that is replaced
	// atomically.
	CredentialBundlePath string `json:"credentialBundlePath,omitempty" protobuf:"bytes,4"`
	// File for the key alone.
	KeyPath string `json:"keyPath,omitempty" protobuf:"bytes,5"`
	// File for the certificates alone.
	CertificateChainPath string `json:"certificateChainPath,omitempty" protobuf:"bytes,6"`
	// Settings passed on to the signer, with keys of its own domain.
	UserAnnotations map[string]string `json:"userAnnotations,omitempty" protobuf:"bytes,7"`
	// Numeric user who owns the file; nil takes the volume's default.
	User *int64 `json:"user,omitempty" protobuf:"varint,8"`
}

// PodCondition is an observation about a Pod.
type PodCondition struct {
	// Which condition this is.
	Type PodConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// The Pod's metadata.generation that this condition speaks of.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,7"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// When the condition was last looked at.
	LastProbeTime meta.Time `json:"lastProbeTime,omitempty" protobuf:"bytes,3"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,5"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,6"`
}

// PodConditionType names a condition of a Pod.
type PodConditionType string

// PodDNSConfig sets a Pod's resolv.conf, on top of what dnsPolicy makes.
type PodDNSConfig struct {
	// Addresses of servers, put after those of the policy.
	Nameservers []string `json:"nameservers,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Domains to search, put after those of the policy.
	Searches []string `json:"searches,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Resolver options; they win over those of the policy.
	Options []PodDNSConfigOption `json:"options,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// PodDNSConfigOption is a resolver option.
type PodDNSConfigOption struct {
	// Name of the option, such as ndots.
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
	// Its value; nil for an option without one.
	Value *string `json:"value,omitempty" protobuf:"bytes,2"`
}

// PodExecOptions is the query of a request to run a command in a container.
type PodExecOptions struct {
	meta.TypeMeta `json:",inline"`
	// Sends standard input; default false.
	Stdin bool `json:"stdin,omitempty" protobuf:"varint,1"`
	// Receives standard output; default true.
	Stdout bool `json:"stdout,omitempty" protobuf:"varint,2"`
	// Receives standard error; default true. Not with tty.
	Stderr bool `json:"stderr,omitempty" protobuf:"varint,3"`
	// Gives the command a terminal; default false.
	TTY bool `json:"tty,omitempty" protobuf:"varint,4"`
	// Container to run in; may be left out if there is only one.
	Container string `json:"container,omitempty" protobuf:"bytes,5"`
	// Program and arguments, run without a shell.
	Command []string `json:"command" protobuf:"bytes,6"`
}

// PodExtendedResourceClaimStatus tells which claim was made for a Pod's extended resources.
type PodExtendedResourceClaimStatus struct {
	// Which request of the claim stands for which container's resource.
	RequestMappings []ContainerExtendedResourceRequest `json:"requestMappings" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// Name of the claim.
	ResourceClaimName string `json:"resourceClaimName" protobuf:"bytes,2" required:"true"`
}

// PodFSGroupChangePolicy says when a volume's files are given to fsGroup.
type PodFSGroupChangePolicy string

// PodIP is an address of a Pod.
type PodIP struct {
	// The address.
	IP string `json:"ip" protobuf:"bytes,1" required:"true"`
}

// PodList is a list of Pods.
type PodList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Pod `json:"items" protobuf:"bytes,2" required:"true"`
}

// PodLogOptions is the query of a request for a container's log.
type PodLogOptions struct {
	meta.TypeMeta `json:",inline"`
	// Container whose log it is; may be left out if there is only one.
	Container string `json:"container,omitempty" protobuf:"bytes,1"`
	// Goes on as the log grows; default false.
	Follow bool `json:"follow,omitempty" protobuf:"varint,2"`
	// Log of the run before this one; default false.
	Previous bool `json:"previous,omitempty" protobuf:"varint,3"`
	// Only lines of the last so many seconds; not with sinceTime.
	SinceSeconds *int64 `json:"sinceSeconds,omitempty" protobuf:"varint,4"`
	// Only lines from then on; not with sinceSeconds.
	SinceTime *meta.Time `json:"sinceTime,omitempty" protobuf:"bytes,5"`
	// Puts the time before each line; default false.
	Timestamps bool `json:"timestamps,omitempty" protobuf:"varint,6"`
	// Only so many last lines; nil means all.
	TailLines *int64 `json:"tailLines,omitempty" protobuf:"varint,7"`
	// Stops after so many bytes, maybe within a line; nil means no limit.
	LimitBytes *int64 `json:"limitBytes,omitempty" protobuf:"varint,8"`
	// Does not check the kubelet's certificate, so that the log may come from an impostor.
	InsecureSkipTLSVerifyBackend bool `json:"insecureSkipTLSVerifyBackend,omitempty" protobuf:"varint,9"`
	// Which output: All, Stdout or Stderr; nil means All. tailLines needs All.
	Stream *string `json:"stream,omitempty" protobuf:"varint,10"`
}

// PodOS is the operating system that a Pod needs.
type PodOS struct {
	// linux or windows.
	Name OSName `json:"name" protobuf:"bytes,1" required:"true"`
}

// PodPhase is where a Pod is in its life, in one word.
type PodPhase string

// PodPortForwardOptions is the query of a request to forward ports over a WebSocket.
type PodPortForwardOptions struct {
	meta.TypeMeta `json:",inline"`
	// Ports to forward.
	Ports []int32 `json:"ports,omitempty" protobuf:"varint,1"`
}

// PodProxyOptions is the query of a request through a Pod's proxy subresource.
type PodProxyOptions struct {
	meta.TypeMeta `json:",inline"`
	// Path to ask the Pod for.
	Path string `json:"path,omitempty" protobuf:"bytes,1"`
}

// PodQOSClass says how well a Pod's resources are assured.
type PodQOSClass string

// PodReadinessGate is one more condition for a Pod to be ready.
type PodReadinessGate struct {
	// Condition of the Pod that must be True.
	ConditionType PodConditionType `json:"conditionType" protobuf:"bytes,1" required:"true"`
}

// PodResizeStatus is what a node says to a resize.
type PodResizeStatus string

// PodResourceClaim is a claim for devices that a Pod uses; exactly one of the two names is set.
type PodResourceClaim struct {
	// Name that containers refer to it by.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Existing claim in the Pod's namespace.
	ResourceClaimName *string `json:"resourceClaimName,omitempty" protobuf:"bytes,3"`
	// Template to make a claim from, that goes with the Pod.
	ResourceClaimTemplateName *string `json:"resourceClaimTemplateName,omitempty" protobuf:"bytes,4"`
}

// PodResourceClaimStatus tells which claim was made for an entry of a Pod's resourceClaims.
type PodResourceClaimStatus struct {
	// Name of the entry.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Name of the claim; nil if none was needed.
	ResourceClaimName *string `json:"resourceClaimName,omitempty" protobuf:"bytes,2"`
}

// PodSELinuxChangePolicy says how volumes get a Pod's SELinux label.
type PodSELinuxChangePolicy string

// PodSchedulingGate keeps a Pod from being scheduled until it is taken off.
type PodSchedulingGate struct {
	// Name of the gate, unique in the Pod.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

// PodSchedulingGroup names the group that a Pod is scheduled with.
type PodSchedulingGroup struct {
	// PodGroup in the Pod's namespace.
	PodGroupName *string `json:"podGroupName,omitempty" protobuf:"bytes,1"`
}

// PodSecurityContext is the privileges of a Pod, and the defaults of its containers.
type PodSecurityContext struct {
	// SELinux label of all containers; nil leaves it to the runtime.
	SELinuxOptions *SELinuxOptions `json:"seLinuxOptions,omitempty" protobuf:"bytes,1"`
	// Settings on Windows; not on Linux.
	WindowsOptions *WindowsSecurityContextOptions `json:"windowsOptions,omitempty" protobuf:"bytes,8"`
	// User that the containers run as; nil takes the image's.
	RunAsUser *int64 `json:"runAsUser,omitempty" protobuf:"varint,2"`
	// Primary group of the containers; nil takes the runtime's default.
	RunAsGroup *int64 `json:"runAsGroup,omitempty" protobuf:"varint,6"`
	// Refuses to start containers that would run as root; nil and false do not check.
	RunAsNonRoot *bool `json:"runAsNonRoot,omitempty" protobuf:"varint,3"`
	// More groups of the containers.
	SupplementalGroups []int64 `json:"supplementalGroups,omitempty" protobuf:"varint,4" listType:"atomic"`
	// Merge adds the groups that the image's /etc/group gives, Strict does not; nil means Merge.
	SupplementalGroupsPolicy *SupplementalGroupsPolicy `json:"supplementalGroupsPolicy,omitempty" protobuf:"bytes,12" enum:"Merge|Strict"`
	// Group that owns the Pod's volumes and that every container is in; nil leaves volumes as they
	// are.
	FSGroup *int64 `json:"fsGroup,omitempty" protobuf:"varint,5"`
	// Kernel parameters of the Pod's namespaces.
	Sysctls []Sysctl `json:"sysctls,omitempty" protobuf:"bytes,7" listType:"atomic"`
	// When volumes are given to fsGroup: Always or OnRootMismatch; nil means Always.
	FSGroupChangePolicy *PodFSGroupChangePolicy `json:"fsGroupChangePolicy,omitempty" protobuf:"bytes,9" enum:"Always|OnRootMismatch"`
	// System calls that containers may make.
	SeccompProfile *SeccompProfile `json:"seccompProfile,omitempty" protobuf:"bytes,10"`
	// AppArmor profile of the containers.
	AppArmorProfile *AppArmorProfile `json:"appArmorProfile,omitempty" protobuf:"bytes,11"`
	// How volumes get the SELinux label: MountOption or Recursive; nil means MountOption where the
	// volume allows it.
	SELinuxChangePolicy *PodSELinuxChangePolicy `json:"seLinuxChangePolicy,omitempty" protobuf:"bytes,13"`
}

// PodSpec is the Pod that is wanted.
type PodSpec struct {
	// Volumes that the containers may mount.
	Volumes []Volume `json:"volumes,omitempty" protobuf:"bytes,1" patchStrategy:"merge,retainKeys" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Containers that run before the others, one after another, each to success; one with
	// restartPolicy Always stays on as a sidecar. Cannot change.
	InitContainers []Container `json:"initContainers,omitempty" protobuf:"bytes,20" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// The Pod's containers, at least one; only their images and (by the resize subresource) their
	// resources may change.
	Containers []Container `json:"containers" protobuf:"bytes,2" required:"true" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Containers added to look into the running Pod; written by the ephemeralcontainers subresource
	// only.
	EphemeralContainers []EphemeralContainer `json:"ephemeralContainers,omitempty" protobuf:"bytes,34" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Always, OnFailure or Never: when containers restart; default Always.
	RestartPolicy RestartPolicy `json:"restartPolicy,omitempty" protobuf:"bytes,3" enum:"Always|Never|OnFailure"`
	// Seconds between asking the containers to stop and killing them; 0 kills at once. Default 30.
	TerminationGracePeriodSeconds *int64 `json:"terminationGracePeriodSeconds,omitempty" protobuf:"varint,4"`
	// Seconds after its start that the Pod may live; over it is failed. nil means for ever.
	ActiveDeadlineSeconds *int64 `json:"activeDeadlineSeconds,omitempty" protobuf:"varint,5"`
	// ClusterFirst, ClusterFirstWithHostNet, Default (the node's) or None (only dnsConfig); default
	// ClusterFirst.
	DNSPolicy DNSPolicy `json:"dnsPolicy,omitempty" protobuf:"bytes,6" enum:"ClusterFirst|ClusterFirstWithHostNet|Default|None"`
	// Labels that the node must have.
	NodeSelector map[string]string `json:"nodeSelector,omitempty" protobuf:"bytes,7" mapType:"atomic"`
	// ServiceAccount that the Pod acts as; default "default".
	ServiceAccountName string `json:"serviceAccountName,omitempty" protobuf:"bytes,8"`
	// Deprecated: serviceAccountName under its old name.
	DeprecatedServiceAccount string `json:"serviceAccount,omitempty" protobuf:"bytes,9"`
	// Whether a token is mounted; nil takes the ServiceAccount's word, else true.
	AutomountServiceAccountToken *bool `json:"automountServiceAccountToken,omitempty" protobuf:"varint,21"`
	// Node that it is on, set by the scheduler; setting it by hand goes past the scheduler.
	NodeName string `json:"nodeName,omitempty" protobuf:"bytes,10"`
	// Uses the node's network; its ports are then the node's.
	HostNetwork bool `json:"hostNetwork,omitempty" protobuf:"varint,11"`
	// Sees the node's processes.
	HostPID bool `json:"hostPID,omitempty" protobuf:"varint,12"`
	// Shares the node's IPC.
	HostIPC bool `json:"hostIPC,omitempty" protobuf:"varint,13"`
	// Lets the containers see each other's processes; not with hostPID.
	ShareProcessNamespace *bool `json:"shareProcessNamespace,omitempty" protobuf:"varint,27"`
	// Privileges of the Pod and defaults of its containers.
	SecurityContext *PodSecurityContext `json:"securityContext,omitempty" protobuf:"bytes,14"`
	// Secrets with logins to registries, in the Pod's namespace.
	ImagePullSecrets []LocalObjectReference `json:"imagePullSecrets,omitempty" protobuf:"bytes,15" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// The Pod's host name; empty means its name.
	Hostname string `json:"hostname,omitempty" protobuf:"bytes,16"`
	// Makes the full name HOSTNAME.SUBDOMAIN.NAMESPACE.svc.DOMAIN; empty gives none.
	Subdomain string `json:"subdomain,omitempty" protobuf:"bytes,17"`
	// Nodes and neighbours that it wants or avoids.
	Affinity *Affinity `json:"affinity,omitempty" protobuf:"bytes,18"`
	// Scheduler that places it; default default-scheduler.
	SchedulerName string `json:"schedulerName,omitempty" protobuf:"bytes,19"`
	// Taints that do not keep it away.
	Tolerations []Toleration `json:"tolerations,omitempty" protobuf:"bytes,22" listType:"atomic"`
	// More lines of /etc/hosts.
	HostAliases []HostAlias `json:"hostAliases,omitempty" protobuf:"bytes,23" patchStrategy:"merge" patchMergeKey:"ip" listType:"map" listMapKey:"ip"`
	// How important it is; empty takes the default class, else priority 0.
	PriorityClassName string `json:"priorityClassName,omitempty" protobuf:"bytes,24"`
	// Its priority, resolved from priorityClassName; the higher, the more important.
	Priority *int32 `json:"priority,omitempty" protobuf:"bytes,25"`
	// Settings of resolv.conf.
	DNSConfig *PodDNSConfig `json:"dnsConfig,omitempty" protobuf:"bytes,26"`
	// Conditions that must be True besides the containers' readiness.
	ReadinessGates []PodReadinessGate `json:"readinessGates,omitempty" protobuf:"bytes,28" listType:"atomic"`
	// RuntimeClass to run it with; nil means the node's default.
	RuntimeClassName *string `json:"runtimeClassName,omitempty" protobuf:"bytes,29"`
	// Puts addresses of the namespace's Services in the environment; nil means true.
	EnableServiceLinks *bool `json:"enableServiceLinks,omitempty" protobuf:"varint,30"`
	// Whether it may push out Pods of lower priority: PreemptLowerPriority or Never; default
	// PreemptLowerPriority.
	PreemptionPolicy *PreemptionPolicy `json:"preemptionPolicy,omitempty" protobuf:"bytes,31" enum:"Never|PreemptLowerPriority"`
	// Resources that running a Pod costs by itself; from its RuntimeClass.
	Overhead ResourceList `json:"overhead,omitempty" protobuf:"bytes,32"`
	// How it is spread over zones, nodes and the like; all must hold.
	TopologySpreadConstraints []TopologySpreadConstraint `json:"topologySpreadConstraints,omitempty" protobuf:"bytes,33" patchStrategy:"merge" patchMergeKey:"topologyKey" listType:"map" listMapKey:"topologyKey,whenUnsatisfiable"`
	// Makes the full name the host name; nil means false.
	SetHostnameAsFQDN *bool `json:"setHostnameAsFQDN,omitempty" protobuf:"varint,35"`
	// Operating system that it needs; nil means any.
	OS *PodOS `json:"os,omitempty" protobuf:"bytes,36"`
	// False gives it a user namespace of its own, where root is nobody on the node; nil means true.
	HostUsers *bool `json:"hostUsers,omitempty" protobuf:"bytes,37"`
	// Holds scheduling back until the list is empty; entries may only be taken off.
	SchedulingGates []PodSchedulingGate `json:"schedulingGates,omitempty" protobuf:"bytes,38" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Claims for devices that its containers use.
	ResourceClaims []PodResourceClaim `json:"resourceClaims,omitempty" protobuf:"bytes,39" patchStrategy:"merge,retainKeys" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Requests and limits for all containers together.
	Resources *ResourceRequirements `json:"resources,omitempty" protobuf:"bytes,40"`
	// Host name to set, whatever hostname and subdomain say; nil sets none.
	HostnameOverride *string `json:"hostnameOverride,omitempty" protobuf:"bytes,41"`
	// Group of Pods that it is scheduled with.
	SchedulingGroup *PodSchedulingGroup `json:"schedulingGroup,omitempty" protobuf:"bytes,43"`
	// Parties that may answer a request to evict it, so that it leaves in good order.
	EvictionResponders []EvictionResponder `json:"evictionResponders,omitempty" protobuf:"bytes,44" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

// PodStatus is what is known of a Pod; it may lag behind.
type PodStatus struct {
	// The Pod's metadata.generation that this status speaks of.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,17"`
	// Pending, Running, Succeeded, Failed or Unknown.
	Phase PodPhase `json:"phase,omitempty" protobuf:"bytes,1" enum:"Failed|Pending|Running|Succeeded|Unknown"`
	// Observations: PodScheduled, Initialized, ContainersReady, Ready and more.
	Conditions []PodCondition `json:"conditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	// Why it is in this phase, for people.
	Message string `json:"message,omitempty" protobuf:"bytes,3"`
	// Why it is in this phase, in one word, such as Evicted.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// Node that is being freed for it; it need not go there in the end.
	NominatedNodeName string `json:"nominatedNodeName,omitempty" protobuf:"bytes,11"`
	// Address of its node.
	HostIP string `json:"hostIP,omitempty" protobuf:"bytes,5"`
	// Addresses of its node, at most one for each IP family; the first equals hostIP.
	HostIPs []HostIP `json:"hostIPs,omitempty" protobuf:"bytes,16" patchStrategy:"merge" patchMergeKey:"ip" listType:"atomic"`
	// Its address.
	PodIP string `json:"podIP,omitempty" protobuf:"bytes,6"`
	// Its addresses, at most one for each IP family; the first equals podIP.
	PodIPs []PodIP `json:"podIPs,omitempty" protobuf:"bytes,12" patchStrategy:"merge" patchMergeKey:"ip" listType:"map" listMapKey:"ip"`
	// When the kubelet took it, before pulling images.
	StartTime *meta.Time `json:"startTime,omitempty" protobuf:"bytes,7"`
	// State of its init containers, in their order.
	InitContainerStatuses []ContainerStatus `json:"initContainerStatuses,omitempty" protobuf:"bytes,10" listType:"atomic"`
	// State of its containers.
	ContainerStatuses []ContainerStatus `json:"containerStatuses,omitempty" protobuf:"bytes,8" listType:"atomic"`
	// Guaranteed, Burstable or BestEffort, from requests and limits.
	QOSClass PodQOSClass `json:"qosClass,omitempty" protobuf:"bytes,9" enum:"BestEffort|Burstable|Guaranteed"`
	// State of its ephemeral containers.
	EphemeralContainerStatuses []ContainerStatus `json:"ephemeralContainerStatuses,omitempty" protobuf:"bytes,13" listType:"atomic"`
	// How far a resize is. Deprecated: see the conditions PodResizePending and PodResizeInProgress.
	Resize PodResizeStatus `json:"resize,omitempty" protobuf:"bytes,14"`
	// Claims that were made from templates for it.
	ResourceClaimStatuses []PodResourceClaimStatus `json:"resourceClaimStatuses,omitempty" protobuf:"bytes,15" patchStrategy:"merge,retainKeys" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Claim that was made for its extended resources.
	ExtendedResourceClaimStatus *PodExtendedResourceClaimStatus `json:"extendedResourceClaimStatus,omitempty" protobuf:"bytes,18"`
	// What the node has set aside for the Pod as a whole.
	AllocatedResources ResourceList `json:"allocatedResources,omitempty" protobuf:"bytes,19"`
	// Requests and limits of the Pod as a whole that are in force.
	Resources *ResourceRequirements `json:"resources,omitempty" protobuf:"bytes,20"`
	// What its claims take of the node's own resources.
	NodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus `json:"nodeAllocatableResourceClaimStatuses,omitempty" protobuf:"bytes,21" patchStrategy:"merge" patchMergeKey:"resourceClaimName" listType:"map" listMapKey:"resourceClaimName"`
	// What is wrong with its volumes, as far as the node sees.
	VolumeHealth []PodVolumeHealth `json:"volumeHealth,omitempty" protobuf:"bytes,22" listType:"map" listMapKey:"name"`
}

// PodTemplate is a template of Pods, stored by itself.
type PodTemplate struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The Pods to make.
	Template PodTemplateSpec `json:"template,omitempty" protobuf:"bytes,2"`
}

// PodTemplateList is a list of PodTemplates.
type PodTemplateList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []PodTemplate `json:"items" protobuf:"bytes,2" required:"true"`
}

// PodTemplateSpec is the Pods that a controller makes.
type PodTemplateSpec struct {
	// Labels and annotations of the Pods.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Spec of the Pods.
	Spec PodSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

// PodVolumeHealth is what is wrong with one volume of a Pod.
type PodVolumeHealth struct {
	// Name of the volume.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// What is wrong; empty if nothing is.
	HealthConditions []VolumeHealthCondition `json:"healthConditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"status" listType:"map" listMapKey:"status,reason"`
	// When that last changed.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
}

// PortStatus is the state of a port at a load balancer.
type PortStatus struct {
	// Number of the port.
	Port int32 `json:"port" protobuf:"varint,1" required:"true"`
	// TCP, UDP or SCTP.
	Protocol Protocol `json:"protocol" protobuf:"bytes,2" required:"true" enum:"SCTP|TCP|UDP"`
	// Why it does not work, in CamelCase, foreign reasons with a domain; nil if it does.
	Error *string `json:"error,omitempty" protobuf:"bytes,3"`
}

// PortworxVolumeSource is a volume of Portworx; the pxd.portworx.com driver serves it.
type PortworxVolumeSource struct {
	// ID of the volume.
	VolumeID string `json:"volumeID" protobuf:"bytes,1" required:"true"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
}

// PreemptionPolicy says whether a Pod may push others out.
type PreemptionPolicy string

// PreferredSchedulingTerm prefers some nodes.
type PreferredSchedulingTerm struct {
	// How much, 1 to 100.
	Weight int32 `json:"weight" protobuf:"varint,1" required:"true"`
	// Which nodes; an empty term picks none here.
	Preference NodeSelectorTerm `json:"preference" protobuf:"bytes,2" required:"true"`
}

// Probe is a check that is made on a container again and again.
type Probe struct {
	// How to check.
	ProbeHandler `json:",inline" protobuf:"bytes,1"`
	// Seconds after the container's start before the first check; default 0.
	InitialDelaySeconds int32 `json:"initialDelaySeconds,omitempty" protobuf:"varint,2"`
	// Seconds that an answer may take; default 1.
	TimeoutSeconds int32 `json:"timeoutSeconds,omitempty" protobuf:"varint,3"`
	// Seconds between checks; default 10.
	PeriodSeconds int32 `json:"periodSeconds,omitempty" protobuf:"varint,4"`
	// Successes in a row that make up for a failure; default 1, and 1 for liveness and startup.
	SuccessThreshold int32 `json:"successThreshold,omitempty" protobuf:"varint,5"`
	// Failures in a row that count; default 3.
	FailureThreshold int32 `json:"failureThreshold,omitempty" protobuf:"varint,6"`
	// Seconds to stop in when this probe fails; nil takes the Pod's. Not for readiness.
	TerminationGracePeriodSeconds *int64 `json:"terminationGracePeriodSeconds,omitempty" protobuf:"varint,7"`
}

// ProbeHandler is a way to check: exactly one member is set.
type ProbeHandler struct {
	// Runs a command in the container.
	Exec *ExecAction `json:"exec,omitempty" protobuf:"bytes,1"`
	// Asks by HTTP.
	HTTPGet *HTTPGetAction `json:"httpGet,omitempty" protobuf:"bytes,2"`
	// Opens a connection.
	TCPSocket *TCPSocketAction `json:"tcpSocket,omitempty" protobuf:"bytes,3"`
	// Asks a gRPC health service.
	GRPC *GRPCAction `json:"grpc,omitempty" protobuf:"bytes,4"`
}

// ProcMountType says how much of /proc a container sees.
type ProcMountType string

// ProjectedVolumeSource shows several sources in one folder.
type ProjectedVolumeSource struct {
	// Sources, each of which writes files; two may not write the same.
	Sources []VolumeProjection `json:"sources" protobuf:"bytes,1" listType:"atomic"`
	// Mode bits of the files, octal in YAML (0644) or decimal in JSON (420); nil means 0644. The
	// files' own modes come first, and fsGroup may add bits.
	DefaultMode *int32 `json:"defaultMode,omitempty" protobuf:"varint,2"`
	// Numeric user who owns the files that name none of their own; nil leaves it to the Pod's security
	// context.
	DefaultUser *int64 `json:"defaultUser,omitempty" protobuf:"varint,3"`
}

// Protocol is TCP, UDP or SCTP.
type Protocol string

// PullPolicy says when an image is pulled.
type PullPolicy string

// QuobyteVolumeSource is a mount of Quobyte, which no longer works.
type QuobyteVolumeSource struct {
	// Registries as host:port, separated by commas.
	Registry string `json:"registry" protobuf:"bytes,1" required:"true"`
	// Name of the volume.
	Volume string `json:"volume" protobuf:"bytes,2" required:"true"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
	// User to map to; default the one that mounts.
	User string `json:"user,omitempty" protobuf:"bytes,4"`
	// Group to map to; default none.
	Group string `json:"group,omitempty" protobuf:"bytes,5"`
	// Tenant that the volume belongs to.
	Tenant string `json:"tenant,omitempty" protobuf:"bytes,6"`
}

// RBDPersistentVolumeSource is a block device of Ceph; the rbd.csi.ceph.com driver took its place.
type RBDPersistentVolumeSource struct {
	// Addresses of the Ceph monitors.
	CephMonitors []string `json:"monitors" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// Name of the image.
	RBDImage string `json:"image" protobuf:"bytes,2" required:"true"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,3"`
	// Pool that it is in; default rbd.
	RBDPool string `json:"pool,omitempty" protobuf:"bytes,4"`
	// User of Ceph; default admin.
	RadosUser string `json:"user,omitempty" protobuf:"bytes,5"`
	// Path of the keyring on the node; default /etc/ceph/keyring.
	Keyring string `json:"keyring,omitempty" protobuf:"bytes,6"`
	// Secret with the user's key, instead of keyring.
	SecretRef *SecretReference `json:"secretRef,omitempty" protobuf:"bytes,7"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,8"`
}

// RBDVolumeSource is a block device of Ceph; the rbd.csi.ceph.com driver took its place.
type RBDVolumeSource struct {
	// Addresses of the Ceph monitors.
	CephMonitors []string `json:"monitors" protobuf:"bytes,1" required:"true" listType:"atomic"`
	// Name of the image.
	RBDImage string `json:"image" protobuf:"bytes,2" required:"true"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,3"`
	// Pool that it is in; default rbd.
	RBDPool string `json:"pool,omitempty" protobuf:"bytes,4"`
	// User of Ceph; default admin.
	RadosUser string `json:"user,omitempty" protobuf:"bytes,5"`
	// Path of the keyring on the node; default /etc/ceph/keyring.
	Keyring string `json:"keyring,omitempty" protobuf:"bytes,6"`
	// Secret with the user's key, instead of keyring.
	SecretRef *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,7"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,8"`
}

// RangeAllocation is a range of numbers with what is taken of it; kept by the server for itself.
type RangeAllocation struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The range, such as a CIDR or 30000-32767.
	Range string `json:"range" protobuf:"bytes,2"`
	// One bit for each number: set if it is taken.
	Data []byte `json:"data" protobuf:"bytes,3"`
}

// RecursiveReadOnlyMode says whether a read-only mount is so all the way down.
type RecursiveReadOnlyMode string

// ReplicationController keeps so many Pods running. Use Deployment instead.
type ReplicationController struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ReplicationControllerSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status ReplicationControllerStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ReplicationControllerCondition is an observation about a ReplicationController.
type ReplicationControllerCondition struct {
	// Which condition this is.
	Type ReplicationControllerConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	// True, False or Unknown.
	Status ConditionStatus `json:"status" protobuf:"bytes,2" required:"true"`
	// When the status last changed from one value to another.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason,omitempty" protobuf:"bytes,4"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,5"`
}

// ReplicationControllerConditionType names a condition of a ReplicationController.
type ReplicationControllerConditionType string

// ReplicationControllerList is a list of ReplicationControllers.
type ReplicationControllerList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ReplicationController `json:"items" protobuf:"bytes,2" required:"true"`
}

// ReplicationControllerSpec is the Pods that are wanted.
type ReplicationControllerSpec struct {
	// How many Pods; nil means 1.
	Replicas *int32 `json:"replicas,omitempty" protobuf:"varint,1"`
	// Seconds that a Pod must be ready to count as available; default 0.
	MinReadySeconds int32 `json:"minReadySeconds,omitempty" protobuf:"varint,4"`
	// Labels of the Pods; empty takes the template's.
	Selector map[string]string `json:"selector,omitempty" protobuf:"bytes,2" mapType:"atomic"`
	// The Pods to make.
	Template *PodTemplateSpec `json:"template,omitempty" protobuf:"bytes,3"`
}

// ReplicationControllerStatus is the Pods that there are.
type ReplicationControllerStatus struct {
	// How many Pods there are.
	Replicas int32 `json:"replicas" protobuf:"varint,1" required:"true"`
	// How many of them have all labels of the template.
	FullyLabeledReplicas int32 `json:"fullyLabeledReplicas,omitempty" protobuf:"varint,2"`
	// How many of them are ready.
	ReadyReplicas int32 `json:"readyReplicas,omitempty" protobuf:"varint,4"`
	// How many of them have been ready for minReadySeconds.
	AvailableReplicas int32 `json:"availableReplicas,omitempty" protobuf:"varint,5"`
	// The metadata.generation that this status speaks of; older than the object's own means not seen
	// yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty" protobuf:"varint,3"`
	// Observations about the object, one for each type.
	Conditions []ReplicationControllerCondition `json:"conditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// ResourceClaim names a claim of the Pod that a container uses.
type ResourceClaim struct {
	// Name of an entry of the Pod's resourceClaims.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// The one request of the claim to use; empty means all of it.
	Request string `json:"request,omitempty" protobuf:"bytes,2"`
}

// ResourceFieldSelector picks a request or limit of a container.
type ResourceFieldSelector struct {
	_ struct{} `mapType:"atomic"`
	// Container; needed in volumes, else the one at hand.
	ContainerName string `json:"containerName,omitempty" protobuf:"bytes,1"`
	// Which: limits.cpu, requests.memory and so on.
	Resource string `json:"resource" protobuf:"bytes,2" required:"true"`
	// Unit to count in, rounded up; default 1, such as 1m or 1Mi.
	Divisor quantity.Quantity `json:"divisor,omitempty" protobuf:"bytes,3"`
}

// ResourceHealth is the health of one device.
type ResourceHealth struct {
	// ID of the device, unique for its resource.
	ResourceID ResourceID `json:"resourceID" protobuf:"bytes,1" required:"true"`
	// Healthy, Unhealthy or Unknown.
	Health ResourceHealthStatus `json:"health,omitempty" protobuf:"bytes,2"`
	// More about it, for people.
	Message *string `json:"message,omitempty" protobuf:"bytes,6"`
}

// ResourceHealthStatus says whether a device works.
type ResourceHealthStatus string

// ResourceID tells devices of one resource apart.
type ResourceID string

// ResourceList is an amount of each of several resources.
type ResourceList map[ResourceName]quantity.Quantity

// ResourceName is the name of a resource, such as cpu, memory or example.com/gpu.
type ResourceName string

// ResourceQuota bounds what a namespace may use in all.
type ResourceQuota struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is allowed.
	Spec ResourceQuotaSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is allowed and what is used.
	Status ResourceQuotaStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ResourceQuotaList is a list of ResourceQuotas.
type ResourceQuotaList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ResourceQuota `json:"items" protobuf:"bytes,2" required:"true"`
}

// ResourceQuotaScope narrows a quota to some objects.
type ResourceQuotaScope string

// ResourceQuotaSpec is what a quota allows.
type ResourceQuotaSpec struct {
	// Most of each resource.
	Hard ResourceList `json:"hard,omitempty" protobuf:"bytes,1"`
	// What it counts: only objects that are in all of these scopes.
	Scopes []ResourceQuotaScope `json:"scopes,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// The same with values to compare; both must match.
	ScopeSelector *ScopeSelector `json:"scopeSelector,omitempty" protobuf:"bytes,3"`
}

// ResourceQuotaStatus is what is used of a quota.
type ResourceQuotaStatus struct {
	// Limits that are in force.
	Hard ResourceList `json:"hard,omitempty" protobuf:"bytes,1"`
	// What is used now.
	Used ResourceList `json:"used,omitempty" protobuf:"bytes,2"`
}

// ResourceRequirements is how much of each resource is reserved and how much is the most.
type ResourceRequirements struct {
	// Most that may be used: more CPU is held back, more memory gets it killed.
	Limits ResourceList `json:"limits,omitempty" protobuf:"bytes,1"`
	// What is reserved, and what scheduling counts; default the limit if there is one.
	Requests ResourceList `json:"requests,omitempty" protobuf:"bytes,2"`
	// Claims of the Pod that the container uses.
	Claims []ResourceClaim `json:"claims,omitempty" protobuf:"bytes,3" listType:"map" listMapKey:"name"`
}

// ResourceResizeRestartPolicy says whether a resize restarts the container.
type ResourceResizeRestartPolicy string

// ResourceStatus is the health of the devices that a container has of one resource.
type ResourceStatus struct {
	// Name of the resource, or claim:NAME/REQUEST.
	Name ResourceName `json:"name" protobuf:"bytes,1" required:"true"`
	// Health of each device.
	Resources []ResourceHealth `json:"resources,omitempty" protobuf:"bytes,2" listType:"map" listMapKey:"resourceID"`
}

// RestartPolicy says when a Pod's containers restart.
type RestartPolicy string

// SELinuxOptions is an SELinux label.
type SELinuxOptions struct {
	// User part.
	User string `json:"user,omitempty" protobuf:"bytes,1"`
	// Role part.
	Role string `json:"role,omitempty" protobuf:"bytes,2"`
	// Type part.
	Type string `json:"type,omitempty" protobuf:"bytes,3"`
	// Level part.
	Level string `json:"level,omitempty" protobuf:"bytes,4"`
}

// ScaleIOPersistentVolumeSource is a volume of ScaleIO, which no longer works.
type ScaleIOPersistentVolumeSource struct {
	// Address of the gateway.
	Gateway string `json:"gateway" protobuf:"bytes,1" required:"true"`
	// Name of the storage system.
	System string `json:"system" protobuf:"bytes,2" required:"true"`
	// Secret with the login.
	SecretRef *SecretReference `json:"secretRef" protobuf:"bytes,3" required:"true"`
	// Speaks TLS with the gateway; default false.
	SSLEnabled bool `json:"sslEnabled,omitempty" protobuf:"varint,4"`
	// Protection domain of the storage.
	ProtectionDomain string `json:"protectionDomain,omitempty" protobuf:"bytes,5"`
	// Storage pool of the protection domain.
	StoragePool string `json:"storagePool,omitempty" protobuf:"bytes,6"`
	// ThickProvisioned or ThinProvisioned; default ThinProvisioned.
	StorageMode string `json:"storageMode,omitempty" protobuf:"bytes,7"`
	// Name of the volume.
	VolumeName string `json:"volumeName,omitempty" protobuf:"bytes,8"`
	// File system to mount; default xfs.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,9"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,10"`
}

// ScaleIOVolumeSource is a volume of ScaleIO, which no longer works.
type ScaleIOVolumeSource struct {
	// Address of the gateway.
	Gateway string `json:"gateway" protobuf:"bytes,1" required:"true"`
	// Name of the storage system.
	System string `json:"system" protobuf:"bytes,2" required:"true"`
	// Secret with the login.
	SecretRef *LocalObjectReference `json:"secretRef" protobuf:"bytes,3" required:"true"`
	// Speaks TLS with the gateway; default false.
	SSLEnabled bool `json:"sslEnabled,omitempty" protobuf:"varint,4"`
	// Protection domain of the storage.
	ProtectionDomain string `json:"protectionDomain,omitempty" protobuf:"bytes,5"`
	// Storage pool of the protection domain.
	StoragePool string `json:"storagePool,omitempty" protobuf:"bytes,6"`
	// ThickProvisioned or ThinProvisioned; default ThinProvisioned.
	StorageMode string `json:"storageMode,omitempty" protobuf:"bytes,7"`
	// Name of the volume.
	VolumeName string `json:"volumeName,omitempty" protobuf:"bytes,8"`
	// File system to mount; default xfs.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,9"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,10"`
}

// ScopeSelector narrows a quota: all requirements must hold.
type ScopeSelector struct {
	_ struct{} `mapType:"atomic"`
	// Requirements.
	MatchExpressions []ScopedResourceSelectorRequirement `json:"matchExpressions,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// ScopeSelectorOperator says how a scope selector compares.
type ScopeSelectorOperator string

// ScopedResourceSelectorRequirement compares one scope.
type ScopedResourceSelectorRequirement struct {
	// Scope to compare.
	ScopeName ResourceQuotaScope `json:"scopeName" protobuf:"bytes,1" required:"true" enum:"BestEffort|CrossNamespacePodAffinity|NotBestEffort|NotTerminating|PriorityClass|Terminating|VolumeAttributesClass"`
	// In, NotIn, Exists or DoesNotExist; scopes without values take Exists only.
	Operator ScopeSelectorOperator `json:"operator" protobuf:"bytes,2" required:"true" enum:"DoesNotExist|Exists|In|NotIn"`
	// Values to compare with: some for In and NotIn, none otherwise.
	Values []string `json:"values,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// SeccompProfile says which system calls may be made.
type SeccompProfile struct {
	// Localhost (a file on the node), RuntimeDefault or Unconfined.
	Type SeccompProfileType `json:"type" protobuf:"bytes,1" required:"true" enum:"Localhost|RuntimeDefault|Unconfined"`
	// File below the kubelet's seccomp folder; needed with Localhost, forbidden otherwise.
	LocalhostProfile *string `json:"localhostProfile,omitempty" protobuf:"bytes,2"`
}

// SeccompProfileType says where a seccomp profile comes from.
type SeccompProfileType string

// Secret holds what should not be seen: passwords, tokens, keys. Its values are at most 1 MiB.
type Secret struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// True forbids any change of the data for ever, which spares the nodes watching it; nil and false
	// allow it.
	Immutable *bool `json:"immutable,omitempty" protobuf:"varint,5"`
	// Bytes by key, in base64; a key is made of letters, digits, '-', '_' and '.'.
	Data map[string][]byte `json:"data,omitempty" protobuf:"bytes,2"`
	// Texts by key, for convenience: moved into data when written, never read back.
	StringData map[string]string `json:"stringData,omitempty" protobuf:"bytes,4"`
	// What it is for, and so which keys it must have; default Opaque. Cannot change.
	Type SecretType `json:"type,omitempty" protobuf:"bytes,3"`
}

// SecretEnvSource makes environment variables of all keys of a Secret.
type SecretEnvSource struct {
	// The object by its name, in the Pod's namespace.
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	// Lets the Pod start although the source or its key is missing; false makes it wait.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,2"`
}

// SecretKeySelector picks one key of a Secret.
type SecretKeySelector struct {
	_ struct{} `mapType:"atomic"`
	// The object by its name, in the Pod's namespace.
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	// Key whose value is taken.
	Key string `json:"key" protobuf:"bytes,2" required:"true"`
	// Lets the Pod start although the source or its key is missing; false makes it wait.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,3"`
}

// SecretList is a list of Secrets.
type SecretList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Secret `json:"items" protobuf:"bytes,2" required:"true"`
}

// SecretProjection puts keys of a Secret into a projected volume.
type SecretProjection struct {
	// The object by its name, in the Pod's namespace.
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	// Keys to write and where; empty writes every key under its own name.
	Items []KeyToPath `json:"items,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Lets the Pod start although the source or its key is missing; false makes it wait.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,4"`
}

// SecretReference names a Secret in any namespace.
type SecretReference struct {
	_ struct{} `mapType:"atomic"`
	// Name of the Secret.
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
	// Its namespace.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,2"`
}

// SecretType says what a Secret is for.
type SecretType string

// SecretVolumeSource shows the keys of a Secret as files in memory; they follow its changes.
type SecretVolumeSource struct {
	// Name of the Secret in the Pod's namespace.
	SecretName string `json:"secretName,omitempty" protobuf:"bytes,1"`
	// Keys to write and where; empty writes every key under its own name.
	Items []KeyToPath `json:"items,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Mode bits of the files, octal in YAML (0644) or decimal in JSON (420); nil means 0644. The
	// files' own modes come first, and fsGroup may add bits.
	DefaultMode *int32 `json:"defaultMode,omitempty" protobuf:"bytes,3"`
	// Lets the Pod start although the source or its key is missing; false makes it wait.
	Optional *bool `json:"optional,omitempty" protobuf:"varint,4"`
	// Numeric user who owns the files that name none of their own; nil leaves it to the Pod's security
	// context.
	DefaultUser *int64 `json:"defaultUser,omitempty" protobuf:"varint,5"`
}

// SecurityContext is the privileges of one container; what is set here wins over the Pod's.
type SecurityContext struct {
	// Capabilities to add and drop; nil leaves the runtime's default.
	Capabilities *Capabilities `json:"capabilities,omitempty" protobuf:"bytes,1"`
	// Makes the container all but root on the node; nil means false.
	Privileged *bool `json:"privileged,omitempty" protobuf:"varint,2"`
	// SELinux label.
	SELinuxOptions *SELinuxOptions `json:"seLinuxOptions,omitempty" protobuf:"bytes,3"`
	// Settings on Windows; not on Linux.
	WindowsOptions *WindowsSecurityContextOptions `json:"windowsOptions,omitempty" protobuf:"bytes,10"`
	// User to run as; nil takes the image's.
	RunAsUser *int64 `json:"runAsUser,omitempty" protobuf:"varint,4"`
	// Primary group; nil takes the runtime's default.
	RunAsGroup *int64 `json:"runAsGroup,omitempty" protobuf:"varint,8"`
	// Refuses to start as root; nil and false do not check.
	RunAsNonRoot *bool `json:"runAsNonRoot,omitempty" protobuf:"varint,5"`
	// Makes everything but mounted volumes read-only; nil means false.
	ReadOnlyRootFilesystem *bool `json:"readOnlyRootFilesystem,omitempty" protobuf:"varint,6"`
	// Whether a process may gain more privileges than its parent, as by setuid; nil means true, and
	// always true if privileged or with SYS_ADMIN.
	AllowPrivilegeEscalation *bool `json:"allowPrivilegeEscalation,omitempty" protobuf:"varint,7"`
	// Default masks parts of /proc, Unmasked does not; nil means Default. Unmasked needs hostUsers:
	// false.
	ProcMount *ProcMountType `json:"procMount,omitempty" protobuf:"bytes,9" enum:"Default|Unmasked"`
	// System calls that may be made.
	SeccompProfile *SeccompProfile `json:"seccompProfile,omitempty" protobuf:"bytes,11"`
	// AppArmor profile.
	AppArmorProfile *AppArmorProfile `json:"appArmorProfile,omitempty" protobuf:"bytes,12"`
}

// SerializedReference is a reference written as text, in annotations.
type SerializedReference struct {
	meta.TypeMeta `json:",inline"`
	// What is referred to.
	Reference ObjectReference `json:"reference,omitempty" protobuf:"bytes,1"`
}

// Service is a stable name and address for a set of Pods.
type Service struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec ServiceSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status ServiceStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ServiceAccount is an identity that Pods act under.
type ServiceAccount struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Secrets that its Pods may use; enforced only with the annotation
	// kubernetes.io/enforce-mountable-secrets.
	Secrets []ObjectReference `json:"secrets,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	// Secrets with logins to registries, given to its Pods that name none.
	ImagePullSecrets []LocalObjectReference `json:"imagePullSecrets,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Whether its Pods get a token mounted; nil means true, and a Pod may say otherwise.
	AutomountServiceAccountToken *bool `json:"automountServiceAccountToken,omitempty" protobuf:"varint,4"`
}

// ServiceAccountList is a list of ServiceAccounts.
type ServiceAccountList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ServiceAccount `json:"items" protobuf:"bytes,2" required:"true"`
}

// ServiceAccountTokenProjection puts a token of the Pod's ServiceAccount into a file and keeps it
// fresh.
type ServiceAccountTokenProjection struct {
	// Who shall accept the token; empty means the API server.
	Audience string `json:"audience,omitempty" protobuf:"bytes,1"`
	// Life asked for, in seconds, at least 600; renewed at 80 percent of it. Default 3600.
	ExpirationSeconds *int64 `json:"expirationSeconds,omitempty" protobuf:"varint,2"`
	// File to write, relative to the volume.
	Path string `json:"path" protobuf:"bytes,3" required:"true"`
	// Numeric user who owns the file; nil takes the volume's default.
	User *int64 `json:"user,omitempty" protobuf:"varint,4"`
}

// ServiceAffinity says whether a client keeps its Pod.
type ServiceAffinity string

// ServiceExternalTrafficPolicy says which Pods serve traffic from outside.
type ServiceExternalTrafficPolicy string

// ServiceInternalTrafficPolicy says which Pods serve traffic from inside.
type ServiceInternalTrafficPolicy string

// ServiceList is a list of Services.
type ServiceList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Service `json:"items" protobuf:"bytes,2" required:"true"`
}

// ServicePort is a port of a Service.
type ServicePort struct {
	// Name of the port, a DNS label; may be empty if there is only one.
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
	// TCP, UDP or SCTP; default TCP.
	Protocol Protocol `json:"protocol,omitempty" protobuf:"bytes,2" enum:"SCTP|TCP|UDP" default:"TCP"`
	// What is spoken over it, such as http or kubernetes.io/h2c; a hint for proxies.
	AppProtocol *string `json:"appProtocol,omitempty" protobuf:"bytes,6"`
	// Port of the Service, 1 to 65535.
	Port int32 `json:"port" protobuf:"varint,3" required:"true"`
	// Port of the Pods: a number, or the name of a container port; default port.
	TargetPort intstr.IntOrString `json:"targetPort,omitempty" protobuf:"bytes,4"`
	// Port of every node that leads here; 0 takes a free one if the type needs it.
	NodePort int32 `json:"nodePort,omitempty" protobuf:"varint,5"`
}

// ServiceProxyOptions is the query of a request through a Service's proxy subresource.
type ServiceProxyOptions struct {
	meta.TypeMeta `json:",inline"`
	// Path to ask the Service for.
	Path string `json:"path,omitempty" protobuf:"bytes,1"`
}

// ServiceSpec is how a Service is reached and what serves it.
type ServiceSpec struct {
	// Ports of the Service.
	Ports []ServicePort `json:"ports,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"port" listType:"map" listMapKey:"port,protocol"`
	// Labels of the Pods that serve; empty leaves the endpoints to somebody else.
	Selector map[string]string `json:"selector,omitempty" protobuf:"bytes,2" mapType:"atomic"`
	// Its address inside the cluster; empty takes a free one, None gives none (headless). Cannot
	// change, except to and from ExternalName.
	ClusterIP string `json:"clusterIP,omitempty" protobuf:"bytes,3"`
	// Its addresses, at most one for each IP family; the first equals clusterIP.
	ClusterIPs []string `json:"clusterIPs,omitempty" protobuf:"bytes,18" listType:"atomic"`
	// ClusterIP, NodePort, LoadBalancer or ExternalName; default ClusterIP.
	Type ServiceType `json:"type,omitempty" protobuf:"bytes,4" enum:"ClusterIP|ExternalName|LoadBalancer|NodePort"`
	// Addresses of nodes, not known to the cluster, that lead here too.
	ExternalIPs []string `json:"externalIPs,omitempty" protobuf:"bytes,5" listType:"atomic"`
	// ClientIP sends a client to the same Pod again; default None.
	SessionAffinity ServiceAffinity `json:"sessionAffinity,omitempty" protobuf:"bytes,7" enum:"ClientIP|None"`
	// Address to ask the cloud for. Deprecated: clouds have annotations for it.
	LoadBalancerIP string `json:"loadBalancerIP,omitempty" protobuf:"bytes,8"`
	// Ranges that clients of the load balancer may come from; empty means all.
	LoadBalancerSourceRanges []string `json:"loadBalancerSourceRanges,omitempty" protobuf:"bytes,9" listType:"atomic"`
	// DNS name that the Service stands for, with type ExternalName.
	ExternalName string `json:"externalName,omitempty" protobuf:"bytes,10"`
	// Cluster spreads traffic from outside over all Pods, Local keeps it on the node and the client's
	// address with it; default Cluster.
	ExternalTrafficPolicy ServiceExternalTrafficPolicy `json:"externalTrafficPolicy,omitempty" protobuf:"bytes,11" enum:"Cluster|Local"`
	// Port at which nodes say whether they have Pods, with LoadBalancer and Local; 0 takes a free one.
	// Cannot change.
	HealthCheckNodePort int32 `json:"healthCheckNodePort,omitempty" protobuf:"bytes,12"`
	// Treats Pods as ready although they are not, as peers of a StatefulSet need; default false.
	PublishNotReadyAddresses bool `json:"publishNotReadyAddresses,omitempty" protobuf:"varint,13"`
	// Tunes session affinity.
	SessionAffinityConfig *SessionAffinityConfig `json:"sessionAffinityConfig,omitempty" protobuf:"bytes,14"`
	// Families of its addresses, in order; empty takes what ipFamilyPolicy gives. The second may come
	// and go.
	IPFamilies []IPFamily `json:"ipFamilies,omitempty" protobuf:"bytes,19" listType:"atomic"`
	// SingleStack, PreferDualStack or RequireDualStack; default SingleStack.
	IPFamilyPolicy *IPFamilyPolicy `json:"ipFamilyPolicy,omitempty" protobuf:"bytes,17" enum:"PreferDualStack|RequireDualStack|SingleStack"`
	// Whether a LoadBalancer gets node ports too; nil means true.
	AllocateLoadBalancerNodePorts *bool `json:"allocateLoadBalancerNodePorts,omitempty" protobuf:"bytes,20"`
	// Which implementation shall serve it; nil means the cloud's default. Set once, with type
	// LoadBalancer.
	LoadBalancerClass *string `json:"loadBalancerClass,omitempty" protobuf:"bytes,21"`
	// Cluster spreads traffic from inside over all Pods, Local keeps it on the node or drops it; nil
	// means Cluster.
	InternalTrafficPolicy *ServiceInternalTrafficPolicy `json:"internalTrafficPolicy,omitempty" protobuf:"bytes,22" enum:"Cluster|Local"`
	// Which Pods are preferred: PreferSameZone, PreferSameNode or PreferClose; nil means none.
	TrafficDistribution *string `json:"trafficDistribution,omitempty" protobuf:"bytes,23"`
}

// ServiceStatus is what a Service has got.
type ServiceStatus struct {
	// What its load balancer gives.
	LoadBalancer LoadBalancerStatus `json:"loadBalancer,omitempty" protobuf:"bytes,1"`
	// Observations about the object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

// ServiceType says how a Service is reached.
type ServiceType string

// SessionAffinityConfig tunes session affinity.
type SessionAffinityConfig struct {
	// Settings of affinity ClientIP.
	ClientIP *ClientIPConfig `json:"clientIP,omitempty" protobuf:"bytes,1"`
}

// Signal is the name of a signal that stops a container, such as SIGTERM.
type Signal string

// SleepAction waits.
type SleepAction struct {
	// How long; 0 returns at once.
	Seconds int64 `json:"seconds" protobuf:"bytes,1" required:"true"`
}

// StorageMedium is what an emptyDir is kept on.
type StorageMedium string

// StorageOSPersistentVolumeSource is a volume of StorageOS, which no longer works.
type StorageOSPersistentVolumeSource struct {
	// Name of the volume.
	VolumeName string `json:"volumeName,omitempty" protobuf:"bytes,1"`
	// Namespace of the volume in StorageOS; empty means the Pod's.
	VolumeNamespace string `json:"volumeNamespace,omitempty" protobuf:"bytes,2"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,3"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,4"`
	// Secret with the login.
	SecretRef *ObjectReference `json:"secretRef,omitempty" protobuf:"bytes,5"`
}

// StorageOSVolumeSource is a volume of StorageOS, which no longer works.
type StorageOSVolumeSource struct {
	// Name of the volume.
	VolumeName string `json:"volumeName,omitempty" protobuf:"bytes,1"`
	// Namespace of the volume in StorageOS; empty means the Pod's.
	VolumeNamespace string `json:"volumeNamespace,omitempty" protobuf:"bytes,2"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,3"`
	// Mounts the volume read-only; false lets the Pod write.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,4"`
	// Secret with the login.
	SecretRef *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,5"`
}

// SupplementalGroupsPolicy says which groups a container has besides the listed ones.
type SupplementalGroupsPolicy string

// Sysctl is a kernel parameter.
type Sysctl struct {
	// Name, with dots or slashes.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Value.
	Value string `json:"value" protobuf:"bytes,2" required:"true"`
}

// TCPSocketAction opens a TCP connection.
type TCPSocketAction struct {
	// Port to connect to: a number or a container port's name.
	Port intstr.IntOrString `json:"port" protobuf:"bytes,1" required:"true"`
	// Host to connect to; empty means the Pod's address.
	Host string `json:"host,omitempty" protobuf:"bytes,2"`
}

// Taint keeps Pods off a Node unless they tolerate it.
type Taint struct {
	// Key, as of a label.
	Key string `json:"key" protobuf:"bytes,1" required:"true"`
	// Value that goes with the key.
	Value string `json:"value,omitempty" protobuf:"bytes,2"`
	// NoSchedule, PreferNoSchedule or NoExecute.
	Effect TaintEffect `json:"effect" protobuf:"bytes,3" required:"true" enum:"NoExecute|NoSchedule|PreferNoSchedule"`
	// When it was added; counts for tolerationSeconds.
	TimeAdded *meta.Time `json:"timeAdded,omitempty" protobuf:"bytes,4"`
}

// TaintEffect is what a taint does to Pods that do not tolerate it.
type TaintEffect string

// TerminationMessagePolicy says where a container's last words are read.
type TerminationMessagePolicy string

// Toleration lets a Pod on nodes with a matching taint.
type Toleration struct {
	// Key of the taint; empty with operator Exists matches every taint.
	Key string `json:"key,omitempty" protobuf:"bytes,1"`
	// Exists, Equal, Lt or Gt; default Equal.
	Operator TolerationOperator `json:"operator,omitempty" protobuf:"bytes,2" enum:"Equal|Exists|Gt|Lt"`
	// Value of the taint; empty with Exists, an integer with Lt and Gt.
	Value string `json:"value,omitempty" protobuf:"bytes,3"`
	// Effect of the taint; empty matches every one.
	Effect TaintEffect `json:"effect,omitempty" protobuf:"bytes,4" enum:"NoExecute|NoSchedule|PreferNoSchedule"`
	// Seconds that the Pod may stay under a NoExecute taint; nil means for ever, 0 or less means not
	// at all.
	TolerationSeconds *int64 `json:"tolerationSeconds,omitempty" protobuf:"varint,5"`
}

// TolerationOperator says how a toleration compares.
type TolerationOperator string

// TopologySelectorLabelRequirement compares one label.
type TopologySelectorLabelRequirement struct {
	// Key of the label.
	Key string `json:"key" protobuf:"bytes,1" required:"true"`
	// Values, one of which it must have.
	Values []string `json:"values" protobuf:"bytes,2" required:"true" listType:"atomic"`
}

// TopologySelectorTerm picks topologies that meet all of its requirements; an empty one picks all.
type TopologySelectorTerm struct {
	_ struct{} `mapType:"atomic"`
	// Requirements on labels.
	MatchLabelExpressions []TopologySelectorLabelRequirement `json:"matchLabelExpressions,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// TopologySpreadConstraint spreads matching Pods evenly over domains, which are nodes with equal
// values of a label.
type TopologySpreadConstraint struct {
	// Most that a domain may have more than the emptiest one, at least 1.
	MaxSkew int32 `json:"maxSkew" protobuf:"varint,1" required:"true"`
	// Node label whose values are the domains.
	TopologyKey string `json:"topologyKey" protobuf:"bytes,2" required:"true"`
	// DoNotSchedule makes the Pod wait, ScheduleAnyway only prefers.
	WhenUnsatisfiable UnsatisfiableConstraintAction `json:"whenUnsatisfiable" protobuf:"bytes,3" required:"true" enum:"DoNotSchedule|ScheduleAnyway"`
	// Picks the Pods to count; nil picks none.
	LabelSelector *meta.LabelSelector `json:"labelSelector,omitempty" protobuf:"bytes,4"`
	// Domains that there must be, else the emptiest counts as empty; only with DoNotSchedule. nil
	// means 1.
	MinDomains *int32 `json:"minDomains,omitempty" protobuf:"varint,5"`
	// Honor counts only nodes that match the Pod's node affinity and selector, Ignore all; nil means
	// Honor.
	NodeAffinityPolicy *NodeInclusionPolicy `json:"nodeAffinityPolicy,omitempty" protobuf:"bytes,6" enum:"Honor|Ignore"`
	// Honor counts only nodes without taints and those it tolerates, Ignore all; nil means Ignore.
	NodeTaintsPolicy *NodeInclusionPolicy `json:"nodeTaintsPolicy,omitempty" protobuf:"bytes,7" enum:"Honor|Ignore"`
	// Keys of the Pod's own labels whose values counted Pods must share, such as pod-template-hash.
	MatchLabelKeys []string `json:"matchLabelKeys,omitempty" protobuf:"bytes,8" listType:"atomic"`
}

// TypedLocalObjectReference names an object of any kind in the same namespace.
type TypedLocalObjectReference struct {
	_ struct{} `mapType:"atomic"`
	// Group of the kind; nil or empty means the core group.
	APIGroup *string `json:"apiGroup" protobuf:"bytes,1"`
	// Kind of the object.
	Kind string `json:"kind" protobuf:"bytes,2" required:"true"`
	// Name of the object.
	Name string `json:"name" protobuf:"bytes,3" required:"true"`
}

// TypedObjectReference names an object of any kind.
type TypedObjectReference struct {
	// Group of the kind; nil or empty means the core group.
	APIGroup *string `json:"apiGroup" protobuf:"bytes,1"`
	// Kind of the object.
	Kind string `json:"kind" protobuf:"bytes,2" required:"true"`
	// Name of the object.
	Name string `json:"name" protobuf:"bytes,3" required:"true"`
	// Its namespace; nil means the same. Another one must allow it by a ReferenceGrant.
	Namespace *string `json:"namespace,omitempty" protobuf:"bytes,4"`
}

// URIScheme is HTTP or HTTPS.
type URIScheme string

// UniqueVolumeName names a volume uniquely in the cluster, such as
// kubernetes.io/csi/driver^handle.
type UniqueVolumeName string

// UnsatisfiableConstraintAction says what happens to a Pod that would break a spread constraint.
type UnsatisfiableConstraintAction string

// Volume is a folder or device that a Pod's containers may mount.
type Volume struct {
	// Name that mounts refer to it by: a DNS label, unique in the Pod.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// What is in it; none set means an emptyDir.
	VolumeSource `json:",inline" protobuf:"bytes,2"`
}

// VolumeDevice shows a block volume in a container.
type VolumeDevice struct {
	// Name of the Pod's volume, which must be behind a claim.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Path of the device in the container.
	DevicePath string `json:"devicePath" protobuf:"bytes,2" required:"true"`
}

// VolumeHealthCondition is one thing that is wrong with a volume.
type VolumeHealthCondition struct {
	// DataLoss, Degraded or Inaccessible.
	Status VolumeHealthStatusType `json:"status" protobuf:"bytes,1" required:"true" enum:"DataLoss|Degraded|Inaccessible"`
	// One word in CamelCase for why, for programs.
	Reason string `json:"reason" protobuf:"bytes,2" required:"true"`
	// For people: what happened and why.
	Message string `json:"message,omitempty" protobuf:"bytes,3"`
}

// VolumeHealthStatus is what is wrong with the volume of a claim.
type VolumeHealthStatus struct {
	// What is wrong; empty if nothing is.
	HealthConditions []VolumeHealthCondition `json:"healthConditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"status" listType:"map" listMapKey:"status,reason"`
	// When that last changed.
	LastTransitionTime meta.Time `json:"lastTransitionTime,omitempty" protobuf:"bytes,2"`
}

// VolumeHealthStatusType is a kind of trouble with a volume.
type VolumeHealthStatusType string

// VolumeMount shows a volume in a container.
type VolumeMount struct {
	// Name of the Pod's volume.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Mounts it read-only here; default false.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,2"`
	// Whether what is mounted below is read-only too: Disabled, IfPossible or Enabled; only with
	// readOnly. nil means Disabled.
	RecursiveReadOnly *RecursiveReadOnlyMode `json:"recursiveReadOnly,omitempty" protobuf:"bytes,7"`
	// Path in the container; no ':'.
	MountPath string `json:"mountPath" protobuf:"bytes,3" required:"true"`
	// File or folder of the volume to mount instead of its root; relative, without '..'.
	SubPath string `json:"subPath,omitempty" protobuf:"bytes,4"`
	// Whether later mounts are seen on the other side: None, HostToContainer or Bidirectional; nil
	// means None.
	MountPropagation *MountPropagationMode `json:"mountPropagation,omitempty" protobuf:"bytes,5" enum:"Bidirectional|HostToContainer|None"`
	// As subPath, with $(VAR) replaced from the environment; not together with it.
	SubPathExpr string `json:"subPathExpr,omitempty" protobuf:"bytes,6"`
	// Options for mounting into the container, such as noexec or nosuid.
	BindMountOptions []string `json:"bindMountOptions,omitempty" protobuf:"bytes,8" listType:"set"`
}

// VolumeMountStatus is how a volume is mounted in a container.
type VolumeMountStatus struct {
	// Name of the Pod's volume.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// Path in the container.
	MountPath string `json:"mountPath" protobuf:"bytes,2" required:"true"`
	// Whether it is read-only.
	ReadOnly bool `json:"readOnly,omitempty" protobuf:"varint,3"`
	// Whether what is mounted below is read-only too: Disabled or Enabled.
	RecursiveReadOnly *RecursiveReadOnlyMode `json:"recursiveReadOnly,omitempty" protobuf:"bytes,4"`
	// What it shows, for kinds that have something to tell.
	VolumeStatus *VolumeStatus `json:"volumeStatus,omitempty" protobuf:"bytes,5"`
}

// VolumeNodeAffinity says which nodes can reach a volume.
type VolumeNodeAffinity struct {
	// Terms, one of which a node must match.
	Required *NodeSelector `json:"required,omitempty" protobuf:"bytes,1"`
}

// VolumeProjection is one source of a projected volume: exactly one member is set.
type VolumeProjection struct {
	// Keys of a Secret.
	Secret *SecretProjection `json:"secret,omitempty" protobuf:"bytes,1"`
	// Facts about the Pod.
	DownwardAPI *DownwardAPIProjection `json:"downwardAPI,omitempty" protobuf:"bytes,2"`
	// Keys of a ConfigMap.
	ConfigMap *ConfigMapProjection `json:"configMap,omitempty" protobuf:"bytes,3"`
	// Token of the Pod's ServiceAccount.
	ServiceAccountToken *ServiceAccountTokenProjection `json:"serviceAccountToken,omitempty" protobuf:"bytes,4"`
	// Certificates of ClusterTrustBundles.
	ClusterTrustBundle *ClusterTrustBundleProjection `json:"clusterTrustBundle,omitempty" protobuf:"bytes,5"`
	// Key and certificate made for the Pod.
	PodCertificate *PodCertificateProjection `json:"podCertificate,omitempty" protobuf:"bytes,6"`
}

// VolumeResourceRequirements is how much storage a claim asks for.
type VolumeResourceRequirements struct {
	// Most that will do; may be left out.
	Limits ResourceList `json:"limits,omitempty" protobuf:"bytes,1"`
	// Least that will do, under the key storage.
	Requests ResourceList `json:"requests,omitempty" protobuf:"bytes,2"`
}

// VolumeSource is what a volume holds: at most one member is set.
type VolumeSource struct {
	// File or folder of the node itself.
	HostPath *HostPathVolumeSource `json:"hostPath,omitempty" protobuf:"bytes,1"`
	// Folder that begins empty and goes with the Pod.
	EmptyDir *EmptyDirVolumeSource `json:"emptyDir,omitempty" protobuf:"bytes,2"`
	// Disk of Google Cloud. Deprecated: use CSI.
	GCEPersistentDisk *GCEPersistentDiskVolumeSource `json:"gcePersistentDisk,omitempty" protobuf:"bytes,3"`
	// Disk of AWS. Deprecated: use CSI.
	AWSElasticBlockStore *AWSElasticBlockStoreVolumeSource `json:"awsElasticBlockStore,omitempty" protobuf:"bytes,4"`
	// Clone of a git repository. Deprecated: clone in an init container.
	GitRepo *GitRepoVolumeSource `json:"gitRepo,omitempty" protobuf:"bytes,5"`
	// Keys of a Secret as files.
	Secret *SecretVolumeSource `json:"secret,omitempty" protobuf:"bytes,6"`
	// Mount of NFS.
	NFS *NFSVolumeSource `json:"nfs,omitempty" protobuf:"bytes,7"`
	// Disk reached over iSCSI.
	ISCSI *ISCSIVolumeSource `json:"iscsi,omitempty" protobuf:"bytes,8"`
	// Mount of Glusterfs, which no longer works.
	Glusterfs *GlusterfsVolumeSource `json:"glusterfs,omitempty" protobuf:"bytes,9"`
	// Volume behind a claim.
	PersistentVolumeClaim *PersistentVolumeClaimVolumeSource `json:"persistentVolumeClaim,omitempty" protobuf:"bytes,10"`
	// Block device of Ceph, which no longer works.
	RBD *RBDVolumeSource `json:"rbd,omitempty" protobuf:"bytes,11"`
	// Volume that a program on the node mounts. Deprecated: use CSI.
	FlexVolume *FlexVolumeSource `json:"flexVolume,omitempty" protobuf:"bytes,12"`
	// Disk of OpenStack. Deprecated: use CSI.
	Cinder *CinderVolumeSource `json:"cinder,omitempty" protobuf:"bytes,13"`
	// Mount of CephFS, which no longer works.
	CephFS *CephFSVolumeSource `json:"cephfs,omitempty" protobuf:"bytes,14"`
	// Volume of Flocker, which no longer works.
	Flocker *FlockerVolumeSource `json:"flocker,omitempty" protobuf:"bytes,15"`
	// Facts about the Pod as files.
	DownwardAPI *DownwardAPIVolumeSource `json:"downwardAPI,omitempty" protobuf:"bytes,16"`
	// Disk reached over Fibre Channel.
	FC *FCVolumeSource `json:"fc,omitempty" protobuf:"bytes,17"`
	// File share of Azure. Deprecated: use CSI.
	AzureFile *AzureFileVolumeSource `json:"azureFile,omitempty" protobuf:"bytes,18"`
	// Keys of a ConfigMap as files.
	ConfigMap *ConfigMapVolumeSource `json:"configMap,omitempty" protobuf:"bytes,19"`
	// Disk of vSphere. Deprecated: use CSI.
	VsphereVolume *VsphereVirtualDiskVolumeSource `json:"vsphereVolume,omitempty" protobuf:"bytes,20"`
	// Mount of Quobyte, which no longer works.
	Quobyte *QuobyteVolumeSource `json:"quobyte,omitempty" protobuf:"bytes,21"`
	// Data disk of Azure. Deprecated: use CSI.
	AzureDisk *AzureDiskVolumeSource `json:"azureDisk,omitempty" protobuf:"bytes,22"`
	// Disk of Photon, which no longer works.
	PhotonPersistentDisk *PhotonPersistentDiskVolumeSource `json:"photonPersistentDisk,omitempty" protobuf:"bytes,23"`
	// Several sources in one folder.
	Projected *ProjectedVolumeSource `json:"projected,omitempty" protobuf:"bytes,26"`
	// Volume of Portworx. Deprecated: use CSI.
	PortworxVolume *PortworxVolumeSource `json:"portworxVolume,omitempty" protobuf:"bytes,24"`
	// Volume of ScaleIO, which no longer works.
	ScaleIO *ScaleIOVolumeSource `json:"scaleIO,omitempty" protobuf:"bytes,25"`
	// Volume of StorageOS, which no longer works.
	StorageOS *StorageOSVolumeSource `json:"storageos,omitempty" protobuf:"bytes,27"`
	// Volume that a CSI driver makes for this Pod.
	CSI *CSIVolumeSource `json:"csi,omitempty" protobuf:"bytes,28"`
	// Volume behind a claim that is made for this Pod.
	Ephemeral *EphemeralVolumeSource `json:"ephemeral,omitempty" protobuf:"bytes,29"`
	// Content of an image or artifact, read-only.
	Image *ImageVolumeSource `json:"image,omitempty" protobuf:"bytes,30"`
}

// VolumeStatus tells what a mounted volume shows: at most one member is set.
type VolumeStatus struct {
	// What an image volume shows.
	Image *ImageVolumeStatus `json:"image,omitempty" protobuf:"bytes,1"`
}

// VsphereVirtualDiskVolumeSource is a disk of vSphere; the csi.vsphere.vmware.com driver serves
// it.
type VsphereVirtualDiskVolumeSource struct {
	// Path of the disk image.
	VolumePath string `json:"volumePath" protobuf:"bytes,1" required:"true"`
	// File system to mount, such as ext4 or xfs; empty means ext4, and it must be one that the node
	// knows.
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
	// Name of the storage policy.
	StoragePolicyName string `json:"storagePolicyName,omitempty" protobuf:"bytes,3"`
	// ID of that policy.
	StoragePolicyID string `json:"storagePolicyID,omitempty" protobuf:"bytes,4"`
}

// WeightedPodAffinityTerm prefers some neighbours.
type WeightedPodAffinityTerm struct {
	// How much, 1 to 100.
	Weight int32 `json:"weight" protobuf:"varint,1" required:"true"`
	// Which neighbours.
	PodAffinityTerm PodAffinityTerm `json:"podAffinityTerm" protobuf:"bytes,2" required:"true"`
}

// WindowsSecurityContextOptions is privileges on Windows.
type WindowsSecurityContextOptions struct {
	// Name of the GMSA credential spec.
	GMSACredentialSpecName *string `json:"gmsaCredentialSpecName,omitempty" protobuf:"bytes,1"`
	// The credential spec itself; a webhook fills it in from the name.
	GMSACredentialSpec *string `json:"gmsaCredentialSpec,omitempty" protobuf:"bytes,2"`
	// User to run as; nil takes the image's.
	RunAsUserName *string `json:"runAsUserName,omitempty" protobuf:"bytes,3"`
	// Runs on the host itself; all containers of the Pod alike, and with hostNetwork.
	HostProcess *bool `json:"hostProcess,omitempty" protobuf:"bytes,4"`
}
