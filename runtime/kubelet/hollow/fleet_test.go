package hollow_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/quantity"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/client/clienttest"
	"github.com/kubenucleus/nucleus/runtime/kubelet"
	"github.com/kubenucleus/nucleus/runtime/kubelet/hollow"
	"github.com/kubenucleus/nucleus/runtime/server"
)

// Both fit the server's option for reaching kubelets.
var (
	_ server.NodeConnector = (*hollow.Fleet)(nil)
	_ server.NodeConnector = (*kubelet.Kubelet)(nil)
)

var quiet = slog.New(slog.DiscardHandler)

// run runs a fleet until the test ends.
func run(t testing.TB, ctx context.Context, c client.Client, opts hollow.FleetOptions) *hollow.Fleet {
	t.Helper()
	opts.Kubelet.Logger = quiet
	fleet, err := hollow.NewFleet(c, opts)
	require.NoError(t, err)
	running, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- fleet.Run(running) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
	require.NoError(t, fleet.WaitReady(ctx))
	return fleet
}

// untilReady waits until so many Pods are ready, and returns them all.
func untilReady(t testing.TB, ctx context.Context, c client.Client, count int) map[string]*corev1.Pod {
	t.Helper()
	found := map[string]*corev1.Pod{}
	for change, err := range client.ResumingWatch(ctx, client.Of[corev1.Pod](c), meta.ListOptions{}, quiet) {
		require.NoError(t, err)
		for _, condition := range change.Object.Status.Conditions {
			if condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue {
				found[change.Object.Name] = change.Object
			}
		}
		if len(found) == count {
			return found
		}
	}
	require.FailNow(t, "waited too long", "%d of %d Pods are ready", len(found), count)
	return nil
}

func create(t testing.TB, ctx context.Context, c client.Client, name, node string) {
	t.Helper()
	require.NoError(t, client.Of[corev1.Pod](c).In("default").Create(ctx, &corev1.Pod{
		ObjectMeta: meta.ObjectMeta{Name: name},
		Spec:       corev1.PodSpec{NodeName: node, Containers: []corev1.Container{{Name: "web", Image: "web:1"}}},
	}))
}

// A hundred nodes are no burden to a process.
func TestFleet(t *testing.T) {
	const nodes, pods = 100, 3
	s := clienttest.Start(t, clienttest.Options{Bootstrap: true})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	before := footprint()
	began := time.Now()
	fleet := run(t, ctx, s.Local, hollow.FleetOptions{Count: nodes})
	require.Len(t, fleet.Kubelets(), nodes)
	t.Logf("%d nodes registered after %v", nodes, time.Since(began))

	list, err := client.Of[corev1.Node](s.Local).List(ctx)
	require.NoError(t, err)
	require.Len(t, list.Items, nodes)
	addresses, ranges := map[string]bool{}, map[string]bool{}
	for _, n := range list.Items {
		require.Equal(t, "true", n.Labels[hollow.SimulatedLabel])
		require.Equal(t, "hollow", n.Labels[hollow.RuntimeLabel])
		addresses[n.Status.Addresses[0].Address], ranges[n.Spec.PodCIDR] = true, true
	}
	require.Len(t, addresses, nodes)
	require.Len(t, ranges, nodes)

	after := footprint()
	t.Logf("each node: %d goroutines, %d KiB", (after.goroutines-before.goroutines)/nodes, (after.heap-before.heap)/nodes/1024)
	require.LessOrEqual(t, (after.goroutines-before.goroutines)/nodes, 20)
	require.LessOrEqual(t, (after.heap-before.heap)/nodes, 400<<10)

	began = time.Now()
	for i := range nodes * pods {
		create(t, ctx, s.Local, fmt.Sprintf("web-%d", i), fmt.Sprintf("hollow-%d", i%nodes))
	}
	ips := map[string]bool{}
	for _, pod := range untilReady(t, ctx, s.Local, nodes*pods) {
		ips[pod.Status.PodIP] = true
	}
	require.Len(t, ips, nodes*pods, "every Pod has an address of its own")
	t.Logf("%d Pods ready after %v", nodes*pods, time.Since(began))
}

type figures struct{ goroutines, heap int }

func footprint() figures {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return figures{runtime.NumGoroutine(), int(m.HeapAlloc)}
}

func TestFleetOptions(t *testing.T) {
	s := clienttest.Start(t, clienttest.Options{})
	for name, opts := range map[string]hollow.FleetOptions{
		"hollow fleet: -1 nodes cannot be":                               {Count: -1},
		"hollow fleet: 10.0.0.0/23 has no room for 3 ranges of size /24": {Count: 3, PodCIDR: netip.MustParsePrefix("10.0.0.0/23")},
		"hollow fleet: 10.0.0.0/30 has no room for 5 ranges of size /32": {Count: 5, NodeCIDR: netip.MustParsePrefix("10.0.0.0/30")},
		"hollow fleet: kubelet: Options.Port 70000 is out of range":      {Kubelet: kubelet.Options{Port: 70000}},
	} {
		_, err := hollow.NewFleet(s.Local, opts)
		require.EqualError(t, err, name)
	}
}

// Through the server, kubectl logs reaches a simulated container.
func TestLogsThroughTheServer(t *testing.T) {
	s := clienttest.Start(t, clienttest.Options{Bootstrap: true})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	fleet := run(t, ctx, s.Remote, hollow.FleetOptions{})
	create(t, ctx, s.Remote, "web", "hollow-0")
	untilReady(t, ctx, s.Remote, 1)

	admin := &auth.User{Name: "admin", Groups: []string{auth.GroupMasters}}
	srv, err := server.New(s.Registry, server.Options{
		Authenticator: authn.Func(func(*http.Request) (*auth.User, bool, error) { return admin, true, nil }),
		Authorizer:    authz.Masters{}, NodeConnector: fleet, Logger: quiet,
	})
	require.NoError(t, err)
	front := httptest.NewServer(srv.Handler())
	defer front.Close()
	get := func(path string) (int, string) {
		answer, err := http.Get(front.URL + "/api/v1/namespaces/default/pods/" + path)
		require.NoError(t, err)
		defer func() { require.NoError(t, answer.Body.Close()) }()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(body)
	}
	code, body := get("web/log")
	require.Equal(t, http.StatusOK, code)
	require.Contains(t, body, "Simulated by Nucleus")
	code, body = get("web/log?previous=true")
	require.Equal(t, http.StatusBadRequest, code)
	require.Contains(t, body, "previous terminated container")
}

// BenchmarkPods is the way of a Pod from its creation to being ready, on a
// fleet, with all that is written about it.
func BenchmarkPods(b *testing.B) {
	for _, events := range []bool{true, false} {
		b.Run(fmt.Sprintf("events=%v", events), func(b *testing.B) {
			s, stop, err := clienttest.Run(clienttest.Options{Bootstrap: true})
			require.NoError(b, err)
			defer func() { _ = stop() }()
			ctx := b.Context()
			const nodes = 100
			run(b, ctx, s.Local, hollow.FleetOptions{
				Count: nodes, Kubelet: kubelet.Options{DisableEvents: !events},
				Capacity: corev1.ResourceList{corev1.ResourcePods: quantity.MustParse("250")},
			})
			before := footprint()
			b.ResetTimer()
			for i := range b.N {
				create(b, ctx, s.Local, fmt.Sprintf("web-%d", i), fmt.Sprintf("hollow-%d", i%nodes))
			}
			untilReady(b, ctx, s.Local, b.N)
			b.StopTimer()
			b.ReportMetric(float64(footprint().heap-before.heap)/float64(b.N), "heap-B/pod")
		})
	}
}
