package volumeprotection

import (
	"context"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// classIndex finds volumes and claims by the attributes classes they refer to.
const classIndex = "volumeprotection/class"

// NewClasses returns the controller that protects VolumeAttributesClasses. It
// starts nothing; call Run, and run the caches.
func NewClasses(caches *client.Caches, opts workload.Options) *Protector[storagev1.VolumeAttributesClass, *storagev1.VolumeAttributesClass] {
	p := newProtector[storagev1.VolumeAttributesClass](caches, "volumeattributesclass-protection-controller", ClassFinalizer, opts)
	claims := client.CacheOf(caches, client.CacheOptions[corev1.PersistentVolumeClaim]{
		Indexers: map[string]func(*corev1.PersistentVolumeClaim) []string{classIndex: classesOfClaim},
	})
	volumes := client.CacheOf(caches, client.CacheOptions[corev1.PersistentVolume]{
		Indexers: map[string]func(*corev1.PersistentVolume) []string{classIndex: classesOfVolume},
	})
	p.used = func(ctx context.Context, class *storagev1.VolumeAttributesClass, live bool) (bool, error) {
		if !live {
			return len(claims.ByIndex(classIndex, class.Name)) > 0 || len(volumes.ByIndex(classIndex, class.Name)) > 0, nil
		}
		for volume, err := range client.Of[corev1.PersistentVolume](p.c).All(ctx) {
			if err != nil || slices.Contains(classesOfVolume(volume), class.Name) {
				return true, err
			}
		}
		for claim, err := range client.Of[corev1.PersistentVolumeClaim](p.c).All(ctx) {
			if err != nil || slices.Contains(classesOfClaim(claim), class.Name) {
				return true, err
			}
		}
		return false, nil
	}
	controller.Watch(p.loop, claims, func(claim *corev1.PersistentVolumeClaim) []client.Key {
		return p.deleting(named(classesOfClaim(claim)))
	})
	controller.Watch(p.loop, volumes, func(volume *corev1.PersistentVolume) []client.Key { return p.deleting(named(classesOfVolume(volume))) })
	return p
}

// classesOfClaim returns the class a claim has, and the one it is to get.
func classesOfClaim(claim *corev1.PersistentVolumeClaim) []string {
	var names []string
	for _, name := range []*string{claim.Spec.VolumeAttributesClassName, claim.Status.CurrentVolumeAttributesClassName} {
		if name != nil {
			names = append(names, *name)
		}
	}
	if m := claim.Status.ModifyVolumeStatus; m != nil {
		names = append(names, m.TargetVolumeAttributesClassName)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

func classesOfVolume(volume *corev1.PersistentVolume) []string {
	if name := volume.Spec.VolumeAttributesClassName; name != nil && *name != "" {
		return []string{*name}
	}
	return nil
}

func named(names []string) []client.Key {
	var keys []client.Key
	for _, name := range names {
		keys = append(keys, client.Key{Name: name})
	}
	return keys
}
