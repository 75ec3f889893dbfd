package endpoints

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

func pod(i int, ready corev1.ConditionStatus, port int32) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Namespace: "default", Name: fmt.Sprint("p", i), UID: meta.UID(fmt.Sprint(i))},
		Spec:       corev1.PodSpec{NodeName: "n", Containers: []corev1.Container{{Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: port}}}}},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: fmt.Sprintf("10.0.%d.%d", i/250, i%250+1),
			Conditions: []corev1.PodCondition{{Type: corev1.PodReady, Status: ready}},
		},
	}
}

func TestSubsets(t *testing.T) {
	service := &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: "web", Namespace: "default"}, Spec: corev1.ServiceSpec{
		IPFamilies: []corev1.IPFamily{corev1.IPv4Protocol}, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromString("http")}},
	}}
	ending := pod(5, corev1.ConditionTrue, 8080)
	now := meta.Unix(1)
	ending.DeletionTimestamp = &now
	pods := []*corev1.Pod{
		pod(3, corev1.ConditionTrue, 8080), pod(1, corev1.ConditionTrue, 8080), pod(2, corev1.ConditionFalse, 8080),
		pod(4, corev1.ConditionTrue, 9090), ending,
	}
	describe := func(subsets []corev1.EndpointSubset) string {
		text := ""
		for _, s := range subsets {
			for _, p := range s.Ports {
				text += fmt.Sprint(p.Port, ":")
			}
			for _, a := range s.Addresses {
				text += " " + a.TargetRef.Name
			}
			for _, a := range s.NotReadyAddresses {
				text += " -" + a.TargetRef.Name
			}
			text += "; "
		}
		return text
	}
	subsets, truncated := Subsets(service, pods)
	assert.False(t, truncated)
	assert.Equal(t, "8080: p1 p3 -p2; 9090: p4; ", describe(subsets))
	pods[0], pods[1] = pods[1], pods[0]
	again, _ := Subsets(service, pods)
	assert.Equal(t, subsets, again, "the order of Pods does not matter")

	service.Spec.PublishNotReadyAddresses = true
	subsets, _ = Subsets(service, pods)
	assert.Equal(t, "8080: p1 p2 p3 p5; 9090: p4; ", describe(subsets))
	service.Spec.Ports = nil
	subsets, _ = Subsets(service, pods)
	assert.Equal(t, " p1 p2 p3 p4 p5; ", describe(subsets))

	var many []*corev1.Pod
	for i := range 1200 {
		ready := corev1.ConditionTrue
		if i < 300 {
			ready = corev1.ConditionFalse
		}
		many = append(many, pod(i, ready, 80))
	}
	service.Spec.PublishNotReadyAddresses = false
	subsets, truncated = Subsets(service, many)
	assert.True(t, truncated)
	require.Len(t, subsets, 1)
	assert.Len(t, subsets[0].Addresses, 900, "no ready one is left out for one that is not")
	assert.Len(t, subsets[0].NotReadyAddresses, 100)
}
