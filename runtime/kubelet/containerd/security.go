package containerd

import (
	"path/filepath"
	"slices"

	cri "k8s.io/cri-api/pkg/apis/runtime/v1"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// Paths below /proc and /sys that containers do not see, and do not write to,
// unless they are privileged or ask for it.
var (
	maskedPaths = [...]string{
		"/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
		"/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
	}
	readonlyPaths = [...]string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}
)

// sandboxSecurity is what a Pod's own security context asks of its sandbox.
func (r *Runtime) sandboxSecurity(pod *corev1.Pod) *cri.LinuxSandboxSecurityContext {
	s := &cri.LinuxSandboxSecurityContext{
		NamespaceOptions: namespaces(pod),
		Privileged:       anyPrivileged(pod),
		// The program that holds the sandbox is known; it may be confined as it is.
		Seccomp: &cri.SecurityProfile{ProfileType: cri.SecurityProfile_RuntimeDefault},
	}
	if c := pod.Spec.SecurityContext; c != nil {
		s.RunAsUser, s.SelinuxOptions = int64Value(c.RunAsUser), seLinux(c.SELinuxOptions)
		if c.RunAsUser != nil {
			s.RunAsGroup = int64Value(c.RunAsGroup)
		}
		s.SupplementalGroups = slices.Clone(c.SupplementalGroups)
		if c.FSGroup != nil {
			s.SupplementalGroups = append(s.SupplementalGroups, *c.FSGroup)
		}
		if c.SupplementalGroupsPolicy != nil {
			s.SupplementalGroupsPolicy = cri.SupplementalGroupsPolicy(cri.SupplementalGroupsPolicy_value[string(*c.SupplementalGroupsPolicy)])
		}
		if c.SeccompProfile != nil {
			s.Seccomp = r.seccomp(c.SeccompProfile)
		}
	}
	if s.Privileged {
		s.Seccomp = &cri.SecurityProfile{ProfileType: cri.SecurityProfile_Unconfined}
	}
	return s
}

// containerSecurity is what the security contexts of a container and its Pod come
// to. The container's goes before.
func (r *Runtime) containerSecurity(pod *corev1.Pod, container *corev1.Container, groups []int64) *cri.LinuxContainerSecurityContext {
	own, shared := container.SecurityContext, pod.Spec.SecurityContext
	if own == nil {
		own = &corev1.SecurityContext{}
	}
	if shared == nil {
		shared = &corev1.PodSecurityContext{}
	}
	privileged := isTrue(own.Privileged)
	s := &cri.LinuxContainerSecurityContext{
		NamespaceOptions: namespaces(pod),
		Privileged:       privileged,
		RunAsUser:        int64Value(first(own.RunAsUser, shared.RunAsUser)),
		RunAsGroup:       int64Value(first(own.RunAsGroup, shared.RunAsGroup)),
		SelinuxOptions:   seLinux(first(own.SELinuxOptions, shared.SELinuxOptions)),
		ReadonlyRootfs:   isTrue(own.ReadOnlyRootFilesystem),
		// It is on only where it is asked for, and never for those that may all.
		NoNewPrivs:         own.AllowPrivilegeEscalation != nil && !*own.AllowPrivilegeEscalation && !privileged && !addsSysAdmin(own.Capabilities),
		SupplementalGroups: slices.Clone(shared.SupplementalGroups),
		Seccomp:            r.seccomp(first(own.SeccompProfile, shared.SeccompProfile)),
		Apparmor:           appArmor(first(own.AppArmorProfile, shared.AppArmorProfile)),
	}
	if shared.FSGroup != nil {
		s.SupplementalGroups = append(s.SupplementalGroups, *shared.FSGroup)
	}
	s.SupplementalGroups = append(s.SupplementalGroups, groups...)
	slices.Sort(s.SupplementalGroups)
	s.SupplementalGroups = slices.Compact(s.SupplementalGroups)
	if shared.SupplementalGroupsPolicy != nil {
		s.SupplementalGroupsPolicy = cri.SupplementalGroupsPolicy(cri.SupplementalGroupsPolicy_value[string(*shared.SupplementalGroupsPolicy)])
	}
	if c := own.Capabilities; c != nil {
		s.Capabilities = &cri.Capability{}
		for _, add := range c.Add {
			s.Capabilities.AddCapabilities = append(s.Capabilities.AddCapabilities, string(add))
		}
		for _, drop := range c.Drop {
			s.Capabilities.DropCapabilities = append(s.Capabilities.DropCapabilities, string(drop))
		}
	}
	if privileged {
		s.Seccomp, s.Apparmor = &cri.SecurityProfile{ProfileType: cri.SecurityProfile_Unconfined}, nil
		return s
	}
	if own.ProcMount == nil || *own.ProcMount == corev1.DefaultProcMount {
		s.MaskedPaths, s.ReadonlyPaths = maskedPaths[:], readonlyPaths[:]
	}
	return s
}

// seccomp words a profile. None is none: what confines by default may not be
// there on every node.
func (r *Runtime) seccomp(p *corev1.SeccompProfile) *cri.SecurityProfile {
	if p == nil && r.opts.SeccompDefault {
		return &cri.SecurityProfile{ProfileType: cri.SecurityProfile_RuntimeDefault}
	}
	if p == nil {
		return &cri.SecurityProfile{ProfileType: cri.SecurityProfile_Unconfined}
	}
	switch p.Type {
	case corev1.SeccompProfileTypeRuntimeDefault:
		return &cri.SecurityProfile{ProfileType: cri.SecurityProfile_RuntimeDefault}
	case corev1.SeccompProfileTypeLocalhost:
		file := ""
		if p.LocalhostProfile != nil {
			file = filepath.Join(r.opts.SeccompDir, filepath.Join("/", *p.LocalhostProfile))
		}
		return &cri.SecurityProfile{ProfileType: cri.SecurityProfile_Localhost, LocalhostRef: file}
	}
	return &cri.SecurityProfile{ProfileType: cri.SecurityProfile_Unconfined}
}

func appArmor(p *corev1.AppArmorProfile) *cri.SecurityProfile {
	if p == nil {
		return nil // the runtime's default, where there is AppArmor
	}
	switch p.Type {
	case corev1.AppArmorProfileTypeUnconfined:
		return &cri.SecurityProfile{ProfileType: cri.SecurityProfile_Unconfined}
	case corev1.AppArmorProfileTypeLocalhost:
		s := &cri.SecurityProfile{ProfileType: cri.SecurityProfile_Localhost}
		if p.LocalhostProfile != nil {
			s.LocalhostRef = *p.LocalhostProfile
		}
		return s
	}
	return &cri.SecurityProfile{ProfileType: cri.SecurityProfile_RuntimeDefault}
}

func seLinux(o *corev1.SELinuxOptions) *cri.SELinuxOption {
	if o == nil {
		return nil
	}
	return &cri.SELinuxOption{User: o.User, Role: o.Role, Type: o.Type, Level: o.Level}
}

func addsSysAdmin(c *corev1.Capabilities) bool {
	return c != nil && slices.ContainsFunc(c.Add, func(a corev1.Capability) bool { return a == "SYS_ADMIN" || a == "CAP_SYS_ADMIN" || a == "ALL" })
}

// anyPrivileged reports whether a container of the Pod is privileged; its sandbox
// has to be so then.
func anyPrivileged(pod *corev1.Pod) bool {
	privileged := func(c corev1.Container) bool { return c.SecurityContext != nil && isTrue(c.SecurityContext.Privileged) }
	return slices.ContainsFunc(pod.Spec.InitContainers, privileged) || slices.ContainsFunc(pod.Spec.Containers, privileged) ||
		slices.ContainsFunc(pod.Spec.EphemeralContainers, func(c corev1.EphemeralContainer) bool {
			return privileged(corev1.Container(c.EphemeralContainerCommon))
		})
}

func isTrue(b *bool) bool { return b != nil && *b }

func first[T any](own, shared *T) *T {
	if own != nil {
		return own
	}
	return shared
}

func int64Value(n *int64) *cri.Int64Value {
	if n == nil {
		return nil
	}
	return &cri.Int64Value{Value: *n}
}
