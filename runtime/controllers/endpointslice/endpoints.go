package endpointslice

import (
	"net/netip"
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	discoveryv1 "github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// Group is endpoints that have their ports in common.
type Group struct {
	Ports     []discoveryv1.EndpointPort
	Endpoints []discoveryv1.Endpoint
}

// Serves reports whether an object of this controller stands for the Service
// at all: whether it picks Pods.
func Serves(service *corev1.Service) bool {
	return len(service.Spec.Selector) > 0 && service.Spec.Type != corev1.ServiceTypeExternalName
}

// AddressTypes returns the families of addresses that the Service has, its
// first one first.
func AddressTypes(service *corev1.Service) []discoveryv1.AddressType {
	var types []discoveryv1.AddressType
	for _, family := range service.Spec.IPFamilies {
		types = append(types, discoveryv1.AddressType(family))
	}
	if len(types) > 0 {
		return types
	}
	// Written before Services had families.
	for _, ip := range append([]string{service.Spec.ClusterIP}, service.Spec.ClusterIPs...) {
		if t, ok := typeOf(ip); ok && !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	if len(types) > 0 {
		return types
	}
	return []discoveryv1.AddressType{discoveryv1.AddressTypeIPv4, discoveryv1.AddressTypeIPv6}
}

func typeOf(ip string) (discoveryv1.AddressType, bool) {
	addr, err := netip.ParseAddr(ip)
	switch {
	case err != nil:
		return "", false
	case addr.Unmap().Is4():
		return discoveryv1.AddressTypeIPv4, true
	}
	return discoveryv1.AddressTypeIPv6, true
}

// Has reports whether a Pod can be an endpoint: whether it has addresses and
// its containers have not ended for good.
func Has(pod *corev1.Pod) bool {
	return !workload.Finished(pod) && (pod.Status.PodIP != "" || len(pod.Status.PodIPs) > 0)
}

// Addresses returns the Pod's addresses of a family.
func Addresses(pod *corev1.Pod, family discoveryv1.AddressType) []string {
	var all []string
	for _, ip := range pod.Status.PodIPs {
		if t, ok := typeOf(ip.IP); ok && t == family {
			all = append(all, ip.IP)
		}
	}
	if len(pod.Status.PodIPs) == 0 {
		if t, ok := typeOf(pod.Status.PodIP); ok && t == family {
			all = append(all, pod.Status.PodIP)
		}
	}
	return all
}

// Endpoints returns the endpoints of a Service, in one family of addresses, by
// their ports. Node finds the Node of a name. Missing is the Pods that were left
// out because their Node is not known: where there is no Node nothing runs.
func Endpoints(service *corev1.Service, pods []*corev1.Pod, family discoveryv1.AddressType, node func(name string) *corev1.Node) (groups []Group, missing []*corev1.Pod) {
	index := map[string]int{}
	for _, pod := range pods {
		if !Has(pod) {
			continue
		}
		addresses := Addresses(pod, family)
		if len(addresses) == 0 {
			continue
		}
		var on *corev1.Node
		if pod.Spec.NodeName != "" {
			on = node(pod.Spec.NodeName)
			if on == nil && !service.Spec.PublishNotReadyAddresses {
				missing = append(missing, pod)
				continue
			}
		}
		ports := Ports(service, pod)
		key := portsKey(ports)
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, Group{Ports: ports})
		}
		groups[i].Endpoints = append(groups[i].Endpoints, endpoint(service, pod, on, addresses))
	}
	return groups, missing
}

func endpoint(service *corev1.Service, pod *corev1.Pod, node *corev1.Node, addresses []string) discoveryv1.Endpoint {
	serving, terminating := workload.Ready(pod), pod.DeletionTimestamp != nil
	// Those who know nothing of terminating endpoints go by ready alone.
	ready := service.Spec.PublishNotReadyAddresses || serving && !terminating
	e := discoveryv1.Endpoint{
		Addresses:  addresses,
		Conditions: discoveryv1.EndpointConditions{Ready: &ready, Serving: &serving, Terminating: &terminating},
		TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID},
	}
	if name := pod.Spec.NodeName; name != "" {
		e.NodeName = &name
	}
	if node != nil && node.Labels[corev1.LabelTopologyZone] != "" {
		zone := node.Labels[corev1.LabelTopologyZone]
		e.Zone = &zone
	}
	if HasHostname(service, pod) {
		name := pod.Spec.Hostname
		e.Hostname = &name
	}
	e.Hints = hints(service, &e)
	return e
}

// HasHostname reports whether the Pod has a name in DNS below the Service's.
func HasHostname(service *corev1.Service, pod *corev1.Pod) bool {
	return pod.Spec.Hostname != "" && pod.Spec.Subdomain == service.Name && pod.Namespace == service.Namespace
}

// hints says who should use an endpoint, as spec.trafficDistribution asks.
// Those that are not ready are nobody's choice.
func hints(service *corev1.Service, e *discoveryv1.Endpoint) *discoveryv1.EndpointHints {
	if service.Spec.TrafficDistribution == nil || !*e.Conditions.Ready {
		return nil
	}
	var h discoveryv1.EndpointHints
	switch *service.Spec.TrafficDistribution {
	case corev1.ServiceTrafficDistributionPreferSameNode:
		if e.NodeName != nil {
			h.ForNodes = []discoveryv1.ForNode{{Name: *e.NodeName}}
		}
	case corev1.ServiceTrafficDistributionPreferSameZone, corev1.ServiceTrafficDistributionPreferClose:
	default:
		return nil
	}
	if e.Zone != nil {
		h.ForZones = []discoveryv1.ForZone{{Name: *e.Zone}}
	}
	if h.ForNodes == nil && h.ForZones == nil {
		return nil
	}
	return &h
}

// Ports returns the ports at which the Pod serves the Service, with names
// resolved to the numbers that this Pod has for them. A port whose name the Pod
// does not have is left out.
func Ports(service *corev1.Service, pod *corev1.Pod) []discoveryv1.EndpointPort {
	ports := []discoveryv1.EndpointPort{}
	for i := range service.Spec.Ports {
		p := &service.Spec.Ports[i]
		number, ok := TargetPort(p, pod)
		if !ok {
			continue
		}
		name, protocol := p.Name, p.Protocol
		if protocol == "" {
			protocol = corev1.ProtocolTCP
		}
		ports = append(ports, discoveryv1.EndpointPort{Name: &name, Protocol: &protocol, Port: &number, AppProtocol: p.AppProtocol})
	}
	return ports
}

// TargetPort returns the number that the Pod has for a port of a Service.
func TargetPort(p *corev1.ServicePort, pod *corev1.Pod) (int32, bool) {
	if p.TargetPort.Type == intstr.Int {
		if p.TargetPort.IntVal == 0 {
			return p.Port, true
		}
		return p.TargetPort.IntVal, true
	}
	named := func(containers []corev1.Container, sidecarsOnly bool) (int32, bool) {
		for i := range containers {
			if sidecarsOnly && !corev1.IsSidecar(&containers[i]) {
				continue
			}
			for _, port := range containers[i].Ports {
				if port.Name == p.TargetPort.StrVal && protocolOf(port.Protocol) == protocolOf(p.Protocol) {
					return port.ContainerPort, true
				}
			}
		}
		return 0, false
	}
	if n, ok := named(pod.Spec.Containers, false); ok {
		return n, true
	}
	return named(pod.Spec.InitContainers, true)
}

func protocolOf(p corev1.Protocol) corev1.Protocol {
	if p == "" {
		return corev1.ProtocolTCP
	}
	return p
}

// portsKey is the same for ports that are the same, in whatever order.
func portsKey(ports []discoveryv1.EndpointPort) string {
	texts := make([]string, 0, len(ports))
	for _, p := range ports {
		var b strings.Builder
		write := func(s string) { b.WriteString(s); b.WriteByte('/') }
		if p.Name != nil {
			write(*p.Name)
		} else {
			write("")
		}
		if p.Protocol != nil {
			write(string(*p.Protocol))
		} else {
			write("TCP")
		}
		if p.Port != nil {
			write(intstr.FromInt(*p.Port).String())
		} else {
			write("")
		}
		if p.AppProtocol != nil {
			write("=" + *p.AppProtocol)
		}
		texts = append(texts, b.String())
	}
	slices.Sort(texts)
	return strings.Join(texts, "\n")
}

// reservedLabels are those that the controller itself sets; a Service's own
// must not be taken for them.
var reservedLabels = []string{discoveryv1.LabelServiceName, discoveryv1.LabelManagedBy, corev1.IsHeadlessService}

// labelsFor returns the labels of the Service's slices: its own, and those by
// which slices are found.
func labelsFor(service *corev1.Service) map[string]string {
	labels := map[string]string{discoveryv1.LabelServiceName: service.Name, discoveryv1.LabelManagedBy: ManagedBy}
	for k, v := range service.Labels {
		if !slices.Contains(reservedLabels, k) {
			labels[k] = v
		}
	}
	if service.Spec.ClusterIP == corev1.ClusterIPNone {
		labels[corev1.IsHeadlessService] = ""
	}
	return labels
}

var serviceKind = meta.GroupVersionKind{Version: "v1", Kind: "Service"}
