package controllers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	appsv1 "github.com/kubenucleus/nucleus/apimachinery/api/apps/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
)

func TestStatefulSetEndToEnd(t *testing.T) {
	k := newCluster(t, 2, "statefulset-controller")
	pod := template("db", "v1")
	pod.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	create(k, &appsv1.StatefulSet{
		ObjectMeta: meta.ObjectMeta{Name: "db"},
		Spec: appsv1.StatefulSetSpec{
			Replicas: ptr[int32](3), ServiceName: "db", PodManagementPolicy: appsv1.OrderedReadyPodManagement,
			Selector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "db"}}, Template: pod,
			UpdateStrategy: appsv1.StatefulSetUpdateStrategy{
				Type: appsv1.RollingUpdateStatefulSetStrategyType, RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr[int32](0)},
			},
			VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{
				ObjectMeta: meta.ObjectMeta{Name: "data"},
				Spec: corev1.PersistentVolumeClaimSpec{
					AccessModes: []corev1.PersistentVolumeAccessMode{"ReadWriteOnce"},
					Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: quantity.MustParse("1Gi")}},
				},
			}},
			RevisionHistoryLimit: ptr[int32](10),
		},
	})
	// What kubectl rollout status waits for.
	done := func(image string) func(*appsv1.StatefulSet) bool {
		return func(set *appsv1.StatefulSet) bool {
			s := set.Status
			return set.Spec.Template.Spec.Containers[0].Image == image && s.ObservedGeneration >= set.Generation &&
				s.ReadyReplicas == *set.Spec.Replicas && s.UpdatedReplicas == *set.Spec.Replicas && s.UpdateRevision == s.CurrentRevision
		}
	}
	first := waitFor(k, "db", done("v1")).Status.CurrentRevision
	var names []string
	for _, pod := range list[corev1.Pod](k, "app=db") {
		names = append(names, pod.Name)
		require.Equal(t, first, pod.Labels["controller-revision-hash"])
	}
	require.Equal(t, []string{"db-0", "db-1", "db-2"}, names)
	require.Len(t, list[corev1.PersistentVolumeClaim](k, "app=db"), 3)
	k.waitEvent("db", "SuccessfulCreate", "create Pod db-2 in StatefulSet db successful")
	k.waitEvent("db", "SuccessfulCreate", "create Claim data-db-0 Pod db-0 in StatefulSet db success")

	modify(k, "db", func(set *appsv1.StatefulSet) { set.Spec.Template.Spec.Containers[0].Image = "v2" })
	second := waitFor(k, "db", done("v2")).Status.CurrentRevision
	require.NotEqual(t, first, second)
	for _, pod := range list[corev1.Pod](k, "app=db") {
		require.Equal(t, "v2", pod.Spec.Containers[0].Image)
	}

	modify(k, "db", func(set *appsv1.StatefulSet) { set.Spec.Replicas = ptr[int32](1) })
	until(k, "one Pod is left", func(pods *client.Cache[corev1.Pod]) bool {
		_, ok := pods.Get("default", "db-0")
		return ok && pods.Len() == 1
	})
	require.Len(t, list[corev1.PersistentVolumeClaim](k, "app=db"), 3, "claims stay")
	modify(k, "db", func(set *appsv1.StatefulSet) { set.Spec.Template.Spec.Containers[0].Image = "v1" })
	require.Equal(t, first, waitFor(k, "db", done("v1")).Status.CurrentRevision, "the first revision is used again")
}
