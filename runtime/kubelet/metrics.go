package kubelet

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
)

// scrape answers with what collect gives, anew each time, under the names that
// Kubernetes has.
func scrape(collect func(ctx context.Context, gauge emit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		registry := prometheus.NewRegistry()
		if err := registry.Register(&collected{r.Context(), collect}); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	}
}

// emit takes one value of a metric. A zero time is none; labels are names and values
// in turn.
type emit func(m *metric, at time.Time, value float64, labels ...string)

// metric is what a metric is called.
type metric struct {
	name, help string
	counter    bool
	labels     []string
}

// collected is a collector of metrics that are read when they are asked for.
type collected struct {
	ctx     context.Context //nolint:containedctx // lives as long as its one request
	collect func(ctx context.Context, gauge emit)
}

// Describe describes nothing, which means that metrics are checked when collected.
func (*collected) Describe(chan<- *prometheus.Desc) {}

func (c *collected) Collect(out chan<- prometheus.Metric) {
	c.collect(c.ctx, func(m *metric, at time.Time, value float64, labels ...string) {
		kind := prometheus.GaugeValue
		if m.counter {
			kind = prometheus.CounterValue
		}
		made, err := prometheus.NewConstMetric(prometheus.NewDesc(m.name, m.help, m.labels, nil), kind, value, labels...)
		if err != nil {
			made = prometheus.NewInvalidMetric(prometheus.NewDesc(m.name, m.help, m.labels, nil), err)
		} else if !at.IsZero() {
			made = prometheus.NewMetricWithTimestamp(at, made)
		}
		out <- made
	})
}

func counter(name, help string, labels ...string) *metric {
	return &metric{name: name, help: help, counter: true, labels: labels}
}

func gauge(name, help string, labels ...string) *metric {
	return &metric{name: name, help: help, labels: labels}
}

// What /metrics/resource has, which autoscalers read.
var (
	containerCPU     = counter("container_cpu_usage_seconds_total", "Cumulative cpu time consumed by the container in core-seconds", "container", "namespace", "pod")
	containerMemory  = gauge("container_memory_working_set_bytes", "Current working set of the container in bytes", "container", "namespace", "pod")
	containerStarted = gauge("container_start_time_seconds", "Start time of the container since unix epoch in seconds", "container", "namespace", "pod")
	podCPU           = counter("pod_cpu_usage_seconds_total", "Cumulative cpu time consumed by the pod in core-seconds", "namespace", "pod")
	podMemory        = gauge("pod_memory_working_set_bytes", "Current working set of the pod in bytes", "namespace", "pod")
	nodeCPU          = counter("node_cpu_usage_seconds_total", "Cumulative cpu time consumed by the node in core-seconds")
	nodeMemory       = gauge("node_memory_working_set_bytes", "Current working set of the node in bytes")
	containerSwap    = gauge("container_swap_usage_bytes", "Current amount of the container swap usage in bytes. Reported only on non-windows systems", "container", "namespace", "pod")
	podSwap          = gauge("pod_swap_usage_bytes", "Current amount of the pod swap usage in bytes. Reported only on non-windows systems", "namespace", "pod")
	nodeSwap         = gauge("node_swap_usage_bytes", "Current swap usage of the node in bytes. Reported only on non-windows systems")
	scrapeError      = gauge("resource_scrape_error", "1 if there was an error while getting container metrics, 0 otherwise")
)

func coreSeconds(nanoseconds uint64) float64 { return float64(nanoseconds) / float64(time.Second) }

func unixSeconds(t time.Time) float64 { return float64(t.UnixNano()) / float64(time.Second) }

// resourceMetrics are those of /metrics/resource.
func (k *Kubelet) resourceMetrics(ctx context.Context, emit emit) {
	m, _ := k.measure(ctx)
	if r := m.machine; r != nil {
		emit(nodeCPU, r.At, coreSeconds(r.CPUNanoseconds))
		emit(nodeMemory, r.At, float64(r.Memory.WorkingSet))
		emit(nodeSwap, r.At, float64(r.Memory.SwapUsed))
	}
	for i := range m.pods {
		u := &m.pods[i]
		namespace, pod := u.pod.Namespace, u.pod.Name
		for _, c := range u.containers {
			emit(containerCPU, c.At, coreSeconds(c.CPUNanoseconds), c.Container, namespace, pod)
			emit(containerMemory, c.At, float64(c.WorkingSet), c.Container, namespace, pod)
			if c.Swap != nil {
				emit(containerSwap, c.At, float64(*c.Swap), c.Container, namespace, pod)
			}
			if !c.StartedAt.IsZero() {
				emit(containerStarted, time.Time{}, unixSeconds(c.StartedAt), c.Container, namespace, pod)
			}
		}
		if sum, ok := u.total(); ok {
			emit(podCPU, sum.At, coreSeconds(sum.CPUNanoseconds), namespace, pod)
			emit(podMemory, sum.At, float64(sum.WorkingSet), namespace, pod)
			if sum.Swap != nil {
				emit(podSwap, sum.At, float64(*sum.Swap), namespace, pod)
			}
		}
	}
	failed := 0.0
	if len(m.problems) > 0 {
		failed = 1
		k.log.WarnContext(ctx, "not everything was measured", "errors", m.problems)
	}
	emit(scrapeError, time.Time{}, failed)
}

// What /metrics/cadvisor has, which dashboards read.
var (
	cadvisorLabels = []string{"container", "id", "image", "name", "namespace", "pod"}
	networkLabels  = []string{"id", "interface", "namespace", "pod"}

	cadvisorCPU        = counter("container_cpu_usage_seconds_total", "Cumulative cpu time consumed in seconds.", append([]string{"cpu"}, cadvisorLabels...)...)
	cadvisorUsage      = gauge("container_memory_usage_bytes", "Current memory usage in bytes, including all memory regardless of when it was accessed", cadvisorLabels...)
	cadvisorWorkingSet = gauge("container_memory_working_set_bytes", "Current working set in bytes.", cadvisorLabels...)
	cadvisorRSS        = gauge("container_memory_rss", "Size of RSS in bytes.", cadvisorLabels...)
	cadvisorLimit      = gauge("container_spec_memory_limit_bytes", "Memory limit for the container.", cadvisorLabels...)
	cadvisorStarted    = gauge("container_start_time_seconds", "Start time of the container since unix epoch in seconds.", cadvisorLabels...)
	cadvisorSeen       = gauge("container_last_seen", "Last time a container was seen by the exporter", cadvisorLabels...)
	cadvisorDisk       = gauge("container_fs_usage_bytes", "Number of bytes that are consumed by the container on this filesystem.", cadvisorLabels...)
	receivedBytes      = counter("container_network_receive_bytes_total", "Cumulative count of bytes received", networkLabels...)
	receiveErrors      = counter("container_network_receive_errors_total", "Cumulative count of errors encountered while receiving", networkLabels...)
	transmittedBytes   = counter("container_network_transmit_bytes_total", "Cumulative count of bytes transmitted", networkLabels...)
	transmitErrors     = counter("container_network_transmit_errors_total", "Cumulative count of errors encountered while transmitting", networkLabels...)
	cadvisorFaults     = counter("container_memory_failures_total", "Cumulative count of memory allocation failures.", append([]string{"failure_type", "scope"}, cadvisorLabels...)...)
	cadvisorQuota      = gauge("container_spec_cpu_quota", "CPU quota of the container.", cadvisorLabels...)
	cadvisorPeriod     = gauge("container_spec_cpu_period", "CPU period of the container.", cadvisorLabels...)
	machineCores       = gauge("machine_cpu_cores", "Number of logical CPU cores.", "boot_id", "machine_id", "system_uuid")
	machineMemory      = gauge("machine_memory_bytes", "Amount of memory installed on the machine.", "boot_id", "machine_id", "system_uuid")
)

// containerMetrics are those of /metrics/cadvisor.
func (k *Kubelet) containerMetrics(ctx context.Context, emit emit) {
	m, _ := k.measure(ctx)
	if m.machine != nil && k.opts.Machine != nil {
		if info, err := k.opts.Machine.Describe(ctx); err == nil {
			cores := info.Capacity[corev1.ResourceCPU]
			emit(machineCores, time.Time{}, float64(cores.Value()), info.Info.BootID, info.Info.MachineID, info.Info.SystemUUID)
			emit(machineMemory, time.Time{}, float64(m.machine.Memory.Total), info.Info.BootID, info.Info.MachineID, info.Info.SystemUUID)
		}
	}
	for i := range m.pods {
		u := &m.pods[i]
		namespace, pod := u.pod.Namespace, u.pod.Name
		for _, c := range u.containers {
			labels := []string{c.Container, "/" + c.ContainerID, imageOf(u.pod, c.Container), c.ContainerID, namespace, pod}
			emit(cadvisorCPU, c.At, coreSeconds(c.CPUNanoseconds), append([]string{"total"}, labels...)...)
			emit(cadvisorFaults, c.At, float64(c.PageFaults), append([]string{"pgfault", "container"}, labels...)...)
			emit(cadvisorFaults, c.At, float64(c.MajorPageFaults), append([]string{"pgmajfault", "container"}, labels...)...)
			if quota := cpuLimit(u.pod, c.Container); quota > 0 {
				emit(cadvisorQuota, time.Time{}, float64(quota*cpuPeriod/1000), labels...)
				emit(cadvisorPeriod, time.Time{}, cpuPeriod, labels...)
			}
			emit(cadvisorUsage, c.At, float64(c.MemoryUsage), labels...)
			emit(cadvisorWorkingSet, c.At, float64(c.WorkingSet), labels...)
			emit(cadvisorRSS, c.At, float64(c.RSS), labels...)
			emit(cadvisorDisk, c.At, float64(c.WritableBytes), labels...)
			emit(cadvisorLimit, time.Time{}, float64(memoryLimit(u.pod, c.Container)), labels...)
			emit(cadvisorStarted, time.Time{}, unixSeconds(c.StartedAt), labels...)
			emit(cadvisorSeen, c.At, float64(c.At.Unix()), labels...)
		}
		if w := u.whole; w != nil && w.Interface != "" {
			labels := []string{"/" + string(u.pod.UID), w.Interface, namespace, pod}
			emit(receivedBytes, w.At, float64(w.ReceivedBytes), labels...)
			emit(receiveErrors, w.At, float64(w.ReceiveErrors), labels...)
			emit(transmittedBytes, w.At, float64(w.TransmittedBytes), labels...)
			emit(transmitErrors, w.At, float64(w.TransmissionErrors), labels...)
		}
	}
}

// cpuPeriod is the microseconds in which a container may have its share of the CPU.
const cpuPeriod = 100_000

// cpuLimit is what a container may take, in thousandths of a CPU; 0 is all.
func cpuLimit(pod *corev1.Pod, container string) int64 {
	spec := specOf(pod, container)
	if spec == nil {
		return 0
	}
	limit := spec.Resources.Limits[corev1.ResourceCPU]
	return limit.MilliValue()
}

// requestMetrics count the requests of a kubelet.
type requestMetrics struct {
	registry *prometheus.Registry
	probes   *prometheus.Registry // of /metrics/probes
	total    *prometheus.CounterVec
	inflight *prometheus.GaugeVec
	duration *prometheus.HistogramVec
}

// What /metrics has of the kubelet itself.
var (
	nodeNameMetric    = gauge("kubelet_node_name", "The node's name. The count is always 1.", "node")
	runningPods       = gauge("kubelet_running_pods", "Number of pods that have a running pod sandbox")
	runningContainers = gauge("kubelet_running_containers", "Number of containers currently running", "container_state")
	desiredPods       = gauge("kubelet_desired_pods", "The number of pods the kubelet is being instructed to run. static is true if the pod is not from the apiserver.", "static")
)

func newRequestMetrics(k *Kubelet) (*requestMetrics, error) {
	labels := []string{"long_running", "method", "path", "server_type"}
	m := &requestMetrics{
		registry: prometheus.NewRegistry(),
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kubelet_http_requests_total", Help: "Number of the http requests received since the server started",
		}, labels),
		inflight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "kubelet_http_inflight_requests", Help: "Number of the inflight http requests",
		}, labels),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kubelet_http_requests_duration_seconds", Help: "Duration in seconds to serve http requests", Buckets: prometheus.DefBuckets,
		}, labels),
	}
	for _, c := range []prometheus.Collector{
		m.total, m.inflight, m.duration, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&collected{context.Background(), k.ownMetrics},
	} {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	more := k.counts.collectors()
	if counted, ok := k.runtime.(Instrumented); ok {
		more = append(more, counted.Collectors()...)
	}
	for _, c := range more {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	m.probes = prometheus.NewRegistry()
	for _, c := range []prometheus.Collector{k.counts.probes, k.counts.probeDuration} {
		if err := m.probes.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// counted counts the requests that next answers, by the first part of their path,
// which clients cannot make up: others are not routed.
func (m *requestMetrics) counted(next *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := next.Handler(r)
		if _, path, ok := strings.Cut(pattern, " "); ok {
			pattern = path
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(pattern, "/"), "/")
		long := strconv.FormatBool(first == "exec" || first == "attach" || first == "portForward" || first == "containerLogs")
		labels := []string{long, r.Method, first, "readwrite"}
		switch r.Method {
		case http.MethodGet, http.MethodPost, http.MethodHead:
		default:
			labels[1] = "other"
		}
		m.total.WithLabelValues(labels...).Inc()
		inflight := m.inflight.WithLabelValues(labels...)
		inflight.Inc()
		began := time.Now()
		defer func() {
			inflight.Dec()
			m.duration.WithLabelValues(labels...).Observe(time.Since(began).Seconds())
		}()
		next.ServeHTTP(w, r)
	})
}

// ownMetrics are those of /metrics that are counted when they are asked for.
func (k *Kubelet) ownMetrics(ctx context.Context, emit emit) {
	emit(nodeNameMetric, time.Time{}, 1, k.name)
	emit(buildInfo, time.Time{}, 1, Version)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if all, err := k.runtime.Pods(ctx); err == nil {
		pods, states := 0, map[RunState]int{}
		for i := range all {
			for _, s := range all[i].Sandboxes {
				if s.Ready {
					pods++
					break
				}
			}
			for _, c := range all[i].Containers {
				states[c.State]++
			}
		}
		emit(runningPods, time.Time{}, float64(pods))
		for state, name := range map[RunState]string{Created: "created", Running: "running", Exited: "exited"} {
			emit(runningContainers, time.Time{}, float64(states[state]), name)
		}
	}
	counts := map[bool]int{}
	for _, pod := range k.runningPods() {
		counts[isStatic(pod)]++
	}
	emit(desiredPods, time.Time{}, float64(counts[true]), "true")
	emit(desiredPods, time.Time{}, float64(counts[false]), "false")
	k.claimMetrics(ctx, emit)
}

// imageOf is the image that a container's status names.
func imageOf(pod *corev1.Pod, container string) string {
	for _, list := range [][]corev1.ContainerStatus{pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses, pod.Status.EphemeralContainerStatuses} {
		for i := range list {
			if list[i].Name == container {
				return list[i].Image
			}
		}
	}
	return ""
}
