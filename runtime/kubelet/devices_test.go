package kubelet_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
)

const lamp = "example.com/lamp"

// lamps are devices, of which each Pod gets one.
type lamps struct {
	mu      sync.Mutex
	count   int64
	err     error
	given   map[meta.UID]bool
	changed chan struct{}
}

func (l *lamps) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

func (l *lamps) Capacity() (capacity, allocatable corev1.ResourceList) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := corev1.ResourceList{lamp: quantity.New(l.count, quantity.DecimalSI)}
	return list, list
}

func (l *lamps) Changed() <-chan struct{}           { return l.changed }
func (l *lamps) Has(name corev1.ResourceName) bool  { return name == lamp }
func (l *lamps) Release(uid meta.UID)               { l.set(func() { delete(l.given, uid) }) }
func (l *lamps) Retain(has func(uid meta.UID) bool) {}
func (l *lamps) Allocate(_ context.Context, pod *corev1.Pod) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.given[pod.UID] = true
	}
	return l.err
}

func (l *lamps) Container(_ context.Context, pod *corev1.Pod, _ *corev1.Container) (kubelet.ContainerDevices, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.given[pod.UID] {
		return kubelet.ContainerDevices{}, errors.New("not given")
	}
	return kubelet.ContainerDevices{
		Env: []kubelet.EnvVar{{Name: "LAMP", Value: "on"}}, Devices: []kubelet.Device{{HostPath: "/dev/lamp", ContainerPath: "/dev/lamp", Permissions: "rw"}},
		Annotations: map[string]string{"lamp": "on"}, CDI: []string{"example.com/lamp=1"},
	}, nil
}

func TestPodsGetDevices(t *testing.T) {
	l, more := &lamps{given: map[meta.UID]bool{}, changed: make(chan struct{}, 1)}, newAble()
	inBubbleWith(t, nil, more, kubelet.Options{Devices: l}, func(t *testing.T, c *cluster) {
		nodes := client.Of[corev1.Node](c.client)
		// What others say that the node has stays.
		_, err := nodes.Subresource("status").Modify(c.ctx, nodeName, func(n *corev1.Node) error {
			n.Status.Capacity["example.com/dongle"] = quantity.MustParse("4")
			return nil
		})
		require.NoError(t, err)
		l.set(func() { l.count = 1 })
		l.changed <- struct{}{}
		for change, err := range client.ResumingWatch(c.ctx, nodes, meta.ListOptions{}, nil) {
			require.NoError(t, err)
			if change.Type == client.Bookmark {
				continue
			}
			s := &change.Object.Status
			if q := s.Allocatable[lamp]; q.Value() == 1 {
				q := s.Capacity["example.com/dongle"]
				require.EqualValues(t, 4, q.Value())
				q = s.Allocatable["example.com/dongle"]
				require.EqualValues(t, 4, q.Value())
				break
			}
		}
		asks := func(name string) *corev1.Pod {
			pod := podOf(name, "c")
			list := corev1.ResourceList{lamp: quantity.MustParse("1")}
			pod.Spec.Containers[0].Resources = corev1.ResourceRequirements{Requests: list, Limits: list}
			return pod
		}
		pod := c.create(asks("lit"))
		c.until("lit", "ready", ready)
		config := more.config(t, "c")
		require.Contains(t, config.Env, kubelet.EnvVar{Name: "LAMP", Value: "on"})
		require.Equal(t, "/dev/lamp", config.Devices[0].HostPath)
		require.Equal(t, map[string]string{"lamp": "on"}, config.Annotations)
		require.Equal(t, []string{"example.com/lamp=1"}, config.CDIDevices)

		// Devices say themselves that there is none left, not the sum of what was asked.
		l.set(func() {
			l.err = errors.New("no healthy devices present; cannot allocate unhealthy devices example.com/lamp")
		})
		c.create(asks("dark"))
		p := c.until("dark", "refused", inPhase(corev1.PodFailed))
		require.Equal(t, "UnexpectedAdmissionError", p.Status.Reason)
		require.Equal(t, "Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices example.com/lamp, which is unexpected", p.Status.Message)

		require.NoError(t, c.pods().Delete(c.ctx, "lit"))
		c.untilGone("lit")
		l.set(func() { require.False(t, l.given[pod.UID], "what a Pod had is taken back") })
	})
}

func TestClaimsAreNotForThisNode(t *testing.T) {
	inBubble(t, kubelet.Options{}, func(t *testing.T, c *cluster) {
		pod, claim := podOf("claims", "c"), "some"
		pod.Spec.ResourceClaims = []corev1.PodResourceClaim{{Name: "lamp", ResourceClaimName: &claim}}
		c.create(pod)
		events := c.untilEvents("claims", "FailedPrepareDynamicResources")
		require.Equal(t, `Failed to prepare dynamic resources: resource claim "lamp": this node has no drivers for claims`, events["FailedPrepareDynamicResources"])
	})
}
