package networkingv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

type HTTPIngressPath struct {
	Path     string         `json:"path,omitempty" protobuf:"bytes,1"`
	PathType *PathType      `json:"pathType" protobuf:"bytes,3" required:"true" enum:"Exact|ImplementationSpecific|Prefix"`
	Backend  IngressBackend `json:"backend" protobuf:"bytes,2" required:"true"`
}

type HTTPIngressRuleValue struct {
	Paths []HTTPIngressPath `json:"paths" protobuf:"bytes,1" required:"true" listType:"atomic"`
}

type IPAddress struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
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

type IPAddressSpec struct {
	ParentRef *ParentReference `json:"parentRef,omitempty" protobuf:"bytes,1" required:"true"`
}

type IPBlock struct {
	CIDR   string   `json:"cidr" protobuf:"bytes,1" required:"true"`
	Except []string `json:"except,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type Ingress struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec IngressSpec `json:"spec,omitempty" protobuf:"bytes,2"`
	// What is: written by the cluster, not by users.
	Status IngressStatus `json:"status,omitempty" protobuf:"bytes,3"`
}

type IngressBackend struct {
	Service  *IngressServiceBackend            `json:"service,omitempty" protobuf:"bytes,4"`
	Resource *corev1.TypedLocalObjectReference `json:"resource,omitempty" protobuf:"bytes,3"`
}

type IngressClass struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
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

type IngressClassParametersReference struct {
	APIGroup  *string `json:"apiGroup,omitempty" protobuf:"bytes,1"`
	Kind      string  `json:"kind" protobuf:"bytes,2" required:"true"`
	Name      string  `json:"name" protobuf:"bytes,3" required:"true"`
	Scope     *string `json:"scope" protobuf:"bytes,4"`
	Namespace *string `json:"namespace,omitempty" protobuf:"bytes,5"`
}

type IngressClassSpec struct {
	Controller string                           `json:"controller,omitempty" protobuf:"bytes,1"`
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

type IngressLoadBalancerIngress struct {
	IP       string              `json:"ip,omitempty" protobuf:"bytes,1"`
	Hostname string              `json:"hostname,omitempty" protobuf:"bytes,2"`
	Ports    []IngressPortStatus `json:"ports,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

type IngressLoadBalancerStatus struct {
	Ingress []IngressLoadBalancerIngress `json:"ingress,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type IngressPortStatus struct {
	Port     int32           `json:"port" protobuf:"varint,1" required:"true"`
	Protocol corev1.Protocol `json:"protocol" protobuf:"bytes,2" required:"true" enum:"SCTP|TCP|UDP"`
	Error    *string         `json:"error,omitempty" protobuf:"bytes,3"`
}

type IngressRule struct {
	Host             string `json:"host,omitempty" protobuf:"bytes,1"`
	IngressRuleValue `json:",inline" protobuf:"bytes,2"`
}

type IngressRuleValue struct {
	HTTP *HTTPIngressRuleValue `json:"http,omitempty" protobuf:"bytes,1"`
}

type IngressServiceBackend struct {
	Name string             `json:"name" protobuf:"bytes,1" required:"true"`
	Port ServiceBackendPort `json:"port,omitempty" protobuf:"bytes,2"`
}

type IngressSpec struct {
	IngressClassName *string         `json:"ingressClassName,omitempty" protobuf:"bytes,4"`
	DefaultBackend   *IngressBackend `json:"defaultBackend,omitempty" protobuf:"bytes,1"`
	TLS              []IngressTLS    `json:"tls,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Rules            []IngressRule   `json:"rules,omitempty" protobuf:"bytes,3" listType:"atomic"`
}

type IngressStatus struct {
	LoadBalancer IngressLoadBalancerStatus `json:"loadBalancer,omitempty" protobuf:"bytes,1"`
}

type IngressTLS struct {
	Hosts      []string `json:"hosts,omitempty" protobuf:"bytes,1" listType:"atomic"`
	SecretName string   `json:"secretName,omitempty" protobuf:"bytes,2"`
}

type NetworkPolicy struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
	Spec NetworkPolicySpec `json:"spec,omitempty" protobuf:"bytes,2"`
}

type NetworkPolicyEgressRule struct {
	Ports []NetworkPolicyPort `json:"ports,omitempty" protobuf:"bytes,1" listType:"atomic"`
	To    []NetworkPolicyPeer `json:"to,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

type NetworkPolicyIngressRule struct {
	Ports []NetworkPolicyPort `json:"ports,omitempty" protobuf:"bytes,1" listType:"atomic"`
	From  []NetworkPolicyPeer `json:"from,omitempty" protobuf:"bytes,2" listType:"atomic"`
}

// NetworkPolicyList is a list of NetworkPolicys.
type NetworkPolicyList struct {
	meta.TypeMeta `json:",inline"`
	// The list's resource version, and where to go on if it is only a page.
	meta.ListMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// The objects, in no promised order.
	Items []NetworkPolicy `json:"items" protobuf:"bytes,2" required:"true"`
}

type NetworkPolicyPeer struct {
	PodSelector       *meta.LabelSelector `json:"podSelector,omitempty" protobuf:"bytes,1"`
	NamespaceSelector *meta.LabelSelector `json:"namespaceSelector,omitempty" protobuf:"bytes,2"`
	IPBlock           *IPBlock            `json:"ipBlock,omitempty" protobuf:"bytes,3"`
}

type NetworkPolicyPort struct {
	Protocol *corev1.Protocol    `json:"protocol,omitempty" protobuf:"bytes,1" enum:"SCTP|TCP|UDP"`
	Port     *intstr.IntOrString `json:"port,omitempty" protobuf:"bytes,2"`
	EndPort  *int32              `json:"endPort,omitempty" protobuf:"bytes,3"`
}

type NetworkPolicySpec struct {
	PodSelector meta.LabelSelector         `json:"podSelector" protobuf:"bytes,1"`
	Ingress     []NetworkPolicyIngressRule `json:"ingress,omitempty" protobuf:"bytes,2" listType:"atomic"`
	Egress      []NetworkPolicyEgressRule  `json:"egress,omitempty" protobuf:"bytes,3" listType:"atomic"`
	PolicyTypes []PolicyType               `json:"policyTypes,omitempty" protobuf:"bytes,4" listType:"atomic"`
}

type ParentReference struct {
	Group     string `json:"group,omitempty" protobuf:"bytes,1"`
	Resource  string `json:"resource,omitempty" protobuf:"bytes,2" required:"true"`
	Namespace string `json:"namespace,omitempty" protobuf:"bytes,3"`
	Name      string `json:"name,omitempty" protobuf:"bytes,4" required:"true"`
}

type PathType string

type PolicyType string

type ServiceBackendPort struct {
	_      struct{} `mapType:"atomic"`
	Name   string   `json:"name,omitempty" protobuf:"bytes,1"`
	Number int32    `json:"number,omitempty" protobuf:"bytes,2"`
}

type ServiceCIDR struct {
	meta.TypeMeta `json:",inline"`
	// Name, namespace, labels and whatever else every object has.
	meta.ObjectMeta `json:"metadata,omitempty" protobuf:"bytes,1"`
	// What is wanted.
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

type ServiceCIDRSpec struct {
	CIDRs []string `json:"cidrs,omitempty" protobuf:"bytes,1" listType:"atomic"`
}

type ServiceCIDRStatus struct {
	// Observations about the object, one for each type.
	Conditions []meta.Condition `json:"conditions,omitempty" protobuf:"bytes,1" patchStrategy:"merge" patchMergeKey:"type" listType:"map" listMapKey:"type"`
}
