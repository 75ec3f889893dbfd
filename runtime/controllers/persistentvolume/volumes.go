package persistentvolume

import (
	"context"
	"errors"
	"fmt"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

func (c *Controller) reconcileVolume(ctx context.Context, key client.Key) (controller.Result, error) {
	pv, ok := c.volumes.GetKey(key)
	if !ok {
		return controller.Result{}, nil
	}
	if err := client.IgnoreNotFound(c.checkVolume(ctx, pv)); err != nil {
		return controller.Result{}, fmt.Errorf("volume %s: %w", pv.Name, err)
	}
	return controller.Result{}, nil
}

// checkVolume says in a volume's status what it is, and lets go of one whose
// claim is gone.
func (c *Controller) checkVolume(ctx context.Context, pv *corev1.PersistentVolume) error {
	ref := pv.Spec.ClaimRef
	if ref == nil || ref.UID == "" {
		return c.volumeStatus(ctx, pv.Name, corev1.VolumeAvailable, "", "")
	}
	claim, err := c.claimOf(ctx, ref)
	if err != nil {
		return err
	}
	switch {
	case claim == nil:
		return c.release(ctx, pv)
	case claim.Spec.VolumeName == pv.Name:
		return c.volumeStatus(ctx, pv.Name, corev1.VolumeBound, "", "")
	case claim.Spec.VolumeName == "":
		return nil // the other loop is about to bind it
	case pv.Annotations[storagev1.AnnotationDynamicallyProvisioned] != "" && pv.Spec.PersistentVolumeReclaimPolicy == corev1.PersistentVolumeReclaimDelete:
		return c.release(ctx, pv) // made for a claim that has got another one
	}
	return c.unbind(ctx, pv)
}

// claimOf returns the claim that a volume names, nil if it is gone or another one
// of that name. A cache that does not show it may only be behind.
func (c *Controller) claimOf(ctx context.Context, ref *corev1.ObjectReference) (*corev1.PersistentVolumeClaim, error) {
	if claim, ok := c.claims.Get(ref.Namespace, ref.Name); ok && claim.UID == ref.UID {
		return claim, nil
	}
	claim, err := client.Of[corev1.PersistentVolumeClaim](c.c).In(ref.Namespace).Get(ctx, ref.Name)
	if meta.IsNotFound(err) || err == nil && claim.UID != ref.UID {
		return nil, nil
	}
	return claim, err
}

// unbind frees a volume whose claim has got another one.
func (c *Controller) unbind(ctx context.Context, pv *corev1.PersistentVolume) error {
	_, err := client.Of[corev1.PersistentVolume](c.c).Modify(ctx, pv.Name, func(live *corev1.PersistentVolume) error {
		if live.UID != pv.UID || live.Spec.ClaimRef == nil || live.Spec.ClaimRef.UID != pv.Spec.ClaimRef.UID {
			return errUnchanged
		}
		if live.Annotations[storagev1.AnnotationBoundByController] != "" {
			live.Spec.ClaimRef = nil
			delete(live.Annotations, storagev1.AnnotationBoundByController)
		} else {
			// A user keeps it for a claim of that name.
			live.Spec.ClaimRef.UID, live.Spec.ClaimRef.ResourceVersion = "", ""
		}
		return nil
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return err
	}
	return nil
}

// release does what a volume's policy says for when its claim is gone.
func (c *Controller) release(ctx context.Context, pv *corev1.PersistentVolume) error {
	if pv.Status.Phase == corev1.VolumeFailed {
		return nil
	}
	if err := c.volumeStatus(ctx, pv.Name, corev1.VolumeReleased, "", ""); err != nil {
		return err
	}
	if pv.DeletionTimestamp != nil || pv.Annotations[storagev1.AnnotationDynamicallyProvisioned] != "" {
		return nil // who made it deletes it
	}
	switch pv.Spec.PersistentVolumeReclaimPolicy {
	case corev1.PersistentVolumeReclaimDelete:
		return c.fail(ctx, pv, "VolumeFailedDelete", fmt.Sprintf("error getting deleter volume plugin for volume %q: no deletable volume plugin matched", pv.Name))
	case corev1.PersistentVolumeReclaimRecycle:
		return c.fail(ctx, pv, "VolumeFailedRecycle", "No recycler plugin found for the volume!")
	}
	return nil
}

func (c *Controller) fail(ctx context.Context, pv *corev1.PersistentVolume, reason, message string) error {
	err := c.volumeStatus(ctx, pv.Name, corev1.VolumeFailed, reason, message)
	if err == nil {
		c.events.Warning(pv, reason, "%s", message)
	}
	return err
}

// volumeStatus sets a volume's phase, if that is a change.
func (c *Controller) volumeStatus(ctx context.Context, name string, phase corev1.PersistentVolumePhase, reason, message string) error {
	if pv, ok := c.volumes.Get("", name); ok && pv.Status.Phase == phase && pv.Status.Message == message {
		return nil
	}
	_, err := client.Of[corev1.PersistentVolume](c.c).Subresource("status").Modify(ctx, name, func(live *corev1.PersistentVolume) error {
		if live.Status.Phase == phase && live.Status.Message == message {
			return errUnchanged
		}
		if live.Status.Phase != phase {
			now := meta.At(c.now())
			live.Status.LastPhaseTransitionTime = &now
		}
		live.Status.Phase, live.Status.Reason, live.Status.Message = phase, reason, message
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}
