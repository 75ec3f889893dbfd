package builtin_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission/admissiontest"
	"github.com/kubenucleus/nucleus/admission/builtin"
	"github.com/kubenucleus/nucleus/admission/resourcequota"
	"github.com/kubenucleus/nucleus/admission/storageobjectinuse"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestQuotasComeLast(t *testing.T) {
	free := builtin.Chain(nil, nil)
	charge := func(context.Context, *corev1.ResourceQuota) error { return nil }
	limited := builtin.Chain(nil, charge)
	require.Len(t, limited, len(free)+1)
	require.IsType(t, resourcequota.New(nil, charge), limited[len(free)])
}

func TestVolumesAreProtected(t *testing.T) {
	volume := &corev1.PersistentVolume{ObjectMeta: meta.ObjectMeta{Name: "v"}}
	r := admissiontest.Create(meta.GroupResource{Resource: "persistentvolumes"}, volume)
	require.NoError(t, builtin.Chain(nil, nil).Admit(t.Context(), r))
	require.Equal(t, []string{storageobjectinuse.VolumeFinalizer}, volume.Finalizers)
}
