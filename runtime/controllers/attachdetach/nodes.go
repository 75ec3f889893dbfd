package attachdetach

import (
	"context"
	"slices"
	"strings"
	"time"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// maxWait is how long a node that is not well is waited for to unmount a volume that
// no Pod needs there. Then the volume is taken away from it.
const maxWait = 6 * time.Minute

// uniqueName is how nodes call a volume of a CSI driver.
func uniqueName(pv *corev1.PersistentVolume) corev1.UniqueVolumeName {
	return corev1.UniqueVolumeName("kubernetes.io/csi/" + pv.Spec.CSI.Driver + "^" + pv.Spec.CSI.VolumeHandle)
}

// keeps returns for how long a volume that no Pod needs on a node has to stay there,
// since the node says that it is in use; zero: no longer. To take away a volume that
// is mounted may destroy what is on it.
func (c *Controller) keeps(a *storagev1.VolumeAttachment, pv *corev1.PersistentVolume) time.Duration {
	node, ok := c.nodes.Get("", a.Spec.NodeName)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ok || pv == nil || pv.Spec.CSI == nil || isOut(node) || !slices.Contains(node.Status.VolumesInUse, uniqueName(pv)) {
		delete(c.unused, a.UID)
		return 0
	}
	since, known := c.unused[a.UID]
	if !known {
		since = c.now()
		c.unused[a.UID] = since
	}
	left := since.Add(maxWait).Sub(c.now())
	if left <= 0 && !isReady(node) {
		delete(c.unused, a.UID)
		return 0
	}
	return max(left, time.Minute)
}

// isOut reports whether an operator says that a node is down for good.
func isOut(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.Key == corev1.TaintNodeOutOfService })
}

func isReady(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

// volumesAt maps a node to the volumes that are attached to it.
func (c *Controller) volumesAt(node *corev1.Node) []client.Key {
	var keys []client.Key
	for _, a := range c.attachments.ByIndex(byNode, node.Name) {
		keys = append(keys, volumeOf(a)...)
	}
	return keys
}

// tellNode keeps the list of what is attached in a node's status.
func (c *Controller) tellNode(ctx context.Context, key client.Key) (controller.Result, error) {
	node, ok := c.nodes.GetKey(key)
	if !ok {
		return controller.Result{}, nil
	}
	var attached []corev1.AttachedVolume
	for _, a := range c.attachments.ByIndex(byNode, key.Name) {
		if !a.Status.Attached || a.Spec.Source.PersistentVolumeName == nil {
			continue
		}
		if pv, ok := c.volumes.Get("", *a.Spec.Source.PersistentVolumeName); ok && pv.Spec.CSI != nil {
			attached = append(attached, corev1.AttachedVolume{Name: uniqueName(pv)})
		}
	}
	slices.SortFunc(attached, func(a, b corev1.AttachedVolume) int { return strings.Compare(string(a.Name), string(b.Name)) })
	if slices.Equal(node.Status.VolumesAttached, attached) {
		return controller.Result{}, nil
	}
	// The kubelet writes the same status: only this list is to change.
	data, err := codec.MarshalJSON(map[string]any{"metadata": map[string]any{"uid": string(node.UID)}, "status": map[string]any{"volumesAttached": attached}})
	if err != nil {
		return controller.Result{}, err
	}
	_, err = client.Of[corev1.Node](c.c).Subresource("status").Patch(ctx, node.Name, client.Patch{Type: client.MergePatch, Data: data})
	if meta.IsNotFound(err) || meta.IsConflict(err) {
		err = nil // another one of its name, or none: its own events bring it here
	}
	return controller.Result{}, err
}
