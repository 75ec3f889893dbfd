package appsv1

import (
	"maps"
	"strconv"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func daemonsets() *scheme.Resource {
	return scheme.Define[DaemonSet, DaemonSetList](scheme.Spec[DaemonSet]{
		Name:           "daemonsets",
		ShortNames:     []string{"ds"},
		Categories:     []string{"all"},
		Namespaced:     true,
		Columns:        daemonSetColumns(),
		Default:        DefaultDaemonSet,
		PrepareCreate:  prepareDaemonSet,
		PrepareUpdate:  prepareDaemonSetUpdate,
		Validate:       ValidateDaemonSet,
		ValidateUpdate: ValidateDaemonSetUpdate,
		Warnings: func(d, old *DaemonSet) []string {
			if old == nil {
				return corev1.WarningsForPodTemplate(templatePath, &d.Spec.Template, nil)
			}
			if validate.Equal(d.Spec.Template, old.Spec.Template) {
				return nil
			}
			return corev1.WarningsForPodTemplate(templatePath, &d.Spec.Template, &old.Spec.Template)
		},
		SpecChanged: func(d, old *DaemonSet) bool { return !validate.Equal(d.Spec, old.Spec) },
		Status: &scheme.Status[DaemonSet]{
			Validate: ValidateDaemonSetStatusUpdate,
			Prepare:  func(d, old *DaemonSet) { setTemplateGeneration(d, templateGeneration(old)) },
		},
		Options: scheme.Options{
			VersionAnnotations: []string{DeprecatedTemplateGeneration},
			Unreadable:         unreadableGeneration,
		},
	})
}

// DefaultDaemonSet fills in what the author of a DaemonSet left out.
func DefaultDaemonSet(d *DaemonSet) {
	spec := &d.Spec
	corev1.DefaultPodTemplate(&spec.Template)
	rules.Default(&spec.RevisionHistoryLimit, 10)
	rules.DefaultTo(&spec.UpdateStrategy.Type, RollingUpdateDaemonSetStrategyType)
	if spec.UpdateStrategy.Type == RollingUpdateDaemonSetStrategyType {
		if spec.UpdateStrategy.RollingUpdate == nil {
			spec.UpdateStrategy.RollingUpdate = &RollingUpdateDaemonSet{}
		}
		rules.Default(&spec.UpdateStrategy.RollingUpdate.MaxUnavailable, intstr.FromInt(1))
		rules.Default(&spec.UpdateStrategy.RollingUpdate.MaxSurge, intstr.FromInt(0))
	}
	if d.Annotations[DeprecatedTemplateGeneration] == "" {
		setTemplateGeneration(d, 0) // the server counts: it is there from the start
	}
}

func templateGeneration(d *DaemonSet) int64 {
	n, err := strconv.ParseInt(d.Annotations[DeprecatedTemplateGeneration], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// unreadableGeneration says that the annotation is there and no number.
func unreadableGeneration(obj meta.Object) error {
	text, ok := obj.Metadata().Annotations[DeprecatedTemplateGeneration]
	if !ok {
		return nil
	}
	_, err := strconv.ParseInt(text, 10, 64)
	return err
}

func setTemplateGeneration(d *DaemonSet, n int64) {
	d.Annotations = maps.Clone(d.Annotations)
	if d.Annotations == nil {
		d.Annotations = map[string]string{}
	}
	d.Annotations[DeprecatedTemplateGeneration] = strconv.FormatInt(n, 10)
}

func prepareDaemonSet(d *DaemonSet) {
	setTemplateGeneration(d, max(1, templateGeneration(d)))
	corev1.DropUnusedPodTemplateFields(&d.Spec.Template, nil)
}

func prepareDaemonSetUpdate(d, old *DaemonSet) {
	corev1.DropUnusedPodTemplateFields(&d.Spec.Template, &old.Spec.Template)
	n := templateGeneration(old)
	if !validate.Equal(d.Spec.Template, old.Spec.Template) {
		n++
	}
	setTemplateGeneration(d, n)
}

// ValidateDaemonSet finds every fault of a DaemonSet that is about to be made.
func ValidateDaemonSet(d *DaemonSet) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &d.ObjectMeta, true, names.DNSSubdomain), daemonSetSpec(rules.Spec, &d.Spec)...)
}

// ValidateDaemonSetUpdate finds every fault of a DaemonSet that is about to replace old.
func ValidateDaemonSetUpdate(d, old *DaemonSet) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &d.ObjectMeta, &old.ObjectMeta),
		validate.Immutable(rules.Spec.Child("selector"), d.Spec.Selector, old.Spec.Selector),
		daemonSetSpec(rules.Spec, &d.Spec),
	)
}

func daemonSetSpec(p validate.Path, s *DaemonSetSpec) validate.Errors {
	template := p.Child("template")
	selector, err := labels.FromLabelSelector(s.Selector)
	return validate.All(
		validate.LabelSelector(p.Child("selector"), s.Selector),
		rules.Must(err != nil || selector.Matches(s.Template.Labels), template.Child("metadata", "labels"), s.Template.Labels, "`selector` does not match template `labels`"),
		rules.Must(!rules.IsEmpty(s.Selector), p.Child("selector"), s.Selector, "empty selector is invalid for daemonset"),
		corev1.ValidatePodTemplate(&s.Template, template),
		rules.RunsForever(template, &s.Template, "DaemonSet"),
		validate.NonNegative(p.Child("minReadySeconds"), s.MinReadySeconds),
		daemonSetStrategy(p.Child("updateStrategy"), &s.UpdateStrategy),
		rules.OptionalNumber(p.Child("revisionHistoryLimit"), s.RevisionHistoryLimit),
	)
}

func daemonSetStrategy(p validate.Path, s *DaemonSetUpdateStrategy) validate.Errors {
	switch s.Type {
	case OnDeleteDaemonSetStrategyType:
		return nil
	case RollingUpdateDaemonSetStrategyType:
		if s.RollingUpdate == nil {
			return validate.Required(p.Child("rollingUpdate"), "")
		}
		return rollingDaemonSet(p.Child("rollingUpdate"), s.RollingUpdate)
	}
	return validate.NotSupported(p, *s, RollingUpdateDaemonSetStrategyType, OnDeleteDaemonSetStrategyType)
}

func rollingDaemonSet(p validate.Path, r *RollingUpdateDaemonSet) validate.Errors {
	unavailable, surge := p.Child("maxUnavailable"), p.Child("maxSurge")
	some, more := !isNone(r.MaxUnavailable), !isNone(r.MaxSurge)
	return validate.All(
		rules.IntOrPercent(unavailable, r.MaxUnavailable),
		rules.IntOrPercent(surge, r.MaxSurge),
		rules.AtMostAll(unavailable, r.MaxUnavailable),
		rules.AtMostAll(surge, r.MaxSurge),
		rules.Must(!some || !more, surge, r.MaxSurge, "may not be set when maxUnavailable is non-zero"),
		rules.Require(some || more, unavailable, "cannot be 0 when maxSurge is 0"),
	)
}

// isNone says whether an amount is nothing: 0, that many percent, or no number.
func isNone(v *intstr.IntOrString) bool {
	if v == nil || v.Type == intstr.Int {
		return v == nil || v.IntVal == 0
	}
	n, err := strconv.Atoi(strings.TrimSuffix(v.StrVal, "%"))
	return err != nil || n == 0
}

// ValidateDaemonSetStatusUpdate finds every fault of a DaemonSet's status.
func ValidateDaemonSetStatusUpdate(d, old *DaemonSet) validate.Errors {
	s, p := &d.Status, rules.Status
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &d.ObjectMeta, &old.ObjectMeta),
		validate.NonNegative(p.Child("currentNumberScheduled"), s.CurrentNumberScheduled),
		validate.NonNegative(p.Child("numberMisscheduled"), s.NumberMisscheduled),
		validate.NonNegative(p.Child("desiredNumberScheduled"), s.DesiredNumberScheduled),
		validate.NonNegative(p.Child("numberReady"), s.NumberReady),
		validate.NonNegative(p.Child("observedGeneration"), s.ObservedGeneration),
		validate.NonNegative(p.Child("updatedNumberScheduled"), s.UpdatedNumberScheduled),
		validate.NonNegative(p.Child("numberAvailable"), s.NumberAvailable),
		validate.NonNegative(p.Child("numberUnavailable"), s.NumberUnavailable),
		rules.OptionalNumber(p.Child("collisionCount"), s.CollisionCount),
		rules.Decremented(p.Child("collisionCount"), s.CollisionCount, old.Status.CollisionCount),
	)
}

func daemonSetColumns() []scheme.Column[DaemonSet] {
	number := func(name, help string, of func(*DaemonSetStatus) int32) scheme.Column[DaemonSet] {
		return scheme.Column[DaemonSet]{Name: name, Type: "integer", Help: help, Cell: func(d *DaemonSet) any { return int64(of(&d.Status)) }}
	}
	return append([]scheme.Column[DaemonSet]{
		scheme.NameColumn[DaemonSet](),
		number("Desired", cells.Help("daemonsets", "Desired"), func(s *DaemonSetStatus) int32 { return s.DesiredNumberScheduled }),
		number("Current", cells.Help("daemonsets", "Current"), func(s *DaemonSetStatus) int32 { return s.CurrentNumberScheduled }),
		number("Ready", cells.Help("daemonsets", "Ready"), func(s *DaemonSetStatus) int32 { return s.NumberReady }),
		number("Up-to-date", "The total number of nodes that are running updated daemon pod", func(s *DaemonSetStatus) int32 { return s.UpdatedNumberScheduled }),
		number("Available", cells.Help("daemonsets", "Available"), func(s *DaemonSetStatus) int32 { return s.NumberAvailable }),
		{Name: "Node Selector", Help: cells.Help("daemonsets", "Node Selector"), Cell: func(d *DaemonSet) any { return corev1.FormatLabels(d.Spec.Template.Spec.NodeSelector) }},
		scheme.AgeColumn[DaemonSet](),
	}, templateColumns(func(d *DaemonSet) *corev1.PodTemplateSpec { return &d.Spec.Template },
		scheme.Column[DaemonSet]{Name: "Selector", Wide: true, Help: cells.Help("daemonsets", "Selector"), Cell: func(d *DaemonSet) any { return cells.Selector(d.Spec.Selector) }})...)
}
