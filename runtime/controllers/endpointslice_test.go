package controllers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	discoveryv1 "github.com/kubenucleus/nucleus/apimachinery/api/discovery/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// serve makes a Pod that is on a node, runs and has an address.
func (k *cluster) serve(name, ip string, ready bool) {
	k.t.Helper()
	pod := &corev1.Pod{ObjectMeta: meta.ObjectMeta{Name: name, Labels: map[string]string{"app": "web"}}, Spec: template("web", "hang").Spec}
	pod.Spec.Containers[0].Ports = []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}
	create(k, pod)
	waitFor(k, name, func(pod *corev1.Pod) bool { return pod.Spec.NodeName != "" })
	k.setReady(name, ip, ready)
}

func (k *cluster) setReady(name, ip string, ready bool) {
	k.t.Helper()
	_, err := client.Of[corev1.Pod](k.c).In("default").Subresource("status").Modify(k.ctx, name, func(pod *corev1.Pod) error {
		pod.Status.Phase, pod.Status.PodIP, pod.Status.PodIPs = corev1.PodRunning, ip, []corev1.PodIP{{IP: ip}}
		status := corev1.ConditionFalse
		if ready {
			status = corev1.ConditionTrue
		}
		pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: status, LastTransitionTime: meta.Now()}}
		return nil
	})
	require.NoError(k.t, err)
}

func TestSlicesFollowPods(t *testing.T) {
	k := newCluster(t, 2, "endpointslice-controller", "endpoints-controller")
	k.serve("a", "10.1.0.1", true)
	create(k, &corev1.Service{ObjectMeta: meta.ObjectMeta{Name: "web", Labels: map[string]string{"team": "t"}}, Spec: corev1.ServiceSpec{
		Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromString("http")}},
	}})
	k.serve("b", "10.1.0.2", false)

	told := func(want string) *discoveryv1.EndpointSlice {
		t.Helper()
		var found *discoveryv1.EndpointSlice
		until(k, "the slices say "+want, func(all *client.Cache[discoveryv1.EndpointSlice]) bool {
			var say []string
			for s := range all.In("default") {
				if s.Labels[discoveryv1.LabelServiceName] != "web" {
					continue
				}
				found = s
				for _, e := range s.Endpoints {
					for _, p := range s.Ports {
						say = append(say, fmt.Sprintf("%s:%d/%v/%v/%v", e.Addresses[0], *p.Port, *e.Conditions.Ready, *e.Conditions.Serving, *e.Conditions.Terminating))
					}
				}
			}
			slices.Sort(say)
			return found != nil && strings.Join(say, " ") == want
		})
		return found
	}
	s := told("10.1.0.1:8080/true/true/false 10.1.0.2:8080/false/false/false")
	require.Equal(t, "t", s.Labels["team"])
	require.Equal(t, discoveryv1.AddressTypeIPv4, s.AddressType)
	require.Equal(t, "web", meta.ControllerOf(s).Name)
	k.setReady("b", "10.1.0.2", true)
	told("10.1.0.1:8080/true/true/false 10.1.0.2:8080/true/true/false")

	waitFor(k, "web", func(e *corev1.Endpoints) bool { return len(e.Subsets) == 1 && len(e.Subsets[0].Addresses) == 2 })

	// An ending Pod still serves, but is no longer ready.
	require.NoError(t, client.Of[corev1.Pod](k.c).In("default").Delete(k.ctx, "a"))
	told("10.1.0.2:8080/true/true/false")
	modify(k, "web", func(s *corev1.Service) { s.Spec.Ports[0].TargetPort = intstr.FromInt(9090) })
	told("10.1.0.2:9090/true/true/false")
	modify(k, "web", func(s *corev1.Service) { s.Spec.Selector = map[string]string{"app": "else"} })
	told("")
	waitFor(k, "web", func(e *corev1.Endpoints) bool { return len(e.Subsets) == 0 })
	require.NoError(t, client.Of[corev1.Service](k.c).In("default").Delete(k.ctx, "web"))
	until(k, "the Endpoints are gone", func(all *client.Cache[corev1.Endpoints]) bool { return all.Len() == 0 })
}
