package corev1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func podWarnings(pod, old *Pod) []string {
	if old != nil && !podGeneration(pod, old) && maps.Equal(pod.Annotations, old.Annotations) {
		return nil
	}
	w := warnings{}
	if old == nil && pod.Spec.Hostname == "" && pod.Name != "" {
		if problems := names.DNSLabel(pod.Name); len(problems) > 0 {
			w.add(metadataPath.Child("name"), "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [%s]", strings.Join(problems, " "))
		}
	}
	var before *PodSpec
	var annotations map[string]string
	if old != nil {
		before, annotations = &old.Spec, old.Annotations
	}
	w.ofPod(metadataPath.Child("annotations"), pod.Annotations, annotations, specPath, &pod.Spec, before)
	return w.texts
}

// podNotices speak of what is taken over from annotations into fields, which
// happens before anybody checks the Pod.
func podNotices(pod *Pod) []string {
	w := warnings{}
	eachContainer(validate.Path{}, &pod.Spec, func(_ validate.Path, c *Container) {
		key := AppArmorAnnotationPrefix + c.Name
		if _, ok := pod.Annotations[key]; ok {
			w.add(metadataPath.Child("annotations").Key(key), "%s", outdatedAppArmor)
		}
	})
	return w.texts
}

// WarningsForPodTemplate returns what the author of a template should know, in
// plain text; p leads to the template. old is the template that it replaces, nil
// if there is none. Callers ask again when what is around the template has changed, too.
func WarningsForPodTemplate(p validate.Path, t, old *PodTemplateSpec) []string {
	w := warnings{}
	var before *PodSpec
	var annotations map[string]string
	if old != nil {
		before, annotations = &old.Spec, old.Annotations
	}
	w.ofPod(p.Child("metadata", "annotations"), t.Annotations, annotations, p.Child("spec"), &t.Spec, before)
	if g := t.Spec.TerminationGracePeriodSeconds; g != nil && *g < 0 {
		w.add(p.Child("spec", "terminationGracePeriodSeconds"), "must be >= 0; negative values are invalid and will be treated as 1")
	}
	return w.texts
}

// warnings are texts for the Warning headers of an answer.
type warnings struct{ texts []string }

func (w *warnings) add(p validate.Path, format string, args ...any) {
	w.texts = append(w.texts, p.String()+": "+fmt.Sprintf(format, args...))
}

// outdatedLabels are labels of nodes that have other names now.
var outdatedLabels = map[string]string{
	LabelOS:                      `deprecated since v1.14; use "kubernetes.io/os" instead`,
	LabelArch:                    `deprecated since v1.14; use "kubernetes.io/arch" instead`,
	LabelFailureDomainBetaZone:   `deprecated since v1.17; use "topology.kubernetes.io/zone" instead`,
	LabelFailureDomainBetaRegion: `deprecated since v1.17; use "topology.kubernetes.io/region" instead`,
	LabelInstanceType:            `deprecated since v1.17; use "node.kubernetes.io/instance-type" instead`,
}

const outdatedAppArmor = `deprecated since v1.30; use the "appArmorProfile" field instead`

// outdatedAnnotations are annotations of Pods that fields took the place of; a
// slash at the end stands for every key that begins so.
var outdatedAnnotations = []struct{ key, text string }{
	{"scheduler.alpha.kubernetes.io/critical-pod", `non-functional in v1.16+; use the "priorityClassName" field instead`},
	{"security.alpha.kubernetes.io/sysctls", `non-functional in v1.11+; use the "sysctls" field instead`},
	{"security.alpha.kubernetes.io/unsafe-sysctls", `non-functional in v1.11+; use the "sysctls" field instead`},
	{"seccomp.security.alpha.kubernetes.io/pod", `non-functional in v1.27+; use the "seccompProfile" field instead`},
	{"container.seccomp.security.alpha.kubernetes.io/", `non-functional in v1.27+; use the "seccompProfile" field instead`},
	{AppArmorAnnotationPrefix, outdatedAppArmor},
}

func (w *warnings) ofPod(annotationsPath validate.Path, annotations, oldAnnotations map[string]string, p validate.Path, spec, old *PodSpec) {
	w.outdatedAnnotations(annotationsPath, annotations, oldAnnotations)
	for _, key := range slices.Sorted(maps.Keys(spec.NodeSelector)) {
		if text, ok := outdatedLabels[key]; ok {
			w.add(p.Child("nodeSelector").Key(key), "%s", text)
		}
	}
	w.ofAffinity(p.Child("affinity"), spec.Affinity)
	for i := range spec.TopologySpreadConstraints {
		c, p := &spec.TopologySpreadConstraints[i], p.Child("topologySpreadConstraints").Index(i)
		if text, ok := outdatedLabels[c.TopologyKey]; ok {
			w.add(p.Child("topologyKey"), "%s is %s", c.TopologyKey, text)
		}
		w.ofSelector(p.Child("labelSelector"), c.LabelSelector)
	}
	w.ofHostAliases(p.Child("hostAliases"), spec.HostAliases)
	w.ofPullSecrets(p.Child("imagePullSecrets"), spec.ImagePullSecrets)
	for i := range spec.Volumes {
		w.ofVolume(p.Child("volumes").Index(i), &spec.Volumes[i])
	}
	eachContainer(p, spec, w.ofContainer)
	w.ofPorts(p, spec)
	w.ofAmounts(p.Child("overhead"), spec.Overhead)
}

func (w *warnings) outdatedAnnotations(p validate.Path, annotations, old map[string]string) {
	for _, o := range outdatedAnnotations {
		for _, key := range slices.Sorted(maps.Keys(annotations)) {
			if _, known := old[key]; known {
				continue
			}
			if key == o.key || strings.HasSuffix(o.key, "/") && strings.HasPrefix(key, o.key) {
				w.add(p.Key(key), "%s", o.text)
			}
		}
	}
}

func (w *warnings) ofAffinity(p validate.Path, a *Affinity) {
	if a == nil {
		return
	}
	const required, preferred = "requiredDuringSchedulingIgnoredDuringExecution", "preferredDuringSchedulingIgnoredDuringExecution"
	if n := a.NodeAffinity; n != nil {
		p := p.Child("nodeAffinity")
		for i, t := range requiredTerms(n) {
			w.ofNodeTerm(p.Child(required, "nodeSelectorTerms").Index(i), &t)
		}
		for i := range n.PreferredDuringSchedulingIgnoredDuringExecution {
			w.ofNodeTerm(p.Child(preferred).Index(i).Child("preference"), &n.PreferredDuringSchedulingIgnoredDuringExecution[i].Preference)
		}
	}
	terms := func(p validate.Path, hard []PodAffinityTerm, soft []WeightedPodAffinityTerm) {
		for i := range hard {
			w.ofPodTerm(p.Child(required).Index(i), &hard[i])
		}
		for i := range soft {
			w.ofPodTerm(p.Child(preferred).Index(i).Child("podAffinityTerm"), &soft[i].PodAffinityTerm)
		}
	}
	if n := a.PodAffinity; n != nil {
		terms(p.Child("podAffinity"), n.RequiredDuringSchedulingIgnoredDuringExecution, n.PreferredDuringSchedulingIgnoredDuringExecution)
	}
	if n := a.PodAntiAffinity; n != nil {
		terms(p.Child("podAntiAffinity"), n.RequiredDuringSchedulingIgnoredDuringExecution, n.PreferredDuringSchedulingIgnoredDuringExecution)
	}
}

func (w *warnings) ofNodeTerm(p validate.Path, t *NodeSelectorTerm) {
	for i := range t.MatchExpressions {
		if text, ok := outdatedLabels[t.MatchExpressions[i].Key]; ok {
			w.add(p.Child("matchExpressions").Index(i).Child("key"), "%s is %s", t.MatchExpressions[i].Key, text)
		}
	}
}

func (w *warnings) ofPodTerm(p validate.Path, t *PodAffinityTerm) {
	w.ofSelector(p.Child("labelSelector"), t.LabelSelector)
	if text, ok := outdatedLabels[t.TopologyKey]; ok {
		w.add(p.Child("topologyKey"), "%s is %s", t.TopologyKey, text)
	}
}

func (w *warnings) ofSelector(p validate.Path, s *meta.LabelSelector) {
	if s == nil {
		w.add(p, "a null labelSelector results in matching no pod")
	}
}

func (w *warnings) ofHostAliases(p validate.Path, aliases []HostAlias) {
	taken := map[string]bool{}
	for i, a := range aliases {
		if taken[a.IP] {
			w.add(p.Index(i).Child("ip"), "duplicate ip %q", a.IP)
		}
		taken[a.IP] = true
	}
}

func (w *warnings) ofPullSecrets(p validate.Path, secrets []LocalObjectReference) {
	taken := map[string]bool{}
	for i, s := range secrets {
		p := p.Index(i).Child("name")
		if s.Name == "" {
			w.add(p, "invalid empty name %q", s.Name)
		}
		if taken[s.Name] {
			w.add(p, "duplicate name %q", s.Name)
		}
		taken[s.Name] = true
	}
}

func (w *warnings) ofVolume(p validate.Path, v *Volume) {
	for _, old := range []struct {
		used bool
		name string
		text string
	}{
		{v.PhotonPersistentDisk != nil, "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"},
		{v.GitRepo != nil, "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+"},
		{v.ScaleIO != nil, "scaleIO", "deprecated in v1.16, non-functional in v1.22+"},
		{v.Flocker != nil, "flocker", "deprecated in v1.22, non-functional in v1.25+"},
		{v.StorageOS != nil, "storageOS", "deprecated in v1.22, non-functional in v1.25+"},
		{v.Quobyte != nil, "quobyte", "deprecated in v1.22, non-functional in v1.25+"},
		{v.Glusterfs != nil, "glusterfs", "deprecated in v1.25, non-functional in v1.26+"},
		{v.CephFS != nil, "cephfs", "deprecated in v1.28, non-functional in v1.31+"},
		{v.RBD != nil, "rbd", "deprecated in v1.28, non-functional in v1.31+"},
	} {
		if old.used {
			w.add(p.Child(old.name), "%s", old.text)
		}
	}
	if v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil {
		w.ofClaimSpec(p.Child("ephemeral", "volumeClaimTemplate", "spec"), &v.Ephemeral.VolumeClaimTemplate.Spec)
	}
	if v.EmptyDir != nil && v.EmptyDir.SizeLimit != nil {
		w.ofAmount(p.Child("emptyDir", "sizeLimit"), *v.EmptyDir.SizeLimit)
	}
	if v.Projected != nil && !slices.ContainsFunc(v.Projected.Sources, func(s VolumeProjection) bool { return s != VolumeProjection{} }) && len(v.Projected.Sources) > 0 {
		w.texts = append(w.texts, fmt.Sprintf("volume %q (Projected) has no sources provided", v.Name))
	}
}

func (w *warnings) ofClaimSpec(p validate.Path, s *PersistentVolumeClaimSpec) {
	if q, ok := s.Resources.Requests[ResourceStorage]; ok {
		w.ofAmount(p.Child("resources").Child("requests").Key(string(ResourceStorage)), q)
	}
	if q, ok := s.Resources.Limits[ResourceStorage]; ok {
		w.ofAmount(p.Child("resources").Child("limits").Key(string(ResourceStorage)), q)
	}
}

func (w *warnings) ofContainer(p validate.Path, c *Container) {
	w.ofAmounts(p.Child("resources", "limits"), c.Resources.Limits)
	w.ofAmounts(p.Child("resources", "requests"), c.Resources.Requests)
	taken := map[string]bool{}
	for i := range c.Env {
		if taken[c.Env[i].Name] {
			w.add(p.Child("env").Index(i), "hides previous definition of %q, which may be dropped when using apply", c.Env[i].Name)
		}
		taken[c.Env[i].Name] = true
	}
}

// ofPorts warns of ports that are there before, in the same container or another,
// and of names that ports of other containers have.
func (w *warnings) ofPorts(p validate.Path, spec *PodSpec) {
	type seen struct {
		port *ContainerPort
		at   string
	}
	var before []seen
	named := map[string]string{}
	container := func(at validate.Path, ports []ContainerPort) {
		for i := range ports {
			c, at := &ports[i], at.Child("ports").Index(i)
			if c.HostIP != "" && c.HostPort == 0 {
				w.add(at, "hostIP set without hostPort: {Name:%s HostPort:%d ContainerPort:%d Protocol:%s HostIP:%s}", c.Name, c.HostPort, c.ContainerPort, c.Protocol, c.HostIP)
			}
			for _, earlier := range before {
				switch o := earlier.port; {
				case c.ContainerPort != o.ContainerPort || c.Protocol != o.Protocol:
				case c.HostIP == o.HostIP && c.HostPort == o.HostPort:
					w.add(at, "duplicate port definition with %s", earlier.at)
				case c.HostPort == 0 || o.HostPort == 0:
					w.add(at, "overlapping port definition with %s", earlier.at)
				case c.HostPort == o.HostPort && (c.HostIP == "" || o.HostIP == ""):
					w.add(at, "dangerously ambiguous port definition with %s", earlier.at)
				}
			}
			before = append(before, seen{c, at.String()})
			if first, ok := named[c.Name]; ok && c.Name != "" {
				w.add(at, "duplicate port name %q with %s, services and probes that select ports by name will use %s", c.Name, first, first)
			} else {
				named[c.Name] = at.String()
			}
		}
	}
	for i := range spec.InitContainers {
		container(p.Child("initContainers").Index(i), spec.InitContainers[i].Ports)
	}
	for i := range spec.Containers {
		container(p.Child("containers").Index(i), spec.Containers[i].Ports)
	}
}

// ofAmounts warns of bytes that are not whole.
func (w *warnings) ofAmounts(p validate.Path, list ResourceList) {
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if name == ResourceMemory || name == ResourceEphemeralStorage || isHugePages(name) {
			w.ofAmount(p.Key(string(name)), list[name])
		}
	}
}

func (w *warnings) ofAmount(p validate.Path, q quantity.Quantity) {
	if !isWhole(q) {
		w.add(p, "fractional byte value %q is invalid, must be an integer", q.String())
	}
}

// WarningsForPodOwnerName tells of a name that gives Pods hostnames which are none.
func WarningsForPodOwnerName(name string) []string {
	problems := names.DNSLabel(name)
	if len(problems) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; "+
		"a DNS label is recommended: [%s]", strings.Join(problems, " "))}
}
