package kubelet_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

// Before the machine goes down its Pods end, critical ones last, and nobody waits for
// one that takes too long.
func TestShutDown(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		slow := int64(300)
		pod := func(name, takes string) *corev1.Pod {
			p := annotated(podOf(name, "web"), map[string]string{hollow.StopAfterAnnotation: takes})
			p.Spec.TerminationGracePeriodSeconds = &slow
			return p
		}
		high := pod("critical", "3s")
		priority := int32(2000001000)
		high.Spec.Priority = &priority
		for _, p := range []*corev1.Pod{pod("quick", "2s"), pod("slow", "4m"), high} {
			c.create(p)
			c.until(p.Name, "ready", ready)
		}
		began := time.Now()
		c.kubelet.ShutDown(c.ctx, kubelet.ShutdownOptions{Grace: 30 * time.Second, CriticalGrace: 10 * time.Second})
		require.InDelta(t, 23, time.Since(began).Seconds(), 1, "20 s for the slow one, 3 for the critical one")
		ended := map[string]time.Duration{}
		for _, name := range []string{"quick", "slow", "critical"} {
			p := c.until(name, "ended", inPhase(corev1.PodFailed))
			require.Equal(t, "Terminated", p.Status.Reason)
			require.Equal(t, "Pod was terminated in response to imminent node shutdown.", p.Status.Message)
			target := condition(p, corev1.DisruptionTarget)
			require.Equal(t, corev1.ConditionTrue, target.Status)
			require.Equal(t, "TerminationByKubelet", target.Reason)
			ended[name] = p.Status.ContainerStatuses[0].State.Terminated.FinishedAt.Sub(began).Round(time.Second)
		}
		require.Less(t, ended["quick"], ended["slow"])
		require.Less(t, ended["slow"], ended["critical"])
		node := nodeCondition(c.node(), corev1.NodeReady)
		require.Equal(t, corev1.ConditionFalse, node.Status)
		require.Equal(t, "node is shutting down", node.Message)
		c.create(podOf("late", "web"))
		late := c.until("late", "refused", inPhase(corev1.PodFailed))
		require.Equal(t, "NodeShutdown", late.Status.Reason)
		require.Equal(t, "Pod was rejected: Pod was rejected as the node is shutting down.", late.Status.Message)
	})
}
