package corev1

import (
	"fmt"
	"maps"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func replicationcontrollers() *scheme.Resource {
	return scheme.Define[ReplicationController, ReplicationControllerList](scheme.Spec[ReplicationController]{
		Name:          "replicationcontrollers",
		ShortNames:    []string{"rc"},
		Categories:    []string{"all"},
		Namespaced:    true,
		NameRule:      names.PathSegment,
		StoragePrefix: "controllers",
		Columns:       replicationControllerColumns(),
		Fields: []scheme.SelectableField[ReplicationController]{
			{Path: "status.replicas", Value: func(r *ReplicationController) string { return decimal(r.Status.Replicas) }},
		},
		Default: DefaultReplicationController,
		PrepareCreate: func(r *ReplicationController) {
			if r.Spec.Template != nil {
				DropUnusedPodTemplateFields(r.Spec.Template, nil)
			}
		},
		PrepareUpdate: func(r, old *ReplicationController) {
			if r.Spec.Template != nil {
				DropUnusedPodTemplateFields(r.Spec.Template, old.Spec.Template)
			}
		},
		Validate:       ValidateReplicationController,
		ValidateUpdate: ValidateReplicationControllerUpdate,
		SpecChanged:    func(r, old *ReplicationController) bool { return !validate.Equal(r.Spec, old.Spec) },
		Warnings: func(r, old *ReplicationController) []string {
			if r.Spec.Template == nil || old != nil && validate.Equal(r.Spec, old.Spec) {
				return nil
			}
			if old == nil {
				return append(WarningsForPodOwnerName(r.Name), WarningsForPodTemplate(specPath.Child("template"), r.Spec.Template, nil)...)
			}
			before := old.Spec.Template
			return WarningsForPodTemplate(specPath.Child("template"), r.Spec.Template, before)
		},
		// As in the first clients, which deleted the Pods themselves.
		Options: scheme.Options{DefaultPropagation: meta.DeletePropagationOrphan},
		Status:  &scheme.Status[ReplicationController]{Validate: ValidateReplicationControllerStatusUpdate},
		Scale: &scheme.Scale[ReplicationController]{
			Replicas:       func(r *ReplicationController) int32 { return valueOf(r.Spec.Replicas) },
			SetReplicas:    func(r *ReplicationController, n int32) { r.Spec.Replicas = &n },
			StatusReplicas: func(r *ReplicationController) int32 { return r.Status.Replicas },
			Selector:       func(r *ReplicationController) string { return pairs(r.Spec.Selector) },
		},
	})
}

// valueOf returns what p points to, or the zero value.
func valueOf[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// DefaultReplicationController fills in what its author left out: selector and
// labels come from the template.
func DefaultReplicationController(r *ReplicationController) {
	setDefault(&r.Spec.Replicas, 1)
	t := r.Spec.Template
	if t == nil {
		return
	}
	DefaultPodTemplate(t)
	if len(t.Labels) == 0 {
		return
	}
	if len(r.Spec.Selector) == 0 {
		r.Spec.Selector = maps.Clone(t.Labels)
	}
	if len(r.Labels) == 0 {
		r.Labels = maps.Clone(t.Labels)
	}
}

// ValidateReplicationController finds every fault of a ReplicationController that is about to be made.
func ValidateReplicationController(r *ReplicationController) validate.Errors {
	m := r.ObjectMeta
	m.GenerateName = "" // the rule is declared for the name that comes of it
	return append(validate.ObjectMeta(metadataPath, &m, true, longName), replicationControllerSpec(specPath, &r.Spec)...)
}

// ValidateReplicationControllerUpdate finds every fault of a ReplicationController that is about to replace old.
func ValidateReplicationControllerUpdate(r, old *ReplicationController) validate.Errors {
	return append(validate.ObjectMetaUpdate(metadataPath, &r.ObjectMeta, &old.ObjectMeta), replicationControllerSpec(specPath, &r.Spec)...)
}

// longName is names.DNSSubdomain, which counts bytes where it is declared for a kind.
func longName(name string) []string {
	problems := names.DNSSubdomain(name)
	for i := range problems {
		if problems[i] == fmt.Sprintf("must be no more than %d characters", names.MaxDNSSubdomain) {
			problems[i] = fmt.Sprintf("must be no more than %d bytes", names.MaxDNSSubdomain)
		}
	}
	return problems
}

func replicationControllerSpec(p validate.Path, s *ReplicationControllerSpec) validate.Errors {
	return validate.All(
		require(s.Replicas != nil, p.Child("replicas"), ""),
		validate.Declared(validate.IfSet(p.Child("replicas"), s.Replicas, validate.NonNegative)),
		validate.Declared(validate.NonNegative(p.Child("minReadySeconds"), s.MinReadySeconds)),
		require(len(s.Selector) > 0, p.Child("selector"), ""),
		require(s.Template != nil, p.Child("template"), ""),
		validate.When(s.Template != nil, func() validate.Errors { return replicaTemplate(p.Child("template"), s.Template, s.Selector) }),
	)
}

func replicaTemplate(p validate.Path, t *PodTemplateSpec, selector map[string]string) validate.Errors {
	return validate.All(
		must(selects(selector, t.Labels), p.Child("metadata", "labels"), t.Labels, "`selector` does not match template `labels`"),
		ValidatePodTemplate(t, p),
		validate.When(t.Spec.RestartPolicy != RestartPolicyAlways, func() validate.Errors {
			return validate.NotSupported(p.Child("spec", "restartPolicy"), t.Spec.RestartPolicy, RestartPolicyAlways)
		}),
		forbid(t.Spec.ActiveDeadlineSeconds != nil, p.Child("spec", "activeDeadlineSeconds"), "activeDeadlineSeconds in ReplicationController is not Supported"),
	)
}

func selects(selector, labels map[string]string) bool {
	for k, v := range selector {
		if have, ok := labels[k]; !ok || have != v {
			return false
		}
	}
	return true
}

// ValidateReplicationControllerStatusUpdate finds every fault of a ReplicationController's status.
func ValidateReplicationControllerStatusUpdate(r, old *ReplicationController) validate.Errors {
	s, p := &r.Status, statusPath
	atMost := func(name string, n, limit int32, of string) validate.Errors {
		return must(n <= limit, p.Child(name), n, "cannot be greater than "+of)
	}
	return validate.All(
		validate.ObjectMetaUpdate(metadataPath, &r.ObjectMeta, &old.ObjectMeta),
		validate.NonNegative(p.Child("replicas"), s.Replicas),
		validate.NonNegative(p.Child("fullyLabeledReplicas"), s.FullyLabeledReplicas),
		validate.NonNegative(p.Child("readyReplicas"), s.ReadyReplicas),
		validate.NonNegative(p.Child("availableReplicas"), s.AvailableReplicas),
		validate.NonNegative(p.Child("observedGeneration"), s.ObservedGeneration),
		atMost("fullyLabeledReplicas", s.FullyLabeledReplicas, s.Replicas, "status.replicas"),
		atMost("readyReplicas", s.ReadyReplicas, s.Replicas, "status.replicas"),
		atMost("availableReplicas", s.AvailableReplicas, s.Replicas, "status.replicas"),
		atMost("availableReplicas", s.AvailableReplicas, s.ReadyReplicas, "readyReplicas"),
	)
}

func replicationControllerColumns() []scheme.Column[ReplicationController] {
	containers := func(r *ReplicationController) (string, string) {
		if r.Spec.Template == nil {
			return "", ""
		}
		return FormatContainers(r.Spec.Template.Spec.Containers)
	}
	return []scheme.Column[ReplicationController]{
		scheme.NameColumn[ReplicationController](),
		{Name: "Desired", Type: "integer", Help: cells.Help("replicationcontrollers", "Desired"), Cell: func(r *ReplicationController) any { return int64(valueOf(r.Spec.Replicas)) }},
		{Name: "Current", Type: "integer", Help: cells.Help("replicationcontrollers", "Current"), Cell: func(r *ReplicationController) any { return int64(r.Status.Replicas) }},
		{Name: "Ready", Type: "integer", Help: "The number of ready replicas for this replication controller.", Cell: func(r *ReplicationController) any { return int64(r.Status.ReadyReplicas) }},
		scheme.AgeColumn[ReplicationController](),
		{Name: "Containers", Wide: true, Help: "Names of each container in the template.", Cell: func(r *ReplicationController) any { n, _ := containers(r); return n }},
		{Name: "Images", Wide: true, Help: "Images referenced by each container in the template.", Cell: func(r *ReplicationController) any { _, i := containers(r); return i }},
		{Name: "Selector", Wide: true, Help: cells.Help("replicationcontrollers", "Selector"), Cell: func(r *ReplicationController) any { return FormatLabels(r.Spec.Selector) }},
	}
}
