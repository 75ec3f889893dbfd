package kubelet_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

func TestPodRuns(t *testing.T) {
	t.Run("in process", func(t *testing.T) { testPodRuns(t, start(t, hollow.Options{}, kubelet.Options{})) })
	t.Run("across the network", func(t *testing.T) { testPodRuns(t, startRemote(t)) })
}

func testPodRuns(t *testing.T, c *cluster) {
	c.create(podOf("web", "web", "log"))
	pod := c.until("web", "ready", ready)

	s := &pod.Status
	require.Equal(t, corev1.PodRunning, s.Phase)
	require.Equal(t, []string{
		"PodReadyToStartContainers=True", "Initialized=True", "Ready=True", "ContainersReady=True", "PodScheduled=True",
	}, summary(pod))
	require.Equal(t, "10.127.0.9", s.HostIP)
	require.Equal(t, []corev1.HostIP{{IP: "10.127.0.9"}}, s.HostIPs)
	require.True(t, strings.HasPrefix(s.PodIP, "10.88."), s.PodIP)
	require.Equal(t, []corev1.PodIP{{IP: s.PodIP}}, s.PodIPs)
	require.NotNil(t, s.StartTime)
	require.Equal(t, corev1.PodQOSBestEffort, s.QOSClass)
	require.Equal(t, pod.Generation, s.ObservedGeneration)
	require.Len(t, s.ContainerStatuses, 2)
	for i, name := range []string{"web", "log"} {
		got := s.ContainerStatuses[i]
		require.Equal(t, name, got.Name)
		require.NotNil(t, got.State.Running)
		require.True(t, got.Ready)
		require.True(t, *got.Started)
		require.Zero(t, got.RestartCount)
		require.Equal(t, "registry.example.com/"+name+":1", got.Image)
		require.True(t, strings.HasPrefix(got.ImageID, "registry.example.com/"+name+"@sha256:"), got.ImageID)
		require.True(t, strings.HasPrefix(got.ContainerID, "hollow://"), got.ContainerID)
	}
	events := c.untilEvents("web", "Started spec.containers{web}", "Started spec.containers{log}")
	require.Equal(t, `Pulling image "registry.example.com/web:1"`, events["Pulling spec.containers{web}"])
	require.Regexp(t, `^Successfully pulled image "registry.example.com/web:1" in \S+ \(\S+ including waiting\). Image size: 0 bytes.$`, events["Pulled spec.containers{web}"])
	require.Equal(t, "Container created", events["Created spec.containers{web}"])
	require.Equal(t, "Container started", events["Started spec.containers{web}"])

	c.create(podOf("again", "web"))
	again := c.until("again", "ready", ready)
	require.NotEqual(t, s.PodIP, again.Status.PodIP)
	require.Equal(t, `Container image "registry.example.com/web:1" already present on machine and can be accessed by the pod`,
		c.untilEvents("again", "Pulled")["Pulled spec.containers{web}"])

	require.NoError(t, c.pods().Delete(c.ctx, "web"))
	last := c.untilGone("web")
	require.Equal(t, corev1.PodSucceeded, last.Status.Phase)
	require.NotNil(t, last.Status.ContainerStatuses[0].State.Terminated)
	require.Equal(t, "Completed", last.Status.ContainerStatuses[0].State.Terminated.Reason)
	require.Equal(t, "PodReadyToStartContainers=False", summary(last)[0])
	require.Equal(t, "Stopping container web", c.untilEvents("web", "Killing spec.containers{web}")["Killing spec.containers{web}"])
	require.NoError(t, c.pods().Delete(c.ctx, "again"))
	c.untilGone("again")
}
