package corev1_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
)

func TestFieldValue(t *testing.T) {
	pod := &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Name: "web", Namespace: "shop", UID: "u-1", Labels: map[string]string{"b": "2", "a": `say "x"`},
			Annotations: map[string]string{"example.com/note": "line\nline"}},
		Spec: corev1.PodSpec{NodeName: "n1", ServiceAccountName: "robot"},
		Status: corev1.PodStatus{HostIP: "10.0.0.1", HostIPs: []corev1.HostIP{{IP: "10.0.0.1"}, {IP: "fd00::1"}},
			PodIP: "10.1.0.7", PodIPs: []corev1.PodIP{{IP: "10.1.0.7"}, {IP: "fd00::7"}}},
	}
	for path, want := range map[string]string{
		"metadata.name": "web", "metadata.namespace": "shop", "metadata.uid": "u-1", "spec.nodeName": "n1", "spec.serviceAccountName": "robot",
		"status.hostIP": "10.0.0.1", "status.hostIPs": "10.0.0.1,fd00::1", "status.podIP": "10.1.0.7", "status.podIPs": "10.1.0.7,fd00::7",
		"metadata.labels": "a=\"say \\\"x\\\"\"\nb=\"2\"", "metadata.labels['b']": "2", "metadata.labels['none']": "",
		"metadata.annotations['example.com/note']": "line\nline", "metadata.annotations": `example.com/note="line\nline"`,
	} {
		got, err := corev1.FieldValue(pod, path)
		require.NoError(t, err)
		require.Equal(t, want, got, path)
	}
	for _, path := range []string{"spec.containers", "metadata.name['x']", ""} {
		_, err := corev1.FieldValue(pod, path)
		require.Error(t, err, path)
	}
}

func TestResourceFieldValue(t *testing.T) {
	list := func(cpu, memory string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse(cpu), corev1.ResourceMemory: quantity.MustParse(memory)}
	}
	pod := &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{
		{Name: "a", Resources: corev1.ResourceRequirements{Requests: list("250m", "64Mi"), Limits: list("1500m", "100Mi")}}, {Name: "b"},
	}}}
	node := list("4", "8Gi")
	for _, test := range []struct{ container, resource, divisor, want string }{
		{"", "limits.cpu", "0", "2"}, {"", "limits.cpu", "1m", "1500"}, {"", "requests.cpu", "1", "1"}, {"", "requests.cpu", "1m", "250"},
		{"", "limits.memory", "1Mi", "100"}, {"", "limits.memory", "1", "104857600"}, {"", "requests.memory", "1Gi", "1"},
		{"b", "limits.cpu", "0", "4"}, {"b", "limits.memory", "1Mi", "8192"}, {"b", "requests.memory", "0", "0"}, {"", "limits.hugepages-2Mi", "0", "0"},
	} {
		got, err := corev1.ResourceFieldValue(pod, &pod.Spec.Containers[0],
			&corev1.ResourceFieldSelector{ContainerName: test.container, Resource: test.resource, Divisor: quantity.MustParse(test.divisor)}, node)
		require.NoError(t, err)
		require.Equal(t, test.want, got, "%+v", test)
	}
	for _, bad := range []corev1.ResourceFieldSelector{{Resource: "limits.gpus"}, {Resource: "cpu"}, {ContainerName: "c", Resource: "limits.cpu"}} {
		_, err := corev1.ResourceFieldValue(pod, &pod.Spec.Containers[0], &bad, node)
		require.Error(t, err)
	}
}
