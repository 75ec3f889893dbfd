package priority

import (
	"context"
	"errors"
	"fmt"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	schedulingv1 "github.com/kubenucleus/nucleus/apimachinery/api/scheduling/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader admission.Reader
}

// New returns the rule. It knows classes from reader.
func New(reader admission.Reader) *Plugin {
	return &Plugin{admission.On{admission.Create, admission.Update, admission.Delete}, reader}
}

var (
	pods    = meta.GroupResource{Resource: "pods"}
	classes = meta.GroupVersionResource{Group: "scheduling.k8s.io", Version: "v1", Resource: "priorityclasses"}
)

// Admit implements admission.Mutator.
func (p *Plugin) Admit(ctx context.Context, r *admission.Request) error {
	if r.Operation == admission.Delete && r.Is(classes.GroupResource()) && isSystem(r.Name) {
		return r.Forbidden(errors.New("this is a system priority class and cannot be deleted"))
	}
	pod, ok := r.Object.(*corev1.Pod)
	if !ok || !r.Is(pods) {
		return nil
	}
	switch r.Operation {
	case admission.Create:
		return p.prioritize(ctx, r, pod)
	case admission.Update:
		// A client that does not know the fields must not lose them.
		if old, ok := r.OldObject.(*corev1.Pod); ok {
			if pod.Spec.Priority == nil {
				pod.Spec.Priority = copied(old.Spec.Priority)
			}
			if pod.Spec.PreemptionPolicy == nil {
				pod.Spec.PreemptionPolicy = copied(old.Spec.PreemptionPolicy)
			}
		}
	}
	return nil
}

func copied[T any](v *T) *T {
	if v == nil {
		return nil
	}
	c := *v
	return &c
}

func isSystem(name string) bool {
	return name == "system-node-critical" || name == "system-cluster-critical"
}

func (p *Plugin) prioritize(ctx context.Context, r *admission.Request, pod *corev1.Pod) error {
	value, policy := int32(0), corev1.PreemptLowerPriority
	class, err := p.classOf(ctx, r, pod)
	if err != nil {
		return err
	}
	if class != nil {
		pod.Spec.PriorityClassName = class.Name
		value = class.Value
		if class.PreemptionPolicy != nil {
			policy = *class.PreemptionPolicy
		}
	}
	if have := pod.Spec.Priority; have != nil && *have != value {
		return r.Forbidden(fmt.Errorf("the integer value of priority (%d) must not be provided in pod spec; priority admission controller computed %d from the given PriorityClass name", *have, value))
	}
	if have := pod.Spec.PreemptionPolicy; have != nil && *have != policy {
		return r.Forbidden(fmt.Errorf("the string value of PreemptionPolicy (%s) must not be provided in pod spec; priority admission controller computed %s from the given PriorityClass name", *have, policy))
	}
	pod.Spec.Priority, pod.Spec.PreemptionPolicy = &value, &policy
	return nil
}

// classOf is the Pod's class, or the cluster's default, or nil.
func (p *Plugin) classOf(ctx context.Context, r *admission.Request, pod *corev1.Pod) (*schedulingv1.PriorityClass, error) {
	name := pod.Spec.PriorityClassName
	if name == "" {
		return p.defaultClass(ctx)
	}
	obj, err := p.reader.Get(ctx, classes, "", name)
	if meta.IsNotFound(err) {
		return nil, r.Forbidden(fmt.Errorf("no PriorityClass with name %v was found", name))
	}
	if err != nil {
		return nil, fmt.Errorf("failed to get PriorityClass with name %s: %w", name, err)
	}
	class, ok := obj.(*schedulingv1.PriorityClass)
	if !ok {
		return nil, fmt.Errorf("PriorityClass %s is a %T", name, obj)
	}
	return class, nil
}

// defaultClass is the class for Pods that name none. Should there be several,
// the least takes nothing from anybody.
func (p *Plugin) defaultClass(ctx context.Context) (*schedulingv1.PriorityClass, error) {
	list, err := p.reader.List(ctx, classes, "")
	if err != nil {
		return nil, fmt.Errorf("failed to get default priority class: %w", err)
	}
	var found *schedulingv1.PriorityClass
	for _, obj := range list {
		if class, ok := obj.(*schedulingv1.PriorityClass); ok && class.GlobalDefault && (found == nil || class.Value < found.Value) {
			found = class
		}
	}
	return found, nil
}

// Validate implements admission.Validator: there is one default class.
func (p *Plugin) Validate(ctx context.Context, r *admission.Request) error {
	class, ok := r.Object.(*schedulingv1.PriorityClass)
	if !ok || !r.Is(classes.GroupResource()) || !class.GlobalDefault {
		return nil
	}
	other, err := p.defaultClass(ctx)
	if err != nil || other == nil {
		return err
	}
	if r.Operation == admission.Create || other.Name != class.Name {
		return r.Forbidden(fmt.Errorf("PriorityClass %v is already marked as default. Only one default can exist", other.Name))
	}
	return nil
}
