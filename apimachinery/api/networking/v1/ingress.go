package networkingv1

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func ingresses() *scheme.Resource {
	return scheme.Define[Ingress, IngressList](scheme.Spec[Ingress]{
		Name:           "ingresses",
		ShortNames:     []string{"ing"},
		Namespaced:     true,
		StoragePrefix:  "ingress",
		Validate:       ValidateIngress,
		ValidateUpdate: ValidateIngressUpdate,
		SpecChanged:    func(i, old *Ingress) bool { return !validate.Equal(i.Spec, old.Spec) },
		Warnings: func(i, old *Ingress) []string {
			if _, ok := i.Annotations[AnnotationIngressClass]; ok && old == nil && i.Spec.IngressClassName == nil {
				return []string{fmt.Sprintf("annotation %q is deprecated, please use 'spec.ingressClassName' instead", AnnotationIngressClass)}
			}
			return nil
		},
		Status: &scheme.Status[Ingress]{Validate: ValidateIngressStatusUpdate},
		Columns: []scheme.Column[Ingress]{
			scheme.NameColumn[Ingress](),
			{Name: "Class", Help: "The name of the IngressClass resource that should be used for additional configuration", Cell: func(i *Ingress) any { return classOf(i) }},
			{Name: "Hosts", Help: "Hosts that incoming requests are matched against before the ingress rule", Cell: func(i *Ingress) any { return hosts(i.Spec.Rules) }},
			{Name: "Address", Help: "Address is a list containing ingress points for the load-balancer", Cell: func(i *Ingress) any { return addresses(&i.Status.LoadBalancer) }},
			{Name: "Ports", Help: "Ports of TLS configurations that open", Cell: func(i *Ingress) any {
				if len(i.Spec.TLS) > 0 {
					return "80, 443"
				}
				return "80"
			}},
			scheme.AgeColumn[Ingress](),
		},
	})
}

// ValidateIngress finds every fault of an Ingress that is about to be made.
func ValidateIngress(i *Ingress) validate.Errors {
	class, annotated := i.Annotations[AnnotationIngressClass]
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &i.ObjectMeta, true, names.DNSSubdomain),
		ingressSpec(rules.Spec, &i.Spec),
		rules.Must(!annotated || i.Spec.IngressClassName == nil || class == *i.Spec.IngressClassName,
			validate.NewPath("annotations", AnnotationIngressClass), class, "must match `ingressClassName` when both are specified"),
	)
}

// ValidateIngressUpdate finds every fault of an Ingress that is about to replace old.
func ValidateIngressUpdate(i, old *Ingress) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &i.ObjectMeta, &old.ObjectMeta), ingressSpec(rules.Spec, &i.Spec)...)
}

func ingressSpec(p validate.Path, s *IngressSpec) validate.Errors {
	return validate.All(
		rules.Must(len(s.Rules) > 0 || s.DefaultBackend != nil, p, s.Rules, "either `defaultBackend` or `rules` must be specified"),
		validate.IfSet(p.Child("defaultBackend"), s.DefaultBackend, func(p validate.Path, b IngressBackend) validate.Errors { return ingressBackend(p, &b) }),
		validate.Each(p.Child("rules"), s.Rules, ingressRule),
		validate.Each(p.Child("tls"), s.TLS, func(p validate.Path, t *IngressTLS) validate.Errors {
			return append(validate.Each(p.Child("hosts"), t.Hosts, func(p validate.Path, h *string) validate.Errors { return hostName(p, *h) }),
				rules.Optional(p.Child("secretName"), t.SecretName, names.DNSSubdomain)...)
		}),
		validate.IfSet(p.Child("ingressClassName"), s.IngressClassName, validate.Matches[string](names.DNSSubdomain)),
	)
}

func hostName(p validate.Path, host string) validate.Errors {
	if strings.Contains(host, "*") {
		return validate.String(p, host, names.WildcardDNSSubdomain)
	}
	return validate.String(p, host, names.DNSSubdomain)
}

func ingressRule(p validate.Path, r *IngressRule) validate.Errors {
	_, isIP := names.ParseIPSloppily(r.Host)
	return validate.All(
		rules.Must(!isIP, p.Child("host"), r.Host, "must be a DNS name, not an IP address"),
		validate.When(r.Host != "", func() validate.Errors { return hostName(p.Child("host"), r.Host) }),
		validate.When(r.HTTP != nil, func() validate.Errors {
			paths := p.Child("http", "paths")
			return append(rules.Require(len(r.HTTP.Paths) > 0, paths, ""), validate.Each(paths, r.HTTP.Paths, ingressPath)...)
		}),
	)
}

func ingressPath(p validate.Path, h *HTTPIngressPath) validate.Errors {
	at, backend := p.Child("path"), ingressBackend(p.Child("backend"), &h.Backend)
	if h.PathType == nil {
		return validate.Required(p.Child("pathType"), "pathType must be specified")
	}
	absolute := strings.HasPrefix(h.Path, "/")
	var errs validate.Errors
	switch *h.PathType {
	case PathTypeExact, PathTypePrefix:
		errs = rules.Must(absolute, at, h.Path, "must be an absolute path")
		if h.Path == "" {
			break
		}
		for _, part := range []string{"//", "/./", "/../", "%2f", "%2F"} {
			errs = append(errs, rules.Must(!strings.Contains(h.Path, part), at, h.Path, fmt.Sprintf("must not contain '%s'", part))...)
		}
		for _, end := range []string{"/..", "/."} {
			errs = append(errs, rules.Must(!strings.HasSuffix(h.Path, end), at, h.Path, fmt.Sprintf("cannot end with '%s'", end))...)
		}
	case PathTypeImplementationSpecific:
		errs = rules.Must(absolute || h.Path == "", at, h.Path, "must be an absolute path")
	default:
		errs = validate.NotSupported(p.Child("pathType"), *h.PathType, PathTypeExact, PathTypeImplementationSpecific, PathTypePrefix)
	}
	return append(errs, backend...)
}

func ingressBackend(p validate.Path, b *IngressBackend) validate.Errors {
	switch {
	case b.Resource != nil && b.Service != nil:
		return validate.Invalid(p, "", "cannot set both resource and service backends")
	case b.Resource != nil:
		return localReference(p.Child("resource"), b.Resource.APIGroup, b.Resource.Kind, b.Resource.Name)
	case b.Service == nil:
		return validate.Invalid(p, "", "resource or service backend is required")
	}
	service, port := p.Child("service"), &b.Service.Port
	errs := validate.Named(service.Child("name"), b.Service.Name, names.DNSLabel)
	switch {
	case port.Name != "" && port.Number != 0:
		return append(errs, validate.Invalid(p, "", "cannot set both port name & port number")...)
	case port.Name != "":
		return append(errs, validate.String(service.Child("port", "name"), port.Name, names.PortName)...)
	case port.Number != 0:
		return append(errs, validate.Port(service.Child("port", "number"), port.Number)...)
	}
	return append(errs, validate.Required(p, "port name or number is required")...)
}

// localReference checks what names an object of any kind.
func localReference(p validate.Path, group *string, kind, name string) validate.Errors {
	return validate.All(
		validate.IfSet(p.Child("apiGroup"), group, validate.Matches[string](names.DNSSubdomain)),
		rules.Require(kind != "", p.Child("kind"), ""),
		rules.Optional(p.Child("kind"), kind, names.PathSegment),
		rules.Require(name != "", p.Child("name"), ""),
		rules.Optional(p.Child("name"), name, names.PathSegment),
	)
}

// ValidateIngressStatusUpdate finds every fault of an Ingress's status.
func ValidateIngressStatusUpdate(i, old *Ingress) validate.Errors {
	return append(validate.ObjectMetaUpdate(rules.Metadata, &i.ObjectMeta, &old.ObjectMeta),
		validate.Each(rules.Status.Child("loadBalancer", "ingress"), i.Status.LoadBalancer.Ingress, func(p validate.Path, in *IngressLoadBalancerIngress) validate.Errors {
			_, isIP := names.ParseIPSloppily(in.Hostname)
			return validate.All(
				rules.Optional(p.Child("ip"), in.IP, names.IP),
				rules.Optional(p.Child("hostname"), in.Hostname, names.DNSSubdomain),
				rules.Must(!isIP, p.Child("hostname"), in.Hostname, "must be a DNS name, not an IP address"),
			)
		})...)
}

func classOf(i *Ingress) string {
	if i.Spec.IngressClassName != nil {
		return *i.Spec.IngressClassName
	}
	return "<none>"
}

const maxHosts = 3

func hosts(all []IngressRule) string {
	var named []string
	for _, r := range all {
		if len(named) == maxHosts {
			return fmt.Sprintf("%s + %d more...", strings.Join(named, ","), len(all)-maxHosts)
		}
		if r.Host != "" {
			named = append(named, r.Host)
		}
	}
	if len(named) == 0 {
		return "*"
	}
	return strings.Join(named, ",")
}

func addresses(s *IngressLoadBalancerStatus) string {
	var all []string
	for _, in := range s.Ingress {
		switch {
		case in.IP != "":
			all = append(all, in.IP)
		case in.Hostname != "":
			all = append(all, in.Hostname)
		}
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), ",")
}
