package persistentvolume

import (
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func ptr[T any](v T) *T { return &v }

func volume(name, size string, change ...func(*corev1.PersistentVolume)) *corev1.PersistentVolume {
	pv := &corev1.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"disk": name}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:    corev1.ResourceList{"storage": quantity.MustParse(size)},
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
		},
		Status: corev1.PersistentVolumeStatus{Phase: corev1.VolumeAvailable},
	}
	for _, c := range change {
		c(pv)
	}
	return pv
}

func TestMatch(t *testing.T) {
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: meta.ObjectMeta{Namespace: "ns", Name: "claim", UID: "u"},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{"storage": quantity.MustParse("5Gi")}},
		},
	}
	keptFor := func(name string, uid meta.UID) func(*corev1.PersistentVolume) {
		return func(pv *corev1.PersistentVolume) {
			pv.Spec.ClaimRef = &corev1.ObjectReference{Namespace: "ns", Name: name, UID: uid}
		}
	}
	on := func(zone string) func(*corev1.PersistentVolume) {
		return func(pv *corev1.PersistentVolume) {
			pv.Spec.NodeAffinity = &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{Key: "zone", Operator: corev1.NodeSelectorOpIn, Values: []string{zone}}},
			}}}}
		}
	}
	node := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n", Labels: map[string]string{"zone": "a"}}}
	for name, test := range map[string]struct {
		volumes []*corev1.PersistentVolume
		claim   func(*corev1.PersistentVolumeClaim)
		node    *corev1.Node
		want    string
	}{
		"the smallest that is large enough": {volumes: []*corev1.PersistentVolume{volume("big", "20Gi"), volume("small", "1Gi"), volume("right", "6Gi"), volume("more", "7Gi")}, want: "right"},
		"of two alike the first by name":    {volumes: []*corev1.PersistentVolume{volume("b", "6Gi"), volume("a", "6Gi")}, want: "a"},
		"one that is kept for it":           {volumes: []*corev1.PersistentVolume{volume("a", "5Gi"), volume("kept", "50Gi", keptFor("claim", ""))}, want: "kept"},
		"not one of another claim":          {volumes: []*corev1.PersistentVolume{volume("a", "5Gi", keptFor("other", "")), volume("b", "5Gi", keptFor("claim", "before"))}},
		"not one that is kept but too small": {
			volumes: []*corev1.PersistentVolume{volume("kept", "1Gi", keptFor("claim", "")), volume("a", "5Gi")}, want: "a",
		},
		"of its class": {
			volumes: []*corev1.PersistentVolume{volume("a", "5Gi"), volume("fast", "9Gi", func(pv *corev1.PersistentVolume) { pv.Spec.StorageClassName = "fast" })},
			claim:   func(c *corev1.PersistentVolumeClaim) { c.Spec.StorageClassName = ptr("fast") }, want: "fast",
		},
		"with its access modes": {
			volumes: []*corev1.PersistentVolume{volume("a", "5Gi"), volume("many", "9Gi", func(pv *corev1.PersistentVolume) {
				pv.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany, corev1.ReadWriteOnce}
			})},
			claim: func(c *corev1.PersistentVolumeClaim) {
				c.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany}
			}, want: "many",
		},
		"of its mode": {
			volumes: []*corev1.PersistentVolume{volume("a", "5Gi"), volume("raw", "5Gi", func(pv *corev1.PersistentVolume) { pv.Spec.VolumeMode = ptr(corev1.PersistentVolumeBlock) })},
			claim:   func(c *corev1.PersistentVolumeClaim) { c.Spec.VolumeMode = ptr(corev1.PersistentVolumeBlock) }, want: "raw",
		},
		"with its labels": {
			volumes: []*corev1.PersistentVolume{volume("a", "5Gi"), volume("b", "9Gi")},
			claim: func(c *corev1.PersistentVolumeClaim) {
				c.Spec.Selector = &meta.LabelSelector{MatchLabels: map[string]string{"disk": "b"}}
			}, want: "b",
		},
		"one that is available": {volumes: []*corev1.PersistentVolume{
			volume("a", "5Gi", func(pv *corev1.PersistentVolume) { pv.Status.Phase = corev1.VolumeFailed }),
			volume("b", "5Gi", func(pv *corev1.PersistentVolume) { pv.DeletionTimestamp = ptr(meta.Now()) }), volume("c", "9Gi"),
		}, want: "c"},
		"one that the node reaches":    {volumes: []*corev1.PersistentVolume{volume("a", "5Gi", on("b")), volume("b", "9Gi", on("a"))}, node: node, want: "b"},
		"wherever if no node is given": {volumes: []*corev1.PersistentVolume{volume("a", "5Gi", on("b")), volume("b", "9Gi", on("a"))}, want: "a"},
	} {
		t.Run(name, func(t *testing.T) {
			c := *claim
			if test.claim != nil {
				test.claim(&c)
			}
			got, err := Match(&c, test.volumes, test.node)
			require.NoError(t, err)
			if test.want == "" {
				require.Nil(t, got)
				return
			}
			require.NotNil(t, got)
			require.Equal(t, test.want, got.Name)
		})
	}
}
