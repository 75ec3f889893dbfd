package kubelet_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	coordinationv1 "github.com/kubenucleus/nucleus/apimachinery/api/coordination/v1"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

func (c *cluster) node() *corev1.Node {
	c.t.Helper()
	node, err := client.Of[corev1.Node](c.client).Get(c.ctx, nodeName)
	require.NoError(c.t, err)
	return node
}

func (c *cluster) lease() *coordinationv1.Lease {
	c.t.Helper()
	lease, err := client.Of[coordinationv1.Lease](c.client).In(meta.NamespaceNodeLease).Get(c.ctx, nodeName)
	require.NoError(c.t, err)
	return lease
}

func nodeCondition(n *corev1.Node, kind corev1.NodeConditionType) corev1.NodeCondition {
	for _, c := range n.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return corev1.NodeCondition{}
}

func TestNodeIsRegistered(t *testing.T) {
	inBubble(t, kubelet.Options{Labels: map[string]string{"disk": "ssd"}, Port: 10250}, func(t *testing.T, c *cluster) {
		n := c.node()
		require.Equal(t, nodeName, n.Labels[corev1.LabelHostname])
		require.Equal(t, "linux", n.Labels[corev1.LabelOSStable])
		require.Equal(t, runtime.GOARCH, n.Labels[corev1.LabelArchStable])
		require.Equal(t, "ssd", n.Labels["disk"])
		require.Equal(t, []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: "10.127.0.9"}, {Type: corev1.NodeHostName, Address: nodeName}}, n.Status.Addresses)
		require.EqualValues(t, 10250, n.Status.DaemonEndpoints.KubeletEndpoint.Port)
		require.Equal(t, "v1.37.1-nucleus", n.Status.NodeInfo.KubeletVersion)
		require.Equal(t, "hollow://1.0", n.Status.NodeInfo.ContainerRuntimeVersion)
		for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage, corev1.ResourcePods} {
			capacity, allocatable := n.Status.Capacity[name], n.Status.Allocatable[name]
			require.True(t, capacity.Sign() > 0, name)
			require.True(t, capacity.Equal(allocatable), name)
		}
		require.Equal(t, corev1.ConditionTrue, nodeCondition(n, corev1.NodeReady).Status)
		require.Equal(t, "kubelet is posting ready status", nodeCondition(n, corev1.NodeReady).Message)
		require.Equal(t, corev1.ConditionFalse, nodeCondition(n, corev1.NodeMemoryPressure).Status)
	})
}

func TestHeartbeat(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		time.Sleep(time.Second)
		n, first := c.node(), c.lease()
		require.Equal(t, nodeName, *first.Spec.HolderIdentity)
		require.EqualValues(t, 40, *first.Spec.LeaseDurationSeconds)
		require.Equal(t, []meta.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: nodeName, UID: n.UID}}, first.OwnerReferences)
		time.Sleep(11 * time.Second)
		renewed := c.lease().Spec.RenewTime.Sub(first.Spec.RenewTime.Time)
		require.InDelta(t, 10, renewed.Seconds(), 1)

		// The status is not written before its time, unless it changes.
		require.Equal(t, n.ResourceVersion, c.node().ResourceVersion)
		time.Sleep(6 * time.Minute)
		beat := nodeCondition(c.node(), corev1.NodeReady)
		require.InDelta(t, 300, beat.LastHeartbeatTime.Sub(nodeCondition(n, corev1.NodeReady).LastHeartbeatTime.Time).Seconds(), 15)
		require.Equal(t, nodeCondition(n, corev1.NodeReady).LastTransitionTime, beat.LastTransitionTime)

		// What others wrote about the kubelet's conditions is put right.
		_, err := client.Of[corev1.Node](c.client).Subresource("status").Modify(c.ctx, nodeName, func(n *corev1.Node) error {
			for i := range n.Status.Conditions {
				n.Status.Conditions[i].Status, n.Status.Conditions[i].Reason = corev1.ConditionUnknown, "NodeStatusUnknown"
			}
			n.Status.Conditions = append(n.Status.Conditions, corev1.NodeCondition{Type: corev1.NodeNetworkUnavailable, Status: corev1.ConditionFalse})
			return nil
		})
		require.NoError(t, err)
		time.Sleep(11 * time.Second)
		require.Equal(t, corev1.ConditionTrue, nodeCondition(c.node(), corev1.NodeReady).Status)
		require.Equal(t, corev1.ConditionFalse, nodeCondition(c.node(), corev1.NodeNetworkUnavailable).Status)

		// A Lease that is deleted is made again.
		require.NoError(t, client.Of[coordinationv1.Lease](c.client).In(meta.NamespaceNodeLease).Delete(c.ctx, nodeName))
		time.Sleep(13 * time.Second)
		require.Equal(t, nodeName, *c.lease().Spec.HolderIdentity)
	})
}

func TestNodeIsTakenOver(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.stop()
		_, err := client.Of[corev1.Node](c.client).Modify(c.ctx, nodeName, func(n *corev1.Node) error {
			n.Labels["mine"], n.Labels["disk"] = "yes", "tape"
			n.Spec.Unschedulable, n.Spec.Taints = true, nil
			n.Spec.PodCIDR, n.Spec.PodCIDRs = "10.200.3.0/24", []string{"10.200.3.0/24"}
			return nil
		})
		require.NoError(t, err)
		before := c.node()
		c.runtime = hollow.New(hollow.Options{})
		c.run(kubelet.Options{
			DisableEvents: true, Labels: map[string]string{"disk": "ssd"}, Taints: []corev1.Taint{{Key: "new", Effect: corev1.TaintEffectNoSchedule}},
			Info: corev1.NodeSystemInfo{OSImage: "another"},
		})
		n := c.node()
		require.Equal(t, before.UID, n.UID)
		require.Equal(t, "yes", n.Labels["mine"])
		require.Equal(t, "ssd", n.Labels["disk"])
		require.True(t, n.Spec.Unschedulable)
		require.Empty(t, n.Spec.Taints, "taints are given to new nodes only")
		require.Equal(t, "another", n.Status.NodeInfo.OSImage)
		c.create(podOf("web", "web"))
		require.Equal(t, "10.200.3.2", c.until("web", "ready", ready).Status.PodIP)
		host := podOf("host", "web")
		host.Spec.HostNetwork = true
		c.create(host)
		require.Equal(t, "10.127.0.9", c.until("host", "ready", ready).Status.PodIP)
	})
}

// faulty is a runtime that fails as it is told.
type faulty struct {
	kubelet.Runtime
	mu      sync.Mutex
	sandbox error
	info    kubelet.Info
	infoErr error
	infos   int    // how often Info fails
	watch   int    // how often Watch fails at once
	pod     int    // how often Pod fails
	lost    string // a sandbox whose own process has ended, while containers run in it
	start   func(c kubelet.ContainerConfig) error
	plain   bool // an old one, without features
}

func (f *faulty) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *faulty) Info(ctx context.Context) (kubelet.Info, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.infos--; f.infos >= 0 {
		return kubelet.Info{}, errors.New("not up yet")
	}
	info, err := f.Runtime.Info(ctx)
	if f.plain {
		info.Features = nil
	}
	info.NotReady, info.NetworkNotReady = f.info.NotReady, f.info.NetworkNotReady
	return info, errors.Join(err, f.infoErr)
}

func (f *faulty) StartSandbox(ctx context.Context, config kubelet.SandboxConfig) (string, error) {
	f.mu.Lock()
	err := f.sandbox
	f.mu.Unlock()
	if err != nil {
		return "", err
	}
	return f.Runtime.StartSandbox(ctx, config)
}

func (f *faulty) CreateContainer(ctx context.Context, config kubelet.ContainerConfig) (string, error) {
	f.mu.Lock()
	check := f.start
	f.mu.Unlock()
	if check != nil {
		if err := check(config); err != nil {
			return "", err
		}
	}
	return f.Runtime.CreateContainer(ctx, config)
}

func (f *faulty) Watch(ctx context.Context, changed func(meta.UID)) error {
	f.mu.Lock()
	fail := f.watch > 0
	f.watch--
	f.mu.Unlock()
	if fail {
		return errors.New("stream broken")
	}
	return f.Runtime.Watch(ctx, changed)
}

func (f *faulty) Pod(ctx context.Context, uid meta.UID) (kubelet.PodState, error) {
	f.mu.Lock()
	fail, lost := f.pod > 0, f.lost
	f.pod--
	f.mu.Unlock()
	if fail {
		return kubelet.PodState{}, errors.New("runtime is busy")
	}
	state, err := f.Runtime.Pod(ctx, uid)
	for i := range state.Sandboxes {
		if b := &state.Sandboxes[i]; b.ID == lost {
			b.Ready = false
		}
	}
	return state, err
}

func TestRuntimeThatFails(t *testing.T) {
	f := &faulty{infos: 2, watch: 2}
	inBubbleOn(t, f, kubelet.Options{}, func(t *testing.T, c *cluster) {
		// It came up all the same, and hears of what ends by itself.
		job := podOf("job", "work")
		job.Spec.RestartPolicy = corev1.RestartPolicyNever
		c.create(job)
		c.until("job", "done", inPhase(corev1.PodSucceeded))
		time.Sleep(time.Second)
		f.set(func() { f.info.NotReady = "no socket" })
		time.Sleep(11 * time.Second)
		got := nodeCondition(c.node(), corev1.NodeReady)
		require.Equal(t, corev1.ConditionFalse, got.Status)
		require.Equal(t, "KubeletNotReady", got.Reason)
		require.Equal(t, "container runtime is down: no socket", got.Message)
		f.set(func() { f.info.NotReady, f.infoErr = "", errors.New("gone away") })
		time.Sleep(11 * time.Second)
		require.Equal(t, "container runtime is down: gone away", nodeCondition(c.node(), corev1.NodeReady).Message)
		require.Equal(t, "hollow://1.0", c.node().Status.NodeInfo.ContainerRuntimeVersion)
		f.set(func() { f.infoErr, f.info.NetworkNotReady = nil, "no plug-in" })
		time.Sleep(11 * time.Second)
		require.Equal(t, "container runtime network not ready: no plug-in", nodeCondition(c.node(), corev1.NodeReady).Message)
		f.set(func() { f.info, f.watch, f.pod, f.sandbox = kubelet.Info{}, 2, 3, errors.New("no room") })

		c.create(podOf("web", "web"))
		p := c.until("web", "seen", func(p *corev1.Pod) bool { return len(p.Status.ContainerStatuses) > 0 })
		require.Equal(t, "ContainerCreating", p.Status.ContainerStatuses[0].State.Waiting.Reason)
		require.Equal(t, "PodReadyToStartContainers=False", summary(p)[0])
		began := time.Now()
		time.Sleep(time.Second)
		f.set(func() {
			f.sandbox = nil
			f.start = func(kubelet.ContainerConfig) error { return errors.New("no such user") }
		})
		p = c.until("web", "failing", func(p *corev1.Pod) bool {
			w := p.Status.ContainerStatuses[0].State.Waiting
			return w != nil && w.Reason == "CreateContainerError"
		})
		require.InDelta(t, 10, time.Since(began).Seconds(), 1, "a sandbox is tried again after a while")
		require.Equal(t, "no such user", p.Status.ContainerStatuses[0].State.Waiting.Message)
		f.set(func() { f.start = nil })
		c.until("web", "ready", ready)
	})
}

// A sandbox that is lost is made again, and so are the containers in it.
func TestSandboxThatIsLost(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web")
		pod.Spec.InitContainers = []corev1.Container{{Name: "prepare", Image: "prepare"}}
		c.create(pod)
		before := c.until("web", "ready", ready)
		state, err := c.runtime.Pod(c.ctx, before.UID)
		require.NoError(t, err)
		require.NoError(t, c.runtime.StopSandbox(c.ctx, state.Sandboxes[0].ID))
		// Somebody else touches the Pod, which makes the kubelet look.
		_, err = c.pods().Modify(c.ctx, "web", func(p *corev1.Pod) error { p.Labels = map[string]string{"look": "here"}; return nil })
		require.NoError(t, err)
		after := c.until("web", "running again", func(p *corev1.Pod) bool { return ready(p) && p.Status.ContainerStatuses[0].RestartCount == 1 })
		require.EqualValues(t, 1, after.Status.InitContainerStatuses[0].RestartCount)
		require.NotEqual(t, before.Status.PodIP, after.Status.PodIP)
		require.EqualValues(t, 137, after.Status.ContainerStatuses[0].LastTerminationState.Terminated.ExitCode)
		state, err = c.runtime.Pod(c.ctx, before.UID)
		require.NoError(t, err)
		require.Len(t, state.Sandboxes, 2, "the log of the run before is still asked for")

		// The third time nobody asks for what ran in the first.
		require.NoError(t, c.runtime.StopSandbox(c.ctx, state.Sandboxes[1].ID))
		_, err = c.pods().Modify(c.ctx, "web", func(p *corev1.Pod) error { p.Labels["look"] = "again"; return nil })
		require.NoError(t, err)
		c.until("web", "running a third time", func(p *corev1.Pod) bool { return ready(p) && p.Status.ContainerStatuses[0].RestartCount == 2 })
		time.Sleep(time.Second)
		state, err = c.runtime.Pod(c.ctx, before.UID)
		require.NoError(t, err)
		require.Len(t, state.Sandboxes, 2)
		require.EqualValues(t, 2, state.Sandboxes[1].Attempt)
	})
}

// What runs on when its sandbox is lost is stopped first: it has the network of that.
func TestContainersThatOutliveTheirSandbox(t *testing.T) {
	f := &faulty{}
	inBubbleOn(t, f, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(podOf("web", "web", "other"))
		before := c.until("web", "ready", ready)
		state, err := c.runtime.Pod(c.ctx, before.UID)
		require.NoError(t, err)
		f.set(func() { f.lost = state.Sandboxes[0].ID })
		_, err = c.pods().Modify(c.ctx, "web", func(p *corev1.Pod) error { p.Labels = map[string]string{"look": "here"}; return nil })
		require.NoError(t, err)
		after := c.until("web", "running again", func(p *corev1.Pod) bool {
			s := p.Status.ContainerStatuses
			return ready(p) && s[0].RestartCount == 1 && s[1].RestartCount == 1
		})
		require.NotEqual(t, before.Status.PodIP, after.Status.PodIP)
		state, err = c.runtime.Pod(c.ctx, before.UID)
		require.NoError(t, err)
		for _, run := range state.Containers {
			if run.State == kubelet.Running {
				require.Equal(t, state.Sandboxes[1].ID, run.SandboxID, "%s runs in the lost sandbox", run.Name)
			}
		}
		require.False(t, state.Sandboxes[0].Ready, "the lost sandbox keeps its address")
	})
}

// Ranges that a controller gives to nodes are used, and waited for.
func TestRangeThatIsAssignedLater(t *testing.T) {
	inBubble(t, kubelet.Options{RequirePodCIDR: true}, func(t *testing.T, c *cluster) {
		time.Sleep(time.Second)
		got := nodeCondition(c.node(), corev1.NodeReady)
		require.Equal(t, corev1.ConditionFalse, got.Status)
		require.Equal(t, "container runtime network not ready: the node has no range for Pods yet", got.Message)
		c.create(podOf("web", "web"))
		host := podOf("host", "web")
		host.Spec.HostNetwork = true
		c.create(host)
		c.until("host", "ready", ready)
		time.Sleep(time.Minute)
		p, err := c.pods().Get(c.ctx, "web")
		require.NoError(t, err)
		require.Empty(t, p.Status.PodIP)
		_, err = client.Of[corev1.Node](c.client).Modify(c.ctx, nodeName, func(n *corev1.Node) error {
			n.Spec.PodCIDR, n.Spec.PodCIDRs = "10.200.7.0/24", []string{"10.200.7.0/24"}
			return nil
		})
		require.NoError(t, err)
		began := time.Now()
		require.Equal(t, "10.200.7.2", c.until("web", "ready", ready).Status.PodIP)
		require.LessOrEqual(t, time.Since(began), 3*time.Second)
		time.Sleep(time.Second)
		require.Equal(t, corev1.ConditionTrue, nodeCondition(c.node(), corev1.NodeReady).Status)
	})
}
