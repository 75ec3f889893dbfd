package appsv1

import (
	"fmt"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func statefulsets() *scheme.Resource {
	return scheme.Define[StatefulSet, StatefulSetList](scheme.Spec[StatefulSet]{
		Name:           "statefulsets",
		ShortNames:     []string{"sts"},
		Categories:     []string{"all"},
		Namespaced:     true,
		Columns:        statefulSetColumns(),
		Default:        DefaultStatefulSet,
		PrepareCreate:  func(s *StatefulSet) { corev1.DropUnusedPodTemplateFields(&s.Spec.Template, nil) },
		PrepareUpdate:  func(s, old *StatefulSet) { corev1.DropUnusedPodTemplateFields(&s.Spec.Template, &old.Spec.Template) },
		Validate:       ValidateStatefulSet,
		ValidateUpdate: ValidateStatefulSetUpdate,
		Warnings:       statefulSetWarnings,
		SpecChanged: func(s, old *StatefulSet) bool {
			spec, was := s.Spec, old.Spec
			same := sameClaims(spec.VolumeClaimTemplates, was.VolumeClaimTemplates)
			spec.VolumeClaimTemplates, was.VolumeClaimTemplates = nil, nil
			return !same || !validate.Equal(spec, was)
		},
		Status: &scheme.Status[StatefulSet]{Validate: ValidateStatefulSetStatusUpdate},
		Scale: &scheme.Scale[StatefulSet]{
			Replicas:       func(s *StatefulSet) int32 { return rules.ValueOf(s.Spec.Replicas) },
			SetReplicas:    func(s *StatefulSet, n int32) { s.Spec.Replicas = &n },
			StatusReplicas: func(s *StatefulSet) int32 { return s.Status.Replicas },
			Selector:       func(s *StatefulSet) string { return cells.SelectorText(s.Spec.Selector) },
		},
	})
}

// DefaultStatefulSet fills in what the author of a StatefulSet left out.
func DefaultStatefulSet(s *StatefulSet) {
	spec := &s.Spec
	corev1.DefaultPodTemplate(&spec.Template)
	for i := range spec.VolumeClaimTemplates {
		claim := &spec.VolumeClaimTemplates[i]
		corev1.DefaultPersistentVolumeClaim(claim)
		if claim.APIVersion == "" && claim.Kind == "" {
			claim.SetGroupVersionKind(meta.GroupVersionKind{Version: "v1", Kind: "PersistentVolumeClaim"})
		}
	}
	rules.DefaultTo(&spec.PodManagementPolicy, OrderedReadyPodManagement)
	if spec.UpdateStrategy.Type == "" {
		spec.UpdateStrategy.Type = RollingUpdateStatefulSetStrategyType
		if spec.UpdateStrategy.RollingUpdate == nil {
			spec.UpdateStrategy.RollingUpdate = &RollingUpdateStatefulSetStrategy{}
		}
	}
	if r := spec.UpdateStrategy.RollingUpdate; r != nil && spec.UpdateStrategy.Type == RollingUpdateStatefulSetStrategyType {
		rules.Default(&r.Partition, 0)
		rules.Default(&r.MaxUnavailable, intstr.FromInt(1))
	}
	if spec.PersistentVolumeClaimRetentionPolicy == nil {
		spec.PersistentVolumeClaimRetentionPolicy = &StatefulSetPersistentVolumeClaimRetentionPolicy{}
	}
	rules.DefaultTo(&spec.PersistentVolumeClaimRetentionPolicy.WhenDeleted, RetainPersistentVolumeClaimRetentionPolicyType)
	rules.DefaultTo(&spec.PersistentVolumeClaimRetentionPolicy.WhenScaled, RetainPersistentVolumeClaimRetentionPolicyType)
	rules.Default(&spec.Replicas, 1)
	rules.Default(&spec.RevisionHistoryLimit, 10)
}

// ValidateStatefulSet finds every fault of a StatefulSet that is about to be
// made. Its name is part of its Pods' host names, therefore a DNS label.
func ValidateStatefulSet(s *StatefulSet) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &s.ObjectMeta, true, names.DNSLabel), statefulSetSpec(rules.Spec, &s.Spec, true)...)
}

// ValidateStatefulSetUpdate finds every fault of a StatefulSet that is about
// to replace old.
func ValidateStatefulSetUpdate(s, old *StatefulSet) validate.Errors {
	p, spec, was := rules.Spec, &s.Spec, &old.Spec
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &s.ObjectMeta, &old.ObjectMeta),
		statefulSetSpec(p, spec, false),
		validate.Immutable(p.Child("selector"), spec.Selector, was.Selector),
		validate.Immutable(p.Child("serviceName"), spec.ServiceName, was.ServiceName),
		validate.Immutable(p.Child("podManagementPolicy"), spec.PodManagementPolicy, was.PodManagementPolicy),
		validate.When(!sameClaims(spec.VolumeClaimTemplates, was.VolumeClaimTemplates), func() validate.Errors {
			return validate.Invalid(p.Child("volumeClaimTemplates"), spec.VolumeClaimTemplates, validate.IsImmutable)
		}),
	)
}

// sameClaims compares templates of claims, not what their kind is called.
func sameClaims(claims, old []corev1.PersistentVolumeClaim) bool {
	return slices.EqualFunc(claims, old, func(a, b corev1.PersistentVolumeClaim) bool {
		a.TypeMeta = b.TypeMeta
		return validate.Equal(a, b)
	})
}

// statefulSetSpec checks what a StatefulSet is to be. Some of it, which cannot
// change, counts for new ones only: others were stored before there was the rule.
func statefulSetSpec(p validate.Path, s *StatefulSetSpec, isNew bool) validate.Errors {
	template := p.Child("template")
	return validate.All(
		podManagement(p.Child("podManagementPolicy"), s.PodManagementPolicy),
		statefulSetStrategy(p.Child("updateStrategy"), &s.UpdateStrategy),
		retentionPolicy(p.Child("persistentVolumeClaimRetentionPolicy"), s.PersistentVolumeClaimRetentionPolicy),
		validate.When(isNew, func() validate.Errors {
			return validate.Each(p.Child("volumeClaimTemplates"), s.VolumeClaimTemplates, func(p validate.Path, c *corev1.PersistentVolumeClaim) validate.Errors {
				return corev1.ClaimSpec(p.Child("spec"), &c.Spec)
			})
		}),
		rules.OptionalNumber(p.Child("replicas"), s.Replicas),
		validate.NonNegative(p.Child("minReadySeconds"), s.MinReadySeconds),
		validate.When(s.Ordinals != nil, func() validate.Errors {
			return validate.NonNegative(p.Child("ordinals", "start"), s.Ordinals.Start)
		}),
		validate.When(isNew, func() validate.Errors { return rules.Optional(p.Child("serviceName"), s.ServiceName, names.DNSLabel) }),
		rules.Selector(p.Child("selector"), s.Selector, "statefulset"),
		rules.Must(rules.Selectable(s.Selector), p.Child("selector"), s.Selector, ""),
		validate.When(!rules.IsEmpty(s.Selector), func() validate.Errors { return rules.Selects(template, s.Selector, &s.Template) }),
		corev1.ValidatePodTemplate(withClaims(s), template),
		rules.RunsForever(template, &s.Template, "StatefulSet"),
	)
}

// withClaims returns the template with a volume for each claim, which its
// containers may mount.
func withClaims(s *StatefulSetSpec) *corev1.PodTemplateSpec {
	if len(s.VolumeClaimTemplates) == 0 {
		return &s.Template
	}
	t := s.Template
	own := slices.Clone(t.Spec.Volumes)
	t.Spec.Volumes = nil
	for i := range s.VolumeClaimTemplates {
		name := s.VolumeClaimTemplates[i].Name
		own = slices.DeleteFunc(own, func(v corev1.Volume) bool { return v.Name == name })
		claim := corev1.Volume{Name: name}
		claim.PersistentVolumeClaim = &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}
		t.Spec.Volumes = append(t.Spec.Volumes, claim)
	}
	t.Spec.Volumes = append(t.Spec.Volumes, own...)
	return &t
}

func podManagement(p validate.Path, policy PodManagementPolicyType) validate.Errors {
	switch policy {
	case "":
		return validate.Required(p, "")
	case OrderedReadyPodManagement, ParallelPodManagement:
		return nil
	}
	return validate.Invalid(p, policy, fmt.Sprintf("must be '%s' or '%s'", OrderedReadyPodManagement, ParallelPodManagement))
}

func statefulSetStrategy(p validate.Path, s *StatefulSetUpdateStrategy) validate.Errors {
	rolling := p.Child("rollingUpdate")
	switch s.Type {
	case "":
		return validate.Required(p, "")
	case OnDeleteStatefulSetStrategyType:
		return rules.Must(s.RollingUpdate == nil, rolling, s.RollingUpdate, fmt.Sprintf("only allowed for updateStrategy '%s'", RollingUpdateStatefulSetStrategyType))
	case RollingUpdateStatefulSetStrategyType:
		if s.RollingUpdate == nil {
			return nil
		}
		unavailable := rolling.Child("maxUnavailable")
		return validate.All(
			rules.OptionalNumber(rolling.Child("partition"), s.RollingUpdate.Partition),
			validate.When(s.RollingUpdate.MaxUnavailable != nil, func() validate.Errors {
				return validate.All(
					rules.IntOrPercent(unavailable, s.RollingUpdate.MaxUnavailable),
					rules.Must(!isNone(s.RollingUpdate.MaxUnavailable), unavailable, s.RollingUpdate.MaxUnavailable, "cannot be 0"),
					rules.AtMostAll(unavailable, s.RollingUpdate.MaxUnavailable),
				)
			}),
		)
	}
	return validate.Invalid(p, *s, fmt.Sprintf("must be '%s' or '%s'", RollingUpdateStatefulSetStrategyType, OnDeleteStatefulSetStrategyType))
}

func retentionPolicy(p validate.Path, policy *StatefulSetPersistentVolumeClaimRetentionPolicy) validate.Errors {
	if policy == nil {
		return nil
	}
	known := []PersistentVolumeClaimRetentionPolicyType{RetainPersistentVolumeClaimRetentionPolicyType, DeletePersistentVolumeClaimRetentionPolicyType}
	return validate.All(
		validate.In(p.Child("whenDeleted"), policy.WhenDeleted, known...),
		validate.In(p.Child("whenScaled"), policy.WhenScaled, known...),
	)
}

// ValidateStatefulSetStatusUpdate finds every fault of a StatefulSet's status.
func ValidateStatefulSetStatusUpdate(s, old *StatefulSet) validate.Errors {
	st, p := &s.Status, rules.Status
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &s.ObjectMeta, &old.ObjectMeta),
		validate.NonNegative(p.Child("replicas"), st.Replicas),
		validate.NonNegative(p.Child("readyReplicas"), st.ReadyReplicas),
		validate.NonNegative(p.Child("currentReplicas"), st.CurrentReplicas),
		validate.NonNegative(p.Child("updatedReplicas"), st.UpdatedReplicas),
		validate.NonNegative(p.Child("availableReplicas"), st.AvailableReplicas),
		validate.NonNegative(p.Child("observedGeneration"), st.ObservedGeneration),
		rules.OptionalNumber(p.Child("collisionCount"), st.CollisionCount),
		notMore(p.Child("readyReplicas"), st.ReadyReplicas, st.Replicas, "status.replicas"),
		notMore(p.Child("currentReplicas"), st.CurrentReplicas, st.Replicas, "status.replicas"),
		notMore(p.Child("updatedReplicas"), st.UpdatedReplicas, st.Replicas, "status.replicas"),
		notMore(p.Child("availableReplicas"), st.AvailableReplicas, st.Replicas, "status.replicas"),
		notMore(p.Child("availableReplicas"), st.AvailableReplicas, st.ReadyReplicas, "status.readyReplicas"),
		rules.Decremented(p.Child("collisionCount"), st.CollisionCount, old.Status.CollisionCount),
	)
}

func statefulSetWarnings(s, old *StatefulSet) []string {
	var before *corev1.PodTemplateSpec
	if old != nil {
		before = &old.Spec.Template
	}
	var texts []string
	if old == nil || !validate.Equal(s.Spec, old.Spec) {
		texts = corev1.WarningsForPodTemplate(templatePath, &s.Spec.Template, before)
	}
	if limit := s.Spec.RevisionHistoryLimit; limit != nil && *limit < 0 {
		texts = append(texts, "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended")
	}
	return texts
}

func statefulSetColumns() []scheme.Column[StatefulSet] {
	return append([]scheme.Column[StatefulSet]{
		scheme.NameColumn[StatefulSet](),
		{Name: "Ready", Help: "Number of the pod with ready state", Cell: func(s *StatefulSet) any {
			return fmt.Sprintf("%d/%d", s.Status.ReadyReplicas, rules.ValueOf(s.Spec.Replicas))
		}},
		scheme.AgeColumn[StatefulSet](),
	}, templateColumns(func(s *StatefulSet) *corev1.PodTemplateSpec { return &s.Spec.Template })...)
}
