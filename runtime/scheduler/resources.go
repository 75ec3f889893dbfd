package scheduler

import (
	"math"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// Resources are amounts of what nodes have and Pods ask for.
type Resources struct {
	MilliCPU  int64
	Memory    int64 // bytes
	Ephemeral int64 // bytes
	Pods      int64
	// Scalar are all others: huge pages in bytes, extended resources in units.
	Scalar map[corev1.ResourceName]int64
}

// What a container that asks for nothing is counted with when nodes are rated.
const (
	defaultMilliCPU = 100
	defaultMemory   = 200 << 20
)

func resourcesOf(list corev1.ResourceList) Resources {
	var r Resources
	for name, q := range list {
		r.set(name, q)
	}
	return r
}

func (r *Resources) set(name corev1.ResourceName, q quantity.Quantity) {
	switch name {
	case corev1.ResourceCPU:
		r.MilliCPU = q.MilliValue()
	case corev1.ResourceMemory:
		r.Memory = q.Value()
	case corev1.ResourceEphemeralStorage:
		r.Ephemeral = q.Value()
	case corev1.ResourcePods:
		r.Pods = q.Value()
	default:
		if r.Scalar == nil {
			r.Scalar = map[corev1.ResourceName]int64{}
		}
		r.Scalar[name] = q.Value()
	}
}

func (r *Resources) add(o Resources, times int64) {
	r.MilliCPU += times * o.MilliCPU
	r.Memory += times * o.Memory
	r.Ephemeral += times * o.Ephemeral
	r.Pods += times * o.Pods
	for name, n := range o.Scalar {
		if r.Scalar == nil {
			r.Scalar = map[corev1.ResourceName]int64{}
		}
		r.Scalar[name] += times * n
	}
}

// raise makes every amount at least that of o.
func (r *Resources) raise(o Resources) {
	r.MilliCPU = max(r.MilliCPU, o.MilliCPU)
	r.Memory = max(r.Memory, o.Memory)
	r.Ephemeral = max(r.Ephemeral, o.Ephemeral)
	for name, n := range o.Scalar {
		if r.Scalar == nil {
			r.Scalar = map[corev1.ResourceName]int64{}
		}
		r.Scalar[name] = max(r.Scalar[name], n)
	}
}

// podRequests returns what a Pod asks for: the sum of its containers and
// sidecars, or what its init containers need at their time if that is more,
// plus its overhead (KEP-753). Requests for the Pod as a whole stand instead of
// the containers' sum where they are given (KEP-2837).
func podRequests(pod *corev1.Pod) (requests, nonZero Resources) {
	sum := func(amounts func(c *corev1.Container) Resources) Resources {
		var total, sidecars, peak Resources
		for i := range pod.Spec.Containers {
			total.add(amounts(&pod.Spec.Containers[i]), 1)
		}
		for i := range pod.Spec.InitContainers {
			c := &pod.Spec.InitContainers[i]
			now := amounts(c)
			if isSidecar(c) {
				total.add(now, 1)
				sidecars.add(now, 1)
				peak.raise(sidecars)
				continue
			}
			now.add(sidecars, 1)
			peak.raise(now)
		}
		total.raise(peak)
		if pod.Spec.Resources != nil {
			for name, q := range pod.Spec.Resources.Requests {
				total.set(name, q)
			}
		}
		total.add(resourcesOf(pod.Spec.Overhead), 1)
		total.Pods = 1
		return total
	}
	requests = sum(func(c *corev1.Container) Resources { return resourcesOf(c.Resources.Requests) })
	nonZero = sum(func(c *corev1.Container) Resources {
		r := resourcesOf(c.Resources.Requests)
		if _, ok := c.Resources.Requests[corev1.ResourceCPU]; !ok {
			r.MilliCPU = defaultMilliCPU
		}
		if _, ok := c.Resources.Requests[corev1.ResourceMemory]; !ok {
			r.Memory = defaultMemory
		}
		return r
	})
	return requests, nonZero
}

// ResourcesFit rules out nodes without room for what a Pod asks for, and
// prefers those that have the most left.
type ResourcesFit struct{}

func (ResourcesFit) Name() string     { return "NodeResourcesFit" }
func (ResourcesFit) Weight() int64    { return 1 }
func (ResourcesFit) HelpedBy() Change { return NodeChanged | PodGone }

func (ResourcesFit) Prepare(pod *Pod, _ *Cluster) func(*Node) Verdict {
	return func(n *Node) Verdict { return lacking(&pod.Requests, &n.Requested, &n.Allocatable) }
}

// lacking says what a node has too little of for a Pod.
func lacking(want, used, have *Resources) Verdict {
	var reasons []string
	beyond := false // even an empty node has too little
	check := func(name corev1.ResourceName, want, used, have int64) {
		if want > 0 && want > have-used {
			reasons = append(reasons, "Insufficient "+string(name))
			beyond = beyond || want > have
		}
	}
	if used.Pods+1 > have.Pods {
		reasons = append(reasons, "Too many pods")
		beyond = have.Pods < 1
	}
	check(corev1.ResourceCPU, want.MilliCPU, used.MilliCPU, have.MilliCPU)
	check(corev1.ResourceMemory, want.Memory, used.Memory, have.Memory)
	check(corev1.ResourceEphemeralStorage, want.Ephemeral, used.Ephemeral, have.Ephemeral)
	for name, n := range want.Scalar {
		check(name, n, used.Scalar[name], have.Scalar[name])
	}
	if len(reasons) == 0 {
		return Verdict{}
	}
	slices.Sort(reasons)
	return Verdict{Reason: reasons[0], More: reasons[1:], Final: beyond}
}

// each makes a rating of single nodes one of many.
func each(rate func(*Node) int64) func([]*Node) []int64 {
	return func(nodes []*Node) []int64 {
		ratings := make([]int64, len(nodes))
		for i, n := range nodes {
			ratings[i] = rate(n)
		}
		return ratings
	}
}

// Rate gives the mean of the free shares of CPU and memory.
func (ResourcesFit) Rate(pod *Pod, _ *Cluster) func([]*Node) []int64 {
	return each(func(n *Node) int64 {
		return (freeShare(n.NonZero.MilliCPU+pod.nonZero.MilliCPU, n.Allocatable.MilliCPU) +
			freeShare(n.NonZero.Memory+pod.nonZero.Memory, n.Allocatable.Memory)) / 2
	})
}

func freeShare(used, have int64) int64 {
	if have <= 0 || used > have {
		return 0
	}
	return int64(float64(have-used) / float64(have) * MaxScore)
}

// BalancedAllocation prefers nodes whose CPU and memory would be used to a like share.
type BalancedAllocation struct{}

func (BalancedAllocation) Name() string  { return "NodeResourcesBalancedAllocation" }
func (BalancedAllocation) Weight() int64 { return 1 }

func (BalancedAllocation) Rate(pod *Pod, _ *Cluster) func([]*Node) []int64 {
	return each(func(n *Node) int64 {
		cpu := share(n.Requested.MilliCPU+pod.Requests.MilliCPU, n.Allocatable.MilliCPU)
		memory := share(n.Requested.Memory+pod.Requests.Memory, n.Allocatable.Memory)
		// Half the difference is the standard deviation of two values.
		deviation := math.Abs(cpu-memory) / 2
		return int64((1 - deviation) * MaxScore)
	})
}

func share(used, have int64) float64 {
	if have <= 0 {
		return 1
	}
	return min(1, float64(used)/float64(have))
}
