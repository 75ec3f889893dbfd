package kubelet

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// Bounds of a resolv.conf: more name servers the C library does not ask, and
// more to search in it does not read.
const (
	maxNameservers    = 3
	maxSearchPaths    = 32
	maxSearchListSize = 2048
)

// largestHostname is what the kernel takes for one.
const largestHostname = 64

// largestLabel is the longest part of a domain name.
const largestLabel = 63

// hostnameOf returns what a Pod's containers are called, and the domain of that
// name in the cluster, "" if it has none.
func hostnameOf(pod *corev1.Pod, clusterDomain string) (name, domain string, err error) {
	if o := pod.Spec.HostnameOverride; o != nil && *o != "" {
		return *o, "", nil
	}
	name = pod.Name
	if pod.Spec.Hostname != "" {
		name = pod.Spec.Hostname
	} else if len(name) > largestLabel {
		name = strings.TrimRight(name[:largestLabel], "-.")
	}
	if pod.Spec.Subdomain != "" {
		domain = pod.Spec.Subdomain + "." + pod.Namespace + ".svc." + clusterDomain
	}
	if domain == "" || !isTrue(pod.Spec.SetHostnameAsFQDN) {
		return name, domain, nil
	}
	full := name + "." + domain
	if len(full) > largestHostname {
		return "", "", fmt.Errorf("failed to construct FQDN from pod hostname and cluster domain, FQDN %s is too long (%d characters is the max, %d characters requested)",
			full, largestHostname, len(full))
	}
	return full, domain, nil
}

// podDNS returns the resolv.conf of a Pod. What had to be left out is told by
// warn.
func (k *Kubelet) podDNS(pod *corev1.Pod, warn func(reason, message string)) (*DNSConfig, error) {
	host, err := readResolvConf(k.opts.ResolvConf)
	if err != nil {
		return nil, err
	}
	policy := pod.Spec.DNSPolicy
	cluster := policy == corev1.DNSClusterFirstWithHostNet || (policy == corev1.DNSClusterFirst || policy == "") && !pod.Spec.HostNetwork
	if cluster && len(k.opts.ClusterDNS) == 0 {
		warn("MissingClusterDNS", fmt.Sprintf("pod: %q. kubelet does not have ClusterDNS IP configured and cannot create Pod using %q policy. Falling back to %q policy.",
			podText(pod), policy, corev1.DNSDefault))
		cluster = false
	}
	config := &DNSConfig{}
	switch {
	case policy == corev1.DNSNone:
	case cluster:
		for _, ip := range k.opts.ClusterDNS {
			config.Servers = append(config.Servers, ip.String())
		}
		if d := k.opts.ClusterDomain; d != "" {
			config.Searches = append(config.Searches, pod.Namespace+".svc."+d, "svc."+d, d)
		}
		config.Searches = without(append(config.Searches, host.Searches...))
		config.Options = []string{"ndots:5"}
	default:
		*config = host
	}
	if pod.Spec.DNSConfig != nil {
		config.add(pod.Spec.DNSConfig)
	}
	if len(config.Servers) > maxNameservers {
		config.Servers = config.Servers[:maxNameservers]
		warn("DNSConfigForming", "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: "+strings.Join(config.Servers, " "))
	}
	if searches := bounded(config.Searches); len(searches) < len(config.Searches) {
		config.Searches = searches
		warn("DNSConfigForming", "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: "+strings.Join(searches, " "))
	}
	return config, nil
}

// podText names a Pod as messages do.
func podText(pod *corev1.Pod) string {
	return fmt.Sprintf("%s_%s(%s)", pod.Name, pod.Namespace, pod.UID)
}

// add merges what a Pod says; options of one name are replaced.
func (c *DNSConfig) add(more *corev1.PodDNSConfig) {
	c.Servers = without(append(c.Servers, more.Nameservers...))
	c.Searches = without(append(c.Searches, more.Searches...))
	for _, o := range more.Options {
		text := o.Name
		if o.Value != nil && *o.Value != "" {
			text += ":" + *o.Value
		}
		i := slices.IndexFunc(c.Options, func(have string) bool {
			name, _, _ := strings.Cut(have, ":")
			return name == o.Name
		})
		if i >= 0 {
			c.Options[i] = text
		} else {
			c.Options = append(c.Options, text)
		}
	}
}

// without returns the texts without those that came before.
func without(texts []string) []string {
	var once []string
	for _, text := range texts {
		if !slices.Contains(once, text) {
			once = append(once, text)
		}
	}
	return once
}

func bounded(searches []string) []string {
	size := 0
	for i, s := range searches {
		if size += len(s) + 1; i == maxSearchPaths || size-1 > maxSearchListSize {
			return searches[:i]
		}
	}
	return searches
}

// readResolvConf reads what the node itself uses.
func readResolvConf(path string) (DNSConfig, error) {
	var config DNSConfig
	if path == "" {
		return config, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return config, fmt.Errorf("resolv.conf of the node: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) < 2 || strings.HasPrefix(fields[0], "#") || strings.HasPrefix(fields[0], ";") {
			continue
		}
		switch fields[0] {
		case "nameserver":
			if _, err := netip.ParseAddr(fields[1]); err == nil {
				config.Servers = append(config.Servers, fields[1])
			}
		case "search":
			config.Searches = nil // the last one counts
			for _, s := range fields[1:] {
				if s != "." {
					s = strings.TrimSuffix(s, ".")
				}
				config.Searches = append(config.Searches, s)
			}
		case "options":
			config.Options = append([]string(nil), fields[1:]...)
		}
	}
	return config, nil
}
