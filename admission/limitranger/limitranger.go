package limitranger

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/admission"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader admission.Reader
}

// New returns the rule. It knows LimitRanges from reader.
func New(reader admission.Reader) *Plugin {
	return &Plugin{admission.On{admission.Create, admission.Update}, reader}
}

var limitRanges = meta.GroupVersionResource{Version: "v1", Resource: "limitranges"}

// setAnnotation tells people where a Pod's resources came from.
const setAnnotation = "kubernetes.io/limit-ranger"

// concerns reports whether LimitRanges have a say in the request: they do in
// new Pods, resized ones, and claims.
func concerns(r *admission.Request) bool {
	if r.Namespace == "" || r.Object == nil || r.OldObject != nil && r.OldObject.Metadata().DeletionTimestamp != nil {
		return false
	}
	switch r.Object.(type) {
	case *corev1.Pod:
		return r.Operation == admission.Create && r.Subresource == "" || r.Operation == admission.Update && r.Subresource == "resize"
	case *corev1.PersistentVolumeClaim:
		return r.Subresource == ""
	}
	return false
}

// ranges are those of the request's namespace, in the order of their names.
func (p *Plugin) ranges(ctx context.Context, r *admission.Request) ([]*corev1.LimitRange, error) {
	list, err := p.reader.List(ctx, limitRanges, r.Namespace)
	if err != nil {
		return nil, err
	}
	var all []*corev1.LimitRange
	for _, obj := range list {
		if lr, ok := obj.(*corev1.LimitRange); ok {
			all = append(all, lr)
		}
	}
	slices.SortFunc(all, func(a, b *corev1.LimitRange) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// Admit implements admission.Mutator: it fills in defaults.
func (p *Plugin) Admit(ctx context.Context, r *admission.Request) error {
	pod, ok := r.Object.(*corev1.Pod)
	if !ok || !concerns(r) {
		return nil
	}
	all, err := p.ranges(ctx, r)
	if err != nil {
		return err
	}
	for _, lr := range all {
		applyDefaults(pod, lr)
	}
	return nil
}

// applyDefaults gives the containers what they lack and the LimitRange has.
func applyDefaults(pod *corev1.Pod, lr *corev1.LimitRange) {
	requests, limits := corev1.ResourceList{}, corev1.ResourceList{}
	for _, item := range lr.Spec.Limits {
		if item.Type == corev1.LimitTypeContainer {
			maps.Copy(requests, item.DefaultRequest)
			maps.Copy(limits, item.Default)
		}
	}
	var told []string
	for i := range pod.Spec.Containers {
		told = append(told, fill(&pod.Spec.Containers[i], "container", requests, limits)...)
	}
	for i := range pod.Spec.InitContainers {
		told = append(told, fill(&pod.Spec.InitContainers[i], "init container", requests, limits)...)
	}
	if len(told) > 0 {
		if pod.Annotations == nil {
			pod.Annotations = map[string]string{}
		}
		pod.Annotations[setAnnotation] = "LimitRanger plugin set: " + strings.Join(told, "; ")
	}
}

func fill(c *corev1.Container, what string, requests, limits corev1.ResourceList) []string {
	var told []string
	if set := add(&c.Resources.Requests, requests); len(set) > 0 {
		told = append(told, strings.Join(set, ", ")+" request for "+what+" "+c.Name)
	}
	if set := add(&c.Resources.Limits, limits); len(set) > 0 {
		told = append(told, strings.Join(set, ", ")+" limit for "+what+" "+c.Name)
	}
	return told
}

// add puts defaults where there is nothing, and returns their names.
func add(to *corev1.ResourceList, defaults corev1.ResourceList) []string {
	var set []string
	for name, q := range defaults {
		if _, has := (*to)[name]; has {
			continue
		}
		if *to == nil {
			*to = corev1.ResourceList{}
		}
		(*to)[name] = q
		set = append(set, string(name))
	}
	slices.Sort(set)
	return set
}

// Validate implements admission.Validator: it checks bounds.
func (p *Plugin) Validate(ctx context.Context, r *admission.Request) error {
	if !concerns(r) {
		return nil
	}
	all, err := p.ranges(ctx, r)
	if err != nil {
		return err
	}
	for _, lr := range all {
		var faults []string
		for _, item := range lr.Spec.Limits {
			switch obj := r.Object.(type) {
			case *corev1.Pod:
				faults = append(faults, checkPod(&item, &obj.Spec)...)
			case *corev1.PersistentVolumeClaim:
				faults = append(faults, checkClaim(&item, obj)...)
			}
		}
		if text := joined(faults); text != "" {
			return r.Forbidden(errors.New(text))
		}
	}
	return nil
}

// joined writes several faults in brackets, each once.
func joined(faults []string) string {
	var once []string
	for _, f := range faults {
		if !slices.Contains(once, f) {
			once = append(once, f)
		}
	}
	if len(once) > 1 {
		return "[" + strings.Join(once, ", ") + "]"
	}
	return strings.Join(once, "")
}
