package volumeprotection

import (
	"context"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

// NewVolumes returns the controller that protects PersistentVolumes. It starts
// nothing; call Run, and run the caches.
func NewVolumes(caches *client.Caches, opts workload.Options) *Protector[corev1.PersistentVolume, *corev1.PersistentVolume] {
	p := newProtector[corev1.PersistentVolume](caches, "persistentvolume-protection-controller", VolumeFinalizer, opts)
	p.used = func(ctx context.Context, volume *corev1.PersistentVolume, live bool) (bool, error) {
		if !live {
			return volume.Status.Phase == corev1.VolumeBound, nil
		}
		fresh, err := client.Of[corev1.PersistentVolume](p.c).Get(ctx, volume.Name)
		switch {
		case meta.IsNotFound(err):
			return false, nil
		case err != nil:
			return true, err
		}
		return fresh.Status.Phase == corev1.VolumeBound, nil
	}
	return p
}
