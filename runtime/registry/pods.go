package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// podHooks are the further paths of Pods that are written like a Pod.
func podHooks(c *collection) hooks {
	specChanged := func(obj, old meta.Object) bool {
		p, was := obj.(*corev1.Pod), old.(*corev1.Pod)
		return !codec.Equal(&p.Spec, &was.Spec)
	}
	if _, ok := c.hub.New().(*corev1.Pod); !ok {
		return hooks{}
	}
	return hooks{subresources: map[string]subresourceRules{
		"ephemeralcontainers": {
			prepare:    prepareEphemeralContainers,
			validate:   podRule(corev1.ValidatePodEphemeralContainersUpdate),
			generation: specChanged,
		},
		"resize": {
			prepare:    prepareResize,
			validate:   podRule(corev1.ValidatePodResize),
			generation: specChanged,
		},
	}}
}

func podRule(rule func(pod, old *corev1.Pod) validate.Errors) func(obj, old meta.Object) validate.Errors {
	return func(obj, old meta.Object) validate.Errors { return rule(obj.(*corev1.Pod), old.(*corev1.Pod)) }
}

// restorePod makes obj what old is, but for what identifies the write.
func restorePod(obj, old meta.Object) (pod, was *corev1.Pod, wanted corev1.PodSpec) {
	pod, was = obj.(*corev1.Pod), old.(*corev1.Pod)
	wanted = pod.Spec
	m := pod.ObjectMeta
	restored := codec.DeepCopy(was)
	*pod = *restored
	pod.Name, pod.Namespace, pod.UID, pod.ResourceVersion = m.Name, m.Namespace, m.UID, m.ResourceVersion
	pod.ManagedFields = m.ManagedFields
	return pod, was, wanted
}

func prepareEphemeralContainers(obj, old meta.Object) {
	pod, _, wanted := restorePod(obj, old)
	pod.Spec.EphemeralContainers = wanted.EphemeralContainers
}

// prepareResize lets through the resources of containers and nothing else, unless they
// are other containers: the rules refuse those.
func prepareResize(obj, old meta.Object) {
	pod, _, wanted := restorePod(obj, old)
	resources := func(kept, wanted []corev1.Container) []corev1.Container {
		sameName := func(a, b corev1.Container) bool { return a.Name == b.Name }
		if !slices.EqualFunc(kept, wanted, sameName) {
			return wanted
		}
		for i := range kept {
			kept[i].Resources, kept[i].ResizePolicy = wanted[i].Resources, wanted[i].ResizePolicy
		}
		return kept
	}
	pod.Spec.Containers = resources(pod.Spec.Containers, wanted.Containers)
	pod.Spec.InitContainers = resources(pod.Spec.InitContainers, wanted.InitContainers)
	if wanted.Resources != nil { // what is left out stays
		pod.Spec.Resources = wanted.Resources
		corev1.DefaultPodLevelResources(&pod.Spec)
	}
}

// bind gives a Pod the node that a Binding names.
func (r *Registry) bind(ctx context.Context, q *Request, obj meta.Object, opts meta.CreateOptions) (scheme.Typed, error) {
	binding, ok := obj.(*corev1.Binding)
	if !ok {
		return nil, meta.BadRequest("the body is no Binding")
	}
	if q.Name != "" && binding.Name != q.Name {
		return nil, meta.BadRequest("name in URL does not match name in Binding object")
	}
	if err := placeInNamespace(q.Namespace, &binding.ObjectMeta); err != nil {
		return nil, err
	}
	c := r.collectionNamed("", "pods")
	if c == nil {
		return nil, meta.NoSuchResource()
	}
	dryRun := isDryRun(opts.DryRun)
	adm := r.admissionRequest(q, c, admission.Create, &opts, dryRun)
	adm.Kind, adm.Name, adm.Object = corev1Kind("Binding"), binding.Name, binding
	if err := r.admit(ctx, adm); err != nil {
		return nil, err
	}
	if errs := validateBinding(binding); len(errs) > 0 {
		return nil, meta.Plain(errors.New(errs.String()))
	}
	if err := r.admitFinally(ctx, adm); err != nil {
		return nil, err
	}
	pods, err := r.podRequest(q, c, binding.Name)
	if err != nil {
		return nil, err
	}
	_, _, err = r.change(ctx, pods, c, mutation{
		face: rawFace(c), uid: binding.UID, tracked: true, dryRun: dryRun, unadmitted: true,
		next: func(see func() (meta.Object, error)) (meta.Object, error) {
			live, err := see()
			if err != nil {
				return nil, err
			}
			pod := live.(*corev1.Pod)
			if want := binding.ResourceVersion; want != "" && want != pod.ResourceVersion {
				return nil, meta.Conflict(meta.GroupResource{Resource: "pods"}, pod.Name, fmt.Errorf("StorageError: invalid object, Code: 4, "+
					"Key: /pods/%s/%s, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ResourceVersion in precondition: %s, "+
					"ResourceVersion in object meta: %s", pod.Namespace, pod.Name, want, pod.ResourceVersion))
			}
			if err := assign(pod, binding, r.now()); err != nil {
				return nil, meta.Conflict(meta.GroupResource{Resource: "pods/binding"}, pod.Name, err)
			}
			return pod, nil
		},
	})
	if err != nil {
		return nil, err
	}
	return success(201), nil
}

func validateBinding(b *corev1.Binding) validate.Errors {
	target := validate.NewPath("target")
	var errs validate.Errors
	if b.Target.Kind != "" && b.Target.Kind != "Node" {
		errs = append(errs, validate.NotSupported(target.Child("kind"), b.Target.Kind, "Node", "<empty>")...)
	}
	if b.Target.Name == "" {
		errs = append(errs, validate.Required(target.Child("name"), "")...)
	} else {
		errs = append(errs, validate.String(target.Child("name"), b.Target.Name, names.DNSSubdomain)...)
	}
	return errs
}

// assign puts a Pod on its node, if it may go there at all.
func assign(pod *corev1.Pod, b *corev1.Binding, now meta.Time) error {
	switch {
	case pod.DeletionTimestamp != nil:
		return fmt.Errorf("pod %s is being deleted, cannot be assigned to a host", pod.Name)
	case pod.Spec.NodeName != "":
		return fmt.Errorf("pod %v is already assigned to node %q", pod.Name, pod.Spec.NodeName)
	case len(pod.Spec.SchedulingGates) > 0:
		return fmt.Errorf("pod %v has non-empty .spec.schedulingGates", pod.Name)
	}
	pod.Spec.NodeName = b.Target.Name
	pod.Annotations = merged(pod.Annotations, b.Annotations)
	pod.Labels = merged(pod.Labels, b.Labels)
	setPodCondition(pod, corev1.PodCondition{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}, now)
	return nil
}

func merged(into, from map[string]string) map[string]string {
	if len(from) == 0 {
		return into
	}
	if into == nil {
		into = make(map[string]string, len(from))
	}
	maps.Copy(into, from)
	return into
}

// setPodCondition adds a condition or replaces the one of its type. The time of
// the transition stays if the status does.
func setPodCondition(pod *corev1.Pod, condition corev1.PodCondition, now meta.Time) {
	condition.LastTransitionTime = now
	for i := range pod.Status.Conditions {
		have := &pod.Status.Conditions[i]
		if have.Type != condition.Type {
			continue
		}
		if have.Status == condition.Status {
			condition.LastTransitionTime = have.LastTransitionTime
		}
		*have = condition
		return
	}
	pod.Status.Conditions = append(pod.Status.Conditions, condition)
}

// rawFace writes hub objects as they are, without the rules of updates: for
// changes that this package makes itself.
func rawFace(c *collection) face {
	return face{
		show: func(obj meta.Object) (meta.Object, error) { return obj, nil },
		take: func(seen, _ meta.Object) (meta.Object, error) { return seen, nil },
		kind: c.gvk, empty: c.hub.New, plan: c.hub.Type,
	}
}

// podRequest is a request about a Pod, made on behalf of another.
func (r *Registry) podRequest(q *Request, c *collection, name string) (*Request, error) {
	if name == "" {
		return nil, meta.BadRequest("name must be provided")
	}
	inner := *q
	inner.Resource, inner.Subresource, inner.Name = c.hub, "", name
	return &inner, nil
}

func corev1Kind(kind string) meta.GroupVersionKind {
	return meta.GroupVersionKind{Version: "v1", Kind: kind}
}

// success is what subresources answer that have nothing else to say.
func success(code int32) *meta.Status {
	return &meta.Status{
		TypeMeta: meta.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   meta.StatusSuccess, Code: code,
	}
}
