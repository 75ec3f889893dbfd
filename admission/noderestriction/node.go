package noderestriction

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

// ownNode lets a node write its own Node, but for what others decide.
func (c *check) ownNode() error {
	node, _ := c.r.Object.(*corev1.Node)
	if c.r.Operation == admission.Create && node != nil {
		if node.Spec.ConfigSource != nil {
			return c.refuse("node %q is not allowed to create pods with a non-nil configSource", c.node)
		}
		if labels := forbidden(node.Labels, nil); len(labels) > 0 {
			return c.refuse("node %q is not allowed to set the following labels: %s", c.node, strings.Join(labels, ", "))
		}
	}
	if name := c.name(); name != c.node {
		return c.refuse("node %q is not allowed to modify node %q", c.node, name)
	}
	old, _ := c.r.OldObject.(*corev1.Node)
	if c.r.Operation != admission.Update || node == nil || old == nil {
		return nil
	}
	switch labels := forbidden(node.Labels, old.Labels); {
	case node.Spec.ConfigSource != nil && !codec.Equal(node.Spec.ConfigSource, old.Spec.ConfigSource):
		return c.refuse("node %q is not allowed to update configSource to a new non-nil configSource", c.node)
	case !slices.EqualFunc(node.Spec.Taints, old.Spec.Taints, func(a, b corev1.Taint) bool { return codec.Equal(&a, &b) }):
		return c.refuse("node %q is not allowed to modify taints", c.node)
	case len(labels) > 0:
		return c.refuse("is not allowed to modify labels: %s", strings.Join(labels, ", "))
	case !sameOwners(node, old):
		return c.refuse("node %q is not allowed to modify ownerReferences", c.node)
	}
	return nil
}

func sameOwners(a, b *corev1.Node) bool {
	if len(a.OwnerReferences) != len(b.OwnerReferences) {
		return false
	}
	for i := range a.OwnerReferences {
		if !codec.Equal(&a.OwnerReferences[i], &b.OwnerReferences[i]) {
			return false
		}
	}
	return true
}

// forbidden returns the changed labels that are not the node's to change, in
// order: those that people keep from nodes, and those of Kubernetes that are not
// for kubelets.
func forbidden(labels, old map[string]string) []string {
	var found []string
	look := func(a, b map[string]string) {
		for key, value := range a {
			if have, ok := b[key]; ok && have == value || slices.Contains(found, key) {
				continue
			}
			namespace, _, ok := strings.Cut(key, "/")
			if !ok {
				namespace = ""
			}
			if under(namespace, "node-restriction.kubernetes.io") ||
				(under(namespace, "kubernetes.io") || under(namespace, "k8s.io")) && !forKubelets(namespace, key) {
				found = append(found, key)
			}
		}
	}
	look(labels, old)
	look(old, labels)
	slices.Sort(found)
	return found
}

func under(namespace, domain string) bool {
	return namespace == domain || strings.HasSuffix(namespace, "."+domain)
}

func forKubelets(namespace, key string) bool {
	switch key {
	case "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch",
		"beta.kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type",
		"topology.kubernetes.io/zone", "topology.kubernetes.io/region",
		"failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region":
		return true
	}
	return under(namespace, "kubelet.kubernetes.io") || under(namespace, "node.kubernetes.io")
}
