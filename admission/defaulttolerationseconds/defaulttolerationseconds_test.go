package defaulttolerationseconds

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/admission/admissiontest"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func TestPlugin(t *testing.T) {
	exists := corev1.TolerationOpExists
	for name, tc := range map[string]struct {
		given []corev1.Toleration
		want  []string // keys of what is added
	}{
		"none":               {nil, []string{"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}},
		"everything":         {[]corev1.Toleration{{Operator: exists}}, nil},
		"another effect":     {[]corev1.Toleration{{Operator: exists, Effect: corev1.TaintEffectNoSchedule}}, []string{"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}},
		"one, other effect":  {[]corev1.Toleration{{Key: "node.kubernetes.io/not-ready", Operator: exists, Effect: corev1.TaintEffectNoSchedule}}, []string{"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}},
		"one":                {[]corev1.Toleration{{Key: "node.kubernetes.io/not-ready", Operator: exists}}, []string{"node.kubernetes.io/unreachable"}},
		"any key, NoExecute": {[]corev1.Toleration{{Operator: exists, Effect: corev1.TaintEffectNoExecute}}, nil},
		"some other taint":   {[]corev1.Toleration{{Key: "x", Operator: exists}}, []string{"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}},
	} {
		t.Run(name, func(t *testing.T) {
			pod := &corev1.Pod{Spec: corev1.PodSpec{Tolerations: tc.given}}
			p := New(Options{})
			for range 2 { // the second time adds nothing
				require.NoError(t, p.Admit(t.Context(), admissiontest.Create(meta.GroupResource{Resource: "pods"}, pod)))
			}
			var added []string
			for _, toleration := range pod.Spec.Tolerations[len(tc.given):] {
				added = append(added, toleration.Key)
				require.EqualValues(t, 300, *toleration.TolerationSeconds)
				require.Equal(t, corev1.TaintEffectNoExecute, toleration.Effect)
			}
			require.Equal(t, tc.want, added)
		})
	}
}
