package registry

import (
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// What the type of a Service makes of its fields.

func wantsClusterIP(s *corev1.Service) bool {
	return hasAddress(s) && !isHeadless(s)
}

func hasAddress(s *corev1.Service) bool {
	return s.Spec.Type != corev1.ServiceTypeExternalName
}

func isHeadless(s *corev1.Service) bool {
	return s.Spec.ClusterIP == corev1.ClusterIPNone || len(s.Spec.ClusterIPs) > 0 && s.Spec.ClusterIPs[0] == corev1.ClusterIPNone
}

func wantsNodePorts(s *corev1.Service) bool {
	return s.Spec.Type == corev1.ServiceTypeNodePort || s.Spec.Type == corev1.ServiceTypeLoadBalancer
}

func wantsHealthPort(s *corev1.Service) bool {
	return s.Spec.Type == corev1.ServiceTypeLoadBalancer && s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
}

// keepClusterIPsInStep makes clusterIPs follow clusterIP, which older clients
// alone know. old is nil for a new Service.
func keepClusterIPsInStep(s, old *corev1.Service) {
	spec := &s.Spec
	if old == nil {
		if spec.ClusterIP != "" && len(spec.ClusterIPs) == 0 {
			spec.ClusterIPs = []string{spec.ClusterIP}
		}
		return
	}
	if spec.ClusterIP == old.Spec.ClusterIP || !slices.Equal(spec.ClusterIPs, old.Spec.ClusterIPs) {
		if spec.ClusterIP != "" && len(spec.ClusterIPs) == 0 && len(old.Spec.ClusterIPs) == 0 {
			spec.ClusterIPs = []string{spec.ClusterIP}
		}
		return
	}
	switch {
	case spec.ClusterIP == "":
		spec.ClusterIPs = nil
	case len(spec.ClusterIPs) == 0:
		spec.ClusterIPs = []string{spec.ClusterIP}
	default:
		spec.ClusterIPs = append([]string{spec.ClusterIP}, spec.ClusterIPs[1:]...)
	}
}

// keepAllocated puts back what the server gave the Service before and the
// client left out.
func keepAllocated(s, old *corev1.Service) {
	spec, was := &s.Spec, &old.Spec
	if hasAddress(s) && hasAddress(old) {
		if spec.ClusterIP == "" && len(spec.ClusterIPs) == 0 {
			spec.ClusterIP = was.ClusterIP
		}
		if len(spec.ClusterIPs) == 0 && spec.ClusterIP == was.ClusterIP {
			spec.ClusterIPs = slices.Clone(was.ClusterIPs)
		}
	}
	if wantsNodePorts(s) && wantsNodePorts(old) {
		keepNodePorts(spec.Ports, was.Ports)
	}
	if wantsHealthPort(s) && wantsHealthPort(old) && spec.HealthCheckNodePort == 0 {
		spec.HealthCheckNodePort = was.HealthCheckNodePort
	}
	if hasAddress(s) && hasAddress(old) {
		if spec.IPFamilyPolicy == nil {
			spec.IPFamilyPolicy = was.IPFamilyPolicy
		}
		if len(spec.IPFamilies) == 0 {
			spec.IPFamilies = slices.Clone(was.IPFamilies)
		}
	}
}

func keepNodePorts(ports, was []corev1.ServicePort) {
	type key struct {
		protocol corev1.Protocol
		port     int32
	}
	before := map[key]int32{}
	for _, p := range was {
		before[key{p.Protocol, p.Port}] = p.NodePort
	}
	used := map[[2]any]bool{}
	for _, p := range ports {
		used[[2]any{p.Protocol, p.NodePort}] = true
	}
	for i := range ports {
		p := &ports[i]
		if p.NodePort != 0 {
			continue
		}
		if port := before[key{p.Protocol, p.Port}]; port != 0 && !used[[2]any{p.Protocol, port}] {
			p.NodePort = port
			used[[2]any{p.Protocol, port}] = true
		}
	}
}

// dropForType clears what the new type does not have and the client has not
// touched: otherwise a change of type alone would never be valid.
func dropForType(s, old *corev1.Service) {
	spec, was := &s.Spec, &old.Spec
	if hasAddress(old) && !hasAddress(s) {
		if spec.ClusterIP == was.ClusterIP && slices.Equal(spec.ClusterIPs, was.ClusterIPs) {
			spec.ClusterIP, spec.ClusterIPs = "", nil
		}
		if slices.Equal(spec.IPFamilies, was.IPFamilies) {
			spec.IPFamilies = nil
		}
		if samePointee(spec.IPFamilyPolicy, was.IPFamilyPolicy) {
			spec.IPFamilyPolicy = nil
		}
		if samePointee(spec.InternalTrafficPolicy, was.InternalTrafficPolicy) {
			spec.InternalTrafficPolicy = nil
		}
	}
	if wantsNodePorts(old) && !wantsNodePorts(s) && noNewNodePorts(spec.Ports, was.Ports) {
		for i := range spec.Ports {
			spec.Ports[i].NodePort = 0
		}
	}
	if wantsHealthPort(old) && !wantsHealthPort(s) && spec.HealthCheckNodePort == was.HealthCheckNodePort {
		spec.HealthCheckNodePort = 0
	}
	balanced := func(s *corev1.Service) bool { return s.Spec.Type == corev1.ServiceTypeLoadBalancer }
	if balanced(old) && !balanced(s) {
		if samePointee(spec.AllocateLoadBalancerNodePorts, was.AllocateLoadBalancerNodePorts) {
			spec.AllocateLoadBalancerNodePorts = nil
		}
		if samePointee(spec.LoadBalancerClass, was.LoadBalancerClass) {
			spec.LoadBalancerClass = nil
		}
	}
	external := func(s *corev1.Service) bool { return wantsNodePorts(s) || len(s.Spec.ExternalIPs) > 0 && hasAddress(s) }
	if external(old) && !external(s) && spec.ExternalTrafficPolicy == was.ExternalTrafficPolicy {
		spec.ExternalTrafficPolicy = ""
	}
}

// noNewNodePorts says that ports ask for no other node ports than there were:
// ports may come and go.
func noNewNodePorts(ports, were []corev1.ServicePort) bool {
	return !slices.ContainsFunc(ports, func(p corev1.ServicePort) bool {
		return p.NodePort != 0 && !slices.ContainsFunc(were, func(o corev1.ServicePort) bool { return o.NodePort == p.NodePort })
	})
}

func samePointee[T comparable](a, b *T) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}
