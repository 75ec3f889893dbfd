package apply

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// podText is a Pod as a Deployment's controller makes them, defaulted.
const podText = `{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"web-6d4cf56db6-","name":"web-6d4cf56db6-x2x8k","namespace":"shop",
"labels":{"app":"web","tier":"front","pod-template-hash":"6d4cf56db6","team":"shop"},
"annotations":{"prometheus.io/scrape":"true","prometheus.io/port":"9090","kubectl.kubernetes.io/restartedAt":"2025-01-01T00:00:00Z"},
"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-6d4cf56db6","uid":"0d5b4a7e-11ab-4b5e-bd0f-6a0f1f3dbb0c","controller":true,"blockOwnerDeletion":true}]},
"spec":{"volumes":[{"name":"config","configMap":{"name":"web-config","defaultMode":420}},{"name":"cache","emptyDir":{}},
{"name":"kube-api-access-8x2vz","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},
{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}],
"containers":[{"name":"web","image":"registry.example.com/shop/web:1.42.0","command":["/web","--listen=:8080"],
"ports":[{"name":"http","containerPort":8080,"protocol":"TCP"},{"name":"metrics","containerPort":9090,"protocol":"TCP"}],
"env":[{"name":"MODE","value":"production"},{"name":"POD_NAME","valueFrom":{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.name"}}},{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}},{"name":"LOG_LEVEL","value":"info"}],
"resources":{"limits":{"cpu":"1","memory":"512Mi"},"requests":{"cpu":"100m","memory":"256Mi"}},
"volumeMounts":[{"name":"config","readOnly":true,"mountPath":"/etc/web"},{"name":"cache","mountPath":"/var/cache"},{"name":"kube-api-access-8x2vz","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],
"livenessProbe":{"httpGet":{"path":"/healthz","port":"http","scheme":"HTTP"},"initialDelaySeconds":5,"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},
"readinessProbe":{"httpGet":{"path":"/ready","port":"http","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":5,"successThreshold":1,"failureThreshold":3},
"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent","securityContext":{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]}}},
{"name":"proxy","image":"registry.example.com/mesh/proxy:2.1","ports":[{"name":"proxy","containerPort":15001,"protocol":"TCP"}],"resources":{"requests":{"cpu":"10m","memory":"64Mi"}},
"volumeMounts":[{"name":"kube-api-access-8x2vz","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent"}],
"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"web","serviceAccount":"web","securityContext":{"runAsNonRoot":true,"fsGroup":1000},
"affinity":{"podAntiAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{"weight":100,"podAffinityTerm":{"labelSelector":{"matchLabels":{"app":"web"}},"topologyKey":"kubernetes.io/hostname"}}]}},
"schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],
"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority",
"topologySpreadConstraints":[{"maxSkew":1,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"ScheduleAnyway","labelSelector":{"matchLabels":{"app":"web"}}}]},
"status":{"phase":"Pending","qosClass":"Burstable"}}`

type podBench struct {
	m   *Manager
	r   *scheme.Resource
	pod *corev1.Pod
}

func newPodBench(t testing.TB) podBench {
	s := testScheme(t)
	r, ok := s.Resource(meta.GroupVersionResource{Version: "v1", Resource: "pods"})
	require.True(t, ok)
	pod := new(corev1.Pod)
	_, err := codec.UnmarshalJSON([]byte(podText), pod, codec.DecodeOptions{Strict: true})
	require.NoError(t, err)
	return podBench{NewManager(s), r, pod}
}

// stored returns the Pod as it is after its creation.
func (p podBench) stored(t testing.TB) *corev1.Pod {
	live, err := p.m.Update(nil, codec.DeepCopy(p.pod), p.r, "", "kube-controller-manager", meta.Unix(1000))
	require.NoError(t, err)
	return live.(*corev1.Pod)
}

func BenchmarkCreate(b *testing.B) {
	p := newPodBench(b)
	b.ReportAllocs()
	for b.Loop() {
		p.pod.ManagedFields = nil
		if _, err := p.m.Update(nil, p.pod, p.r, "", "kube-controller-manager", meta.Unix(1000)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCreateLongWay(b *testing.B) {
	p := newPodBench(b)
	b.ReportAllocs()
	for b.Loop() {
		p.pod.ManagedFields = nil
		if _, err := p.m.slowly(nil, p.pod, p.r, "", "kube-controller-manager", meta.Unix(1000)); err != nil {
			b.Fatal(err)
		}
	}
}

// statusChange is what a kubelet writes when the Pod runs.
func statusChange(pod *corev1.Pod) *corev1.Pod {
	pod = codec.DeepCopy(pod)
	pod.Status.Phase = corev1.PodRunning
	pod.Status.PodIP = "10.0.0.7"
	pod.Status.PodIPs = []corev1.PodIP{{IP: "10.0.0.7"}}
	for _, c := range []string{"Initialized", "Ready", "ContainersReady", "PodScheduled"} {
		pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{Type: corev1.PodConditionType(c), Status: "True", LastTransitionTime: meta.Unix(2000)})
	}
	return pod
}

func BenchmarkUpdate(b *testing.B) {
	p := newPodBench(b)
	live := p.stored(b)
	for _, c := range []struct {
		name        string
		subresource string
		change      func(pod *corev1.Pod) *corev1.Pod
	}{
		{"nothing", "", codec.DeepCopy[corev1.Pod]},
		{"label", "", func(pod *corev1.Pod) *corev1.Pod {
			pod = codec.DeepCopy(pod)
			pod.Labels["team"] = "other"
			return pod
		}},
		{"image", "", func(pod *corev1.Pod) *corev1.Pod {
			pod = codec.DeepCopy(pod)
			pod.Spec.Containers[0].Image = "web:2"
			return pod
		}},
		{"status", "status", statusChange},
	} {
		changed := c.change(live)
		entries := changed.ManagedFields
		run := func(update func(live, changed meta.Object) (meta.Object, error)) func(b *testing.B) {
			return func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					changed.ManagedFields = entries
					if _, err := update(live, changed); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
		b.Run(c.name, run(func(live, changed meta.Object) (meta.Object, error) {
			return p.m.Update(live, changed, p.r, c.subresource, "kubectl", meta.Unix(2000))
		}))
		b.Run(c.name+"-long", run(func(live, changed meta.Object) (meta.Object, error) {
			return p.m.slowly(live, changed, p.r, c.subresource, "kubectl", meta.Unix(2000))
		}))
	}
}

func BenchmarkApply(b *testing.B) {
	p := newPodBench(b)
	live := p.stored(b)
	for name, patch := range map[string]string{
		"label":    `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-6d4cf56db6-x2x8k","labels":{"owner":"%d"}}}`,
		"same":     `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-6d4cf56db6-x2x8k","labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"registry.example.com/shop/web:1.42.0"}]}}`,
		"whole":    podText,
		"creation": podText,
	} {
		text := []byte(patch)
		if !json.Valid(text) {
			text = fmt.Appendf(nil, patch, 1)
		}
		b.Run(name, func(b *testing.B) {
			var target meta.Object = live
			if name == "creation" {
				target = nil
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.m.Apply(target, text, p.r, "", "me", true, meta.Unix(2000)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func withoutStatus(text string) string {
	spec, _, _ := strings.Cut(text, ",\n\"status\"")
	return spec + "}"
}

// Applying again what one has applied, with another image each time: what a
// deployer does all day, beside the same by an update.
func BenchmarkApplyAgain(b *testing.B) {
	p := newPodBench(b)
	same := withoutStatus(podText)
	other := strings.Replace(same, "web:1.42.0", "web:2", 1)
	live, err := p.m.Apply(nil, []byte(same), p.r, "", "me", false, meta.Unix(1000))
	require.NoError(b, err)
	for name, text := range map[string]string{"same": same, "image": other} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.m.Apply(live, []byte(text), p.r, "", "me", false, meta.Unix(2000)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("update", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			changed := new(corev1.Pod)
			if _, err := codec.UnmarshalJSON([]byte(other), changed, codec.DecodeOptions{Strict: true}); err != nil {
				b.Fatal(err)
			}
			if _, err := p.m.Update(live, changed, p.r, "", "me", meta.Unix(2000)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	p := newPodBench(b)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = codec.AppendJSON(buf[:0], &p.pod.Spec)
	}
}
