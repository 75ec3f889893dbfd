package servicecidr

import (
	"iter"
	"net/netip"
	"slices"

	networkingv1 "github.com/kubenucleus/nucleus/apimachinery/api/networking/v1"
)

// all is what caches have in common that needed reads.
type all[T any] interface{ All() iter.Seq[*T] }

// needed reports whether an address is taken that would be in no range if the
// one given went. Ranges that are going themselves cover nothing.
func needed(cidr *networkingv1.ServiceCIDR, cidrs all[networkingv1.ServiceCIDR], addresses all[networkingv1.IPAddress]) bool {
	var others []netip.Prefix
	for other := range cidrs.All() {
		if other.Name != cidr.Name && other.DeletionTimestamp == nil {
			others = append(others, prefixes(other)...)
		}
	}
	mine := slices.DeleteFunc(prefixes(cidr), func(p netip.Prefix) bool {
		return slices.ContainsFunc(others, func(o netip.Prefix) bool { return o.Bits() <= p.Bits() && o.Contains(p.Addr()) })
	})
	if len(mine) == 0 {
		return false
	}
	within := func(ranges []netip.Prefix, ip netip.Addr) bool {
		return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(ip) })
	}
	for address := range addresses.All() {
		ip, err := netip.ParseAddr(address.Name)
		if err == nil && within(mine, ip) && !within(others, ip) {
			return true
		}
	}
	return false
}

func prefixes(cidr *networkingv1.ServiceCIDR) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range cidr.Spec.CIDRs {
		if p, err := netip.ParsePrefix(text); err == nil {
			list = append(list, p.Masked())
		}
	}
	return list
}

func overlap(a, b *networkingv1.ServiceCIDR) bool {
	return slices.ContainsFunc(prefixes(a), func(p netip.Prefix) bool {
		return slices.ContainsFunc(prefixes(b), p.Overlaps)
	})
}

func holds(cidr *networkingv1.ServiceCIDR, address *networkingv1.IPAddress) bool {
	ip, err := netip.ParseAddr(address.Name)
	return err == nil && slices.ContainsFunc(prefixes(cidr), func(p netip.Prefix) bool { return p.Contains(ip) })
}
