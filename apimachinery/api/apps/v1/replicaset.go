package appsv1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func replicasets() *scheme.Resource {
	return scheme.Define[ReplicaSet, ReplicaSetList](scheme.Spec[ReplicaSet]{
		Name:           "replicasets",
		ShortNames:     []string{"rs"},
		Categories:     []string{"all"},
		Namespaced:     true,
		Columns:        replicaSetColumns(),
		Default:        DefaultReplicaSet,
		PrepareCreate:  func(r *ReplicaSet) { corev1.DropUnusedPodTemplateFields(&r.Spec.Template, nil) },
		PrepareUpdate:  func(r, old *ReplicaSet) { corev1.DropUnusedPodTemplateFields(&r.Spec.Template, &old.Spec.Template) },
		Validate:       ValidateReplicaSet,
		ValidateUpdate: ValidateReplicaSetUpdate,
		Warnings: func(r, old *ReplicaSet) []string {
			if old == nil {
				return append(corev1.WarningsForPodOwnerName(r.Name), corev1.WarningsForPodTemplate(templatePath, &r.Spec.Template, nil)...)
			}
			if validate.Equal(r.Spec, old.Spec) {
				return nil
			}
			return corev1.WarningsForPodTemplate(templatePath, &r.Spec.Template, &old.Spec.Template)
		},
		SpecChanged: func(r, old *ReplicaSet) bool { return !validate.Equal(r.Spec, old.Spec) },
		Status:      &scheme.Status[ReplicaSet]{Validate: ValidateReplicaSetStatusUpdate},
		Scale: &scheme.Scale[ReplicaSet]{
			Replicas:       func(r *ReplicaSet) int32 { return rules.ValueOf(r.Spec.Replicas) },
			SetReplicas:    func(r *ReplicaSet, n int32) { r.Spec.Replicas = &n },
			StatusReplicas: func(r *ReplicaSet) int32 { return r.Status.Replicas },
			Selector:       func(r *ReplicaSet) string { return cells.SelectorText(r.Spec.Selector) },
		},
	})
}

// DefaultReplicaSet fills in what the author of a ReplicaSet left out.
func DefaultReplicaSet(r *ReplicaSet) {
	corev1.DefaultPodTemplate(&r.Spec.Template)
	rules.Default(&r.Spec.Replicas, 1)
}

// ValidateReplicaSet finds every fault of a ReplicaSet that is about to be made.
func ValidateReplicaSet(r *ReplicaSet) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &r.ObjectMeta, true, names.DNSSubdomain), replicaSetSpec(rules.Spec, &r.Spec)...)
}

// ValidateReplicaSetUpdate finds every fault of a ReplicaSet that is about to replace old.
func ValidateReplicaSetUpdate(r, old *ReplicaSet) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta),
		replicaSetSpec(rules.Spec, &r.Spec),
		validate.Immutable(rules.Spec.Child("selector"), r.Spec.Selector, old.Spec.Selector),
	)
}

func replicaSetSpec(p validate.Path, s *ReplicaSetSpec) validate.Errors {
	template := p.Child("template")
	return validate.All(
		rules.OptionalNumber(p.Child("replicas"), s.Replicas),
		validate.NonNegative(p.Child("minReadySeconds"), s.MinReadySeconds),
		rules.Selector(p.Child("selector"), s.Selector, "deployment"), // so Kubernetes says
		rules.Must(rules.Selectable(s.Selector), p.Child("selector"), s.Selector, "invalid label selector"),
		validate.When(!rules.IsEmpty(s.Selector), func() validate.Errors { return rules.Selects(template, s.Selector, &s.Template) }),
		corev1.ValidatePodTemplate(&s.Template, template),
		rules.RunsForever(template, &s.Template, "ReplicaSet"),
	)
}

// ValidateReplicaSetStatusUpdate finds every fault of a ReplicaSet's status.
func ValidateReplicaSetStatusUpdate(r, old *ReplicaSet) validate.Errors {
	s, p := &r.Status, rules.Status
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &r.ObjectMeta, &old.ObjectMeta),
		validate.NonNegative(p.Child("replicas"), s.Replicas),
		validate.NonNegative(p.Child("fullyLabeledReplicas"), s.FullyLabeledReplicas),
		validate.NonNegative(p.Child("readyReplicas"), s.ReadyReplicas),
		validate.NonNegative(p.Child("availableReplicas"), s.AvailableReplicas),
		rules.OptionalNumber(p.Child("terminatingReplicas"), s.TerminatingReplicas),
		validate.NonNegative(p.Child("observedGeneration"), s.ObservedGeneration),
		notMore(p.Child("fullyLabeledReplicas"), s.FullyLabeledReplicas, s.Replicas, "status.replicas"),
		notMore(p.Child("readyReplicas"), s.ReadyReplicas, s.Replicas, "status.replicas"),
		notMore(p.Child("availableReplicas"), s.AvailableReplicas, s.Replicas, "status.replicas"),
		notMore(p.Child("availableReplicas"), s.AvailableReplicas, s.ReadyReplicas, "readyReplicas"),
	)
}

func replicaSetColumns() []scheme.Column[ReplicaSet] {
	return append([]scheme.Column[ReplicaSet]{
		scheme.NameColumn[ReplicaSet](),
		{Name: "Desired", Type: "integer", Help: cells.Help("replicasets", "Desired"), Cell: func(r *ReplicaSet) any { return int64(rules.ValueOf(r.Spec.Replicas)) }},
		{Name: "Current", Type: "integer", Help: cells.Help("replicasets", "Current"), Cell: func(r *ReplicaSet) any { return int64(r.Status.Replicas) }},
		{Name: "Ready", Type: "integer", Help: "The number of non-terminating pods targeted by this ReplicaSet with a Ready Condition.", Cell: func(r *ReplicaSet) any { return int64(r.Status.ReadyReplicas) }},
		scheme.AgeColumn[ReplicaSet](),
	}, templateColumns(func(r *ReplicaSet) *corev1.PodTemplateSpec { return &r.Spec.Template },
		scheme.Column[ReplicaSet]{Name: "Selector", Wide: true, Help: cells.Help("replicasets", "Selector"), Cell: func(r *ReplicaSet) any { return cells.Selector(r.Spec.Selector) }})...)
}
