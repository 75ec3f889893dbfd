package scheduler

import (
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Pod is a Pod with what decisions need worked out once.
type Pod struct {
	Object   *corev1.Pod
	Key      client.Key
	Priority int32
	Requests Resources

	nonZero      Resources
	ports        []hostPort
	affinity     []affinityTerm // required
	antiAffinity []affinityTerm // required
	preferred    []affinityTerm // with weights, negative for anti-affinity
	spread       []spreadConstraint
	claims       []podClaim
	images       []string // of its containers
	node         string   // where the Cluster has it
	malformed    error    // a selector that cannot be read
}

type hostPort struct {
	ip       string
	protocol corev1.Protocol
	port     int32
}

// affinityTerm is a term of Pod affinity or anti-affinity with its selectors read.
type affinityTerm struct {
	topologyKey       string
	selector          labels.Selector
	namespaces        map[string]bool
	namespaceSelector *labels.Selector // nil: none
	weight            int64
}

// NewPod works out what decisions about the Pod need. A Pod with a selector
// that cannot be read is schedulable nowhere; the reason comes with decisions.
func NewPod(object *corev1.Pod) *Pod {
	p := &Pod{Object: object, Key: client.Key{Namespace: object.Namespace, Name: object.Name}}
	if object.Spec.Priority != nil {
		p.Priority = *object.Spec.Priority
	}
	p.Requests, p.nonZero = podRequests(object)
	for _, list := range [][]corev1.Container{object.Spec.Containers, sidecars(object)} {
		for i := range list {
			for _, port := range list[i].Ports {
				if port.HostPort > 0 {
					p.ports = append(p.ports, hostPort{orDefault(port.HostIP, anyAddress), orDefault(port.Protocol, corev1.ProtocolTCP), port.HostPort})
				}
			}
		}
	}
	p.claims = claimsOf(object)
	for _, list := range [][]corev1.Container{object.Spec.InitContainers, object.Spec.Containers} {
		for i := range list {
			p.images = append(p.images, imageName(list[i].Image))
		}
	}
	if a := object.Spec.Affinity; a != nil {
		if a.PodAffinity != nil {
			p.affinity = p.terms(a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution)
			p.weighted(a.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution, 1)
		}
		if a.PodAntiAffinity != nil {
			p.antiAffinity = p.terms(a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution)
			p.weighted(a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution, -1)
		}
	}
	for i := range object.Spec.TopologySpreadConstraints {
		p.spread = append(p.spread, p.spreadConstraint(&object.Spec.TopologySpreadConstraints[i]))
	}
	return p
}

func sidecars(pod *corev1.Pod) []corev1.Container {
	var all []corev1.Container
	for i := range pod.Spec.InitContainers {
		if isSidecar(&pod.Spec.InitContainers[i]) {
			all = append(all, pod.Spec.InitContainers[i])
		}
	}
	return all
}

// isSidecar reports whether an init container goes on beside the others (KEP-753).
func isSidecar(c *corev1.Container) bool {
	return c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
}

func (p *Pod) terms(from []corev1.PodAffinityTerm) []affinityTerm {
	var all []affinityTerm
	for i := range from {
		all = append(all, p.term(&from[i], 0))
	}
	return all
}

func (p *Pod) weighted(from []corev1.WeightedPodAffinityTerm, sign int64) {
	for i := range from {
		p.preferred = append(p.preferred, p.term(&from[i].PodAffinityTerm, sign*int64(from[i].Weight)))
	}
}

func (p *Pod) term(from *corev1.PodAffinityTerm, weight int64) affinityTerm {
	t := affinityTerm{topologyKey: from.TopologyKey, weight: weight, namespaces: map[string]bool{}}
	var err error
	if t.selector, err = labels.FromLabelSelector(from.LabelSelector); err != nil {
		p.malformed = fmt.Errorf("pod affinity: %w", err)
		t.selector = labels.Nothing()
	}
	for _, ns := range from.Namespaces {
		t.namespaces[ns] = true
	}
	if from.NamespaceSelector != nil {
		selector, err := labels.FromLabelSelector(from.NamespaceSelector)
		if err != nil {
			p.malformed = fmt.Errorf("pod affinity: %w", err)
			selector = labels.Nothing()
		}
		t.namespaceSelector = &selector
	} else if len(t.namespaces) == 0 {
		t.namespaces[p.Key.Namespace] = true
	}
	return t
}

// selects reports whether the term is about other.
func (t *affinityTerm) selects(other *Pod, c *Cluster) bool {
	ns := other.Key.Namespace
	if !t.namespaces[ns] && (t.namespaceSelector == nil || !t.namespaceSelector.Matches(labels.Set(c.namespaces[ns]))) {
		return false
	}
	return t.selector.Matches(labels.Set(other.Object.Labels))
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// isDemanding reports whether a Pod has a say about who else is near it.
func (p *Pod) isDemanding() bool {
	return len(p.affinity) > 0 || len(p.antiAffinity) > 0 || len(p.preferred) > 0
}
