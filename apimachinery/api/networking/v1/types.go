package networkingv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// HTTPIngressPath sends requests for a path to a backend.
type HTTPIngressPath struct {
	// Path, beginning with '/'; with ImplementationSpecific perhaps a pattern.
	Path string `json:"path,omitempty" protobuf:"bytes,1"`
	// Exact, Prefix (by whole elements) or ImplementationSpecific.
	PathType *PathType `json:"pathType" protobuf:"bytes,3" required:"true" enum:"Exact|ImplementationSpecific|Prefix"`
	// Where they go.
	Backend IngressBackend `json:"backend" protobuf:"bytes,2" required:"true"`
}

// HTTPIngressRuleValue sends HTTP requests to backends by their paths.
type HTTPIngressRuleValue struct {
	// The paths; an exact one wins, then the longest prefix.
	Paths []HTTPIngressPath `json:"paths" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

// IPAddress is an address that a Service has; its name is the address.
type IPAddress struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Who has it.
	Spec IPAddressSpec `json:"spec,omitempty" protobuf:"bytes,2" required:"true"`
}

// IPAddressList is a list of IPAddresses.
type IPAddressList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []IPAddress `json:"items" protobuf:"bytes,2" required:"true"`
}

// IPAddressSpec is who has an address.
type IPAddressSpec struct {
	// The Service.
	ParentRef *ParentReference `json:"parentRef,omitempty" protobuf:"bytes,1" required:"true"`
}

// IPBlock is a range of addresses.
type IPBlock struct {
	// The range, such as 192.0.2.0/24.
	CIDR string `json:"cidr" protobuf:"bytes,1" required:"true"`
	// Ranges inside it that do not count.
	Except []string `json:"except,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// Ingress leads HTTP requests from outside to Services.
type Ingress struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec IngressSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status IngressStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// IngressBackend is where requests go: exactly one member is set.
type IngressBackend struct {
	// A Service.
	Service *IngressServiceBackend `json:"service,omitempty" protobuf:"bytes,4"`
	// Another object in the namespace, that the controller knows.
	Resource *corev1.TypedLocalObjectReference `json:"resource,omitempty" protobuf:"bytes,3"`
}

// IngressClass is a kind of Ingress, served by one controller.
type IngressClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// Who serves it.
	Spec IngressClassSpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

// IngressClassList is a list of IngressClasses.
type IngressClassList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []IngressClass `json:"items" protobuf:"bytes,2" required:"true"`
}

// IngressClassParametersReference names an object with settings for the controller.
type IngressClassParametersReference struct {
	// Group of the kind; nil means the core group.
	APIGroup *string `json:"apiGroup,omitempty" protobuf:"bytes,1"`
	// Kind of the object.
	Kind string `json:"kind" protobuf:"bytes,2" required:"true"`
	// Name of the object.
	Name string `json:"name" protobuf:"bytes,3" required:"true"`
	// Cluster or Namespace; nil means Cluster.
	Scope *string `json:"scope" protobuf:"bytes,4"`
	// Its namespace, with scope Namespace.
	Namespace *string `json:"namespace,omitempty" protobuf:"bytes,5"`
}

// IngressClassSpec is who serves a class.
type IngressClassSpec struct {
	// Controller that serves it, as DOMAIN/NAME; cannot change.
	Controller string `json:"controller,omitempty" protobuf:"bytes,1"`
	// Settings for the controller; nil for none.
	Parameters *IngressClassParametersReference `json:"parameters,omitempty" protobuf:"bytes,2"`
}

// IngressList is a list of Ingresses.
type IngressList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []Ingress `json:"items" protobuf:"bytes,2" required:"true"`
}

// IngressLoadBalancerIngress is one point where traffic is taken.
type IngressLoadBalancerIngress struct {
	// Its address, if it has one.
	IP string `json:"ip,omitempty" protobuf:"bytes,1"`
	// Its name, if it has one.
	Hostname string `json:"hostname,omitempty" protobuf:"bytes,2"`
	// State of each port.
	Ports []IngressPortStatus `json:"ports,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

// IngressLoadBalancerStatus is where an Ingress takes traffic.
type IngressLoadBalancerStatus struct {
	// Points where it does.
	Ingress []IngressLoadBalancerIngress `json:"ingress,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// IngressPortStatus is the state of a port.
type IngressPortStatus struct {
	// Number of the port.
	Port int32 `json:"port" protobuf:"varint,1" required:"true"`
	// TCP, UDP or SCTP.
	Protocol corev1.Protocol `json:"protocol" protobuf:"bytes,2" required:"true" enum:"SCTP|TCP|UDP"`
	// Why it does not work, in CamelCase, foreign reasons with a domain; nil if it does.
	Error *string `json:"error,omitempty" protobuf:"bytes,3"`
}

// IngressRule leads requests for a host to backends.
type IngressRule struct {
	// Host that is asked for, without a port; *.example.com matches one label more. Empty matches all.
	Host string `json:"host,omitempty" protobuf:"bytes,1"`
	// What to do with them; nothing set sends them to the default backend.
	IngressRuleValue `json:",inline" protobuf:"bytes,2"`
}

// IngressRuleValue is what a rule does.
type IngressRuleValue struct {
	// Sends HTTP requests to backends by their paths.
	HTTP *HTTPIngressRuleValue `json:"http,omitempty" protobuf:"bytes,1"`
}

// IngressServiceBackend is a port of a Service.
type IngressServiceBackend struct {
	// Name of the Service, in the same namespace.
	Name string `json:"name" protobuf:"bytes,1" required:"true"`
	// The port.
	Port ServiceBackendPort `json:"port,omitempty" protobuf:"bytes,2"`
}

// IngressSpec is which requests go where.
type IngressSpec struct {
	// Class that serves it; nil takes the default class.
	IngressClassName *string `json:"ingressClassName,omitempty" protobuf:"bytes,4"`
	// Where requests go that no rule matches; needed if there are no rules.
	DefaultBackend *IngressBackend `json:"defaultBackend,omitempty" protobuf:"bytes,1"`
	// Hosts that are served by TLS, on port 443.
	TLS []IngressTLS `json:"tls,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// Rules; one for the host and path decides.
	Rules []IngressRule `json:"rules,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

// IngressStatus is where an Ingress takes traffic.
type IngressStatus struct {
	// What its load balancer gives.
	LoadBalancer IngressLoadBalancerStatus `json:"loadBalancer,omitempty" protobuf:"bytes,1"`
}

// IngressTLS is a certificate for some hosts.
type IngressTLS struct {
	// Names in the certificate; empty means those that the controller takes it for.
	Hosts []string `json:"hosts,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Secret with tls.crt and tls.key; empty leaves it to the controller.
	SecretName string `json:"secretName,omitempty" protobuf:"bytes,2"`
}

// NetworkPolicy says what traffic some Pods may have; Pods that none picks may have all.
type NetworkPolicy struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is allowed.
	Spec NetworkPolicySpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

// NetworkPolicyEgressRule allows traffic that Pods send: to any of the peers on any of the ports.
type NetworkPolicyEgressRule struct {
	// Ports; empty allows all.
	Ports []NetworkPolicyPort `json:"ports,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Peers; empty allows all.
	To []NetworkPolicyPeer `json:"to,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// NetworkPolicyIngressRule allows traffic that comes to Pods: from any of the peers on any of the
// ports.
type NetworkPolicyIngressRule struct {
	// Ports; empty allows all.
	Ports []NetworkPolicyPort `json:"ports,omitempty" protobuf:"bytes,1" listType:"atomic"`
	// Peers; empty allows all.
	From []NetworkPolicyPeer `json:"from,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// NetworkPolicyList is a list of NetworkPolicies.
type NetworkPolicyList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []NetworkPolicy `json:"items" protobuf:"bytes,2" required:"true"`
}

// NetworkPolicyPeer is the other side of traffic: Pods, or a range of addresses.
type NetworkPolicyPeer struct {
	// Pods by their labels: in the policy's namespace, or in those that namespaceSelector picks.
	PodSelector *meta.LabelSelector `json:"podSelector,omitempty" protobuf:"bytes,1"`
	// Namespaces by their labels; an empty one picks all. Without podSelector all their Pods.
	NamespaceSelector *meta.LabelSelector `json:"namespaceSelector,omitempty" protobuf:"bytes,2"`
	// Addresses; not together with the others.
	IPBlock *IPBlock `json:"ipBlock,omitempty" protobuf:"bytes,3"`
}

// NetworkPolicyPort is a port that traffic may go to.
type NetworkPolicyPort struct {
	// TCP, UDP or SCTP; default TCP.
	Protocol *corev1.Protocol `json:"protocol,omitempty" protobuf:"bytes,1" enum:"SCTP|TCP|UDP"`
	// A number, or the name of a container port; nil means all.
	Port *intstr.IntOrString `json:"port,omitempty" protobuf:"bytes,2"`
	// Last port of a range that begins with port; nil means one port.
	EndPort *int32 `json:"endPort,omitempty" protobuf:"bytes,3"`
}

// NetworkPolicySpec is what traffic some Pods may have.
type NetworkPolicySpec struct {
	// Pods that it is about, in its namespace; an empty one picks all.
	PodSelector meta.LabelSelector `json:"podSelector" protobuf:"bytes,1"`
	// What may come to them: traffic that any rule of any policy allows. Empty allows nothing.
	Ingress []NetworkPolicyIngressRule `json:"ingress,omitempty" protobuf:"bytes,2" listType:"atomic"`
	// What they may send: traffic that any rule of any policy allows. Empty allows nothing.
	Egress []NetworkPolicyEgressRule `json:"egress,omitempty" protobuf:"bytes,3" listType:"atomic"`
	// Ingress, Egress: which of the two it restricts; empty means Ingress, and Egress if there are
	// egress rules.
	PolicyTypes []PolicyType `json:"policyTypes,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

// ParentReference names the object that has an address.
type ParentReference struct {
	// Group of the resource; empty is the core group.
	Group string `json:"group,omitempty" protobuf:"bytes,1"`
	// Plural name of the resource.
	Resource string `json:"resource,omitempty" protobuf:"bytes,2" required:"true"`
	// Namespace of the object.
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,3"`
	// Name of the object.
	Name string `json:"name,omitempty" protobuf:"bytes,4" required:"true"`
}

// PathType says how the path of a rule matches.
type PathType string

// PolicyType says which traffic a policy restricts.
type PolicyType string

// ServiceBackendPort is a port of a Service: by name or by number.
type ServiceBackendPort struct {
	_ struct{} `mapType:"atomic"`
	// Name of the port.
	Name string `json:"name,omitempty" protobuf:"bytes,1"`
	// Number of the port.
	Number int32 `json:"number,omitempty" protobuf:"bytes,2"`
}

// ServiceCIDR is ranges that Services get addresses from.
type ServiceCIDR struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The ranges.
	Spec ServiceCIDRSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status ServiceCIDRStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

// ServiceCIDRList is a list of ServiceCIDRs.
type ServiceCIDRList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []ServiceCIDR `json:"items" protobuf:"bytes,2" required:"true"`
}

// ServiceCIDRSpec is the ranges.
type ServiceCIDRSpec struct {
	// One range, or one of each IP family; more may come, none may go.
	CIDRs []string `json:"cidrs,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

// ServiceCIDRStatus is what the cluster makes of the ranges.
type ServiceCIDRStatus struct {
	// Observations about the object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}
