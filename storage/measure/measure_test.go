package measure_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/embedded"
	"github.com/kubenucleus/nucleus/storage/measure"
	"github.com/kubenucleus/nucleus/storage/storagetest"
)

func open(t *testing.T) storage.Store {
	s, err := embedded.Open(t.Context(), embedded.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return s
}

// A measured store keeps the promise of the one in it.
func TestContract(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Store {
		return measure.New().Store(meta.GroupResource{Resource: "x"}, open(t))
	})
}

// broken fails reads.
type broken struct{ storage.Store }

func (broken) Get(context.Context, string) (storage.KV, storage.Revision, error) {
	return storage.KV{}, 0, errors.New("no answer")
}

func (broken) Size(context.Context) (int64, error) { return 0, errors.New("no answer") }

type sized int64

func (s sized) Size(context.Context) (int64, error) { return int64(s), nil }

func TestCounts(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	m := measure.New()
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(m))
	given := open(t)
	defer given.Close()
	s := m.Store(meta.GroupResource{Group: "apps", Resource: "deployments"}, given)
	rev, err := s.Create(ctx, "/a", nil, 0)
	require.NoError(t, err)
	_, err = s.Create(ctx, "/a", nil, 0)
	require.ErrorIs(t, err, storage.ErrExists)
	_, err = s.Update(ctx, "/a", rev, []byte("x"), 0)
	require.NoError(t, err)
	_, _, err = s.Get(ctx, "/b")
	require.ErrorIs(t, err, storage.ErrNotFound)
	_, err = s.List(ctx, "/", storage.ListOptions{})
	require.NoError(t, err)
	_, err = s.List(ctx, "/", storage.ListOptions{Count: true})
	require.NoError(t, err)
	_, err = s.Revision(ctx)
	require.NoError(t, err)
	for ev, err := range s.Watch(ctx, "/", 1) {
		require.NoError(t, err)
		if ev.Type == storage.Progress {
			break
		}
	}
	_, err = s.Delete(ctx, "/a", 0)
	require.NoError(t, err)
	_, _, err = m.Store(meta.GroupResource{Resource: "pods"}, broken{given}).Get(ctx, "/a")
	require.Error(t, err)
	m.LeaseObjects(60)

	want := `
apiserver_storage_list_total{group="apps",index="",resource="deployments",storage="etcd"} 2
apiserver_storage_list_fetched_objects_total{group="apps",index="",resource="deployments",storage="etcd"} 2
apiserver_storage_list_evaluated_objects_total{group="apps",resource="deployments",storage="etcd"} 2
apiserver_storage_list_returned_objects_total{group="apps",resource="deployments",storage="etcd"} 2
apiserver_storage_events_received_total{group="apps",resource="deployments"} 2
etcd_bookmark_total{group="apps",resource="deployments"} 1
etcd_lease_object_counts_bucket{le="100"} 1
etcd_lease_object_counts_bucket{le="50"} 0
etcd_lease_object_counts_sum 60
etcd_request_duration_seconds_count{group="apps",operation="create",resource="deployments"} 2
etcd_request_errors_total{group="",operation="get",resource="pods"} 1
etcd_requests_total{group="",operation="get",resource="pods"} 1
etcd_requests_total{group="apps",operation="create",resource="deployments"} 2
etcd_requests_total{group="apps",operation="delete",resource="deployments"} 1
etcd_requests_total{group="apps",operation="get",resource="deployments"} 1
etcd_requests_total{group="apps",operation="getCurrentResourceVersion",resource="deployments"} 1
etcd_requests_total{group="apps",operation="list",resource="deployments"} 1
etcd_requests_total{group="apps",operation="listWithCount",resource="deployments"} 1
etcd_requests_total{group="apps",operation="update",resource="deployments"} 1
`
	text := exposed(registry)
	for line := range strings.Lines(strings.TrimSpace(want)) {
		require.Contains(t, text, line)
	}
	require.Equal(t, 1, strings.Count(text, "\netcd_request_errors_total{"), "a refusal is no error")
}

// exposed is what /metrics shows.
func exposed(registry *prometheus.Registry) string {
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

// Sizes are told of the stores that know theirs.
func TestSizes(t *testing.T) {
	m := measure.New()
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(m))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		m.FollowSizes(ctx, time.Hour, slog.New(slog.DiscardHandler), sized(7), broken{}, sized(9))
	}()
	require.Eventually(t, func() bool {
		text := exposed(registry)
		return strings.Contains(text, `apiserver_storage_size_bytes{storage_cluster_id="etcd-0"} 7`) &&
			strings.Contains(text, `apiserver_storage_size_bytes{storage_cluster_id="etcd-2"} 9`)
	}, time.Minute, time.Millisecond)
	require.NotContains(t, exposed(registry), "etcd-1")
	cancel()
	<-ended
}
