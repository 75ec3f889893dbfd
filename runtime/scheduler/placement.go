package scheduler

import (
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// anyAddress is what a host port without an address is bound to.
const anyAddress = "0.0.0.0"

// Unschedulable rules out cordoned nodes.
type Unschedulable struct{}

func (Unschedulable) Name() string     { return "NodeUnschedulable" }
func (Unschedulable) HelpedBy() Change { return NodeChanged }

func (Unschedulable) Prepare(pod *Pod, _ *Cluster) func(*Node) Verdict {
	cordon := corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}
	if corev1.UntoleratedTaint([]corev1.Taint{cordon}, pod.Object.Spec.Tolerations, allTaints) == nil {
		return nil
	}
	return func(n *Node) Verdict {
		if n.Object.Spec.Unschedulable {
			return final("node(s) were unschedulable")
		}
		return Verdict{}
	}
}

func allTaints(*corev1.Taint) bool { return true }

// NodeName rules out all nodes but the one that a Pod names.
type NodeName struct{}

func (NodeName) Name() string     { return "NodeName" }
func (NodeName) HelpedBy() Change { return NodeChanged }

func (NodeName) Prepare(pod *Pod, _ *Cluster) func(*Node) Verdict {
	name := pod.Object.Spec.NodeName
	if name == "" {
		return nil
	}
	return func(n *Node) Verdict {
		if n.Object.Name != name {
			return final("node(s) didn't match the requested node name")
		}
		return Verdict{}
	}
}

// TaintToleration rules out nodes with a NoSchedule or NoExecute taint that a
// Pod does not tolerate, and prefers nodes with few PreferNoSchedule ones.
type TaintToleration struct{}

func (TaintToleration) Name() string     { return "TaintToleration" }
func (TaintToleration) Weight() int64    { return 3 }
func (TaintToleration) HelpedBy() Change { return NodeChanged }

func (TaintToleration) Prepare(pod *Pod, _ *Cluster) func(*Node) Verdict {
	return func(n *Node) Verdict {
		if corev1.UntoleratedTaint(n.Object.Spec.Taints, pod.Object.Spec.Tolerations, keepsAway) != nil {
			return final("node(s) had untolerated taint(s)")
		}
		return Verdict{}
	}
}

func keepsAway(t *corev1.Taint) bool { return t.Effect != corev1.TaintEffectPreferNoSchedule }

func (TaintToleration) Rate(pod *Pod, _ *Cluster) func([]*Node) []int64 {
	rate := each(func(n *Node) int64 {
		var disliked int64
		for i := range n.Object.Spec.Taints {
			t := &n.Object.Spec.Taints[i]
			if t.Effect == corev1.TaintEffectPreferNoSchedule &&
				corev1.UntoleratedTaint(n.Object.Spec.Taints[i:i+1], pod.Object.Spec.Tolerations, allTaints) != nil {
				disliked++
			}
		}
		return disliked
	})
	return func(nodes []*Node) []int64 { return normalise(rate(nodes), true) }
}

// NodeAffinity rules out nodes that a Pod's node selector or required node
// affinity does not pick, and prefers those that the preferred affinity does.
type NodeAffinity struct{}

func (NodeAffinity) Name() string     { return "NodeAffinity" }
func (NodeAffinity) Weight() int64    { return 2 }
func (NodeAffinity) HelpedBy() Change { return NodeChanged }

func (NodeAffinity) Prepare(pod *Pod, _ *Cluster) func(*Node) Verdict {
	spec := &pod.Object.Spec
	if len(spec.NodeSelector) == 0 && (spec.Affinity == nil || spec.Affinity.NodeAffinity == nil) {
		return nil
	}
	return func(n *Node) Verdict {
		if !spec.RequiredNodes(n.Object) {
			return final("node(s) didn't match Pod's node affinity/selector")
		}
		return Verdict{}
	}
}

func (NodeAffinity) Rate(pod *Pod, _ *Cluster) func([]*Node) []int64 {
	affinity := pod.Object.Spec.Affinity
	if affinity == nil || affinity.NodeAffinity == nil || len(affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution) == 0 {
		return nil
	}
	preferred := affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution
	rate := each(func(n *Node) int64 {
		var sum int64
		for i := range preferred {
			if preferred[i].Preference.Matches(n.Object) {
				sum += int64(preferred[i].Weight)
			}
		}
		return sum
	})
	return func(nodes []*Node) []int64 { return normalise(rate(nodes), false) }
}

// NodePorts rules out nodes where a host port that a Pod wants is taken.
type NodePorts struct{}

func (NodePorts) Name() string     { return "NodePorts" }
func (NodePorts) HelpedBy() Change { return NodeChanged | PodGone }

func (NodePorts) Prepare(pod *Pod, _ *Cluster) func(*Node) Verdict {
	if len(pod.ports) == 0 {
		return nil
	}
	return func(n *Node) Verdict {
		for _, other := range n.Pods {
			for _, taken := range other.ports {
				for _, wanted := range pod.ports {
					if wanted.clashes(taken) {
						return Verdict{Reason: "node(s) didn't have free ports for the requested pod ports"}
					}
				}
			}
		}
		return Verdict{}
	}
}

func (p hostPort) clashes(o hostPort) bool {
	return p.port == o.port && p.protocol == o.protocol && (p.ip == o.ip || p.ip == anyAddress || o.ip == anyAddress)
}

// ImageLocality prefers nodes that have a Pod's images, large ones above all,
// and less so the more nodes have them.
type ImageLocality struct{}

func (ImageLocality) Name() string  { return "ImageLocality" }
func (ImageLocality) Weight() int64 { return 1 }

const (
	imagesMatter = 23 << 20   // bytes of images at hand below which a node gets nothing
	imagesEnough = 1000 << 20 // per container: bytes above which it gets everything
)

func (ImageLocality) Rate(pod *Pod, cluster *Cluster) func([]*Node) []int64 {
	if len(cluster.images) == 0 {
		return nil
	}
	names := pod.images
	most := int64(imagesEnough) * int64(len(names))
	return each(func(n *Node) int64 {
		var sum int64
		for _, name := range names {
			if size, ok := n.images[name]; ok {
				sum += int64(float64(size) * float64(cluster.images[name]) / float64(len(cluster.order)))
			}
		}
		sum = min(max(sum, imagesMatter), max(most, imagesMatter+1))
		return (sum - imagesMatter) * MaxScore / (max(most, imagesMatter+1) - imagesMatter)
	})
}

// imageName adds the tag that an image reference without one means.
func imageName(image string) string {
	for i := len(image) - 1; i >= 0 && image[i] != '/'; i-- {
		if image[i] == ':' || image[i] == '@' {
			return image
		}
	}
	return image + ":latest"
}
