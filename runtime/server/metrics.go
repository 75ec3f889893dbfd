package server

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// metrics count requests, under the names that dashboards for Kubernetes use.
type metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	sizes     *prometheus.HistogramVec
	inflight  *prometheus.GaugeVec
	long      *prometheus.GaugeVec
	handler   http.Handler
}

func newMetrics(registry *prometheus.Registry) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "apiserver_request_total",
			Help: "Requests by verb, resource and code of the answer.",
		}, []string{"code", "component", "dry_run", "group", "resource", "scope", "subresource", "verb", "version"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "apiserver_request_duration_seconds",
			Help:    "How long requests took, without those that go on for long.",
			Buckets: []float64{.005, .025, .05, .1, .2, .4, .6, .8, 1, 1.5, 2, 3, 5, 10, 30, 60},
		}, []string{"group", "resource", "scope", "subresource", "verb", "version"}),
		sizes: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "apiserver_response_sizes",
			Help:    "Bytes of the answers to get and list.",
			Buckets: prometheus.ExponentialBuckets(1000, 10, 7),
		}, []string{"group", "resource", "scope", "subresource", "verb", "version"}),
		inflight: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "apiserver_current_inflight_requests",
			Help: "Requests that are being served now, without those that go on for long.",
		}, []string{"request_kind"}),
		long: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "apiserver_longrunning_requests",
			Help: "Watches, logs, streams and the like that are open now.",
		}, []string{"group", "resource", "verb", "version"}),
	}
	own := registry == nil
	if own {
		registry = prometheus.NewRegistry()
	}
	all := []prometheus.Collector{m.requests, m.durations, m.sizes, m.inflight, m.long}
	if own {
		all = append(all, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	}
	var errs []error
	for _, c := range all {
		errs = append(errs, registry.Register(c))
	}
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	return m, errors.Join(errs...)
}

// serve answers /metrics.
func (m *metrics) serve(c *call) {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		c.w.Header().Set("Allow", http.MethodGet)
		c.fail(meta.NoSuchMethod())
		return
	}
	m.handler.ServeHTTP(c.w, c.r)
}

func inflightKind(i *RequestInfo) string {
	switch i.Verb {
	case meta.VerbGet, meta.VerbList, "head":
		return "readOnly"
	}
	return "mutating"
}

func (m *metrics) began(i *RequestInfo, long bool) {
	if long {
		m.long.WithLabelValues(i.Group, i.GroupVersionResource.Resource, metricVerb(i), i.Version).Inc()
		return
	}
	m.inflight.WithLabelValues(inflightKind(i)).Inc()
}

func (m *metrics) ended(c *call, long bool, took time.Duration) {
	i := c.info
	verb := metricVerb(i)
	resource, subresource, group, version := i.GroupVersionResource.Resource, i.Subresource, i.Group, i.Version
	if long {
		m.long.WithLabelValues(group, resource, verb, version).Dec()
	} else {
		m.inflight.WithLabelValues(inflightKind(i)).Dec()
	}
	if c.resource == nil {
		// Names that nobody declared must not make new series: clients choose them.
		resource, subresource, group, version = "", "", "", ""
	}
	scope := scopeOf(i, c.resource != nil)
	dryRun := ""
	if verb != "GET" && verb != "LIST" && verb != "WATCH" && c.parsed["dryRun"] != nil {
		dryRun = meta.DryRunAll
	}
	m.requests.WithLabelValues(strconv.Itoa(c.w.code), "apiserver", dryRun, group, resource, scope, subresource, verb, version).Inc()
	if long {
		return
	}
	m.durations.WithLabelValues(group, resource, scope, subresource, verb, version).Observe(took.Seconds())
	if verb == "GET" || verb == "LIST" {
		m.sizes.WithLabelValues(group, resource, scope, subresource, verb, version).Observe(float64(c.w.written))
	}
}

// metricVerb is the verb as metrics name it.
func metricVerb(i *RequestInfo) string {
	switch i.Verb {
	case meta.VerbGet:
		return "GET"
	case meta.VerbList:
		return "LIST"
	case meta.VerbWatch:
		return "WATCH"
	case meta.VerbCreate, "post":
		return "POST"
	case meta.VerbUpdate, "put":
		return "PUT"
	case meta.VerbPatch:
		return "PATCH"
	case meta.VerbDelete:
		return "DELETE"
	case meta.VerbDeleteCollection:
		return "DELETECOLLECTION"
	}
	return "other"
}

func scopeOf(i *RequestInfo, known bool) string {
	switch {
	case !known:
		return ""
	case i.Name != "" || i.Verb == meta.VerbCreate:
		return "resource"
	case i.Namespace != "":
		return "namespace"
	}
	return "cluster"
}
