package etcd

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// TestFlagsSayWhatIsKeptWhere starts a server with flags that kube-apiserver has
// and looks at what is stored, and at what its metrics tell of that.
func TestFlagsSayWhatIsKeptWhere(t *testing.T) {
	one, two := newCluster(t, t.TempDir(), 1), newCluster(t, t.TempDir(), 1)
	_, clients := startServerWith(t, one.endpoints(), []string{
		"--etcd-prefix=kept/here", "--etcd-servers-overrides=/events#" + two.endpoints()[0], "--storage-backend=etcd3",
		"--storage-media-type=application/json", "--lease-reuse-duration-seconds=0", "--etcd-db-metric-poll-interval=100ms",
		"--etcd-count-metric-poll-period=1ms", "--etcd-healthcheck-timeout=5s", "--etcd-readycheck-timeout=5s",
	})
	maps := client.Of[corev1.ConfigMap](clients[0]).In("default")
	require.NoError(t, maps.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: meta.ObjectMeta{Name: "a"}, Data: map[string]string{"x": "y"}}))
	events := client.Of[corev1.Event](clients[0]).In("default")
	for _, name := range []string{"e-0", "e-1"} {
		require.NoError(t, events.Create(t.Context(), &corev1.Event{ObjectMeta: meta.ObjectMeta{Name: name}, InvolvedObject: corev1.ObjectReference{Namespace: "default"}}))
	}
	stored := func(c *cluster, prefix string) []string {
		direct, err := clientv3.New(clientv3.Config{Endpoints: c.endpoints()})
		require.NoError(t, err)
		defer direct.Close()
		found, err := direct.Get(t.Context(), prefix, clientv3.WithPrefix())
		require.NoError(t, err)
		var values []string
		for _, kv := range found.Kvs {
			values = append(values, string(kv.Value))
		}
		return values
	}
	values := stored(one, "/kept/here/configmaps/default/a")
	require.Len(t, values, 1)
	var kept struct {
		APIVersion, Kind string
		Data             map[string]string
	}
	require.NoError(t, json.Unmarshal([]byte(values[0]), &kept))
	require.Equal(t, "v1", kept.APIVersion)
	require.Equal(t, "ConfigMap", kept.Kind)
	require.Equal(t, map[string]string{"x": "y"}, kept.Data)
	require.Empty(t, stored(one, "/registry/"))
	require.Empty(t, stored(one, "/kept/here/events/"))
	require.Len(t, stored(two, "/kept/here/events/"), 2)
	got, err := maps.Get(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, "y", got.Data["x"])

	var text string
	require.Eventually(t, func() bool { // sizes are asked for in the background
		body, err := clients[0].(*client.Remote).Raw(t.Context(), "GET", "/metrics", nil, nil)
		require.NoError(t, err)
		text = string(body)
		return strings.Contains(text, `apiserver_storage_size_bytes{storage_cluster_id="etcd-1"}`)
	}, 30*time.Second, 20*time.Millisecond)
	for _, line := range []string{
		`apiserver_resource_objects{group="",resource="events"} 2`,
		`apiserver_resource_size_estimate_bytes{group="",resource="events"}`,
		`apiserver_storage_size_bytes{storage_cluster_id="etcd-0"}`,
		`etcd_requests_total{group="",operation="create",resource="events"} 2`,
		`etcd_request_duration_seconds_bucket{group="",operation="create",resource="configmaps",le="0.005"}`,
		`apiserver_storage_events_received_total{group="",resource="events"} 2`,
		`etcd_bookmark_total{group="",resource="events"}`,
		`etcd_lease_object_counts_sum 1`,
		`apiserver_watch_cache_events_received_total{group="",resource="events"} 2`,
		`apiserver_watch_cache_resource_version{group="",resource="events"} `,
		`apiserver_storage_list_total{group="",index="",resource="events",storage="etcd"} `,
	} {
		require.Contains(t, text, "\n"+line)
	}
}
