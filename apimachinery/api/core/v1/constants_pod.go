package corev1

// Where a Pod is in its life.
const (
	PodPending   PodPhase = "Pending"   // accepted; not every container has started
	PodRunning   PodPhase = "Running"   // on a node, and at least one container runs or restarts
	PodSucceeded PodPhase = "Succeeded" // every container ended well; none will restart
	PodFailed    PodPhase = "Failed"    // every container ended, one badly
	PodUnknown   PodPhase = "Unknown"   // its node does not answer
)

// Conditions of a Pod.
const (
	PodScheduled              PodConditionType = "PodScheduled"              // it has a node
	PodReadyToStartContainers PodConditionType = "PodReadyToStartContainers" // its sandbox and network are there
	PodInitialized            PodConditionType = "Initialized"               // its init containers are done
	ContainersReady           PodConditionType = "ContainersReady"           // all its containers are ready
	PodReady                  PodConditionType = "Ready"                     // it may serve: containers and readiness gates say so
	DisruptionTarget          PodConditionType = "DisruptionTarget"          // the cluster is about to end it: preemption, eviction, taint
	PodResizePending          PodConditionType = "PodResizePending"          // a resize cannot be granted now
	PodResizeInProgress       PodConditionType = "PodResizeInProgress"       // a resize is being carried out
	AllContainersRestarting   PodConditionType = "AllContainersRestarting"   // a restart rule restarts every container
)

// Reasons of a Pod's conditions.
const (
	PodReasonUnschedulable         = "Unschedulable"         // no node fits
	PodReasonSchedulingGated       = "SchedulingGated"       // a scheduling gate is still there
	PodReasonSchedulerError        = "SchedulerError"        // the scheduler itself failed
	PodReasonTerminationByKubelet  = "TerminationByKubelet"  // the node ran out of something, or shuts down
	PodReasonPreemptionByScheduler = "PreemptionByScheduler" // it makes room for a Pod of higher priority
	PodReasonDeferred              = "Deferred"              // the resize does not fit now
	PodReasonInfeasible            = "Infeasible"            // the resize never fits this node
	PodReasonError                 = "Error"                 // the resize failed
)

// When a Pod's containers restart.
const (
	RestartPolicyAlways    RestartPolicy = "Always"    // whenever one ends; the default
	RestartPolicyOnFailure RestartPolicy = "OnFailure" // when one ends badly
	RestartPolicyNever     RestartPolicy = "Never"
)

// When one container restarts, whatever its Pod says.
const (
	ContainerRestartPolicyAlways    ContainerRestartPolicy = "Always"
	ContainerRestartPolicyOnFailure ContainerRestartPolicy = "OnFailure"
	ContainerRestartPolicyNever     ContainerRestartPolicy = "Never"
)

// What a restart rule that matches does.
const (
	ContainerRestartRuleActionRestart              ContainerRestartRuleAction = "Restart"              // restarts the container
	ContainerRestartRuleActionRestartAllContainers ContainerRestartRuleAction = "RestartAllContainers" // restarts the Pod's containers in place
)

// How a restart rule compares exit codes.
const (
	ContainerRestartRuleOnExitCodesOpIn    ContainerRestartRuleOnExitCodesOperator = "In"
	ContainerRestartRuleOnExitCodesOpNotIn ContainerRestartRuleOnExitCodesOperator = "NotIn"
)

// When an image is pulled.
const (
	PullAlways       PullPolicy = "Always"       // each time a container starts; the default for :latest
	PullIfNotPresent PullPolicy = "IfNotPresent" // when the node lacks it; the default otherwise
	PullNever        PullPolicy = "Never"        // never; the node must have it
)

// Which DNS a Pod asks.
const (
	DNSClusterFirst            DNSPolicy = "ClusterFirst"            // the cluster's; the default
	DNSClusterFirstWithHostNet DNSPolicy = "ClusterFirstWithHostNet" // the cluster's, although the Pod is on the host's network
	DNSDefault                 DNSPolicy = "Default"                 // the node's
	DNSNone                    DNSPolicy = "None"                    // what dnsConfig says
)

// Whether a Pod may push others out.
const (
	PreemptLowerPriority PreemptionPolicy = "PreemptLowerPriority" // those of lower priority; the default
	PreemptNever         PreemptionPolicy = "Never"
)

// How well a Pod's resources are assured, from its requests and limits.
const (
	PodQOSGuaranteed PodQOSClass = "Guaranteed" // every container has limits, and requests equal to them
	PodQOSBurstable  PodQOSClass = "Burstable"  // some have requests or limits
	PodQOSBestEffort PodQOSClass = "BestEffort" // none has; the first to be evicted
)

// What a node says to a resize.
const (
	PodResizeStatusProposed   PodResizeStatus = "Proposed"
	PodResizeStatusInProgress PodResizeStatus = "InProgress"
	PodResizeStatusDeferred   PodResizeStatus = "Deferred"
	PodResizeStatusInfeasible PodResizeStatus = "Infeasible"
)

// Whether a container restarts when one of its resources is resized.
const (
	NotRequired      ResourceResizeRestartPolicy = "NotRequired"
	RestartContainer ResourceResizeRestartPolicy = "RestartContainer"
)

// Where a container's last words are read.
const (
	TerminationMessageReadFile              TerminationMessagePolicy = "File"                  // the file at terminationMessagePath; the default
	TerminationMessageFallbackToLogsOnError TerminationMessagePolicy = "FallbackToLogsOnError" // the end of the log, if it failed and the file is empty
)

// Defaults of a PodSpec.
const (
	TerminationMessagePathDefault               = "/dev/termination-log"
	DefaultSchedulerName                        = "default-scheduler"
	DefaultTerminationGracePeriodSeconds        = 30
	DefaultHardPodAffinitySymmetricWeight int32 = 1
)

// How an HTTP probe or hook connects.
const (
	URISchemeHTTP  URIScheme = "HTTP"
	URISchemeHTTPS URIScheme = "HTTPS"
)

// Which HTTP an HTTP probe or hook speaks.
const (
	HTTPProtocolHTTP1 HTTPProtocol = "HTTP1"
	HTTPProtocolHTTP2 HTTPProtocol = "HTTP2"
)

// How a gRPC probe connects.
const (
	GRPCProbeModePlaintext GRPCProbeMode = "Plaintext"
	GRPCProbeModeTLS       GRPCProbeMode = "TLS"
)

// Operating systems that a Pod may ask for.
const (
	Linux   OSName = "linux"
	Windows OSName = "windows"
)

// Which system calls a container may make.
const (
	SeccompProfileTypeUnconfined     SeccompProfileType = "Unconfined"
	SeccompProfileTypeRuntimeDefault SeccompProfileType = "RuntimeDefault"
	SeccompProfileTypeLocalhost      SeccompProfileType = "Localhost" // a profile on the node
)

// Which AppArmor profile confines a container.
const (
	AppArmorProfileTypeUnconfined     AppArmorProfileType = "Unconfined"
	AppArmorProfileTypeRuntimeDefault AppArmorProfileType = "RuntimeDefault"
	AppArmorProfileTypeLocalhost      AppArmorProfileType = "Localhost" // a profile on the node
)

// How much of /proc a container sees.
const (
	DefaultProcMount  ProcMountType = "Default"  // what the runtime masks is masked
	UnmaskedProcMount ProcMountType = "Unmasked" // everything
)

// When a volume's files are given to fsGroup.
const (
	FSGroupChangeOnRootMismatch PodFSGroupChangePolicy = "OnRootMismatch" // only if its root is not yet
	FSGroupChangeAlways         PodFSGroupChangePolicy = "Always"         // at each mount; the default
)

// How a volume gets the Pod's SELinux label.
const (
	SELinuxChangePolicyRecursive   PodSELinuxChangePolicy = "Recursive"   // file by file
	SELinuxChangePolicyMountOption PodSELinuxChangePolicy = "MountOption" // at once, by mounting so
)

// Which groups a container's processes have besides the listed ones.
const (
	SupplementalGroupsPolicyMerge  SupplementalGroupsPolicy = "Merge"  // those that the image's /etc/group gives; the default
	SupplementalGroupsPolicyStrict SupplementalGroupsPolicy = "Strict" // none
)

// CapabilityAll stands for every capability.
const CapabilityAll Capability = "ALL"

// Whether a device that a Pod was given works.
const (
	ResourceHealthStatusHealthy   ResourceHealthStatus = "Healthy"
	ResourceHealthStatusUnhealthy ResourceHealthStatus = "Unhealthy"
	ResourceHealthStatusUnknown   ResourceHealthStatus = "Unknown"
)
