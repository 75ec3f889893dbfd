package discoveryv1

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func endpointslices() *scheme.Resource {
	return scheme.Define[EndpointSlice, EndpointSliceList](scheme.Spec[EndpointSlice]{
		Name:           "endpointslices",
		Namespaced:     true,
		Columns:        columns(),
		Default:        DefaultEndpointSlice,
		Validate:       ValidateEndpointSlice,
		ValidateUpdate: ValidateEndpointSliceUpdate,
		PrepareCreate:  dropTopology,
		PrepareUpdate: func(s, old *EndpointSlice) {
			if !validate.Equal(s.Endpoints, old.Endpoints) {
				s.Generation = old.Generation + 1 // also for what is dropped now
			}
			dropTopology(s)
		},
		Warnings: func(s, old *EndpointSlice) []string {
			if s.AddressType == AddressTypeFQDN && old == nil {
				return []string{"spec.addressType: FQDN endpoints are deprecated"}
			}
			return nil
		},
		// Labels say whose the slice is, so a change of theirs counts too.
		SpecChanged: func(s, old *EndpointSlice) bool {
			return !validate.Equal(s.Endpoints, old.Endpoints) || !validate.Equal(s.Ports, old.Ports) ||
				!validate.Equal(s.Labels, old.Labels) || !validate.Equal(s.Annotations, old.Annotations)
		},
	})
}

// DefaultEndpointSlice fills in what the author of a slice left out.
func DefaultEndpointSlice(s *EndpointSlice) {
	for i := range s.Ports {
		if s.Ports[i].Name == nil {
			s.Ports[i].Name = new(string)
		}
		if s.Ports[i].Protocol == nil {
			tcp := corev1.ProtocolTCP
			s.Ports[i].Protocol = &tcp
		}
	}
}

// dropTopology drops what this version has only for reading what older ones wrote.
func dropTopology(s *EndpointSlice) {
	for i := range s.Endpoints {
		s.Endpoints[i].DeprecatedTopology = nil
	}
}

// What one slice may hold.
const (
	maxEndpoints = 1000
	maxAddresses = 100
	maxPorts     = 20000
	maxTopology  = 16
	maxHints     = 8
)

// ValidateEndpointSlice finds every fault of a slice that is about to be made.
func ValidateEndpointSlice(s *EndpointSlice) validate.Errors {
	endpoints, ports := validate.NewPath("endpoints"), validate.NewPath("ports")
	known := func(p validate.Path) validate.Errors {
		return validate.OneOf(p, s.AddressType, AddressTypeFQDN, AddressTypeIPv4, AddressTypeIPv6)
	}
	return validate.All(
		validate.ObjectMeta(validate.NewPath("metadata"), &s.ObjectMeta, true, names.DNSSubdomain),
		validate.Declared(known(validate.NewPath("addressType"))),
		validate.MaxItems(endpoints, s.Endpoints, maxEndpoints),
		validate.Each(endpoints, s.Endpoints, func(p validate.Path, e *Endpoint) validate.Errors {
			return endpoint(p, e, s.AddressType, corev1.IsAPIServer(&s.ObjectMeta))
		}),
		validate.MaxItems(ports, s.Ports, maxPorts),
		slicePorts(ports, s.Ports),
	)
}

// ValidateEndpointSliceUpdate finds every fault of a slice that is about to replace old.
func ValidateEndpointSliceUpdate(s, old *EndpointSlice) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(validate.NewPath("metadata"), &s.ObjectMeta, &old.ObjectMeta),
		ValidateEndpointSlice(s),
		validate.Declared(validate.Unchanged(validate.NewPath("addressType"), s.AddressType, old.AddressType)),
	)
}

func endpoint(p validate.Path, e *Endpoint, kind AddressType, anyAddress bool) validate.Errors {
	addresses := p.Child("addresses")
	return validate.All(
		validate.Declared(rules.Require(len(e.Addresses) > 0, addresses, "")),
		validate.Declared(validate.MaxItems(addresses, e.Addresses, maxAddresses)),
		validate.Each(addresses, e.Addresses, func(p validate.Path, a *string) validate.Errors { return address(addresses, p, *a, kind, anyAddress) }),
		validate.IfSet(p.Child("nodeName"), e.NodeName, validate.Matches[string](names.DNSSubdomain)),
		topology(p.Child("deprecatedTopology"), e.DeprecatedTopology),
		validate.IfSet(p.Child("hostname"), e.Hostname, validate.Matches[string](names.DNSLabel)),
		validate.IfSet(p.Child("hints"), e.Hints, hints),
	)
}

func address(list, p validate.Path, a string, kind AddressType, anyAddress bool) validate.Errors {
	switch kind {
	case AddressTypeFQDN:
		return validate.Named(p, a, names.FullyQualifiedDomain)
	case AddressTypeIPv4, AddressTypeIPv6:
	default:
		return nil // said of the type
	}
	if errs := validate.String(p, a, names.IP); len(errs) > 0 {
		return errs
	}
	ip, err := netip.ParseAddr(a)
	if err != nil || ip.Is4() != (kind == AddressTypeIPv4) {
		return validate.Invalid(list, a, fmt.Sprintf("must be an %s address", kind))
	}
	if canonical := ip.String(); canonical != a {
		return validate.Invalidf(p, a, "must be in canonical form (%q)", canonical)
	}
	if anyAddress {
		return nil
	}
	return special(p, ip, a)
}

// special refuses addresses that no peer can be reached at.
func special(p validate.Path, ip netip.Addr, a string) validate.Errors {
	switch {
	case ip.IsUnspecified():
		return validate.Invalid(p, a, "may not be unspecified ("+a+")")
	case ip.IsLoopback():
		return validate.Invalid(p, a, "may not be in the loopback range (127.0.0.0/8, ::1/128)")
	case ip.IsLinkLocalUnicast():
		return validate.Invalid(p, a, "may not be in the link-local range (169.254.0.0/16, fe80::/10)")
	case ip.IsLinkLocalMulticast():
		return validate.Invalid(p, a, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)")
	}
	return nil
}

func topology(p validate.Path, labels map[string]string) validate.Errors {
	errs := validate.Labels(p, labels)
	if len(labels) > maxTopology {
		errs = append(errs, validate.TooMany(p, len(labels), maxTopology)...)
	}
	if _, ok := labels[corev1.LabelHostname]; ok {
		errs = append(errs, validate.Invalid(p.Key(corev1.LabelHostname), "", "may not be set to topology, use the nodeName field instead")...)
	}
	return errs
}

func hints(p validate.Path, h EndpointHints) validate.Errors {
	zones, nodes := p.Child("forZones"), p.Child("forNodes")
	return validate.All(
		uniqueNames(zones, h.ForZones, func(z *ForZone) string { return z.Name }, names.LabelValue),
		uniqueNames(nodes, h.ForNodes, func(n *ForNode) string { return n.Name }, names.DNSSubdomain),
	)
}

// uniqueNames checks a short list of things that have only a name.
func uniqueNames[T any](p validate.Path, items []T, name func(*T) string, rule func(string) []string) validate.Errors {
	seen := map[string]bool{}
	return validate.Items(p, items, maxHints, func(p validate.Path, item *T) validate.Errors {
		p, n := p.Child("name"), name(item)
		again := seen[n]
		seen[n] = true
		return append(validate.When(again, func() validate.Errors { return validate.Duplicate(p, n) }), validate.String(p, n, rule)...)
	})
}

func slicePorts(p validate.Path, ports []EndpointPort) validate.Errors {
	name := func(port *EndpointPort) string {
		if port.Name == nil {
			return ""
		}
		return *port.Name
	}
	return append(
		validate.Each(p, ports, func(p validate.Path, port *EndpointPort) validate.Errors {
			return validate.All(
				validate.When(name(port) != "", func() validate.Errors { return validate.String(p.Child("name"), name(port), names.DNSLabel) }),
				validate.Set(p.Child("protocol"), port.Protocol, func(p validate.Path, proto corev1.Protocol) validate.Errors {
					return validate.In(p, proto, corev1.ProtocolSCTP, corev1.ProtocolTCP, corev1.ProtocolUDP)
				}),
				validate.IfSet(p.Child("appProtocol"), port.AppProtocol, validate.Matches[string](names.QualifiedName)),
			)
		}),
		validate.UniqueBy(p, ports, name, "name")...)
}

func columns() []scheme.Column[EndpointSlice] {
	return []scheme.Column[EndpointSlice]{
		scheme.NameColumn[EndpointSlice](),
		{Name: "AddressType", Help: cells.Help("endpointslices", "AddressType"), Cell: func(s *EndpointSlice) any { return string(s.AddressType) }},
		{Name: "Ports", Help: cells.Help("endpointslices", "Ports"), Cell: func(s *EndpointSlice) any { return portsCell(s.Ports) }},
		{Name: "Endpoints", Help: "endpoints is a list of unique endpoints in this slice. Each slice may include a maximum of 1000 endpoints.", Cell: func(s *EndpointSlice) any {
			var all []string
			for _, e := range s.Endpoints {
				all = append(all, e.Addresses...)
			}
			return firstFew(all)
		}},
		scheme.AgeColumn[EndpointSlice](),
	}
}

func portsCell(ports []EndpointPort) string {
	var all []string
	for _, p := range ports {
		switch {
		case p.Port != nil:
			all = append(all, strconv.Itoa(int(*p.Port)))
		case p.Name != nil && *p.Name != "":
			all = append(all, *p.Name)
		default:
			all = append(all, "*")
		}
	}
	return firstFew(all)
}

func firstFew(items []string) string {
	const most = 3
	switch {
	case len(items) == 0:
		return "<unset>"
	case len(items) > most:
		return fmt.Sprintf("%s + %d more...", strings.Join(items[:most], ","), len(items)-most)
	}
	return strings.Join(items, ",")
}
