package corev1

// Where a Node is in its life; no longer kept.
const (
	NodePending    NodePhase = "Pending"
	NodeRunning    NodePhase = "Running"
	NodeTerminated NodePhase = "Terminated"
)

// Conditions of a Node.
const (
	NodeReady              NodeConditionType = "Ready" // it runs Pods; Unknown when it stopped reporting
	NodeMemoryPressure     NodeConditionType = "MemoryPressure"
	NodeDiskPressure       NodeConditionType = "DiskPressure"
	NodePIDPressure        NodeConditionType = "PIDPressure"
	NodeNetworkUnavailable NodeConditionType = "NetworkUnavailable"
)

// Kinds of address of a Node.
const (
	NodeHostName    NodeAddressType = "Hostname"
	NodeInternalIP  NodeAddressType = "InternalIP"
	NodeExternalIP  NodeAddressType = "ExternalIP"
	NodeInternalDNS NodeAddressType = "InternalDNS"
	NodeExternalDNS NodeAddressType = "ExternalDNS"
)

// What a taint does to Pods that do not tolerate it.
const (
	TaintEffectNoSchedule       TaintEffect = "NoSchedule"       // new ones stay away
	TaintEffectPreferNoSchedule TaintEffect = "PreferNoSchedule" // new ones stay away if they can
	TaintEffectNoExecute        TaintEffect = "NoExecute"        // those that run there are evicted too
)

// How a toleration compares with a taint's value.
const (
	TolerationOpExists TolerationOperator = "Exists"
	TolerationOpEqual  TolerationOperator = "Equal"
	TolerationOpLt     TolerationOperator = "Lt" // the taint's value, a number, is smaller
	TolerationOpGt     TolerationOperator = "Gt" // the taint's value, a number, is larger
)

// How a node selector compares.
const (
	NodeSelectorOpIn           NodeSelectorOperator = "In"
	NodeSelectorOpNotIn        NodeSelectorOperator = "NotIn"
	NodeSelectorOpExists       NodeSelectorOperator = "Exists"
	NodeSelectorOpDoesNotExist NodeSelectorOperator = "DoesNotExist"
	NodeSelectorOpGt           NodeSelectorOperator = "Gt"
	NodeSelectorOpLt           NodeSelectorOperator = "Lt"
)

// What the scheduler does with a Pod that would break a spread constraint.
const (
	DoNotSchedule  UnsatisfiableConstraintAction = "DoNotSchedule"  // it waits; the default
	ScheduleAnyway UnsatisfiableConstraintAction = "ScheduleAnyway" // other nodes are merely preferred
)

// Whether nodes that the Pod could not go to count in a spread constraint.
const (
	NodeInclusionPolicyIgnore NodeInclusionPolicy = "Ignore" // every node counts
	NodeInclusionPolicyHonor  NodeInclusionPolicy = "Honor"  // only nodes that the Pod could go to
)

// Labels of Nodes.
const (
	LabelHostname                 = "kubernetes.io/hostname"
	LabelTopologyZone             = "topology.kubernetes.io/zone"
	LabelTopologyRegion           = "topology.kubernetes.io/region"
	LabelInstanceTypeStable       = "node.kubernetes.io/instance-type"
	LabelOSStable                 = "kubernetes.io/os"
	LabelArchStable               = "kubernetes.io/arch"
	LabelWindowsBuild             = "node.kubernetes.io/windows-build"
	LabelNodeExcludeBalancers     = "node.kubernetes.io/exclude-from-external-load-balancers"
	LabelNodeRoleControlPlane     = "node-role.kubernetes.io/control-plane"
	LabelNamespaceSuffixKubelet   = "kubelet.kubernetes.io"
	LabelNamespaceSuffixNode      = "node.kubernetes.io"
	LabelNamespaceNodeRestriction = "node-restriction.kubernetes.io" // kubelets may not set labels under it
)

// Labels of Nodes as they were called before.
const (
	LabelFailureDomainBetaZone   = "failure-domain.beta.kubernetes.io/zone"
	LabelFailureDomainBetaRegion = "failure-domain.beta.kubernetes.io/region"
	LabelZoneFailureDomain       = "failure-domain.beta.kubernetes.io/zone"
	LabelZoneRegion              = "failure-domain.beta.kubernetes.io/region"
	LabelInstanceType            = "beta.kubernetes.io/instance-type"
	LabelOS                      = "beta.kubernetes.io/os"
	LabelArch                    = "beta.kubernetes.io/arch"
)

// Taints that the cluster itself puts on Nodes.
const (
	TaintNodeNotReady           = "node.kubernetes.io/not-ready"     // condition Ready is False
	TaintNodeUnreachable        = "node.kubernetes.io/unreachable"   // condition Ready is Unknown
	TaintNodeUnschedulable      = "node.kubernetes.io/unschedulable" // spec.unschedulable is true
	TaintNodeMemoryPressure     = "node.kubernetes.io/memory-pressure"
	TaintNodeDiskPressure       = "node.kubernetes.io/disk-pressure"
	TaintNodePIDPressure        = "node.kubernetes.io/pid-pressure"
	TaintNodeNetworkUnavailable = "node.kubernetes.io/network-unavailable"
	TaintNodeOutOfService       = "node.kubernetes.io/out-of-service"              // an operator says that it is down for good
	TaintExternalCloudProvider  = "node.cloudprovider.kubernetes.io/uninitialized" // the cloud's controller has not seen it yet
	TaintNodeShutdown           = "node.cloudprovider.kubernetes.io/shutdown"      // the cloud says that it is off
	TaintNodeRoleControlPlane   = "node-role.kubernetes.io/control-plane"          // kept for the control plane
)

// Annotations and labels that more than one part reads.
const (
	LabelMetadataName                               = "kubernetes.io/metadata.name"                      // on a Namespace: its own name
	MirrorPodAnnotationKey                          = "kubernetes.io/config.mirror"                      // on a Pod that stands for a static one; the kubelet's hash of it
	ConfigSourceAnnotationKey                       = "kubernetes.io/config.source"                      // where a kubelet got the Pod from
	ConfigHashAnnotationKey                         = "kubernetes.io/config.hash"                        // hash of a static Pod's manifest
	LastAppliedConfigAnnotation                     = "kubectl.kubernetes.io/last-applied-configuration" // what kubectl apply sent last
	DefaultContainerAnnotation                      = "kubectl.kubernetes.io/default-container"          // the container that kubectl means when none is named
	PodDeletionCost                                 = "controller.kubernetes.io/pod-deletion-cost"       // Pods of lower cost go first when scaling down
	ServiceAccountNameKey                           = "kubernetes.io/service-account.name"               // on a token Secret: whose it is
	ServiceAccountUIDKey                            = "kubernetes.io/service-account.uid"                // the same by uid
	ServiceAccountEnforceMountableSecretsAnnotation = "kubernetes.io/enforce-mountable-secrets"          // "true": Pods may mount only listed Secrets
	MigratedPluginsAnnotationKey                    = "storage.alpha.kubernetes.io/migrated-plugins"
	PreferAvoidPodsAnnotationKey                    = "scheduler.alpha.kubernetes.io/preferAvoidPods"
	NodeTTLAnnotation                               = "node.alpha.kubernetes.io/ttl" // seconds that a kubelet may keep Secrets and ConfigMaps
	LimitRangerAnnotation                           = "kubernetes.io/limit-ranger"   // what LimitRanger set on the Pod, in words
)
