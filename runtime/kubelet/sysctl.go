package kubelet

import (
	"fmt"
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// safeSysctls are parameters of the kernel that a Pod may set for itself: they
// are its own and harm nobody else.
var safeSysctls = []string{
	"kernel.shm_rmid_forced",
	"net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
	"net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
	"net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
}

// refuseSysctls says which parameter a Pod may not set. allowed are more names
// than the safe ones; one may end in *.
func refuseSysctls(pod *corev1.Pod, allowed []string) *refusal {
	if pod.Spec.SecurityContext == nil {
		return nil
	}
	for _, s := range pod.Spec.SecurityContext.Sysctls {
		name := strings.ReplaceAll(s.Name, "/", ".")
		known := slices.Contains(safeSysctls, name) || slices.ContainsFunc(allowed, func(pattern string) bool {
			prefix, open := strings.CutSuffix(pattern, "*")
			return pattern == name || open && strings.HasPrefix(name, prefix)
		})
		ipc := strings.HasPrefix(name, "kernel.shm") || strings.HasPrefix(name, "kernel.msg") || name == "kernel.sem" || strings.HasPrefix(name, "fs.mqueue.")
		switch {
		case !known:
			return &refusal{reason: "SysctlForbidden", message: fmt.Sprintf("forbidden sysctl: %q not allowlisted", s.Name)}
		case pod.Spec.HostNetwork && strings.HasPrefix(name, "net."):
			return &refusal{reason: "SysctlForbidden", message: fmt.Sprintf("forbidden sysctl: %q not allowed with host net enabled", s.Name)}
		case pod.Spec.HostIPC && ipc:
			return &refusal{reason: "SysctlForbidden", message: fmt.Sprintf("forbidden sysctl: %q not allowed with host ipc enabled", s.Name)}
		}
	}
	return nil
}
