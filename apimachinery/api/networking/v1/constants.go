package networkingv1

// Which traffic a NetworkPolicy is about.
const (
	PolicyTypeIngress PolicyType = "Ingress" // what comes to the Pods
	PolicyTypeEgress  PolicyType = "Egress"  // what the Pods send
)

// How the path of an Ingress rule matches.
const (
	PathTypeExact                  PathType = "Exact"                  // letter for letter
	PathTypePrefix                 PathType = "Prefix"                 // by whole elements between slashes
	PathTypeImplementationSpecific PathType = "ImplementationSpecific" // as the controller likes
)

// Annotations of Ingresses and their classes.
const (
	AnnotationIsDefaultIngressClass = "ingressclass.kubernetes.io/is-default-class" // "true" on the class for Ingresses that name none
	AnnotationIngressClass          = "kubernetes.io/ingress.class"                 // how an Ingress named its class before ingressClassName
)

// Scopes of the parameters of an IngressClass.
const (
	IngressClassParametersReferenceScopeNamespace = "Namespace"
	IngressClassParametersReferenceScopeCluster   = "Cluster"
)

// Conditions of a ServiceCIDR, and the reason of the one that is being deleted.
const (
	ServiceCIDRConditionReady    = "Ready" // addresses may be taken from it
	ServiceCIDRReasonTerminating = "Terminating"
)

// DefaultServiceCIDRName is the ServiceCIDR that the server's own flags make.
const DefaultServiceCIDRName = "kubernetes"

// Labels of an IPAddress.
const (
	LabelIPAddressFamily = "ipaddress.kubernetes.io/ip-family"  // IPv4 or IPv6
	LabelManagedBy       = "ipaddress.kubernetes.io/managed-by" // who took the address
)
