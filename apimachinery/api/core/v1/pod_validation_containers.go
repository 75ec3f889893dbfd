package corev1

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// containerContext is what the rules of a container must know of its Pod.
type containerContext struct {
	spec    *PodSpec
	volumes map[string]*VolumeSource // the valid ones, by name
	claims  []string                 // names of the Pod's resource claims
}

// anyContainer holds for containers of every sort.
func anyContainer(p validate.Path, c *Container, in containerContext) validate.Errors {
	return validate.All(
		validate.Named(p.Child("name"), c.Name, names.DNSLabel),
		validate.NonEmpty(p.Child("image"), c.Image),
		validate.OneOf(p.Child("terminationMessagePolicy"), c.TerminationMessagePolicy,
			TerminationMessageReadFile, TerminationMessageFallbackToLogsOnError),
		containerPorts(p.Child("ports"), c.Ports),
		containerEnv(p.Child("env"), c.Env, in.volumes),
		envFrom(p.Child("envFrom"), c.EnvFrom),
		volumeMounts(p.Child("volumeMounts"), c, in.volumes),
		volumeDevices(p.Child("volumeDevices"), c, in.volumes),
		pullPolicy(p.Child("imagePullPolicy"), c.ImagePullPolicy),
		containerRequirements(p.Child("resources"), &c.Resources, in.claims),
		resizePolicy(p.Child("resizePolicy"), c.ResizePolicy, in.spec.RestartPolicy),
		validate.When(c.SecurityContext != nil, func() validate.Errors {
			return containerSecurity(p.Child("securityContext"), c.SecurityContext, in.spec)
		}),
	)
}

func pullPolicy(p validate.Path, policy PullPolicy) validate.Errors {
	return validate.OneOf(p, policy, PullAlways, PullIfNotPresent, PullNever)
}

func mainContainers(p validate.Path, spec *PodSpec, in containerContext) validate.Errors {
	taken := make(map[string]bool, len(spec.Containers))
	return validate.All(
		require(len(spec.Containers) > 0, p, ""),
		validate.Each(p, spec.Containers, func(p validate.Path, c *Container) validate.Errors {
			var again validate.Errors
			if taken[c.Name] {
				again = validate.Duplicate(p.Child("name"), c.Name)
			}
			taken[c.Name] = true
			return validate.All(
				anyContainer(p, c, in),
				again,
				longRunning(p, c, in.spec),
				restartRules(p, c),
			)
		}),
		uniqueHostPorts(p, spec.Containers),
	)
}

// longRunning holds for containers that stay for as long as their Pod.
func longRunning(p validate.Path, c *Container, spec *PodSpec) validate.Errors {
	return validate.All(
		lifecycle(p.Child("lifecycle"), c.Lifecycle, spec),
		livenessProbe(p.Child("livenessProbe"), c.LivenessProbe, spec),
		readinessProbe(p.Child("readinessProbe"), c.ReadinessProbe, spec),
		livenessProbe(p.Child("startupProbe"), c.StartupProbe, spec),
	)
}

func initContainers(p validate.Path, spec *PodSpec, in containerContext) validate.Errors {
	taken := make(map[string]bool, len(spec.Containers)+len(spec.InitContainers))
	for i := range spec.Containers {
		taken[spec.Containers[i].Name] = true
	}
	return validate.Each(p, spec.InitContainers, func(at validate.Path, c *Container) validate.Errors {
		var again validate.Errors
		if taken[c.Name] {
			again = validate.Duplicate(at.Child("name"), c.Name)
		}
		taken[c.Name] = c.Name != ""
		return validate.All(
			anyContainer(at, c, in),
			again,
			// They run one after another, so only one's own ports may clash.
			uniqueHostPorts(p, []Container{*c}),
			validate.When(c.RestartPolicy != nil || len(c.RestartPolicyRules) == 0, func() validate.Errors { return restartRules(at, c) }),
			require(c.RestartPolicy != nil || len(c.RestartPolicyRules) == 0, at.Child("restartPolicy"), rulesNeedPolicy),
			validate.When(IsSidecar(c), func() validate.Errors { return longRunning(at, c, in.spec) }),
			validate.When(!IsSidecar(c), func() validate.Errors { return shortLived(at, c) }),
		)
	})
}

// shortLived holds for init containers that end before the others begin.
func shortLived(p validate.Path, c *Container) validate.Errors {
	const needsSidecar = "may not be set for init containers without restartPolicy=Always"
	return validate.All(
		forbid(c.Lifecycle != nil, p.Child("lifecycle"), needsSidecar),
		forbid(c.LivenessProbe != nil, p.Child("livenessProbe"), needsSidecar),
		forbid(c.ReadinessProbe != nil, p.Child("readinessProbe"), needsSidecar),
		forbid(c.StartupProbe != nil, p.Child("startupProbe"), needsSidecar),
	)
}

func ephemeralContainers(p validate.Path, spec *PodSpec, in containerContext) validate.Errors {
	lasting := make(map[string]bool, len(spec.Containers)+len(spec.InitContainers))
	for _, list := range [][]Container{spec.Containers, spec.InitContainers} {
		for i := range list {
			lasting[list[i].Name] = true
		}
	}
	taken := make(map[string]bool, len(spec.EphemeralContainers))
	return validate.Each(p, spec.EphemeralContainers, func(p validate.Path, e *EphemeralContainer) validate.Errors {
		c := e.container()
		var errs validate.Errors
		if taken[c.Name] || lasting[c.Name] {
			errs = validate.Duplicate(p.Child("name"), c.Name)
		}
		taken[c.Name] = true
		if e.TargetContainerName != "" && !lasting[e.TargetContainerName] {
			errs = append(errs, validate.NotFound(p.Child("targetContainerName"), e.TargetContainerName)...)
		}
		return validate.All(
			anyContainer(p, c, in),
			trimmedImage(p, c),
			errs,
			onlyForLasting(p, c),
			validate.Each(p.Child("volumeMounts"), c.VolumeMounts, func(p validate.Path, m *VolumeMount) validate.Errors {
				return validate.All(
					forbid(m.SubPath != "", p.Child("subPath"), notForEphemeral),
					forbid(m.SubPathExpr != "", p.Child("subPathExpr"), notForEphemeral),
				)
			}),
		)
	})
}

const notForEphemeral = "cannot be set for an Ephemeral Container"

// onlyForLasting refuses what makes no sense in a container that comes and goes
// for debugging: nothing may rely on it.
func onlyForLasting(p validate.Path, c *Container) validate.Errors {
	isSet := func(v any) bool { return !reflect.ValueOf(v).IsZero() }
	return validate.All(
		forbid(isSet(c.Ports), p.Child("ports"), notForEphemeral),
		forbid(isSet(c.Resources), p.Child("resources"), notForEphemeral),
		forbid(isSet(c.ResizePolicy), p.Child("resizePolicy"), notForEphemeral),
		forbid(c.RestartPolicy != nil, p.Child("restartPolicy"), notForEphemeral),
		forbid(isSet(c.RestartPolicyRules), p.Child("restartPolicyRules"), notForEphemeral),
		forbid(c.LivenessProbe != nil, p.Child("livenessProbe"), notForEphemeral),
		forbid(c.ReadinessProbe != nil, p.Child("readinessProbe"), notForEphemeral),
		forbid(c.StartupProbe != nil, p.Child("startupProbe"), notForEphemeral),
		forbid(c.Lifecycle != nil, p.Child("lifecycle"), notForEphemeral),
	)
}

// trimmedImages is a rule of Pods only; templates that break it are stored since ever.
func trimmedImages(p validate.Path, containers []Container) validate.Errors {
	return validate.Each(p, containers, trimmedImage)
}

func trimmedImage(p validate.Path, c *Container) validate.Errors {
	return must(strings.TrimSpace(c.Image) == c.Image, p.Child("image"), c.Image, "must not have leading or trailing whitespace")
}

const (
	maxRestartRules     = 20
	maxRestartExitCodes = 255
	rulesNeedPolicy     = "must specify restartPolicy when restart rules are used"
)

// restartRules holds for when a container restarts by rules of its own.
func restartRules(p validate.Path, c *Container) validate.Errors {
	rules := p.Child("restartPolicyRules")
	return validate.All(
		require(c.RestartPolicy != nil || len(c.RestartPolicyRules) == 0, p.Child("restartPolicy"), rulesNeedPolicy),
		validate.IfSet(p.Child("restartPolicy"), c.RestartPolicy, func(p validate.Path, policy ContainerRestartPolicy) validate.Errors {
			return validate.In(p, policy, ContainerRestartPolicyAlways, ContainerRestartPolicyNever, ContainerRestartPolicyOnFailure)
		}),
		validate.MaxItems(rules, c.RestartPolicyRules, maxRestartRules),
		validate.Each(rules, c.RestartPolicyRules, restartRule),
	)
}

func restartRule(p validate.Path, r *ContainerRestartRule) validate.Errors {
	return validate.All(
		validate.In(p.Child("action"), r.Action, ContainerRestartRuleActionRestart, ContainerRestartRuleActionRestartAllContainers),
		require(r.ExitCodes != nil, p.Child("exitCodes"), "must be specified"),
		validate.IfSet(p.Child("exitCodes"), r.ExitCodes, func(p validate.Path, codes ContainerRestartRuleOnExitCodes) validate.Errors {
			return validate.All(
				validate.In(p.Child("operator"), codes.Operator, ContainerRestartRuleOnExitCodesOpIn, ContainerRestartRuleOnExitCodesOpNotIn),
				validate.MaxItems(p.Child("values"), codes.Values, maxRestartExitCodes),
			)
		}),
	)
}

func containerPorts(p validate.Path, ports []ContainerPort) validate.Errors {
	taken := make(map[string]bool, len(ports))
	return validate.Each(p, ports, func(p validate.Path, port *ContainerPort) validate.Errors {
		name := optional(p.Child("name"), port.Name, names.PortName)
		if len(name) == 0 && port.Name != "" {
			if taken[port.Name] {
				name = validate.Duplicate(p.Child("name"), port.Name)
			}
			taken[port.Name] = true
		}
		return validate.All(
			name,
			requiredPort(p.Child("containerPort"), port.ContainerPort),
			validate.When(port.HostPort != 0, func() validate.Errors { return validate.Port(p.Child("hostPort"), port.HostPort) }),
			protocol(p.Child("protocol"), port.Protocol),
		)
	})
}

func requiredPort(p validate.Path, n int32) validate.Errors {
	if n == 0 {
		return validate.Required(p, "")
	}
	return validate.Port(p, n)
}

func protocol(p validate.Path, proto Protocol) validate.Errors {
	return validate.OneOf(p, proto, ProtocolSCTP, ProtocolTCP, ProtocolUDP)
}

// uniqueHostPorts says that containers which run at the same time cannot share
// a port of the host.
func uniqueHostPorts(p validate.Path, containers []Container) validate.Errors {
	taken := map[string]bool{}
	return validate.Each(p, containers, func(p validate.Path, c *Container) validate.Errors {
		return validate.Each(p.Child("ports"), c.Ports, func(p validate.Path, port *ContainerPort) validate.Errors {
			if port.HostPort == 0 {
				return nil
			}
			key := fmt.Sprintf("%s/%s/%d", port.Protocol, port.HostIP, port.HostPort)
			if taken[key] {
				return validate.Duplicate(p.Child("hostPort"), key)
			}
			taken[key] = true
			return nil
		})
	})
}

// hostNetworkPorts says that on the host's network a container's port is the
// host's. A template may leave the latter out.
func hostNetworkPorts(p validate.Path, spec *PodSpec, in podContext) validate.Errors {
	return validate.Each(p.Child("containers"), spec.Containers, func(p validate.Path, c *Container) validate.Errors {
		return validate.Each(p.Child("ports"), c.Ports, func(p validate.Path, port *ContainerPort) validate.Errors {
			if port.HostPort == 0 && !in.isPod {
				return nil
			}
			return must(port.HostPort == port.ContainerPort, p.Child("hostPort"), port.HostPort, "must match `containerPort` when `hostNetwork` is true")
		})
	})
}
