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
			{Name: "Name", Format: "name", Help: scheme.NameColumn[StorageClass]().Help, Cell: func(c *StorageClass) any {
				if isDefault(c) {
					return c.Name + " (default)"
				}
				return c.Name
			}},
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
	var faults validate.Errors
	for _, problem := range names.QualifiedName(strings.ToLower(c.Provisioner)) {
		if c.Provisioner != "" {
			faults = append(faults, validate.Invalid(provisioner, c.Provisioner, problem)...)
		}
	}
	return validate.All(
		validate.Declared(validate.NonEmpty(provisioner, c.Provisioner)),
		faults,
		parameters(c.Parameters, true),
		validate.IfSet(validate.NewPath("reclaimPolicy"), c.ReclaimPolicy, func(p validate.Path, policy corev1.PersistentVolumeReclaimPolicy) validate.Errors {
			return validate.In(p, policy, corev1.PersistentVolumeReclaimDelete, corev1.PersistentVolumeReclaimRetain)
		}),
		validate.Set(validate.NewPath("volumeBindingMode"), c.VolumeBindingMode, func(p validate.Path, mode VolumeBindingMode) validate.Errors {
			return validate.In(p, mode, VolumeBindingImmediate, VolumeBindingWaitForFirstConsumer)
		}),
		validate.Each(validate.NewPath("allowedTopologies"), c.AllowedTopologies, func(p validate.Path, t *corev1.TopologySelectorTerm) validate.Errors {
			p = p.Child("matchLabelExpressions")
			return append(validate.UniqueBy(p, t.MatchLabelExpressions, func(r *corev1.TopologySelectorLabelRequirement) string { return r.Key }, "key"),
				validate.Each(p, t.MatchLabelExpressions, func(p validate.Path, r *corev1.TopologySelectorLabelRequirement) validate.Errors {
					return validate.All(
						validate.LabelKey(p.Child("key"), r.Key),
						rules.Require(len(r.Values) > 0, p.Child("values"), ""),
						validate.Unique(p.Child("values"), r.Values),
					)
				})...)
		}),
	)
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
		ShortNames: []string{"vac"},
		Validate: func(c *VolumeAttributesClass) validate.Errors {
			return validate.All(
				validate.ObjectMeta(rules.Metadata, &c.ObjectMeta, false, names.DNSSubdomain),
				corev1.CSIDriverName(validate.NewPath("driverName"), c.DriverName),
				parameters(c.Parameters, false),
			)
		},
		ValidateUpdate: func(c, old *VolumeAttributesClass) validate.Errors {
			return validate.All(
				validate.ObjectMetaUpdate(rules.Metadata, &c.ObjectMeta, &old.ObjectMeta),
				rules.Forbid(c.DriverName != old.DriverName, validate.NewPath("driverName"), "updates to driverName are forbidden."),
				rules.Forbid(!validate.Equal(c.Parameters, old.Parameters), parametersPath, "updates to parameters are forbidden."),
			)
		},
		Columns: []scheme.Column[VolumeAttributesClass]{
			scheme.NameColumn[VolumeAttributesClass](),
			{Name: "DriverName", Help: "driverName is the name of the CSI driver This field is immutable.", Cell: func(c *VolumeAttributesClass) any { return c.DriverName }},
			scheme.AgeColumn[VolumeAttributesClass](),
		},
	})
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
	return append(validate.ObjectMeta(rules.Metadata, &a.ObjectMeta, false, names.DNSSubdomain), attachment(a)...)
}

func attachment(a *VolumeAttachment) validate.Errors {
	const one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
	s, source := &a.Spec, rules.Spec.Child("source")
	named, inline := s.Source.PersistentVolumeName != nil, s.Source.InlineVolumeSpec != nil
	return validate.All(
		rules.Require(named || inline, source, one),
		rules.Forbid(named && inline, source, one),
		validate.When(named && !inline, func() validate.Errors {
			return validate.NonEmpty(source.Child("persistentVolumeName"), *s.Source.PersistentVolumeName)
		}),
		validate.When(inline && !named, func() validate.Errors {
			return inlineVolume(source.Child("inlineVolumeSpec"), s.Source.InlineVolumeSpec)
		}),
		validate.String(rules.Spec.Child("nodeName"), s.NodeName, names.DNSSubdomain),
		attachmentStatus(rules.Status, &a.Status),
		validate.Named(rules.Spec.Child("attacher"), s.Attacher, names.DNSSubdomainCaseless),
		validate.MaxBytes(rules.Spec.Child("attacher"), s.Attacher, maxAttacher),
	)
}

// inlineVolume checks a volume that is no object of its own: it is a CSI
// driver's, and has nothing to do with claims.
func inlineVolume(p validate.Path, s *corev1.PersistentVolumeSpec) validate.Errors {
	const not = "may not be specified in the context of inline volumes"
	return validate.All(
		rules.Forbid(s.PersistentVolumeReclaimPolicy != "", p.Child("persistentVolumeReclaimPolicy"), not),
		rules.Forbid(s.NodeAffinity != nil, p.Child("nodeAffinity"), not),
		rules.Require(s.CSI != nil, p.Child("csi"), "has to be specified in the context of inline volumes"),
		validate.When(s.CSI != nil, func() validate.Errors {
			return append(corev1.CSIDriverName(p.Child("csi", "driver"), s.CSI.Driver), validate.NonEmpty(p.Child("csi", "volumeHandle"), s.CSI.VolumeHandle)...)
		}),
		rules.Forbid(s.StorageClassName != "", p.Child("storageClassName"), not),
		rules.Forbid(s.VolumeMode != nil && *s.VolumeMode != corev1.PersistentVolumeFilesystem, p.Child("volumeMode"), not),
		rules.Require(len(s.AccessModes) > 0, p.Child("accessModes"), ""),
		rules.Forbid(s.VolumeAttributesClassName != nil, p.Child("volumeAttributesClassName"), not),
	)
}

const (
	maxVolumeErrorMessage = 1024
	maxAttacher           = 63
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
		attachment(a),
		rules.Must(validate.Equal(a.Spec, *was), rules.Spec, nil, validate.IsImmutable),
	)
}
