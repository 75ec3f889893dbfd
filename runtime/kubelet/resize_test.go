package kubelet_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

func cpu(n string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse(n)}
}

// resize asks for so much CPU for the first container.
func (c *cluster) resize(name, request string) {
	c.t.Helper()
	_, err := c.pods().Subresource("resize").Modify(c.ctx, name, func(p *corev1.Pod) error {
		p.Spec.Containers[0].Resources.Requests = cpu(request)
		return nil
	})
	require.NoError(c.t, err)
}

func has(request string) func(*corev1.Pod) bool {
	want := quantity.MustParse(request)
	return func(p *corev1.Pod) bool {
		s := p.Status.ContainerStatuses
		return len(s) > 0 && s[0].Resources != nil && s[0].Resources.Requests[corev1.ResourceCPU].Equal(want) &&
			s[0].AllocatedResources[corev1.ResourceCPU].Equal(want) && condition(p, corev1.PodResizeInProgress).Status == ""
	}
}

func TestResizeInPlace(t *testing.T) {
	a := newAble()
	inBubbleWith(t, nil, a, kubelet.Options{Capacity: cpu("4")}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web")
		pod.Spec.Containers[0].Resources.Requests = cpu("1")
		c.create(pod)
		p := c.until("web", "ready", func(p *corev1.Pod) bool { return ready(p) && has("1")(p) })
		id := p.Status.ContainerStatuses[0].ContainerID
		other := podOf("other", "web")
		other.Spec.Containers[0].Resources.Requests = cpu("1500m")
		c.create(other)
		c.until("other", "ready", ready)

		c.resize("web", "2")
		p = c.until("web", "larger", has("2"))
		require.Equal(t, id, p.Status.ContainerStatuses[0].ContainerID, "it runs on")
		require.Zero(t, p.Status.ContainerStatuses[0].RestartCount)
		a.set(func() {
			require.Len(t, a.updated, 1)
			require.Equal(t, cpu("2"), a.updated[0].Resources.Requests)
		})

		// What never fits, and what does not fit now.
		c.resize("web", "5")
		p = c.until("web", "pending", func(p *corev1.Pod) bool { return condition(p, corev1.PodResizePending).Reason == "Infeasible" })
		require.Equal(t, "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000", condition(p, corev1.PodResizePending).Message)
		require.True(t, has("2")(p))
		c.resize("web", "3")
		p = c.until("web", "deferred", func(p *corev1.Pod) bool { return condition(p, corev1.PodResizePending).Reason == "Deferred" })
		require.Equal(t, "Node didn't have enough resource: cpu, requested: 3000, used: 1500, capacity: 4000", condition(p, corev1.PodResizePending).Message)

		// A kubelet that comes back knows what it had granted.
		c.stop()
		c.run(kubelet.Options{Capacity: cpu("4"), DisableEvents: true})
		time.Sleep(time.Minute)
		p, err := c.pods().Get(c.ctx, "web")
		require.NoError(t, err)
		require.True(t, has("2")(p))
		require.Equal(t, "Deferred", condition(p, corev1.PodResizePending).Reason)
		full := podOf("full", "web")
		full.Spec.Containers[0].Resources.Requests = cpu("1")
		c.create(full)
		require.Equal(t, "OutOfcpu", c.until("full", "refused", inPhase(corev1.PodFailed)).Status.Reason, "what is granted is taken")

		require.NoError(t, c.pods().Delete(c.ctx, "other"))
		p = c.until("web", "larger when there is room", has("3"))
		require.Equal(t, corev1.PodCondition{}, condition(p, corev1.PodResizePending))
		require.Equal(t, id, p.Status.ContainerStatuses[0].ContainerID)

		a.set(func() { a.updateErr = errors.New("the kernel says no") })
		c.resize("web", "1")
		p = c.until("web", "failing", func(p *corev1.Pod) bool { return condition(p, corev1.PodResizeInProgress).Reason == "Error" })
		require.Equal(t, `failed to resize container "web": the kernel says no`, condition(p, corev1.PodResizeInProgress).Message)
		require.True(t, p.Status.ContainerStatuses[0].Resources.Requests[corev1.ResourceCPU].Equal(quantity.MustParse("3")))
		a.set(func() { a.updateErr = nil })
		c.until("web", "smaller", has("1"))
	})
}

func TestResizeThatRestarts(t *testing.T) {
	a := newAble()
	inBubbleWith(t, nil, a, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web")
		pod.Spec.Containers[0].Resources.Requests = cpu("1")
		pod.Spec.Containers[0].ResizePolicy = []corev1.ContainerResizePolicy{{ResourceName: corev1.ResourceCPU, RestartPolicy: corev1.RestartContainer}}
		c.create(pod)
		c.until("web", "ready", ready)
		c.resize("web", "2")
		p := c.until("web", "restarted", func(p *corev1.Pod) bool { return runs(1)(p) && has("2")(p) })
		a.set(func() { require.Empty(t, a.updated) })
		require.Equal(t, cpu("2"), a.config(t, "web").Container.Resources.Requests)
		require.True(t, ready(p))
		// It is no crash: there is nothing to wait for.
		began := time.Now()
		c.resize("web", "1")
		c.until("web", "restarted again", func(p *corev1.Pod) bool { return runs(2)(p) && has("1")(p) })
		require.Less(t, time.Since(began), 5*time.Second)
	})
}

func TestResizeWhereTheRuntimeCannot(t *testing.T) {
	inBubbleOn(t, &faulty{}, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod := podOf("web", "web")
		pod.Spec.Containers[0].Resources.Requests = cpu("1")
		c.create(pod)
		c.until("web", "ready", ready)
		c.resize("web", "2")
		p := c.until("web", "pending", func(p *corev1.Pod) bool { return condition(p, corev1.PodResizePending).Reason == "Infeasible" })
		require.Equal(t, "In-place resize is not supported by this node's container runtime", condition(p, corev1.PodResizePending).Message)
		require.True(t, ready(p))
	})
}
