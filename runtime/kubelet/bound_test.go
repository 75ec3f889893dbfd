package kubelet_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

// All Pods together get what the machine has, less what is reserved for the rest of
// it, and the node tells of it.
func TestPodsAreBoundTogether(t *testing.T) {
	m, a := roomy(), newAble()
	a.boundErr = errors.New("device or resource busy")
	reserved := corev1.ResourceList{corev1.ResourceCPU: quantity.MustParse("500m"), corev1.ResourceMemory: quantity.MustParse("1Gi"), kubelet.ResourceProcesses: quantity.MustParse("300")}
	inBubbleWith(t, nil, a, kubelet.Options{Machine: m, Reserved: reserved}, func(t *testing.T, c *cluster) {
		told := func() map[string]string {
			texts := map[string]string{}
			list, err := client.Of[corev1.Event](c.client).In("default").List(c.ctx)
			require.NoError(t, err)
			for i := range list.Items {
				texts[list.Items[i].Reason] = list.Items[i].Message
			}
			return texts
		}
		time.Sleep(90 * time.Second) // events of one moment have one name: the first is lost
		require.Equal(t, "Failed to update Node Allocatable Limits: device or resource busy", told()["FailedNodeAllocatableEnforcement"])
		a.set(func() { a.boundErr = nil })
		time.Sleep(3 * time.Minute)
		require.Equal(t, "Updated Node Allocatable limit across pods", told()["NodeAllocatableEnforced"])
		m.set(func() { m.info.Capacity[corev1.ResourceMemory] = quantity.MustParse("8Gi") })
		time.Sleep(3 * time.Minute)
		a.mu.Lock()
		defer a.mu.Unlock()
		require.Len(t, a.bounds, 2, "they are set when they change")
		for i, memory := range []string{"3Gi", "7Gi"} {
			got := map[corev1.ResourceName]string{}
			for name, q := range a.bounds[i] {
				got[name] = q.String()
			}
			require.Equal(t, map[corev1.ResourceName]string{"cpu": "7500m", "memory": memory, "pid": "700", "hugepages-2Mi": "4Mi"}, got)
		}
	})
	b := newAble()
	inBubbleWith(t, nil, b, kubelet.Options{Machine: roomy(), DisableAllocatableLimit: true}, func(t *testing.T, c *cluster) {
		time.Sleep(2 * time.Minute)
		require.Empty(t, b.bounds)
	})
}
