package corev1

import (
	"fmt"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// ValidateService finds every fault of a Service that is about to be made. What
// the cluster gives out, addresses and node ports, may still be missing.
func ValidateService(s *Service) validate.Errors {
	spec, p := &s.Spec, specPath
	return validate.All(
		validate.ObjectMeta(metadataPath, &s.ObjectMeta, true, names.DNSLabel),
		require(len(spec.Ports) > 0 || isHeadless(spec) || spec.Type == ServiceTypeExternalName, p.Child("ports"), ""),
		serviceFitsType(p, spec),
		servicePorts(p.Child("ports"), spec),
		validate.Labels(p.Child("selector"), spec.Selector),
		validate.OneOf(p.Child("sessionAffinity"), spec.SessionAffinity, ServiceAffinityClientIP, ServiceAffinityNone),
		sessionAffinity(p.Child("sessionAffinityConfig"), spec),
		validate.When(spec.Type != ServiceTypeExternalName, func() validate.Errors { return clusterAddresses(p, spec) }),
		validate.Each(p.Child("externalIPs"), spec.ExternalIPs, func(p validate.Path, ip *string) validate.Errors {
			return append(validate.String(p, *ip, names.IP), nonSpecialIP(p, *ip)...)
		}),
		validate.OneOf(p.Child("type"), spec.Type, ServiceTypeClusterIP, ServiceTypeExternalName, ServiceTypeLoadBalancer, ServiceTypeNodePort),
		loadBalancerFields(p, s),
		externalTraffic(p, spec),
		validate.IfSet(p.Child("internalTrafficPolicy"), spec.InternalTrafficPolicy, isOneOf(ServiceInternalTrafficPolicyCluster, ServiceInternalTrafficPolicyLocal)),
		validate.IfSet(p.Child("trafficDistribution"), spec.TrafficDistribution,
			isOneOf(ServiceTrafficDistributionPreferClose, ServiceTrafficDistributionPreferSameZone, ServiceTrafficDistributionPreferSameNode)),
	)
}

// kubeletPort is the kubelet's, on every node; no load balancer may lead there.
const kubeletPort = 10250

// serviceFitsType checks what some types must have and others may not.
func serviceFitsType(p validate.Path, s *ServiceSpec) validate.Errors {
	const notForNames = "may not be set for ExternalName services"
	headless := func(of string) validate.Errors {
		return must(!isHeadless(s), p.Child("clusterIPs").Index(0), ClusterIPNone, "may not be set to 'None' for "+of+" services")
	}
	switch s.Type {
	case ServiceTypeLoadBalancer:
		return append(headless("LoadBalancer"), validate.Each(p.Child("ports"), s.Ports, func(p validate.Path, port *ServicePort) validate.Errors {
			return must(port.Port != kubeletPort, p, port.Port, fmt.Sprintf("may not expose port %v externally since it is used by kubelet", kubeletPort))
		})...)
	case ServiceTypeNodePort:
		return headless("NodePort")
	case ServiceTypeExternalName:
		return validate.All(
			forbid(len(s.ClusterIPs) > 0 || s.ClusterIP != "", p.Child("clusterIPs"), notForNames),
			forbid(len(s.IPFamilies) > 0, p.Child("ipFamilies"), notForNames),
			forbid(s.IPFamilyPolicy != nil, p.Child("ipFamilyPolicy"), notForNames),
			validate.Named(p.Child("externalName"), strings.TrimSuffix(s.ExternalName, "."), names.DNSSubdomain),
		)
	case ServiceTypeClusterIP:
		return validate.Each(p.Child("ports"), s.Ports, func(p validate.Path, port *ServicePort) validate.Errors {
			return forbid(port.NodePort != 0, p.Child("nodePort"), "may not be used when `type` is 'ClusterIP'")
		})
	}
	return nil
}

func servicePorts(p validate.Path, s *ServiceSpec) validate.Errors {
	type key struct {
		protocol Protocol
		port     int32
	}
	named, nodePorts, ports := map[string]bool{}, map[key]bool{}, map[key]bool{}
	return validate.Each(p, s.Ports, func(p validate.Path, port *ServicePort) validate.Errors {
		var errs validate.Errors
		switch {
		case port.Name == "":
			errs = require(len(s.Ports) == 1, p.Child("name"), "")
		case named[port.Name]:
			errs = append(validate.String(p.Child("name"), port.Name, names.DNSLabel), validate.Duplicate(p.Child("name"), port.Name)...)
		default:
			errs = validate.String(p.Child("name"), port.Name, names.DNSLabel)
		}
		named[port.Name] = true
		errs = append(errs, validate.All(
			validate.Port(p.Child("port"), port.Port),
			protocol(p.Child("protocol"), port.Protocol),
			portOrName(p.Child("targetPort"), port.TargetPort),
			validate.IfSet(p.Child("appProtocol"), port.AppProtocol, validate.Matches[string](names.QualifiedName)),
		)...)
		if k := (key{port.Protocol, port.NodePort}); port.NodePort != 0 {
			if nodePorts[k] {
				errs = append(errs, validate.Duplicate(p.Child("nodePort"), port.NodePort)...)
			}
			nodePorts[k] = true
		}
		k := key{port.Protocol, port.Port}
		if ports[k] {
			errs = append(errs, validate.Duplicate(p, ServicePort{Protocol: port.Protocol, Port: port.Port})...)
		}
		ports[k] = true
		return errs
	})
}

const maxAffinitySeconds = 86400

func sessionAffinity(p validate.Path, s *ServiceSpec) validate.Errors {
	const needed = "when session affinity type is ClientIP"
	c, client := s.SessionAffinityConfig, p.Child("clientIP")
	switch {
	case s.SessionAffinity == ServiceAffinityNone:
		return forbid(c != nil, p, "must not be set when session affinity is None")
	case s.SessionAffinity != ServiceAffinityClientIP:
		return nil
	case c == nil:
		return validate.Required(p, needed)
	case c.ClientIP == nil:
		return validate.Required(client, needed)
	case c.ClientIP.TimeoutSeconds == nil:
		return validate.Required(client.Child("timeoutSeconds"), needed)
	}
	n := *c.ClientIP.TimeoutSeconds
	return must(0 < n && n <= maxAffinitySeconds, client.Child("timeoutSeconds"), n, fmt.Sprintf("must be greater than 0 and less than %d", maxAffinitySeconds))
}

// clusterAddresses checks clusterIP, clusterIPs and the families that they are of.
func clusterAddresses(p validate.Path, s *ServiceSpec) validate.Errors {
	ips, families := p.Child("clusterIPs"), p.Child("ipFamilies")
	var errs validate.Errors
	switch {
	case s.ClusterIP == "":
		errs = must(len(s.ClusterIPs) == 0, ips, s.ClusterIPs, "must be empty when `clusterIP` is not specified")
	case len(s.ClusterIPs) == 0:
		errs = validate.Required(ips, "")
	default:
		errs = must(s.ClusterIPs[0] == s.ClusterIP, ips, s.ClusterIPs, "first value must match `clusterIP`")
	}
	errs = append(errs, validate.All(
		validate.Each(families, s.IPFamilies, func(p validate.Path, f *IPFamily) validate.Errors {
			return validate.In(p, *f, IPv4Protocol, IPv6Protocol)
		}),
		validate.Unique(families, s.IPFamilies),
		validate.IfSet(p.Child("ipFamilyPolicy"), s.IPFamilyPolicy, isOneOf(IPFamilyPolicyPreferDualStack, IPFamilyPolicyRequireDualStack, IPFamilyPolicySingleStack)),
	)...)
	i := -1
	malformed := validate.Each(ips, s.ClusterIPs, func(p validate.Path, ip *string) validate.Errors {
		if i++; i == 0 && *ip == ClusterIPNone {
			return must(len(s.ClusterIPs) == 1, ips, s.ClusterIPs, "'None' must be the first and only value")
		}
		return validate.String(p, *ip, names.IP)
	})
	errs = append(errs, malformed...)
	errs = append(errs, must(len(s.ClusterIPs) <= 2, ips, s.ClusterIPs, "may only hold up to 2 values")...)
	if len(malformed) > 0 {
		return errs
	}
	errs = append(errs, must(onePerFamily(s.ClusterIPs), ips, s.ClusterIPs, "may specify no more than one IP for each IP family")...)
	if isHeadless(s) || len(errs) > 0 {
		return errs
	}
	for i, ip := range s.ClusterIPs[:min(len(s.ClusterIPs), len(s.IPFamilies))] {
		family := IPv4Protocol
		if strings.Contains(ip, ":") {
			family = IPv6Protocol
		}
		errs = append(errs, must(family == s.IPFamilies[i], ips.Index(i), ip, fmt.Sprintf("expected an %s value as indicated by `ipFamilies[%v]`", s.IPFamilies[i], i))...)
	}
	return errs
}

// loadBalancerFields checks what only load balancers have.
func loadBalancerFields(p validate.Path, svc *Service) validate.Errors {
	const only = "may only be used when `type` is 'LoadBalancer'"
	s := &svc.Spec
	balanced := s.Type == ServiceTypeLoadBalancer
	ranges := p.Child("LoadBalancerSourceRanges")
	errs := forbid(len(s.LoadBalancerSourceRanges) > 0 && !balanced, ranges, only)
	errs = append(errs, validate.Each(ranges, s.LoadBalancerSourceRanges, func(p validate.Path, r *string) validate.Errors {
		return validate.String(p, strings.TrimSpace(*r), names.CIDR)
	})...)
	if list, ok := svc.Annotations[AnnotationLoadBalancerSourceRangesKey]; ok && len(s.LoadBalancerSourceRanges) == 0 {
		at := metadataPath.Child("annotations").Key(AnnotationLoadBalancerSourceRangesKey)
		errs = append(errs, forbid(!balanced, at, only)...)
		if list = strings.TrimSpace(list); balanced && list != "" {
			for r := range strings.SplitSeq(list, ",") {
				if len(names.CIDR(strings.TrimSpace(r))) > 0 {
					errs = append(errs, validate.Invalid(at, list, "must be a comma separated list of CIDRs e.g. 192.168.0.0/16,10.0.0.0/8")...)
					break
				}
			}
		}
	}
	return validate.All(errs,
		forbid(s.AllocateLoadBalancerNodePorts != nil && !balanced, p.Child("allocateLoadBalancerNodePorts"), only),
		require(!balanced || s.AllocateLoadBalancerNodePorts != nil, p.Child("allocateLoadBalancerNodePorts"), ""),
		validate.IfSet(p.Child("loadBalancerClass"), s.LoadBalancerClass, func(p validate.Path, class string) validate.Errors {
			if !balanced {
				return validate.Forbidden(p, only)
			}
			return validate.LabelKey(p, class)
		}),
	)
}

func externalTraffic(p validate.Path, s *ServiceSpec) validate.Errors {
	policy, port := p.Child("externalTrafficPolicy"), p.Child("healthCheckNodePort")
	var errs validate.Errors
	if isExternallyAccessible(s) {
		errs = validate.OneOf(policy, s.ExternalTrafficPolicy, ServiceExternalTrafficPolicyCluster, ServiceExternalTrafficPolicyLocal)
	} else {
		errs = must(s.ExternalTrafficPolicy == "", policy, s.ExternalTrafficPolicy, "may only be set for externally-accessible services")
	}
	if s.HealthCheckNodePort == 0 {
		return errs
	}
	if needsHealthCheck(s) {
		return append(errs, validate.Port(port, s.HealthCheckNodePort)...)
	}
	return append(errs, validate.Invalid(port, s.HealthCheckNodePort, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")...)
}

// ValidateServiceUpdate finds every fault of a Service that is about to replace
// old. Its addresses stay, but for a second one that may come and go.
func ValidateServiceUpdate(s, old *Service) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &s.ObjectMeta, &old.ObjectMeta),
		addressesStay(specPath, &s.Spec, &old.Spec),
		familiesStay(specPath.Child("ipFamilies"), &s.Spec, &old.Spec),
		loadBalancerClassStays(specPath.Child("loadBalancerClass"), &s.Spec, &old.Spec),
		ValidateService(s),
	)
}

// ValidateServiceAddresses finds the faults of a Service's cluster IPs and their
// families alone: what a server looks at before it gives the Service some.
func ValidateServiceAddresses(s *Service) validate.Errors {
	return clusterAddresses(specPath, &s.Spec)
}

func addressesStay(p validate.Path, s, old *ServiceSpec) validate.Errors {
	if s.Type == ServiceTypeExternalName || old.Type == ServiceTypeExternalName || isHeadless(s) && isHeadless(old) {
		return nil
	}
	ips := p.Child("clusterIPs")
	const stays = "may not change once set"
	switch n, was := len(s.ClusterIPs), len(old.ClusterIPs); {
	case n == was:
		var errs validate.Errors
		for i := range s.ClusterIPs {
			errs = append(errs, must(s.ClusterIPs[i] == old.ClusterIPs[i], ips.Index(i), s.ClusterIPs, stays)...)
		}
		return errs
	case n == 0:
		return validate.Invalid(ips.Index(0), s.ClusterIPs, "primary clusterIP can not be unset")
	case was == 0:
		return nil
	case n < was:
		return append(must(s.ClusterIPs[0] == old.ClusterIPs[0], ips.Index(0), s.ClusterIPs, stays),
			must(s.IPFamilyPolicy != nil && *s.IPFamilyPolicy == IPFamilyPolicySingleStack, p.Child("ipFamilyPolicy"), s.IPFamilyPolicy,
				"must be set to 'SingleStack' when releasing the secondary clusterIP")...)
	}
	return must(s.ClusterIPs[0] == old.ClusterIPs[0], ips.Index(0), s.ClusterIPs, stays)
}

func familiesStay(p validate.Path, s, old *ServiceSpec) validate.Errors {
	if s.Type == ServiceTypeExternalName || old.Type == ServiceTypeExternalName || isHeadless(s) != isHeadless(old) || len(old.IPFamilies) == 0 {
		return nil
	}
	if len(s.IPFamilies) == 0 {
		return validate.Invalid(p.Index(0), s.IPFamilies, "primary ipFamily can not be unset")
	}
	// A headless Service without selector may change its mind.
	if isHeadless(s) && len(s.Selector) == 0 {
		return nil
	}
	return must(s.IPFamilies[0] == old.IPFamilies[0], p.Index(0), s.IPFamilies, "may not change once set")
}

func loadBalancerClassStays(p validate.Path, s, old *ServiceSpec) validate.Errors {
	if s.Type != ServiceTypeLoadBalancer || old.Type != ServiceTypeLoadBalancer || validate.Equal(s.LoadBalancerClass, old.LoadBalancerClass) {
		return nil
	}
	return validate.Invalid(p, s.LoadBalancerClass, "may not change once set")
}

// ValidateServiceStatusUpdate finds every fault of a Service's status.
func ValidateServiceStatusUpdate(s, old *Service) validate.Errors {
	ingress := statusPath.Child("loadBalancer", "ingress")
	errs := validate.ObjectMetaUpdate(metadataPath, &s.ObjectMeta, &old.ObjectMeta)
	if s.Spec.Type != ServiceTypeLoadBalancer && len(s.Status.LoadBalancer.Ingress) > 0 {
		return append(errs, validate.Forbidden(ingress, "may only be used when `spec.type` is 'LoadBalancer'")...)
	}
	return append(errs, validate.Each(ingress, s.Status.LoadBalancer.Ingress, loadBalancerIngress)...)
}

func loadBalancerIngress(p validate.Path, in *LoadBalancerIngress) validate.Errors {
	return validate.All(
		optional(p.Child("ip"), in.IP, names.IP),
		require(in.IP == "" || in.IPMode != nil, p.Child("ipMode"), "must be specified when `ip` is set"),
		forbid(in.IP == "" && in.IPMode != nil, p.Child("ipMode"), "may not be specified when `ip` is not set"),
		validate.When(in.IP != "", func() validate.Errors {
			return validate.IfSet(p.Child("ipMode"), in.IPMode, isOneOf(LoadBalancerIPModeProxy, LoadBalancerIPModeVIP))
		}),
		optional(p.Child("hostname"), in.Hostname, names.DNSSubdomain),
		must(in.Hostname == "" || len(names.IP(in.Hostname)) > 0, p.Child("hostname"), in.Hostname, "must be a DNS name, not an IP address"),
	)
}
