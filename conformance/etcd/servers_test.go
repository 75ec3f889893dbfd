package etcd

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controlplane"
	"github.com/kubenucleus/nucleus/storage"
)

var root = &auth.User{Name: "tester", Groups: []string{auth.GroupMasters, auth.GroupAuthenticated}}

// serve runs an API server on a store until the test ends.
func serve(t *testing.T, s storage.Store) *controlplane.ControlPlane {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cp, err := controlplane.New(ctx, controlplane.Options{Store: s, Listener: listener, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- cp.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	wait, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	require.NoError(t, cp.WaitReady(wait))
	return cp
}

// TestServersAgree writes through one server and reads through another at once,
// in both directions: reads without a resourceVersion see what was acknowledged.
func TestServersAgree(t *testing.T) {
	c := newCluster(t, t.TempDir(), 1)
	var servers []client.Resource[corev1.ConfigMap]
	for range 2 {
		s := c.open(t)
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		servers = append(servers, client.Of[corev1.ConfigMap](serve(t, s).Client(root)).In("default"))
	}
	for i := range 100 {
		writer, reader := servers[i%2], servers[1-i%2]
		name := fmt.Sprint("cm-", i)
		made := &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: name}, Data: map[string]string{"i": strconv.Itoa(i)}}
		require.NoError(t, writer.Create(t.Context(), made))
		got, err := reader.Get(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, made.ResourceVersion, got.ResourceVersion)
		got.Data["i"] = "changed"
		require.NoError(t, reader.Update(t.Context(), got))
		list, err := writer.List(t.Context(), meta.ListOptions{})
		require.NoError(t, err)
		found := 0
		for _, item := range list.Items {
			if item.Data["i"] == "changed" {
				found++
			}
		}
		require.Equal(t, i+1, found, "the list has every change that the other server acknowledged")
		made.Data["i"] = "too late"
		require.True(t, meta.IsConflict(writer.Update(t.Context(), made)))
	}
}

// TestHealthFollowsTheCluster asks a server how it is while its etcd is there,
// gone and back.
func TestHealthFollowsTheCluster(t *testing.T) {
	c := newCluster(t, t.TempDir(), 1)
	s := c.open(t)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	address, err := serve(t, s).Address(t.Context())
	require.NoError(t, err)
	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // it is our own
	defer browser.CloseIdleConnections()
	ask := func(path string) (int, string) {
		resp, err := browser.Get(address + path)
		require.NoError(t, err)
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return resp.StatusCode, string(body)
	}
	code, body := ask("/readyz?verbose")
	require.Equal(t, 200, code, body)
	require.Contains(t, body, "[+]etcd ok")
	require.Contains(t, body, "[+]etcd-readiness ok")

	c.members[0].kill()
	code, body = ask("/readyz")
	require.Equal(t, 500, code)
	require.Contains(t, body, "[-]etcd failed")
	code, _ = ask("/version")
	require.Equal(t, 200, code)

	c.members[0].begin(t)
	c.members[0].await(t)
	require.Eventually(t, func() bool { code, _ := ask("/readyz"); return code == 200 }, time.Minute, 100*time.Millisecond)
}

// TestEventsShareLeases counts the leases of a hundred Events.
func TestEventsShareLeases(t *testing.T) {
	c := newCluster(t, t.TempDir(), 1)
	s := c.open(t)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	events := client.Of[corev1.Event](serve(t, s).Client(root)).In("default")
	for i := range 100 {
		require.NoError(t, events.Create(t.Context(), &corev1.Event{
			ObjectMeta:     meta.ObjectMeta{Name: fmt.Sprint("e-", i)},
			InvolvedObject: corev1.ObjectReference{Namespace: "default"},
		}))
	}
	direct, err := clientv3.New(clientv3.Config{Endpoints: c.endpoints()})
	require.NoError(t, err)
	defer direct.Close()
	leases, err := direct.Leases(t.Context())
	require.NoError(t, err)
	stored, err := direct.Get(t.Context(), "/registry/events/default/", clientv3.WithPrefix())
	require.NoError(t, err)
	require.Len(t, stored.Kvs, 100)
	used := map[int64]bool{}
	for _, kv := range stored.Kvs {
		require.NotZero(t, kv.Lease)
		used[kv.Lease] = true
	}
	require.Len(t, used, 1)
	require.LessOrEqual(t, len(leases.Leases), 2)
	ttl, err := direct.TimeToLive(t.Context(), leases.Leases[0].ID)
	require.NoError(t, err)
	require.InDelta(t, 3660, ttl.GrantedTTL, 1, "an hour, and the minute for which it is shared")
}
