package coordinationv1

import (
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func leases() *scheme.Resource {
	return scheme.Define[Lease, LeaseList](scheme.Spec[Lease]{
		Name:           "leases",
		Namespaced:     true,
		Validate:       ValidateLease,
		ValidateUpdate: ValidateLeaseUpdate,
		// Coordinated elections are behind a switch that is off.
		PrepareCreate: uncoordinated,
		PrepareUpdate: func(l, _ *Lease) { uncoordinated(l) },
		Columns: []scheme.Column[Lease]{
			scheme.NameColumn[Lease](),
			{Name: "Holder", Help: cells.Help("leases", "Holder"), Cell: func(l *Lease) any {
				if l.Spec.HolderIdentity == nil {
					return ""
				}
				return *l.Spec.HolderIdentity
			}},
			scheme.AgeColumn[Lease](),
		},
		Options: scheme.Options{UpdateCreates: true, UpdateNeedsVersion: true},
	})
}

func uncoordinated(l *Lease) { l.Spec.Strategy, l.Spec.PreferredHolder = nil, nil }

// ValidateLease finds every fault of a lease that is about to be made.
func ValidateLease(l *Lease) validate.Errors {
	return append(validate.ObjectMeta(validate.NewPath("metadata"), &l.ObjectMeta, true, names.DNSSubdomain), leaseSpec(validate.NewPath("spec"), &l.Spec)...)
}

// ValidateLeaseUpdate finds every fault of a lease that is about to replace old.
func ValidateLeaseUpdate(l, old *Lease) validate.Errors {
	return append(validate.ObjectMetaUpdate(validate.NewPath("metadata"), &l.ObjectMeta, &old.ObjectMeta), leaseSpec(validate.NewPath("spec"), &l.Spec)...)
}

func leaseSpec(p validate.Path, s *LeaseSpec) validate.Errors {
	preferred := s.PreferredHolder != nil && *s.PreferredHolder != ""
	coordinated := s.Strategy != nil && *s.Strategy != ""
	return validate.All(
		validate.IfSet(p.Child("leaseDurationSeconds"), s.LeaseDurationSeconds, validate.GreaterThan[int32](0)),
		validate.IfSet(p.Child("leaseTransitions"), s.LeaseTransitions, validate.NonNegative),
		validate.IfSet(p.Child("strategy"), s.Strategy, Strategy),
		validate.When(preferred && !coordinated, func() validate.Errors {
			return validate.Forbidden(p.Child("preferredHolder"), "may only be specified when `strategy` is defined")
		}),
	)
}

// Strategy is the check of how the holder of a lease is chosen: in a way that
// is known, or in one that somebody else put their domain's name on.
func Strategy(p validate.Path, s CoordinatedLeaseStrategy) validate.Errors {
	switch strings.Count(string(s), "/") {
	case 0:
		return validate.In(p, s, OldestEmulationVersion)
	case 1:
		return validate.String(p, s, names.QualifiedName)
	}
	return validate.Invalid(p, s, "must be either a builtin strategy or a qualified name")
}
