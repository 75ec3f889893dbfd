package kubelet_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

// hooks take as long, and end so, as they are told.
type hooks struct {
	mu   sync.Mutex
	take time.Duration
	err  error
}

func (h *hooks) Run(ctx context.Context, _ kubelet.ProbeTarget, _ *corev1.LifecycleHandler) error {
	h.mu.Lock()
	take, err := h.take, h.err
	h.mu.Unlock()
	select {
	case <-time.After(take):
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// withHook has the first container of a Pod do something after its start.
func withHook(pod *corev1.Pod) *corev1.Pod {
	pod.Spec.Containers[0].Lifecycle = &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{Exec: &corev1.ExecAction{Command: []string{"x"}}}}
	return pod
}

// What a container does after its start holds back its being called running, and
// the containers after it.
func TestHookAfterStartHoldsBack(t *testing.T) {
	h := &hooks{take: time.Minute}
	inBubble(t, kubelet.Options{Hooks: h}, func(t *testing.T, c *cluster) {
		began := time.Now()
		c.create(withHook(podOf("slow", "first", "second")))
		p := c.until("slow", "begun", func(p *corev1.Pod) bool { return p.Status.PodIP != "" && len(p.Status.ContainerStatuses) == 2 })
		require.Equal(t, corev1.PodPending, p.Status.Phase)
		p = c.until("slow", "ready", ready)
		for i := range 2 {
			at := p.Status.ContainerStatuses[i].State.Running.StartedAt.Time
			require.Equal(t, i == 1, at.Sub(began) >= time.Minute, "container %d began %v after the Pod", i, at.Sub(began))
		}
	})
}

func TestHookAfterStartFails(t *testing.T) {
	h := &hooks{take: time.Second, err: errors.New("Exec lifecycle hook ([x]) failed")}
	inBubble(t, kubelet.Options{Hooks: h}, func(t *testing.T, c *cluster) {
		c.create(withHook(podOf("failing", "web")))
		p := c.until("failing", "failing", waits("PostStartHookError"))
		require.Equal(t, h.err.Error(), p.Status.ContainerStatuses[0].State.Waiting.Message)
		require.NotNil(t, p.Status.ContainerStatuses[0].LastTerminationState.Terminated)
		c.until("failing", "backed off", waits("CrashLoopBackOff"))
		events := c.untilEvents("failing", "FailedPostStartHook", "BackOff")
		require.Equal(t, "PostStartHook failed", events["FailedPostStartHook spec.containers{web}"])
		h.mu.Lock()
		h.err = nil
		h.mu.Unlock()
		c.until("failing", "ready", ready)
	})
}

func TestRunThatDoesNotStartCounts(t *testing.T) {
	for policy, check := range map[corev1.RestartPolicy]func(t *testing.T, c *cluster){
		corev1.RestartPolicyNever: func(t *testing.T, c *cluster) {
			p := c.until("wrong", "failed", inPhase(corev1.PodFailed))
			ended := p.Status.ContainerStatuses[0].State.Terminated
			require.Equal(t, "StartError", ended.Reason)
			require.EqualValues(t, 128, ended.ExitCode)
		},
		corev1.RestartPolicyAlways: func(t *testing.T, c *cluster) {
			for _, reason := range []string{"RunContainerError", "CrashLoopBackOff"} {
				p := c.until("wrong", "waiting", func(p *corev1.Pod) bool {
					s := p.Status.ContainerStatuses
					return len(s) == 1 && s[0].RestartCount == 2 && s[0].State.Waiting != nil && s[0].State.Waiting.Reason == reason
				})
				require.Equal(t, "StartError", p.Status.ContainerStatuses[0].LastTerminationState.Terminated.Reason)
			}
		},
	} {
		t.Run(string(policy), func(t *testing.T) {
			more := newAble()
			more.unstarted = map[string]time.Time{}
			inBubbleWith(t, nil, more, kubelet.Options{}, func(t *testing.T, c *cluster) {
				pod := podOf("wrong", "web")
				pod.Spec.RestartPolicy = policy
				c.create(pod)
				check(t, c)
			})
		})
	}
}

func TestRuleRestartsAllContainers(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := annotated(podOf("all", "watcher", "worker"), map[string]string{
			hollow.RunForAnnotation + ".watcher": "10s", hollow.ExitCodeAnnotation + ".watcher": "88", hollow.RunForAnnotation + ".worker": hollow.Forever,
			hollow.StopAfterAnnotation + ".worker": "1h",
		})
		never := corev1.ContainerRestartPolicyNever
		pod.Spec.RestartPolicy = corev1.RestartPolicyNever
		pod.Spec.InitContainers = []corev1.Container{{Name: "first", Image: "first"}}
		pod.Spec.Containers[0].RestartPolicy = &never
		pod.Spec.Containers[0].RestartPolicyRules = []corev1.ContainerRestartRule{{
			Action: corev1.ContainerRestartRuleActionRestartAllContainers,
			ExitCodes: &corev1.ContainerRestartRuleOnExitCodes{
				Operator: corev1.ContainerRestartRuleOnExitCodesOpIn, Values: []int32{88},
			},
		}}
		c.create(pod)
		ip := c.until("all", "ready", ready).Status.PodIP
		c.until("all", "beginning anew", func(p *corev1.Pod) bool {
			return condition(p, corev1.AllContainersRestarting).Status == corev1.ConditionTrue
		})
		p := c.until("all", "ready again", func(p *corev1.Pod) bool {
			return ready(p) && p.Status.ContainerStatuses[1].RestartCount == 1 && condition(p, corev1.AllContainersRestarting).Status == corev1.ConditionFalse
		})
		require.Equal(t, ip, p.Status.PodIP)
		require.EqualValues(t, 1, p.Status.InitContainerStatuses[0].RestartCount)
		require.EqualValues(t, 1, p.Status.ContainerStatuses[0].RestartCount)
		require.False(t, p.Status.ContainerStatuses[1].State.Running.StartedAt.Before(&p.Status.InitContainerStatuses[0].State.Terminated.FinishedAt))
		c.until("all", "beginning anew once more", func(p *corev1.Pod) bool { return ready(p) && p.Status.ContainerStatuses[0].RestartCount == 2 })
		require.NoError(t, c.pods().Delete(c.ctx, "all"))
		c.untilGone("all")
	})
}
