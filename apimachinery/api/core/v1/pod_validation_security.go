package corev1

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// podSecurity checks the security context of a Pod, at p its spec.
func podSecurity(at validate.Path, spec *PodSpec) validate.Errors {
	sc, p := spec.SecurityContext, at.Child("securityContext")
	errs := must(!spec.HostPID || !isTrue(spec.ShareProcessNamespace), at.Child("shareProcessNamespace"), true,
		"ShareProcessNamespace and HostPID cannot both be enabled")
	if sc == nil {
		return errs
	}
	return validate.All(errs,
		validate.IfSet(p.Child("fsGroup"), sc.FSGroup, userID),
		validate.IfSet(p.Child("runAsUser"), sc.RunAsUser, userID),
		validate.IfSet(p.Child("runAsGroup"), sc.RunAsGroup, userID),
		validate.Each(p.Child("supplementalGroups"), sc.SupplementalGroups, func(p validate.Path, id *int64) validate.Errors { return userID(p, *id) }),
		sysctls(p.Child("sysctls"), sc.Sysctls, spec),
		validate.IfSet(p.Child("fsGroupChangePolicy"), sc.FSGroupChangePolicy, isOneOf(FSGroupChangeAlways, FSGroupChangeOnRootMismatch)),
		seccomp(p.Child("seccompProfile"), sc.SeccompProfile),
		windowsOptions(p.Child("windowsOptions"), sc.WindowsOptions),
		appArmor(p.Child("appArmorProfile"), sc.AppArmorProfile),
		validate.IfSet(p.Child("supplementalGroupsPolicy"), sc.SupplementalGroupsPolicy, isOneOf(SupplementalGroupsPolicyMerge, SupplementalGroupsPolicyStrict)),
		validate.IfSet(p.Child("seLinuxChangePolicy"), sc.SELinuxChangePolicy, isOneOf(SELinuxChangePolicyMountOption, SELinuxChangePolicyRecursive)),
	)
}

// containerSecurity checks the security context of one container.
func containerSecurity(p validate.Path, sc *SecurityContext, spec *PodSpec) validate.Errors {
	mayNotRise := sc.AllowPrivilegeEscalation != nil && !*sc.AllowPrivilegeEscalation
	adds := sc.Capabilities != nil && slices.Contains(sc.Capabilities.Add, "CAP_SYS_ADMIN")
	return validate.All(
		validate.IfSet(p.Child("runAsUser"), sc.RunAsUser, userID),
		validate.IfSet(p.Child("runAsGroup"), sc.RunAsGroup, userID),
		validate.IfSet(p.Child("procMount"), sc.ProcMount, func(p validate.Path, mount ProcMountType) validate.Errors {
			return append(validate.In(p, mount, DefaultProcMount, UnmaskedProcMount),
				must(mount != UnmaskedProcMount || usesOwnUserNamespace(spec), p, mount, "`hostUsers` must be false to use `Unmasked`")...)
		}),
		seccomp(p.Child("seccompProfile"), sc.SeccompProfile),
		must(!mayNotRise || !isTrue(sc.Privileged), p, sc, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"),
		must(!mayNotRise || !adds, p, sc, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"),
		windowsOptions(p.Child("windowsOptions"), sc.WindowsOptions),
		appArmor(p.Child("appArmorProfile"), sc.AppArmorProfile),
	)
}

const (
	maxSysctlName = 253
	sysctlForm    = `([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?`
)

var sysctlName = regexp.MustCompile("^" + sysctlForm + "$")

func sysctls(p validate.Path, list []Sysctl, spec *PodSpec) validate.Errors {
	taken := map[string]bool{}
	return validate.Each(p, list, func(at validate.Path, s *Sysctl) validate.Errors {
		name := at.Child("name")
		// Slashes and dots part the same name.
		key := strings.ReplaceAll(s.Name, "/", ".")
		again := taken[key]
		taken[key] = true
		switch {
		case s.Name == "":
			return validate.Required(name, "")
		case len(s.Name) > maxSysctlName || !sysctlName.MatchString(s.Name):
			return validate.Invalid(name, s.Name, fmt.Sprintf("must have at most %d characters and match regex %s", maxSysctlName, sysctlName))
		case again:
			return validate.Duplicate(name, s.Name)
		}
		return append(
			must(!spec.HostNetwork || !strings.HasPrefix(key, "net."), name, s.Name, "may not be specified when 'hostNetwork' is true"),
			must(!spec.HostIPC || !isIPCSysctl(key), name, s.Name, "may not be specified when 'hostIPC' is true")...)
	})
}

func isIPCSysctl(name string) bool {
	return name == "kernel.sem" || strings.HasPrefix(name, "kernel.shm") || strings.HasPrefix(name, "kernel.msg") || strings.HasPrefix(name, "fs.mqueue.")
}

func seccomp(p validate.Path, s *SeccompProfile) validate.Errors {
	if s == nil {
		return nil
	}
	local, profile := s.Type == SeccompProfileTypeLocalhost, p.Child("localhostProfile")
	return validate.All(
		require(s.Type != "", p.Child("type"), "type is required when seccompProfile is set"),
		validate.When(s.Type != "", func() validate.Errors {
			return validate.In(p.Child("type"), s.Type, SeccompProfileTypeLocalhost, SeccompProfileTypeRuntimeDefault, SeccompProfileTypeUnconfined)
		}),
		require(!local || s.LocalhostProfile != nil, profile, "must be set when seccomp type is Localhost"),
		must(local || s.LocalhostProfile == nil, profile, s, "can only be set when seccomp type is Localhost"),
		validate.When(local, func() validate.Errors {
			return validate.IfSet(profile, s.LocalhostProfile, validate.Matches[string](names.RelativePath))
		}),
	)
}

func appArmor(p validate.Path, a *AppArmorProfile) validate.Errors {
	if a == nil {
		return nil
	}
	const maxProfile = 4095
	profile := p.Child("localhostProfile")
	switch a.Type {
	case AppArmorProfileTypeLocalhost:
		switch {
		case a.LocalhostProfile == nil || *a.LocalhostProfile == "":
			return validate.Required(profile, "must be set when AppArmor type is Localhost")
		case strings.TrimSpace(*a.LocalhostProfile) != *a.LocalhostProfile:
			return validate.Invalid(profile, *a.LocalhostProfile, "must not be padded with whitespace")
		}
		return validate.MaxBytes(profile, *a.LocalhostProfile, maxProfile)
	case AppArmorProfileTypeRuntimeDefault, AppArmorProfileTypeUnconfined:
		return must(a.LocalhostProfile == nil, profile, a.LocalhostProfile, "can only be set when AppArmor type is Localhost")
	case "":
		return validate.Required(p.Child("type"), "type is required when appArmorProfile is set")
	}
	return validate.NotSupported(p.Child("type"), a.Type, AppArmorProfileTypeLocalhost, AppArmorProfileTypeRuntimeDefault, AppArmorProfileTypeUnconfined)
}

const (
	maxCredentialSpec = 64 * 1024
	maxWindowsDomain  = 256
	maxWindowsUser    = 104
)

var (
	controlCharacters = regexp.MustCompile(`[[:cntrl:]]+`)
	netBIOSName       = regexp.MustCompile(`^[^\\/:\*\?"<>|\.][^\\/:\*\?"<>|]{0,14}$`)
	windowsDomain     = regexp.MustCompile(`^((([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))$`)
	onlyPeriods       = regexp.MustCompile(`^[\. ]+$`)
)

func windowsOptions(p validate.Path, w *WindowsSecurityContextOptions) validate.Errors {
	if w == nil {
		return nil
	}
	return validate.All(
		validate.IfSet(p.Child("gmsaCredentialSpecName"), w.GMSACredentialSpecName, validate.Matches[string](names.DNSSubdomain)),
		validate.IfSet(p.Child("gmsaCredentialSpec"), w.GMSACredentialSpec, func(p validate.Path, s string) validate.Errors {
			return append(must(s != "", p, s, "gmsaCredentialSpec cannot be an empty string"),
				must(len(s) <= maxCredentialSpec, p, s, "gmsaCredentialSpec size must be under 64 KiB")...)
		}),
		validate.IfSet(p.Child("runAsUserName"), w.RunAsUserName, windowsUserName),
	)
}

func windowsUserName(p validate.Path, name string) validate.Errors {
	const forbidden = `"/\:;|=,+*?<>@[]`
	parts := strings.Split(name, `\`)
	user, domain := parts[len(parts)-1], parts[0]
	errs := validate.All(
		must(name != "", p, name, "runAsUserName cannot be an empty string"),
		must(!controlCharacters.MatchString(name), p, name, "runAsUserName cannot contain control characters"),
		must(len(parts) <= 2, p, name, "runAsUserName cannot contain more than one backslash"),
	)
	if len(errs) > 0 {
		return errs
	}
	if len(parts) == 2 {
		errs = append(
			must(len(domain) < maxWindowsDomain, p, name, "runAsUserName's Domain length must be under 256 characters"),
			must(netBIOSName.MatchString(domain) || windowsDomain.MatchString(domain), p, name, "runAsUserName's Domain doesn't match the NetBios nor the DNS format")...)
	}
	return validate.All(errs,
		must(user != "", p, name, "runAsUserName's User cannot be empty"),
		must(len(user) <= maxWindowsUser, p, name, "runAsUserName's User length must not be longer than 104 characters"),
		must(!onlyPeriods.MatchString(user), p, name, "runAsUserName's User cannot contain only periods or spaces"),
		must(!strings.ContainsAny(user, forbidden), p, name, "runAsUserName's User cannot contain the following characters: "+forbidden),
	)
}

// hostProcessPod checks Pods whose containers run as processes of a Windows
// host: all do, or none, and they are on its network.
func hostProcessPod(p validate.Path, spec *PodSpec) validate.Errors {
	var ofPod *bool
	if spec.SecurityContext != nil && spec.SecurityContext.WindowsOptions != nil {
		ofPod = spec.SecurityContext.WindowsOptions.HostProcess
	}
	var errs validate.Errors
	containers, onHost := 0, 0
	eachContainer(p, spec, func(p validate.Path, c *Container) {
		containers++
		own := ofPod
		if sc := c.SecurityContext; sc != nil && sc.WindowsOptions != nil && sc.WindowsOptions.HostProcess != nil {
			own = sc.WindowsOptions.HostProcess
			if ofPod != nil && *ofPod != *own {
				errs = append(errs, validate.Invalid(p.Child("securityContext", "windowsOptions", "hostProcess"), own,
					fmt.Sprintf("pod hostProcess value must be identical if both are specified, was %v", *ofPod))...)
			}
		}
		if isTrue(own) {
			onHost++
		}
	})
	if onHost == 0 {
		return errs
	}
	return validate.All(errs,
		must(onHost == containers, p, "", "If pod contains any hostProcess containers then all containers must be HostProcess containers"),
		must(spec.HostNetwork, p.Child("hostNetwork"), spec.HostNetwork, "hostNetwork must be true if pod contains any hostProcess containers"),
	)
}

// eachContainer visits the containers of all sorts.
func eachContainer(p validate.Path, spec *PodSpec, visit func(p validate.Path, c *Container)) {
	for i := range spec.InitContainers {
		visit(p.Child("initContainers").Index(i), &spec.InitContainers[i])
	}
	for i := range spec.Containers {
		visit(p.Child("containers").Index(i), &spec.Containers[i])
	}
	for i := range spec.EphemeralContainers {
		visit(p.Child("ephemeralContainers").Index(i), spec.EphemeralContainers[i].container())
	}
}

// usesOwnUserNamespace says whether users in the Pod are others on the host.
func usesOwnUserNamespace(spec *PodSpec) bool { return spec.HostUsers != nil && !*spec.HostUsers }

func ownUserNamespace(p validate.Path, spec *PodSpec) validate.Errors {
	const why = "when `hostUsers` is false"
	errs := validate.All(
		forbid(spec.HostNetwork, p.Child("hostNetwork"), why),
		forbid(spec.HostPID, p.Child("HostPID"), why),
		forbid(spec.HostIPC, p.Child("HostIPC"), why),
	)
	eachContainer(p, spec, func(p validate.Path, c *Container) {
		errs = append(errs, forbid(len(c.VolumeDevices) > 0, p.Child("volumeDevices"), why)...)
	})
	return errs
}

// fitsOS refuses what the Pod's operating system does not have.
func fitsOS(p validate.Path, spec *PodSpec) validate.Errors {
	switch spec.OS.Name {
	case Linux:
		return fitsLinux(p, spec)
	case Windows:
		return fitsWindows(p, spec)
	}
	return nil
}

func fitsLinux(p validate.Path, spec *PodSpec) validate.Errors {
	const why = "windows options cannot be set for a linux pod"
	sc := spec.SecurityContext
	errs := forbid(sc != nil && sc.WindowsOptions != nil, p.Child("securityContext", "windowsOptions"), why)
	eachContainer(p, spec, func(p validate.Path, c *Container) {
		errs = append(errs, forbid(c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil, p.Child("securityContext", "windowsOptions"), why)...)
	})
	return errs
}

func fitsWindows(at validate.Path, spec *PodSpec) validate.Errors {
	const why = "cannot be set for a windows pod"
	var errs validate.Errors
	if sc, p := spec.SecurityContext, at.Child("securityContext"); sc != nil {
		errs = validate.All(
			forbid(sc.SELinuxOptions != nil, p.Child("seLinuxOptions"), why),
			forbid(sc.SeccompProfile != nil, p.Child("seccompProfile"), why),
			forbid(sc.AppArmorProfile != nil, p.Child("appArmorProfile"), why),
			forbid(sc.FSGroup != nil, p.Child("fsGroup"), why),
			forbid(sc.FSGroupChangePolicy != nil, p.Child("fsGroupChangePolicy"), why),
			forbid(len(sc.Sysctls) > 0, p.Child("sysctls"), why),
			forbid(sc.RunAsUser != nil, p.Child("runAsUser"), why),
			forbid(sc.RunAsGroup != nil, p.Child("runAsGroup"), why),
			forbid(sc.SupplementalGroups != nil, p.Child("supplementalGroups"), why),
			forbid(sc.SupplementalGroupsPolicy != nil, p.Child("supplementalGroupsPolicy"), why),
			forbid(sc.SELinuxChangePolicy != nil, p.Child("seLinuxChangePolicy"), why),
		)
	}
	errs = append(errs, validate.All(
		forbid(usesOwnUserNamespace(spec), at.Child("hostUsers"), why),
		forbid(spec.HostPID, at.Child("hostPID"), why),
		forbid(spec.HostIPC, at.Child("hostIPC"), why),
		forbid(spec.ShareProcessNamespace != nil, at.Child("shareProcessNamespace"), why),
	)...)
	eachContainer(at, spec, func(p validate.Path, c *Container) {
		sc, p := c.SecurityContext, p.Child("securityContext")
		if sc == nil {
			return
		}
		errs = append(errs, validate.All(
			forbid(sc.SELinuxOptions != nil, p.Child("seLinuxOptions"), why),
			forbid(sc.SeccompProfile != nil, p.Child("seccompProfile"), why),
			forbid(sc.AppArmorProfile != nil, p.Child("appArmorProfile"), why),
			forbid(sc.Capabilities != nil, p.Child("capabilities"), why),
			forbid(sc.ReadOnlyRootFilesystem != nil, p.Child("readOnlyRootFilesystem"), why),
			forbid(sc.Privileged != nil, p.Child("privileged"), why),
			forbid(sc.AllowPrivilegeEscalation != nil, p.Child("allowPrivilegeEscalation"), why),
			forbid(sc.ProcMount != nil, p.Child("procMount"), why),
			forbid(sc.RunAsUser != nil, p.Child("runAsUser"), why),
			forbid(sc.RunAsGroup != nil, p.Child("runAsGroup"), why),
		)...)
	})
	return errs
}
