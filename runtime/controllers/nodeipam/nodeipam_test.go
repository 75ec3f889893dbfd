package nodeipam

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/controller"
	"github.com/kubenucleus/nucleus/runtime/controllers/workload"
)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func TestPool(t *testing.T) {
	p, err := newPool(prefix("10.0.0.0/22"), 0)
	require.NoError(t, err)
	for _, want := range []string{"10.0.0.0/24", "10.0.1.0/24"} {
		got, ok := p.take(nil)
		require.True(t, ok)
		require.Equal(t, prefix(want), got)
	}
	got, ok := p.take([]netip.Prefix{prefix("10.0.2.128/25"), prefix("192.168.0.0/16")})
	require.True(t, ok)
	require.Equal(t, prefix("10.0.3.0/24"), got, "a part of the range before is taken")
	got, ok = p.take([]netip.Prefix{prefix("10.0.2.0/23")})
	require.True(t, ok)
	require.Equal(t, prefix("10.0.0.0/24"), got, "it begins anew")
	for _, all := range [][]netip.Prefix{{prefix("10.0.0.0/8")}, {prefix("10.0.0.0/22")}, {prefix("10.0.0.0/23"), prefix("10.0.2.7/32"), prefix("10.0.3.0/24")}} {
		_, ok = p.take(all)
		require.False(t, ok, all)
	}

	six, err := newPool(prefix("fd00:1::/56"), 0)
	require.NoError(t, err)
	_, _ = six.take(nil)
	got, ok = six.take(nil)
	require.True(t, ok)
	require.Equal(t, prefix("fd00:1:0:1::/64"), got)

	for _, bad := range []struct {
		whole string
		bits  int
	}{{"10.0.0.0/25", 24}, {"10.0.0.0/8", 33}, {"10.0.0.0/7", 24}, {"fd00::/32", 64}} {
		_, err := newPool(prefix(bad.whole), bad.bits)
		require.Error(t, err, bad)
	}
}

func TestNodesGetRanges(t *testing.T) {
	c := clienttest.Start(t, clienttest.Options{}).Local
	quiet := slog.New(slog.DiscardHandler)
	caches := client.NewCaches(c, quiet)
	ipam, err := New(caches, Options{
		Options: workload.Options{Logger: quiet}, ClusterCIDRs: []netip.Prefix{prefix("10.8.0.0/22"), prefix("fd00::/60")},
	})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	group := controller.Group{Logger: quiet}
	group.AddReady("caches", caches.Run, caches.WaitSynced)
	group.Add("ipam", ipam.Run)
	nodes := client.Of[corev1.Node](c)
	require.NoError(t, nodes.Create(ctx, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "own"}, Spec: corev1.NodeSpec{PodCIDR: "10.8.1.0/24", PodCIDRs: []string{"10.8.1.0/24"}}}))
	go func() { ended <- group.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	ranges := func(name string) []string {
		deadline, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		for change, err := range client.ResumingWatch(deadline, nodes, meta.ListOptions{FieldSelector: "metadata.name=" + name}, quiet) {
			require.NoError(t, err)
			if change.Type != client.Bookmark && change.Object.Spec.PodCIDR != "" {
				require.Equal(t, change.Object.Spec.PodCIDR, change.Object.Spec.PodCIDRs[0])
				return change.Object.Spec.PodCIDRs
			}
		}
		t.Fatalf("node %s has no range", name)
		return nil
	}
	seen := map[string]bool{"10.8.1.0/24": true}
	for i := range 3 {
		name := fmt.Sprintf("node-%d", i)
		require.NoError(t, nodes.Create(ctx, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: name}}))
		got := ranges(name)
		require.Len(t, got, 2)
		for _, r := range got {
			require.False(t, seen[r], "%s was given out twice", r)
			seen[r] = true
		}
	}
	// The next has to wait until one is free.
	require.NoError(t, nodes.Create(ctx, &corev1.Node{ObjectMeta: meta.ObjectMeta{Name: "late"}}))
	require.NoError(t, nodes.Delete(ctx, "node-1"))
	require.True(t, seen[ranges("late")[0]])
}
