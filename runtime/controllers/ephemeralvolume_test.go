package controllers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func TestPodsGetClaimsOfTheirOwn(t *testing.T) {
	k := newCluster(t, 0, "ephemeral-volume-controller", binder)
	scratch := func(name string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name, Namespace: "default"}, Spec: corev1.PodSpec{
			Containers: []corev1.Container{{Name: "c", Image: "x"}},
			Volumes: []corev1.Volume{{Name: "scratch", VolumeSource: corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{
				VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{
					ObjectMeta: meta.ObjectMeta{Labels: map[string]string{"made": "for-it"}}, Spec: claimFor("", "1Gi", str("")).Spec,
				},
			}}}},
		}}
	}
	createGlobal(k, volumeOf("disk", "1Gi", ""))
	pod := create(k, scratch("web"))
	claim := waitFor(k, "web-scratch", bound)
	require.Equal(t, "for-it", claim.Labels["made"])
	owner := meta.ControllerOf(claim)
	require.NotNil(t, owner)
	require.Equal(t, pod.UID, owner.UID)
	require.Equal(t, "Pod", owner.Kind)

	// One that is deleted is made again.
	require.NoError(t, client.Of[corev1.PersistentVolumeClaim](k.c).In("default").Delete(k.ctx, "web-scratch"))
	waitFor(k, "web-scratch", func(c *corev1.PersistentVolumeClaim) bool { return c.UID != claim.UID })

	create(k, claimFor("db-scratch", "1Gi", str("")))
	create(k, scratch("db"))
	k.waitEvent("db", "EphemeralVolume", "ephemeral volume scratch: PVC default/db-scratch was not created for pod default/db (pod is not owner)")
}
