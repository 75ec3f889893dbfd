package storageobjectinuse

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	storagev1 "github.com/kubenucleus/nucleus/apimachinery/api/storage/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestPlugin(t *testing.T) {
	own := meta.ObjectMeta{Finalizers: []string{"example.com/x"}}
	for _, tc := range []struct {
		obj  meta.Object
		want []string
	}{
		{&corev1.PersistentVolumeClaim{}, []string{ClaimFinalizer}},
		{&corev1.PersistentVolume{ObjectMeta: own}, []string{"example.com/x", VolumeFinalizer}},
		{&storagev1.VolumeAttributesClass{}, []string{ClassFinalizer}},
		{&corev1.ConfigMap{}, nil},
	} {
		r := admissiontest.Create(meta.GroupResource{Resource: "things"}, tc.obj)
		for range 2 {
			require.NoError(t, New().Admit(t.Context(), r))
		}
		require.Equal(t, tc.want, tc.obj.Metadata().Finalizers)
	}
}
