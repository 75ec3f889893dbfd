package corev1

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// ValidatePodUpdate finds every fault of a Pod that is about to replace old.
// Little of a Pod may change once it is made.
func ValidatePodUpdate(pod, old *Pod) validate.Errors {
	errs := validate.All(
		validate.ObjectMetaUpdate(metadataPath, &pod.ObjectMeta, &old.ObjectMeta),
		newFaults(pod, old),
		annotationsStay(metadataPath.Child("annotations"), pod.Annotations, old.Annotations),
		sameContainers(specPath.Child("initContainers"), pod.Spec.InitContainers, old.Spec.InitContainers),
		sameContainers(specPath.Child("containers"), pod.Spec.Containers, old.Spec.Containers),
	)
	if len(pod.Spec.Containers) != len(old.Spec.Containers) || len(pod.Spec.InitContainers) != len(old.Spec.InitContainers) {
		return errs.Distinct() // the rest would only say so again
	}
	return append(errs, validate.All(
		deadlineComesCloser(specPath.Child("activeDeadlineSeconds"), pod.Spec.ActiveDeadlineSeconds, old.Spec.ActiveDeadlineSeconds),
		tolerationsAdded(specPath.Child("tolerations"), pod.Spec.Tolerations, old.Spec.Tolerations),
		gatesRemoved(specPath.Child("schedulingGates"), pod.Spec.SchedulingGates, old.Spec.SchedulingGates),
		restUnchanged(pod, old),
	)...).Distinct()
}

// newFaults returns what is wrong with a Pod that was not wrong with old.
func newFaults(pod, old *Pod) validate.Errors {
	errs := podContent(pod)
	if len(errs) == 0 {
		return nil
	}
	return errs.Without(podContent(old))
}

func sameContainers(p validate.Path, containers, old []Container) validate.Errors {
	if len(containers) != len(old) {
		return validate.Forbidden(p, "pod updates may not add or remove containers")
	}
	return validate.Each(p, containers, func(p validate.Path, c *Container) validate.Errors {
		return append(validate.NonEmpty(p.Child("image"), c.Image), trimmedImage(p, c)...)
	})
}

// deadlineComesCloser says that a deadline may be set or brought forward.
func deadlineComesCloser(p validate.Path, deadline, old *int64) validate.Errors {
	switch {
	case deadline == nil && old != nil:
		return validate.Invalid(p, deadline, "must not update from a positive integer to nil value")
	case deadline == nil:
		return nil
	case old != nil && *deadline > *old:
		return validate.Invalid(p, *deadline, "must be less than or equal to previous value")
	}
	return validate.InRange[int64](0, math.MaxInt32)(p, *deadline)
}

// tolerationsAdded says that tolerations stay, but for how long they tolerate.
func tolerationsAdded(p validate.Path, list, old []Toleration) validate.Errors {
	for _, was := range old {
		kept := slices.ContainsFunc(list, func(t Toleration) bool {
			t.TolerationSeconds = was.TolerationSeconds
			return t == was
		})
		if !kept {
			return validate.Forbidden(p, "existing toleration can not be modified except its tolerationSeconds")
		}
	}
	return nil
}

func gatesRemoved(p validate.Path, gates, old []PodSchedulingGate) validate.Errors {
	var errs validate.Errors
	for i, g := range gates {
		errs = append(errs, forbid(!slices.Contains(old, g), p.Index(i).Child("name"), fmt.Sprintf("only deletion is allowed, but found new scheduling gate '%s'", g.Name))...)
	}
	return errs
}

const podUpdatable = "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`," +
	"`spec.tolerations` (only additions to existing tolerations)," +
	"`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"

// restUnchanged says that everything stays which no other rule lets change.
func restUnchanged(pod, old *Pod) validate.Errors {
	rest := codec.DeepCopy(&pod.Spec)
	for i := range rest.Containers {
		rest.Containers[i].Image = old.Spec.Containers[i].Image
	}
	for i := range rest.InitContainers {
		rest.InitContainers[i].Image = old.Spec.InitContainers[i].Image
	}
	rest.ActiveDeadlineSeconds = old.Spec.ActiveDeadlineSeconds
	rest.Tolerations = old.Spec.Tolerations
	rest.SchedulingGates = old.Spec.SchedulingGates
	if was, is := old.Spec.TerminationGracePeriodSeconds, rest.TerminationGracePeriodSeconds; was != nil && *was < 0 && is != nil && *is == 1 {
		rest.TerminationGracePeriodSeconds = was
	}
	var errs validate.Errors
	if len(old.Spec.SchedulingGates) > 0 {
		errs = directivesTightened(rest, &old.Spec)
	}
	if !validate.Equal(*rest, old.Spec) {
		errs = append(errs, validate.Forbidden(specPath, "pod updates may not change fields other than "+podUpdatable+"\n"+validate.Diff(&old.Spec, rest))...)
	}
	return errs
}

// directivesTightened says how a Pod that waits at a gate may still choose its
// nodes: fewer of them. What it allows it puts back in rest.
func directivesTightened(rest, old *PodSpec) validate.Errors {
	var errs validate.Errors
	if !maps.Equal(rest.NodeSelector, old.NodeSelector) {
		for _, k := range slices.Sorted(maps.Keys(old.NodeSelector)) {
			if v, ok := rest.NodeSelector[k]; !ok || v != old.NodeSelector[k] {
				errs = validate.Invalid(specPath.Child("nodeSelector"), rest.NodeSelector, "only additions to spec.nodeSelector are allowed (no mutations or deletions)")
				break
			}
		}
		rest.NodeSelector = old.NodeSelector
	}
	is, was := nodeAffinityOf(rest), nodeAffinityOf(old)
	if validate.Equal(is, was) {
		return errs
	}
	p := specPath.Child("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
	errs = append(errs, nodeTermsTightened(p, requiredTerms(is), requiredTerms(was))...)
	restoreNodeAffinity(rest, was)
	return errs
}

func nodeAffinityOf(spec *PodSpec) *NodeAffinity {
	if spec.Affinity == nil {
		return nil
	}
	return spec.Affinity.NodeAffinity
}

func restoreNodeAffinity(spec *PodSpec, n *NodeAffinity) {
	switch {
	case spec.Affinity == nil && n != nil:
		spec.Affinity = &Affinity{NodeAffinity: n}
	case spec.Affinity != nil && n == nil && spec.Affinity.PodAffinity == nil && spec.Affinity.PodAntiAffinity == nil:
		spec.Affinity = nil
	case spec.Affinity != nil:
		spec.Affinity.NodeAffinity = n
	}
}

func requiredTerms(n *NodeAffinity) []NodeSelectorTerm {
	if n == nil || n.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	return n.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
}

// nodeTermsTightened says that each term, of which one must hold, may only get
// more requirements, which must all hold.
func nodeTermsTightened(p validate.Path, terms, old []NodeSelectorTerm) validate.Errors {
	if len(old) == 0 {
		return nil
	}
	if len(terms) != len(old) {
		return validate.Invalid(p, terms, "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
	}
	i := -1
	return validate.Each(p, terms, func(p validate.Path, t *NodeSelectorTerm) validate.Errors {
		i++
		grown := (len(old[i].MatchExpressions) > 0 || len(old[i].MatchFields) > 0 || len(t.MatchExpressions)+len(t.MatchFields) == 0) &&
			startsWith(t.MatchExpressions, old[i].MatchExpressions) && startsWith(t.MatchFields, old[i].MatchFields)
		return must(grown, p, t, "only additions are allowed (no mutations or deletions)")
	})
}

func startsWith(list, start []NodeSelectorRequirement) bool {
	return len(list) >= len(start) && validate.Equal(list[:len(start)], start)
}

// ValidatePodEphemeralContainersUpdate finds every fault of a write to the
// ephemeralcontainers subresource, which may add such containers and do nothing
// else.
func ValidatePodEphemeralContainersUpdate(pod, old *Pod) validate.Errors {
	p := specPath.Child("ephemeralContainers")
	errs := validate.All(
		validate.ObjectMetaUpdate(metadataPath, &pod.ObjectMeta, &old.ObjectMeta),
		newFaults(pod, old),
	)
	for i := range old.Spec.EphemeralContainers {
		was := &old.Spec.EphemeralContainers[i]
		j := slices.IndexFunc(pod.Spec.EphemeralContainers, func(c EphemeralContainer) bool { return c.Name == was.Name })
		switch {
		case j < 0:
			errs = append(errs, validate.Forbidden(p, fmt.Sprintf("existing ephemeral containers %q may not be removed\n", was.Name))...)
		case !validate.Equal(pod.Spec.EphemeralContainers[j], *was):
			errs = append(errs, validate.Forbidden(p, fmt.Sprintf("existing ephemeral containers %q may not be changed\n%s", was.Name,
				validate.Diff(was, &pod.Spec.EphemeralContainers[j])))...)
		}
	}
	return errs
}

// ValidatePodResize finds every fault of a write to the resize subresource,
// which may change CPU and memory of a running Pod and nothing else. It may not
// change how well they are assured.
func ValidatePodResize(pod, old *Pod) validate.Errors {
	errs := validate.All(
		validate.ObjectMetaUpdate(metadataPath, &pod.ObjectMeta, &old.ObjectMeta),
		newFaults(pod, old),
	)
	whole := validate.NewPath("[]") // as Kubernetes names no field at all
	switch {
	case old.Annotations[MirrorPodAnnotationKey] != "":
		return append(errs, validate.Forbidden(whole, "static pods cannot be resized")...)
	case old.Spec.OS != nil && old.Spec.OS.Name == Windows:
		return append(errs, validate.Forbidden(whole, "windows pods cannot be resized")...)
	}
	errs = append(errs, must(QOSClassOf(&pod.Spec) == qosOf(old), specPath, qosOf(old), "Pod QOS Class may not change as a result of resizing")...)
	others := append(unmoved(specPath, "containers", pod.Spec.Containers, old.Spec.Containers),
		unmoved(specPath, "initContainers", pod.Spec.InitContainers, old.Spec.InitContainers)...)
	if len(others) > 0 {
		return append(errs, others...)
	}
	errs = append(errs, validate.All(
		containersKeep(specPath.Child("initContainers"), pod.Spec.InitContainers, old.Spec.InitContainers),
		containersKeep(specPath.Child("containers"), pod.Spec.Containers, old.Spec.Containers),
		podKeeps(specPath.Child("resources"), pod.Spec.Resources, old.Spec.Resources),
	)...)
	rest := codec.DeepCopy(&pod.Spec)
	for i := range rest.Containers {
		restoreCompute(&rest.Containers[i].Resources, &old.Spec.Containers[i].Resources)
	}
	for i := range rest.InitContainers {
		restoreCompute(&rest.InitContainers[i].Resources, &old.Spec.InitContainers[i].Resources)
	}
	restorePodResources(rest, &old.Spec)
	if !validate.Equal(*rest, old.Spec) {
		errs = append(errs, validate.Forbidden(specPath, "only cpu and memory resources are mutable")...)
	}
	return errs
}

// unmoved says that the containers are those that there were, in their order.
func unmoved(p validate.Path, field string, containers, old []Container) validate.Errors {
	if len(containers) != len(old) {
		return validate.Forbidden(p.Child(field), onResize(field, "added or removed"))
	}
	i := -1
	return validate.Each(p.Child(field), containers, func(p validate.Path, c *Container) validate.Errors {
		i++
		return forbid(c.Name != old[i].Name, p.Child("name"), onResize(field, "renamed or reordered"))
	})
}

func onResize(field, what string) string { return field + " may not be " + what + " on resize" }

// restorePodResources puts back CPU and memory of the Pod as a whole, which may come and go.
func restorePodResources(spec, old *PodSpec) {
	r, was := spec.Resources, old.Resources
	if r == nil {
		return
	}
	had := len(r.Limits)+len(r.Requests) > 0
	if was == nil {
		was = &ResourceRequirements{}
	}
	restoreCompute(r, was)
	if old.Resources == nil && had && validate.Equal(*r, ResourceRequirements{}) {
		spec.Resources = nil
	}
}

func qosOf(pod *Pod) PodQOSClass {
	if pod.Status.QOSClass != "" {
		return pod.Status.QOSClass
	}
	return QOSClassOf(&pod.Spec)
}

// containersKeep says that a request or limit of a container may change but not vanish.
func containersKeep(p validate.Path, containers, old []Container) validate.Errors {
	i := -1
	return validate.Each(p, containers, func(p validate.Path, c *Container) validate.Errors {
		i++
		return notTakenAway(p.Child("resources"), "resource", &c.Resources, &old[i].Resources)
	})
}

// podKeeps says the same of those of the Pod as a whole.
func podKeeps(p validate.Path, r, old *ResourceRequirements) validate.Errors {
	if r == nil || old == nil {
		return nil
	}
	return notTakenAway(p, "pod-level resource", r, old)
}

func notTakenAway(p validate.Path, what string, r, old *ResourceRequirements) validate.Errors {
	gone := func(list, old ResourceList) bool {
		return slices.ContainsFunc(podLevelResources, func(n ResourceName) bool {
			_, is := list[n]
			_, had := old[n]
			return had && !is
		})
	}
	return append(forbid(gone(r.Requests, old.Requests), p.Child("requests"), what+" requests cannot be removed"),
		forbid(gone(r.Limits, old.Limits), p.Child("limits"), what+" limits cannot be removed")...)
}

// restoreCompute puts back CPU and memory.
func restoreCompute(r, old *ResourceRequirements) {
	put := func(list *ResourceList, old ResourceList) {
		for _, name := range podLevelResources {
			q, ok := old[name]
			switch {
			case ok && *list == nil:
				*list = ResourceList{name: q}
			case ok:
				(*list)[name] = q
			default:
				delete(*list, name)
			}
		}
	}
	put(&r.Limits, old.Limits)
	put(&r.Requests, old.Requests)
}

// podGeneration says whether an update is one that the kubelet must act on.
func podGeneration(pod, old *Pod) bool { return !validate.Equal(pod.Spec, old.Spec) }

// mergeLabelKeys gives selectors the values that the Pod's own labels have for
// the keys which they name, so that the scheduler need not know of them.
func mergeLabelKeys(pod *Pod) {
	for i := range pod.Spec.TopologySpreadConstraints {
		c := &pod.Spec.TopologySpreadConstraints[i]
		mergeKeys(c.LabelSelector, c.MatchLabelKeys, meta.LabelSelectorOpIn, pod.Labels)
	}
	if a := pod.Spec.Affinity; a != nil {
		if a.PodAffinity != nil {
			mergeTerms(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution, a.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution, pod.Labels)
		}
		if a.PodAntiAffinity != nil {
			mergeTerms(a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution, a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution, pod.Labels)
		}
	}
}

func mergeTerms(required []PodAffinityTerm, preferred []WeightedPodAffinityTerm, labels map[string]string) {
	merge := func(t *PodAffinityTerm) {
		mergeKeys(t.LabelSelector, t.MatchLabelKeys, meta.LabelSelectorOpIn, labels)
		mergeKeys(t.LabelSelector, t.MismatchLabelKeys, meta.LabelSelectorOpNotIn, labels)
	}
	for i := range required {
		merge(&required[i])
	}
	for i := range preferred {
		merge(&preferred[i].PodAffinityTerm)
	}
}

func mergeKeys(s *meta.LabelSelector, keys []string, op meta.LabelSelectorOperator, labels map[string]string) {
	if s == nil {
		return
	}
	for _, key := range keys {
		if value, ok := labels[key]; ok {
			s.MatchExpressions = append(s.MatchExpressions, meta.LabelSelectorRequirement{Key: key, Operator: op, Values: []string{value}})
		}
	}
}
