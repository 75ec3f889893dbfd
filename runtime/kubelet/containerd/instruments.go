package containerd

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"
)

// instruments count what is asked of the runtime, under the names that Kubernetes
// has.
type instruments struct {
	operations, errors *prometheus.CounterVec
	duration           *prometheus.HistogramVec
	relist, interval   prometheus.Histogram
	seen               prometheus.Gauge

	mu   sync.Mutex
	last time.Time // when Pods were looked at last
}

func newInstruments() *instruments {
	labels := []string{"operation_type"}
	return &instruments{
		operations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kubelet_runtime_operations_total", Help: "Cumulative number of runtime operations by operation type.",
		}, labels),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kubelet_runtime_operations_errors_total", Help: "Cumulative number of runtime operation errors by operation type.",
		}, labels),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kubelet_runtime_operations_duration_seconds", Help: "Duration in seconds of runtime operations. Broken down by operation type.",
			Buckets: prometheus.ExponentialBuckets(.005, 2.5, 14),
		}, labels),
		relist: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "kubelet_pleg_relist_duration_seconds", Help: "Duration in seconds for relisting pods in PLEG.", Buckets: prometheus.DefBuckets,
		}),
		interval: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "kubelet_pleg_relist_interval_seconds", Help: "Interval in seconds between relisting in PLEG.", Buckets: prometheus.DefBuckets,
		}),
		seen: prometheus.NewGauge(prometheus.GaugeOpts{Name: "kubelet_pleg_last_seen_seconds", Help: "Timestamp in seconds when PLEG was last seen active."}),
	}
}

// Collectors implements [kubelet.Instrumented].
func (r *Runtime) Collectors() []prometheus.Collector {
	i := r.counts
	return []prometheus.Collector{i.operations, i.errors, i.duration, i.relist, i.interval, i.seen}
}

// operationNames are what Kubernetes calls the methods of the CRI whose names do not
// make its own by themselves.
var operationNames = map[string]string{
	"RunPodSandbox": "run_podsandbox", "StopPodSandbox": "stop_podsandbox", "RemovePodSandbox": "remove_podsandbox",
	"PodSandboxStatus": "podsandbox_status", "ListPodSandbox": "list_podsandbox", "UpdateContainerResources": "update_container",
	"ListPodSandboxStats": "list_podsandbox_stats",
}

// operationName makes list_containers of /runtime.v1.RuntimeService/ListContainers.
func operationName(method string) string {
	name := method[strings.LastIndexByte(method, '/')+1:]
	if known, ok := operationNames[name]; ok {
		return known
	}
	var b strings.Builder
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// intercept counts a call.
func (i *instruments) intercept(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, call grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	name, began := operationName(method), time.Now()
	err := call(ctx, method, request, reply, conn, opts...)
	i.operations.WithLabelValues(name).Inc()
	i.duration.WithLabelValues(name).Observe(time.Since(began).Seconds())
	if err != nil {
		i.errors.WithLabelValues(name).Inc()
	}
	return err
}

// relisted counts a look at all Pods that began then.
func (i *instruments) relisted(began time.Time) {
	now := time.Now()
	i.relist.Observe(now.Sub(began).Seconds())
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.last.IsZero() {
		i.interval.Observe(began.Sub(i.last).Seconds())
	}
	i.last = began
	i.seen.Set(float64(now.UnixNano()) / float64(time.Second))
}
