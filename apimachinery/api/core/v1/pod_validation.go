package corev1

import (
	"math"

	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

var (
	metadataPath = validate.NewPath("metadata")
	specPath     = validate.NewPath("spec")
	statusPath   = validate.NewPath("status")
)

// ValidatePod finds every fault of a Pod that is about to be made. Defaults must
// be filled in before.
func ValidatePod(pod *Pod) validate.Errors {
	return validate.All(
		podContent(pod),
		forbid(len(pod.Spec.EphemeralContainers) > 0, specPath.Child("ephemeralContainers"), "cannot be set on create"),
		forbid(pod.Spec.NodeName != "" && len(pod.Spec.SchedulingGates) > 0, specPath.Child("nodeName"),
			"cannot be set until all schedulingGates have been cleared"),
		appArmorAnnotationsAgree(metadataPath.Child("annotations"), pod),
	)
}

// podContent holds for a Pod at any time in its life.
func podContent(pod *Pod) validate.Errors {
	return validate.All(
		validate.ObjectMeta(metadataPath, &pod.ObjectMeta, true, names.DNSSubdomain),
		podAnnotations(metadataPath.Child("annotations"), pod.Annotations, &pod.Spec),
		podSpec(specPath, &pod.Spec, podContext{isPod: true, name: pod.Name}),
		validate.When(pod.Spec.ServiceAccountName == "", func() validate.Errors {
			return noTokens(specPath.Child("volumes"), pod.Spec.Volumes)
		}),
		trimmedImages(specPath.Child("initContainers"), pod.Spec.InitContainers),
		trimmedImages(specPath.Child("containers"), pod.Spec.Containers),
	)
}

// ValidatePodTemplate finds every fault of a template that Pods are made of; p
// leads to it. Defaults must be filled in before.
func ValidatePodTemplate(t *PodTemplateSpec, p validate.Path) validate.Errors {
	return validate.All(
		validate.Labels(p.Child("labels"), t.Labels),
		validate.Annotations(p.Child("annotations"), t.Annotations),
		podAnnotations(p.Child("annotations"), t.Annotations, &t.Spec),
		podSpec(p.Child("spec"), &t.Spec, podContext{}),
		forbid(len(t.Spec.EphemeralContainers) > 0, p.Child("spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template"),
	)
}

// ValidatePodSpec finds every fault of what Pods and templates have in common;
// p leads to it. It allows what a template may leave out.
func ValidatePodSpec(spec *PodSpec, p validate.Path) validate.Errors {
	return podSpec(p, spec, podContext{})
}

// podContext is what the rules of a PodSpec must know of what holds it.
type podContext struct {
	isPod bool   // a Pod, whose unset fields will not be filled in later any more
	name  string // of the Pod; "" in a template
}

func podSpec(p validate.Path, spec *PodSpec, in podContext) validate.Errors {
	volumes, errs := podVolumes(p.Child("volumes"), spec.Volumes, in.name)
	claims := podClaimNames(spec.ResourceClaims)
	c := containerContext{spec: spec, volumes: volumes, claims: claims}
	return validate.All(
		errs,
		podResourceClaims(p.Child("resourceClaims"), spec.ResourceClaims),
		mainContainers(p.Child("containers"), spec, c),
		initContainers(p.Child("initContainers"), spec, c),
		ephemeralContainers(p.Child("ephemeralContainers"), spec, c),
		validate.When(spec.Resources != nil, func() validate.Errors { return podLevelResourcesFit(p, spec, claims) }),
		validate.When(spec.HostNetwork, func() validate.Errors { return hostNetworkPorts(p, spec, in) }),
		validate.OneOf(p.Child("restartPolicy"), spec.RestartPolicy, RestartPolicyAlways, RestartPolicyOnFailure, RestartPolicyNever),
		validate.OneOf(p.Child("dnsPolicy"), spec.DNSPolicy, DNSClusterFirstWithHostNet, DNSClusterFirst, DNSDefault, DNSNone),
		validate.Labels(p.Child("nodeSelector"), spec.NodeSelector),
		podSecurity(p, spec),
		podAffinity(p.Child("affinity"), spec.Affinity),
		podDNSConfig(p.Child("dnsConfig"), spec.DNSConfig, spec.DNSPolicy),
		validate.Each(p.Child("readinessGates"), spec.ReadinessGates, func(p validate.Path, g *PodReadinessGate) validate.Errors {
			return validate.String(p.Child("conditionType"), g.ConditionType, names.QualifiedName)
		}),
		schedulingGates(p.Child("schedulingGates"), spec.SchedulingGates),
		topologySpread(p.Child("topologySpreadConstraints"), spec.TopologySpreadConstraints),
		hostProcessPod(p, spec),
		validate.When(usesOwnUserNamespace(spec), func() validate.Errors { return ownUserNamespace(p, spec) }),
		optional(p.Child("serviceAccountName"), spec.ServiceAccountName, names.DNSSubdomain),
		optional(p.Child("nodeName"), spec.NodeName, names.DNSSubdomain),
		validate.IfSet(p.Child("activeDeadlineSeconds"), spec.ActiveDeadlineSeconds, validate.InRange[int64](1, math.MaxInt32)),
		optional(p.Child("hostname"), spec.Hostname, names.DNSLabel),
		optional(p.Child("subdomain"), spec.Subdomain, names.DNSLabel),
		validate.IfSet(p.Child("hostnameOverride"), spec.HostnameOverride, hostnameOverride(spec)),
		tolerations(p.Child("tolerations"), spec.Tolerations),
		validate.Each(p.Child("hostAliases"), spec.HostAliases, hostAlias),
		optional(p.Child("priorityClassName"), spec.PriorityClassName, names.DNSSubdomain),
		validate.IfSet(p.Child("runtimeClassName"), spec.RuntimeClassName, validate.Matches[string](names.DNSSubdomain)),
		validate.IfSet(p.Child("preemptionPolicy"), spec.PreemptionPolicy, PreemptionPolicies),
		validate.When(spec.Overhead != nil, func() validate.Errors { return ValidateOverhead(spec.Overhead, p.Child("overhead")) }),
		validate.IfSet(p.Child("os"), spec.OS, podOS),
		validate.When(spec.OS != nil, func() validate.Errors { return fitsOS(p, spec) }),
		validate.UniqueBy(p.Child("evictionResponders"), spec.EvictionResponders, func(r *EvictionResponder) string { return r.Name }, "name"),
		validate.Each(p.Child("evictionResponders"), spec.EvictionResponders, func(p validate.Path, r *EvictionResponder) validate.Errors {
			return validate.All(validate.Named(p.Child("name"), r.Name, names.QualifiedName), require(r.Priority != nil, p.Child("priority"), ""))
		}),
	)
}

// PreemptionPolicies is the check of a preemption policy, of Pods and of
// priority classes.
func PreemptionPolicies(p validate.Path, policy PreemptionPolicy) validate.Errors {
	return validate.OneOf(p, policy, PreemptLowerPriority, PreemptNever)
}

// ValidateOverhead finds every fault of what a Pod needs besides its containers.
func ValidateOverhead(overhead ResourceList, p validate.Path) validate.Errors {
	return containerRequirements(p, &ResourceRequirements{Limits: overhead}, nil)
}

// optional puts rules to a string that may be empty.
func optional[T ~string](p validate.Path, value T, rules ...func(string) []string) validate.Errors {
	if value == "" {
		return nil
	}
	return validate.String(p, value, rules...)
}

// noTokens refuses tokens of no service account.
func noTokens(p validate.Path, volumes []Volume) validate.Errors {
	return validate.Each(p, volumes, func(p validate.Path, v *Volume) validate.Errors {
		if v.Projected == nil {
			return nil
		}
		return validate.Each(p.Child("projected", "sources"), v.Projected.Sources, func(p validate.Path, s *VolumeProjection) validate.Errors {
			return forbid(s.ServiceAccountToken != nil, p.Child("serviceAccountToken"), "must not be specified when serviceAccountName is not set")
		})
	})
}

func podOS(p validate.Path, os PodOS) validate.Errors {
	if os.Name == "" {
		return validate.Required(p.Child("name"), "")
	}
	return validate.In(p, os.Name, Linux, Windows)
}

func hostnameOverride(spec *PodSpec) validate.Check[string] {
	// Linux takes no longer names.
	const maxHostname = 64
	return func(at validate.Path, name string) validate.Errors {
		return validate.All(
			forbid(isTrue(spec.SetHostnameAsFQDN), at, "may not be specified when setHostnameAsFQDN is true"),
			forbid(spec.HostNetwork, at, "may not be specified when hostNetwork is true"),
			validate.MaxBytes(at, name, maxHostname),
			validate.String(at, name, names.DNSSubdomain),
		)
	}
}

func isTrue(b *bool) bool { return b != nil && *b }
