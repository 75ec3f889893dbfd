package networkingv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Version declares the resources of networking.k8s.io/v1.
func Version() scheme.Version {
	return scheme.Version{
		Name:   "v1",
		Source: typesSource,
		Resources: []*scheme.Resource{
			ingressclasses(),
			ingresses(),
			ipaddresses(),
			networkpolicies(),
			servicecidrs(),
		},
	}
}

func ingressclasses() *scheme.Resource {
	return scheme.Define[IngressClass, IngressClassList](scheme.Spec[IngressClass]{
		Name: "ingressclasses",
	})
}

func ingresses() *scheme.Resource {
	return scheme.Define[Ingress, IngressList](scheme.Spec[Ingress]{
		Name:          "ingresses",
		ShortNames:    []string{"ing"},
		Namespaced:    true,
		StoragePrefix: "ingress",
		Status:        &scheme.Status[Ingress]{},
	})
}

func ipaddresses() *scheme.Resource {
	return scheme.Define[IPAddress, IPAddressList](scheme.Spec[IPAddress]{
		Name:       "ipaddresses",
		ShortNames: []string{"ip"},
	})
}

func networkpolicies() *scheme.Resource {
	return scheme.Define[NetworkPolicy, NetworkPolicyList](scheme.Spec[NetworkPolicy]{
		Name:       "networkpolicies",
		ShortNames: []string{"netpol"},
		Namespaced: true,
	})
}

func servicecidrs() *scheme.Resource {
	return scheme.Define[ServiceCIDR, ServiceCIDRList](scheme.Spec[ServiceCIDR]{
		Name:   "servicecidrs",
		Status: &scheme.Status[ServiceCIDR]{},
	})
}
