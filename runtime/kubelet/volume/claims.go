package volume

import (
	"context"
	"fmt"
	"reflect"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// resolve finds what stands behind a Pod's volume.
func (m *Manager) resolve(ctx context.Context, pod *corev1.Pod, v *corev1.Volume) (Spec, error) {
	spec := Spec{Volume: v}
	name := ""
	switch {
	case v.PersistentVolumeClaim != nil:
		name, spec.ReadOnly = v.PersistentVolumeClaim.ClaimName, v.PersistentVolumeClaim.ReadOnly
	case v.Ephemeral != nil:
		name = pod.Name + "-" + v.Name
	default:
		return spec, nil
	}
	fail := func(err error) (Spec, error) {
		return Spec{}, fmt.Errorf("Unable to attach or mount volumes: unmounted volumes=[%s], unattached volumes=[], failed to process volumes=[%s]: error processing PVC %s/%s: %w",
			v.Name, v.Name, pod.Namespace, name, err)
	}
	var err error
	if spec.Claim, spec.PersistentVolume, err = m.bound(ctx, pod, v, name); err != nil {
		return fail(err)
	}
	if err := checkUse(pod, v, &spec); err != nil {
		return fail(err)
	}
	return spec, m.checkNode(ctx, &spec)
}

// bound reads a claim and the volume that it is bound to.
func (m *Manager) bound(ctx context.Context, pod *corev1.Pod, v *corev1.Volume, name string) (*corev1.PersistentVolumeClaim, *corev1.PersistentVolume, error) {
	claim, err := client.Of[corev1.PersistentVolumeClaim](m.client).In(pod.Namespace).Get(ctx, name)
	if err != nil {
		return nil, nil, fmt.Errorf("failed to fetch PVC from API server: %w", err)
	}
	if v.Ephemeral != nil {
		if owner := meta.ControllerOf(claim); owner == nil || owner.UID != pod.UID {
			return nil, nil, fmt.Errorf("PVC %s/%s was not created for pod %s/%s (pod is not owner)", claim.Namespace, claim.Name, pod.Namespace, pod.Name)
		}
	}
	if claim.DeletionTimestamp != nil {
		// It will be gone as soon as nobody uses it, which this Pod would begin to.
		return nil, nil, fmt.Errorf("PVC is being deleted")
	}
	if claim.Status.Phase != corev1.ClaimBound || claim.Spec.VolumeName == "" {
		return nil, nil, fmt.Errorf("PVC is not bound")
	}
	pv, err := client.Of[corev1.PersistentVolume](m.client).Get(ctx, claim.Spec.VolumeName)
	if err != nil {
		return nil, nil, fmt.Errorf("failed to fetch PV %s from API server: %w", claim.Spec.VolumeName, err)
	}
	if ref := pv.Spec.ClaimRef; ref == nil || ref.UID != claim.UID {
		return nil, nil, fmt.Errorf("failed to fetch PV %s from API server: the PV's claimRef is not this PVC", pv.Name)
	}
	return claim, pv, nil
}

// checkUse compares how containers use a volume with what it is.
func checkUse(pod *corev1.Pod, v *corev1.Volume, spec *Spec) error {
	for c := range containersOf(pod) {
		for i := range c.VolumeMounts {
			if c.VolumeMounts[i].Name == v.Name && spec.Block() {
				return fmt.Errorf("volume %s has volumeMode Block, but is specified in volumeMounts", v.Name)
			}
		}
		for i := range c.VolumeDevices {
			if c.VolumeDevices[i].Name == v.Name && !spec.Block() {
				return fmt.Errorf("volume %s has volumeMode Filesystem, but is specified in volumeDevices", v.Name)
			}
		}
	}
	return nil
}

// checkNode refuses a volume that this node cannot reach.
func (m *Manager) checkNode(ctx context.Context, spec *Spec) error {
	affinity := spec.PersistentVolume.Spec.NodeAffinity
	if affinity == nil || affinity.Required == nil {
		return nil
	}
	node, err := m.node(ctx)
	if err == nil && !affinity.Required.Matches(node) {
		err = fmt.Errorf("no matching NodeSelectorTerms")
	}
	if err != nil {
		return &Error{"MountVolume.NodeAffinity check", spec.Name(), err}
	}
	return nil
}

// sourceOf names the kind of a volume by the field that is set.
func sourceOf(spec *Spec) string {
	source := reflect.ValueOf(spec.Volume.VolumeSource)
	if spec.PersistentVolume != nil {
		source = reflect.ValueOf(spec.PersistentVolume.Spec.PersistentVolumeSource)
	}
	for i := range source.NumField() {
		if f := source.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() {
			return source.Type().Field(i).Name
		}
	}
	return "none"
}
