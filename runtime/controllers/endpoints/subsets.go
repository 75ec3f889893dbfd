package endpoints

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/controllers/endpointslice"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// maxAddresses is how many addresses an object holds.
const maxAddresses = 1000

// Subsets returns the addresses of a Service's Pods: those that have their
// ports in common together, in an order that depends on nothing but them.
// Truncated is true if there were too many.
func Subsets(service *corev1.Service, pods []*corev1.Pod) (subsets []corev1.EndpointSubset, truncated bool) {
	family := endpointslice.AddressTypes(service)[0]
	type place struct {
		ready bool
		addr  corev1.EndpointAddress
		ports []corev1.EndpointPort
	}
	var places []place
	for _, pod := range pods {
		if !endpointslice.Has(pod) || pod.DeletionTimestamp != nil && !service.Spec.PublishNotReadyAddresses {
			continue
		}
		ips := endpointslice.Addresses(pod, family)
		if len(ips) == 0 {
			continue
		}
		addr := corev1.EndpointAddress{IP: ips[0], TargetRef: &corev1.ObjectReference{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID}}
		if name := pod.Spec.NodeName; name != "" {
			addr.NodeName = &name
		}
		if endpointslice.HasHostname(service, pod) {
			addr.Hostname = pod.Spec.Hostname
		}
		ports := portsOf(service, pod)
		if len(ports) == 0 && len(service.Spec.Ports) > 0 {
			continue // it has none of them
		}
		places = append(places, place{workload.Ready(pod) || service.Spec.PublishNotReadyAddresses, addr, ports})
	}
	// Ready ones first, so that they are the last to be left out.
	slices.SortStableFunc(places, func(a, b place) int {
		switch {
		case a.ready != b.ready && a.ready:
			return -1
		case a.ready != b.ready:
			return 1
		}
		return compareAddresses(&a.addr, &b.addr)
	})
	if len(places) > maxAddresses {
		places, truncated = places[:maxAddresses], true
	}
	index := map[string]int{}
	for _, p := range places {
		key := keyOf(p.ports)
		i, ok := index[key]
		if !ok {
			i = len(subsets)
			index[key] = i
			subsets = append(subsets, corev1.EndpointSubset{Ports: p.ports})
		}
		if p.ready {
			subsets[i].Addresses = append(subsets[i].Addresses, p.addr)
		} else {
			subsets[i].NotReadyAddresses = append(subsets[i].NotReadyAddresses, p.addr)
		}
	}
	slices.SortFunc(subsets, func(a, b corev1.EndpointSubset) int { return strings.Compare(keyOf(a.Ports), keyOf(b.Ports)) })
	return subsets, truncated
}

func compareAddresses(a, b *corev1.EndpointAddress) int {
	x, err1 := netip.ParseAddr(a.IP)
	y, err2 := netip.ParseAddr(b.IP)
	if err1 == nil && err2 == nil {
		if c := x.Compare(y); c != 0 {
			return c
		}
	}
	return strings.Compare(string(a.TargetRef.UID), string(b.TargetRef.UID))
}

func portsOf(service *corev1.Service, pod *corev1.Pod) []corev1.EndpointPort {
	var ports []corev1.EndpointPort
	for _, p := range endpointslice.Ports(service, pod) {
		ports = append(ports, corev1.EndpointPort{Name: *p.Name, Port: *p.Port, Protocol: *p.Protocol, AppProtocol: p.AppProtocol})
	}
	slices.SortFunc(ports, func(a, b corev1.EndpointPort) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Port, b.Port))
	})
	return ports
}

func keyOf(ports []corev1.EndpointPort) string {
	var b strings.Builder
	for _, p := range ports {
		b.WriteString(p.Name + "/" + string(p.Protocol) + "/")
		b.WriteString(strconv.Itoa(int(p.Port)))
		if p.AppProtocol != nil {
			b.WriteString("=" + *p.AppProtocol)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
