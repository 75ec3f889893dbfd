package corev1

// Transport protocols.
const (
	ProtocolTCP  Protocol = "TCP" // the default
	ProtocolUDP  Protocol = "UDP"
	ProtocolSCTP Protocol = "SCTP"
)

// How a Service is reached.
const (
	ServiceTypeClusterIP    ServiceType = "ClusterIP"    // at an address inside the cluster; the default
	ServiceTypeNodePort     ServiceType = "NodePort"     // also at a port of every node
	ServiceTypeLoadBalancer ServiceType = "LoadBalancer" // also at an address that a load balancer gives
	ServiceTypeExternalName ServiceType = "ExternalName" // by a DNS alias; nothing else is set up
)

// ClusterIPNone is the clusterIP of a Service without an address of its own: DNS
// gives its Pods' addresses.
const ClusterIPNone = "None"

// Whether a client keeps its Pod.
const (
	ServiceAffinityNone     ServiceAffinity = "None" // the default
	ServiceAffinityClientIP ServiceAffinity = "ClientIP"
)

// Which Pods serve traffic from inside.
const (
	ServiceInternalTrafficPolicyCluster ServiceInternalTrafficPolicy = "Cluster" // any; the default
	ServiceInternalTrafficPolicyLocal   ServiceInternalTrafficPolicy = "Local"   // only those on the same node
)

// Which Pods serve traffic from outside.
const (
	ServiceExternalTrafficPolicyCluster ServiceExternalTrafficPolicy = "Cluster" // any; the client's address is lost; the default
	ServiceExternalTrafficPolicyLocal   ServiceExternalTrafficPolicy = "Local"   // only those on the node it came to; the address is kept
)

// Which Pods are preferred: values of spec.trafficDistribution.
const (
	ServiceTrafficDistributionPreferClose    = "PreferClose" // those in the same zone, as it was called before
	ServiceTrafficDistributionPreferSameZone = "PreferSameZone"
	ServiceTrafficDistributionPreferSameNode = "PreferSameNode"
)

// Families of IP addresses.
const (
	IPv4Protocol    IPFamily = "IPv4"
	IPv6Protocol    IPFamily = "IPv6"
	IPFamilyUnknown IPFamily = ""
)

// How many families a Service has.
const (
	IPFamilyPolicySingleStack      IPFamilyPolicy = "SingleStack"      // one; the default
	IPFamilyPolicyPreferDualStack  IPFamilyPolicy = "PreferDualStack"  // two where the cluster has them
	IPFamilyPolicyRequireDualStack IPFamilyPolicy = "RequireDualStack" // two, or it is refused
)

// How a load balancer delivers traffic.
const (
	LoadBalancerIPModeVIP   LoadBalancerIPMode = "VIP"   // to its own address; nodes serve it themselves
	LoadBalancerIPModeProxy LoadBalancerIPMode = "Proxy" // to the node or Pod
)

// Conditions and reasons of Services.
const (
	LoadBalancerPortsError              = "LoadBalancerPortsError" // the cloud cannot open some ports
	LoadBalancerPortsErrorReason        = "LoadBalancerMixedProtocolNotSupported"
	ServiceLoadBalancerCleanupFinalizer = "service.kubernetes.io/load-balancer-cleanup" // holds a Service until its load balancer is gone
)

// DefaultClientIPServiceAffinitySeconds is how long a client keeps its Pod.
const DefaultClientIPServiceAffinitySeconds int32 = 10800

// Labels and annotations of Services, Endpoints and EndpointSlices.
const (
	IsHeadlessService                      = "service.kubernetes.io/headless"             // on Endpoints and slices of a Service without address
	LabelServiceProxyName                  = "service.kubernetes.io/service-proxy-name"   // another proxy than the cluster's serves this Service
	AnnotationTopologyMode                 = "service.kubernetes.io/topology-mode"        // Auto: prefer Pods of the same zone
	DeprecatedAnnotationTopologyAwareHints = "service.kubernetes.io/topology-aware-hints" // the same, as it was called before
	AnnotationLoadBalancerSourceRangesKey  = "service.beta.kubernetes.io/load-balancer-source-ranges"
	EndpointsLastChangeTriggerTime         = "endpoints.kubernetes.io/last-change-trigger-time" // when the change was made that the endpoints show
	EndpointsOverCapacity                  = "endpoints.kubernetes.io/over-capacity"            // not all addresses fitted
)
