package controllers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func TestVolumesAreAttachedWhereTheyAreUsed(t *testing.T) {
	k := newCluster(t, 3, "persistentvolume-attach-detach-controller", binder)
	attachments := client.Of[storagev1.VolumeAttachment](k.c)
	use := func(name, claim, node string) *corev1.Pod {
		return create(k, &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default"}, Spec: corev1.PodSpec{
			Containers: []corev1.Container{{Name: "c", Image: "x"}}, NodeName: node,
			Volumes: []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim}}}},
		}})
	}
	remove := func(pod string) {
		now := int64(0)
		require.NoError(t, client.Of[corev1.Pod](k.c).In("default").Delete(k.ctx, pod, meta.DeleteOptions{GracePeriodSeconds: &now}))
	}
	attachedTo := func(nodes ...string) {
		t.Helper()
		until(k, "volumes are attached to as many nodes", func(cache *client.Cache[storagev1.VolumeAttachment]) bool {
			got := map[string]bool{}
			for a := range cache.All() {
				got[a.Spec.NodeName] = true
			}
			for _, node := range nodes {
				if !got[node] {
					return false
				}
			}
			return len(got) == len(nodes)
		})
	}
	no := false
	createGlobal(k, &storagev1.CSIDriver{ObjectMeta: meta.ObjectMeta{Name: "files.example.com"}, Spec: storagev1.CSIDriverSpec{AttachRequired: &no}})
	for class, driver := range map[string]string{"disk": "disks.example.com", "file": "files.example.com"} {
		createGlobal(k, volumeOf(class, "1Gi", class, func(pv *corev1.PersistentVolume) {
			pv.Spec.PersistentVolumeSource = corev1.PersistentVolumeSource{CSI: &corev1.CSIPersistentVolumeSource{Driver: driver, VolumeHandle: "h"}}
		}))
		create(k, claimFor(class, "1Gi", str(class)))
		waitFor[corev1.PersistentVolumeClaim](k, class, bound)
	}
	use("unattached", "file", "node-0")
	use("one", "disk", "node-0")
	use("same", "disk", "node-0")
	attachedTo("node-0")
	all, err := attachments.List(k.ctx)
	require.NoError(t, err)
	require.Len(t, all.Items, 1, "a driver that attaches nothing is not asked")
	a := &all.Items[0]
	require.Equal(t, "disks.example.com", a.Spec.Attacher)
	require.Equal(t, "disk", *a.Spec.Source.PersistentVolumeName)
	require.Regexp(t, "^csi-[0-9a-f]{64}$", a.Name)

	// It is for one node at a time.
	use("other", "disk", "node-1")
	k.waitEvent("other", "FailedAttachVolume", `Multi-Attach error for volume "disk" Volume is already exclusively attached to one node and can't be attached to another`)
	nodes := client.Of[corev1.Node](k.c)
	a.Status.Attached = true
	require.NoError(t, attachments.UpdateStatus(k.ctx, a))
	name := corev1.UniqueVolumeName("kubernetes.io/csi/disks.example.com^h")
	until(k, "the node's status lists what is attached", func(cache *client.Cache[corev1.Node]) bool {
		n, ok := cache.Get("", "node-0")
		return ok && len(n.Status.VolumesAttached) == 1 && n.Status.VolumesAttached[0].Name == name
	})

	// A node that still has it mounted keeps it, though its Pods are gone.
	inUse := func(names ...corev1.UniqueVolumeName) {
		_, err := nodes.Subresource("status").Modify(k.ctx, "node-0", func(n *corev1.Node) error { n.Status.VolumesInUse = names; return nil })
		require.NoError(t, err)
	}
	inUse(name)
	until(k, "the node says that the volume is in use", func(cache *client.Cache[corev1.Node]) bool {
		n, ok := cache.Get("", "node-0")
		return ok && len(n.Status.VolumesInUse) == 1
	})
	remove("one")
	remove("same")
	use("late", "disk", "node-2")
	k.waitEvent("late", "FailedAttachVolume", `Multi-Attach error for volume "disk" Volume is already exclusively attached to one node and can't be attached to another`)
	attachedTo("node-0")
	remove("late")
	inUse()
	attachedTo("node-1")
	until(k, "the node's status lists it no more", func(cache *client.Cache[corev1.Node]) bool {
		n, ok := cache.Get("", "node-0")
		return ok && len(n.Status.VolumesAttached) == 0
	})
	remove("other")
	attachedTo()
}
