package corev1

import (
	"net"
	"strconv"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func endpoints() *scheme.Resource {
	return scheme.Define[Endpoints, EndpointsList](scheme.Spec[Endpoints]{
		Name:          "endpoints",
		ShortNames:    []string{"ep"},
		Namespaced:    true,
		StoragePrefix: "services/endpoints",
		Default:       DefaultEndpoints,
		Validate:      ValidateEndpoints,
		Columns: []scheme.Column[Endpoints]{
			scheme.NameColumn[Endpoints](),
			{Name: "Endpoints", Help: cells.Help("endpoints", "Endpoints"), Cell: func(e *Endpoints) any {
				if len(e.Subsets) == 0 {
					return cells.None
				}
				return cells.FirstFew(readyEndpoints(e), 3, "") // there are some, but none that is ready
			}},
			scheme.AgeColumn[Endpoints](),
		},
		Options: scheme.Options{UpdateCreates: true, Deprecated: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"},
	})
}

func readyEndpoints(e *Endpoints) []string {
	var all []string
	for _, s := range e.Subsets {
		if len(s.Ports) == 0 { // of a Service without ports
			for _, a := range s.Addresses {
				all = append(all, a.IP)
			}
		}
		for _, port := range s.Ports {
			for _, a := range s.Addresses {
				all = append(all, net.JoinHostPort(a.IP, strconv.Itoa(int(port.Port))))
			}
		}
	}
	return all
}

// DefaultEndpoints fills in what the author of Endpoints left out.
func DefaultEndpoints(e *Endpoints) {
	for i := range e.Subsets {
		for j := range e.Subsets[i].Ports {
			defaultTo(&e.Subsets[i].Ports[j].Protocol, ProtocolTCP)
		}
	}
}

// ValidateEndpoints finds every fault of Endpoints that are about to be made.
func ValidateEndpoints(e *Endpoints) validate.Errors {
	address := endpointAddress
	if IsAPIServer(&e.ObjectMeta) {
		address = func(p validate.Path, a *EndpointAddress) validate.Errors {
			return validate.String(p.Child("ip"), a.IP, names.IP)
		}
	}
	return append(validate.ObjectMeta(metadataPath, &e.ObjectMeta, true, names.DNSSubdomain),
		validate.Each(validate.NewPath("subsets"), e.Subsets, func(p validate.Path, s *EndpointSubset) validate.Errors {
			return endpointSubset(p, s, address)
		})...)
}

// IsAPIServer reports whether an object is the Service "kubernetes" or its
// endpoints. A cluster of one machine may serve its API at a loopback address,
// which no other endpoint may have.
func IsAPIServer(m *meta.ObjectMeta) bool {
	return m.Name == "kubernetes" && m.Namespace == meta.NamespaceDefault
}

func endpointSubset(p validate.Path, s *EndpointSubset, address func(validate.Path, *EndpointAddress) validate.Errors) validate.Errors {
	return validate.All(
		require(len(s.Addresses)+len(s.NotReadyAddresses) > 0, p, "must specify `addresses` or `notReadyAddresses`"),
		validate.Each(p.Child("addresses"), s.Addresses, address),
		validate.Each(p.Child("notReadyAddresses"), s.NotReadyAddresses, address),
		validate.Each(p.Child("ports"), s.Ports, func(p validate.Path, port *EndpointPort) validate.Errors {
			name := optional(p.Child("name"), port.Name, names.DNSLabel)
			if len(s.Ports) > 1 {
				name = validate.Named(p.Child("name"), port.Name, names.DNSLabel)
			}
			return validate.All(
				name,
				validate.Port(p.Child("port"), port.Port),
				protocol(p.Child("protocol"), port.Protocol),
				validate.IfSet(p.Child("appProtocol"), port.AppProtocol, validate.Matches[string](names.QualifiedName)),
			)
		}),
	)
}

func endpointAddress(p validate.Path, a *EndpointAddress) validate.Errors {
	return validate.All(
		validate.String(p.Child("ip"), a.IP, names.IP),
		must(len(names.IP(a.IP)) == 0, p.Child("ip"), a.IP, "must be a valid IP address"),
		nonSpecialIP(p.Child("ip"), a.IP),
		optional(p.Child("hostname"), a.Hostname, names.DNSLabel),
		validate.IfSet(p.Child("nodeName"), a.NodeName, validate.Matches[string](names.DNSSubdomain)),
	)
}
