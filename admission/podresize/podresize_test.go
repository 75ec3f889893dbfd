package podresize

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func pod(node, cpu string) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "p", Namespace: "ns"}, Spec: corev1.PodSpec{NodeName: node}}
	p.Spec.Containers = []corev1.Container{{Name: "c"}}
	p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse(cpu)}
	return p
}

func TestPlugin(t *testing.T) {
	var objects admissiontest.Objects
	small := &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "small"}}
	small.Status.Allocatable = corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse("2")}
	objects.Put(nodes.GroupResource(), small)
	for name, tc := range map[string]struct {
		from, to    *corev1.Pod
		subresource string
		refused     string
	}{
		"fits":                  {pod("small", "1"), pod("small", "2"), "resize", ""},
		"does not fit":          {pod("small", "1"), pod("small", "2001m"), "resize", `pods "p" is forbidden: node "small" does not have enough cpu: requested 2001m, allocatable 2`},
		"shrinks, still big":    {pod("small", "9"), pod("small", "8"), "resize", ""},
		"node is gone":          {pod("gone", "1"), pod("gone", "1"), "resize", `pods "p" is forbidden: node "gone" of the pod is not known`},
		"runs nowhere yet":      {pod("", "1"), pod("", "99"), "resize", ""},
		"not through /resize":   {pod("small", "1"), pod("small", "99"), "", ""},
		"not through /resize 2": {pod("small", "1"), pod("small", "99"), "status", ""},
	} {
		r := &admission.Request{
			Operation: admission.Update, Resource: meta.GroupVersionResource{Version: "v1", Resource: "pods"},
			Subresource: tc.subresource, Namespace: "ns", Name: "p", Object: tc.to, OldObject: tc.from,
		}
		err := New(&objects).Validate(t.Context(), r)
		if tc.refused == "" {
			require.NoError(t, err, name)
			continue
		}
		require.EqualError(t, err, tc.refused, name)
		require.True(t, meta.IsForbidden(err), name)
	}
}
