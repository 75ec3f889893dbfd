package runtimeclass

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	nodev1 "github.com/kubenucleus/nucleus/apimachinery/api/node/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func TestPlugin(t *testing.T) {
	cost := corev1.ResourceList{"cpu": quantity.MustParse("100m")}
	own := corev1.Toleration{Key: "rt", Operator: corev1.TolerationOpExists}
	var objects admissiontest.Objects
	objects.Put(classes.GroupResource(), &nodev1.RuntimeClass{
		ObjectMeta: meta.ObjectMeta{Name: "vm"}, Overhead: &nodev1.Overhead{PodFixed: cost},
		Scheduling: &nodev1.Scheduling{NodeSelector: map[string]string{"rt": "vm"}, Tolerations: []corev1.Toleration{own}},
	})
	objects.Put(classes.GroupResource(), &nodev1.RuntimeClass{ObjectMeta: meta.ObjectMeta{Name: "plain"}})
	p := New(&objects)
	for name, tc := range map[string]struct {
		class  string
		change func(*corev1.PodSpec)
		want   string
	}{
		"none":                 {"", nil, ""},
		"plain":                {"plain", nil, ""},
		"vm":                   {"vm", nil, ""},
		"the same overhead":    {"vm", func(s *corev1.PodSpec) { s.Overhead = corev1.ResourceList{"cpu": quantity.MustParse("0.1")} }, ""},
		"missing":              {"x", nil, `pod rejected: RuntimeClass "x" not found`},
		"another overhead":     {"vm", func(s *corev1.PodSpec) { s.Overhead = corev1.ResourceList{"cpu": quantity.MustParse("1")} }, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"},
		"overhead of nothing":  {"", func(s *corev1.PodSpec) { s.Overhead = cost }, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"},
		"overhead, plain":      {"plain", func(s *corev1.PodSpec) { s.Overhead = cost }, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"},
		"conflicting selector": {"vm", func(s *corev1.PodSpec) { s.NodeSelector = map[string]string{"rt": "other"} }, "conflict: runtimeClass.scheduling.nodeSelector[rt] = vm; pod.spec.nodeSelector[rt] = other"},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: "p"}}
			if tc.class != "" {
				pod.Spec.RuntimeClassName = &tc.class
			}
			if tc.change != nil {
				tc.change(&pod.Spec)
			}
			r := admissiontest.Create(meta.GroupResource{Resource: "pods"}, pod)
			err := p.Admit(t.Context(), r)
			if err == nil {
				err = p.Validate(t.Context(), r)
			}
			if tc.want != "" {
				require.EqualError(t, err, `pods "p" is forbidden: `+tc.want)
				return
			}
			require.NoError(t, err)
			require.NoError(t, p.Admit(t.Context(), r), "twice is as once")
			if tc.class == "vm" {
				require.Equal(t, []corev1.Toleration{own}, pod.Spec.Tolerations)
				require.Equal(t, map[string]string{"rt": "vm"}, pod.Spec.NodeSelector)
				require.Equal(t, "100m", pod.Spec.Overhead["cpu"].String())
			}
		})
	}
}
