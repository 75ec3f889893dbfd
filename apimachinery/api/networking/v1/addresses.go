package networkingv1

import (
	"net/netip"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func ipaddresses() *scheme.Resource {
	return scheme.Define[IPAddress, IPAddressList](scheme.Spec[IPAddress]{
		Name:           "ipaddresses",
		ShortNames:     []string{"ip"},
		NameRule:       names.CanonicalIP,
		Validate:       ValidateIPAddress,
		ValidateUpdate: ValidateIPAddressUpdate,
		Fields: []scheme.SelectableField[IPAddress]{
			{Path: "spec.parentRef.group", Value: func(a *IPAddress) string { return rules.ValueOf(a.Spec.ParentRef).Group }},
			{Path: "spec.parentRef.resource", Value: func(a *IPAddress) string { return rules.ValueOf(a.Spec.ParentRef).Resource }},
			{Path: "spec.parentRef.namespace", Value: func(a *IPAddress) string { return rules.ValueOf(a.Spec.ParentRef).Namespace }},
			{Path: "spec.parentRef.name", Value: func(a *IPAddress) string { return rules.ValueOf(a.Spec.ParentRef).Name }},
		},
		Columns: []scheme.Column[IPAddress]{
			scheme.NameColumn[IPAddress](),
			{Name: "ParentRef", Help: "parentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.", Cell: func(a *IPAddress) any { return parent(a.Spec.ParentRef) }},
		},
	})
}

func parent(ref *ParentReference) string {
	if ref == nil {
		return "<none>"
	}
	text := strings.ToLower(meta.GroupResource{Group: ref.Group, Resource: ref.Resource}.String())
	if ref.Namespace != "" {
		text += "/" + ref.Namespace
	}
	return text + "/" + ref.Name
}

// ValidateIPAddress finds every fault of an address that is about to be made.
// Its name is the address, written in the one way that makes it unique.
func ValidateIPAddress(a *IPAddress) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &a.ObjectMeta, false, names.CanonicalIP), parentRef(a)...)
}

func parentRef(a *IPAddress) validate.Errors {
	return validate.Set(rules.Spec.Child("parentRef"), a.Spec.ParentRef, func(p validate.Path, ref ParentReference) validate.Errors {
		return validate.All(
			rules.Optional(p.Child("group"), ref.Group, names.DNSSubdomain),
			validate.Named(p.Child("resource"), ref.Resource, names.PathSegment),
			validate.Named(p.Child("name"), ref.Name, names.PathSegment),
			rules.Optional(p.Child("namespace"), ref.Namespace, names.PathSegment),
		)
	})
}

// ValidateIPAddressUpdate finds every fault of an address that is about to replace old.
func ValidateIPAddressUpdate(a, old *IPAddress) validate.Errors {
	changed := !validate.Equal(a.Spec.ParentRef, old.Spec.ParentRef)
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &a.ObjectMeta, &old.ObjectMeta),
		parentRef(a),
		rules.Must(!changed, rules.Spec.Child("parentRef"), nil, validate.IsImmutable),
	)
}

func servicecidrs() *scheme.Resource {
	return scheme.Define[ServiceCIDR, ServiceCIDRList](scheme.Spec[ServiceCIDR]{
		Name:           "servicecidrs",
		Validate:       ValidateServiceCIDR,
		ValidateUpdate: ValidateServiceCIDRUpdate,
		Status: &scheme.Status[ServiceCIDR]{
			Prepare: func(c, old *ServiceCIDR) { rules.KeepMetadata(&c.ObjectMeta, &old.ObjectMeta) },
			Resets:  []string{"metadata"},
		},
		Columns: []scheme.Column[ServiceCIDR]{
			scheme.NameColumn[ServiceCIDR](),
			{Name: "CIDRs", Help: `cidrs defines the IP blocks in CIDR notation (e.g. "192.168.0.0/24" or "2001:db8::/64") from which to assign service cluster IPs. ` +
				"Max of two CIDRs is allowed, one of each IP family. This field is immutable.", Cell: func(c *ServiceCIDR) any { return strings.Join(c.Spec.CIDRs, ",") }},
			scheme.AgeColumn[ServiceCIDR](),
		},
	})
}

var cidrsPath = rules.Spec.Child("cidrs")

// ValidateServiceCIDR finds every fault of a range that is about to be made.
func ValidateServiceCIDR(c *ServiceCIDR) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain), cidrs(&c.Spec)...)
}

func cidrs(s *ServiceCIDRSpec) validate.Errors {
	switch {
	case len(s.CIDRs) == 0:
		return validate.Required(cidrsPath, "at least one CIDR required")
	case len(s.CIDRs) > 2:
		return validate.Invalid(cidrsPath, *s, "may only hold up to 2 values")
	}
	errs := validate.Each(cidrsPath, s.CIDRs, func(p validate.Path, text *string) validate.Errors {
		return validate.String(p, *text, names.CanonicalCIDR)
	})
	if len(s.CIDRs) < 2 {
		return errs
	}
	a, errA := netip.ParsePrefix(s.CIDRs[0])
	b, errB := netip.ParsePrefix(s.CIDRs[1])
	return append(errs, rules.Must(errA != nil || errB != nil || a.Addr().Is4() != b.Addr().Is4(), cidrsPath, s.CIDRs,
		"may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64")...)
}

// ValidateServiceCIDRUpdate finds every fault of a range that is about to
// replace old: the other address family may be added, nothing else.
func ValidateServiceCIDRUpdate(c, old *ServiceCIDR) validate.Errors {
	errs := validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta)
	added := len(c.Spec.CIDRs) - len(old.Spec.CIDRs)
	if added != 0 && (added != 1 || len(old.Spec.CIDRs) != 1) {
		return append(errs, validate.Immutable(cidrsPath, c.Spec.CIDRs, old.Spec.CIDRs)...)
	}
	if added == 1 {
		errs = append(errs, cidrs(&c.Spec)...)
	}
	for i := range old.Spec.CIDRs {
		errs = append(errs, validate.Immutable(cidrsPath.Index(i), c.Spec.CIDRs[i], old.Spec.CIDRs[i])...)
	}
	return errs
}
