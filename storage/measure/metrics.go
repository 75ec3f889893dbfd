package measure

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are the metrics of any number of stores. It is a
// [prometheus.Collector].
type Metrics struct {
	requests, failures *prometheus.CounterVec
	durations          *prometheus.HistogramVec
	events, bookmarks  *prometheus.CounterVec
	lists              *prometheus.CounterVec
	fetched, evaluated *prometheus.CounterVec
	returned           *prometheus.CounterVec
	leases             prometheus.Histogram
	sizes              *prometheus.GaugeVec
}

var _ prometheus.Collector = (*Metrics)(nil)

// New returns metrics that count nothing yet.
func New() *Metrics {
	byOperation, byResource := []string{"operation", "group", "resource"}, []string{"group", "resource"}
	byStorage, byIndex := []string{"group", "resource", "storage"}, []string{"group", "index", "resource", "storage"}
	return &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "etcd_requests_total", Help: "Requests to the store by operation and resource.",
		}, byOperation),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "etcd_request_errors_total", Help: "Requests to the store that failed, by operation and resource.",
		}, byOperation),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "etcd_request_duration_seconds", Help: "How long requests to the store took, by operation and resource.",
			Buckets: []float64{.005, .025, .05, .1, .2, .4, .6, .8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60},
		}, byOperation),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "apiserver_storage_events_received_total", Help: "Changes that watches of the store have yielded, by resource.",
		}, byResource),
		bookmarks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "etcd_bookmark_total", Help: "Reports of progress that watches of the store have yielded, by resource.",
		}, byResource),
		lists: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "apiserver_storage_list_total", Help: "Lists that were read from the store, by resource.",
		}, byIndex),
		fetched: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "apiserver_storage_list_fetched_objects_total", Help: "Objects that were read from the store for lists, by resource.",
		}, byIndex),
		evaluated: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "apiserver_storage_list_evaluated_objects_total", Help: "Objects that were looked at for lists from the store, by resource.",
		}, byStorage),
		returned: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "apiserver_storage_list_returned_objects_total", Help: "Objects of the lists that were read from the store, by resource.",
		}, byStorage),
		leases: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "etcd_lease_object_counts", Help: "How many keys share a lease.",
			Buckets: []float64{10, 50, 100, 500, 1000, 2500, 5000},
		}),
		sizes: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "apiserver_storage_size_bytes", Help: "What the store takes on disk.",
		}, []string{"storage_cluster_id"}),
	}
}

func (m *Metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.requests, m.failures, m.durations, m.events, m.bookmarks, m.lists, m.fetched, m.evaluated, m.returned, m.leases, m.sizes}
}

// Describe implements prometheus.Collector.
func (m *Metrics) Describe(to chan<- *prometheus.Desc) {
	for _, c := range m.all() {
		c.Describe(to)
	}
}

// Collect implements prometheus.Collector.
func (m *Metrics) Collect(to chan<- prometheus.Metric) {
	for _, c := range m.all() {
		c.Collect(to)
	}
}

// LeaseObjects notes how many keys a lease has got.
func (m *Metrics) LeaseObjects(keys int) { m.leases.Observe(float64(keys)) }

// Sized is a store that knows what it takes on disk.
type Sized interface {
	Size(ctx context.Context) (int64, error)
}

// sizeTimeout bounds one question for a size.
const sizeTimeout = 5 * time.Second

// FollowSizes asks stores for their sizes, at once and then as often as every
// says, until ctx ends. The first is etcd-0, the next etcd-1, as in Kubernetes.
func (m *Metrics) FollowSizes(ctx context.Context, every time.Duration, logger *slog.Logger, stores ...Sized) {
	stores = slices.Clone(stores)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		for i, s := range stores {
			asked, cancel := context.WithTimeout(ctx, sizeTimeout)
			size, err := s.Size(asked)
			cancel()
			id := "etcd-" + strconv.Itoa(i)
			switch {
			case err == nil:
				m.sizes.WithLabelValues(id).Set(float64(size))
			case ctx.Err() == nil: // rather none than one of long ago
				m.sizes.DeleteLabelValues(id)
				logger.LogAttrs(ctx, slog.LevelWarn, "size of store is not known", slog.String("store", id), slog.Any("error", err))
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
