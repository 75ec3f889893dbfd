package persistentvolume

import (
	"errors"
	"fmt"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
)

// ClassOfClaim returns the class that a claim names, "" for none.
func ClassOfClaim(claim *corev1.PersistentVolumeClaim) string {
	if class, ok := claim.Annotations[betaClassAnnotation]; ok {
		return class
	}
	if claim.Spec.StorageClassName != nil {
		return *claim.Spec.StorageClassName
	}
	return ""
}

// ClassOfVolume returns the class that a volume is of, "" for none.
func ClassOfVolume(pv *corev1.PersistentVolume) string {
	if class, ok := pv.Annotations[betaClassAnnotation]; ok {
		return class
	}
	return pv.Spec.StorageClassName
}

// betaClassAnnotation goes before the field of that meaning.
const betaClassAnnotation = "volume.beta.kubernetes.io/storage-class"

// IsFor reports whether a volume is bound to, or kept for, this claim.
func IsFor(pv *corev1.PersistentVolume, claim *corev1.PersistentVolumeClaim) bool {
	ref := pv.Spec.ClaimRef
	return ref != nil && ref.Namespace == claim.Namespace && ref.Name == claim.Name && (ref.UID == "" || ref.UID == claim.UID)
}

// Satisfies says why a volume cannot serve a claim, whoever has it now; nil if it
// can.
func Satisfies(pv *corev1.PersistentVolume, claim *corev1.PersistentVolumeClaim) error {
	want, have := claim.Spec.Resources.Requests[corev1.ResourceStorage], pv.Spec.Capacity[corev1.ResourceStorage]
	switch {
	case pv.DeletionTimestamp != nil:
		return errors.New("the volume is marked for deletion")
	case have.Cmp(want) < 0:
		return errors.New("requested PV is too small")
	case ClassOfClaim(claim) != ClassOfVolume(pv):
		return errors.New("storageClassName does not match")
	case attributesOf(claim.Spec.VolumeAttributesClassName) != attributesOf(pv.Spec.VolumeAttributesClassName):
		return errors.New("volumeAttributesClassName does not match")
	case modeOf(claim.Spec.VolumeMode) != modeOf(pv.Spec.VolumeMode):
		return errors.New("incompatible volumeMode")
	}
	for _, mode := range claim.Spec.AccessModes {
		if !slices.Contains(pv.Spec.AccessModes, mode) {
			return errors.New("incompatible accessMode")
		}
	}
	return nil
}

func attributesOf(name *string) string {
	if name == nil {
		return ""
	}
	return *name
}

func modeOf(m *corev1.PersistentVolumeMode) corev1.PersistentVolumeMode {
	if m == nil {
		return corev1.PersistentVolumeFilesystem
	}
	return *m
}

// Match returns the volume that a claim is to get, nil if none will do. One that
// is kept for the claim goes before all others, then the smallest, then by name.
// A node, if it is not nil, has to be one that reaches the volume. The error says
// that the claim cannot be read.
func Match(claim *corev1.PersistentVolumeClaim, volumes []*corev1.PersistentVolume, node *corev1.Node) (*corev1.PersistentVolume, error) {
	selector := labels.Everything()
	if claim.Spec.Selector != nil {
		var err error
		if selector, err = labels.FromLabelSelector(claim.Spec.Selector); err != nil {
			return nil, fmt.Errorf("selector: %w", err)
		}
	}
	var best *corev1.PersistentVolume
	for _, pv := range volumes {
		reserved := IsFor(pv, claim)
		if !reserved && pv.Spec.ClaimRef != nil || Satisfies(pv, claim) != nil {
			continue
		}
		if node != nil && pv.Spec.NodeAffinity != nil && !pv.Spec.NodeAffinity.Required.Matches(node) {
			continue
		}
		if reserved {
			return pv, nil
		}
		if pv.Status.Phase != corev1.VolumeAvailable || !selector.Matches(labels.Set(pv.Labels)) {
			continue // not looked at yet, or failed, or not wanted
		}
		if best == nil || smaller(pv, best) {
			best = pv
		}
	}
	return best, nil
}

func smaller(a, b *corev1.PersistentVolume) bool {
	x, y := a.Spec.Capacity[corev1.ResourceStorage], b.Spec.Capacity[corev1.ResourceStorage]
	if c := x.Cmp(y); c != 0 {
		return c < 0
	}
	return a.Name < b.Name
}
