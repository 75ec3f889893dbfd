package controlplane

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// watchCaches tells what the caches that reads are answered from have done, under
// Kubernetes' names. Resources whose cache has not done a thing yet are left out of the
// counters.
type watchCaches struct{ registry *registry.Registry }

var (
	ofResource        = []string{"group", "resource"}
	cacheRevisionDesc = prometheus.NewDesc("apiserver_watch_cache_resource_version",
		"Resource version that the cache has reached, by resource: the 15 least significant digits.", ofResource, nil)
	cacheReceivedDesc = prometheus.NewDesc("apiserver_watch_cache_events_received_total",
		"Changes that the cache has taken over from the store, by resource.", ofResource, nil)
	cacheDispatchedDesc = prometheus.NewDesc("apiserver_watch_cache_events_dispatched_total",
		"Changes that the cache has passed on to its watchers, by resource.", ofResource, nil)
	cacheConsistentDesc = prometheus.NewDesc("apiserver_watch_cache_consistent_read_total",
		"Reads of the latest state that were answered from the cache.", []string{"fallback", "group", "resource", "success"}, nil)
	cacheWaitDesc = prometheus.NewDesc("apiserver_watch_cache_read_wait_seconds",
		"How long reads have waited for the cache to become fresh.", ofResource, nil)
)

// Describe implements prometheus.Collector.
func (watchCaches) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{cacheRevisionDesc, cacheReceivedDesc, cacheDispatchedDesc, cacheConsistentDesc, cacheWaitDesc} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (w watchCaches) Collect(to chan<- prometheus.Metric) {
	for resource, n := range w.registry.CacheCounts() {
		group, name := resource.Group, resource.Resource
		to <- prometheus.MustNewConstMetric(cacheRevisionDesc, prometheus.GaugeValue, float64(n.Revision%1e15), group, name)
		count := func(desc *prometheus.Desc, n uint64, labels ...string) {
			if n > 0 {
				to <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n), labels...)
			}
		}
		count(cacheReceivedDesc, n.Events, group, name)
		count(cacheDispatchedDesc, n.Events, group, name)
		count(cacheConsistentDesc, n.Consistent, "false", group, name, "true")
		count(cacheConsistentDesc, n.ConsistentFailed, "false", group, name, "false")
		if n.Waits > 0 {
			buckets := make(map[float64]uint64, len(n.WaitedUpTo))
			for i, bound := range cache.WaitBounds() {
				buckets[bound] = n.WaitedUpTo[i]
			}
			to <- prometheus.MustNewConstHistogram(cacheWaitDesc, n.Waits, n.Waited.Seconds(), buckets, group, name)
		}
	}
}
