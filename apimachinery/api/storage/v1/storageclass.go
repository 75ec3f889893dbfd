package storagev1

import (
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/rules"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

const (
	maxParameters     = 512
	maxParameterBytes = 256 << 10
)

var parametersPath = validate.NewPath("parameters")

func storageclasses() *scheme.Resource {
	return scheme.Define[StorageClass, StorageClassList](scheme.Spec[StorageClass]{
		Name:           "storageclasses",
		ShortNames:     []string{"sc"},
		Default:        DefaultStorageClass,
		Validate:       ValidateStorageClass,
		ValidateUpdate: ValidateStorageClassUpdate,
		Columns: []scheme.Column[StorageClass]{
			nameColumn(),
			{Name: "Provisioner", Help: "provisioner indicates the type of the provisioner.", Cell: func(c *StorageClass) any { return c.Provisioner }},
			{Name: "ReclaimPolicy", Help: cells.Help("storageclasses", "ReclaimPolicy"), Cell: func(c *StorageClass) any {
				return cells.Or(string(rules.ValueOf(c.ReclaimPolicy)), string(corev1.PersistentVolumeReclaimDelete))
			}},
			{Name: "VolumeBindingMode", Help: cells.Help("storageclasses", "VolumeBindingMode"), Cell: func(c *StorageClass) any {
				return cells.Or(string(rules.ValueOf(c.VolumeBindingMode)), string(VolumeBindingImmediate))
			}},
			{Name: "AllowVolumeExpansion", Help: "allowVolumeExpansion shows whether the storage class allow volume expand.", Cell: func(c *StorageClass) any { return rules.ValueOf(c.AllowVolumeExpansion) }},
			scheme.AgeColumn[StorageClass](),
		},
		Options: scheme.Options{DeleteAnswersObject: true},
	})
}

// nameColumn tells the default class in lists only, unlike that of IngressClasses.
func nameColumn() scheme.Column[StorageClass] {
	name := scheme.NameColumn[StorageClass]()
	name.InList = scheme.ClassNameColumn(isDefault).Cell
	return name
}

func isDefault(c *StorageClass) bool {
	return c.Annotations[AnnotationIsDefaultStorageClass] == "true" || c.Annotations[BetaAnnotationIsDefaultStorageClass] == "true"
}

// DefaultStorageClass fills in what the author of a class left out.
func DefaultStorageClass(c *StorageClass) {
	rules.Default(&c.ReclaimPolicy, corev1.PersistentVolumeReclaimDelete)
	rules.Default(&c.VolumeBindingMode, VolumeBindingImmediate)
}

// ValidateStorageClass finds every fault of a class that is about to be made.
func ValidateStorageClass(c *StorageClass) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain), storageClass(c)...)
}

func storageClass(c *StorageClass) validate.Errors {
	provisioner := validate.NewPath("provisioner")
	return validate.All(
		validate.Declared(validate.NonEmpty(provisioner, c.Provisioner)),
		rules.Optional(provisioner, strings.ToLower(c.Provisioner), names.QualifiedName),
		parameters(c.Parameters, true),
		validate.IfSet(validate.NewPath("reclaimPolicy"), c.ReclaimPolicy, func(p validate.Path, policy corev1.PersistentVolumeReclaimPolicy) validate.Errors {
			if policy == "" {
				return nil
			}
			return validate.In(p, policy, corev1.PersistentVolumeReclaimDelete, corev1.PersistentVolumeReclaimRetain)
		}),
		validate.Set(validate.NewPath("volumeBindingMode"), c.VolumeBindingMode, func(p validate.Path, mode VolumeBindingMode) validate.Errors {
			return validate.In(p, mode, VolumeBindingImmediate, VolumeBindingWaitForFirstConsumer)
		}),
		topologies(validate.NewPath("allowedTopologies"), c.AllowedTopologies),
	)
}

// topologies checks where volumes may be: terms that select by label, none of
// which says the same as one before.
func topologies(p validate.Path, terms []corev1.TopologySelectorTerm) validate.Errors {
	before := []map[string]map[string]bool{nil} // a term that selects nothing repeats none
	return validate.Each(p, terms, func(p validate.Path, t *corev1.TopologySelectorTerm) validate.Errors {
		p = p.Child("matchLabelExpressions")
		selects := map[string]map[string]bool{}
		errs := validate.Each(p, t.MatchLabelExpressions, func(p validate.Path, r *corev1.TopologySelectorLabelRequirement) validate.Errors {
			_, again := selects[r.Key]
			selects[r.Key] = map[string]bool{}
			for _, v := range r.Values {
				selects[r.Key][v] = true
			}
			return validate.All(
				rules.Require(len(r.Values) > 0, p.Child("values"), ""),
				validate.Unique(p.Child("values"), r.Values),
				validate.LabelKey(p.Child("key"), r.Key),
				validate.When(again, func() validate.Errors { return validate.Duplicate(p.Child("key"), r.Key) }),
			)
		})
		for _, b := range before {
			if len(b) == len(selects) && (len(b) == 0 || validate.Equal(b, selects)) {
				return append(errs, validate.Duplicate(p, "")...)
			}
		}
		before = append(before, selects)
		return errs
	})
}

func parameters(m map[string]string, mayBeEmpty bool) validate.Errors {
	size := 0
	var errs validate.Errors
	for k, v := range m {
		size += len(k) + len(v)
		if k == "" {
			errs = validate.Invalid(parametersPath, k, "field can not be empty.")
		}
	}
	return validate.All(
		rules.Require(mayBeEmpty || len(m) > 0, parametersPath, "must contain at least one key/value pair"),
		validate.When(len(m) > maxParameters, func() validate.Errors { return validate.TooLong(parametersPath, maxParameters) }),
		errs,
		validate.When(size > maxParameterBytes, func() validate.Errors { return validate.TooLong(parametersPath, maxParameterBytes) }),
	)
}

// ValidateStorageClassUpdate finds every fault of a class that is about to
// replace old. Volumes were made by what it says: little of it may change.
func ValidateStorageClassUpdate(c, old *StorageClass) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta),
		storageClass(c),
		validate.Declared(validate.All(
			validate.Unchanged(validate.NewPath("provisioner"), c.Provisioner, old.Provisioner),
			validate.Unchanged(parametersPath, c.Parameters, old.Parameters),
			validate.Unchanged(validate.NewPath("reclaimPolicy"), c.ReclaimPolicy, old.ReclaimPolicy),
			validate.Unchanged(validate.NewPath("volumeBindingMode"), c.VolumeBindingMode, old.VolumeBindingMode),
		)),
	)
}

func volumeattributesclasses() *scheme.Resource {
	return scheme.Define[VolumeAttributesClass, VolumeAttributesClassList](scheme.Spec[VolumeAttributesClass]{
		Name:       "volumeattributesclasses",
		Options:    scheme.Options{DeleteAnswersObject: true},
		ShortNames: []string{"vac"},
		Validate: func(c *VolumeAttributesClass) validate.Errors {
			return append(validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain), attributesClass(c)...)
		},
		ValidateUpdate: func(c, old *VolumeAttributesClass) validate.Errors {
			return validate.All(
				validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta),
				rules.Forbid(c.DriverName != old.DriverName, validate.NewPath("driverName"), "updates to driverName are forbidden."),
				rules.Forbid(!validate.Equal(c.Parameters, old.Parameters), parametersPath, "updates to parameters are forbidden."),
				attributesClass(c),
			)
		},
		Columns: []scheme.Column[VolumeAttributesClass]{
			scheme.NameColumn[VolumeAttributesClass](),
			{Name: "DriverName", Help: "driverName is the name of the CSI driver This field is immutable.", Cell: func(c *VolumeAttributesClass) any { return c.DriverName }},
			scheme.AgeColumn[VolumeAttributesClass](),
		},
	})
}

func attributesClass(c *VolumeAttributesClass) validate.Errors {
	return append(validate.Named(validate.NewPath("driverName"), strings.ToLower(c.DriverName), names.QualifiedName), parameters(c.Parameters, false)...)
}

func csistoragecapacities() *scheme.Resource {
	return scheme.Define[CSIStorageCapacity, CSIStorageCapacityList](scheme.Spec[CSIStorageCapacity]{
		Name:           "csistoragecapacities",
		Namespaced:     true,
		Validate:       ValidateCSIStorageCapacity,
		ValidateUpdate: ValidateCSIStorageCapacityUpdate,
		Columns: []scheme.Column[CSIStorageCapacity]{
			scheme.NameColumn[CSIStorageCapacity](),
			{Name: "Created At", Type: "date", Help: scheme.AgeHelp, Cell: func(c *CSIStorageCapacity) any { return cells.CreatedAt(&c.ObjectMeta) }},
		},
	})
}

// ValidateCSIStorageCapacity finds every fault of what a driver reports.
func ValidateCSIStorageCapacity(c *CSIStorageCapacity) validate.Errors {
	return append(validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, true, names.DNSSubdomain), capacity(c)...)
}

func capacity(c *CSIStorageCapacity) validate.Errors {
	amount := func(p validate.Path, q quantity.Quantity) validate.Errors {
		return rules.Must(q.Sign() >= 0, p, q.String(), "must be greater than or equal to 0")
	}
	return validate.All(
		validate.LabelSelector(validate.NewPath("nodeTopology"), c.NodeTopology),
		validate.String(validate.NewPath("storageClassName"), c.StorageClassName, names.DNSSubdomain),
		validate.IfSet(validate.NewPath("capacity"), c.Capacity, amount),
	)
}

// ValidateCSIStorageCapacityUpdate finds every fault of a report that is about
// to replace old: the amount changes, not what it is of.
func ValidateCSIStorageCapacityUpdate(c, old *CSIStorageCapacity) validate.Errors {
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta),
		capacity(c),
		validate.Immutable(validate.NewPath("nodeTopology"), c.NodeTopology, old.NodeTopology),
		validate.Immutable(validate.NewPath("storageClassName"), c.StorageClassName, old.StorageClassName),
	)
}

func volumeattachments() *scheme.Resource {
	return scheme.Define[VolumeAttachment, VolumeAttachmentList](scheme.Spec[VolumeAttachment]{
		Name:           "volumeattachments",
		Options:        scheme.Options{DeleteAnswersObject: true},
		Validate:       ValidateVolumeAttachment,
		ValidateUpdate: ValidateVolumeAttachmentUpdate,
		Status: &scheme.Status[VolumeAttachment]{
			Prepare:  func(a, old *VolumeAttachment) { rules.KeepMetadata(&a.ObjectMeta, &old.ObjectMeta) },
			Resets:   []string{"metadata"},
			Validate: ValidateVolumeAttachmentUpdate,
		},
		Columns: []scheme.Column[VolumeAttachment]{
			scheme.NameColumn[VolumeAttachment](),
			{Name: "Attacher", Format: "name", Help: "attacher indicates the name of the volume driver that MUST handle this request. This is the name returned by GetPluginName().", Cell: func(a *VolumeAttachment) any { return a.Spec.Attacher }},
			{Name: "PV", Help: "persistentVolumeName represents the name of the persistent volume to attach.", Cell: func(a *VolumeAttachment) any { return rules.ValueOf(a.Spec.Source.PersistentVolumeName) }},
			{Name: "Node", Help: "nodeName represents the node that the volume should be attached to.", Cell: func(a *VolumeAttachment) any { return a.Spec.NodeName }},
			{Name: "Attached", Type: "boolean", Help: "attached indicates the volume is successfully attached. This field must only be set by the entity completing the attach operation, i.e. the external-attacher.", Cell: func(a *VolumeAttachment) any { return a.Status.Attached }},
			scheme.AgeColumn[VolumeAttachment](),
		},
	})
}

// ValidateVolumeAttachment finds every fault of an attachment that is about to be made.
func ValidateVolumeAttachment(a *VolumeAttachment) validate.Errors {
	attacher := rules.Spec.Child("attacher")
	return validate.All(
		validate.ObjectMeta(rules.Metadata, &a.ObjectMeta, false, names.DNSSubdomain),
		attachment(a),
		validate.Declared(validate.When(len(a.Spec.Attacher) <= maxSubdomain, func() validate.Errors {
			return validate.Named(attacher, a.Spec.Attacher, names.DNSSubdomainCaseless)
		})),
		validate.Declared(validate.When(len(a.Spec.Attacher) > maxSubdomain, func() validate.Errors {
			return validate.Invalidf(attacher, a.Spec.Attacher, "must be no more than %d bytes", maxSubdomain)
		})),
		validate.Declared(validate.When(len(a.Spec.Attacher) > maxAttacher, func() validate.Errors { return validate.TooManyChars(attacher, maxAttacher) })),
	)
}

func attachment(a *VolumeAttachment) validate.Errors {
	const one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
	s, source := &a.Spec, rules.Spec.Child("source")
	named, inline := s.Source.PersistentVolumeName != nil, s.Source.InlineVolumeSpec != nil
	return validate.All(
		rules.Require(named || inline, source, one),
		rules.Forbid(named && inline, source, one),
		validate.When(named && !inline, func() validate.Errors {
			return rules.Require(*s.Source.PersistentVolumeName != "", source.Child("persistentVolumeName"), "must specify non empty persistentVolumeName")
		}),
		validate.When(named, func() validate.Errors {
			return validate.String(source.Child("persistentVolumeName"), *s.Source.PersistentVolumeName, names.DNSSubdomain)
		}),
		validate.When(inline && !named, func() validate.Errors {
			return corev1.InlineVolumeSpec(source.Child("inlineVolumeSpec"), s.Source.InlineVolumeSpec)
		}),
		validate.String(rules.Spec.Child("nodeName"), s.NodeName, names.DNSSubdomain),
		attachmentStatus(rules.Status, &a.Status),
	)
}

const (
	maxVolumeErrorMessage = 1024
	maxAttacher           = 63
	maxSubdomain          = 253
)

func attachmentStatus(p validate.Path, s *VolumeAttachmentStatus) validate.Errors {
	size := 0
	for k, v := range s.AttachmentMetadata {
		size += len(k) + len(v)
	}
	fault := func(p validate.Path, e VolumeError) validate.Errors {
		return append(validate.MaxBytes(p.Child("message"), e.Message, maxVolumeErrorMessage),
			validate.IfSet(p.Child("errorCode"), e.ErrorCode, validate.InRange[int32](0, 1<<31-1))...)
	}
	return validate.All(
		validate.When(size > maxParameterBytes, func() validate.Errors { return validate.TooLong(p.Child("attachmentMetadata"), maxParameterBytes) }),
		validate.IfSet(p.Child("attachError"), s.AttachError, fault),
		validate.IfSet(p.Child("detachError"), s.DetachError, fault),
	)
}

// ValidateVolumeAttachmentUpdate finds every fault of an attachment that is
// about to replace old, through itself or its status.
func ValidateVolumeAttachmentUpdate(a, old *VolumeAttachment) validate.Errors {
	was := codec.DeepCopy(&old.Spec)
	return validate.All(
		validate.ObjectMetaUpdate(rules.Metadata, &a.ObjectMeta, &old.ObjectMeta),
		corev1.CSIDriverName(rules.Spec.Child("attacher"), a.Spec.Attacher),
		attachment(a),
		rules.Must(validate.Equal(a.Spec, *was), rules.Spec, nil, validate.IsImmutable),
	)
}
