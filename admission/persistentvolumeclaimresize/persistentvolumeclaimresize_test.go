package persistentvolumeclaimresize

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func TestPlugin(t *testing.T) {
	yes := true
	var objects admissiontest.Objects
	objects.Put(classes.GroupResource(), &storagev1.StorageClass{ObjectMeta: meta.ObjectMeta{Name: "grows"}, AllowVolumeExpansion: &yes})
	objects.Put(classes.GroupResource(), &storagev1.StorageClass{ObjectMeta: meta.ObjectMeta{Name: "fixed"}})
	claim := func(class, size string, phase corev1.PersistentVolumeClaimPhase) *corev1.PersistentVolumeClaim {
		c := &corev1.PersistentVolumeClaim{ObjectMeta: meta.ObjectMeta{Name: "c", Namespace: "n"}}
		c.Spec.StorageClassName, c.Status.Phase = &class, phase
		c.Spec.Resources.Requests = corev1.ResourceList{"storage": quantity.MustParse(size)}
		return c
	}
	const unable = `persistentvolumeclaims "c" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize`
	for name, tc := range map[string]struct {
		class, size string
		phase       corev1.PersistentVolumeClaimPhase
		want        string
	}{
		"same":              {"fixed", "1Gi", corev1.ClaimBound, ""},
		"larger":            {"grows", "2Gi", corev1.ClaimBound, ""},
		"larger, not bound": {"grows", "2Gi", corev1.ClaimPending, `persistentvolumeclaims "c" is forbidden: Only bound persistent volume claims can be expanded`},
		"class cannot":      {"fixed", "2Gi", corev1.ClaimBound, unable},
		"no such class":     {"x", "2Gi", corev1.ClaimBound, unable},
		"no class":          {"", "2Gi", corev1.ClaimBound, unable},
	} {
		t.Run(name, func(t *testing.T) {
			r := admissiontest.Create(claims, claim(tc.class, tc.size, tc.phase))
			r.Operation, r.OldObject = admission.Update, claim(tc.class, "1Gi", tc.phase)
			err := New(&objects).Validate(t.Context(), r)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tc.want)
		})
	}
}
