package kubelet_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

func TestPodsThatTheNodeDoesNotTake(t *testing.T) {
	opts := kubelet.Options{
		Capacity: corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse("2"), corev1.ResourcePods: quantity.MustParse("3")},
		Labels:   map[string]string{"disk": "ssd"}, AllowedUnsafeSysctls: []string{"net.core.*"},
		Taints: []corev1.Taint{{Key: "quiet", Effect: corev1.TaintEffectNoSchedule}, {Key: "out", Effect: corev1.TaintEffectNoExecute}},
	}
	tolerate := func(p *corev1.Pod) *corev1.Pod {
		p.Spec.Tolerations = []corev1.Toleration{{Key: "out", Operator: corev1.TolerationOpExists}}
		return p
	}
	for name, test := range map[string]struct {
		change          func(*corev1.Pod)
		reason, message string
	}{
		"cpu": {
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse("1500m")}
			},
			"OutOfcpu", "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000",
		},
		"memory": {
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceMemory: quantity.MustParse("9Gi")}
			},
			"OutOfmemory", "Node didn't have enough resource: memory, requested: 9663676416, used: 0, capacity: 8589934592",
		},
		"more than one thing": {
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{
					corev1.ResourceMemory: quantity.MustParse("9Gi"), corev1.ResourceCPU: quantity.MustParse("3"), corev1.ResourceEphemeralStorage: quantity.MustParse("1Ti"),
				}
			},
			"OutOfcpu", "Node didn't have enough resource: cpu, requested: 3000, used: 1000, capacity: 2000",
		},
		"host port of one address": {
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 8080, HostIP: "10.127.0.9"}}
			},
			"NodePorts", "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
		},
		"host port of another protocol": {
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 8080, Protocol: corev1.ProtocolUDP}}
			}, "", "",
		},
		"node selector": {
			func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{"disk": "tape"} },
			"NodeAffinity", "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
		},
		"host port": {
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 8080}}
			},
			"NodePorts", "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
		},
		"taint": {
			func(p *corev1.Pod) { p.Spec.Tolerations = nil },
			"TaintToleration", "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
		},
		"system": {
			func(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Windows} },
			"PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS",
		},
		"unsafe sysctl": {
			func(p *corev1.Pod) {
				p.Spec.SecurityContext = &corev1.PodSecurityContext{Sysctls: []corev1.Sysctl{{Name: "kernel.shm_rmid_forced", Value: "1"}, {Name: "kernel.msgmax", Value: "1"}}}
			},
			"SysctlForbidden", `forbidden sysctl: "kernel.msgmax" not allowlisted`,
		},
		"allowed sysctl": {func(p *corev1.Pod) {
			p.Spec.SecurityContext = &corev1.PodSecurityContext{Sysctls: []corev1.Sysctl{{Name: "net.core.somaxconn", Value: "1"}}}
		}, "", ""},
		"fits": {func(*corev1.Pod) {}, "", ""},
		"a resource nobody has": {func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Requests = corev1.ResourceList{"example.com/x": quantity.MustParse("1")}
			p.Spec.Containers[0].Resources.Limits = p.Spec.Containers[0].Resources.Requests
		}, "", ""},
		"the port at another host": {func(p *corev1.Pod) {
			p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 8081}}
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, opts, func(t *testing.T, c *cluster) {
				first := tolerate(podOf("first", "web"))
				first.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse("1")}
				first.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 8080}}
				c.create(first)
				c.until("first", "ready", ready)
				pod := tolerate(podOf("second", "web"))
				test.change(pod)
				c.create(pod)
				if test.reason == "" {
					c.until("second", "ready", ready)
					return
				}
				p := c.until("second", "failed", inPhase(corev1.PodFailed))
				require.Equal(t, test.reason, p.Status.Reason)
				require.Equal(t, "Pod was rejected: "+test.message, p.Status.Message)
				require.Empty(t, p.Status.ContainerStatuses)
				require.NoError(t, c.pods().Delete(c.ctx, "second"))
				c.untilGone("second")
			})
		})
	}
}

func TestPodsAreCounted(t *testing.T) {
	inBubble(t, kubelet.Options{Capacity: corev1.ResourceList{corev1.ResourcePods: quantity.MustParse("1")}}, func(t *testing.T, c *cluster) {
		c.create(podOf("first", "web"))
		c.until("first", "ready", ready)
		c.create(podOf("second", "web"))
		p := c.until("second", "failed", inPhase(corev1.PodFailed))
		require.Equal(t, "OutOfpods", p.Status.Reason)
		require.Equal(t, "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 1, capacity: 1", p.Status.Message)
		// There is room again when the first has gone.
		require.NoError(t, c.pods().Delete(c.ctx, "first"))
		c.untilGone("first")
		c.create(podOf("third", "web"))
		c.until("third", "ready", ready)
		// A Pod that was here keeps its place over a restart of the kubelet.
		c.stop()
		c.create(podOf("fourth", "web"))
		c.run(kubelet.Options{DisableEvents: true, Capacity: corev1.ResourceList{corev1.ResourcePods: quantity.MustParse("1")}})
		c.until("fourth", "failed", inPhase(corev1.PodFailed))
		still, err := c.pods().Get(c.ctx, "third")
		require.NoError(t, err)
		require.True(t, ready(still))
	})
}

// Labels that came after the last look at the node count, too.
func TestFreshLabelsCount(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		_, err := client.Of[corev1.Node](c.client).Modify(c.ctx, nodeName, func(n *corev1.Node) error {
			n.Labels["disk"] = "tape"
			return nil
		})
		require.NoError(t, err)
		pod := podOf("web", "web")
		pod.Spec.NodeSelector = map[string]string{"disk": "tape"}
		c.create(pod)
		c.until("web", "ready", ready)
	})
}

// A Pod that the node cannot do without gets the room of those that matter less.
func TestCriticalPodsMakeRoom(t *testing.T) {
	inBubble(t, kubelet.Options{Capacity: amounts("2")}, func(t *testing.T, c *cluster) {
		asks := func(name, cpu string, priority int32, annotations map[string]string) *corev1.Pod {
			pod := annotated(podOf(name, "c"), annotations)
			pod.Spec.Priority, pod.Spec.Containers[0].Resources.Requests = &priority, amounts(cpu)
			return pod
		}
		c.create(asks("big", "1", 0, map[string]string{hollow.StopAfterAnnotation: "5s"}))
		c.create(asks("small", "100m", 0, nil))
		for _, name := range []string{"big", "small"} {
			c.until(name, "ready", ready)
		}
		began := time.Now()
		c.create(asks("vital", "1500m", 2000000000, nil))
		p := c.until("vital", "ready", ready)
		require.Equal(t, 5*time.Second, p.Status.ContainerStatuses[0].State.Running.StartedAt.Sub(began), "it waits until the room is free")
		p = c.until("big", "preempted", inPhase(corev1.PodFailed))
		require.Equal(t, "Preempting", p.Status.Reason)
		require.Equal(t, "Preempted in order to admit critical pod", p.Status.Message)
		require.Equal(t, "Pod was preempted by Kubelet to accommodate a critical pod", condition(p, corev1.DisruptionTarget).Message)
		c.until("small", "ready still", ready)

		c.create(asks("another", "1500m", 2000000000, nil))
		p = c.until("another", "refused", inPhase(corev1.PodFailed))
		require.Equal(t, "UnexpectedAdmissionError", p.Status.Reason)
		require.Equal(t, "Pod was rejected: Unexpected error while attempting to recover from admission failure: preemption: "+
			"error finding a set of pods to preempt: no set of running pods found to reclaim resources: [(res: cpu, q: 1100), ]", p.Status.Message)
		c.create(asks("usual", "1500m", 1000, nil))
		require.Equal(t, "OutOfcpu", c.until("usual", "refused", inPhase(corev1.PodFailed)).Status.Reason)
	})
}

func TestMachineWithoutAppArmor(t *testing.T) {
	m := &machine{info: kubelet.MachineInfo{LacksAppArmor: true, Capacity: amounts("4")}}
	inBubble(t, kubelet.Options{Machine: m}, func(t *testing.T, c *cluster) {
		confined := podOf("confined", "c")
		confined.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{AppArmorProfile: &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeRuntimeDefault}}
		c.create(confined)
		p := c.until("confined", "refused", inPhase(corev1.PodFailed))
		require.Equal(t, "AppArmor", p.Status.Reason)
		require.Equal(t, "Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host", p.Status.Message)
		free := podOf("free", "c")
		free.Spec.SecurityContext = &corev1.PodSecurityContext{AppArmorProfile: &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}}
		c.create(free)
		c.until("free", "ready", ready)
	})
}

func amounts(cpu string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse(cpu)}
}

// Groups that an image gives to its user are not kept away by every runtime.
func TestStrictGroups(t *testing.T) {
	pod := podOf("strict", "web")
	strict := corev1.SupplementalGroupsPolicyStrict
	pod.Spec.SecurityContext = &corev1.PodSecurityContext{SupplementalGroupsPolicy: &strict}
	inBubble(t, kubelet.Options{}, func(_ *testing.T, c *cluster) {
		c.create(codec.DeepCopy(pod))
		c.until("strict", "ready", ready)
	})
	inBubbleOn(t, &faulty{plain: true}, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(codec.DeepCopy(pod))
		p := c.until("strict", "refused", inPhase(corev1.PodFailed))
		require.Equal(t, "SupplementalGroupsPolicyNotSupported", p.Status.Reason)
		require.Equal(t, "Pod was rejected: SupplementalGroupsPolicy=Strict is not supported in this node", p.Status.Message)
	})
}
