package corev1

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// ValidatePodStatusUpdate finds every fault of a Pod's status that is about to
// replace that of old.
func ValidatePodStatusUpdate(pod, old *Pod) validate.Errors {
	s := &pod.Status
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &pod.ObjectMeta, &old.ObjectMeta),
		annotationsStay(metadataPath.Child("annotations"), pod.Annotations, old.Annotations),
		validate.Each(statusPath.Child("conditions"), s.Conditions, func(p validate.Path, c *PodCondition) validate.Errors {
			return append(nonNegativeGeneration(p.Child("observedGeneration"), c.ObservedGeneration), validate.LabelKey(p.Child("Type"), string(c.Type))...)
		}),
		optional(statusPath.Child("nominatedNodeName"), s.NominatedNodeName, names.DNSSubdomain),
		nonNegativeGeneration(statusPath.Child("observedGeneration"), s.ObservedGeneration),
		validate.Immutable(statusPath.Child("qosClass"), s.QOSClass, old.Status.QOSClass),
		validate.When(old.Spec.RestartPolicy != RestartPolicyAlways, func() validate.Errors {
			return append(
				endedStaysEnded(statusPath.Child("containerStatuses"), s.ContainerStatuses, old.Status.ContainerStatuses, &old.Spec, old.Spec.Containers),
				endedStaysEnded(statusPath.Child("initContainerStatuses"), s.InitContainerStatuses, old.Status.InitContainerStatuses, &old.Spec, old.Spec.InitContainers)...)
		}),
		podAddresses(statusPath, s),
		hostAddresses(statusPath, s),
		resourceClaimStatuses(statusPath.Child("resourceClaimStatuses"), s.ResourceClaimStatuses, pod.Spec.ResourceClaims),
		extendedClaimStatus(statusPath.Child("extendedResourceClaimStatus"), s.ExtendedResourceClaimStatus, &pod.Spec),
		containerUsers(statusPath.Child("initContainerStatuses"), s.InitContainerStatuses),
		containerUsers(statusPath.Child("containerStatuses"), s.ContainerStatuses),
		containerUsers(statusPath.Child("ephemeralContainerStatuses"), s.EphemeralContainerStatuses),
		deviceHealth(statusPath.Child("containerStatuses"), s.ContainerStatuses, pod.Spec.Containers),
		deviceHealth(statusPath.Child("initContainerStatuses"), s.InitContainerStatuses, pod.Spec.InitContainers),
		validate.Each(statusPath.Child("ephemeralContainerStatuses"), s.EphemeralContainerStatuses, func(p validate.Path, c *ContainerStatus) validate.Errors {
			return forbid(len(c.AllocatedResourcesStatus) > 0, p.Child("allocatedResourcesStatus"), "must not be specified in container status")
		}),
	)
}

func nonNegativeGeneration(p validate.Path, n int64) validate.Errors {
	return must(n >= 0, p, n, "must be a non-negative integer")
}

// endedStaysEnded says that a container which will not be restarted does not
// run again.
func endedStaysEnded(p validate.Path, statuses, old []ContainerStatus, spec *PodSpec, containers []Container) validate.Errors {
	return validate.Each(p, statuses, func(p validate.Path, s *ContainerStatus) validate.Errors {
		if s.State.Terminated != nil {
			return nil
		}
		i := slices.IndexFunc(old, func(o ContainerStatus) bool { return o.Name == s.Name })
		if i < 0 || old[i].State.Terminated == nil || mayRestart(spec, containers, s.Name, old[i].State.Terminated.ExitCode) {
			return nil
		}
		return validate.Forbidden(p.Child("state"), "may not be transitioned to non-terminated state")
	})
}

// mayRestart reports whether a container may run again that ended with exitCode.
func mayRestart(spec *PodSpec, containers []Container, name string, exitCode int32) bool {
	if restartsAll(spec.InitContainers) || restartsAll(spec.Containers) {
		return true // another container's rule may say so
	}
	policy := ContainerRestartPolicy(spec.RestartPolicy)
	if i := slices.IndexFunc(containers, func(c Container) bool { return c.Name == name }); i >= 0 {
		c := &containers[i]
		if c.RestartPolicy != nil {
			policy = *c.RestartPolicy
		}
		if slices.ContainsFunc(c.RestartPolicyRules, func(r ContainerRestartRule) bool { return r.Matches(exitCode) }) {
			return true
		}
	}
	return policy == ContainerRestartPolicyAlways || policy == ContainerRestartPolicyOnFailure && exitCode != 0
}

// restartsAll reports whether a rule of one of the containers may restart all.
func restartsAll(containers []Container) bool {
	return slices.ContainsFunc(containers, func(c Container) bool {
		return slices.ContainsFunc(c.RestartPolicyRules, func(r ContainerRestartRule) bool {
			return r.Action == ContainerRestartRuleActionRestartAllContainers
		})
	})
}

// Matches reports whether the rule is about a run that ended with exitCode.
func (r *ContainerRestartRule) Matches(exitCode int32) bool {
	if r.ExitCodes == nil {
		return false
	}
	listed := slices.Contains(r.ExitCodes.Values, exitCode)
	return listed == (r.ExitCodes.Operator == ContainerRestartRuleOnExitCodesOpIn)
}

func podAddresses(p validate.Path, s *PodStatus) validate.Errors {
	ips := p.Child("podIPs")
	addresses := make([]string, len(s.PodIPs))
	for i := range s.PodIPs {
		addresses[i] = s.PodIPs[i].IP
	}
	return validate.All(
		validate.Each(ips, addresses, address),
		addressPerFamily(ips, addresses, s.PodIPs),
		must(len(addresses) == 0 || s.PodIP != "", ips, s.PodIPs, "podIP and podIPs must either both be set or both be unset"),
	)
}

func hostAddresses(p validate.Path, s *PodStatus) validate.Errors {
	if len(s.HostIPs) == 0 {
		return nil
	}
	ips := p.Child("hostIPs")
	addresses := make([]string, len(s.HostIPs))
	for i := range s.HostIPs {
		addresses[i] = s.HostIPs[i].IP
	}
	return validate.All(
		must(addresses[0] == s.HostIP, ips.Index(0).Child("ip"), addresses[0], "must be equal to `hostIP`"),
		validate.Each(ips, addresses, address),
		addressPerFamily(ips, addresses, s.HostIPs),
	)
}

func address(p validate.Path, ip *string) validate.Errors { return validate.String(p, *ip, names.IP) }

// addressPerFamily says that several addresses are one of each IP family; shown is
// the list as messages show it.
func addressPerFamily(p validate.Path, addresses []string, shown any) validate.Errors {
	if len(addresses) < 2 {
		return nil
	}
	v4, v6 := 0, 0
	var errs validate.Errors
	for i, a := range addresses {
		ip, ok := names.ParseIPSloppily(a)
		if !ok {
			errs = validate.Internal(p, fmt.Errorf("failed to check for dual stack with error:invalid IP[%d]: %s", i, a))
			break
		}
		if ip.Is4() {
			v4++
		} else {
			v6++
		}
	}
	return append(errs, must(len(errs) == 0 && v4 == 1 && v6 == 1, p, shown, "may specify no more than one IP for each IP family")...)
}

func resourceClaimStatuses(p validate.Path, statuses []PodResourceClaimStatus, claims []PodResourceClaim) validate.Errors {
	taken := make(map[string]bool, len(statuses))
	return validate.Each(p, statuses, func(p validate.Path, s *PodResourceClaimStatus) validate.Errors {
		known := slices.ContainsFunc(claims, func(c PodResourceClaim) bool { return c.Name == s.Name })
		var again validate.Errors
		if taken[s.Name] {
			again = validate.Duplicate(p.Child("name"), s.Name)
		}
		taken[s.Name] = true
		return validate.All(
			must(known, p.Child("name"), s.Name, "must match the name of an entry in `spec.resourceClaims`"),
			again,
			validate.IfSet(p.Child("resourceClaimName"), s.ResourceClaimName, validate.Matches[string](names.DNSSubdomain)),
		)
	})
}

// extendedClaimStatus checks which claim stands for the extended resources that
// the containers ask for, and how.
func extendedClaimStatus(p validate.Path, s *PodExtendedResourceClaimStatus, spec *PodSpec) validate.Errors {
	if s == nil {
		return nil
	}
	mappings := p.Child("requestMappings")
	taken := make(map[ContainerExtendedResourceRequest]bool, len(s.RequestMappings))
	return validate.All(
		require(len(s.RequestMappings) > 0, mappings, "at least one request mapping is required"),
		validate.Each(mappings, s.RequestMappings, func(at validate.Path, m *ContainerExtendedResourceRequest) validate.Errors {
			var again validate.Errors
			if taken[*m] {
				again = validate.All(validate.Duplicate(at.Child("containerName"), m.ContainerName),
					validate.Duplicate(at.Child("resourceName"), m.ResourceName), validate.Duplicate(at.Child("requestName"), m.RequestName))
			}
			taken[*m] = true
			return validate.All(again, asksForExtended(at, m, spec), validate.String(p.Child("requestName"), m.RequestName, names.DNSLabel))
		}),
		validate.Named(p.Child("resourceClaimName"), s.ResourceClaimName, names.DNSSubdomain),
	)
}

// asksForExtended says that a container of that name asks for that resource.
func asksForExtended(p validate.Path, m *ContainerExtendedResourceRequest, spec *PodSpec) validate.Errors {
	known := false
	for _, list := range [][]Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			if list[i].Name != m.ContainerName {
				continue
			}
			known = true
			if _, asked := list[i].Resources.Requests[ResourceName(m.ResourceName)]; asked {
				return nil
			}
		}
	}
	if !known {
		return validate.Invalid(p.Child("containerName"), m.ContainerName, "must match the name of an entry in spec.initContainers.name or spec.containers.name")
	}
	return validate.Invalid(p.Child("resourceName"), m.ResourceName,
		"must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests")
}

// containerUsers checks whom the containers run as.
func containerUsers(p validate.Path, statuses []ContainerStatus) validate.Errors {
	return validate.Each(p, statuses, func(p validate.Path, s *ContainerStatus) validate.Errors {
		if s.User == nil || s.User.Linux == nil {
			return nil
		}
		u, p := s.User.Linux, p.Child("user", "linux")
		return validate.All(
			validate.InRange[int64](0, math.MaxUint32)(p.Child("uid"), u.UID),
			userID(p.Child("gid"), u.GID),
			validate.Each(p.Child("supplementalGroups"), u.SupplementalGroups, func(p validate.Path, id *int64) validate.Errors { return userID(p, *id) }),
		)
	})
}

// deviceHealth checks what containers report of the devices that they were given.
func deviceHealth(p validate.Path, statuses []ContainerStatus, containers []Container) validate.Errors {
	return validate.Each(p, statuses, func(p validate.Path, s *ContainerStatus) validate.Errors {
		i := slices.IndexFunc(containers, func(c Container) bool { return c.Name == s.Name })
		if i < 0 {
			return nil
		}
		return validate.Each(p.Child("allocatedResourcesStatus"), s.AllocatedResourcesStatus, func(p validate.Path, r *ResourceStatus) validate.Errors {
			taken := make(map[ResourceID]bool, len(r.Resources))
			return append(resourceOf(p.Child("name"), r.Name, &containers[i].Resources),
				validate.Each(p.Child("resources"), r.Resources, func(p validate.Path, h *ResourceHealth) validate.Errors {
					errs := validate.In(p.Child("health"), h.Health, ResourceHealthStatusHealthy, ResourceHealthStatusUnhealthy, ResourceHealthStatusUnknown)
					if taken[h.ResourceID] {
						errs = append(errs, validate.Duplicate(p.Child("resourceID"), string(h.ResourceID))...)
					}
					taken[h.ResourceID] = true
					return errs
				})...)
		})
	})
}

// resourceOf says that a container asks for the resource of that name: a claim,
// or one request of it, or an amount.
func resourceOf(p validate.Path, name ResourceName, r *ResourceRequirements) validate.Errors {
	claim, isClaim := strings.CutPrefix(string(name), "claim:")
	if !isClaim {
		_, asked := r.Requests[name]
		return must(asked, p, string(name), "must match one of the container's resource requests")
	}
	known := slices.ContainsFunc(r.Claims, func(c ResourceClaim) bool {
		return claim == c.Name && c.Request == "" || claim == c.Name+"/"+c.Request && c.Request != ""
	})
	return must(known, p, string(name), "must match one of the container's resource claims as 'claim:<claimName>/<requestName>' "+
		"when container.resources.claims[*].request is set or 'claim:<claimName>' when it is empty")
}
