package appsv1

import (
	"fmt"
	"maps"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

var templatePath = rules.Spec.Child("template")

func deployments() *scheme.Resource {
	return scheme.Define[Deployment, DeploymentList](scheme.Spec[Deployment]{
		Name:           "deployments",
		ShortNames:     []string{"deploy"},
		Categories:     []string{"all"},
		Namespaced:     true,
		Columns:        deploymentColumns(),
		Default:        DefaultDeployment,
		PrepareCreate:  func(d *Deployment) { corev1.DropUnusedPodTemplateFields(&d.Spec.Template, nil) },
		PrepareUpdate:  func(d, old *Deployment) { corev1.DropUnusedPodTemplateFields(&d.Spec.Template, &old.Spec.Template) },
		Validate:       ValidateDeployment,
		ValidateUpdate: ValidateDeploymentUpdate,
		Warnings: func(d, old *Deployment) []string {
			if old == nil {
				return append(corev1.WarningsForPodOwnerName(d.Name), corev1.WarningsForPodTemplate(templatePath, &d.Spec.Template, nil)...)
			}
			if validate.Equal(d.Spec, old.Spec) && maps.Equal(d.Annotations, old.Annotations) {
				return nil
			}
			return corev1.WarningsForPodTemplate(templatePath, &d.Spec.Template, &old.Spec.Template)
		},
		// Rollbacks are asked for through annotations, so that they count too.
		SpecChanged: func(d, old *Deployment) bool {
			return !validate.Equal(d.Spec, old.Spec) || !maps.Equal(d.Annotations, old.Annotations)
		},
		Status: &scheme.Status[Deployment]{
			Prepare:  func(d, old *Deployment) { d.Labels = maps.Clone(old.Labels) },
			Validate: ValidateDeploymentStatusUpdate,
			Resets:   []string{"metadata.labels"},
		},
		Scale: &scheme.Scale[Deployment]{
			Replicas:       func(d *Deployment) int32 { return rules.ValueOf(d.Spec.Replicas) },
			SetReplicas:    func(d *Deployment, n int32) { d.Spec.Replicas = &n },
			StatusReplicas: func(d *Deployment) int32 { return d.Status.Replicas },
			Selector:       func(d *Deployment) string { return cells.SelectorText(d.Spec.Selector) },
		},
	})
}

// DefaultDeployment fills in what the author of a Deployment left out.
func DefaultDeployment(d *Deployment) {
	spec := &d.Spec
	corev1.DefaultPodTemplate(&spec.Template)
	rules.Default(&spec.Replicas, 1)
	rules.Default(&spec.RevisionHistoryLimit, 10)
	rules.Default(&spec.ProgressDeadlineSeconds, 600)
	rules.DefaultTo(&spec.Strategy.Type, RollingUpdateDeploymentStrategyType)
	if spec.Strategy.Type != RollingUpdateDeploymentStrategyType {
		return
	}
	if spec.Strategy.RollingUpdate == nil {
		spec.Strategy.RollingUpdate = &RollingUpdateDeployment{}
	}
	rules.Default(&spec.Strategy.RollingUpdate.MaxUnavailable, intstr.FromString("25%"))
	rules.Default(&spec.Strategy.RollingUpdate.MaxSurge, intstr.FromString("25%"))
}

// ValidateDeployment finds every fault of a Deployment that is about to be made.
func ValidateDeployment(d *Deployment) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &d.ObjectMeta, true, names.DNSSubdomain), deploymentSpec(rules.Spec, &d.Spec)...)
}

// ValidateDeploymentUpdate finds every fault of a Deployment that is about to replace old.
func ValidateDeploymentUpdate(d, old *Deployment) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &d.ObjectMeta, &old.ObjectMeta),
		deploymentSpec(rules.Spec, &d.Spec),
		validate.Immutable(rules.Spec.Child("selector"), d.Spec.Selector, old.Spec.Selector),
	)
}

func deploymentSpec(p validate.Path, s *DeploymentSpec) validate.Errors {
	return validate.All(
		rules.OptionalNumber(p.Child("replicas"), s.Replicas),
		rules.Selector(p.Child("selector"), s.Selector, "deployment"),
		rules.Must(rules.Selectable(s.Selector), p.Child("selector"), s.Selector, "invalid label selector"),
		replicaTemplate(p.Child("template"), s),
		deploymentStrategy(p.Child("strategy"), &s.Strategy),
		validate.NonNegative(p.Child("minReadySeconds"), s.MinReadySeconds),
		rules.OptionalNumber(p.Child("revisionHistoryLimit"), s.RevisionHistoryLimit),
		validate.IfSet(p.Child("progressDeadlineSeconds"), s.ProgressDeadlineSeconds, validate.NonNegative, func(p validate.Path, n int32) validate.Errors {
			return rules.Must(n > s.MinReadySeconds, p, n, "must be greater than minReadySeconds")
		}),
	)
}

func replicaTemplate(p validate.Path, s *DeploymentSpec) validate.Errors {
	if !rules.Selectable(s.Selector) {
		return nil
	}
	return validate.All(
		validate.When(!rules.IsEmpty(s.Selector), func() validate.Errors { return rules.Selects(p, s.Selector, &s.Template) }),
		corev1.ValidatePodTemplate(&s.Template, p),
		rules.RunsForever(p, &s.Template, "ReplicaSet"),
	)
}

func deploymentStrategy(p validate.Path, s *DeploymentStrategy) validate.Errors {
	rolling := p.Child("rollingUpdate")
	switch s.Type {
	case RecreateDeploymentStrategyType:
		return rules.Forbid(s.RollingUpdate != nil, rolling, "may not be specified when strategy `type` is 'Recreate'")
	case RollingUpdateDeploymentStrategyType:
		if s.RollingUpdate == nil {
			return validate.Required(rolling, "this should be defaulted and never be nil")
		}
		return rollingDeployment(rolling, s.RollingUpdate)
	}
	return validate.NotSupported(p, *s, RecreateDeploymentStrategyType, RollingUpdateDeploymentStrategyType)
}

func rollingDeployment(p validate.Path, r *RollingUpdateDeployment) validate.Errors {
	unavailable, surge := p.Child("maxUnavailable"), p.Child("maxSurge")
	return validate.All(
		rules.IntOrPercent(unavailable, r.MaxUnavailable),
		rules.IntOrPercent(surge, r.MaxSurge),
		rules.Must(rules.Amount(r.MaxUnavailable) != 0 || rules.Amount(r.MaxSurge) != 0, unavailable, r.MaxUnavailable, "may not be 0 when `maxSurge` is 0"),
		rules.AtMostAll(unavailable, r.MaxUnavailable),
	)
}

// ValidateDeploymentStatusUpdate finds every fault of a Deployment's status.
func ValidateDeploymentStatusUpdate(d, old *Deployment) validate.Errors {
	s, p := &d.Status, rules.Status
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &d.ObjectMeta, &old.ObjectMeta),
		validate.NonNegative(p.Child("observedGeneration"), s.ObservedGeneration),
		validate.NonNegative(p.Child("replicas"), s.Replicas),
		validate.NonNegative(p.Child("updatedReplicas"), s.UpdatedReplicas),
		validate.NonNegative(p.Child("readyReplicas"), s.ReadyReplicas),
		validate.NonNegative(p.Child("availableReplicas"), s.AvailableReplicas),
		validate.NonNegative(p.Child("unavailableReplicas"), s.UnavailableReplicas),
		rules.OptionalNumber(p.Child("terminatingReplicas"), s.TerminatingReplicas),
		rules.OptionalNumber(p.Child("collisionCount"), s.CollisionCount),
		notMore(p.Child("updatedReplicas"), s.UpdatedReplicas, s.Replicas, "status.replicas"),
		notMore(p.Child("readyReplicas"), s.ReadyReplicas, s.Replicas, "status.replicas"),
		notMore(p.Child("availableReplicas"), s.AvailableReplicas, s.Replicas, "status.replicas"),
		notMore(p.Child("availableReplicas"), s.AvailableReplicas, s.ReadyReplicas, "readyReplicas"),
		rules.Decremented(p.Child("collisionCount"), s.CollisionCount, old.Status.CollisionCount),
	)
}

// notMore says that a part cannot be more than the whole.
func notMore(p validate.Path, n, limit int32, of string) validate.Errors {
	return rules.Must(n <= limit, p, n, "cannot be greater than "+of)
}

func deploymentColumns() []scheme.Column[Deployment] {
	return append([]scheme.Column[Deployment]{
		scheme.NameColumn[Deployment](),
		{Name: "Ready", Help: "Number of the pod with ready state", Cell: func(d *Deployment) any {
			return fmt.Sprintf("%d/%d", d.Status.ReadyReplicas, rules.ValueOf(d.Spec.Replicas))
		}},
		{Name: "Up-to-date", Help: "Total number of non-terminating pods targeted by this deployment that have the desired template spec.", Cell: func(d *Deployment) any { return int64(d.Status.UpdatedReplicas) }},
		{Name: "Available", Help: cells.Help("deployments", "Available"), Cell: func(d *Deployment) any { return int64(d.Status.AvailableReplicas) }},
		scheme.AgeColumn[Deployment](),
	}, templateColumns(func(d *Deployment) *corev1.PodTemplateSpec { return &d.Spec.Template },
		scheme.Column[Deployment]{Name: "Selector", Wide: true, Help: cells.Help("deployments", "Selector"), Cell: func(d *Deployment) any { return cells.Selector(d.Spec.Selector) }})...)
}

// templateColumns are the wide columns of kinds that make Pods of a template.
func templateColumns[T any](template func(*T) *corev1.PodTemplateSpec, more ...scheme.Column[T]) []scheme.Column[T] {
	return append([]scheme.Column[T]{
		{Name: "Containers", Wide: true, Help: "Names of each container in the template.", Cell: func(o *T) any { n, _ := corev1.FormatContainers(template(o).Spec.Containers); return n }},
		{Name: "Images", Wide: true, Help: "Images referenced by each container in the template.", Cell: func(o *T) any { _, i := corev1.FormatContainers(template(o).Spec.Containers); return i }},
	}, more...)
}
