package podresize

import (
	"context"
	"fmt"

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
	return &Plugin{admission.On{admission.Update}, reader}
}

var nodes = meta.GroupVersionResource{Version: "v1", Resource: "nodes"}

// resizable are the resources that can change while a Pod runs.
var resizable = []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory}

// Validate implements admission.Validator.
func (p *Plugin) Validate(ctx context.Context, r *admission.Request) error {
	if r.Subresource != "resize" || r.Resource.GroupResource() != (meta.GroupResource{Resource: "pods"}) {
		return nil
	}
	pod, ok := r.Object.(*corev1.Pod)
	old, alike := r.OldObject.(*corev1.Pod)
	if !ok || !alike || pod.Spec.NodeName == "" {
		return nil
	}
	obj, err := p.reader.Get(ctx, nodes, "", pod.Spec.NodeName)
	if meta.IsNotFound(err) {
		return r.Forbidden(fmt.Errorf("node %q of the pod is not known", pod.Spec.NodeName))
	}
	if err != nil {
		return err
	}
	node, ok := obj.(*corev1.Node)
	if !ok {
		return nil
	}
	wants, had := corev1.PodRequests(&pod.Spec), corev1.PodRequests(&old.Spec)
	for _, resource := range resizable {
		want, was, has := wants[resource], had[resource], node.Status.Allocatable[resource]
		if want.Cmp(was) > 0 && want.Cmp(has) > 0 {
			return r.Forbidden(fmt.Errorf("node %q does not have enough %s: requested %s, allocatable %s", node.Name, resource, want.String(), has.String()))
		}
	}
	return nil
}
