package kubelet

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	corev1 "github.com/kubenucleus/nucleus/apimachinery/api/core/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Instrumented is a [Runtime] that counts what it does. The kubelet asks by type
// assertion.
type Instrumented interface {
	// Collectors returns what is to be had from the kubelet's /metrics besides.
	Collectors() []prometheus.Collector
}

// instruments count what the kubelet does, under the names that Kubernetes has.
type instruments struct {
	podStart, podStartTotal, podStartBare prometheus.Histogram
	podWorker                             *prometheus.HistogramVec
	startedPods, startedPodErrors         prometheus.Counter
	startedContainers                     *prometheus.CounterVec
	startedContainerErrors                *prometheus.CounterVec
	evictions, preemptions                *prometheus.CounterVec
	// Of probes, which have an address of their own.
	probes        *prometheus.CounterVec
	probeDuration *prometheus.HistogramVec
}

func newInstruments() *instruments {
	histogram := func(name, help string, buckets []float64) prometheus.HistogramOpts {
		return prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}
	}
	starts := []float64{0.5, 1, 2, 3, 4, 5, 6, 8, 10, 20, 30, 45, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	about := []string{"probe_type", "container", "pod", "namespace", "pod_uid"}
	return &instruments{
		podStart: prometheus.NewHistogram(histogram("kubelet_pod_start_duration_seconds",
			"Duration in seconds from kubelet seeing a pod for the first time to the pod starting to run", starts)),
		podStartTotal: prometheus.NewHistogram(histogram("kubelet_pod_start_total_duration_seconds",
			"Duration in seconds to start a pod since creation, including time to pull images and run init containers", starts)),
		podStartBare: prometheus.NewHistogram(histogram("kubelet_pod_start_sli_duration_seconds",
			"Duration in seconds to start a pod, excluding time to pull images and run init containers, measured from pod creation timestamp", starts)),
		podWorker: prometheus.NewHistogramVec(histogram("kubelet_pod_worker_duration_seconds",
			"Duration in seconds to sync a single pod. Broken down by operation type: create, update, or sync", prometheus.DefBuckets), []string{"operation_type"}),
		startedPods: prometheus.NewCounter(prometheus.CounterOpts{Name: "kubelet_started_pods_total", Help: "Cumulative number of pods started"}),
		startedPodErrors: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "kubelet_started_pods_errors_total", Help: "Cumulative number of errors when starting pods",
		}),
		startedContainers:      counters("kubelet_started_containers_total", "Cumulative number of containers started", "container_type"),
		startedContainerErrors: counters("kubelet_started_containers_errors_total", "Cumulative number of errors when starting containers", "container_type", "code"),
		evictions:              counters("kubelet_evictions", "Cumulative number of pod evictions by eviction signal", "eviction_signal"),
		preemptions:            counters("kubelet_preemptions", "Cumulative number of pod preemptions by preemption resource", "preemption_signal"),
		probes: counters("prober_probe_total", "Cumulative number of a liveness, readiness or startup probe for a container by result.",
			append([]string{"result"}, about...)...),
		probeDuration: prometheus.NewHistogramVec(histogram("prober_probe_duration_seconds", "Duration in seconds for a probe response.", prometheus.DefBuckets), about),
	}
}

// collectors are those of /metrics.
func (i *instruments) collectors() []prometheus.Collector {
	return []prometheus.Collector{
		i.podStart, i.podStartTotal, i.podStartBare, i.podWorker, i.startedPods, i.startedPodErrors, i.startedContainers, i.startedContainerErrors, i.evictions, i.preemptions,
	}
}

// forget drops what is counted for a Pod alone.
func (i *instruments) forget(uid meta.UID) {
	about := prometheus.Labels{"pod_uid": string(uid)}
	i.probes.DeletePartialMatch(about)
	i.probeDuration.DeletePartialMatch(about)
}

// containerTypes is what metrics call the parts that containers have.
var containerTypes = map[kind]string{initContainer: "init_container", sidecar: "init_container", mainContainer: "container", ephemeral: "ephemeral_container"}

// probed counts a probe.
func (i *instruments) probed(target ProbeTarget, kind probeKind, ok bool, err error, took time.Duration) {
	result := "failed"
	switch {
	case err != nil:
		result = "unknown"
	case ok:
		result = "successful"
	}
	about := []string{kind.title(), target.Container.Name, target.Pod.Name, target.Pod.Namespace, string(target.Pod.UID)}
	i.probes.WithLabelValues(append([]string{result}, about...)...).Inc()
	i.probeDuration.WithLabelValues(about...).Observe(took.Seconds())
}

// running notes that a Pod has begun to run, once.
func (i *instruments) running(p *pod, object *corev1.Pod, now time.Time) {
	p.mu.Lock()
	first, pulled := p.seenAt, p.pulled
	p.seenAt = time.Time{}
	p.mu.Unlock()
	if first.IsZero() {
		return
	}
	i.podStart.Observe(now.Sub(first).Seconds())
	total := now.Sub(object.CreationTimestamp.Time)
	i.podStartTotal.Observe(total.Seconds())
	if len(object.Spec.InitContainers) == 0 {
		i.podStartBare.Observe(max(total-pulled, 0).Seconds())
	}
}

// What /metrics has of volumes that are claimed.
var (
	claimLabels     = []string{"namespace", "persistentvolumeclaim"}
	claimCapacity   = gauge("kubelet_volume_stats_capacity_bytes", "Capacity in bytes of the volume", claimLabels...)
	claimAvailable  = gauge("kubelet_volume_stats_available_bytes", "Number of available bytes in the volume", claimLabels...)
	claimUsed       = gauge("kubelet_volume_stats_used_bytes", "Number of used bytes in the volume", claimLabels...)
	claimInodes     = gauge("kubelet_volume_stats_inodes", "Maximum number of inodes in the volume", claimLabels...)
	claimInodesFree = gauge("kubelet_volume_stats_inodes_free", "Number of free inodes in the volume", claimLabels...)
	claimInodesUsed = gauge("kubelet_volume_stats_inodes_used", "Number of used inodes in the volume", claimLabels...)
	buildInfo       = gauge("kubernetes_build_info", "A metric with a constant '1' value labeled by version.", "git_version")
)

// claimMetrics are those of volumes that are claimed; one that several Pods mount
// counts once.
func (k *Kubelet) claimMetrics(ctx context.Context, emit emit) {
	if !slices.ContainsFunc(k.runningPods(), func(p *corev1.Pod) bool {
		return slices.ContainsFunc(p.Spec.Volumes, func(v corev1.Volume) bool { return claimOf(p, &v) != "" })
	}) {
		return // nothing is measured for nothing
	}
	seen := map[string]bool{}
	m, _ := k.measure(ctx)
	for i := range m.pods {
		pod := m.pods[i].pod
		for v := range pod.Spec.Volumes {
			volume := &pod.Spec.Volumes[v]
			claim := claimOf(pod, volume)
			u, known := m.pods[i].volumes[volume.Name]
			if claim == "" || !known || seen[pod.Namespace+"/"+claim] {
				continue
			}
			seen[pod.Namespace+"/"+claim] = true
			for metric, value := range map[*metric]uint64{
				claimCapacity: u.Capacity, claimAvailable: u.Available, claimUsed: u.Used,
				claimInodes: u.Inodes, claimInodesFree: u.InodesFree, claimInodesUsed: u.InodesUsed,
			} {
				emit(metric, time.Time{}, float64(value), pod.Namespace, claim)
			}
		}
	}
}

// claimOf is the claim that a volume is of, "" for none.
func claimOf(pod *corev1.Pod, v *corev1.Volume) string {
	switch {
	case v.PersistentVolumeClaim != nil:
		return v.PersistentVolumeClaim.ClaimName
	case v.Ephemeral != nil:
		return pod.Name + "-" + v.Name
	}
	return ""
}
