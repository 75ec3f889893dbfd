package kubelet

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

// refusal is why a node does not take a Pod: a reason for programs and a message
// for people.
type refusal struct {
	reason, message string
	// short is of which resources there is too little left, and how much too little.
	short map[corev1.ResourceName]int64
}

// affinityPredicate is the reason of a refusal by the node's labels.
const affinityPredicate = "NodeAffinity"

// load is what the Pods take up that a node has taken.
type load struct {
	pods     int64
	requests corev1.ResourceList
	ports    []hostPort
}

type hostPort struct {
	ip       string
	protocol corev1.Protocol
	port     int32
}

// add counts one more Pod.
func (l *load) add(pod *corev1.Pod) {
	l.pods++
	if l.requests == nil {
		l.requests = corev1.ResourceList{}
	}
	for name, q := range corev1.PodRequests(&pod.Spec) {
		sum := l.requests[name]
		sum.Add(q)
		l.requests[name] = sum
	}
	l.ports = append(l.ports, hostPorts(pod)...)
}

// refuse says why a node cannot take one more Pod, nil if it can. The scheduler
// has made sure of all this, but it may have been wrong by then, or not asked.
func refuse(pod *corev1.Pod, node *corev1.Node, taken *load) *refusal {
	if pod.Spec.OS != nil && pod.Spec.OS.Name != corev1.Linux {
		return &refusal{reason: "PodOSNotSupported", message: "Failed to admit pod as the OS field doesn't match node OS"}
	}
	if s := pod.Spec.SecurityContext; s != nil && s.SupplementalGroupsPolicy != nil && *s.SupplementalGroupsPolicy == corev1.SupplementalGroupsPolicyStrict {
		if f := node.Status.Features; f == nil || f.SupplementalGroupsPolicy == nil || !*f.SupplementalGroupsPolicy {
			return &refusal{
				reason:  "SupplementalGroupsPolicyNotSupported",
				message: fmt.Sprintf("SupplementalGroupsPolicy=%s is not supported in this node", *s.SupplementalGroupsPolicy),
			}
		}
	}
	if r := lacking(pod, node, taken); r != nil {
		return r
	}
	if !pod.Spec.RequiredNodes(node) {
		return predicate(affinityPredicate, "node(s) didn't match Pod's node affinity/selector")
	}
	for _, want := range hostPorts(pod) {
		if slices.ContainsFunc(taken.ports, want.conflicts) {
			return predicate("NodePorts", "node(s) didn't have free ports for the requested pod ports")
		}
	}
	expels := func(t *corev1.Taint) bool { return t.Effect == corev1.TaintEffectNoExecute }
	if corev1.UntoleratedTaint(node.Spec.Taints, pod.Spec.Tolerations, expels) != nil {
		return predicate("TaintToleration", "node(s) had taints that the pod didn't tolerate")
	}
	return nil
}

func predicate(name, text string) *refusal {
	return &refusal{reason: name, message: fmt.Sprintf("Predicate %s failed: %s", name, text)}
}

// refuseAppArmor says why a machine without AppArmor does not take a Pod.
func refuseAppArmor(pod *corev1.Pod) *refusal {
	confines := func(p *corev1.AppArmorProfile) bool {
		return p != nil && p.Type != corev1.AppArmorProfileTypeUnconfined
	}
	no := &refusal{reason: "AppArmor", message: "Cannot enforce AppArmor: AppArmor is not enabled on the host"}
	if s := pod.Spec.SecurityContext; s != nil && confines(s.AppArmorProfile) {
		return no
	}
	for _, list := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			if s := list[i].SecurityContext; s != nil && confines(s.AppArmorProfile) {
				return no
			}
		}
	}
	return nil
}

// lacking says of what the node has too little left. Resources that the node
// does not have at all are not the kubelet's to judge.
func lacking(pod *corev1.Pod, node *corev1.Node, taken *load) *refusal {
	have := node.Status.Allocatable
	var first *refusal
	short := func(name corev1.ResourceName, requested, used, capacity int64) {
		if requested <= 0 || used+requested <= capacity {
			return
		}
		if first == nil {
			first = &refusal{
				reason:  "OutOf" + string(name),
				message: fmt.Sprintf("Node didn't have enough resource: %s, requested: %d, used: %d, capacity: %d", name, requested, used, capacity),
				short:   map[corev1.ResourceName]int64{},
			}
		}
		first.short[name] = used + requested - capacity
	}
	if pods, ok := have[corev1.ResourcePods]; ok {
		short(corev1.ResourcePods, 1, taken.pods, pods.Value())
	}
	requests := corev1.PodRequests(&pod.Spec)
	for _, name := range slices.SortedFunc(maps.Keys(requests), byImportance) {
		capacity, ok := have[name]
		if !ok {
			continue
		}
		amount := amountIn(name)
		short(name, amount(requests[name]), amount(taken.requests[name]), amount(capacity))
	}
	return first
}

// amountIn is how amounts of a resource are counted.
func amountIn(name corev1.ResourceName) func(quantity.Quantity) int64 {
	if name == corev1.ResourceCPU {
		return quantity.Quantity.MilliValue
	}
	return quantity.Quantity.Value
}

// byImportance orders resources as refusals name them.
func byImportance(a, b corev1.ResourceName) int {
	rank := func(n corev1.ResourceName) int {
		i := slices.Index([]corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage}, n)
		if i < 0 {
			return 3
		}
		return i
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// hostPorts are the ports of the node that a Pod takes.
func hostPorts(pod *corev1.Pod) []hostPort {
	var ports []hostPort
	add := func(c *corev1.Container) {
		for i := range c.Ports {
			if p := &c.Ports[i]; p.HostPort > 0 {
				ports = append(ports, hostPort{p.HostIP, cmp.Or(p.Protocol, corev1.ProtocolTCP), p.HostPort})
			}
		}
	}
	for i := range pod.Spec.Containers {
		add(&pod.Spec.Containers[i])
	}
	for i := range pod.Spec.InitContainers {
		if corev1.IsSidecar(&pod.Spec.InitContainers[i]) {
			add(&pod.Spec.InitContainers[i])
		}
	}
	return ports
}

func (p hostPort) conflicts(o hostPort) bool {
	return p.port == o.port && p.protocol == o.protocol && (p.ip == o.ip || everywhere(p.ip) || everywhere(o.ip))
}

func everywhere(ip string) bool {
	addr, err := netip.ParseAddr(ip)
	return ip == "" || err == nil && addr.IsUnspecified()
}
