package daemonset

import (
	"maps"
	"slices"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

var daemonSetKind = meta.GroupVersionKind{Group: "apps", Version: "v1", Kind: "DaemonSet"}

// Fits says whether a Pod of a DaemonSet should be on a node, and whether one
// that is there may stay. The latter is more: a taint that keeps new Pods away
// does not drive those out that run.
func Fits(ds *appsv1.DaemonSet, node *corev1.Node) (run, stay bool) {
	spec := &ds.Spec.Template.Spec
	if spec.NodeName != "" && spec.NodeName != node.Name || !spec.RequiredNodes(node) {
		return false, false
	}
	tolerations := tolerationsOf(spec)
	untolerated := func(effects ...corev1.TaintEffect) bool {
		return corev1.UntoleratedTaint(node.Spec.Taints, tolerations, func(t *corev1.Taint) bool { return slices.Contains(effects, t.Effect) }) != nil
	}
	if untolerated(corev1.TaintEffectNoExecute) {
		return false, false
	}
	return !untolerated(corev1.TaintEffectNoSchedule), true
}

// tolerationsOf returns the tolerations of a daemon's Pods: a daemon is often
// what gets a node out of trouble, so trouble does not keep it away.
func tolerationsOf(spec *corev1.PodSpec) []corev1.Toleration {
	all := slices.Clone(spec.Tolerations)
	add := func(key string, effect corev1.TaintEffect) {
		t := corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: effect}
		if !slices.ContainsFunc(all, func(have corev1.Toleration) bool {
			return have.Key == key && have.Effect == effect && have.Operator == t.Operator && have.TolerationSeconds == nil
		}) {
			all = append(all, t)
		}
	}
	add(corev1.TaintNodeNotReady, corev1.TaintEffectNoExecute)
	add(corev1.TaintNodeUnreachable, corev1.TaintEffectNoExecute)
	add(corev1.TaintNodeDiskPressure, corev1.TaintEffectNoSchedule)
	add(corev1.TaintNodeMemoryPressure, corev1.TaintEffectNoSchedule)
	add(corev1.TaintNodePIDPressure, corev1.TaintEffectNoSchedule)
	add(corev1.TaintNodeUnschedulable, corev1.TaintEffectNoSchedule)
	if spec.HostNetwork {
		add(corev1.TaintNodeNetworkUnavailable, corev1.TaintEffectNoSchedule)
	}
	return all
}

// generationLabel is the older sign of a Pod's template, still there for those
// who select by it.
const generationLabel = "pod-template-generation"

// newPod returns the Pod for a node.
func newPod(ds *appsv1.DaemonSet, node, hash string) *corev1.Pod {
	pod := workload.NewPod(&ds.Spec.Template, ds, daemonSetKind)
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	pod.Labels[appsv1.DefaultDaemonSetUniqueLabelKey] = hash
	if generation, ok := ds.Annotations[appsv1.DeprecatedTemplateGeneration]; ok {
		pod.Labels[generationLabel] = generation
	}
	pod.Spec.Tolerations = tolerationsOf(&pod.Spec)
	if pod.Spec.Affinity == nil {
		pod.Spec.Affinity = new(corev1.Affinity)
	}
	if pod.Spec.Affinity.NodeAffinity == nil {
		pod.Spec.Affinity.NodeAffinity = new(corev1.NodeAffinity)
	}
	// That the node fulfils the template's own terms is known already.
	pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{
			MatchFields: []corev1.NodeSelectorRequirement{{Key: meta.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
		}},
	}
	return pod
}

// targetOf returns the name of the node that a Pod is on, or is meant for.
func targetOf(pod *corev1.Pod) string {
	if pod.Spec.NodeName != "" {
		return pod.Spec.NodeName
	}
	if pod.Spec.Affinity == nil || pod.Spec.Affinity.NodeAffinity == nil {
		return ""
	}
	required := pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if required == nil {
		return ""
	}
	for i := range required.NodeSelectorTerms {
		for _, r := range required.NodeSelectorTerms[i].MatchFields {
			if r.Key == meta.ObjectNameField && r.Operator == corev1.NodeSelectorOpIn && len(r.Values) == 1 {
				return r.Values[0]
			}
		}
	}
	return ""
}

// matters reports whether a change of a node can change where daemons run.
func matters(old, new *corev1.Node) bool {
	return !maps.Equal(old.Labels, new.Labels) || !slices.EqualFunc(old.Spec.Taints, new.Spec.Taints, func(a, b corev1.Taint) bool {
		return a.Key == b.Key && a.Value == b.Value && a.Effect == b.Effect
	})
}
