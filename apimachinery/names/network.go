package names

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// PortName is the rule for the name of a port (RFC 6335, an IANA service name).
func PortName(s string) []string {
	problems := tooLong(nil, s, 15)
	if s == "" || !all(s, func(c byte) bool { return isLower(c) || isDigit(c) || c == '-' }) {
		problems = append(problems, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
	}
	if strings.IndexFunc(s, func(r rune) bool { return 'a' <= r && r <= 'z' }) < 0 {
		problems = append(problems, "must contain at least one letter (a-z)")
	}
	if strings.Contains(s, "--") {
		problems = append(problems, "must not contain consecutive hyphens")
	}
	if strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-") {
		problems = append(problems, "must not begin or end with a hyphen")
	}
	return problems
}

// Range is the rule for a number that must lie between two others or be one of them.
func Range(n, low, high int64) []string {
	if n < low || n > high {
		return []string{between(low, high)}
	}
	return nil
}

// Port is the rule for the number of a port: 1 to 65535.
func Port(n int64) []string { return Range(n, 1, 65535) }

// UserID is the rule for the number of a user or group: 0 to 2147483647.
func UserID(n int64) []string { return Range(n, 0, math.MaxInt32) }

const (
	ipText   = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
	cidrText = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
)

// IP is the rule for an address of either family: no zone, no leading zeros,
// no IPv4 address in IPv6 clothing. Two machines may read those differently.
func IP(s string) []string {
	addr, problem := parseIP(s)
	if problem != "" {
		return []string{problem}
	}
	if addr.Is4In6() {
		return []string{"must not be an IPv4-mapped IPv6 address"}
	}
	return nil
}

// CanonicalIP is [IP] that takes only the shortest way to write the address.
func CanonicalIP(s string) []string {
	if problems := IP(s); len(problems) > 0 {
		return problems
	}
	if addr, _ := netip.ParseAddr(s); addr.String() != s {
		return []string{fmt.Sprintf("must be in canonical form (%q)", addr)}
	}
	return nil
}

// CIDR is the rule for a network: an address without bits beyond its prefix
// length, otherwise as [IP].
func CIDR(s string) []string {
	prefix, problem := parseCIDR(s)
	if problem != "" {
		return []string{problem}
	}
	if prefix.Addr().Is4In6() {
		return []string{"must not have an IPv4-mapped IPv6 address"}
	}
	if prefix.Masked() != prefix {
		return []string{"must not have bits set beyond the prefix length"}
	}
	return nil
}

// InterfaceCIDR is [CIDR] for the address of an interface together with its
// network: it may have bits beyond the prefix length.
func InterfaceCIDR(s string) []string {
	problems := CIDR(s)
	if len(problems) == 1 && strings.HasPrefix(problems[0], "must not have bits") {
		return nil
	}
	return problems
}

// CanonicalCIDR is [CIDR] that takes only the shortest way to write the network.
func CanonicalCIDR(s string) []string {
	if problems := CIDR(s); len(problems) > 0 {
		return problems
	}
	if prefix, _ := netip.ParsePrefix(s); prefix.String() != s {
		return []string{fmt.Sprintf("must be in canonical form (%q)", prefix)}
	}
	return nil
}

// ParseIPSloppily reads an address as older objects may hold it, with leading
// zeros, which count as decimal. It is for comparing, not for validating.
func ParseIPSloppily(s string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(withoutLeadingZeros(s))
	return addr, err == nil && addr.Zone() == ""
}

func parseIP(s string) (netip.Addr, string) {
	addr, err := netip.ParseAddr(s)
	if err == nil && addr.Zone() == "" {
		return addr, ""
	}
	if _, ok := ParseIPSloppily(s); ok {
		return netip.Addr{}, "must not have leading 0s"
	}
	return netip.Addr{}, ipText
}

func parseCIDR(s string) (netip.Prefix, string) {
	ip, bits, ok := strings.Cut(s, "/")
	if !ok || bits == "" || len(bits) > 3 || !all(bits, isDigit) {
		return netip.Prefix{}, cidrText
	}
	addr, ok := ParseIPSloppily(ip)
	if !ok {
		return netip.Prefix{}, cidrText
	}
	n, err := strconv.Atoi(bits)
	if err != nil || n > addr.BitLen() {
		return netip.Prefix{}, cidrText
	}
	if _, err := netip.ParseAddr(ip); err != nil {
		return netip.Prefix{}, "must not have leading 0s in IP or prefix length"
	}
	if len(bits) > 1 && bits[0] == '0' {
		return netip.Prefix{}, "must not have leading 0s in IP or prefix length"
	}
	return netip.PrefixFrom(addr, n), ""
}

// withoutLeadingZeros rewrites the decimal parts of an address: 010.1.02.3
// becomes 10.1.2.3, also behind an IPv6 prefix.
func withoutLeadingZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	start := strings.LastIndexByte(s, ':') + 1
	parts := strings.Split(s[start:], ".")
	for i, p := range parts {
		for len(p) > 1 && p[0] == '0' {
			p = p[1:]
		}
		parts[i] = p
	}
	return s[:start] + strings.Join(parts, ".")
}
