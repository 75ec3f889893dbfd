package podtopologylabels

import (
	"context"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader admission.Reader
}

// New returns the rule. It knows nodes from reader.
func New(reader admission.Reader) *Plugin {
	return &Plugin{admission.On{admission.Create}, reader}
}

var (
	nodes = meta.GroupVersionResource{Version: "v1", Resource: "nodes"}
	// copied are the labels that a Pod gets. Others of a node are nobody's
	// business who can only see the Pod.
	copied = []string{"topology.kubernetes.io/zone", "topology.kubernetes.io/region"}
)

// Admit implements admission.Mutator. On a Binding it sets labels that the
// Pod takes over.
func (p *Plugin) Admit(ctx context.Context, r *admission.Request) error {
	if r.Resource.Group != "" {
		return nil
	}
	switch obj := r.Object.(type) {
	case *corev1.Binding:
		if obj.Target.Kind == "" || obj.Target.Kind == "Node" {
			return p.label(ctx, obj.Metadata(), obj.Target.Name)
		}
	case *corev1.Pod:
		if r.Subresource == "" && obj.Spec.NodeName != "" {
			return p.label(ctx, obj.Metadata(), obj.Spec.NodeName)
		}
	}
	return nil
}

func (p *Plugin) label(ctx context.Context, m *meta.ObjectMeta, node string) error {
	if node == "" {
		return nil
	}
	obj, err := p.reader.Get(ctx, nodes, "", node)
	if meta.IsNotFound(err) {
		return nil // not every cluster knows all its nodes
	}
	if err != nil {
		return err
	}
	from := obj.Metadata().Labels
	labels := map[string]string{}
	for k, v := range m.Labels {
		labels[k] = v
	}
	for _, key := range copied {
		if value, ok := from[key]; ok {
			labels[key] = value
		}
	}
	if len(labels) > 0 {
		m.Labels = labels
	}
	return nil
}
