package corev1

import (
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// What resolvers can do with: see resolv.conf(5).
const (
	maxNameservers = 3
	maxSearches    = 32
	maxSearchBytes = 2048
)

func podDNSConfig(p validate.Path, c *PodDNSConfig, policy DNSPolicy) validate.Errors {
	nameservers, searches := p.Child("nameservers"), p.Child("searches")
	if policy == DNSNone {
		switch {
		case c == nil:
			return validate.Required(p, "must provide `dnsConfig` when `dnsPolicy` is None")
		case len(c.Nameservers) == 0:
			return validate.Required(nameservers, "must provide at least one DNS nameserver when `dnsPolicy` is None")
		}
	}
	if c == nil {
		return nil
	}
	return validate.All(
		validate.When(len(c.Nameservers) > maxNameservers, func() validate.Errors {
			return validate.Invalidf(nameservers, c.Nameservers, "must not have more than %v nameservers", maxNameservers)
		}),
		validate.Each(nameservers, c.Nameservers, func(p validate.Path, s *string) validate.Errors { return validate.String(p, *s, names.IP) }),
		validate.When(len(c.Searches) > maxSearches, func() validate.Errors {
			return validate.Invalidf(searches, c.Searches, "must not have more than %v search paths", maxSearches)
		}),
		validate.When(len(strings.Join(c.Searches, " ")) > maxSearchBytes, func() validate.Errors {
			return validate.Invalidf(searches, c.Searches, "must not have more than %v characters (including spaces) in the search list", maxSearchBytes)
		}),
		validate.Each(searches, c.Searches, searchPath),
		validate.Each(p.Child("options"), c.Options, func(p validate.Path, o *PodDNSConfigOption) validate.Errors {
			return require(o.Name != "", p, "must not be empty")
		}),
	)
}

// searchPath is a domain, with a dot at its end or not, or just the dot.
func searchPath(p validate.Path, s *string) validate.Errors {
	if *s == "." {
		return nil
	}
	return validate.String(p, strings.TrimSuffix(*s, "."), names.DNSSubdomainWithUnderscore)
}

func hostAlias(p validate.Path, a *HostAlias) validate.Errors {
	return append(validate.String(p.Child("ip"), a.IP, names.IP),
		validate.Each(p.Child("hostnames"), a.Hostnames, func(p validate.Path, name *string) validate.Errors {
			return validate.String(p, *name, names.DNSSubdomain)
		})...)
}

// onePerFamily says whether there is at most one address of each IP family.
func onePerFamily(addresses []string) bool {
	var v4, v6 int
	for _, a := range addresses {
		if strings.Contains(a, ":") {
			v6++
		} else {
			v4++
		}
	}
	return v4 <= 1 && v6 <= 1
}
