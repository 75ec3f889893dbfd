package corev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

type AWSElasticBlockStoreVolumeSource struct {
	VolumeID  string `json:"volumeID" protobuf:"bytes,1" required:"true"`
	FSType    string `json:"fsType,omitempty" protobuf:"bytes,2"`
	Partition int32  `json:"partition,omitempty" protobuf:"varint,3"`
	ReadOnly  bool   `json:"readOnly,omitempty" protobuf:"varint,4"`
}

type Affinity struct {
	NodeAffinity    *NodeAffinity    `json:"nodeAffinity,omitempty" protobuf:"bytes,1"`
	PodAffinity     *PodAffinity     `json:"podAffinity,omitempty" protobuf:"bytes,2"`
	PodAntiAffinity *PodAntiAffinity `json:"podAntiAffinity,omitempty" protobuf:"bytes,3"`
}

type AppArmorProfile struct {
	Type             AppArmorProfileType `json:"type" protobuf:"bytes,1" required:"true" enum:"Localhost|RuntimeDefault|Unconfined"`
	LocalhostProfile *string             `json:"localhostProfile,omitempty" protobuf:"bytes,2"`
}

type AppArmorProfileType string

type AttachedVolume struct {
	Name       UniqueVolumeName `json:"name" protobuf:"bytes,1" required:"true"`
	DevicePath string           `json:"devicePath" protobuf:"bytes,2" required:"true"`
}

type AzureDataDiskCachingMode string

type AzureDataDiskKind string

type AzureDiskVolumeSource struct {
	DiskName    string                    `json:"diskName" protobuf:"bytes,1" required:"true"`
	DataDiskURI string                    `json:"diskURI" protobuf:"bytes,2" required:"true"`
	CachingMode *AzureDataDiskCachingMode `json:"cachingMode,omitempty" protobuf:"bytes,3" enum:"None|ReadOnly|ReadWrite"`
	FSType      *string                   `json:"fsType,omitempty" protobuf:"bytes,4"`
	ReadOnly    *bool                     `json:"readOnly,omitempty" protobuf:"varint,5"`
	Kind        *AzureDataDiskKind        `json:"kind,omitempty" protobuf:"bytes,6" enum:"Dedicated|Managed|Shared"`
}

type AzureFilePersistentVolumeSource struct {
	SecretName      string  `json:"secretName" protobuf:"bytes,1" required:"true"`
	ShareName       string  `json:"shareName" protobuf:"bytes,2" required:"true"`
	ReadOnly        bool    `json:"readOnly,omitempty" protobuf:"varint,3"`
	SecretNamespace *string `json:"secretNamespace" protobuf:"bytes,4"`
}

type AzureFileVolumeSource struct {
	SecretName string `json:"secretName" protobuf:"bytes,1" required:"true"`
	ShareName  string `json:"shareName" protobuf:"bytes,2" required:"true"`
	ReadOnly   bool   `json:"readOnly,omitempty" protobuf:"varint,3"`
}

type Binding struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Target          ObjectReference `json:"target" protobuf:"bytes,2" required:"true"`
}

type CSIPersistentVolumeSource struct {
	Driver                     string            `json:"driver" protobuf:"bytes,1" required:"true"`
	VolumeHandle               string            `json:"volumeHandle" protobuf:"bytes,2" required:"true"`
	ReadOnly                   bool              `json:"readOnly,omitempty" protobuf:"varint,3"`
	FSType                     string            `json:"fsType,omitempty" protobuf:"bytes,4"`
	VolumeAttributes           map[string]string `json:"volumeAttributes,omitempty" protobuf:"bytes,5"`
	ControllerPublishSecretRef *SecretReference  `json:"controllerPublishSecretRef,omitempty" protobuf:"bytes,6"`
	NodeStageSecretRef         *SecretReference  `json:"nodeStageSecretRef,omitempty" protobuf:"bytes,7"`
	NodePublishSecretRef       *SecretReference  `json:"nodePublishSecretRef,omitempty" protobuf:"bytes,8"`
	ControllerExpandSecretRef  *SecretReference  `json:"controllerExpandSecretRef,omitempty" protobuf:"bytes,9"`
	NodeExpandSecretRef        *SecretReference  `json:"nodeExpandSecretRef,omitempty" protobuf:"bytes,10"`
}

type CSIVolumeSource struct {
	Driver               string                `json:"driver" protobuf:"bytes,1" required:"true"`
	ReadOnly             *bool                 `json:"readOnly,omitempty" protobuf:"varint,2"`
	FSType               *string               `json:"fsType,omitempty" protobuf:"bytes,3"`
	VolumeAttributes     map[string]string     `json:"volumeAttributes,omitempty" protobuf:"bytes,4"`
	NodePublishSecretRef *LocalObjectReference `json:"nodePublishSecretRef,omitempty" protobuf:"bytes,5"`
}

type Capabilities struct {
	Add  []Capability `json:"add,omitempty" protobuf:"bytes,1" listType:"atomic"`
	Drop []Capability `json:"drop,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type Capability string

type CephFSPersistentVolumeSource struct {
	Monitors   []string         `json:"monitors" protobuf:"bytes,1" required:"true" listType:"atomic"`
	Path       string           `json:"path,omitempty" protobuf:"bytes,2"`
	User       string           `json:"user,omitempty" protobuf:"bytes,3"`
	SecretFile string           `json:"secretFile,omitempty" protobuf:"bytes,4"`
	SecretRef  *SecretReference `json:"secretRef,omitempty" protobuf:"bytes,5"`
	ReadOnly   bool             `json:"readOnly,omitempty" protobuf:"varint,6"`
}

type CephFSVolumeSource struct {
	Monitors   []string              `json:"monitors" protobuf:"bytes,1" required:"true" listType:"atomic"`
	Path       string                `json:"path,omitempty" protobuf:"bytes,2"`
	User       string                `json:"user,omitempty" protobuf:"bytes,3"`
	SecretFile string                `json:"secretFile,omitempty" protobuf:"bytes,4"`
	SecretRef  *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,5"`
	ReadOnly   bool                  `json:"readOnly,omitempty" protobuf:"varint,6"`
}

type CinderPersistentVolumeSource struct {
	VolumeID  string           `json:"volumeID" protobuf:"bytes,1" required:"true"`
	FSType    string           `json:"fsType,omitempty" protobuf:"bytes,2"`
	ReadOnly  bool             `json:"readOnly,omitempty" protobuf:"varint,3"`
	SecretRef *SecretReference `json:"secretRef,omitempty" protobuf:"bytes,4"`
}

type CinderVolumeSource struct {
	VolumeID  string                `json:"volumeID" protobuf:"bytes,1" required:"true"`
	FSType    string                `json:"fsType,omitempty" protobuf:"bytes,2"`
	ReadOnly  bool                  `json:"readOnly,omitempty" protobuf:"varint,3"`
	SecretRef *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,4"`
}

type ClaimResourceStatus string

type ClientIPConfig struct {
	TimeoutSeconds *int32 `json:"timeoutSeconds,omitempty" protobuf:"varint,1"`
}

type ClusterTrustBundleProjection struct {
	Name          *string             `json:"name,omitempty" protobuf:"bytes,1"`
	SignerName    *string             `json:"signerName,omitempty" protobuf:"bytes,2"`
	LabelSelector *meta.LabelSelector `json:"labelSelector,omitempty" protobuf:"bytes,3"`
	Optional      *bool               `json:"optional,omitempty" protobuf:"varint,5"`
	Path          string              `json:"path" protobuf:"bytes,4" required:"true"`
	User          *int64              `json:"user,omitempty" protobuf:"varint,6"`
}

type ComponentCondition struct {
	Type    ComponentConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	Status  ConditionStatus        `json:"status" protobuf:"bytes,2" required:"true"`
	Message string                 `json:"message,omitempty" protobuf:"bytes,3"`
	Error   string                 `json:"error,omitempty" protobuf:"bytes,4"`
}

type ComponentConditionType string

type ComponentStatus struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Conditions      []ComponentCondition `json:"conditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type ComponentStatusList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []ComponentStatus `json:"items" protobuf:"bytes,2" required:"true"`
}

type ConditionStatus string

type ConfigMap struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Immutable       *bool             `json:"immutable,omitempty" protobuf:"varint,4"`
	Data            map[string]string `json:"data,omitempty" protobuf:"bytes,2"`
	BinaryData      map[string][]byte `json:"binaryData,omitempty" protobuf:"bytes,3"`
}

type ConfigMapEnvSource struct {
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	Optional             *bool `json:"optional,omitempty" protobuf:"varint,2"`
}

type ConfigMapKeySelector struct {
	_                    struct{} `mapType:"atomic"`
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	Key                  string `json:"key" protobuf:"bytes,2" required:"true"`
	Optional             *bool  `json:"optional,omitempty" protobuf:"varint,3"`
}

type ConfigMapList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []ConfigMap `json:"items" protobuf:"bytes,2" required:"true"`
}

type ConfigMapNodeConfigSource struct {
	Namespace        string   `json:"namespace" protobuf:"bytes,1" required:"true"`
	Name             string   `json:"name" protobuf:"bytes,2" required:"true"`
	UID              meta.UID `json:"uid,omitempty" protobuf:"bytes,3"`
	ResourceVersion  string   `json:"resourceVersion,omitempty" protobuf:"bytes,4"`
	KubeletConfigKey string   `json:"kubeletConfigKey" protobuf:"bytes,5" required:"true"`
}

type ConfigMapProjection struct {
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	Items                []KeyToPath `json:"items,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Optional             *bool       `json:"optional,omitempty" protobuf:"varint,4"`
}

type ConfigMapVolumeSource struct {
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	Items                []KeyToPath `json:"items,omitempty" protobuf:"bytes,2" listType:"atomic"`
	DefaultMode          *int32      `json:"defaultMode,omitempty" protobuf:"varint,3"`
	Optional             *bool       `json:"optional,omitempty" protobuf:"varint,4"`
	DefaultUser          *int64      `json:"defaultUser,omitempty" protobuf:"varint,5"`
}

type Container struct {
	Name                     string                   `json:"name" protobuf:"bytes,1" required:"true"`
	Image                    string                   `json:"image,omitempty" protobuf:"bytes,2"`
	Command                  []string                 `json:"command,omitempty" protobuf:"bytes,3" listType:"atomic"`
	Args                     []string                 `json:"args,omitempty" protobuf:"bytes,4" listType:"atomic"`
	WorkingDir               string                   `json:"workingDir,omitempty" protobuf:"bytes,5"`
	Ports                    []ContainerPort          `json:"ports,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"containerPort" listType:"map" listMapKey:"containerPort,protocol"`
	EnvFrom                  []EnvFromSource          `json:"envFrom,omitempty" protobuf:"bytes,19" listType:"atomic"`
	Env                      []EnvVar                 `json:"env,omitempty" protobuf:"bytes,7" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	Resources                ResourceRequirements     `json:"resources,omitempty" protobuf:"bytes,8"`
	ResizePolicy             []ContainerResizePolicy  `json:"resizePolicy,omitempty" protobuf:"bytes,23" listType:"atomic"`
	RestartPolicy            *ContainerRestartPolicy  `json:"restartPolicy,omitempty" protobuf:"bytes,24"`
	RestartPolicyRules       []ContainerRestartRule   `json:"restartPolicyRules,omitempty" protobuf:"bytes,25" listType:"atomic"`
	VolumeMounts             []VolumeMount            `json:"volumeMounts,omitempty" protobuf:"bytes,9" patchStrategy:"merge" patchMergeKey:"mountPath" listType:"map" listMapKey:"mountPath"`
	VolumeDevices            []VolumeDevice           `json:"volumeDevices,omitempty" protobuf:"bytes,21" patchStrategy:"merge" patchMergeKey:"devicePath" listType:"map" listMapKey:"devicePath"`
	LivenessProbe            *Probe                   `json:"livenessProbe,omitempty" protobuf:"bytes,10"`
	ReadinessProbe           *Probe                   `json:"readinessProbe,omitempty" protobuf:"bytes,11"`
	StartupProbe             *Probe                   `json:"startupProbe,omitempty" protobuf:"bytes,22"`
	Lifecycle                *Lifecycle               `json:"lifecycle,omitempty" protobuf:"bytes,12"`
	TerminationMessagePath   string                   `json:"terminationMessagePath,omitempty" protobuf:"bytes,13"`
	TerminationMessagePolicy TerminationMessagePolicy `json:"terminationMessagePolicy,omitempty" protobuf:"bytes,20" enum:"FallbackToLogsOnError|File"`
	ImagePullPolicy          PullPolicy               `json:"imagePullPolicy,omitempty" protobuf:"bytes,14" enum:"Always|IfNotPresent|Never"`
	SecurityContext          *SecurityContext         `json:"securityContext,omitempty" protobuf:"bytes,15"`
	Stdin                    bool                     `json:"stdin,omitempty" protobuf:"varint,16"`
	StdinOnce                bool                     `json:"stdinOnce,omitempty" protobuf:"varint,17"`
	TTY                      bool                     `json:"tty,omitempty" protobuf:"varint,18"`
}

type ContainerExtendedResourceRequest struct {
	ContainerName string `json:"containerName" protobuf:"bytes,1" required:"true"`
	ResourceName  string `json:"resourceName" protobuf:"bytes,2" required:"true"`
	RequestName   string `json:"requestName" protobuf:"bytes,3" required:"true"`
}

type ContainerImage struct {
	Names     []string `json:"names" protobuf:"bytes,1" listType:"atomic"`
	SizeBytes int64    `json:"sizeBytes,omitempty" protobuf:"varint,2"`
}

type ContainerPort struct {
	Name          string   `json:"name,omitempty" protobuf:"bytes,1"`
	HostPort      int32    `json:"hostPort,omitempty" protobuf:"varint,2"`
	ContainerPort int32    `json:"containerPort" protobuf:"varint,3" required:"true"`
	Protocol      Protocol `json:"protocol,omitempty" protobuf:"bytes,4" enum:"SCTP|TCP|UDP"`
	HostIP        string   `json:"hostIP,omitempty" protobuf:"bytes,5"`
}

type ContainerResizePolicy struct {
	ResourceName  ResourceName                `json:"resourceName" protobuf:"bytes,1" required:"true"`
	RestartPolicy ResourceResizeRestartPolicy `json:"restartPolicy" protobuf:"bytes,2" required:"true"`
}

type ContainerRestartPolicy string

type ContainerRestartRule struct {
	Action    ContainerRestartRuleAction       `json:"action,omitempty" protobuf:"bytes,1" required:"true"`
	ExitCodes *ContainerRestartRuleOnExitCodes `json:"exitCodes,omitempty" protobuf:"bytes,2"`
}

type ContainerRestartRuleAction string

type ContainerRestartRuleOnExitCodes struct {
	Operator ContainerRestartRuleOnExitCodesOperator `json:"operator,omitempty" protobuf:"bytes,1" required:"true"`
	Values   []int32                                 `json:"values,omitempty" protobuf:"varint,2" listType:"set"`
}

type ContainerRestartRuleOnExitCodesOperator string

type ContainerState struct {
	Waiting    *ContainerStateWaiting    `json:"waiting,omitempty" protobuf:"bytes,1"`
	Running    *ContainerStateRunning    `json:"running,omitempty" protobuf:"bytes,2"`
	Terminated *ContainerStateTerminated `json:"terminated,omitempty" protobuf:"bytes,3"`
}

type ContainerStateRunning struct {
	StartedAt meta.Time `json:"startedAt,omitempty" protobuf:"bytes,1"`
}

type ContainerStateTerminated struct {
	ExitCode    int32     `json:"exitCode" protobuf:"varint,1" required:"true"`
	Signal      int32     `json:"signal,omitempty" protobuf:"varint,2"`
	Reason      string    `json:"reason,omitempty" protobuf:"bytes,3"`
	Message     string    `json:"message,omitempty" protobuf:"bytes,4"`
	StartedAt   meta.Time `json:"startedAt,omitempty" protobuf:"bytes,5"`
	FinishedAt  meta.Time `json:"finishedAt,omitempty" protobuf:"bytes,6"`
	ContainerID string    `json:"containerID,omitempty" protobuf:"bytes,7"`
}

type ContainerStateWaiting struct {
	Reason  string `json:"reason,omitempty" protobuf:"bytes,1"`
	Message string `json:"message,omitempty" protobuf:"bytes,2"`
}

type ContainerStatus struct {
	Name                     string                `json:"name" protobuf:"bytes,1" required:"true"`
	State                    ContainerState        `json:"state,omitempty" protobuf:"bytes,2"`
	LastTerminationState     ContainerState        `json:"lastState,omitempty" protobuf:"bytes,3"`
	Ready                    bool                  `json:"ready" protobuf:"varint,4" required:"true"`
	RestartCount             int32                 `json:"restartCount" protobuf:"varint,5" required:"true"`
	Image                    string                `json:"image" protobuf:"bytes,6" required:"true"`
	ImageID                  string                `json:"imageID" protobuf:"bytes,7" required:"true"`
	ContainerID              string                `json:"containerID,omitempty" protobuf:"bytes,8"`
	Started                  *bool                 `json:"started,omitempty" protobuf:"varint,9"`
	AllocatedResources       ResourceList          `json:"allocatedResources,omitempty" protobuf:"bytes,10"`
	Resources                *ResourceRequirements `json:"resources,omitempty" protobuf:"bytes,11"`
	VolumeMounts             []VolumeMountStatus   `json:"volumeMounts,omitempty" protobuf:"bytes,12" patchStrategy:"merge" patchMergeKey:"mountPath" listType:"map" listMapKey:"mountPath"`
	User                     *ContainerUser        `json:"user,omitempty" protobuf:"bytes,13"`
	AllocatedResourcesStatus []ResourceStatus      `json:"allocatedResourcesStatus,omitempty" protobuf:"bytes,14" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	StopSignal               *Signal               `json:"stopSignal,omitempty" protobuf:"bytes,15" enum:"SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ"`
}

type ContainerUser struct {
	Linux *LinuxContainerUser `json:"linux,omitempty" protobuf:"bytes,1"`
}

type DNSPolicy string

type DaemonEndpoint struct {
	Port int32 `json:"Port" protobuf:"varint,1" required:"true"`
}

type DownwardAPIProjection struct {
	Items []DownwardAPIVolumeFile `json:"items,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type DownwardAPIVolumeFile struct {
	Path             string                 `json:"path" protobuf:"bytes,1" required:"true"`
	FieldRef         *ObjectFieldSelector   `json:"fieldRef,omitempty" protobuf:"bytes,2"`
	ResourceFieldRef *ResourceFieldSelector `json:"resourceFieldRef,omitempty" protobuf:"bytes,3"`
	Mode             *int32                 `json:"mode,omitempty" protobuf:"varint,4"`
	User             *int64                 `json:"user,omitempty" protobuf:"varint,5"`
}

type DownwardAPIVolumeSource struct {
	Items       []DownwardAPIVolumeFile `json:"items,omitempty" protobuf:"bytes,1" listType:"atomic"`
	DefaultMode *int32                  `json:"defaultMode,omitempty" protobuf:"varint,2"`
	DefaultUser *int64                  `json:"defaultUser,omitempty" protobuf:"varint,3"`
}

type EmptyDirVolumeSource struct {
	Medium    StorageMedium      `json:"medium,omitempty" protobuf:"bytes,1"`
	SizeLimit *quantity.Quantity `json:"sizeLimit,omitempty" protobuf:"bytes,2"`
	Mode      *int32             `json:"mode,omitempty" protobuf:"varint,3"`
}

type EndpointAddress struct {
	_         struct{}         `mapType:"atomic"`
	IP        string           `json:"ip" protobuf:"bytes,1" required:"true"`
	Hostname  string           `json:"hostname,omitempty" protobuf:"bytes,3"`
	NodeName  *string          `json:"nodeName,omitempty" protobuf:"bytes,4"`
	TargetRef *ObjectReference `json:"targetRef,omitempty" protobuf:"bytes,2"`
}

type EndpointPort struct {
	_           struct{} `mapType:"atomic"`
	Name        string   `json:"name,omitempty" protobuf:"bytes,1"`
	Port        int32    `json:"port" protobuf:"varint,2" required:"true"`
	Protocol    Protocol `json:"protocol,omitempty" protobuf:"bytes,3" enum:"SCTP|TCP|UDP"`
	AppProtocol *string  `json:"appProtocol,omitempty" protobuf:"bytes,4"`
}

type EndpointSubset struct {
	Addresses         []EndpointAddress `json:"addresses,omitempty" protobuf:"bytes,1" listType:"atomic"`
	NotReadyAddresses []EndpointAddress `json:"notReadyAddresses,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Ports             []EndpointPort    `json:"ports,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type Endpoints struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Subsets         []EndpointSubset `json:"subsets,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type EndpointsList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Endpoints `json:"items" protobuf:"bytes,2" required:"true"`
}

type EnvFromSource struct {
	Prefix       string              `json:"prefix,omitempty" protobuf:"bytes,1"`
	ConfigMapRef *ConfigMapEnvSource `json:"configMapRef,omitempty" protobuf:"bytes,2"`
	SecretRef    *SecretEnvSource    `json:"secretRef,omitempty" protobuf:"bytes,3"`
}

type EnvVar struct {
	Name      string        `json:"name" protobuf:"bytes,1" required:"true"`
	Value     string        `json:"value,omitempty" protobuf:"bytes,2"`
	ValueFrom *EnvVarSource `json:"valueFrom,omitempty" protobuf:"bytes,3"`
}

type EnvVarSource struct {
	FieldRef         *ObjectFieldSelector   `json:"fieldRef,omitempty" protobuf:"bytes,1"`
	ResourceFieldRef *ResourceFieldSelector `json:"resourceFieldRef,omitempty" protobuf:"bytes,2"`
	ConfigMapKeyRef  *ConfigMapKeySelector  `json:"configMapKeyRef,omitempty" protobuf:"bytes,3"`
	SecretKeyRef     *SecretKeySelector     `json:"secretKeyRef,omitempty" protobuf:"bytes,4"`
	FileKeyRef       *FileKeySelector       `json:"fileKeyRef,omitempty" protobuf:"bytes,5"`
}

type EphemeralContainer struct {
	EphemeralContainerCommon `json:",inline" protobuf:"bytes,1"`
	TargetContainerName      string `json:"targetContainerName,omitempty" protobuf:"bytes,2"`
}

type EphemeralContainerCommon struct {
	Name                     string                   `json:"name" protobuf:"bytes,1"`
	Image                    string                   `json:"image,omitempty" protobuf:"bytes,2"`
	Command                  []string                 `json:"command,omitempty" protobuf:"bytes,3"`
	Args                     []string                 `json:"args,omitempty" protobuf:"bytes,4"`
	WorkingDir               string                   `json:"workingDir,omitempty" protobuf:"bytes,5"`
	Ports                    []ContainerPort          `json:"ports,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"containerPort"`
	EnvFrom                  []EnvFromSource          `json:"envFrom,omitempty" protobuf:"bytes,19"`
	Env                      []EnvVar                 `json:"env,omitempty" protobuf:"bytes,7" patchStrategy:"merge" patchMergeKey:"name"`
	Resources                ResourceRequirements     `json:"resources,omitempty" protobuf:"bytes,8"`
	ResizePolicy             []ContainerResizePolicy  `json:"resizePolicy,omitempty" protobuf:"bytes,23"`
	RestartPolicy            *ContainerRestartPolicy  `json:"restartPolicy,omitempty" protobuf:"bytes,24"`
	RestartPolicyRules       []ContainerRestartRule   `json:"restartPolicyRules,omitempty" protobuf:"bytes,25"`
	VolumeMounts             []VolumeMount            `json:"volumeMounts,omitempty" protobuf:"bytes,9" patchStrategy:"merge" patchMergeKey:"mountPath"`
	VolumeDevices            []VolumeDevice           `json:"volumeDevices,omitempty" protobuf:"bytes,21" patchStrategy:"merge" patchMergeKey:"devicePath"`
	LivenessProbe            *Probe                   `json:"livenessProbe,omitempty" protobuf:"bytes,10"`
	ReadinessProbe           *Probe                   `json:"readinessProbe,omitempty" protobuf:"bytes,11"`
	StartupProbe             *Probe                   `json:"startupProbe,omitempty" protobuf:"bytes,22"`
	Lifecycle                *Lifecycle               `json:"lifecycle,omitempty" protobuf:"bytes,12"`
	TerminationMessagePath   string                   `json:"terminationMessagePath,omitempty" protobuf:"bytes,13"`
	TerminationMessagePolicy TerminationMessagePolicy `json:"terminationMessagePolicy,omitempty" protobuf:"bytes,20"`
	ImagePullPolicy          PullPolicy               `json:"imagePullPolicy,omitempty" protobuf:"bytes,14"`
	SecurityContext          *SecurityContext         `json:"securityContext,omitempty" protobuf:"bytes,15"`
	Stdin                    bool                     `json:"stdin,omitempty" protobuf:"varint,16"`
	StdinOnce                bool                     `json:"stdinOnce,omitempty" protobuf:"varint,17"`
	TTY                      bool                     `json:"tty,omitempty" protobuf:"varint,18"`
}

type EphemeralVolumeSource struct {
	VolumeClaimTemplate *PersistentVolumeClaimTemplate `json:"volumeClaimTemplate,omitempty" protobuf:"bytes,1"`
}

type Event struct {
	meta.TypeMeta       `json:",inline"`
	meta.ObjectMeta     `json:"metadata" protobuf:"bytes,1" required:"true"`
	InvolvedObject      ObjectReference  `json:"involvedObject" protobuf:"bytes,2" required:"true"`
	Reason              string           `json:"reason,omitempty" protobuf:"bytes,3"`
	Message             string           `json:"message,omitempty" protobuf:"bytes,4"`
	Source              EventSource      `json:"source,omitempty" protobuf:"bytes,5"`
	FirstTimestamp      meta.Time        `json:"firstTimestamp,omitempty" protobuf:"bytes,6"`
	LastTimestamp       meta.Time        `json:"lastTimestamp,omitempty" protobuf:"bytes,7"`
	Count               int32            `json:"count,omitempty" protobuf:"varint,8"`
	Type                string           `json:"type,omitempty" protobuf:"bytes,9"`
	EventTime           meta.MicroTime   `json:"eventTime,omitempty" protobuf:"bytes,10"`
	Series              *EventSeries     `json:"series,omitempty" protobuf:"bytes,11"`
	Action              string           `json:"action,omitempty" protobuf:"bytes,12"`
	Related             *ObjectReference `json:"related,omitempty" protobuf:"bytes,13"`
	ReportingController string           `json:"reportingComponent" protobuf:"bytes,14"`
	ReportingInstance   string           `json:"reportingInstance" protobuf:"bytes,15"`
}

type EventList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Event `json:"items" protobuf:"bytes,2" required:"true"`
}

type EventSeries struct {
	Count            int32          `json:"count,omitempty" protobuf:"varint,1"`
	LastObservedTime meta.MicroTime `json:"lastObservedTime,omitempty" protobuf:"bytes,2"`
}

type EventSource struct {
	Component string `json:"component,omitempty" protobuf:"bytes,1"`
	Host      string `json:"host,omitempty" protobuf:"bytes,2"`
}

type EvictionResponder struct {
	_        struct{} `mapType:"atomic"`
	Name     string   `json:"name" protobuf:"bytes,1" required:"true"`
	Priority *int32   `json:"priority" protobuf:"varint,2" required:"true"`
}

type ExecAction struct {
	Command []string `json:"command,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type FCVolumeSource struct {
	TargetWWNs []string `json:"targetWWNs,omitempty" protobuf:"bytes,1" listType:"atomic"`
	Lun        *int32   `json:"lun,omitempty" protobuf:"varint,2"`
	FSType     string   `json:"fsType,omitempty" protobuf:"bytes,3"`
	ReadOnly   bool     `json:"readOnly,omitempty" protobuf:"varint,4"`
	WWIDs      []string `json:"wwids,omitempty" protobuf:"bytes,5" listType:"atomic"`
}

type FileKeySelector struct {
	_          struct{} `mapType:"atomic"`
	VolumeName string   `json:"volumeName" protobuf:"bytes,1" required:"true"`
	Path       string   `json:"path" protobuf:"bytes,2" required:"true"`
	Key        string   `json:"key" protobuf:"bytes,3" required:"true"`
	Optional   *bool    `json:"optional,omitempty" protobuf:"varint,4"`
}

type FinalizerName string

type FlexPersistentVolumeSource struct {
	Driver    string            `json:"driver" protobuf:"bytes,1" required:"true"`
	FSType    string            `json:"fsType,omitempty" protobuf:"bytes,2"`
	SecretRef *SecretReference  `json:"secretRef,omitempty" protobuf:"bytes,3"`
	ReadOnly  bool              `json:"readOnly,omitempty" protobuf:"varint,4"`
	Options   map[string]string `json:"options,omitempty" protobuf:"bytes,5"`
}

type FlexVolumeSource struct {
	Driver    string                `json:"driver" protobuf:"bytes,1" required:"true"`
	FSType    string                `json:"fsType,omitempty" protobuf:"bytes,2"`
	SecretRef *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,3"`
	ReadOnly  bool                  `json:"readOnly,omitempty" protobuf:"varint,4"`
	Options   map[string]string     `json:"options,omitempty" protobuf:"bytes,5"`
}

type FlockerVolumeSource struct {
	DatasetName string `json:"datasetName,omitempty" protobuf:"bytes,1"`
	DatasetUUID string `json:"datasetUUID,omitempty" protobuf:"bytes,2"`
}

type GCEPersistentDiskVolumeSource struct {
	PDName    string `json:"pdName" protobuf:"bytes,1" required:"true"`
	FSType    string `json:"fsType,omitempty" protobuf:"bytes,2"`
	Partition int32  `json:"partition,omitempty" protobuf:"varint,3"`
	ReadOnly  bool   `json:"readOnly,omitempty" protobuf:"varint,4"`
}

type GRPCAction struct {
	Port    int32          `json:"port" protobuf:"bytes,1" required:"true"`
	Service *string        `json:"service" protobuf:"bytes,2"`
	Mode    *GRPCProbeMode `json:"mode,omitempty" protobuf:"bytes,3" enum:"Plaintext|TLS"`
}

type GRPCProbeMode string

type GitRepoVolumeSource struct {
	Repository string `json:"repository" protobuf:"bytes,1" required:"true"`
	Revision   string `json:"revision,omitempty" protobuf:"bytes,2"`
	Directory  string `json:"directory,omitempty" protobuf:"bytes,3"`
}

type GlusterfsPersistentVolumeSource struct {
	EndpointsName      string  `json:"endpoints" protobuf:"bytes,1" required:"true"`
	Path               string  `json:"path" protobuf:"bytes,2" required:"true"`
	ReadOnly           bool    `json:"readOnly,omitempty" protobuf:"varint,3"`
	EndpointsNamespace *string `json:"endpointsNamespace,omitempty" protobuf:"bytes,4"`
}

type GlusterfsVolumeSource struct {
	EndpointsName string `json:"endpoints" protobuf:"bytes,1" required:"true"`
	Path          string `json:"path" protobuf:"bytes,2" required:"true"`
	ReadOnly      bool   `json:"readOnly,omitempty" protobuf:"varint,3"`
}

type HTTPGetAction struct {
	Path        string             `json:"path,omitempty" protobuf:"bytes,1"`
	Port        intstr.IntOrString `json:"port" protobuf:"bytes,2" required:"true"`
	Host        string             `json:"host,omitempty" protobuf:"bytes,3"`
	Scheme      URIScheme          `json:"scheme,omitempty" protobuf:"bytes,4" enum:"HTTP|HTTPS"`
	HTTPHeaders []HTTPHeader       `json:"httpHeaders,omitempty" protobuf:"bytes,5" listType:"atomic"`
	Protocol    *HTTPProtocol      `json:"protocol,omitempty" protobuf:"bytes,6" enum:"HTTP1|HTTP2"`
}

type HTTPHeader struct {
	Name  string `json:"name" protobuf:"bytes,1" required:"true"`
	Value string `json:"value" protobuf:"bytes,2" required:"true"`
}

type HTTPProtocol string

type HostAlias struct {
	IP        string   `json:"ip" protobuf:"bytes,1" required:"true"`
	Hostnames []string `json:"hostnames,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type HostIP struct {
	IP string `json:"ip" protobuf:"bytes,1" required:"true"`
}

type HostPathType string

type HostPathVolumeSource struct {
	Path string        `json:"path" protobuf:"bytes,1" required:"true"`
	Type *HostPathType `json:"type,omitempty" protobuf:"bytes,2" enum:"|BlockDevice|CharDevice|Directory|DirectoryOrCreate|File|FileOrCreate|Socket"`
}

type IPFamily string

type IPFamilyPolicy string

type ISCSIPersistentVolumeSource struct {
	TargetPortal      string           `json:"targetPortal" protobuf:"bytes,1" required:"true"`
	IQN               string           `json:"iqn" protobuf:"bytes,2" required:"true"`
	Lun               int32            `json:"lun" protobuf:"varint,3" required:"true"`
	ISCSIInterface    string           `json:"iscsiInterface,omitempty" protobuf:"bytes,4"`
	FSType            string           `json:"fsType,omitempty" protobuf:"bytes,5"`
	ReadOnly          bool             `json:"readOnly,omitempty" protobuf:"varint,6"`
	Portals           []string         `json:"portals,omitempty" protobuf:"bytes,7" listType:"atomic"`
	DiscoveryCHAPAuth bool             `json:"chapAuthDiscovery,omitempty" protobuf:"varint,8"`
	SessionCHAPAuth   bool             `json:"chapAuthSession,omitempty" protobuf:"varint,11"`
	SecretRef         *SecretReference `json:"secretRef,omitempty" protobuf:"bytes,10"`
	InitiatorName     *string          `json:"initiatorName,omitempty" protobuf:"bytes,12"`
}

type ISCSIVolumeSource struct {
	TargetPortal      string                `json:"targetPortal" protobuf:"bytes,1" required:"true"`
	IQN               string                `json:"iqn" protobuf:"bytes,2" required:"true"`
	Lun               int32                 `json:"lun" protobuf:"varint,3" required:"true"`
	ISCSIInterface    string                `json:"iscsiInterface,omitempty" protobuf:"bytes,4"`
	FSType            string                `json:"fsType,omitempty" protobuf:"bytes,5"`
	ReadOnly          bool                  `json:"readOnly,omitempty" protobuf:"varint,6"`
	Portals           []string              `json:"portals,omitempty" protobuf:"bytes,7" listType:"atomic"`
	DiscoveryCHAPAuth bool                  `json:"chapAuthDiscovery,omitempty" protobuf:"varint,8"`
	SessionCHAPAuth   bool                  `json:"chapAuthSession,omitempty" protobuf:"varint,11"`
	SecretRef         *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,10"`
	InitiatorName     *string               `json:"initiatorName,omitempty" protobuf:"bytes,12"`
}

type ImageVolumeSource struct {
	Reference  string     `json:"reference,omitempty" protobuf:"bytes,1"`
	PullPolicy PullPolicy `json:"pullPolicy,omitempty" protobuf:"bytes,2" enum:"Always|IfNotPresent|Never"`
}

type ImageVolumeStatus struct {
	ImageRef string `json:"imageRef,omitempty" protobuf:"bytes,1" required:"true"`
}

type KeyToPath struct {
	Key  string `json:"key" protobuf:"bytes,1" required:"true"`
	Path string `json:"path" protobuf:"bytes,2" required:"true"`
	Mode *int32 `json:"mode,omitempty" protobuf:"varint,3"`
	User *int64 `json:"user,omitempty" protobuf:"varint,4"`
}

type Lifecycle struct {
	PostStart  *LifecycleHandler `json:"postStart,omitempty" protobuf:"bytes,1"`
	PreStop    *LifecycleHandler `json:"preStop,omitempty" protobuf:"bytes,2"`
	StopSignal *Signal           `json:"stopSignal,omitempty" protobuf:"bytes,3" enum:"SIGABRT|SIGALRM|SIGBUS|SIGCHLD|SIGCLD|SIGCONT|SIGFPE|SIGHUP|SIGILL|SIGINT|SIGIO|SIGIOT|SIGKILL|SIGPIPE|SIGPOLL|SIGPROF|SIGPWR|SIGQUIT|SIGRTMAX|SIGRTMAX-1|SIGRTMAX-10|SIGRTMAX-11|SIGRTMAX-12|SIGRTMAX-13|SIGRTMAX-14|SIGRTMAX-2|SIGRTMAX-3|SIGRTMAX-4|SIGRTMAX-5|SIGRTMAX-6|SIGRTMAX-7|SIGRTMAX-8|SIGRTMAX-9|SIGRTMIN|SIGRTMIN+1|SIGRTMIN+10|SIGRTMIN+11|SIGRTMIN+12|SIGRTMIN+13|SIGRTMIN+14|SIGRTMIN+15|SIGRTMIN+2|SIGRTMIN+3|SIGRTMIN+4|SIGRTMIN+5|SIGRTMIN+6|SIGRTMIN+7|SIGRTMIN+8|SIGRTMIN+9|SIGSEGV|SIGSTKFLT|SIGSTOP|SIGSYS|SIGTERM|SIGTRAP|SIGTSTP|SIGTTIN|SIGTTOU|SIGURG|SIGUSR1|SIGUSR2|SIGVTALRM|SIGWINCH|SIGXCPU|SIGXFSZ"`
}

type LifecycleHandler struct {
	Exec      *ExecAction      `json:"exec,omitempty" protobuf:"bytes,1"`
	HTTPGet   *HTTPGetAction   `json:"httpGet,omitempty" protobuf:"bytes,2"`
	TCPSocket *TCPSocketAction `json:"tcpSocket,omitempty" protobuf:"bytes,3"`
	Sleep     *SleepAction     `json:"sleep,omitempty" protobuf:"bytes,4"`
}

type LimitRange struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            LimitRangeSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

type LimitRangeItem struct {
	Type                 LimitType    `json:"type" protobuf:"bytes,1" required:"true"`
	Max                  ResourceList `json:"max,omitempty" protobuf:"bytes,2"`
	Min                  ResourceList `json:"min,omitempty" protobuf:"bytes,3"`
	Default              ResourceList `json:"default,omitempty" protobuf:"bytes,4"`
	DefaultRequest       ResourceList `json:"defaultRequest,omitempty" protobuf:"bytes,5"`
	MaxLimitRequestRatio ResourceList `json:"maxLimitRequestRatio,omitempty" protobuf:"bytes,6"`
}

type LimitRangeList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []LimitRange `json:"items" protobuf:"bytes,2" required:"true"`
}

type LimitRangeSpec struct {
	Limits []LimitRangeItem `json:"limits" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

type LimitType string

type LinuxContainerUser struct {
	UID                int64   `json:"uid" protobuf:"varint,1" required:"true"`
	GID                int64   `json:"gid" protobuf:"varint,2" required:"true"`
	SupplementalGroups []int64 `json:"supplementalGroups,omitempty" protobuf:"varint,3" listType:"atomic"`
}

type List struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []meta.RawExtension `json:"items" protobuf:"bytes,2"`
}

type LoadBalancerIPMode string

type LoadBalancerIngress struct {
	IP       string              `json:"ip,omitempty" protobuf:"bytes,1"`
	Hostname string              `json:"hostname,omitempty" protobuf:"bytes,2"`
	IPMode   *LoadBalancerIPMode `json:"ipMode,omitempty" protobuf:"bytes,3"`
	Ports    []PortStatus        `json:"ports,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

type LoadBalancerStatus struct {
	Ingress []LoadBalancerIngress `json:"ingress,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type LocalObjectReference struct {
	_    struct{} `mapType:"atomic"`
	Name string   `json:"name,omitempty" protobuf:"bytes,1"`
}

type LocalVolumeSource struct {
	Path   string  `json:"path" protobuf:"bytes,1" required:"true"`
	FSType *string `json:"fsType,omitempty" protobuf:"bytes,2"`
}

type ModifyVolumeStatus struct {
	TargetVolumeAttributesClassName string                                  `json:"targetVolumeAttributesClassName,omitempty" protobuf:"bytes,1"`
	Status                          PersistentVolumeClaimModifyVolumeStatus `json:"status" protobuf:"bytes,2" required:"true" enum:"InProgress|Infeasible|Pending"`
}

type MountPropagationMode string

type NFSVolumeSource struct {
	Server   string `json:"server" protobuf:"bytes,1" required:"true"`
	Path     string `json:"path" protobuf:"bytes,2" required:"true"`
	ReadOnly bool   `json:"readOnly,omitempty" protobuf:"varint,3"`
}

type Namespace struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            NamespaceSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          NamespaceStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type NamespaceCondition struct {
	Type               NamespaceConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	Status             ConditionStatus        `json:"status" protobuf:"bytes,2" required:"true"`
	LastTransitionTime meta.Time              `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	Reason             string                 `json:"reason,omitempty" protobuf:"bytes,5"`
	Message            string                 `json:"message,omitempty" protobuf:"bytes,6"`
}

type NamespaceConditionType string

type NamespaceList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Namespace `json:"items" protobuf:"bytes,2" required:"true"`
}

type NamespacePhase string

type NamespaceSpec struct {
	Finalizers []FinalizerName `json:"finalizers,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type NamespaceStatus struct {
	Phase      NamespacePhase       `json:"phase,omitempty" protobuf:"bytes,1" enum:"Active|Terminating"`
	Conditions []NamespaceCondition `json:"conditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type Node struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            NodeSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          NodeStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type NodeAddress struct {
	Type    NodeAddressType `json:"type" protobuf:"bytes,1" required:"true"`
	Address string          `json:"address" protobuf:"bytes,2" required:"true"`
}

type NodeAddressType string

type NodeAffinity struct {
	RequiredDuringSchedulingIgnoredDuringExecution  *NodeSelector             `json:"requiredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,1"`
	PreferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm `json:"preferredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type NodeAllocatableMappedResources struct {
	Name     ResourceName       `json:"name" protobuf:"bytes,1" required:"true"`
	Quantity *quantity.Quantity `json:"quantity" protobuf:"bytes,2" required:"true"`
}

type NodeAllocatableOverheadResources struct {
	Name         ResourceName       `json:"name" protobuf:"bytes,1" required:"true"`
	PerPod       *quantity.Quantity `json:"perPod,omitempty" protobuf:"bytes,2"`
	PerContainer *quantity.Quantity `json:"perContainer,omitempty" protobuf:"bytes,3"`
}

type NodeAllocatableResourceClaimStatus struct {
	ResourceClaimName string                             `json:"resourceClaimName" protobuf:"bytes,1" required:"true"`
	Containers        []string                           `json:"containers,omitempty" protobuf:"bytes,2" listType:"set"`
	Mapping           []NodeAllocatableMappedResources   `json:"mapping,omitempty" protobuf:"bytes,4" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	Overhead          []NodeAllocatableOverheadResources `json:"overhead,omitempty" protobuf:"bytes,5" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

type NodeCondition struct {
	Type               NodeConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	Status             ConditionStatus   `json:"status" protobuf:"bytes,2" required:"true"`
	LastHeartbeatTime  meta.Time         `json:"lastHeartbeatTime,omitempty" protobuf:"bytes,3"`
	LastTransitionTime meta.Time         `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	Reason             string            `json:"reason,omitempty" protobuf:"bytes,5"`
	Message            string            `json:"message,omitempty" protobuf:"bytes,6"`
}

type NodeConditionType string

type NodeConfigSource struct {
	ConfigMap *ConfigMapNodeConfigSource `json:"configMap,omitempty" protobuf:"bytes,2"`
}

type NodeConfigStatus struct {
	Assigned      *NodeConfigSource `json:"assigned,omitempty" protobuf:"bytes,1"`
	Active        *NodeConfigSource `json:"active,omitempty" protobuf:"bytes,2"`
	LastKnownGood *NodeConfigSource `json:"lastKnownGood,omitempty" protobuf:"bytes,3"`
	Error         string            `json:"error,omitempty" protobuf:"bytes,4"`
}

type NodeDaemonEndpoints struct {
	KubeletEndpoint DaemonEndpoint `json:"kubeletEndpoint,omitempty" protobuf:"bytes,1"`
}

type NodeFeatures struct {
	SupplementalGroupsPolicy *bool `json:"supplementalGroupsPolicy,omitempty" protobuf:"varint,1"`
}

type NodeInclusionPolicy string

type NodeList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Node `json:"items" protobuf:"bytes,2" required:"true"`
}

type NodePhase string

type NodePodPreemptionPolicy struct {
	DisableResizePreemption []string `json:"disableResizePreemption,omitempty" protobuf:"bytes,1" listType:"set"`
}

type NodeProxyOptions struct {
	meta.TypeMeta `json:",inline"`
	Path          string `json:"path,omitempty" protobuf:"bytes,1"`
}

type NodeRuntimeHandler struct {
	Name     string                      `json:"name" protobuf:"bytes,1"`
	Features *NodeRuntimeHandlerFeatures `json:"features,omitempty" protobuf:"bytes,2"`
}

type NodeRuntimeHandlerFeatures struct {
	RecursiveReadOnlyMounts *bool `json:"recursiveReadOnlyMounts,omitempty" protobuf:"varint,1"`
	UserNamespaces          *bool `json:"userNamespaces,omitempty" protobuf:"varint,2"`
}

type NodeSelector struct {
	_                 struct{}           `mapType:"atomic"`
	NodeSelectorTerms []NodeSelectorTerm `json:"nodeSelectorTerms" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

type NodeSelectorOperator string

type NodeSelectorRequirement struct {
	Key      string               `json:"key" protobuf:"bytes,1" required:"true"`
	Operator NodeSelectorOperator `json:"operator" protobuf:"bytes,2" required:"true" enum:"DoesNotExist|Exists|Gt|In|Lt|NotIn"`
	Values   []string             `json:"values,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type NodeSelectorTerm struct {
	_                struct{}                  `mapType:"atomic"`
	MatchExpressions []NodeSelectorRequirement `json:"matchExpressions,omitempty" protobuf:"bytes,1" listType:"atomic"`
	MatchFields      []NodeSelectorRequirement `json:"matchFields,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type NodeSpec struct {
	PodCIDR             string                   `json:"podCIDR,omitempty" protobuf:"bytes,1"`
	PodCIDRs            []string                 `json:"podCIDRs,omitempty" protobuf:"bytes,7" patchStrategy:"merge" listType:"set"`
	ProviderID          string                   `json:"providerID,omitempty" protobuf:"bytes,3"`
	Unschedulable       bool                     `json:"unschedulable,omitempty" protobuf:"varint,4"`
	Taints              []Taint                  `json:"taints,omitempty" protobuf:"bytes,5" listType:"atomic"`
	ConfigSource        *NodeConfigSource        `json:"configSource,omitempty" protobuf:"bytes,6"`
	DoNotUseExternalID  string                   `json:"externalID,omitempty" protobuf:"bytes,2"`
	PodPreemptionPolicy *NodePodPreemptionPolicy `json:"podPreemptionPolicy,omitempty" protobuf:"bytes,8"`
}

type NodeStatus struct {
	Capacity         ResourceList         `json:"capacity,omitempty" protobuf:"bytes,1"`
	Allocatable      ResourceList         `json:"allocatable,omitempty" protobuf:"bytes,2"`
	Phase            NodePhase            `json:"phase,omitempty" protobuf:"bytes,3" enum:"Pending|Running|Terminated"`
	Conditions       []NodeCondition      `json:"conditions,omitempty" protobuf:"bytes,4" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	Addresses        []NodeAddress        `json:"addresses,omitempty" protobuf:"bytes,5" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	DaemonEndpoints  NodeDaemonEndpoints  `json:"daemonEndpoints,omitempty" protobuf:"bytes,6"`
	NodeInfo         NodeSystemInfo       `json:"nodeInfo,omitempty" protobuf:"bytes,7"`
	Images           []ContainerImage     `json:"images,omitempty" protobuf:"bytes,8" listType:"atomic"`
	VolumesInUse     []UniqueVolumeName   `json:"volumesInUse,omitempty" protobuf:"bytes,9" listType:"atomic"`
	VolumesAttached  []AttachedVolume     `json:"volumesAttached,omitempty" protobuf:"bytes,10" listType:"atomic"`
	Config           *NodeConfigStatus    `json:"config,omitempty" protobuf:"bytes,11"`
	RuntimeHandlers  []NodeRuntimeHandler `json:"runtimeHandlers,omitempty" protobuf:"bytes,12" listType:"atomic"`
	Features         *NodeFeatures        `json:"features,omitempty" protobuf:"bytes,13"`
	DeclaredFeatures []string             `json:"declaredFeatures,omitempty" protobuf:"bytes,14" listType:"atomic"`
}

type NodeSwapStatus struct {
	Capacity *int64 `json:"capacity,omitempty" protobuf:"varint,1"`
}

type NodeSystemInfo struct {
	MachineID               string          `json:"machineID" protobuf:"bytes,1" required:"true"`
	SystemUUID              string          `json:"systemUUID" protobuf:"bytes,2" required:"true"`
	BootID                  string          `json:"bootID" protobuf:"bytes,3" required:"true"`
	KernelVersion           string          `json:"kernelVersion" protobuf:"bytes,4" required:"true"`
	OSImage                 string          `json:"osImage" protobuf:"bytes,5" required:"true"`
	ContainerRuntimeVersion string          `json:"containerRuntimeVersion" protobuf:"bytes,6" required:"true"`
	KubeletVersion          string          `json:"kubeletVersion" protobuf:"bytes,7" required:"true"`
	KubeProxyVersion        string          `json:"kubeProxyVersion" protobuf:"bytes,8" required:"true"`
	OperatingSystem         string          `json:"operatingSystem" protobuf:"bytes,9" required:"true"`
	Architecture            string          `json:"architecture" protobuf:"bytes,10" required:"true"`
	Swap                    *NodeSwapStatus `json:"swap,omitempty" protobuf:"bytes,11"`
	RunningInUserNamespace  *bool           `json:"runningInUserNamespace,omitempty" protobuf:"varint,12"`
}

type OSName string

type ObjectFieldSelector struct {
	_          struct{} `mapType:"atomic"`
	APIVersion string   `json:"apiVersion,omitempty" protobuf:"bytes,1"`
	FieldPath  string   `json:"fieldPath" protobuf:"bytes,2" required:"true"`
}

type ObjectReference struct {
	_               struct{} `mapType:"atomic"`
	Kind            string   `json:"kind,omitempty" protobuf:"bytes,1"`
	Namespace       string   `json:"namespace,omitempty" protobuf:"bytes,2"`
	Name            string   `json:"name,omitempty" protobuf:"bytes,3"`
	UID             meta.UID `json:"uid,omitempty" protobuf:"bytes,4"`
	APIVersion      string   `json:"apiVersion,omitempty" protobuf:"bytes,5"`
	ResourceVersion string   `json:"resourceVersion,omitempty" protobuf:"bytes,6"`
	FieldPath       string   `json:"fieldPath,omitempty" protobuf:"bytes,7"`
}

type PersistentVolume struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            PersistentVolumeSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          PersistentVolumeStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type PersistentVolumeAccessMode string

type PersistentVolumeClaim struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            PersistentVolumeClaimSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          PersistentVolumeClaimStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type PersistentVolumeClaimCondition struct {
	Type               PersistentVolumeClaimConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	Status             ConditionStatus                    `json:"status" protobuf:"bytes,2" required:"true"`
	LastProbeTime      meta.Time                          `json:"lastProbeTime,omitempty" protobuf:"bytes,3"`
	LastTransitionTime meta.Time                          `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	Reason             string                             `json:"reason,omitempty" protobuf:"bytes,5"`
	Message            string                             `json:"message,omitempty" protobuf:"bytes,6"`
}

type PersistentVolumeClaimConditionType string

type PersistentVolumeClaimList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []PersistentVolumeClaim `json:"items" protobuf:"bytes,2" required:"true"`
}

type PersistentVolumeClaimModifyVolumeStatus string

type PersistentVolumeClaimPhase string

type PersistentVolumeClaimSpec struct {
	AccessModes               []PersistentVolumeAccessMode `json:"accessModes,omitempty" protobuf:"bytes,1" listType:"atomic"`
	Selector                  *meta.LabelSelector          `json:"selector,omitempty" protobuf:"bytes,4"`
	Resources                 VolumeResourceRequirements   `json:"resources,omitempty" protobuf:"bytes,2"`
	VolumeName                string                       `json:"volumeName,omitempty" protobuf:"bytes,3"`
	StorageClassName          *string                      `json:"storageClassName,omitempty" protobuf:"bytes,5"`
	VolumeMode                *PersistentVolumeMode        `json:"volumeMode,omitempty" protobuf:"bytes,6" enum:"Block|Filesystem"`
	DataSource                *TypedLocalObjectReference   `json:"dataSource,omitempty" protobuf:"bytes,7"`
	DataSourceRef             *TypedObjectReference        `json:"dataSourceRef,omitempty" protobuf:"bytes,8"`
	VolumeAttributesClassName *string                      `json:"volumeAttributesClassName,omitempty" protobuf:"bytes,9"`
}

type PersistentVolumeClaimStatus struct {
	Phase                            PersistentVolumeClaimPhase           `json:"phase,omitempty" protobuf:"bytes,1" enum:"Bound|Lost|Pending"`
	AccessModes                      []PersistentVolumeAccessMode         `json:"accessModes,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Capacity                         ResourceList                         `json:"capacity,omitempty" protobuf:"bytes,3"`
	Conditions                       []PersistentVolumeClaimCondition     `json:"conditions,omitempty" protobuf:"bytes,4" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	AllocatedResources               ResourceList                         `json:"allocatedResources,omitempty" protobuf:"bytes,5"`
	AllocatedResourceStatuses        map[ResourceName]ClaimResourceStatus `json:"allocatedResourceStatuses,omitempty" protobuf:"bytes,7" mapType:"granular"`
	CurrentVolumeAttributesClassName *string                              `json:"currentVolumeAttributesClassName,omitempty" protobuf:"bytes,8"`
	ModifyVolumeStatus               *ModifyVolumeStatus                  `json:"modifyVolumeStatus,omitempty" protobuf:"bytes,9"`
	HealthStatus                     *VolumeHealthStatus                  `json:"healthStatus,omitempty" protobuf:"bytes,10"`
}

type PersistentVolumeClaimTemplate struct {
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            PersistentVolumeClaimSpec `json:"spec" protobuf:"bytes,2" required:"true"`
}

type PersistentVolumeClaimVolumeSource struct {
	ClaimName string `json:"claimName" protobuf:"bytes,1" required:"true"`
	ReadOnly  bool   `json:"readOnly,omitempty" protobuf:"varint,2"`
}

type PersistentVolumeList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []PersistentVolume `json:"items" protobuf:"bytes,2" required:"true"`
}

type PersistentVolumeMode string

type PersistentVolumePhase string

type PersistentVolumeReclaimPolicy string

type PersistentVolumeSource struct {
	GCEPersistentDisk    *GCEPersistentDiskVolumeSource    `json:"gcePersistentDisk,omitempty" protobuf:"bytes,1"`
	AWSElasticBlockStore *AWSElasticBlockStoreVolumeSource `json:"awsElasticBlockStore,omitempty" protobuf:"bytes,2"`
	HostPath             *HostPathVolumeSource             `json:"hostPath,omitempty" protobuf:"bytes,3"`
	Glusterfs            *GlusterfsPersistentVolumeSource  `json:"glusterfs,omitempty" protobuf:"bytes,4"`
	NFS                  *NFSVolumeSource                  `json:"nfs,omitempty" protobuf:"bytes,5"`
	RBD                  *RBDPersistentVolumeSource        `json:"rbd,omitempty" protobuf:"bytes,6"`
	ISCSI                *ISCSIPersistentVolumeSource      `json:"iscsi,omitempty" protobuf:"bytes,7"`
	Cinder               *CinderPersistentVolumeSource     `json:"cinder,omitempty" protobuf:"bytes,8"`
	CephFS               *CephFSPersistentVolumeSource     `json:"cephfs,omitempty" protobuf:"bytes,9"`
	FC                   *FCVolumeSource                   `json:"fc,omitempty" protobuf:"bytes,10"`
	Flocker              *FlockerVolumeSource              `json:"flocker,omitempty" protobuf:"bytes,11"`
	FlexVolume           *FlexPersistentVolumeSource       `json:"flexVolume,omitempty" protobuf:"bytes,12"`
	AzureFile            *AzureFilePersistentVolumeSource  `json:"azureFile,omitempty" protobuf:"bytes,13"`
	VsphereVolume        *VsphereVirtualDiskVolumeSource   `json:"vsphereVolume,omitempty" protobuf:"bytes,14"`
	Quobyte              *QuobyteVolumeSource              `json:"quobyte,omitempty" protobuf:"bytes,15"`
	AzureDisk            *AzureDiskVolumeSource            `json:"azureDisk,omitempty" protobuf:"bytes,16"`
	PhotonPersistentDisk *PhotonPersistentDiskVolumeSource `json:"photonPersistentDisk,omitempty" protobuf:"bytes,17"`
	PortworxVolume       *PortworxVolumeSource             `json:"portworxVolume,omitempty" protobuf:"bytes,18"`
	ScaleIO              *ScaleIOPersistentVolumeSource    `json:"scaleIO,omitempty" protobuf:"bytes,19"`
	Local                *LocalVolumeSource                `json:"local,omitempty" protobuf:"bytes,20"`
	StorageOS            *StorageOSPersistentVolumeSource  `json:"storageos,omitempty" protobuf:"bytes,21"`
	CSI                  *CSIPersistentVolumeSource        `json:"csi,omitempty" protobuf:"bytes,22"`
}

type PersistentVolumeSpec struct {
	Capacity                      ResourceList `json:"capacity,omitempty" protobuf:"bytes,1"`
	PersistentVolumeSource        `json:",inline" protobuf:"bytes,2"`
	AccessModes                   []PersistentVolumeAccessMode  `json:"accessModes,omitempty" protobuf:"bytes,3" listType:"atomic"`
	ClaimRef                      *ObjectReference              `json:"claimRef,omitempty" protobuf:"bytes,4" mapType:"granular"`
	PersistentVolumeReclaimPolicy PersistentVolumeReclaimPolicy `json:"persistentVolumeReclaimPolicy,omitempty" protobuf:"bytes,5" enum:"Delete|Recycle|Retain"`
	StorageClassName              string                        `json:"storageClassName,omitempty" protobuf:"bytes,6"`
	MountOptions                  []string                      `json:"mountOptions,omitempty" protobuf:"bytes,7" listType:"atomic"`
	VolumeMode                    *PersistentVolumeMode         `json:"volumeMode,omitempty" protobuf:"bytes,8" enum:"Block|Filesystem"`
	NodeAffinity                  *VolumeNodeAffinity           `json:"nodeAffinity,omitempty" protobuf:"bytes,9"`
	VolumeAttributesClassName     *string                       `json:"volumeAttributesClassName,omitempty" protobuf:"bytes,10"`
}

type PersistentVolumeStatus struct {
	Phase                   PersistentVolumePhase `json:"phase,omitempty" protobuf:"bytes,1" enum:"Available|Bound|Failed|Pending|Released"`
	Message                 string                `json:"message,omitempty" protobuf:"bytes,2"`
	Reason                  string                `json:"reason,omitempty" protobuf:"bytes,3"`
	LastPhaseTransitionTime *meta.Time            `json:"lastPhaseTransitionTime,omitempty" protobuf:"bytes,4"`
}

type PhotonPersistentDiskVolumeSource struct {
	PdID   string `json:"pdID" protobuf:"bytes,1" required:"true"`
	FSType string `json:"fsType,omitempty" protobuf:"bytes,2"`
}

type Pod struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            PodSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          PodStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type PodAffinity struct {
	RequiredDuringSchedulingIgnoredDuringExecution  []PodAffinityTerm         `json:"requiredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,1" listType:"atomic"`
	PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm `json:"preferredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type PodAffinityTerm struct {
	LabelSelector     *meta.LabelSelector `json:"labelSelector,omitempty" protobuf:"bytes,1"`
	Namespaces        []string            `json:"namespaces,omitempty" protobuf:"bytes,2" listType:"atomic"`
	TopologyKey       string              `json:"topologyKey" protobuf:"bytes,3" required:"true"`
	NamespaceSelector *meta.LabelSelector `json:"namespaceSelector,omitempty" protobuf:"bytes,4"`
	MatchLabelKeys    []string            `json:"matchLabelKeys,omitempty" protobuf:"bytes,5" listType:"atomic"`
	MismatchLabelKeys []string            `json:"mismatchLabelKeys,omitempty" protobuf:"bytes,6" listType:"atomic"`
}

type PodAntiAffinity struct {
	RequiredDuringSchedulingIgnoredDuringExecution  []PodAffinityTerm         `json:"requiredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,1" listType:"atomic"`
	PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm `json:"preferredDuringSchedulingIgnoredDuringExecution,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type PodAttachOptions struct {
	meta.TypeMeta `json:",inline"`
	Stdin         bool   `json:"stdin,omitempty" protobuf:"varint,1"`
	Stdout        bool   `json:"stdout,omitempty" protobuf:"varint,2"`
	Stderr        bool   `json:"stderr,omitempty" protobuf:"varint,3"`
	TTY           bool   `json:"tty,omitempty" protobuf:"varint,4"`
	Container     string `json:"container,omitempty" protobuf:"bytes,5"`
}

type PodCertificateProjection struct {
	SignerName           string            `json:"signerName,omitempty" protobuf:"bytes,1" required:"true"`
	KeyType              string            `json:"keyType,omitempty" protobuf:"bytes,2" required:"true"`
	MaxExpirationSeconds *int32            `json:"maxExpirationSeconds,omitempty" protobuf:"varint,3"`
	CredentialBundlePath string            `json:"credentialBundlePath,omitempty" protobuf:"bytes,4"`
	KeyPath              string            `json:"keyPath,omitempty" protobuf:"bytes,5"`
	CertificateChainPath string            `json:"certificateChainPath,omitempty" protobuf:"bytes,6"`
	UserAnnotations      map[string]string `json:"userAnnotations,omitempty" protobuf:"bytes,7"`
	User                 *int64            `json:"user,omitempty" protobuf:"varint,8"`
}

type PodCondition struct {
	Type               PodConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	ObservedGeneration int64            `json:"observedGeneration,omitempty" protobuf:"varint,7"`
	Status             ConditionStatus  `json:"status" protobuf:"bytes,2" required:"true"`
	LastProbeTime      meta.Time        `json:"lastProbeTime,omitempty" protobuf:"bytes,3"`
	LastTransitionTime meta.Time        `json:"lastTransitionTime,omitempty" protobuf:"bytes,4"`
	Reason             string           `json:"reason,omitempty" protobuf:"bytes,5"`
	Message            string           `json:"message,omitempty" protobuf:"bytes,6"`
}

type PodConditionType string

type PodDNSConfig struct {
	Nameservers []string             `json:"nameservers,omitempty" protobuf:"bytes,1" listType:"atomic"`
	Searches    []string             `json:"searches,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Options     []PodDNSConfigOption `json:"options,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type PodDNSConfigOption struct {
	Name  string  `json:"name,omitempty" protobuf:"bytes,1"`
	Value *string `json:"value,omitempty" protobuf:"bytes,2"`
}

type PodExecOptions struct {
	meta.TypeMeta `json:",inline"`
	Stdin         bool     `json:"stdin,omitempty" protobuf:"varint,1"`
	Stdout        bool     `json:"stdout,omitempty" protobuf:"varint,2"`
	Stderr        bool     `json:"stderr,omitempty" protobuf:"varint,3"`
	TTY           bool     `json:"tty,omitempty" protobuf:"varint,4"`
	Container     string   `json:"container,omitempty" protobuf:"bytes,5"`
	Command       []string `json:"command" protobuf:"bytes,6"`
}

type PodExtendedResourceClaimStatus struct {
	RequestMappings   []ContainerExtendedResourceRequest `json:"requestMappings" protobuf:"bytes,1" required:"true" listType:"atomic"`
	ResourceClaimName string                             `json:"resourceClaimName" protobuf:"bytes,2" required:"true"`
}

type PodFSGroupChangePolicy string

type PodIP struct {
	IP string `json:"ip" protobuf:"bytes,1" required:"true"`
}

type PodList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Pod `json:"items" protobuf:"bytes,2" required:"true"`
}

type PodLogOptions struct {
	meta.TypeMeta                `json:",inline"`
	Container                    string     `json:"container,omitempty" protobuf:"bytes,1"`
	Follow                       bool       `json:"follow,omitempty" protobuf:"varint,2"`
	Previous                     bool       `json:"previous,omitempty" protobuf:"varint,3"`
	SinceSeconds                 *int64     `json:"sinceSeconds,omitempty" protobuf:"varint,4"`
	SinceTime                    *meta.Time `json:"sinceTime,omitempty" protobuf:"bytes,5"`
	Timestamps                   bool       `json:"timestamps,omitempty" protobuf:"varint,6"`
	TailLines                    *int64     `json:"tailLines,omitempty" protobuf:"varint,7"`
	LimitBytes                   *int64     `json:"limitBytes,omitempty" protobuf:"varint,8"`
	InsecureSkipTLSVerifyBackend bool       `json:"insecureSkipTLSVerifyBackend,omitempty" protobuf:"varint,9"`
	Stream                       *string    `json:"stream,omitempty" protobuf:"varint,10"`
}

type PodOS struct {
	Name OSName `json:"name" protobuf:"bytes,1" required:"true"`
}

type PodPhase string

type PodPortForwardOptions struct {
	meta.TypeMeta `json:",inline"`
	Ports         []int32 `json:"ports,omitempty" protobuf:"varint,1"`
}

type PodProxyOptions struct {
	meta.TypeMeta `json:",inline"`
	Path          string `json:"path,omitempty" protobuf:"bytes,1"`
}

type PodQOSClass string

type PodReadinessGate struct {
	ConditionType PodConditionType `json:"conditionType" protobuf:"bytes,1" required:"true"`
}

type PodResizeStatus string

type PodResourceClaim struct {
	Name                      string  `json:"name" protobuf:"bytes,1" required:"true"`
	ResourceClaimName         *string `json:"resourceClaimName,omitempty" protobuf:"bytes,3"`
	ResourceClaimTemplateName *string `json:"resourceClaimTemplateName,omitempty" protobuf:"bytes,4"`
}

type PodResourceClaimStatus struct {
	Name              string  `json:"name" protobuf:"bytes,1" required:"true"`
	ResourceClaimName *string `json:"resourceClaimName,omitempty" protobuf:"bytes,2"`
}

type PodSELinuxChangePolicy string

type PodSchedulingGate struct {
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
}

type PodSchedulingGroup struct {
	PodGroupName *string `json:"podGroupName,omitempty" protobuf:"bytes,1"`
}

type PodSecurityContext struct {
	SELinuxOptions           *SELinuxOptions                `json:"seLinuxOptions,omitempty" protobuf:"bytes,1"`
	WindowsOptions           *WindowsSecurityContextOptions `json:"windowsOptions,omitempty" protobuf:"bytes,8"`
	RunAsUser                *int64                         `json:"runAsUser,omitempty" protobuf:"varint,2"`
	RunAsGroup               *int64                         `json:"runAsGroup,omitempty" protobuf:"varint,6"`
	RunAsNonRoot             *bool                          `json:"runAsNonRoot,omitempty" protobuf:"varint,3"`
	SupplementalGroups       []int64                        `json:"supplementalGroups,omitempty" protobuf:"varint,4" listType:"atomic"`
	SupplementalGroupsPolicy *SupplementalGroupsPolicy      `json:"supplementalGroupsPolicy,omitempty" protobuf:"bytes,12" enum:"Merge|Strict"`
	FSGroup                  *int64                         `json:"fsGroup,omitempty" protobuf:"varint,5"`
	Sysctls                  []Sysctl                       `json:"sysctls,omitempty" protobuf:"bytes,7" listType:"atomic"`
	FSGroupChangePolicy      *PodFSGroupChangePolicy        `json:"fsGroupChangePolicy,omitempty" protobuf:"bytes,9" enum:"Always|OnRootMismatch"`
	SeccompProfile           *SeccompProfile                `json:"seccompProfile,omitempty" protobuf:"bytes,10"`
	AppArmorProfile          *AppArmorProfile               `json:"appArmorProfile,omitempty" protobuf:"bytes,11"`
	SELinuxChangePolicy      *PodSELinuxChangePolicy        `json:"seLinuxChangePolicy,omitempty" protobuf:"bytes,13"`
}

type PodSpec struct {
	Volumes                       []Volume                   `json:"volumes,omitempty" protobuf:"bytes,1" patchStrategy:"merge,retainKeys" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	InitContainers                []Container                `json:"initContainers,omitempty" protobuf:"bytes,20" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	Containers                    []Container                `json:"containers" protobuf:"bytes,2" required:"true" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	EphemeralContainers           []EphemeralContainer       `json:"ephemeralContainers,omitempty" protobuf:"bytes,34" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	RestartPolicy                 RestartPolicy              `json:"restartPolicy,omitempty" protobuf:"bytes,3" enum:"Always|Never|OnFailure"`
	TerminationGracePeriodSeconds *int64                     `json:"terminationGracePeriodSeconds,omitempty" protobuf:"varint,4"`
	ActiveDeadlineSeconds         *int64                     `json:"activeDeadlineSeconds,omitempty" protobuf:"varint,5"`
	DNSPolicy                     DNSPolicy                  `json:"dnsPolicy,omitempty" protobuf:"bytes,6" enum:"ClusterFirst|ClusterFirstWithHostNet|Default|None"`
	NodeSelector                  map[string]string          `json:"nodeSelector,omitempty" protobuf:"bytes,7" mapType:"atomic"`
	ServiceAccountName            string                     `json:"serviceAccountName,omitempty" protobuf:"bytes,8"`
	DeprecatedServiceAccount      string                     `json:"serviceAccount,omitempty" protobuf:"bytes,9"`
	AutomountServiceAccountToken  *bool                      `json:"automountServiceAccountToken,omitempty" protobuf:"varint,21"`
	NodeName                      string                     `json:"nodeName,omitempty" protobuf:"bytes,10"`
	HostNetwork                   bool                       `json:"hostNetwork,omitempty" protobuf:"varint,11"`
	HostPID                       bool                       `json:"hostPID,omitempty" protobuf:"varint,12"`
	HostIPC                       bool                       `json:"hostIPC,omitempty" protobuf:"varint,13"`
	ShareProcessNamespace         *bool                      `json:"shareProcessNamespace,omitempty" protobuf:"varint,27"`
	SecurityContext               *PodSecurityContext        `json:"securityContext,omitempty" protobuf:"bytes,14"`
	ImagePullSecrets              []LocalObjectReference     `json:"imagePullSecrets,omitempty" protobuf:"bytes,15" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	Hostname                      string                     `json:"hostname,omitempty" protobuf:"bytes,16"`
	Subdomain                     string                     `json:"subdomain,omitempty" protobuf:"bytes,17"`
	Affinity                      *Affinity                  `json:"affinity,omitempty" protobuf:"bytes,18"`
	SchedulerName                 string                     `json:"schedulerName,omitempty" protobuf:"bytes,19"`
	Tolerations                   []Toleration               `json:"tolerations,omitempty" protobuf:"bytes,22" listType:"atomic"`
	HostAliases                   []HostAlias                `json:"hostAliases,omitempty" protobuf:"bytes,23" patchStrategy:"merge" patchMergeKey:"ip" listType:"map" listMapKey:"ip"`
	PriorityClassName             string                     `json:"priorityClassName,omitempty" protobuf:"bytes,24"`
	Priority                      *int32                     `json:"priority,omitempty" protobuf:"bytes,25"`
	DNSConfig                     *PodDNSConfig              `json:"dnsConfig,omitempty" protobuf:"bytes,26"`
	ReadinessGates                []PodReadinessGate         `json:"readinessGates,omitempty" protobuf:"bytes,28" listType:"atomic"`
	RuntimeClassName              *string                    `json:"runtimeClassName,omitempty" protobuf:"bytes,29"`
	EnableServiceLinks            *bool                      `json:"enableServiceLinks,omitempty" protobuf:"varint,30"`
	PreemptionPolicy              *PreemptionPolicy          `json:"preemptionPolicy,omitempty" protobuf:"bytes,31" enum:"Never|PreemptLowerPriority"`
	Overhead                      ResourceList               `json:"overhead,omitempty" protobuf:"bytes,32"`
	TopologySpreadConstraints     []TopologySpreadConstraint `json:"topologySpreadConstraints,omitempty" protobuf:"bytes,33" patchStrategy:"merge" patchMergeKey:"topologyKey" listType:"map" listMapKey:"topologyKey,whenUnsatisfiable"`
	SetHostnameAsFQDN             *bool                      `json:"setHostnameAsFQDN,omitempty" protobuf:"varint,35"`
	OS                            *PodOS                     `json:"os,omitempty" protobuf:"bytes,36"`
	HostUsers                     *bool                      `json:"hostUsers,omitempty" protobuf:"bytes,37"`
	SchedulingGates               []PodSchedulingGate        `json:"schedulingGates,omitempty" protobuf:"bytes,38" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	ResourceClaims                []PodResourceClaim         `json:"resourceClaims,omitempty" protobuf:"bytes,39" patchStrategy:"merge,retainKeys" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	Resources                     *ResourceRequirements      `json:"resources,omitempty" protobuf:"bytes,40"`
	HostnameOverride              *string                    `json:"hostnameOverride,omitempty" protobuf:"bytes,41"`
	SchedulingGroup               *PodSchedulingGroup        `json:"schedulingGroup,omitempty" protobuf:"bytes,43"`
	EvictionResponders            []EvictionResponder        `json:"evictionResponders,omitempty" protobuf:"bytes,44" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
}

type PodStatus struct {
	ObservedGeneration                   int64                                `json:"observedGeneration,omitempty" protobuf:"varint,17"`
	Phase                                PodPhase                             `json:"phase,omitempty" protobuf:"bytes,1" enum:"Failed|Pending|Running|Succeeded|Unknown"`
	Conditions                           []PodCondition                       `json:"conditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
	Message                              string                               `json:"message,omitempty" protobuf:"bytes,3"`
	Reason                               string                               `json:"reason,omitempty" protobuf:"bytes,4"`
	NominatedNodeName                    string                               `json:"nominatedNodeName,omitempty" protobuf:"bytes,11"`
	HostIP                               string                               `json:"hostIP,omitempty" protobuf:"bytes,5"`
	HostIPs                              []HostIP                             `json:"hostIPs,omitempty" protobuf:"bytes,16" patchStrategy:"merge" patchMergeKey:"ip" listType:"atomic"`
	PodIP                                string                               `json:"podIP,omitempty" protobuf:"bytes,6"`
	PodIPs                               []PodIP                              `json:"podIPs,omitempty" protobuf:"bytes,12" patchStrategy:"merge" patchMergeKey:"ip" listType:"map" listMapKey:"ip"`
	StartTime                            *meta.Time                           `json:"startTime,omitempty" protobuf:"bytes,7"`
	InitContainerStatuses                []ContainerStatus                    `json:"initContainerStatuses,omitempty" protobuf:"bytes,10" listType:"atomic"`
	ContainerStatuses                    []ContainerStatus                    `json:"containerStatuses,omitempty" protobuf:"bytes,8" listType:"atomic"`
	QOSClass                             PodQOSClass                          `json:"qosClass,omitempty" protobuf:"bytes,9" enum:"BestEffort|Burstable|Guaranteed"`
	EphemeralContainerStatuses           []ContainerStatus                    `json:"ephemeralContainerStatuses,omitempty" protobuf:"bytes,13" listType:"atomic"`
	Resize                               PodResizeStatus                      `json:"resize,omitempty" protobuf:"bytes,14"`
	ResourceClaimStatuses                []PodResourceClaimStatus             `json:"resourceClaimStatuses,omitempty" protobuf:"bytes,15" patchStrategy:"merge,retainKeys" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	ExtendedResourceClaimStatus          *PodExtendedResourceClaimStatus      `json:"extendedResourceClaimStatus,omitempty" protobuf:"bytes,18"`
	AllocatedResources                   ResourceList                         `json:"allocatedResources,omitempty" protobuf:"bytes,19"`
	Resources                            *ResourceRequirements                `json:"resources,omitempty" protobuf:"bytes,20"`
	NodeAllocatableResourceClaimStatuses []NodeAllocatableResourceClaimStatus `json:"nodeAllocatableResourceClaimStatuses,omitempty" protobuf:"bytes,21" patchStrategy:"merge" patchMergeKey:"resourceClaimName" listType:"map" listMapKey:"resourceClaimName"`
	VolumeHealth                         []PodVolumeHealth                    `json:"volumeHealth,omitempty" protobuf:"bytes,22" listType:"map" listMapKey:"name"`
}

type PodTemplate struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Template        PodTemplateSpec `json:"template,omitempty" protobuf:"bytes,2"`
}

type PodTemplateList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []PodTemplate `json:"items" protobuf:"bytes,2" required:"true"`
}

type PodTemplateSpec struct {
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            PodSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

type PodVolumeHealth struct {
	Name               string                  `json:"name" protobuf:"bytes,1" required:"true"`
	HealthConditions   []VolumeHealthCondition `json:"healthConditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"status" listType:"map" listMapKey:"status,reason"`
	LastTransitionTime meta.Time               `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
}

type PortStatus struct {
	Port     int32    `json:"port" protobuf:"varint,1" required:"true"`
	Protocol Protocol `json:"protocol" protobuf:"bytes,2" required:"true" enum:"SCTP|TCP|UDP"`
	Error    *string  `json:"error,omitempty" protobuf:"bytes,3"`
}

type PortworxVolumeSource struct {
	VolumeID string `json:"volumeID" protobuf:"bytes,1" required:"true"`
	FSType   string `json:"fsType,omitempty" protobuf:"bytes,2"`
	ReadOnly bool   `json:"readOnly,omitempty" protobuf:"varint,3"`
}

type PreemptionPolicy string

type PreferredSchedulingTerm struct {
	Weight     int32            `json:"weight" protobuf:"varint,1" required:"true"`
	Preference NodeSelectorTerm `json:"preference" protobuf:"bytes,2" required:"true"`
}

type Probe struct {
	ProbeHandler                  `json:",inline" protobuf:"bytes,1"`
	InitialDelaySeconds           int32  `json:"initialDelaySeconds,omitempty" protobuf:"varint,2"`
	TimeoutSeconds                int32  `json:"timeoutSeconds,omitempty" protobuf:"varint,3"`
	PeriodSeconds                 int32  `json:"periodSeconds,omitempty" protobuf:"varint,4"`
	SuccessThreshold              int32  `json:"successThreshold,omitempty" protobuf:"varint,5"`
	FailureThreshold              int32  `json:"failureThreshold,omitempty" protobuf:"varint,6"`
	TerminationGracePeriodSeconds *int64 `json:"terminationGracePeriodSeconds,omitempty" protobuf:"varint,7"`
}

type ProbeHandler struct {
	Exec      *ExecAction      `json:"exec,omitempty" protobuf:"bytes,1"`
	HTTPGet   *HTTPGetAction   `json:"httpGet,omitempty" protobuf:"bytes,2"`
	TCPSocket *TCPSocketAction `json:"tcpSocket,omitempty" protobuf:"bytes,3"`
	GRPC      *GRPCAction      `json:"grpc,omitempty" protobuf:"bytes,4"`
}

type ProcMountType string

type ProjectedVolumeSource struct {
	Sources     []VolumeProjection `json:"sources" protobuf:"bytes,1" listType:"atomic"`
	DefaultMode *int32             `json:"defaultMode,omitempty" protobuf:"varint,2"`
	DefaultUser *int64             `json:"defaultUser,omitempty" protobuf:"varint,3"`
}

type Protocol string

type PullPolicy string

type QuobyteVolumeSource struct {
	Registry string `json:"registry" protobuf:"bytes,1" required:"true"`
	Volume   string `json:"volume" protobuf:"bytes,2" required:"true"`
	ReadOnly bool   `json:"readOnly,omitempty" protobuf:"varint,3"`
	User     string `json:"user,omitempty" protobuf:"bytes,4"`
	Group    string `json:"group,omitempty" protobuf:"bytes,5"`
	Tenant   string `json:"tenant,omitempty" protobuf:"bytes,6"`
}

type RBDPersistentVolumeSource struct {
	CephMonitors []string         `json:"monitors" protobuf:"bytes,1" required:"true" listType:"atomic"`
	RBDImage     string           `json:"image" protobuf:"bytes,2" required:"true"`
	FSType       string           `json:"fsType,omitempty" protobuf:"bytes,3"`
	RBDPool      string           `json:"pool,omitempty" protobuf:"bytes,4"`
	RadosUser    string           `json:"user,omitempty" protobuf:"bytes,5"`
	Keyring      string           `json:"keyring,omitempty" protobuf:"bytes,6"`
	SecretRef    *SecretReference `json:"secretRef,omitempty" protobuf:"bytes,7"`
	ReadOnly     bool             `json:"readOnly,omitempty" protobuf:"varint,8"`
}

type RBDVolumeSource struct {
	CephMonitors []string              `json:"monitors" protobuf:"bytes,1" required:"true" listType:"atomic"`
	RBDImage     string                `json:"image" protobuf:"bytes,2" required:"true"`
	FSType       string                `json:"fsType,omitempty" protobuf:"bytes,3"`
	RBDPool      string                `json:"pool,omitempty" protobuf:"bytes,4"`
	RadosUser    string                `json:"user,omitempty" protobuf:"bytes,5"`
	Keyring      string                `json:"keyring,omitempty" protobuf:"bytes,6"`
	SecretRef    *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,7"`
	ReadOnly     bool                  `json:"readOnly,omitempty" protobuf:"varint,8"`
}

type RangeAllocation struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Range           string `json:"range" protobuf:"bytes,2"`
	Data            []byte `json:"data" protobuf:"bytes,3"`
}

type RecursiveReadOnlyMode string

type ReplicationController struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            ReplicationControllerSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          ReplicationControllerStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type ReplicationControllerCondition struct {
	Type               ReplicationControllerConditionType `json:"type" protobuf:"bytes,1" required:"true"`
	Status             ConditionStatus                    `json:"status" protobuf:"bytes,2" required:"true"`
	LastTransitionTime meta.Time                          `json:"lastTransitionTime,omitempty" protobuf:"bytes,3"`
	Reason             string                             `json:"reason,omitempty" protobuf:"bytes,4"`
	Message            string                             `json:"message,omitempty" protobuf:"bytes,5"`
}

type ReplicationControllerConditionType string

type ReplicationControllerList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []ReplicationController `json:"items" protobuf:"bytes,2" required:"true"`
}

type ReplicationControllerSpec struct {
	Replicas        *int32            `json:"replicas,omitempty" protobuf:"varint,1"`
	MinReadySeconds int32             `json:"minReadySeconds,omitempty" protobuf:"varint,4"`
	Selector        map[string]string `json:"selector,omitempty" protobuf:"bytes,2" mapType:"atomic"`
	Template        *PodTemplateSpec  `json:"template,omitempty" protobuf:"bytes,3"`
}

type ReplicationControllerStatus struct {
	Replicas             int32                            `json:"replicas" protobuf:"varint,1" required:"true"`
	FullyLabeledReplicas int32                            `json:"fullyLabeledReplicas,omitempty" protobuf:"varint,2"`
	ReadyReplicas        int32                            `json:"readyReplicas,omitempty" protobuf:"varint,4"`
	AvailableReplicas    int32                            `json:"availableReplicas,omitempty" protobuf:"varint,5"`
	ObservedGeneration   int64                            `json:"observedGeneration,omitempty" protobuf:"varint,3"`
	Conditions           []ReplicationControllerCondition `json:"conditions,omitempty" protobuf:"bytes,6" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type ResourceClaim struct {
	Name    string `json:"name" protobuf:"bytes,1" required:"true"`
	Request string `json:"request,omitempty" protobuf:"bytes,2"`
}

type ResourceFieldSelector struct {
	_             struct{}          `mapType:"atomic"`
	ContainerName string            `json:"containerName,omitempty" protobuf:"bytes,1"`
	Resource      string            `json:"resource" protobuf:"bytes,2" required:"true"`
	Divisor       quantity.Quantity `json:"divisor,omitempty" protobuf:"bytes,3"`
}

type ResourceHealth struct {
	ResourceID ResourceID           `json:"resourceID" protobuf:"bytes,1" required:"true"`
	Health     ResourceHealthStatus `json:"health,omitempty" protobuf:"bytes,2"`
	Message    *string              `json:"message,omitempty" protobuf:"bytes,6"`
}

type ResourceHealthStatus string

type ResourceID string

type ResourceList map[ResourceName]quantity.Quantity

type ResourceName string

type ResourceQuota struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            ResourceQuotaSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          ResourceQuotaStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type ResourceQuotaList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []ResourceQuota `json:"items" protobuf:"bytes,2" required:"true"`
}

type ResourceQuotaScope string

type ResourceQuotaSpec struct {
	Hard          ResourceList         `json:"hard,omitempty" protobuf:"bytes,1"`
	Scopes        []ResourceQuotaScope `json:"scopes,omitempty" protobuf:"bytes,2" listType:"atomic"`
	ScopeSelector *ScopeSelector       `json:"scopeSelector,omitempty" protobuf:"bytes,3"`
}

type ResourceQuotaStatus struct {
	Hard ResourceList `json:"hard,omitempty" protobuf:"bytes,1"`
	Used ResourceList `json:"used,omitempty" protobuf:"bytes,2"`
}

type ResourceRequirements struct {
	Limits   ResourceList    `json:"limits,omitempty" protobuf:"bytes,1"`
	Requests ResourceList    `json:"requests,omitempty" protobuf:"bytes,2"`
	Claims   []ResourceClaim `json:"claims,omitempty" protobuf:"bytes,3" listType:"map" listMapKey:"name"`
}

type ResourceResizeRestartPolicy string

type ResourceStatus struct {
	Name      ResourceName     `json:"name" protobuf:"bytes,1" required:"true"`
	Resources []ResourceHealth `json:"resources,omitempty" protobuf:"bytes,2" listType:"map" listMapKey:"resourceID"`
}

type RestartPolicy string

type SELinuxOptions struct {
	User  string `json:"user,omitempty" protobuf:"bytes,1"`
	Role  string `json:"role,omitempty" protobuf:"bytes,2"`
	Type  string `json:"type,omitempty" protobuf:"bytes,3"`
	Level string `json:"level,omitempty" protobuf:"bytes,4"`
}

type ScaleIOPersistentVolumeSource struct {
	Gateway          string           `json:"gateway" protobuf:"bytes,1" required:"true"`
	System           string           `json:"system" protobuf:"bytes,2" required:"true"`
	SecretRef        *SecretReference `json:"secretRef" protobuf:"bytes,3" required:"true"`
	SSLEnabled       bool             `json:"sslEnabled,omitempty" protobuf:"varint,4"`
	ProtectionDomain string           `json:"protectionDomain,omitempty" protobuf:"bytes,5"`
	StoragePool      string           `json:"storagePool,omitempty" protobuf:"bytes,6"`
	StorageMode      string           `json:"storageMode,omitempty" protobuf:"bytes,7"`
	VolumeName       string           `json:"volumeName,omitempty" protobuf:"bytes,8"`
	FSType           string           `json:"fsType,omitempty" protobuf:"bytes,9"`
	ReadOnly         bool             `json:"readOnly,omitempty" protobuf:"varint,10"`
}

type ScaleIOVolumeSource struct {
	Gateway          string                `json:"gateway" protobuf:"bytes,1" required:"true"`
	System           string                `json:"system" protobuf:"bytes,2" required:"true"`
	SecretRef        *LocalObjectReference `json:"secretRef" protobuf:"bytes,3" required:"true"`
	SSLEnabled       bool                  `json:"sslEnabled,omitempty" protobuf:"varint,4"`
	ProtectionDomain string                `json:"protectionDomain,omitempty" protobuf:"bytes,5"`
	StoragePool      string                `json:"storagePool,omitempty" protobuf:"bytes,6"`
	StorageMode      string                `json:"storageMode,omitempty" protobuf:"bytes,7"`
	VolumeName       string                `json:"volumeName,omitempty" protobuf:"bytes,8"`
	FSType           string                `json:"fsType,omitempty" protobuf:"bytes,9"`
	ReadOnly         bool                  `json:"readOnly,omitempty" protobuf:"varint,10"`
}

type ScopeSelector struct {
	_                struct{}                            `mapType:"atomic"`
	MatchExpressions []ScopedResourceSelectorRequirement `json:"matchExpressions,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type ScopeSelectorOperator string

type ScopedResourceSelectorRequirement struct {
	ScopeName ResourceQuotaScope    `json:"scopeName" protobuf:"bytes,1" required:"true" enum:"BestEffort|CrossNamespacePodAffinity|NotBestEffort|NotTerminating|PriorityClass|Terminating|VolumeAttributesClass"`
	Operator  ScopeSelectorOperator `json:"operator" protobuf:"bytes,2" required:"true" enum:"DoesNotExist|Exists|In|NotIn"`
	Values    []string              `json:"values,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type SeccompProfile struct {
	Type             SeccompProfileType `json:"type" protobuf:"bytes,1" required:"true" enum:"Localhost|RuntimeDefault|Unconfined"`
	LocalhostProfile *string            `json:"localhostProfile,omitempty" protobuf:"bytes,2"`
}

type SeccompProfileType string

type Secret struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Immutable       *bool             `json:"immutable,omitempty" protobuf:"varint,5"`
	Data            map[string][]byte `json:"data,omitempty" protobuf:"bytes,2"`
	StringData      map[string]string `json:"stringData,omitempty" protobuf:"bytes,4"`
	Type            SecretType        `json:"type,omitempty" protobuf:"bytes,3"`
}

type SecretEnvSource struct {
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	Optional             *bool `json:"optional,omitempty" protobuf:"varint,2"`
}

type SecretKeySelector struct {
	_                    struct{} `mapType:"atomic"`
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	Key                  string `json:"key" protobuf:"bytes,2" required:"true"`
	Optional             *bool  `json:"optional,omitempty" protobuf:"varint,3"`
}

type SecretList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Secret `json:"items" protobuf:"bytes,2" required:"true"`
}

type SecretProjection struct {
	LocalObjectReference `json:",inline" protobuf:"bytes,1"`
	Items                []KeyToPath `json:"items,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Optional             *bool       `json:"optional,omitempty" protobuf:"varint,4"`
}

type SecretReference struct {
	_         struct{} `mapType:"atomic"`
	Name      string   `json:"name,omitempty" protobuf:"bytes,1"`
	Namespace string   `json:"namespace,omitempty" protobuf:"bytes,2"`
}

type SecretType string

type SecretVolumeSource struct {
	SecretName  string      `json:"secretName,omitempty" protobuf:"bytes,1"`
	Items       []KeyToPath `json:"items,omitempty" protobuf:"bytes,2" listType:"atomic"`
	DefaultMode *int32      `json:"defaultMode,omitempty" protobuf:"bytes,3"`
	Optional    *bool       `json:"optional,omitempty" protobuf:"varint,4"`
	DefaultUser *int64      `json:"defaultUser,omitempty" protobuf:"varint,5"`
}

type SecurityContext struct {
	Capabilities             *Capabilities                  `json:"capabilities,omitempty" protobuf:"bytes,1"`
	Privileged               *bool                          `json:"privileged,omitempty" protobuf:"varint,2"`
	SELinuxOptions           *SELinuxOptions                `json:"seLinuxOptions,omitempty" protobuf:"bytes,3"`
	WindowsOptions           *WindowsSecurityContextOptions `json:"windowsOptions,omitempty" protobuf:"bytes,10"`
	RunAsUser                *int64                         `json:"runAsUser,omitempty" protobuf:"varint,4"`
	RunAsGroup               *int64                         `json:"runAsGroup,omitempty" protobuf:"varint,8"`
	RunAsNonRoot             *bool                          `json:"runAsNonRoot,omitempty" protobuf:"varint,5"`
	ReadOnlyRootFilesystem   *bool                          `json:"readOnlyRootFilesystem,omitempty" protobuf:"varint,6"`
	AllowPrivilegeEscalation *bool                          `json:"allowPrivilegeEscalation,omitempty" protobuf:"varint,7"`
	ProcMount                *ProcMountType                 `json:"procMount,omitempty" protobuf:"bytes,9" enum:"Default|Unmasked"`
	SeccompProfile           *SeccompProfile                `json:"seccompProfile,omitempty" protobuf:"bytes,11"`
	AppArmorProfile          *AppArmorProfile               `json:"appArmorProfile,omitempty" protobuf:"bytes,12"`
}

type SerializedReference struct {
	meta.TypeMeta `json:",inline"`
	Reference     ObjectReference `json:"reference,omitempty" protobuf:"bytes,1"`
}

type Service struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Spec            ServiceSpec   `json:"spec,omitempty" protobuf:"bytes,2"`
	Status          ServiceStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type ServiceAccount struct {
	meta.TypeMeta                `json:",inline"`
	meta.ObjectMeta              `json:"metadata,omitempty" protobuf:"bytes,1"`
	Secrets                      []ObjectReference      `json:"secrets,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"name" listType:"map" listMapKey:"name"`
	ImagePullSecrets             []LocalObjectReference `json:"imagePullSecrets,omitempty" protobuf:"bytes,3" listType:"atomic"`
	AutomountServiceAccountToken *bool                  `json:"automountServiceAccountToken,omitempty" protobuf:"varint,4"`
}

type ServiceAccountList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []ServiceAccount `json:"items" protobuf:"bytes,2" required:"true"`
}

type ServiceAccountTokenProjection struct {
	Audience          string `json:"audience,omitempty" protobuf:"bytes,1"`
	ExpirationSeconds *int64 `json:"expirationSeconds,omitempty" protobuf:"varint,2"`
	Path              string `json:"path" protobuf:"bytes,3" required:"true"`
	User              *int64 `json:"user,omitempty" protobuf:"varint,4"`
}

type ServiceAffinity string

type ServiceExternalTrafficPolicy string

type ServiceInternalTrafficPolicy string

type ServiceList struct {
	meta.TypeMeta `json:",inline"`
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	Items         []Service `json:"items" protobuf:"bytes,2" required:"true"`
}

type ServicePort struct {
	Name        string             `json:"name,omitempty" protobuf:"bytes,1"`
	Protocol    Protocol           `json:"protocol,omitempty" protobuf:"bytes,2" enum:"SCTP|TCP|UDP"`
	AppProtocol *string            `json:"appProtocol,omitempty" protobuf:"bytes,6"`
	Port        int32              `json:"port" protobuf:"varint,3" required:"true"`
	TargetPort  intstr.IntOrString `json:"targetPort,omitempty" protobuf:"bytes,4"`
	NodePort    int32              `json:"nodePort,omitempty" protobuf:"varint,5"`
}

type ServiceProxyOptions struct {
	meta.TypeMeta `json:",inline"`
	Path          string `json:"path,omitempty" protobuf:"bytes,1"`
}

type ServiceSpec struct {
	Ports                         []ServicePort                 `json:"ports,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"port" listType:"map" listMapKey:"port,protocol"`
	Selector                      map[string]string             `json:"selector,omitempty" protobuf:"bytes,2" mapType:"atomic"`
	ClusterIP                     string                        `json:"clusterIP,omitempty" protobuf:"bytes,3"`
	ClusterIPs                    []string                      `json:"clusterIPs,omitempty" protobuf:"bytes,18" listType:"atomic"`
	Type                          ServiceType                   `json:"type,omitempty" protobuf:"bytes,4" enum:"ClusterIP|ExternalName|LoadBalancer|NodePort"`
	ExternalIPs                   []string                      `json:"externalIPs,omitempty" protobuf:"bytes,5" listType:"atomic"`
	SessionAffinity               ServiceAffinity               `json:"sessionAffinity,omitempty" protobuf:"bytes,7" enum:"ClientIP|None"`
	LoadBalancerIP                string                        `json:"loadBalancerIP,omitempty" protobuf:"bytes,8"`
	LoadBalancerSourceRanges      []string                      `json:"loadBalancerSourceRanges,omitempty" protobuf:"bytes,9" listType:"atomic"`
	ExternalName                  string                        `json:"externalName,omitempty" protobuf:"bytes,10"`
	ExternalTrafficPolicy         ServiceExternalTrafficPolicy  `json:"externalTrafficPolicy,omitempty" protobuf:"bytes,11" enum:"Cluster|Local"`
	HealthCheckNodePort           int32                         `json:"healthCheckNodePort,omitempty" protobuf:"bytes,12"`
	PublishNotReadyAddresses      bool                          `json:"publishNotReadyAddresses,omitempty" protobuf:"varint,13"`
	SessionAffinityConfig         *SessionAffinityConfig        `json:"sessionAffinityConfig,omitempty" protobuf:"bytes,14"`
	IPFamilies                    []IPFamily                    `json:"ipFamilies,omitempty" protobuf:"bytes,19" listType:"atomic"`
	IPFamilyPolicy                *IPFamilyPolicy               `json:"ipFamilyPolicy,omitempty" protobuf:"bytes,17" enum:"PreferDualStack|RequireDualStack|SingleStack"`
	AllocateLoadBalancerNodePorts *bool                         `json:"allocateLoadBalancerNodePorts,omitempty" protobuf:"bytes,20"`
	LoadBalancerClass             *string                       `json:"loadBalancerClass,omitempty" protobuf:"bytes,21"`
	InternalTrafficPolicy         *ServiceInternalTrafficPolicy `json:"internalTrafficPolicy,omitempty" protobuf:"bytes,22" enum:"Cluster|Local"`
	TrafficDistribution           *string                       `json:"trafficDistribution,omitempty" protobuf:"bytes,23"`
}

type ServiceStatus struct {
	LoadBalancer LoadBalancerStatus `json:"loadBalancer,omitempty" protobuf:"bytes,1"`
	Conditions   []meta.Condition   `json:"conditions,omitempty" protobuf:"bytes,2" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}

type ServiceType string

type SessionAffinityConfig struct {
	ClientIP *ClientIPConfig `json:"clientIP,omitempty" protobuf:"bytes,1"`
}

type Signal string

type SleepAction struct {
	Seconds int64 `json:"seconds" protobuf:"bytes,1" required:"true"`
}

type StorageMedium string

type StorageOSPersistentVolumeSource struct {
	VolumeName      string           `json:"volumeName,omitempty" protobuf:"bytes,1"`
	VolumeNamespace string           `json:"volumeNamespace,omitempty" protobuf:"bytes,2"`
	FSType          string           `json:"fsType,omitempty" protobuf:"bytes,3"`
	ReadOnly        bool             `json:"readOnly,omitempty" protobuf:"varint,4"`
	SecretRef       *ObjectReference `json:"secretRef,omitempty" protobuf:"bytes,5"`
}

type StorageOSVolumeSource struct {
	VolumeName      string                `json:"volumeName,omitempty" protobuf:"bytes,1"`
	VolumeNamespace string                `json:"volumeNamespace,omitempty" protobuf:"bytes,2"`
	FSType          string                `json:"fsType,omitempty" protobuf:"bytes,3"`
	ReadOnly        bool                  `json:"readOnly,omitempty" protobuf:"varint,4"`
	SecretRef       *LocalObjectReference `json:"secretRef,omitempty" protobuf:"bytes,5"`
}

type SupplementalGroupsPolicy string

type Sysctl struct {
	Name  string `json:"name" protobuf:"bytes,1" required:"true"`
	Value string `json:"value" protobuf:"bytes,2" required:"true"`
}

type TCPSocketAction struct {
	Port intstr.IntOrString `json:"port" protobuf:"bytes,1" required:"true"`
	Host string             `json:"host,omitempty" protobuf:"bytes,2"`
}

type Taint struct {
	Key       string      `json:"key" protobuf:"bytes,1" required:"true"`
	Value     string      `json:"value,omitempty" protobuf:"bytes,2"`
	Effect    TaintEffect `json:"effect" protobuf:"bytes,3" required:"true" enum:"NoExecute|NoSchedule|PreferNoSchedule"`
	TimeAdded *meta.Time  `json:"timeAdded,omitempty" protobuf:"bytes,4"`
}

type TaintEffect string

type TerminationMessagePolicy string

type Toleration struct {
	Key               string             `json:"key,omitempty" protobuf:"bytes,1"`
	Operator          TolerationOperator `json:"operator,omitempty" protobuf:"bytes,2" enum:"Equal|Exists|Gt|Lt"`
	Value             string             `json:"value,omitempty" protobuf:"bytes,3"`
	Effect            TaintEffect        `json:"effect,omitempty" protobuf:"bytes,4" enum:"NoExecute|NoSchedule|PreferNoSchedule"`
	TolerationSeconds *int64             `json:"tolerationSeconds,omitempty" protobuf:"varint,5"`
}

type TolerationOperator string

type TopologySelectorLabelRequirement struct {
	Key    string   `json:"key" protobuf:"bytes,1" required:"true"`
	Values []string `json:"values" protobuf:"bytes,2" required:"true" listType:"atomic"`
}

type TopologySelectorTerm struct {
	_                     struct{}                           `mapType:"atomic"`
	MatchLabelExpressions []TopologySelectorLabelRequirement `json:"matchLabelExpressions,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type TopologySpreadConstraint struct {
	MaxSkew            int32                         `json:"maxSkew" protobuf:"varint,1" required:"true"`
	TopologyKey        string                        `json:"topologyKey" protobuf:"bytes,2" required:"true"`
	WhenUnsatisfiable  UnsatisfiableConstraintAction `json:"whenUnsatisfiable" protobuf:"bytes,3" required:"true" enum:"DoNotSchedule|ScheduleAnyway"`
	LabelSelector      *meta.LabelSelector           `json:"labelSelector,omitempty" protobuf:"bytes,4"`
	MinDomains         *int32                        `json:"minDomains,omitempty" protobuf:"varint,5"`
	NodeAffinityPolicy *NodeInclusionPolicy          `json:"nodeAffinityPolicy,omitempty" protobuf:"bytes,6" enum:"Honor|Ignore"`
	NodeTaintsPolicy   *NodeInclusionPolicy          `json:"nodeTaintsPolicy,omitempty" protobuf:"bytes,7" enum:"Honor|Ignore"`
	MatchLabelKeys     []string                      `json:"matchLabelKeys,omitempty" protobuf:"bytes,8" listType:"atomic"`
}

type TypedLocalObjectReference struct {
	_        struct{} `mapType:"atomic"`
	APIGroup *string  `json:"apiGroup" protobuf:"bytes,1"`
	Kind     string   `json:"kind" protobuf:"bytes,2" required:"true"`
	Name     string   `json:"name" protobuf:"bytes,3" required:"true"`
}

type TypedObjectReference struct {
	APIGroup  *string `json:"apiGroup" protobuf:"bytes,1"`
	Kind      string  `json:"kind" protobuf:"bytes,2" required:"true"`
	Name      string  `json:"name" protobuf:"bytes,3" required:"true"`
	Namespace *string `json:"namespace,omitempty" protobuf:"bytes,4"`
}

type URIScheme string

type UniqueVolumeName string

type UnsatisfiableConstraintAction string

type Volume struct {
	Name         string `json:"name" protobuf:"bytes,1" required:"true"`
	VolumeSource `json:",inline" protobuf:"bytes,2"`
}

type VolumeDevice struct {
	Name       string `json:"name" protobuf:"bytes,1" required:"true"`
	DevicePath string `json:"devicePath" protobuf:"bytes,2" required:"true"`
}

type VolumeHealthCondition struct {
	Status  VolumeHealthStatusType `json:"status" protobuf:"bytes,1" required:"true" enum:"DataLoss|Degraded|Inaccessible"`
	Reason  string                 `json:"reason" protobuf:"bytes,2" required:"true"`
	Message string                 `json:"message,omitempty" protobuf:"bytes,3"`
}

type VolumeHealthStatus struct {
	HealthConditions   []VolumeHealthCondition `json:"healthConditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"status" listType:"map" listMapKey:"status,reason"`
	LastTransitionTime meta.Time               `json:"lastTransitionTime,omitempty" protobuf:"bytes,2"`
}

type VolumeHealthStatusType string

type VolumeMount struct {
	Name              string                 `json:"name" protobuf:"bytes,1" required:"true"`
	ReadOnly          bool                   `json:"readOnly,omitempty" protobuf:"varint,2"`
	RecursiveReadOnly *RecursiveReadOnlyMode `json:"recursiveReadOnly,omitempty" protobuf:"bytes,7"`
	MountPath         string                 `json:"mountPath" protobuf:"bytes,3" required:"true"`
	SubPath           string                 `json:"subPath,omitempty" protobuf:"bytes,4"`
	MountPropagation  *MountPropagationMode  `json:"mountPropagation,omitempty" protobuf:"bytes,5" enum:"Bidirectional|HostToContainer|None"`
	SubPathExpr       string                 `json:"subPathExpr,omitempty" protobuf:"bytes,6"`
	BindMountOptions  []string               `json:"bindMountOptions,omitempty" protobuf:"bytes,8" listType:"set"`
}

type VolumeMountStatus struct {
	Name              string                 `json:"name" protobuf:"bytes,1" required:"true"`
	MountPath         string                 `json:"mountPath" protobuf:"bytes,2" required:"true"`
	ReadOnly          bool                   `json:"readOnly,omitempty" protobuf:"varint,3"`
	RecursiveReadOnly *RecursiveReadOnlyMode `json:"recursiveReadOnly,omitempty" protobuf:"bytes,4"`
	VolumeStatus      *VolumeStatus          `json:"volumeStatus,omitempty" protobuf:"bytes,5"`
}

type VolumeNodeAffinity struct {
	Required *NodeSelector `json:"required,omitempty" protobuf:"bytes,1"`
}

type VolumeProjection struct {
	Secret              *SecretProjection              `json:"secret,omitempty" protobuf:"bytes,1"`
	DownwardAPI         *DownwardAPIProjection         `json:"downwardAPI,omitempty" protobuf:"bytes,2"`
	ConfigMap           *ConfigMapProjection           `json:"configMap,omitempty" protobuf:"bytes,3"`
	ServiceAccountToken *ServiceAccountTokenProjection `json:"serviceAccountToken,omitempty" protobuf:"bytes,4"`
	ClusterTrustBundle  *ClusterTrustBundleProjection  `json:"clusterTrustBundle,omitempty" protobuf:"bytes,5"`
	PodCertificate      *PodCertificateProjection      `json:"podCertificate,omitempty" protobuf:"bytes,6"`
}

type VolumeResourceRequirements struct {
	Limits   ResourceList `json:"limits,omitempty" protobuf:"bytes,1"`
	Requests ResourceList `json:"requests,omitempty" protobuf:"bytes,2"`
}

type VolumeSource struct {
	HostPath              *HostPathVolumeSource              `json:"hostPath,omitempty" protobuf:"bytes,1"`
	EmptyDir              *EmptyDirVolumeSource              `json:"emptyDir,omitempty" protobuf:"bytes,2"`
	GCEPersistentDisk     *GCEPersistentDiskVolumeSource     `json:"gcePersistentDisk,omitempty" protobuf:"bytes,3"`
	AWSElasticBlockStore  *AWSElasticBlockStoreVolumeSource  `json:"awsElasticBlockStore,omitempty" protobuf:"bytes,4"`
	GitRepo               *GitRepoVolumeSource               `json:"gitRepo,omitempty" protobuf:"bytes,5"`
	Secret                *SecretVolumeSource                `json:"secret,omitempty" protobuf:"bytes,6"`
	NFS                   *NFSVolumeSource                   `json:"nfs,omitempty" protobuf:"bytes,7"`
	ISCSI                 *ISCSIVolumeSource                 `json:"iscsi,omitempty" protobuf:"bytes,8"`
	Glusterfs             *GlusterfsVolumeSource             `json:"glusterfs,omitempty" protobuf:"bytes,9"`
	PersistentVolumeClaim *PersistentVolumeClaimVolumeSource `json:"persistentVolumeClaim,omitempty" protobuf:"bytes,10"`
	RBD                   *RBDVolumeSource                   `json:"rbd,omitempty" protobuf:"bytes,11"`
	FlexVolume            *FlexVolumeSource                  `json:"flexVolume,omitempty" protobuf:"bytes,12"`
	Cinder                *CinderVolumeSource                `json:"cinder,omitempty" protobuf:"bytes,13"`
	CephFS                *CephFSVolumeSource                `json:"cephfs,omitempty" protobuf:"bytes,14"`
	Flocker               *FlockerVolumeSource               `json:"flocker,omitempty" protobuf:"bytes,15"`
	DownwardAPI           *DownwardAPIVolumeSource           `json:"downwardAPI,omitempty" protobuf:"bytes,16"`
	FC                    *FCVolumeSource                    `json:"fc,omitempty" protobuf:"bytes,17"`
	AzureFile             *AzureFileVolumeSource             `json:"azureFile,omitempty" protobuf:"bytes,18"`
	ConfigMap             *ConfigMapVolumeSource             `json:"configMap,omitempty" protobuf:"bytes,19"`
	VsphereVolume         *VsphereVirtualDiskVolumeSource    `json:"vsphereVolume,omitempty" protobuf:"bytes,20"`
	Quobyte               *QuobyteVolumeSource               `json:"quobyte,omitempty" protobuf:"bytes,21"`
	AzureDisk             *AzureDiskVolumeSource             `json:"azureDisk,omitempty" protobuf:"bytes,22"`
	PhotonPersistentDisk  *PhotonPersistentDiskVolumeSource  `json:"photonPersistentDisk,omitempty" protobuf:"bytes,23"`
	Projected             *ProjectedVolumeSource             `json:"projected,omitempty" protobuf:"bytes,26"`
	PortworxVolume        *PortworxVolumeSource              `json:"portworxVolume,omitempty" protobuf:"bytes,24"`
	ScaleIO               *ScaleIOVolumeSource               `json:"scaleIO,omitempty" protobuf:"bytes,25"`
	StorageOS             *StorageOSVolumeSource             `json:"storageos,omitempty" protobuf:"bytes,27"`
	CSI                   *CSIVolumeSource                   `json:"csi,omitempty" protobuf:"bytes,28"`
	Ephemeral             *EphemeralVolumeSource             `json:"ephemeral,omitempty" protobuf:"bytes,29"`
	Image                 *ImageVolumeSource                 `json:"image,omitempty" protobuf:"bytes,30"`
}

type VolumeStatus struct {
	Image *ImageVolumeStatus `json:"image,omitempty" protobuf:"bytes,1"`
}

type VsphereVirtualDiskVolumeSource struct {
	VolumePath        string `json:"volumePath" protobuf:"bytes,1" required:"true"`
	FSType            string `json:"fsType,omitempty" protobuf:"bytes,2"`
	StoragePolicyName string `json:"storagePolicyName,omitempty" protobuf:"bytes,3"`
	StoragePolicyID   string `json:"storagePolicyID,omitempty" protobuf:"bytes,4"`
}

type WeightedPodAffinityTerm struct {
	Weight          int32           `json:"weight" protobuf:"varint,1" required:"true"`
	PodAffinityTerm PodAffinityTerm `json:"podAffinityTerm" protobuf:"bytes,2" required:"true"`
}

type WindowsSecurityContextOptions struct {
	GMSACredentialSpecName *string `json:"gmsaCredentialSpecName,omitempty" protobuf:"bytes,1"`
	GMSACredentialSpec     *string `json:"gmsaCredentialSpec,omitempty" protobuf:"bytes,2"`
	RunAsUserName          *string `json:"runAsUserName,omitempty" protobuf:"bytes,3"`
	HostProcess            *bool   `json:"hostProcess,omitempty" protobuf:"bytes,4"`
}
