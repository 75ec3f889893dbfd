package podsecurity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/admission"
	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	batchv1 "github.com/kubenucleus/nucleus/apimachinery/api/batch/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// Plugin is the rule. It is safe for concurrent use.
type Plugin struct {
	admission.On
	reader admission.Reader
}

// New returns the rule. It knows namespaces, and the Pods in them, from reader.
func New(reader admission.Reader) *Plugin {
	return &Plugin{admission.On{admission.Create, admission.Update}, reader}
}

var (
	namespaces = meta.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	pods       = meta.GroupVersionResource{Version: "v1", Resource: "pods"}
	labelsPath = validate.NewPath("metadata", "labels")
)

// Keys under which the audit event tells of the rule.
const (
	enforcedAnnotation = labelPrefix + "enforce-policy"
	auditedAnnotation  = labelPrefix + "audit-violations"
)

// Validate implements admission.Validator.
func (p *Plugin) Validate(ctx context.Context, r *admission.Request) error {
	if r.Object == nil {
		return nil
	}
	if r.Resource.GroupResource() == pods.GroupResource() {
		if r.Subresource != "" && r.Subresource != "ephemeralcontainers" {
			return nil
		}
		if pod, ok := r.Object.(*corev1.Pod); ok {
			return p.pod(ctx, r, pod)
		}
		return nil
	}
	if r.Subresource != "" {
		return nil
	}
	if namespace, ok := r.Object.(*corev1.Namespace); ok {
		return p.namespace(ctx, r, namespace)
	}
	if m, spec := template(r.Object); spec != nil {
		policy, err := p.policy(ctx, r)
		if err != nil {
			return err
		}
		advise(r, policy, m, spec)
	}
	return nil
}

// policy is that of the namespace of a request.
func (p *Plugin) policy(ctx context.Context, r *admission.Request) (Policy, error) {
	obj, err := p.reader.Get(ctx, namespaces, "", r.Namespace)
	if err != nil {
		return Policy{}, err
	}
	policy, _ := PolicyOf(obj.Metadata().Labels, labelsPath)
	return policy, nil
}

func (p *Plugin) pod(ctx context.Context, r *admission.Request, pod *corev1.Pod) error {
	if old, ok := r.OldObject.(*corev1.Pod); ok && !changesWhatRuns(pod, old) {
		return nil
	}
	policy, err := p.policy(ctx, r)
	if err != nil {
		return err
	}
	r.Annotation(enforcedAnnotation, policy.Enforce.String())
	if found := Evaluate(policy.Enforce, &pod.ObjectMeta, &pod.Spec); len(found) > 0 {
		return r.Forbidden(fmt.Errorf("violates PodSecurity %q: %s", policy.Enforce, found))
	}
	advise(r, policy, &pod.ObjectMeta, &pod.Spec)
	return nil
}

// advise warns and notes for audit what is below the standards for that.
func advise(r *admission.Request, policy Policy, m *meta.ObjectMeta, spec *corev1.PodSpec) {
	if found := Evaluate(policy.Audit, m, spec); len(found) > 0 {
		r.Annotation(auditedAnnotation, fmt.Sprintf("would violate PodSecurity %q: %s", policy.Audit, found))
	}
	if found := Evaluate(policy.Warn, m, spec); len(found) > 0 {
		r.Warning(fmt.Sprintf("would violate PodSecurity %q: %s", policy.Warn, found))
	}
}

// changesWhatRuns tells updates of a Pod that matter from those that cannot
// make it less safe, such as of labels.
func changesWhatRuns(pod, old *corev1.Pod) bool {
	for _, lists := range [][2][]corev1.Container{{pod.Spec.InitContainers, old.Spec.InitContainers}, {pod.Spec.Containers, old.Spec.Containers}} {
		if !slices.EqualFunc(lists[0], lists[1], func(a, b corev1.Container) bool { return a.Image == b.Image }) {
			return true
		}
	}
	if len(pod.Spec.EphemeralContainers) != len(old.Spec.EphemeralContainers) {
		return true
	}
	for i := range pod.Spec.EphemeralContainers {
		if pod.Spec.EphemeralContainers[i].Image != old.Spec.EphemeralContainers[i].Image {
			return true
		}
	}
	counts := func(key string) bool {
		return strings.HasPrefix(key, appArmorAnnotation) || strings.HasPrefix(key, seccompContainerAnnotation) || key == seccompPodAnnotation
	}
	for key, value := range pod.Annotations {
		if before, ok := old.Annotations[key]; counts(key) && (!ok || before != value) {
			return true
		}
	}
	for key := range old.Annotations {
		if _, ok := pod.Annotations[key]; counts(key) && !ok {
			return true
		}
	}
	return false
}

// template returns the Pod that an object makes others of, or nil.
func template(obj meta.Object) (*meta.ObjectMeta, *corev1.PodSpec) {
	var t *corev1.PodTemplateSpec
	switch o := obj.(type) {
	case *corev1.PodTemplate:
		t = &o.Template
	case *corev1.ReplicationController:
		t = o.Spec.Template
	case *appsv1.ReplicaSet:
		t = &o.Spec.Template
	case *appsv1.Deployment:
		t = &o.Spec.Template
	case *appsv1.DaemonSet:
		t = &o.Spec.Template
	case *appsv1.StatefulSet:
		t = &o.Spec.Template
	case *batchv1.Job:
		t = &o.Spec.Template
	case *batchv1.CronJob:
		t = &o.Spec.JobTemplate.Spec.Template
	}
	if t == nil {
		return nil, nil
	}
	return &t.ObjectMeta, &t.Spec
}

// namespace refuses labels that mean nothing, and tells who raises the level of Pods that are below it.
func (p *Plugin) namespace(ctx context.Context, r *admission.Request, namespace *corev1.Namespace) error {
	policy, errs := PolicyOf(namespace.Labels, labelsPath)
	old, ok := r.OldObject.(*corev1.Namespace)
	if !ok {
		return refused(errs, namespace.Name)
	}
	before, mistakes := PolicyOf(old.Labels, labelsPath)
	if len(errs) > 0 && errs.String() != mistakes.String() {
		return refused(errs, namespace.Name)
	}
	now := policy.Enforce
	if now == before.Enforce || now.Level == Privileged || now.minor == before.Enforce.minor && now.Level.rank() <= before.Enforce.Level.rank() {
		return nil
	}
	all, err := p.reader.List(ctx, pods, namespace.Name)
	if err != nil {
		var status *meta.StatusError
		if errors.As(err, &status) && status.Status.Code == 404 {
			return nil // a server without Pods
		}
		return err
	}
	for _, text := range violators(now, namespace.Name, all) {
		r.Warning(text)
	}
	return nil
}

func refused(errs validate.Errors, name string) error {
	if len(errs) == 0 {
		return nil
	}
	return errs.Status(meta.GroupKind{Kind: "Namespace"}, name)
}

// violators says which Pods are below a standard: a heading, then a line for all that
// have the same reasons. Of Pods with one owner one is looked at, as they are alike.
func violators(s Standard, namespace string, all []meta.Object) []string {
	alike := map[meta.UID]bool{}
	byReasons := map[string][]string{}
	var order []string
	for _, obj := range all {
		pod, ok := obj.(*corev1.Pod)
		if !ok {
			continue
		}
		if owner := controller(pod); owner != "" {
			if alike[owner] {
				continue
			}
			alike[owner] = true
		}
		found := Evaluate(s, &pod.ObjectMeta, &pod.Spec)
		if len(found) == 0 {
			continue
		}
		reasons := found.Reasons()
		if byReasons[reasons] == nil {
			order = append(order, reasons)
		}
		byReasons[reasons] = append(byReasons[reasons], pod.Name)
	}
	if len(order) == 0 {
		return nil
	}
	lines := make([]string, 0, len(order))
	for _, reasons := range order {
		who := slices.Sorted(slices.Values(byReasons[reasons]))
		others := ""
		if n := len(who) - 1; n > 0 {
			others = fmt.Sprintf(" (and %d %s)", n, plural(n, "other pod", "other pods"))
		}
		lines = append(lines, who[0]+others+": "+reasons)
	}
	slices.Sort(lines)
	return append([]string{fmt.Sprintf("existing pods in namespace %q violate the new PodSecurity enforce level %q", namespace, s)}, lines...)
}

func controller(pod *corev1.Pod) meta.UID {
	for _, o := range pod.OwnerReferences {
		if isTrue(o.Controller) {
			return o.UID
		}
	}
	return ""
}
