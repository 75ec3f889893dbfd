package coordinationv1beta1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func leasecandidates() *scheme.Resource {
	return scheme.Define[LeaseCandidate, LeaseCandidateList](scheme.Spec[LeaseCandidate]{
		Name:           "leasecandidates",
		Namespaced:     true,
		NameRule:       names.ConfigMapKey,
		Validate:       ValidateLeaseCandidate,
		ValidateUpdate: ValidateLeaseCandidateUpdate,
		Columns: []scheme.Column[LeaseCandidate]{
			scheme.NameColumn[LeaseCandidate](),
			{Name: "LeaseName", Help: cells.Help("leasecandidates", "LeaseName"), Cell: func(l *LeaseCandidate) any { return l.Spec.LeaseName }},
			{Name: "BinaryVersion", Help: cells.Help("leasecandidates", "BinaryVersion"), Cell: func(l *LeaseCandidate) any { return l.Spec.BinaryVersion }},
			{Name: "EmulationVersion", Help: cells.Help("leasecandidates", "EmulationVersion"), Cell: func(l *LeaseCandidate) any { return l.Spec.EmulationVersion }},
			scheme.AgeColumn[LeaseCandidate](),
		},
		Options: scheme.Options{UpdateCreates: true, UpdateNeedsVersion: true,
			Deprecated: "coordination.k8s.io/v1beta1 LeaseCandidate is deprecated in v1.36+, unavailable in v1.39+"},
	})
}

// ValidateLeaseCandidate finds every fault of a candidate that is about to be made.
func ValidateLeaseCandidate(l *LeaseCandidate) validate.Errors {
	return append(validate.ObjectMeta(validate.NewPath("metadata"), &l.ObjectMeta, true, names.ConfigMapKey), candidateSpec(validate.NewPath("spec"), &l.Spec)...)
}

// ValidateLeaseCandidateUpdate finds every fault of a candidate that is about to
// replace old.
func ValidateLeaseCandidateUpdate(l, old *LeaseCandidate) validate.Errors {
	p := validate.NewPath("spec")
	return validate.All(
		validate.ObjectMetaUpdate(validate.NewPath("metadata"), &l.ObjectMeta, &old.ObjectMeta),
		candidateSpec(p, &l.Spec),
		validate.Immutable(p.Child("leaseName"), l.Spec.LeaseName, old.Spec.LeaseName),
	)
}

func candidateSpec(p validate.Path, s *LeaseCandidateSpec) validate.Errors {
	binary, ok1 := coordinationv1.ParseVersion(s.BinaryVersion)
	emulated, ok2 := coordinationv1.ParseVersion(s.EmulationVersion)
	return validate.All(
		validate.NonEmpty(p.Child("leaseName"), s.LeaseName),
		validate.When(s.EmulationVersion != "" && !ok2, func() validate.Errors {
			return validate.Invalid(p.Child("emulationVersion"), s.EmulationVersion, coordinationv1.NotSemantic)
		}),
		validate.NonEmpty(p.Child("binaryVersion"), s.BinaryVersion),
		validate.When(s.BinaryVersion != "" && !ok1, func() validate.Errors {
			return validate.Invalid(p.Child("binaryVersion"), s.BinaryVersion, coordinationv1.NotSemantic)
		}),
		validate.When(ok2 && s.BinaryVersion != "" && binary.Less(emulated), func() validate.Errors {
			return validate.Invalid(p.Child("binaryVersion"), s.BinaryVersion, "must be greater than or equal to `emulationVersion`")
		}),
		validate.When(s.Strategy == coordinationv1.OldestEmulationVersion && !ok2, func() validate.Errors {
			return validate.Required(p.Child("emulationVersion"), "must be specified when `strategy` is 'OldestEmulationVersion'")
		}),
		validate.NonEmpty(p.Child("strategy"), s.Strategy),
		validate.When(s.Strategy != "", func() validate.Errors { return coordinationv1.Strategy(p.Child("strategy", "strategy"), s.Strategy) }),
	)
}
