package podsecurity

import (
	"slices"
	"strings"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// baselineChecks are the checks of both levels, in the order of their names in
// Kubernetes. Those that restricted has of its own are marked.
func baselineChecks() []check {
	return []check{
		{run: appArmor},
		{run: defaultCapabilities, overridden: 22},
		{run: hostNamespaces},
		{run: hostPaths, overridden: always},
		{run: hostPorts},
		{run: probeHosts, since: 34},
		{run: privileged},
		{run: procMounts, overridden: procMountSplit},
		{run: seLinux},
		{run: seccompNotOff, overridden: 19},
		{run: sysctls},
		{run: hostProcesses},
	}
}

// Which checks of baseline restricted replaces, from which version on: 0 is none.
const (
	always         = -1
	procMountSplit = 35
)

func (c check) baselineOnly(s Standard) bool {
	return s.Level == Restricted && c.overridden != 0 && s.minor >= c.overridden
}

func (s *subject) which(bad func(c container) bool) names {
	var found names
	for _, c := range s.containers {
		if bad(c) {
			found.add(c.Name)
		}
	}
	return found
}

func isTrue(b *bool) bool { return b != nil && *b }

func isFalse(b *bool) bool { return b != nil && !*b }

const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/"

func appArmor(s *subject) (Violation, bool) {
	values := set{}
	off := func(p *corev1.AppArmorProfile) bool {
		if p == nil || p.Type == corev1.AppArmorProfileTypeRuntimeDefault || p.Type == corev1.AppArmorProfileTypeLocalhost {
			return false
		}
		values.add(string(p.Type))
		return true
	}
	pod := off(s.pod.AppArmorProfile)
	containers := s.which(func(c container) bool { return off(c.sc.AppArmorProfile) })
	who := setters(pod, containers)
	annotations := 0
	for key, value := range s.meta.Annotations {
		if strings.HasPrefix(key, appArmorAnnotation) && value != "" && value != "runtime/default" && !strings.HasPrefix(value, "localhost/") {
			annotations++
			values.add(key + `="` + value + `"`)
		}
	}
	if annotations > 0 {
		if who != "" {
			who += " and "
		}
		who += plural(annotations, "annotation", "annotations")
	}
	if len(values) == 0 {
		return Violation{}, false
	}
	return Violation{plural(len(values), "forbidden AppArmor profile", "forbidden AppArmor profiles"),
		who + " must not set AppArmor profile type to " + quoted(values.sorted())}, true
}

// The capabilities that containers have without asking.
var usualCapabilities = []corev1.Capability{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
	"NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

// added returns who adds capabilities that are not allowed, and which.
func (s *subject) added(allowed ...corev1.Capability) (names, set) {
	found := set{}
	who := s.which(func(c container) bool {
		bad := false
		if c.sc.Capabilities != nil {
			for _, one := range c.sc.Capabilities.Add {
				if !slices.Contains(allowed, one) {
					bad = true
					found.add(string(one))
				}
			}
		}
		return bad
	})
	return who, found
}

func defaultCapabilities(s *subject) (Violation, bool) {
	who, found := s.added(usualCapabilities...)
	return Violation{"non-default capabilities", counted("container", who) + " must not include " + quoted(found.sorted()) + " in securityContext.capabilities.add"}, len(who) > 0
}

func hostNamespaces(s *subject) (Violation, bool) {
	var used names
	for _, n := range []struct {
		name string
		on   bool
	}{{"hostNetwork=true", s.spec.HostNetwork}, {"hostPID=true", s.spec.HostPID}, {"hostIPC=true", s.spec.HostIPC}} {
		if n.on {
			used.add(n.name)
		}
	}
	return Violation{"host namespaces", strings.Join(used, ", ")}, len(used) > 0
}

func hostPaths(s *subject) (Violation, bool) {
	var used names
	for i := range s.spec.Volumes {
		if s.spec.Volumes[i].HostPath != nil {
			used.add(s.spec.Volumes[i].Name)
		}
	}
	return Violation{"hostPath volumes", counted("volume", used)}, len(used) > 0
}

func hostPorts(s *subject) (Violation, bool) {
	ports := set{}
	who := s.which(func(c container) bool {
		bad := false
		for _, p := range c.Ports {
			if p.HostPort != 0 {
				bad = true
				ports.add(decimal(p.HostPort))
			}
		}
		return bad
	})
	return Violation{"hostPort", counted("container", who) + plural(len(who), " uses ", " use ") +
		plural(len(ports), "hostPort ", "hostPorts ") + strings.Join(ports.sorted(), ", ")}, len(who) > 0
}

// probeHosts finds probes and hooks that make the node speak to hosts of the Pod's choice.
func probeHosts(s *subject) (Violation, bool) {
	hosts := set{}
	who := s.which(func(c container) bool {
		before := false
		note := func(host string) {
			if host != "" {
				before = true
				hosts.add(host)
			}
		}
		ask := func(h *corev1.HTTPGetAction, t *corev1.TCPSocketAction) {
			if h != nil {
				note(h.Host)
			}
			if t != nil {
				note(t.Host)
			}
		}
		for _, p := range []*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
			if p != nil {
				ask(p.HTTPGet, p.TCPSocket)
			}
		}
		if c.Lifecycle != nil {
			for _, h := range []*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
				if h != nil {
					ask(h.HTTPGet, h.TCPSocket)
				}
			}
		}
		return before
	})
	return Violation{"probe or lifecycle host", counted("container", who) + plural(len(who), " uses ", " use ") +
		plural(len(hosts), "probe or lifecycle host ", "probe or lifecycle hosts ") + quoted(hosts.sorted())}, len(who) > 0
}

func privileged(s *subject) (Violation, bool) {
	who := s.which(func(c container) bool { return isTrue(c.sc.Privileged) })
	return Violation{"privileged", counted("container", who) + " must not set securityContext.privileged=true"}, len(who) > 0
}

func procMounts(s *subject) (Violation, bool) {
	// In a user namespace of its own a Pod cannot do harm with it.
	if s.minor >= procMountSplit && s.ownUsers() {
		return Violation{}, false
	}
	return procMountDefault(s)
}

func procMountDefault(s *subject) (Violation, bool) {
	found := set{}
	who := s.which(func(c container) bool {
		if c.sc.ProcMount == nil || *c.sc.ProcMount == corev1.DefaultProcMount {
			return false
		}
		found.add(string(*c.sc.ProcMount))
		return true
	})
	return Violation{"procMount", counted("container", who) + " must not set securityContext.procMount to " + quoted(found.sorted())}, len(who) > 0
}

func seLinux(s *subject) (Violation, bool) {
	types := set{}
	user, role := false, false
	allowed := []string{"", "container_t", "container_init_t", "container_kvm_t"}
	if s.minor >= 31 {
		allowed = append(allowed, "container_engine_t")
	}
	bad := func(o *corev1.SELinuxOptions) bool {
		if o == nil {
			return false
		}
		wrong := false
		if !slices.Contains(allowed, o.Type) {
			types.add(o.Type)
			wrong = true
		}
		if o.User != "" {
			user, wrong = true, true
		}
		if o.Role != "" {
			role, wrong = true, true
		}
		return wrong
	}
	pod := bad(s.pod.SELinuxOptions)
	who := setters(pod, s.which(func(c container) bool { return bad(c.sc.SELinuxOptions) }))
	var what []string
	if len(types) > 0 {
		what = append(what, counted("type", types.sorted()))
	}
	if user {
		what = append(what, "user may not be set")
	}
	if role {
		what = append(what, "role may not be set")
	}
	return Violation{"seLinuxOptions", who + " set forbidden securityContext.seLinuxOptions: " + strings.Join(what, "; ")}, len(what) > 0
}

// seccompOff returns who turns seccomp off.
func (s *subject) seccompOff() (who string, found set) {
	found = set{}
	off := func(p *corev1.SeccompProfile) bool {
		if p == nil || p.Type == corev1.SeccompProfileTypeRuntimeDefault || p.Type == corev1.SeccompProfileTypeLocalhost {
			return false
		}
		found.add(string(p.Type))
		return true
	}
	pod := off(s.pod.SeccompProfile)
	return setters(pod, s.which(func(c container) bool { return off(c.sc.SeccompProfile) })), found
}

func seccompNotOff(s *subject) (Violation, bool) {
	if s.minor < 19 {
		return seccompAnnotations(s)
	}
	who, found := s.seccompOff()
	return Violation{"seccompProfile", who + " must not set securityContext.seccompProfile.type to " + quoted(found.sorted())}, who != ""
}

const (
	seccompPodAnnotation       = "seccomp.security.alpha.kubernetes.io/pod"
	seccompContainerAnnotation = "container.seccomp.security.alpha.kubernetes.io/"
)

// seccompAnnotations is how seccomp was turned off before there was a field.
func seccompAnnotations(s *subject) (Violation, bool) {
	bad := func(value string) bool {
		return value != "" && value != "runtime/default" && value != "docker/default" && !strings.HasPrefix(value, "localhost/")
	}
	found := set{}
	if v, ok := s.meta.Annotations[seccompPodAnnotation]; ok && bad(v) {
		found.add(seccompPodAnnotation + `="` + v + `"`)
	}
	for _, c := range s.containers {
		key := seccompContainerAnnotation + c.Name
		if v, ok := s.meta.Annotations[key]; ok && bad(v) {
			found.add(key + `="` + v + `"`)
		}
	}
	return Violation{"seccompProfile", "forbidden " + plural(len(found), "annotation ", "annotations ") + strings.Join(found.sorted(), ", ")}, len(found) > 0
}

// sysctls that do not reach beyond the Pod, by the version that knows them.
var safeSysctls = map[string]int{
	"kernel.shm_rmid_forced": 0, "net.ipv4.ip_local_port_range": 0, "net.ipv4.tcp_syncookies": 0, "net.ipv4.ping_group_range": 0,
	"net.ipv4.ip_unprivileged_port_start": 0, "net.ipv4.ip_local_reserved_ports": 27,
	"net.ipv4.tcp_keepalive_time": 29, "net.ipv4.tcp_fin_timeout": 29, "net.ipv4.tcp_keepalive_intvl": 29, "net.ipv4.tcp_keepalive_probes": 29,
	"net.ipv4.tcp_rmem": 32, "net.ipv4.tcp_wmem": 32,
}

func sysctls(s *subject) (Violation, bool) {
	var found []string
	for _, c := range s.pod.Sysctls {
		if since, safe := safeSysctls[c.Name]; !safe || s.minor < since {
			found = append(found, c.Name)
		}
	}
	return Violation{"forbidden sysctls", strings.Join(found, ", ")}, len(found) > 0
}

func hostProcesses(s *subject) (Violation, bool) {
	bad := func(o *corev1.WindowsSecurityContextOptions) bool { return o != nil && isTrue(o.HostProcess) }
	who := setters(bad(s.pod.WindowsOptions), s.which(func(c container) bool { return bad(c.sc.WindowsOptions) }))
	return Violation{"hostProcess", who + " must not set securityContext.windowsOptions.hostProcess=true"}, who != ""
}
