package networkingv1

import (
	"net/netip"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func networkpolicies() *scheme.Resource {
	return scheme.Define[NetworkPolicy, NetworkPolicyList](scheme.Spec[NetworkPolicy]{
		Name:           "networkpolicies",
		ShortNames:     []string{"netpol"},
		Namespaced:     true,
		Default:        DefaultNetworkPolicy,
		Validate:       ValidateNetworkPolicy,
		ValidateUpdate: ValidateNetworkPolicyUpdate,
		SpecChanged:    func(n, old *NetworkPolicy) bool { return !validate.Equal(n.Spec, old.Spec) },
		Columns: []scheme.Column[NetworkPolicy]{
			scheme.NameColumn[NetworkPolicy](),
			{Name: "Pod-Selector", Help: cells.Help("networkpolicies", "Pod-Selector"), Cell: func(n *NetworkPolicy) any { return cells.Selector(&n.Spec.PodSelector) }},
			scheme.AgeColumn[NetworkPolicy](),
		},
	})
}

// DefaultNetworkPolicy fills in what the author of a policy left out: what it
// speaks of is what it has rules for, and always what comes in.
func DefaultNetworkPolicy(n *NetworkPolicy) {
	s := &n.Spec
	protocols := func(ports []NetworkPolicyPort) {
		for i := range ports {
			rules.Default(&ports[i].Protocol, corev1.ProtocolTCP)
		}
	}
	for i := range s.Ingress {
		protocols(s.Ingress[i].Ports)
	}
	for i := range s.Egress {
		protocols(s.Egress[i].Ports)
	}
	if len(s.PolicyTypes) > 0 {
		return
	}
	s.PolicyTypes = []PolicyType{PolicyTypeIngress}
	if len(s.Egress) > 0 {
		s.PolicyTypes = append(s.PolicyTypes, PolicyTypeEgress)
	}
}

// ValidateNetworkPolicy finds every fault of a policy that is about to be made.
func ValidateNetworkPolicy(n *NetworkPolicy) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &n.ObjectMeta, true, names.DNSSubdomain), networkPolicySpec(rules.Spec, &n.Spec)...)
}

// ValidateNetworkPolicyUpdate finds every fault of a policy that is about to replace old.
func ValidateNetworkPolicyUpdate(n, old *NetworkPolicy) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &n.ObjectMeta, &old.ObjectMeta), networkPolicySpec(rules.Spec, &n.Spec)...)
}

func networkPolicySpec(p validate.Path, s *NetworkPolicySpec) validate.Errors {
	types := p.Child("policyTypes")
	errs := validate.All(
		validate.LabelSelector(p.Child("podSelector"), &s.PodSelector),
		validate.Each(p.Child("ingress"), s.Ingress, func(p validate.Path, r *NetworkPolicyIngressRule) validate.Errors {
			return append(validate.Each(p.Child("ports"), r.Ports, policyPort), validate.Each(p.Child("from"), r.From, policyPeer)...)
		}),
		validate.Each(p.Child("egress"), s.Egress, func(p validate.Path, r *NetworkPolicyEgressRule) validate.Errors {
			return append(validate.Each(p.Child("ports"), r.Ports, policyPort), validate.Each(p.Child("to"), r.To, policyPeer)...)
		}),
	)
	if len(s.PolicyTypes) > 2 {
		return append(errs, validate.Invalid(types, s.PolicyTypes, "may not specify more than two policyTypes")...)
	}
	return append(errs, validate.Each(types, s.PolicyTypes, func(p validate.Path, t *PolicyType) validate.Errors {
		return validate.In(p, *t, PolicyTypeIngress, PolicyTypeEgress)
	})...)
}

func policyPort(p validate.Path, r *NetworkPolicyPort) validate.Errors {
	port, end := p.Child("port"), p.Child("endPort")
	errs := validate.IfSet(p.Child("protocol"), r.Protocol, func(p validate.Path, proto corev1.Protocol) validate.Errors {
		return validate.In(p, proto, corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP)
	})
	last := rules.ValueOf(r.EndPort)
	switch {
	case r.Port == nil:
		return append(errs, rules.Must(r.EndPort == nil, end, last, "may not be specified when `port` is not specified")...)
	case r.Port.Type == intstr.String:
		return validate.All(errs,
			rules.Must(r.EndPort == nil, end, last, "may not be specified when `port` is non-numeric"),
			validate.String(port, r.Port.StrVal, names.PortName),
		)
	}
	return validate.All(errs,
		validate.Port(port, r.Port.IntVal),
		rules.Must(r.EndPort == nil || last >= r.Port.IntVal, end, last, "must be greater than or equal to `port`"),
		validate.IfSet(end, r.EndPort, validate.Port),
	)
}

func policyPeer(p validate.Path, peer *NetworkPolicyPeer) validate.Errors {
	byLabels := peer.PodSelector != nil || peer.NamespaceSelector != nil
	return validate.All(
		validate.LabelSelector(p.Child("podSelector"), peer.PodSelector),
		validate.LabelSelector(p.Child("namespaceSelector"), peer.NamespaceSelector),
		validate.IfSet(p.Child("ipBlock"), peer.IPBlock, ipBlock),
		rules.Require(byLabels || peer.IPBlock != nil, p, "must specify a peer"),
		rules.Forbid(byLabels && peer.IPBlock != nil, p, "may not specify both ipBlock and another peer"),
	)
}

func ipBlock(p validate.Path, b IPBlock) validate.Errors {
	errs := append(validate.Declared(validate.NonEmpty(p.Child("cidr"), b.CIDR)), rules.Optional(p.Child("cidr"), b.CIDR, names.CIDR)...)
	whole, err := netip.ParsePrefix(b.CIDR)
	if err != nil {
		return errs // there is nothing to be a part of
	}
	return append(errs, validate.Each(p.Child("except"), b.Except, func(p validate.Path, text *string) validate.Errors {
		if errs := validate.String(p, *text, names.CIDR); len(errs) > 0 {
			return errs
		}
		part, _ := netip.ParsePrefix(*text)
		inside := whole.Contains(part.Addr()) && part.Bits() > whole.Bits()
		return rules.Must(inside, p, *text, "must be a strict subset of `cidr`")
	})...)
}
