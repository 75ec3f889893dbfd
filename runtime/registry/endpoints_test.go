package registry_test

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/api"
	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// apiServers returns where the Service "kubernetes" leads to.
func (f *fixture) apiServers() (ips []string) {
	item, err := f.reg.Get(f.ctx, f.at(core("endpoints"), "", "default", "kubernetes"), meta.GetOptions{})
	f.must(err)
	obj, err := item.Object()
	f.must(err)
	for _, a := range obj.(*corev1.Endpoints).Subsets[0].Addresses {
		ips = append(ips, a.IP)
	}
	return ips
}

func TestServersOnOneStoreShareTheEndpoints(t *testing.T) {
	store := newStore(t)
	join := func(ip string) (*fixture, func()) {
		f := startOn(t, store, api.Groups(), registry.Options{})
		o := registry.BootstrapOptions{Address: netip.MustParseAddr(ip), Port: 6443, Shared: true}
		f.must(f.reg.Bootstrap(f.ctx, o))
		ctx, stop := context.WithCancel(f.ctx)
		ended := make(chan error, 1)
		go func() { ended <- f.reg.KeepEndpoints(ctx, o) }()
		return f, func() {
			stop()
			require.NoError(t, <-ended)
		}
	}
	first, leaveFirst := join("192.0.2.9")
	require.Equal(t, []string{"192.0.2.9"}, first.apiServers())
	second, leaveSecond := join("192.0.2.10")
	require.Equal(t, []string{"192.0.2.9", "192.0.2.10"}, first.apiServers())
	kv, _, err := store.Get(t.Context(), "/registry/masterleases/192.0.2.10")
	require.NoError(t, err)
	require.False(t, kv.Expires.IsZero(), "a server that is killed is forgotten")
	require.Equal(t, "k8s\x00\n\x0f\n\x02v1\x12\tEndpoints", string(kv.Value[:21]))

	leaveFirst() // maybe in the middle of a round of the second
	require.Eventually(t, func() bool { return slices.Equal([]string{"192.0.2.10"}, second.apiServers()) }, 30*time.Second, time.Millisecond)
	leaveSecond()
	require.Equal(t, []string{"192.0.2.10"}, second.apiServers(), "the last one leaves them")
}
