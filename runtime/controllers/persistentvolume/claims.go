package persistentvolume

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

var (
	errUnchanged = errors.New("unchanged")
	// errTaken says that a volume went to another claim meanwhile.
	errTaken = errors.New("the volume is another claim's meanwhile")
)

// noProvisioner stands for classes whose volumes are made by hand.
const noProvisioner = "kubernetes.io/no-provisioner"

func (c *Controller) reconcileClaim(ctx context.Context, key client.Key) (controller.Result, error) {
	claim, ok := c.claims.GetKey(key)
	if !ok || claim.DeletionTimestamp != nil && claim.Spec.VolumeName == "" {
		return controller.Result{}, nil
	}
	var err error
	if claim.Annotations[storagev1.AnnotationBindCompleted] != "" {
		err = c.checkBound(ctx, claim)
	} else {
		err = c.findVolume(ctx, claim)
	}
	if err != nil && !meta.IsNotFound(err) {
		return controller.Result{}, fmt.Errorf("claim %s: %w", key, err)
	}
	return controller.Result{}, nil
}

// checkBound sees to it that a claim that was bound still is.
func (c *Controller) checkBound(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	if claim.Spec.VolumeName == "" {
		return c.lose(ctx, claim, "ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!")
	}
	pv, err := c.volume(ctx, claim.Spec.VolumeName)
	if err != nil {
		return err
	}
	switch {
	case pv == nil:
		return c.lose(ctx, claim, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!")
	case pv.Spec.ClaimRef == nil || pv.Spec.ClaimRef.UID == claim.UID || IsFor(pv, claim):
		return c.bind(ctx, claim, pv)
	}
	return c.lose(ctx, claim, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly")
}

// volume returns a volume as the server has it, if the cache does not: that may
// only be behind.
func (c *Controller) volume(ctx context.Context, name string) (*corev1.PersistentVolume, error) {
	if pv, ok := c.volumes.Get("", name); ok {
		return pv, nil
	}
	pv, err := client.Of[corev1.PersistentVolume](c.c).Get(ctx, name)
	if meta.IsNotFound(err) {
		return nil, nil
	}
	return pv, err
}

func (c *Controller) lose(ctx context.Context, claim *corev1.PersistentVolumeClaim, reason, message string) error {
	if claim.Status.Phase == corev1.ClaimLost {
		return nil
	}
	err := c.claimStatus(ctx, claim, func(s *corev1.PersistentVolumeClaimStatus) { s.Phase = corev1.ClaimLost })
	if err == nil {
		c.events.Warning(claim, reason, "%s", message)
	}
	return err
}

// findVolume binds a claim that is not bound, if there is a volume for it.
func (c *Controller) findVolume(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	if claim.Spec.VolumeName != "" {
		return c.takeNamed(ctx, claim)
	}
	if done, err := c.giveClass(ctx, claim); done || err != nil {
		return err
	}
	class, known := c.classes.Get("", ClassOfClaim(claim))
	node, waits := c.placeOf(claim, class)
	volumes := c.volumes.ByIndex(byClass, ClassOfClaim(claim))
	if waits {
		// What is kept for the claim was chosen by somebody who knows.
		volumes = slices.DeleteFunc(slices.Clone(volumes), func(pv *corev1.PersistentVolume) bool { return pv.Spec.ClaimRef == nil })
	}
	pv, err := Match(claim, volumes, node)
	if err != nil {
		return err
	}
	if pv != nil {
		return c.bind(ctx, claim, pv)
	}
	if err := c.pending(ctx, claim); err != nil {
		return err
	}
	switch name := ClassOfClaim(claim); {
	case waits:
		c.announceWait(claim)
	case name == "" || known && class.Provisioner == noProvisioner:
		c.events.Normal(claim, "FailedBinding", "no persistent volumes available for this claim and no storage class is set")
	case !known:
		c.events.Warning(claim, "ProvisioningFailed", "storageclass.storage.k8s.io %q not found", name)
	default:
		return c.provision(ctx, claim, class, node)
	}
	return nil
}

// giveClass gives the default class to a claim that names none, not even "", and
// reports whether it did.
func (c *Controller) giveClass(ctx context.Context, claim *corev1.PersistentVolumeClaim) (bool, error) {
	if _, old := claim.Annotations[betaClassAnnotation]; claim.Spec.StorageClassName != nil || old {
		return false, nil
	}
	class := c.defaultClass()
	if class == nil {
		return false, nil
	}
	_, err := client.Of[corev1.PersistentVolumeClaim](c.c).In(claim.Namespace).Modify(ctx, claim.Name, func(live *corev1.PersistentVolumeClaim) error {
		if live.UID != claim.UID || live.Spec.StorageClassName != nil || live.Spec.VolumeName != "" {
			return errUnchanged
		}
		live.Spec.StorageClassName = &class.Name
		return nil
	})
	if errors.Is(err, errUnchanged) {
		err = nil
	}
	return true, err
}

// placeOf says for which node a claim's volume has to be, nil if any will do, and
// whether that has to be waited for.
func (c *Controller) placeOf(claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass) (node *corev1.Node, waits bool) {
	if class == nil || class.VolumeBindingMode == nil || *class.VolumeBindingMode != storagev1.VolumeBindingWaitForFirstConsumer {
		return nil, false
	}
	name := claim.Annotations[storagev1.AnnotationSelectedNode]
	if name == "" {
		// A scheduler that knows nothing of volumes has chosen by placing the Pod.
		for _, pod := range c.pods.ByIndex(byClaim, client.KeyOf(claim).String()) {
			if pod.Spec.NodeName != "" && pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed {
				name = pod.Spec.NodeName
				break
			}
		}
	}
	if name == "" {
		return nil, true
	}
	node, known := c.nodes.Get("", name)
	return node, !known
}

func (c *Controller) announceWait(claim *corev1.PersistentVolumeClaim) {
	for _, pod := range c.pods.ByIndex(byClaim, client.KeyOf(claim).String()) {
		if pod.Spec.NodeName == "" && pod.DeletionTimestamp == nil {
			c.events.Normal(claim, "WaitForPodScheduled", "waiting for pod %s to be scheduled", pod.Name)
			return
		}
	}
	c.events.Normal(claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding")
}

// provision asks the provisioner of a class for a volume.
func (c *Controller) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass, node *corev1.Node) error {
	_, err := client.Of[corev1.PersistentVolumeClaim](c.c).In(claim.Namespace).Modify(ctx, claim.Name, func(live *corev1.PersistentVolumeClaim) error {
		if live.UID != claim.UID || live.Spec.VolumeName != "" {
			return errUnchanged
		}
		changed := set(&live.ObjectMeta, storagev1.AnnotationStorageProvisioner, class.Provisioner)
		changed = set(&live.ObjectMeta, betaProvisionerAnnotation, class.Provisioner) || changed
		if node != nil {
			changed = set(&live.ObjectMeta, storagev1.AnnotationSelectedNode, node.Name) || changed
		}
		if !changed {
			return errUnchanged
		}
		return nil
	})
	if err != nil && !errors.Is(err, errUnchanged) {
		return err
	}
	c.events.Normal(claim, "ExternalProvisioning", "Waiting for a volume to be created either by the external provisioner '%s' or manually by the system administrator. "+
		"If volume creation is delayed, please verify that the provisioner is running and correctly registered.", class.Provisioner)
	return nil
}

// betaProvisionerAnnotation is what older provisioners look at.
const betaProvisionerAnnotation = "volume.beta.kubernetes.io/storage-provisioner"

// takeNamed binds a claim to the volume that its user names.
func (c *Controller) takeNamed(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	pv, err := c.volume(ctx, claim.Spec.VolumeName)
	if err != nil {
		return err
	}
	switch {
	case pv == nil:
		return c.pending(ctx, claim)
	case IsFor(pv, claim):
		return c.bind(ctx, claim, pv)
	case pv.Spec.ClaimRef != nil:
		c.events.Warning(claim, "FailedBinding", "volume %q already bound to a different claim.", pv.Name)
		return c.pending(ctx, claim)
	}
	if err := Satisfies(pv, claim); err != nil {
		c.events.Warning(claim, "VolumeMismatch", "Cannot bind to requested volume %q: %v", pv.Name, err)
		return c.pending(ctx, claim)
	}
	return c.bind(ctx, claim, pv)
}

func (c *Controller) pending(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	return c.claimStatus(ctx, claim, func(s *corev1.PersistentVolumeClaimStatus) { s.Phase = corev1.ClaimPending })
}

// bind writes the binding to both sides, as far as it is not there: the volume's
// spec and status, then the claim's.
func (c *Controller) bind(ctx context.Context, claim *corev1.PersistentVolumeClaim, pv *corev1.PersistentVolume) error {
	if err := c.bindVolume(ctx, claim, pv); err != nil {
		return err
	}
	if err := c.volumeStatus(ctx, pv.Name, corev1.VolumeBound, "", ""); err != nil {
		return err
	}
	claims := client.Of[corev1.PersistentVolumeClaim](c.c).In(claim.Namespace)
	if claim.Spec.VolumeName != pv.Name || claim.Annotations[storagev1.AnnotationBindCompleted] == "" {
		_, err := claims.Modify(ctx, claim.Name, func(live *corev1.PersistentVolumeClaim) error {
			if live.UID != claim.UID || live.Spec.VolumeName != "" && live.Spec.VolumeName != pv.Name {
				return errTaken
			}
			changed := set(&live.ObjectMeta, storagev1.AnnotationBindCompleted, "yes")
			if live.Spec.VolumeName == "" {
				live.Spec.VolumeName = pv.Name
				set(&live.ObjectMeta, storagev1.AnnotationBoundByController, "yes")
				changed = true
			}
			if !changed {
				return errUnchanged
			}
			return nil
		})
		if err != nil && !errors.Is(err, errUnchanged) {
			return err
		}
	}
	return c.claimStatus(ctx, claim, func(s *corev1.PersistentVolumeClaimStatus) {
		before := s.Phase
		s.Phase, s.AccessModes = corev1.ClaimBound, pv.Spec.AccessModes
		// Once bound, who enlarges the volume says how large it is.
		if before != corev1.ClaimBound || len(s.Capacity) == 0 {
			s.Capacity = maps.Clone(pv.Spec.Capacity)
			if class := pv.Spec.VolumeAttributesClassName; class != nil && *class != "" {
				s.CurrentVolumeAttributesClassName = class
			}
		}
	})
}

func (c *Controller) bindVolume(ctx context.Context, claim *corev1.PersistentVolumeClaim, pv *corev1.PersistentVolume) error {
	if ref := pv.Spec.ClaimRef; ref != nil && ref.UID == claim.UID && IsFor(pv, claim) {
		return nil
	}
	_, err := client.Of[corev1.PersistentVolume](c.c).Modify(ctx, pv.Name, func(live *corev1.PersistentVolume) error {
		ref := live.Spec.ClaimRef
		switch {
		case ref == nil:
			set(&live.ObjectMeta, storagev1.AnnotationBoundByController, "yes")
		case !IsFor(live, claim):
			return errTaken
		case ref.UID == claim.UID:
			return errUnchanged
		}
		live.Spec.ClaimRef = &corev1.ObjectReference{
			APIVersion: "v1", Kind: "PersistentVolumeClaim", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID, ResourceVersion: claim.ResourceVersion,
		}
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

// claimStatus changes a claim's status, if that is a change.
func (c *Controller) claimStatus(ctx context.Context, claim *corev1.PersistentVolumeClaim, change func(*corev1.PersistentVolumeClaimStatus)) error {
	_, err := client.Of[corev1.PersistentVolumeClaim](c.c).In(claim.Namespace).Subresource("status").Modify(ctx, claim.Name, func(live *corev1.PersistentVolumeClaim) error {
		if live.UID != claim.UID {
			return errUnchanged
		}
		before := live.Status
		change(&live.Status)
		if before.Phase == live.Status.Phase && slices.Equal(before.AccessModes, live.Status.AccessModes) && sameResources(before.Capacity, live.Status.Capacity) {
			return errUnchanged
		}
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}

func sameResources(a, b corev1.ResourceList) bool {
	if len(a) != len(b) {
		return false
	}
	for name, q := range a {
		if o, ok := b[name]; !ok || q.Cmp(o) != 0 {
			return false
		}
	}
	return true
}
