package kubelet_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

func TestGracefulDeletion(t *testing.T) {
	grace := func(n int64) *int64 { return &n }
	for name, test := range map[string]struct {
		stopAfter string
		grace     *int64 // of the deletion; nil is the Pod's own, 30
		later     *int64 // a second deletion after 5 s
		exit      int32
		took      time.Duration
		phase     corev1.PodPhase
	}{
		"in time":                  {stopAfter: "20s", took: 20 * time.Second, phase: corev1.PodSucceeded},
		"too slow":                 {stopAfter: "40s", exit: 137, took: 30 * time.Second, phase: corev1.PodFailed},
		"shorter than the Pod's":   {stopAfter: "40s", grace: grace(10), exit: 137, took: 10 * time.Second, phase: corev1.PodFailed},
		"shortened meanwhile":      {stopAfter: "40s", later: grace(8), exit: 137, took: 8 * time.Second, phase: corev1.PodFailed},
		"shortened to the past":    {stopAfter: "40s", later: grace(1), exit: 137, took: 7 * time.Second, phase: corev1.PodFailed},
		"at once, by a good child": {took: 0, phase: corev1.PodSucceeded},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
				pod := podOf("slow", "web")
				if test.stopAfter != "" {
					pod.Annotations = map[string]string{hollow.StopAfterAnnotation: test.stopAfter}
				}
				c.create(pod)
				c.until("slow", "ready", ready)
				began := time.Now()
				require.NoError(t, c.pods().Delete(c.ctx, "slow", meta.DeleteOptions{GracePeriodSeconds: test.grace}))
				if test.later != nil {
					time.Sleep(5 * time.Second)
					require.NoError(t, c.pods().Delete(c.ctx, "slow", meta.DeleteOptions{GracePeriodSeconds: test.later}))
				}
				last := c.untilGone("slow")
				require.Equal(t, test.phase, last.Status.Phase)
				ended := last.Status.ContainerStatuses[0].State.Terminated
				require.Equal(t, test.exit, ended.ExitCode)
				require.Equal(t, test.took, ended.FinishedAt.Sub(began).Round(time.Second))
				synctest.Wait()
				all, err := c.runtime.Pods(c.ctx)
				require.NoError(t, err)
				require.Empty(t, all)
			})
		})
	}
}

func TestForcedDeletion(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(annotated(podOf("slow", "web"), map[string]string{hollow.StopAfterAnnotation: "1h"}))
		old := c.until("slow", "ready", ready)
		none := int64(0)
		require.NoError(t, c.pods().Delete(c.ctx, "slow", meta.DeleteOptions{GracePeriodSeconds: &none}))
		c.untilGone("slow")
		// A new one of the name is another Pod, while the old one is ended.
		c.create(podOf("slow", "web"))
		now := c.until("slow", "ready", ready)
		require.NotEqual(t, old.UID, now.UID)
		time.Sleep(3 * time.Second)
		all, err := c.runtime.Pods(c.ctx)
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, now.UID, all[0].UID)
	})
}

func TestDeletionBeforeTheStart(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := podOf("early", "web")
		pod.Annotations = map[string]string{hollow.PullErrorAnnotation: "no"}
		c.create(pod)
		c.until("early", "failing", func(p *corev1.Pod) bool { return len(p.Status.ContainerStatuses) > 0 })
		require.NoError(t, c.pods().Delete(c.ctx, "early"))
		require.Equal(t, corev1.PodFailed, c.untilGone("early").Status.Phase)
	})
}

func TestFinalizersKeepAnEndedPod(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := podOf("tracked", "work")
		pod.Finalizers = []string{"batch.kubernetes.io/job-tracking"}
		pod.Spec.RestartPolicy = corev1.RestartPolicyNever
		c.create(pod)
		c.until("tracked", "done", inPhase(corev1.PodSucceeded))
		require.NoError(t, c.pods().Delete(c.ctx, "tracked"))
		time.Sleep(time.Minute)
		kept, err := c.pods().Get(c.ctx, "tracked")
		require.NoError(t, err)
		require.NotNil(t, kept.DeletionTimestamp)
		_, err = c.pods().Modify(c.ctx, "tracked", func(p *corev1.Pod) error { p.Finalizers = nil; return nil })
		require.NoError(t, err)
		c.untilGone("tracked")
	})
}

// When somebody else calls a Pod failed, it ends.
func TestPodsThatOthersEnd(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(podOf("evicted", "web"))
		c.until("evicted", "ready", ready)
		_, err := c.pods().Subresource("status").Modify(c.ctx, "evicted", func(p *corev1.Pod) error {
			p.Status.Phase, p.Status.Reason, p.Status.Message = corev1.PodFailed, "Evicted", "somebody said so"
			p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue})
			return nil
		})
		require.NoError(t, err)
		p := c.until("evicted", "ended", func(p *corev1.Pod) bool { return p.Status.ContainerStatuses[0].State.Terminated != nil })
		p = c.until("evicted", "torn down", func(p *corev1.Pod) bool {
			return condition(p, corev1.PodReadyToStartContainers).Status == corev1.ConditionFalse
		})
		require.Equal(t, corev1.PodFailed, p.Status.Phase)
		require.Equal(t, "Evicted", p.Status.Reason)
		require.Equal(t, corev1.ConditionTrue, condition(p, corev1.DisruptionTarget).Status)
	})
}

func TestReadinessGates(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := podOf("gated", "web")
		pod.Spec.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "example.com/open"}}
		c.create(pod)
		p := c.until("gated", "up", func(p *corev1.Pod) bool { return condition(p, corev1.ContainersReady).Status == corev1.ConditionTrue })
		require.Equal(t, `Ready=False ReadinessGatesNotReady: corresponding condition of pod readiness gate "example.com/open" does not exist.`, summary(p)[2])
		set := func(status corev1.ConditionStatus) {
			_, err := c.pods().Subresource("status").Modify(c.ctx, "gated", func(p *corev1.Pod) error {
				for i := range p.Status.Conditions {
					if p.Status.Conditions[i].Type == "example.com/open" {
						p.Status.Conditions[i].Status = status
						return nil
					}
				}
				p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: "example.com/open", Status: status})
				return nil
			})
			require.NoError(t, err)
		}
		set(corev1.ConditionFalse)
		c.until("gated", "shut", func(p *corev1.Pod) bool {
			return condition(p, corev1.PodReady).Message == `the status of pod readiness gate "example.com/open" is not "True", but False`
		})
		set(corev1.ConditionTrue)
		c.until("gated", "ready", ready)
	})
}

// A kubelet that comes back finds its Pods as they are; on a node that was
// started anew they begin again.
func TestRestartOfKubeletAndNode(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(podOf("web", "web"))
		once := podOf("once", "work")
		once.Spec.RestartPolicy = corev1.RestartPolicyNever
		once.Annotations = map[string]string{hollow.RunForAnnotation: hollow.Forever}
		c.create(once)
		done := podOf("done", "work")
		done.Spec.RestartPolicy = corev1.RestartPolicyNever
		c.create(done)
		before := c.until("web", "ready", ready)
		c.until("once", "ready", ready)
		ended := c.until("done", "done", inPhase(corev1.PodSucceeded))
		gone := c.create(podOf("gone", "web"))
		c.until("gone", "ready", ready)

		c.stop()
		none := int64(0)
		require.NoError(t, c.pods().Delete(c.ctx, "gone", meta.DeleteOptions{GracePeriodSeconds: &none}))
		c.run(kubelet.Options{DisableEvents: true})
		synctest.Wait()
		after, err := c.pods().Get(c.ctx, "web")
		require.NoError(t, err)
		require.Equal(t, before.ResourceVersion, after.ResourceVersion, "nothing has happened to it")
		time.Sleep(time.Minute)
		left, err := c.runtime.Pod(c.ctx, gone.UID)
		require.NoError(t, err)
		require.Empty(t, left.Sandboxes, "what the API has no more is ended")

		c.stop()
		c.runtime = hollow.New(hollow.Options{})
		c.run(kubelet.Options{DisableEvents: true})
		again := c.until("web", "running again", runs(1))
		last := again.Status.ContainerStatuses[0].LastTerminationState.Terminated
		require.NotNil(t, last)
		require.Equal(t, "ContainerStatusUnknown", last.Reason)
		require.EqualValues(t, 137, last.ExitCode)
		require.Equal(t, before.Status.ContainerStatuses[0].ContainerID, last.ContainerID)
		require.NotEqual(t, before.Status.ContainerStatuses[0].ContainerID, again.Status.ContainerStatuses[0].ContainerID)
		failed := c.until("once", "failed", inPhase(corev1.PodFailed))
		require.Equal(t, "ContainerStatusUnknown", failed.Status.ContainerStatuses[0].State.Terminated.Reason)
		still, err := client.Of[corev1.Pod](c.client).In("default").Get(c.ctx, "done")
		require.NoError(t, err)
		require.Equal(t, ended.ResourceVersion, still.ResourceVersion)
	})
}
