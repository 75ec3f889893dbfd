package storagev1

import (
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

const (
	leastTokenSeconds  = 600
	mostTokenSeconds   = int64(1) << 32
	leastUpdateSeconds = 10
)

func csidrivers() *scheme.Resource {
	return scheme.Define[CSIDriver, CSIDriverList](scheme.Spec[CSIDriver]{
		Name:           "csidrivers",
		Default:        DefaultCSIDriver,
		PrepareCreate:  func(d *CSIDriver) { d.Generation = 0 }, // it is counted from the first change
		Validate:       ValidateCSIDriver,
		ValidateUpdate: ValidateCSIDriverUpdate,
		Warnings: func(d, old *CSIDriver) []string {
			if old != nil && validate.Equal(d.Spec.TokenRequests, old.Spec.TokenRequests) {
				return nil
			}
			if len(d.Spec.TokenRequests) > 0 && d.Spec.ServiceAccountTokenInSecrets == nil {
				return []string{"spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of tokens in volume attributes"}
			}
			return nil
		},
		SpecChanged: func(d, old *CSIDriver) bool { return !validate.Equal(d.Spec, old.Spec) },
		Columns: []scheme.Column[CSIDriver]{
			scheme.NameColumn[CSIDriver](),
			{Name: "AttachRequired", Type: "boolean", Help: cells.Help("csidrivers", "AttachRequired"), Cell: func(d *CSIDriver) any { return d.Spec.AttachRequired == nil || *d.Spec.AttachRequired }},
			{Name: "PodInfoOnMount", Type: "boolean", Help: cells.Help("csidrivers", "PodInfoOnMount"), Cell: func(d *CSIDriver) any { return rules.ValueOf(d.Spec.PodInfoOnMount) }},
			{Name: "StorageCapacity", Type: "boolean", Help: cells.Help("csidrivers", "StorageCapacity"), Cell: func(d *CSIDriver) any { return rules.ValueOf(d.Spec.StorageCapacity) }},
			{Name: "TokenRequests", Help: cells.Help("csidrivers", "TokenRequests"), Cell: func(d *CSIDriver) any {
				if d.Spec.TokenRequests == nil {
					return cells.Unset
				}
				audiences := make([]string, len(d.Spec.TokenRequests))
				for i, r := range d.Spec.TokenRequests {
					audiences[i] = r.Audience
				}
				return strings.Join(audiences, ",")
			}},
			{Name: "RequiresRepublish", Type: "boolean", Help: cells.Help("csidrivers", "RequiresRepublish"), Cell: func(d *CSIDriver) any { return rules.ValueOf(d.Spec.RequiresRepublish) }},
			{Name: "Modes", Help: cells.Help("csidrivers", "Modes"), Cell: func(d *CSIDriver) any {
				modes := make([]string, len(d.Spec.VolumeLifecycleModes))
				for i, m := range d.Spec.VolumeLifecycleModes {
					modes[i] = string(m)
				}
				return cells.Or(strings.Join(modes, ","), cells.None)
			}},
			scheme.AgeColumn[CSIDriver](),
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

// DefaultCSIDriver fills in what the author of a driver left out.
func DefaultCSIDriver(d *CSIDriver) {
	s := &d.Spec
	rules.Default(&s.AttachRequired, true)
	rules.Default(&s.PodInfoOnMount, false)
	rules.Default(&s.StorageCapacity, false)
	rules.Default(&s.FSGroupPolicy, ReadWriteOnceWithFSTypeFSGroupPolicy)
	if len(s.VolumeLifecycleModes) == 0 {
		s.VolumeLifecycleModes = []VolumeLifecycleMode{VolumeLifecyclePersistent}
	}
	rules.Default(&s.RequiresRepublish, false)
	rules.Default(&s.SELinuxMount, false)
	rules.Default(&s.PreventPodSchedulingIfMissing, false)
}

// ValidateCSIDriver finds every fault of a driver that is about to be made.
func ValidateCSIDriver(d *CSIDriver) validate.Errors {
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &d.ObjectMeta, false, names.DNSSubdomain),
		csiDriverSpec(rules.Spec, &d.Spec),
	)
}

// ValidateCSIDriverUpdate finds every fault of a driver that is about to replace old.
func ValidateCSIDriverUpdate(d, old *CSIDriver) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &d.ObjectMeta, &old.ObjectMeta),
		csiDriverSpec(rules.Spec, &d.Spec),
		validate.Immutable(rules.Spec.Child("attachedRequired"), d.Spec.AttachRequired, old.Spec.AttachRequired), // sic
		validate.Immutable(rules.Spec.Child("volumeLifecycleModes"), d.Spec.VolumeLifecycleModes, old.Spec.VolumeLifecycleModes),
	)
}

func csiDriverSpec(p validate.Path, s *CSIDriverSpec) validate.Errors {
	tokens, audiences := p.Child("tokenRequests"), map[string]bool{}
	return validate.All(
		rules.Require(s.AttachRequired != nil, p.Child("attachRequired"), ""),
		rules.Require(s.PodInfoOnMount != nil, p.Child("podInfoOnMount"), ""),
		rules.Require(s.StorageCapacity != nil, p.Child("storageCapacity"), ""),
		validate.Set(p.Child("fsGroupPolicy"), s.FSGroupPolicy, func(p validate.Path, policy FSGroupPolicy) validate.Errors {
			return validate.In(p, policy, FileFSGroupPolicy, NoneFSGroupPolicy, ReadWriteOnceWithFSTypeFSGroupPolicy)
		}),
		validate.Each(tokens, s.TokenRequests, func(p validate.Path, r *TokenRequest) validate.Errors {
			if audiences[r.Audience] {
				return validate.Duplicate(p.Child("audience"), r.Audience)
			}
			audiences[r.Audience] = true
			return validate.IfSet(p.Child("expirationSeconds"), r.ExpirationSeconds, func(p validate.Path, n int64) validate.Errors {
				return append(rules.Must(n >= leastTokenSeconds, p, n, "may not specify a duration less than 10 minutes"),
					rules.Must(n <= mostTokenSeconds, p, n, "may not specify a duration larger than 2^32 seconds")...)
			})
		}),
		lifecycleModes(p.Child("volumeLifecycleModes"), s.VolumeLifecycleModes),
		rules.Require(s.SELinuxMount != nil, p.Child("seLinuxMount"), ""),
		validate.IfSet(p.Child("nodeAllocatableUpdatePeriodSeconds"), s.NodeAllocatableUpdatePeriodSeconds, func(p validate.Path, n int64) validate.Errors {
			return rules.Must(n >= leastUpdateSeconds, p, n, "must be greater than or equal to 10 seconds")
		}),
		validate.IfSet(p.Child("serviceAccountTokenInSecrets"), s.ServiceAccountTokenInSecrets, func(p validate.Path, v bool) validate.Errors {
			return rules.Must(len(s.TokenRequests) > 0, p, v, "serviceAccountTokenInSecrets is set but no tokenRequests are specified")
		}),
	)
}

func lifecycleModes(p validate.Path, modes []VolumeLifecycleMode) validate.Errors {
	var errs validate.Errors
	for _, m := range modes {
		errs = append(errs, validate.In(p, m, VolumeLifecyclePersistent, VolumeLifecycleEphemeral)...)
	}
	return errs
}

func csinodes() *scheme.Resource {
	return scheme.Define[CSINode, CSINodeList](scheme.Spec[CSINode]{
		Name:           "csinodes",
		Validate:       ValidateCSINode,
		ValidateUpdate: ValidateCSINodeUpdate,
		// The health of storage is kept behind a switch that is off.
		Status: &scheme.Status[CSINode]{Resets: []string{"metadata"}, Prepare: func(n, old *CSINode) {
			rules.KeepMetadata(&n.ObjectMeta, &old.ObjectMeta)
			n.Status.StorageHealth = nil
		}},
		Columns: []scheme.Column[CSINode]{
			scheme.NameColumn[CSINode](),
			{Name: "Drivers", Type: "integer", Help: "Drivers indicates the number of CSI drivers registered on the node", Cell: func(n *CSINode) any { return int64(len(n.Spec.Drivers)) }},
			scheme.AgeColumn[CSINode](),
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

var driversPath = rules.Spec.Child("drivers")

// ValidateCSINode finds every fault of a node's list of drivers.
func ValidateCSINode(n *CSINode) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &n.ObjectMeta, false, names.DNSSubdomain), csiNodeDrivers(n.Spec.Drivers)...)
}

const maxNodeID = 256

func csiNodeDrivers(drivers []CSINodeDriver) validate.Errors {
	known := map[string]bool{}
	return validate.Each(driversPath, drivers, func(p validate.Path, d *CSINodeDriver) validate.Errors {
		again := known[d.Name]
		known[d.Name] = true
		keys := map[string]bool{}
		return validate.All(
			corev1.CSIDriverName(p.Child("name"), d.Name),
			validate.NonEmpty(p.Child("nodeID"), d.NodeID),
			rules.Must(len(d.NodeID) <= maxNodeID, p.Child("nodeID"), d.NodeID, "must be 256 characters or less"),
			validate.When(d.Allocatable != nil, func() validate.Errors {
				return validate.IfSet(p.Child("allocatable", "count"), d.Allocatable.Count, validate.NonNegative)
			}),
			validate.When(again, func() validate.Errors { return validate.Duplicate(p.Child("name"), d.Name) }),
			validate.Each(p, d.TopologyKeys, func(_ validate.Path, key *string) validate.Errors {
				twice := keys[*key]
				keys[*key] = true
				return validate.All(
					rules.Require(*key != "", p, ""),
					validate.When(twice, func() validate.Errors { return validate.Duplicate(p, *key) }),
					validate.String(p, *key, names.QualifiedName),
				)
			}),
		)
	})
}

// ValidateCSINodeUpdate finds every fault of a list that is about to replace
// old: drivers come and go, but do not change otherwise than in how many volumes they hold.
func ValidateCSINodeUpdate(n, old *CSINode) validate.Errors {
	errs := append(validate.ObjectMetaUpdate(rules.Metadata, &n.ObjectMeta, &old.ObjectMeta), csiNodeDrivers(n.Spec.Drivers)...)
	for _, was := range old.Spec.Drivers {
		for i := range n.Spec.Drivers {
			is, was := n.Spec.Drivers[i], was
			is.Allocatable, was.Allocatable = nil, nil
			if is.Name == was.Name && !validate.Equal(is, was) {
				errs = append(errs, validate.Invalid(driversPath, is, validate.IsImmutable)...)
			}
		}
	}
	return errs
}
