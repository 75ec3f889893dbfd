package corev1

import (
	"github.com/kubenucleus/nucleus/apimachinery/api/internal/cells"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

func persistentvolumes() *scheme.Resource {
	return scheme.Define[PersistentVolume, PersistentVolumeList](scheme.Spec[PersistentVolume]{
		Name:       "persistentvolumes",
		ShortNames: []string{"pv"},
		Columns:    persistentVolumeColumns(),
		Default:    DefaultPersistentVolume,
		PrepareCreate: func(v *PersistentVolume) {
			now := meta.Now()
			v.Status = PersistentVolumeStatus{Phase: VolumePending, LastPhaseTransitionTime: &now}
		},
		Validate:       ValidatePersistentVolume,
		ValidateUpdate: ValidatePersistentVolumeUpdate,
		Warnings:       persistentVolumeWarnings,
		Status:         &scheme.Status[PersistentVolume]{Prepare: notePhaseChange},
		Options:        scheme.Options{DeleteAnswersObject: true},
	})
}

// DefaultPersistentVolume fills in what the author of a volume left out.
func DefaultPersistentVolume(v *PersistentVolume) {
	s := &v.Spec
	defaultTo(&v.Status.Phase, VolumePending)
	defaultTo(&s.PersistentVolumeReclaimPolicy, PersistentVolumeReclaimRetain)
	setDefault(&s.VolumeMode, PersistentVolumeFilesystem)
	roundUpToMilli(s.Capacity)
	if s.HostPath != nil {
		setDefault(&s.HostPath.Type, HostPathUnset)
	}
	if s.ISCSI != nil {
		defaultTo(&s.ISCSI.ISCSIInterface, defaultISCSIInterface)
	}
	if s.RBD != nil {
		defaultTo(&s.RBD.RBDPool, defaultRBDPool)
		defaultTo(&s.RBD.RadosUser, defaultRBDUser)
		defaultTo(&s.RBD.Keyring, defaultRBDKeyring)
	}
	defaultAzureDisk(s.AzureDisk)
	if s.ScaleIO != nil {
		defaultTo(&s.ScaleIO.StorageMode, defaultScaleIOMode)
		defaultTo(&s.ScaleIO.FSType, defaultScaleIOType)
	}
}

// notePhaseChange keeps the time at which the phase became what it is.
func notePhaseChange(v, old *PersistentVolume) {
	switch {
	case v.Status.Phase == old.Status.Phase:
		v.Status.LastPhaseTransitionTime = old.Status.LastPhaseTransitionTime
	case v.Status.LastPhaseTransitionTime == nil || v.Status.LastPhaseTransitionTime.Equal(old.Status.LastPhaseTransitionTime):
		now := meta.Now()
		v.Status.LastPhaseTransitionTime = &now
	}
}

func persistentVolumeWarnings(v, _ *PersistentVolume) []string {
	w := warnings{}
	for _, key := range []string{BetaStorageClassAnnotation, MountOptionAnnotation} {
		if _, ok := v.Annotations[key]; ok {
			field := map[string]string{BetaStorageClassAnnotation: "storageClassName", MountOptionAnnotation: "mountOptions"}[key]
			w.add(metadataPath.Child("annotations").Key(key), "deprecated since v1.8; use %q attribute instead", field)
		}
	}
	if v.Spec.PersistentVolumeReclaimPolicy == PersistentVolumeReclaimRecycle {
		w.add(specPath.Child("persistentVolumeReclaimPolicy"), "The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.")
	}
	for _, old := range []struct {
		used       bool
		name, text string
	}{
		{v.Spec.CephFS != nil, "cephfs", "deprecated in v1.28, non-functional in v1.31+"},
		{v.Spec.PhotonPersistentDisk != nil, "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"},
		{v.Spec.RBD != nil, "rbd", "deprecated in v1.28, non-functional in v1.31+"},
		{v.Spec.ScaleIO != nil, "scaleIO", "deprecated in v1.16, non-functional in v1.22+"},
		{v.Spec.StorageOS != nil, "storageOS", "deprecated in v1.22, non-functional in v1.25+"},
		{v.Spec.Glusterfs != nil, "glusterfs", "deprecated in v1.25, non-functional in v1.26+"},
	} {
		if old.used {
			w.add(specPath.Child(old.name), "%s", old.text)
		}
	}
	if q, ok := v.Spec.Capacity[ResourceStorage]; ok {
		w.ofAmount(specPath.Child("capacity").Key(string(ResourceStorage)), q)
	}
	return w.texts
}

func persistentVolumeColumns() []scheme.Column[PersistentVolume] {
	return []scheme.Column[PersistentVolume]{
		scheme.NameColumn[PersistentVolume](),
		{Name: "Capacity", Help: cells.Help("persistentvolumes", "Capacity"), Cell: func(v *PersistentVolume) any { q := v.Spec.Capacity[ResourceStorage]; return q.String() }},
		{Name: "Access Modes", Help: cells.Help("persistentvolumes", "Access Modes"), Cell: func(v *PersistentVolume) any { return shortAccessModes(v.Spec.AccessModes) }},
		{Name: "Reclaim Policy", Help: cells.Help("persistentvolumes", "Reclaim Policy"), Cell: func(v *PersistentVolume) any { return string(v.Spec.PersistentVolumeReclaimPolicy) }},
		{Name: "Status", Help: cells.Help("persistentvolumes", "Status"), Cell: func(v *PersistentVolume) any { return phaseOf(&v.ObjectMeta, string(v.Status.Phase)) }},
		{Name: "Claim", Help: cells.Help("persistentvolumes", "Claim"), Cell: func(v *PersistentVolume) any {
			if c := v.Spec.ClaimRef; c != nil {
				return c.Namespace + "/" + c.Name
			}
			return ""
		}},
		{Name: "StorageClass", Help: cells.Help("persistentvolumes", "StorageClass"), Cell: func(v *PersistentVolume) any {
			if class, ok := v.Annotations[BetaStorageClassAnnotation]; ok {
				return class
			}
			return v.Spec.StorageClassName
		}},
		{Name: "VolumeAttributesClass", Help: cells.Help("persistentvolumes", "VolumeAttributesClass"), Cell: func(v *PersistentVolume) any { return orUnset(v.Spec.VolumeAttributesClassName) }},
		{Name: "Reason", Help: cells.Help("persistentvolumes", "Reason"), Cell: func(v *PersistentVolume) any { return v.Status.Reason }},
		scheme.AgeColumn[PersistentVolume](),
		{Name: "VolumeMode", Wide: true, Help: cells.Help("persistentvolumes", "VolumeMode"), Cell: func(v *PersistentVolume) any { return orUnset(v.Spec.VolumeMode) }},
	}
}
