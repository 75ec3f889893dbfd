package corev1

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func services() *scheme.Resource {
	return scheme.Define[Service, ServiceList](scheme.Spec[Service]{
		Name:          "services",
		ShortNames:    []string{"svc"},
		Categories:    []string{"all"},
		Namespaced:    true,
		StoragePrefix: "services/specs",
		Columns:       serviceColumns(),
		Fields: []scheme.SelectableField[Service]{
			{Path: "spec.clusterIP", Value: func(s *Service) string { return s.Spec.ClusterIP }},
			{Path: "spec.type", Value: func(s *Service) string { return string(s.Spec.Type) }},
		},
		Default: DefaultService,
		PrepareUpdate: func(s, _ *Service) {
			if s.Spec.Type != ServiceTypeLoadBalancer {
				s.Status.LoadBalancer = LoadBalancerStatus{} // it is no more
			}
		},
		Validate:       ValidateService,
		ValidateUpdate: ValidateServiceUpdate,
		Warnings:       serviceWarnings,
		Status:         &scheme.Status[Service]{Validate: ValidateServiceStatusUpdate},
		Subresources: []scheme.Subresource{
			{Name: "proxy", Kind: meta.GroupVersionKind{Kind: "ServiceProxyOptions"}, Verbs: []string{"create", "delete", "get", "patch", "update"}},
		},
		Options: scheme.Options{DeleteAnswersObject: true, UpdateCreates: true},
	})
}

// DefaultService fills in what the author of a Service left out, but for
// addresses and node ports, which the cluster gives out.
func DefaultService(s *Service) {
	spec := &s.Spec
	defaultTo(&spec.Type, ServiceTypeClusterIP)
	defaultTo(&spec.SessionAffinity, ServiceAffinityNone)
	switch spec.SessionAffinity {
	case ServiceAffinityNone:
		spec.SessionAffinityConfig = nil
	case ServiceAffinityClientIP:
		if spec.SessionAffinityConfig == nil {
			spec.SessionAffinityConfig = &SessionAffinityConfig{}
		}
		if spec.SessionAffinityConfig.ClientIP == nil {
			spec.SessionAffinityConfig.ClientIP = &ClientIPConfig{}
		}
		setDefault(&spec.SessionAffinityConfig.ClientIP.TimeoutSeconds, DefaultClientIPServiceAffinitySeconds)
	}
	for i := range spec.Ports {
		port := &spec.Ports[i]
		defaultTo(&port.Protocol, ProtocolTCP)
		defaultPort(&port.TargetPort, port.Port)
	}
	if isExternallyAccessible(spec) {
		defaultTo(&spec.ExternalTrafficPolicy, ServiceExternalTrafficPolicyCluster)
	}
	if spec.Type != ServiceTypeExternalName {
		setDefault(&spec.InternalTrafficPolicy, ServiceInternalTrafficPolicyCluster)
	}
	if spec.Type != ServiceTypeLoadBalancer {
		return
	}
	setDefault(&spec.AllocateLoadBalancerNodePorts, true)
	for i := range s.Status.LoadBalancer.Ingress {
		if in := &s.Status.LoadBalancer.Ingress[i]; in.IP != "" {
			setDefault(&in.IPMode, LoadBalancerIPModeVIP)
		}
	}
}

// isExternallyAccessible says whether traffic reaches the Service from outside.
func isExternallyAccessible(s *ServiceSpec) bool {
	return s.Type == ServiceTypeLoadBalancer || s.Type == ServiceTypeNodePort || s.Type == ServiceTypeClusterIP && len(s.ExternalIPs) > 0
}

// isHeadless says whether the Service has no address of its own.
func isHeadless(s *ServiceSpec) bool {
	return len(s.ClusterIPs) == 1 && s.ClusterIPs[0] == ClusterIPNone || len(s.ClusterIPs) == 0 && s.ClusterIP == ClusterIPNone
}

// needsHealthCheck says whether a load balancer must ask each node for Pods.
func needsHealthCheck(s *ServiceSpec) bool {
	return s.Type == ServiceTypeLoadBalancer && s.ExternalTrafficPolicy == ServiceExternalTrafficPolicyLocal
}

func serviceWarnings(s, old *Service) []string {
	w := warnings{}
	if old == nil && s.Annotations[DeprecatedAnnotationTopologyAwareHints] != "" {
		w.add(metadataPath.Child("annotations").Key(DeprecatedAnnotationTopologyAwareHints), "please use %s instead", AnnotationTopologyMode)
	}
	switch {
	case len(s.Spec.ExternalIPs) == 0:
	case s.Spec.Type == ServiceTypeExternalName:
		w.texts = append(w.texts, fmt.Sprintf("spec.externalIPs is ignored when spec.type is %q", ServiceTypeExternalName))
	case !isHeadless(&s.Spec):
		w.texts = append(w.texts, "spec.externalIPs is deprecated and may no longer be implemented in some clusters")
	}
	if s.Spec.ExternalName != "" && s.Spec.Type != ServiceTypeExternalName {
		w.texts = append(w.texts, fmt.Sprintf("spec.externalName is ignored when spec.type is not %q", ServiceTypeExternalName))
	}
	if isHeadless(&s.Spec) {
		if s.Spec.LoadBalancerIP != "" {
			w.texts = append(w.texts, "spec.loadBalancerIP is ignored for headless services")
		}
		if len(s.Spec.ExternalIPs) > 0 {
			w.texts = append(w.texts, "spec.externalIPs is ignored for headless services")
		}
		if s.Spec.SessionAffinity != ServiceAffinityNone {
			w.texts = append(w.texts, "spec.SessionAffinity is ignored for headless services")
		}
	}
	if valueOf(s.Spec.TrafficDistribution) == ServiceTrafficDistributionPreferClose {
		w.add(specPath.Child("trafficDistribution"), "%q is deprecated; use %q", ServiceTrafficDistributionPreferClose, ServiceTrafficDistributionPreferSameZone)
	}
	return w.texts
}

func serviceColumns() []scheme.Column[Service] {
	return []scheme.Column[Service]{
		scheme.NameColumn[Service](),
		{Name: "Type", Help: cells.Help("services", "Type"), Cell: func(s *Service) any { return string(s.Spec.Type) }},
		{Name: "Cluster-IP", Help: cells.Help("services", "Cluster-IP"), Cell: func(s *Service) any {
			if len(s.Spec.ClusterIPs) > 0 {
				return s.Spec.ClusterIPs[0]
			}
			return cells.Or(s.Spec.ClusterIP, cells.None)
		}},
		{Name: "External-IP", Help: cells.Help("services", "External-IP"), Cell: func(s *Service) any { return externalAddress(s) }},
		{Name: "Port(s)", Help: cells.Help("services", "Port(s)"), Cell: func(s *Service) any { return portsCell(s.Spec.Ports) }},
		scheme.AgeColumn[Service](),
		{Name: "Selector", Wide: true, Help: cells.Help("services", "Selector"), Cell: func(s *Service) any { return FormatLabels(s.Spec.Selector) }},
	}
}

func externalAddress(s *Service) string {
	ips := strings.Join(s.Spec.ExternalIPs, ",")
	switch s.Spec.Type {
	case ServiceTypeClusterIP, ServiceTypeNodePort:
		return cells.Or(ips, cells.None)
	case ServiceTypeExternalName:
		return s.Spec.ExternalName
	case ServiceTypeLoadBalancer:
		var all []string
		for _, in := range s.Status.LoadBalancer.Ingress {
			if address := cells.Or(in.IP, in.Hostname); address != "" {
				all = append(all, address)
			}
		}
		slices.Sort(all)
		return cells.Or(strings.Join(append(slices.Compact(all), s.Spec.ExternalIPs...), ","), "<pending>")
	}
	return cells.Unknown
}

func portsCell(ports []ServicePort) string {
	all := make([]string, len(ports))
	for i, p := range ports {
		all[i] = fmt.Sprintf("%d/%s", p.Port, p.Protocol)
		if p.NodePort > 0 {
			all[i] = fmt.Sprintf("%d:%d/%s", p.Port, p.NodePort, p.Protocol)
		}
	}
	return cells.Or(strings.Join(all, ","), cells.None)
}
