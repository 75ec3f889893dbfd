package kubelet_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
)

// The clock of these tests is the real one: Events are named by it.

func TestEvents(t *testing.T) {
	c := start(t, hollow.Options{StartDelay: -1}, kubelet.Options{RestartDelay: time.Millisecond})
	crash := c.create(annotated(podOf("crash", "web"), map[string]string{hollow.RunForAnnotation: "1ms", hollow.ExitCodeAnnotation: "1"}))
	require.Equal(t, "Back-off restarting failed container web in pod crash_default("+string(crash.UID)+")",
		c.untilEvents("crash", "BackOff")["BackOff spec.containers{web}"])

	large := podOf("large", "web")
	large.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse("100")}
	c.create(large)
	require.Equal(t, "Node didn't have enough resource: cpu, requested: 100000, used: 0, capacity: 4000",
		c.untilEvents("large", "OutOfcpu")["OutOfcpu"])

	broken := annotated(podOf("broken", "web"), map[string]string{hollow.PullErrorAnnotation: "no such host"})
	broken.Spec.InitContainers = []corev1.Container{{Name: "prepare", Image: "prepare", ImagePullPolicy: corev1.PullAlways}}
	broken.Spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "lost"}}
	c.create(broken)
	events := c.untilEvents("broken", "BackOff spec.initContainers{prepare}")
	require.Equal(t, `Back-off pulling image "prepare"`, events["BackOff spec.initContainers{prepare}"])
	require.Equal(t, `Pulling image "prepare"`, events["Pulling spec.initContainers{prepare}"])
	require.Contains(t, events, "Failed spec.initContainers{prepare}")
	require.Equal(t, "Unable to retrieve some image pull secrets (lost); attempting to pull the image may not succeed.", events["FailedToRetrieveImagePullSecret"])

	require.Equal(t, "Starting kubelet.", c.untilEvents(nodeName, "Starting")["Starting"])
	found, err := client.Of[corev1.Event](c.client).In("default").List(c.ctx, meta.ListOptions{FieldSelector: "involvedObject.name=large"})
	require.NoError(t, err)
	require.Equal(t, corev1.EventSource{Component: "kubelet", Host: nodeName}, found.Items[0].Source)
	require.Equal(t, corev1.EventTypeWarning, found.Items[0].Type)
}

func TestWithoutEvents(t *testing.T) {
	c := start(t, hollow.Options{}, kubelet.Options{DisableEvents: true})
	c.create(podOf("web", "web"))
	c.until("web", "ready", ready)
	c.stop()
	found, err := client.Of[corev1.Event](c.client).List(c.ctx)
	require.NoError(t, err)
	require.Empty(t, found.Items)
}
