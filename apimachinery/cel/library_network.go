package cel

import (
	"fmt"
	"net/netip"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
)

var (
	ipType   = cel.OpaqueType("net.IP")
	cidrType = cel.OpaqueType("net.CIDR")
)

// networkLibrary has ip and cidr.

func addr(a netip.Addr) ref.Val {
	return &opaque[netip.Addr]{ipType, a, func(a, b netip.Addr) bool { return a == b }}
}

func prefix(p netip.Prefix) ref.Val {
	return &opaque[netip.Prefix]{cidrType, p, func(a, b netip.Prefix) bool { return a == b }}
}

func parseIP(text string) (netip.Addr, error) {
	a, err := netip.ParseAddr(text)
	switch {
	case err != nil:
		return a, fmt.Errorf("IP Address %q parse error during conversion from string: %w", text, err)
	case a.Zone() != "":
		return a, fmt.Errorf("IP address %q with zone value is not allowed", text)
	case a.Is4In6():
		return a, fmt.Errorf("IPv4-mapped IPv6 address %q is not allowed", text)
	}
	return a, nil
}

func parseCIDR(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return p, fmt.Errorf("network address parse error during conversion from string: %w", err)
	case p.Addr().Is4In6():
		return p, fmt.Errorf("IPv4-mapped IPv6 address %q is not allowed", text)
	}
	return p, nil
}

func within(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Masked().Contains(inner.Addr())
}

func networkLibrary() library {
	is := func(name, id string, f func(netip.Addr) bool) cel.EnvOption {
		return cel.Function(name, on(id, takes(ipType), cel.BoolType, yes(f)))
	}
	return library{name: "kubernetes.net", costs: append(plain("cidr_ip", "ip_family", "ip_is_unspecified", "ip_is_loopback", "ip_is_link_local_multicast", "ip_is_link_local_unicast",
		"ip_is_global_unicast", "cidr_contains_ip_ip", "cidr_contains_cidr", "masked_cidr", "prefix_length_cidr", "ip_to_string", "cidr_to_string"),
		scan("string_to_ip", 0), scan("is_ip", 0), scan("ip_is_canonical", 0), scan("string_to_cidr", 0), scan("is_cidr", 0),
		scan("cidr_contains_ip_string", 1), scan("cidr_contains_cidr_string", 1)), options: []cel.EnvOption{
		cel.Function("ip",
			over("string_to_ip", takes(cel.StringType), ipType, unary(func(text string) ref.Val {
				a, err := parseIP(text)
				if err != nil {
					return types.WrapErr(err)
				}
				return addr(a)
			})),
			on("cidr_ip", takes(cidrType), ipType, unary(func(p netip.Prefix) ref.Val { return addr(p.Addr()) })),
		),
		cel.Function("isIP", over("is_ip", takes(cel.StringType), cel.BoolType, yes(func(text string) bool {
			_, err := parseIP(text)
			return err == nil
		}))),
		cel.Function("ip.isCanonical", over("ip_is_canonical", takes(cel.StringType), cel.BoolType, unary(func(text string) ref.Val {
			a, err := parseIP(text)
			if err != nil {
				return types.WrapErr(err)
			}
			return types.Bool(a.String() == text)
		}))),
		cel.Function("family", on("ip_family", takes(ipType), cel.IntType, unary(func(a netip.Addr) ref.Val {
			if a.Is4() {
				return types.Int(4)
			}
			return types.Int(6)
		}))),
		is("isUnspecified", "ip_is_unspecified", netip.Addr.IsUnspecified),
		is("isLoopback", "ip_is_loopback", netip.Addr.IsLoopback),
		is("isLinkLocalMulticast", "ip_is_link_local_multicast", netip.Addr.IsLinkLocalMulticast),
		is("isLinkLocalUnicast", "ip_is_link_local_unicast", netip.Addr.IsLinkLocalUnicast),
		is("isGlobalUnicast", "ip_is_global_unicast", netip.Addr.IsGlobalUnicast),
		cel.Function("string",
			over("ip_to_string", takes(ipType), cel.StringType, unary(func(a netip.Addr) ref.Val { return types.String(a.String()) })),
			over("cidr_to_string", takes(cidrType), cel.StringType, unary(func(p netip.Prefix) ref.Val { return types.String(p.String()) })),
		),
		cel.Function("cidr", over("string_to_cidr", takes(cel.StringType), cidrType, unary(func(text string) ref.Val {
			p, err := parseCIDR(text)
			if err != nil {
				return types.WrapErr(err)
			}
			return prefix(p)
		}))),
		cel.Function("isCIDR", over("is_cidr", takes(cel.StringType), cel.BoolType, yes(func(text string) bool {
			_, err := parseCIDR(text)
			return err == nil
		}))),
		cel.Function("containsIP",
			on("cidr_contains_ip_string", takes(cidrType, cel.StringType), cel.BoolType, binary(func(p netip.Prefix, text string) ref.Val {
				a, err := parseIP(text)
				if err != nil {
					return types.WrapErr(err)
				}
				return types.Bool(p.Contains(a))
			})),
			on("cidr_contains_ip_ip", takes(cidrType, ipType), cel.BoolType, binary(func(p netip.Prefix, a netip.Addr) ref.Val { return types.Bool(p.Contains(a)) })),
		),
		cel.Function("containsCIDR",
			on("cidr_contains_cidr_string", takes(cidrType, cel.StringType), cel.BoolType, binary(func(p netip.Prefix, text string) ref.Val {
				inner, err := parseCIDR(text)
				if err != nil {
					return types.WrapErr(err)
				}
				return types.Bool(within(p, inner))
			})),
			on("cidr_contains_cidr", takes(cidrType, cidrType), cel.BoolType, binary(func(p, inner netip.Prefix) ref.Val { return types.Bool(within(p, inner)) })),
		),
		cel.Function("masked", on("masked_cidr", takes(cidrType), cidrType, unary(func(p netip.Prefix) ref.Val { return prefix(p.Masked()) }))),
		cel.Function("prefixLength", on("prefix_length_cidr", takes(cidrType), cel.IntType, unary(func(p netip.Prefix) ref.Val { return types.Int(p.Bits()) }))),
	}}
}
