package server

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
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

	reading, mutating prometheus.Gauge // of inflight

	mu    sync.RWMutex // guards known
	known map[seriesKey]*series
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
	m.reading, m.mutating = m.inflight.WithLabelValues("readOnly"), m.inflight.WithLabelValues("mutating")
	m.known = make(map[seriesKey]*series)
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

func (m *metrics) inflightOf(i *RequestInfo) prometheus.Gauge {
	switch i.Verb {
	case meta.VerbGet, meta.VerbList, "head":
		return m.reading
	}
	return m.mutating
}

func (m *metrics) began(i *RequestInfo, long bool) {
	if long {
		m.long.WithLabelValues(i.Group, i.GroupVersionResource.Resource, metricVerb(i), i.Version).Inc()
		return
	}
	m.inflightOf(i).Inc()
}

// seriesKey is what requests are told apart by.
type seriesKey struct {
	verb, group, version, resource, subresource, scope, dryRun string

	code int
}

// series are the metrics of one kind of request, looked up once: by label, each
// would have to be found anew for every request.
type series struct {
	requests  prometheus.Counter
	durations prometheus.Observer
	sizes     prometheus.Observer
}

func (m *metrics) seriesOf(k seriesKey) *series {
	m.mu.RLock()
	s := m.known[k]
	m.mu.RUnlock()
	if s != nil {
		return s
	}
	s = &series{
		requests:  m.requests.WithLabelValues(strconv.Itoa(k.code), "apiserver", k.dryRun, k.group, k.resource, k.scope, k.subresource, k.verb, k.version),
		durations: m.durations.WithLabelValues(k.group, k.resource, k.scope, k.subresource, k.verb, k.version),
	}
	if k.verb == "GET" || k.verb == "LIST" {
		s.sizes = m.sizes.WithLabelValues(k.group, k.resource, k.scope, k.subresource, k.verb, k.version)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[k] = s
	return s
}

func (m *metrics) ended(c *call, long bool, took time.Duration) {
	i := c.info
	k := seriesKey{verb: metricVerb(i), scope: scopeOf(i, c.resource != nil), code: c.w.code}
	if long {
		m.long.WithLabelValues(i.Group, i.GroupVersionResource.Resource, k.verb, i.Version).Dec()
	} else {
		m.inflightOf(i).Dec()
	}
	if c.resource != nil {
		// Names that nobody declared must not make new series: clients choose them.
		k.resource, k.subresource, k.group, k.version = i.GroupVersionResource.Resource, c.sub.Name, i.Group, i.Version
	}
	if k.verb != "GET" && k.verb != "LIST" && k.verb != "WATCH" && c.parsed["dryRun"] != nil {
		k.dryRun = meta.DryRunAll
	}
	if long {
		m.requests.WithLabelValues(strconv.Itoa(k.code), "apiserver", k.dryRun, k.group, k.resource, k.scope, k.subresource, k.verb, k.version).Inc()
		return
	}
	s := m.seriesOf(k)
	s.requests.Inc()
	s.durations.Observe(took.Seconds())
	if s.sizes != nil {
		s.sizes.Observe(float64(c.w.written))
	}
}

// metricVerb is the verb as metrics name it.
func metricVerb(i *RequestInfo) string {
	switch i.Subresource {
	case "attach", "exec", "portforward", "proxy":
		return "CONNECT"
	}
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
