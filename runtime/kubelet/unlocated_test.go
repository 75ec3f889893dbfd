package kubelet_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

// A Pod that ends has an end for each container that had its turn, also for one that
// never ran.
func TestContainersWithoutAnEnd(t *testing.T) {
	unpulled := func(name string, deadline int64) *corev1.Pod {
		pod := annotated(podOf(name, "web", "log"), map[string]string{hollow.PullErrorAnnotation + ".web": "no such host"})
		pod.Spec.ActiveDeadlineSeconds = &deadline
		return pod
	}
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(unpulled("web", 30))
		p := c.until("web", "over", inPhase(corev1.PodFailed))
		require.Equal(t, "DeadlineExceeded", p.Status.Reason)
		lost := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			Reason: "ContainerStatusUnknown", Message: "The container could not be located when the pod was terminated", ExitCode: 137,
		}}
		require.Equal(t, lost, p.Status.ContainerStatuses[0].State)
		require.NotEqual(t, lost.Terminated.Reason, p.Status.ContainerStatuses[1].State.Terminated.Reason, "this one ran")

		// What waited for its turn goes on waiting.
		pod := unpulled("init", 30)
		pod.Spec.InitContainers = []corev1.Container{{Name: "first", Image: "first"}, {Name: "second", Image: "second"}, {Name: "third", Image: "third"}}
		pod.Annotations = map[string]string{hollow.PullErrorAnnotation + ".second": "no such host", hollow.RunForAnnotation + ".first": "1s"}
		c.create(pod)
		p = c.until("init", "over", inPhase(corev1.PodFailed))
		require.Equal(t, "Completed", p.Status.InitContainerStatuses[0].State.Terminated.Reason)
		require.NotNil(t, p.Status.InitContainerStatuses[1].State.Waiting, "nothing says that it ever began")
		require.NotNil(t, p.Status.InitContainerStatuses[2].State.Waiting)
		require.Equal(t, "PodInitializing", p.Status.ContainerStatuses[0].State.Waiting.Reason)
	})
}

// A sandbox is tried again every ten seconds, not less and less often: what keeps it
// from starting may be over any moment.
func TestSandboxIsTriedAgainSoon(t *testing.T) {
	f := &faulty{sandbox: errors.New("no room")}
	inBubbleOn(t, f, kubelet.Options{}, func(t *testing.T, c *cluster) {
		c.create(podOf("web", "web"))
		time.Sleep(5 * time.Minute)
		f.set(func() { f.sandbox = nil })
		began := time.Now()
		c.until("web", "ready", ready)
		require.LessOrEqual(t, time.Since(began), 11*time.Second)
	})
}
