package podtopologylabels

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestPlugin(t *testing.T) {
	const zone, region = "topology.kubernetes.io/zone", "topology.kubernetes.io/region"
	var objects admissiontest.Objects
	objects.Put(nodes.GroupResource(), &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "n", Labels: map[string]string{zone: "z", region: "r", "kubernetes.io/hostname": "h"}}})
	p := New(&objects)
	pods := meta.GroupResource{Resource: "pods"}

	binding := admissiontest.Create(pods, &corev1.Binding{Target: corev1.ObjectReference{Kind: "Node", Name: "n"}})
	binding.Subresource = "binding"
	require.NoError(t, p.Admit(t.Context(), binding))
	require.Equal(t, map[string]string{zone: "z", region: "r"}, binding.Object.Metadata().Labels)

	own := map[string]string{zone: "mine", "app": "a"}
	pod := admissiontest.Create(pods, &corev1.Pod{ObjectMeta: meta.ObjectMeta{Labels: own}, Spec: corev1.PodSpec{NodeName: "n"}})
	require.NoError(t, p.Admit(t.Context(), pod))
	require.Equal(t, map[string]string{zone: "z", region: "r", "app": "a"}, pod.Object.Metadata().Labels)

	for _, node := range []string{"", "unknown"} {
		pod := admissiontest.Create(pods, &corev1.Pod{Spec: corev1.PodSpec{NodeName: node}})
		require.NoError(t, p.Admit(t.Context(), pod))
		require.Nil(t, pod.Object.Metadata().Labels)
	}
}
