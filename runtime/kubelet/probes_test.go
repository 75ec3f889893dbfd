package kubelet_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/intstr"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// health answers probes by the port that they ask.
type health struct {
	mu      sync.Mutex
	bad     map[int32]bool
	asked   map[int32]int
	hooks   []string
	hookErr error
}

func (h *health) Probe(_ context.Context, target kubelet.ProbeTarget, probe *corev1.Probe) (bool, string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if target.ContainerID == "" || !target.PodIP.IsValid() {
		return false, "", errors.New("incomplete target")
	}
	port := probe.TCPSocket.Port.IntVal
	h.asked[port]++
	return !h.bad[port], "connection refused", nil
}

func (h *health) Run(_ context.Context, target kubelet.ProbeTarget, handler *corev1.LifecycleHandler) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hooks = append(h.hooks, target.Container.Name+" "+handler.Exec.Command[0])
	return h.hookErr
}

func (h *health) set(port int32, bad bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bad[port] = bad
}

func newHealth(bad ...int32) *health {
	h := &health{bad: map[int32]bool{}, asked: map[int32]int{}}
	for _, port := range bad {
		h.bad[port] = true
	}
	return h
}

func tcp(port int32, change ...func(*corev1.Probe)) *corev1.Probe {
	p := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt(port)}}, PeriodSeconds: 5}
	for _, c := range change {
		c(p)
	}
	return p
}

func TestReadinessProbe(t *testing.T) {
	h := newHealth(1)
	inBubble(t, kubelet.Options{Prober: h}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web")
		pod.Spec.Containers[0].ReadinessProbe = tcp(1, func(p *corev1.Probe) { p.FailureThreshold, p.SuccessThreshold = 2, 2 })
		c.create(pod)
		p := c.until("web", "running", runs(0))
		require.False(t, ready(p))
		require.True(t, *p.Status.ContainerStatuses[0].Started)
		time.Sleep(12 * time.Second)
		began := time.Now()
		h.set(1, false)
		p = c.until("web", "ready", ready)
		require.Equal(t, 8*time.Second, time.Since(began), "asked after 15 s and 20 s: two in a row")
		h.set(1, true)
		c.until("web", "not ready", func(p *corev1.Pod) bool { return !ready(p) })
		require.Equal(t, 18*time.Second, time.Since(began))
		h.set(1, false)
		c.until("web", "ready", ready)
		p, err := c.pods().Get(c.ctx, "web")
		require.NoError(t, err)
		require.Zero(t, p.Status.ContainerStatuses[0].RestartCount)
	})
}

func TestLivenessAndStartupProbes(t *testing.T) {
	h := newHealth(1, 3)
	inBubble(t, kubelet.Options{Prober: h}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web")
		pod.Spec.Containers[0].StartupProbe = tcp(1, func(p *corev1.Probe) { p.FailureThreshold = 4 })
		pod.Spec.Containers[0].LivenessProbe = tcp(2)
		pod.Spec.Containers[0].ReadinessProbe = tcp(3)
		c.create(pod)
		p := c.until("web", "running", runs(0))
		require.False(t, *p.Status.ContainerStatuses[0].Started)
		c.until("web", "restarted", runs(1)) // the startup probe failed four times
		h.mu.Lock()
		require.GreaterOrEqual(t, h.asked[1], 4)
		require.Zero(t, h.asked[2]+h.asked[3], "nobody asks what has not started")
		h.mu.Unlock()
		h.set(1, false)
		c.until("web", "started", func(p *corev1.Pod) bool { return *p.Status.ContainerStatuses[0].Started })
		h.set(3, false)
		c.until("web", "ready", ready)
		h.mu.Lock()
		asked := h.asked[1]
		h.mu.Unlock()
		time.Sleep(time.Minute)
		h.mu.Lock()
		require.Equal(t, asked, h.asked[1], "once started it is not asked again")
		h.mu.Unlock()

		began := time.Now()
		h.set(2, true)
		p = c.until("web", "restarted", runs(2))
		require.InDelta(t, 20, time.Since(began).Seconds(), 6, "three failures and a back-off of 10 s")
		last := p.Status.ContainerStatuses[0].LastTerminationState.Terminated
		require.NotNil(t, last)
	})
}

func TestHooks(t *testing.T) {
	h := newHealth()
	inBubble(t, kubelet.Options{Hooks: h}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web", "slow")
		exec := func(name string) *corev1.LifecycleHandler {
			return &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{name}}}
		}
		pod.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PostStart: exec("hello"), PreStop: exec("bye")}
		pod.Spec.Containers[1].Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 7}}}
		c.create(pod)
		c.until("web", "ready", ready)
		began := time.Now()
		require.NoError(t, c.pods().Delete(c.ctx, "web"))
		last := c.untilGone("web")
		require.Equal(t, []string{"web hello", "web bye"}, h.hooks)
		require.Equal(t, 7*time.Second, time.Since(began).Round(time.Second))
		require.Equal(t, corev1.PodSucceeded, last.Status.Phase)

		h.mu.Lock()
		h.hookErr = errors.New("said no")
		h.mu.Unlock()
		pod = podOf("refused", "web")
		pod.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PostStart: exec("hello")}
		c.create(pod)
		c.until("refused", "restarted", func(p *corev1.Pod) bool {
			return len(p.Status.ContainerStatuses) > 0 && p.Status.ContainerStatuses[0].RestartCount == 2
		})
	})
}

// A kubelet that comes back does not take Pods out of service.
func TestReadinessOutlivesTheKubelet(t *testing.T) {
	h := newHealth()
	inBubble(t, kubelet.Options{Prober: h}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web")
		slow := func(p *corev1.Probe) { p.InitialDelaySeconds = 30 }
		pod.Spec.Containers[0].StartupProbe, pod.Spec.Containers[0].ReadinessProbe, pod.Spec.Containers[0].LivenessProbe = tcp(1, slow), tcp(2, slow), tcp(3)
		c.create(pod)
		p := c.until("web", "ready", ready)
		c.stop()
		c.run(kubelet.Options{Prober: h, DisableEvents: true})
		time.Sleep(time.Minute)
		still, err := c.pods().Get(c.ctx, "web")
		require.NoError(t, err)
		require.Equal(t, p.ResourceVersion, still.ResourceVersion, "nothing was written")
		began := time.Now()
		h.set(2, true)
		c.until("web", "not ready", func(p *corev1.Pod) bool { return !ready(p) })
		require.Less(t, time.Since(began), 20*time.Second, "probes go on")
	})
}

// Pods that begin together pull an image once.
func TestOnePullForMany(t *testing.T) {
	pulls := &countedPulls{}
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.stop()
		pulls.Runtime = c.runtime
		c.custom = pulls
		c.run(kubelet.Options{DisableEvents: true})
		names := []string{"a", "b", "c", "d"}
		for _, name := range names {
			c.create(podOf(name, "web"))
		}
		for _, name := range names {
			c.until(name, "ready", ready)
		}
		require.Equal(t, 1, pulls.count)
	})
}

type countedPulls struct {
	kubelet.Runtime
	mu    sync.Mutex
	count int
}

func (c *countedPulls) PullImage(ctx context.Context, name string, pod *corev1.Pod) (kubelet.Image, error) {
	c.mu.Lock()
	c.count++
	c.mu.Unlock()
	time.Sleep(10 * time.Second)
	return c.Runtime.PullImage(ctx, name, pod)
}
