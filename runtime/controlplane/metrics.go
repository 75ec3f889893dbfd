package controlplane

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/registry"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/measure"
)

// storeOf is where the objects of a resource are kept, measured.
func (c *ControlPlane) storeOf(resource meta.GroupResource, given storage.Store) storage.Store {
	given = c.opts.Storage.Metrics.Store(resource, given)
	if c.opts.Storage.Of != nil {
		given = c.opts.Storage.Of(resource, given)
	}
	return given
}

// newMetrics returns what /metrics shows, but for what the server adds.
func (c *ControlPlane) newMetrics() (*prometheus.Registry, error) {
	r := prometheus.NewRegistry()
	errs := []error{
		r.Register(collectors.NewGoCollector()),
		r.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})),
		r.Register(c.opts.Storage.Metrics),
		r.Register(watchCaches{c.registry}),
	}
	if every := c.opts.Storage.CountEvery; every > 0 {
		errs = append(errs, r.Register(&objectSizes{registry: c.registry, every: every}))
	}
	return r, errors.Join(errs...)
}

// followSizes keeps account of what the stores take on disk.
func (c *ControlPlane) followSizes(ctx context.Context) error {
	o := c.opts.Storage
	stores := o.Sized
	if s, ok := c.store.(measure.Sized); ok {
		stores = append([]measure.Sized{s}, stores...)
	}
	if o.SizeEvery > 0 && len(stores) > 0 {
		o.Metrics.FollowSizes(ctx, o.SizeEvery, c.opts.Logger, stores...)
	}
	<-ctx.Done()
	return nil
}

// objectSizes tells how many objects there are of each resource. They are counted
// when somebody asks, but not again too soon, as that takes time with very many.
type objectSizes struct {
	registry *registry.Registry
	every    time.Duration

	mu    sync.Mutex
	at    time.Time
	sizes map[meta.GroupResource]registry.Size
}

var (
	objectsDesc = prometheus.NewDesc("apiserver_resource_objects",
		"Number of stored objects by resource. -1: not known yet.", []string{"group", "resource"}, nil)
	bytesDesc = prometheus.NewDesc("apiserver_resource_size_estimate_bytes",
		"Bytes of the stored objects by resource, without their history. -1: not known yet.", []string{"group", "resource"}, nil)
)

// Describe implements prometheus.Collector.
func (s *objectSizes) Describe(to chan<- *prometheus.Desc) {
	to <- objectsDesc
	to <- bytesDesc
}

// Collect implements prometheus.Collector.
func (s *objectSizes) Collect(to chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sizes == nil || time.Since(s.at) >= s.every {
		s.sizes = make(map[meta.GroupResource]registry.Size)
		for resource, size := range s.registry.Sizes(context.Background()) { // it waits for nothing
			s.sizes[resource] = size
		}
		s.at = time.Now()
	}
	for resource, size := range s.sizes {
		to <- prometheus.MustNewConstMetric(objectsDesc, prometheus.GaugeValue, float64(size.Objects), resource.Group, resource.Resource)
		to <- prometheus.MustNewConstMetric(bytesDesc, prometheus.GaugeValue, float64(size.Bytes), resource.Group, resource.Resource)
	}
}
