package corev1

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

func persistentvolumeclaims() *scheme.Resource {
	return scheme.Define[PersistentVolumeClaim, PersistentVolumeClaimList](scheme.Spec[PersistentVolumeClaim]{
		Name:           "persistentvolumeclaims",
		ShortNames:     []string{"pvc"},
		Namespaced:     true,
		Columns:        claimColumns(),
		Default:        DefaultPersistentVolumeClaim,
		PrepareCreate:  prepareClaim,
		PrepareUpdate:  func(c, old *PersistentVolumeClaim) { alignDataSources(&c.Spec) },
		Validate:       ValidatePersistentVolumeClaim,
		ValidateUpdate: ValidatePersistentVolumeClaimUpdate,
		Warnings: func(c, _ *PersistentVolumeClaim) []string {
			w := warnings{}
			w.ofClaimSpec(specPath, &c.Spec)
			return w.texts
		},
		Status: &scheme.Status[PersistentVolumeClaim]{
			Prepare: func(c, old *PersistentVolumeClaim) {
				if old.Status.HealthStatus == nil { // the cluster does not use it yet
					c.Status.HealthStatus = nil
				}
			},
			Validate: ValidatePersistentVolumeClaimStatusUpdate,
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

// DefaultPersistentVolumeClaim fills in what the author of a claim left out.
func DefaultPersistentVolumeClaim(c *PersistentVolumeClaim) {
	defaultClaimSpec(&c.Spec)
	defaultTo(&c.Status.Phase, ClaimPending)
	roundUpToMilli(c.Status.Capacity)
	roundUpToMilli(c.Status.AllocatedResources)
}

func defaultClaimSpec(s *PersistentVolumeClaimSpec) {
	setDefault(&s.VolumeMode, PersistentVolumeFilesystem)
	roundUpToMilli(s.Resources.Limits)
	roundUpToMilli(s.Resources.Requests)
}

func prepareClaim(c *PersistentVolumeClaim) {
	c.Status = PersistentVolumeClaimStatus{Phase: ClaimPending}
	// Whoever knows only dataSource takes any content but claims and snapshots
	// for none.
	if d := c.Spec.DataSource; d != nil && !isPlainDataSource(d) && c.Spec.DataSourceRef == nil {
		c.Spec.DataSource = nil
	}
	if ref := c.Spec.DataSourceRef; ref != nil && ref.Namespace != nil && *ref.Namespace != "" {
		c.Spec.DataSourceRef = nil // content of other namespaces, which the cluster does not use yet
	}
	alignDataSources(&c.Spec)
}

func isPlainDataSource(d *TypedLocalObjectReference) bool {
	group := ""
	if d.APIGroup != nil {
		group = *d.APIGroup
	}
	return group == "" && d.Kind == "PersistentVolumeClaim" || group == "snapshot.storage.k8s.io" && d.Kind == "VolumeSnapshot"
}

// alignDataSources keeps the two ways to say where the content comes from in
// step. Only the newer can name another namespace.
func alignDataSources(s *PersistentVolumeClaimSpec) {
	switch d, ref := s.DataSource, s.DataSourceRef; {
	case d != nil && ref == nil:
		s.DataSourceRef = &TypedObjectReference{APIGroup: codec.DeepCopy(d).APIGroup, Kind: d.Kind, Name: d.Name}
	case d == nil && ref != nil && (ref.Namespace == nil || *ref.Namespace == ""):
		s.DataSource = &TypedLocalObjectReference{APIGroup: codec.DeepCopy(ref).APIGroup, Kind: ref.Kind, Name: ref.Name}
	}
}

var accessModes = []PersistentVolumeAccessMode{ReadOnlyMany, ReadWriteMany, ReadWriteOnce, ReadWriteOncePod}

func claimAccessModes(p validate.Path, modes []PersistentVolumeAccessMode) validate.Errors {
	var errs validate.Errors
	for _, m := range modes {
		errs = append(errs, validate.In(p, m, accessModes...)...)
	}
	return append(errs, forbid(slices.Contains(modes, ReadWriteOncePod) && slices.ContainsFunc(modes, func(m PersistentVolumeAccessMode) bool { return m != ReadWriteOncePod }),
		p, "may not use ReadWriteOncePod with other access modes")...)
}

func volumeMode(p validate.Path, m PersistentVolumeMode) validate.Errors {
	return validate.In(p, m, PersistentVolumeBlock, PersistentVolumeFilesystem)
}

// ClaimSpec is the check of what a claim asks for.
func ClaimSpec(p validate.Path, s *PersistentVolumeClaimSpec) validate.Errors {
	storage := p.Child("resources").Key(string(ResourceStorage))
	asked, ok := s.Resources.Requests[ResourceStorage]
	return validate.All(
		require(len(s.AccessModes) > 0, p.Child("accessModes"), "at least 1 access mode is required"),
		validate.LabelSelector(p.Child("selector"), s.Selector),
		claimAccessModes(p.Child("accessModes"), s.AccessModes),
		require(ok, storage, ""),
		validate.When(ok, func() validate.Errors { return positiveQuantity(storage, asked) }),
		validate.When(s.StorageClassName != nil, func() validate.Errors {
			return optional(p.Child("storageClassName"), *s.StorageClassName, names.DNSSubdomain)
		}),
		validate.IfSet(p.Child("volumeMode"), s.VolumeMode, volumeMode),
		validate.IfSet(p.Child("dataSource"), s.DataSource, func(p validate.Path, d TypedLocalObjectReference) validate.Errors {
			return dataSource(p, d.APIGroup, d.Kind, d.Name)
		}),
		validate.IfSet(p.Child("dataSourceRef"), s.DataSourceRef, func(p validate.Path, d TypedObjectReference) validate.Errors {
			errs := dataSource(p, d.APIGroup, d.Kind, d.Name)
			if d.Namespace != nil {
				errs = append(errs, optional(p.Child("namespace"), *d.Namespace, names.DNSLabel)...)
			}
			return errs
		}),
		dataSourcesAgree(p, s),
		validate.When(s.VolumeAttributesClassName != nil, func() validate.Errors {
			return optional(p.Child("volumeAttributesClassName"), *s.VolumeAttributesClassName, names.DNSSubdomain)
		}),
	)
}

func dataSource(p validate.Path, group *string, kind, name string) validate.Errors {
	g := ""
	if group != nil {
		g = *group
	}
	return validate.All(
		validate.NonEmpty(p.Child("name"), name),
		validate.NonEmpty(p.Child("kind"), kind),
		must(g != "" || kind == "PersistentVolumeClaim", p, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"),
		optional(p.Child("apiGroup"), g, names.DNSSubdomain),
	)
}

func dataSourcesAgree(p validate.Path, s *PersistentVolumeClaimSpec) validate.Errors {
	d, ref := s.DataSource, s.DataSourceRef
	switch {
	case d == nil || ref == nil:
		return nil
	case ref.Namespace != nil && *ref.Namespace != "":
		return validate.Invalid(p, struct{}{}, "may not be specified when dataSourceRef.namespace is specified")
	case !validate.Equal(d.APIGroup, ref.APIGroup) || d.Kind != ref.Kind || d.Name != ref.Name:
		return validate.Invalid(p, struct{}{}, "must match dataSourceRef")
	}
	return nil
}

// ValidatePersistentVolumeClaim finds every fault of a claim that is about to be made.
func ValidatePersistentVolumeClaim(c *PersistentVolumeClaim) validate.Errors {
	return append(validate.ObjectMeta(metadataPath, &c.ObjectMeta, true, names.DNSSubdomain), ClaimSpec(specPath, &c.Spec)...)
}

// ValidatePersistentVolumeClaimUpdate finds every fault of a claim that is about
// to replace old. A bound claim may grow; else a claim stays as it is, so that
// quotas and limits hold.
func ValidatePersistentVolumeClaimUpdate(c, old *PersistentVolumeClaim) validate.Errors {
	spec, was := codec.DeepCopy(&c.Spec), &old.Spec
	if was.VolumeName == "" {
		spec.VolumeName = "" // it is set once
	}
	if was.StorageClassName == nil && old.Annotations[BetaStorageClassAnnotation] == "" {
		spec.StorageClassName = nil // so is this
	}
	bound := old.Status.Phase == ClaimBound
	if q, ok := was.Resources.Requests[ResourceStorage]; ok && bound && spec.Resources.Requests != nil {
		spec.Resources.Requests[ResourceStorage] = q
	}
	if bound {
		spec.VolumeAttributesClassName = was.VolumeAttributesClassName
	}
	spec.DataSource, spec.DataSourceRef = sameSource(spec, was)
	errs := append(validate.ObjectMetaUpdate(metadataPath, &c.ObjectMeta, &old.ObjectMeta), ValidatePersistentVolumeClaim(c)...)
	if !validate.Equal(*spec, *was) {
		errs = append(errs, validate.Forbidden(specPath, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n"+
			validate.Diff(was, spec))...)
	}
	size, oldSize, have := c.Spec.Resources.Requests[ResourceStorage], was.Resources.Requests[ResourceStorage], old.Status.Capacity[ResourceStorage]
	return validate.All(errs,
		forbid(size.Cmp(oldSize) < 0 && size.Cmp(have) <= 0, specPath.Child("resources", "requests", "storage"), "field can not be less than status.capacity"),
		validate.Immutable(validate.NewPath("volumeMode"), c.Spec.VolumeMode, was.VolumeMode),
		validate.When(bound, func() validate.Errors {
			return attributesClassUpdate(specPath.Child("volumeAttributesClassName"), c, old)
		}),
	).Distinct()
}

// sameSource returns the data sources of spec, or those of was if both say the
// same in their two ways.
func sameSource(spec, was *PersistentVolumeClaimSpec) (*TypedLocalObjectReference, *TypedObjectReference) {
	if validate.Equal(spec.DataSource, was.DataSource) && was.DataSourceRef == nil && spec.DataSourceRef != nil && was.DataSource != nil {
		return was.DataSource, nil
	}
	return spec.DataSource, spec.DataSourceRef
}

func attributesClassUpdate(p validate.Path, c, old *PersistentVolumeClaim) validate.Errors {
	name, was := c.Spec.VolumeAttributesClassName, old.Spec.VolumeAttributesClassName
	if validate.Equal(name, was) {
		return nil
	}
	return validate.All(
		forbid(was != nil && name == nil, p, "update from non-nil value to nil is forbidden"),
		forbid(was != nil && *was != "" && name != nil && *name == "", p, "update from non-empty value to an empty string is forbidden"),
	)
}

// ValidatePersistentVolumeClaimStatusUpdate finds every fault of a claim's status.
func ValidatePersistentVolumeClaimStatusUpdate(c, old *PersistentVolumeClaim) validate.Errors {
	amounts := func(p validate.Path, _ ResourceName, q quantity.Quantity) validate.Errors { return basicQuantity(p, q) }
	states := statusPath.Child("allocatedResourceStatuses")
	errs := validate.All(
		validate.ObjectMetaUpdate(metadataPath, &c.ObjectMeta, &old.ObjectMeta),
		validate.EachKey(statusPath.Child("capacity"), c.Status.Capacity, amounts),
		validate.EachKey(validate.Path{}, c.Status.AllocatedResources, func(_ validate.Path, name ResourceName, q quantity.Quantity) validate.Errors {
			p := statusPath.Child("allocatedResources")
			return append(claimResource(p, name), basicQuantity(p, q)...)
		}),
	)
	for _, name := range validate.Sorted(keysOf(c.Status.AllocatedResourceStatuses)...) {
		known := slices.Contains(resizeStates, c.Status.AllocatedResourceStatuses[name])
		errs = append(errs, claimResource(states, name)...)
		if !known {
			errs = append(errs, validate.NotSupported(states, name, resizeStates...)...)
		}
	}
	return errs
}

var resizeStates = []ClaimResourceStatus{
	PersistentVolumeClaimControllerResizeInProgress, PersistentVolumeClaimControllerResizeInfeasible,
	PersistentVolumeClaimNodeResizeInProgress, PersistentVolumeClaimNodeResizeInfeasible, PersistentVolumeClaimNodeResizePending,
}

// claimResource is the rule for what a claim may have resized: storage, and
// whatever others put a name of their own on.
func claimResource(p validate.Path, name ResourceName) validate.Errors {
	if !isNativeResource(name) {
		return validate.String(p, name, names.QualifiedName)
	}
	return validate.In(p, name, ResourceStorage)
}

func keysOf[K comparable, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

func claimColumns() []scheme.Column[PersistentVolumeClaim] {
	bound := func(c *PersistentVolumeClaim, s string) any {
		if c.Spec.VolumeName == "" {
			return ""
		}
		return s
	}
	return []scheme.Column[PersistentVolumeClaim]{
		scheme.NameColumn[PersistentVolumeClaim](),
		{Name: "Status", Help: "phase represents the current phase of PersistentVolumeClaim.", Cell: func(c *PersistentVolumeClaim) any {
			return phaseOf(&c.ObjectMeta, string(c.Status.Phase))
		}},
		{Name: "Volume", Help: "volumeName is the binding reference to the PersistentVolume backing this claim.", Cell: func(c *PersistentVolumeClaim) any { return c.Spec.VolumeName }},
		{Name: "Capacity", Help: "capacity represents the actual resources of the underlying volume.", Cell: func(c *PersistentVolumeClaim) any {
			q := c.Status.Capacity[ResourceStorage]
			return bound(c, q.String())
		}},
		{Name: "Access Modes", Help: cells.Help("persistentvolumeclaims", "Access Modes"), Cell: func(c *PersistentVolumeClaim) any {
			return bound(c, shortAccessModes(c.Status.AccessModes))
		}},
		{Name: "StorageClass", Help: cells.Help("persistentvolumeclaims", "StorageClass"), Cell: func(c *PersistentVolumeClaim) any {
			if class, ok := c.Annotations[BetaStorageClassAnnotation]; ok {
				return class
			}
			if c.Spec.StorageClassName != nil {
				return *c.Spec.StorageClassName
			}
			return ""
		}},
		{Name: "VolumeAttributesClass", Help: cells.Help("persistentvolumeclaims", "VolumeAttributesClass"), Cell: func(c *PersistentVolumeClaim) any {
			return orUnset(c.Spec.VolumeAttributesClassName)
		}},
		scheme.AgeColumn[PersistentVolumeClaim](),
		{Name: "VolumeMode", Wide: true, Help: cells.Help("persistentvolumeclaims", "VolumeMode"), Cell: func(c *PersistentVolumeClaim) any { return orUnset(c.Spec.VolumeMode) }},
	}
}

func orUnset[T ~string](s *T) string {
	if s == nil {
		return cells.Unset
	}
	return string(*s)
}

// phaseOf is what is printed of an object that may be on its way out.
func phaseOf(m *meta.ObjectMeta, phase string) string {
	if m.DeletionTimestamp != nil {
		return "Terminating"
	}
	return phase
}

// shortAccessModes prints access modes in a fixed order, each once: RWO,ROX.
func shortAccessModes(modes []PersistentVolumeAccessMode) string {
	var short []string
	for _, m := range []struct {
		mode PersistentVolumeAccessMode
		text string
	}{{ReadWriteOnce, "RWO"}, {ReadOnlyMany, "ROX"}, {ReadWriteMany, "RWX"}, {ReadWriteOncePod, "RWOP"}} {
		if slices.Contains(modes, m.mode) {
			short = append(short, m.text)
		}
	}
	return strings.Join(short, ",")
}
