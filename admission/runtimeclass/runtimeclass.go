package runtimeclass

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	nodev1 "github.com/kubenucleus/nucleus/apimachinery/api/node/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader admission.Reader
}

// New returns the rule. It knows classes from reader.
func New(reader admission.Reader) *Plugin {
	return &Plugin{admission.On{admission.Create}, reader}
}

var classes = meta.GroupVersionResource{Group: "node.k8s.io", Version: "v1", Resource: "runtimeclasses"}

// class is the Pod's RuntimeClass, nil if it names none.
func (p *Plugin) class(ctx context.Context, r *admission.Request, pod *corev1.Pod) (*nodev1.RuntimeClass, error) {
	if pod.Spec.RuntimeClassName == nil {
		return nil, nil
	}
	name := *pod.Spec.RuntimeClassName
	if name == "" {
		return nil, meta.Plain(errors.New("resource name may not be empty"))
	}
	if problems := names.PathSegment(name); len(problems) > 0 {
		return nil, meta.Plain(fmt.Errorf("invalid resource name %q: %v", name, problems))
	}
	obj, err := p.reader.Get(ctx, classes, "", name)
	if meta.IsNotFound(err) {
		return nil, r.Forbidden(fmt.Errorf("pod rejected: RuntimeClass %q not found", name))
	}
	if err != nil {
		return nil, err
	}
	class, ok := obj.(*nodev1.RuntimeClass)
	if !ok {
		return nil, fmt.Errorf("RuntimeClass %s is a %T", name, obj)
	}
	return class, nil
}

// Admit implements admission.Mutator.
func (p *Plugin) Admit(ctx context.Context, r *admission.Request) error {
	pod, ok := r.Object.(*corev1.Pod)
	if !ok || !r.Is(meta.GroupResource{Resource: "pods"}) {
		return nil
	}
	class, err := p.class(ctx, r, pod)
	if err != nil {
		return err
	}
	if class != nil && class.Overhead != nil {
		if err := setOverhead(r, pod, class); err != nil {
			return err
		}
	}
	if class == nil || class.Scheduling == nil {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(class.Scheduling.NodeSelector)) {
		value := class.Scheduling.NodeSelector[key]
		if own, has := pod.Spec.NodeSelector[key]; has && own != value {
			return r.Forbidden(fmt.Errorf("conflict: runtimeClass.scheduling.nodeSelector[%s] = %s; pod.spec.nodeSelector[%s] = %s", key, value, key, own))
		}
		if pod.Spec.NodeSelector == nil {
			pod.Spec.NodeSelector = map[string]string{}
		}
		pod.Spec.NodeSelector[key] = value
	}
	for _, t := range class.Scheduling.Tolerations {
		if !slices.ContainsFunc(pod.Spec.Tolerations, func(own corev1.Toleration) bool { return codec.Equal(&own, &t) }) {
			pod.Spec.Tolerations = append(pod.Spec.Tolerations, *codec.DeepCopy(&t))
		}
	}
	return nil
}

// setOverhead gives the Pod the overhead of its class. A client may say the
// same, nothing else.
func setOverhead(r *admission.Request, pod *corev1.Pod, class *nodev1.RuntimeClass) error {
	if len(pod.Spec.Overhead) > 0 && !codec.Equal(pod.Spec.Overhead, class.Overhead.PodFixed) {
		return r.Forbidden(errors.New("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"))
	}
	pod.Spec.Overhead = maps.Clone(class.Overhead.PodFixed)
	return nil
}

// Validate implements admission.Validator: nobody but a class says what overhead
// there is.
func (p *Plugin) Validate(ctx context.Context, r *admission.Request) error {
	pod, ok := r.Object.(*corev1.Pod)
	if !ok || !r.Is(meta.GroupResource{Resource: "pods"}) || pod.Spec.Overhead == nil {
		return nil
	}
	class, err := p.class(ctx, r, pod)
	if err != nil || class != nil && class.Overhead != nil {
		return err
	}
	return r.Forbidden(errors.New("pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"))
}
