package corev1_test

import (
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
)

const ordinaryPod = `{"metadata":{"name":"web","namespace":"ns","labels":{"app":"web"}},"spec":{"serviceAccountName":"default",
	"containers":[{"name":"web","image":"nginx:1.27","ports":[{"name":"http","containerPort":80}],"env":[{"name":"A","value":"1"},{"name":"NODE","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}}],
		"resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"cpu":"1","memory":"1Gi"}},"readinessProbe":{"httpGet":{"port":"http"}},"volumeMounts":[{"name":"v","mountPath":"/v"}]}],
	"volumes":[{"name":"v","configMap":{"name":"m"}}],"tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}]}}`

// BenchmarkPodRules is what every create of a Pod costs besides encoding.
func BenchmarkPodRules(b *testing.B) {
	pod := &corev1.Pod{}
	if _, err := codec.UnmarshalJSON([]byte(ordinaryPod), pod, codec.DecodeOptions{}); err != nil {
		b.Fatal(err)
	}
	b.Run("default", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			corev1.DefaultPod(pod)
		}
	})
	b.Run("validate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if errs := corev1.ValidatePod(pod); errs != nil {
				b.Fatal(errs)
			}
		}
	})
	b.Run("update", func(b *testing.B) {
		b.ReportAllocs()
		pod.ResourceVersion = "1"
		for b.Loop() {
			if errs := corev1.ValidatePodUpdate(pod, pod); errs != nil {
				b.Fatal(errs)
			}
		}
	})
	b.Run("cells", func(b *testing.B) {
		b.ReportAllocs()
		r := corev1.Version().Resources[10]
		for b.Loop() {
			r.Cells(pod)
		}
	})
}
