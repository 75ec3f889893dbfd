package measure

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/storage"
)

// store is one resource's way to a store.
type store struct {
	storage.Store
	m                              *Metrics
	resource                       meta.GroupResource
	get, list, count               operation
	create, update, delete, newest operation
}

// Store returns given, measured, for the objects of one resource. Closing it
// closes given.
func (m *Metrics) Store(resource meta.GroupResource, given storage.Store) storage.Store {
	s := &store{Store: given, m: m, resource: resource}
	s.get.name, s.list.name, s.count.name = "get", "list", "listWithCount"
	s.create.name, s.update.name, s.delete.name = "create", "update", "delete"
	s.newest.name = "getCurrentResourceVersion"
	return s
}

// operation is one kind of request of one resource. Its series are made when it
// is first used, and kept: looking them up takes longer than counting.
type operation struct {
	name   string
	series atomic.Pointer[series]
}

type series struct {
	requests prometheus.Counter
	duration prometheus.Observer
}

// done counts a request that began at a time.
func (s *store) done(o *operation, began time.Time, err error) {
	took := time.Since(began)
	known := o.series.Load()
	if known == nil { // two may make it: it is the same
		labels := []string{o.name, s.resource.Group, s.resource.Resource}
		known = &series{requests: s.m.requests.WithLabelValues(labels...), duration: s.m.durations.WithLabelValues(labels...)}
		o.series.Store(known)
	}
	known.requests.Inc()
	known.duration.Observe(took.Seconds())
	if err != nil && !refusal(err) {
		s.m.failures.WithLabelValues(o.name, s.resource.Group, s.resource.Resource).Inc()
	}
}

// refusal tells the answers of a store that works from its failures.
func refusal(err error) bool {
	for _, sentinel := range []error{
		storage.ErrNotFound, storage.ErrExists, storage.ErrConflict, storage.ErrCompacted,
		storage.ErrFutureRevision, storage.ErrInvalidKey, storage.ErrTooLarge,
	} {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return false
}

func (s *store) Get(ctx context.Context, key string) (storage.KV, storage.Revision, error) {
	began := time.Now()
	kv, rev, err := s.Store.Get(ctx, key)
	s.done(&s.get, began, err)
	return kv, rev, err
}

func (s *store) List(ctx context.Context, prefix string, opts storage.ListOptions) (storage.Page, error) {
	began := time.Now()
	page, err := s.Store.List(ctx, prefix, opts)
	o := &s.list
	if opts.Count {
		o = &s.count
	}
	s.done(o, began, err)
	if err == nil && !opts.KeysOnly {
		s.listed(len(page.Items))
	}
	return page, err
}

// etcdStorage is the store in metrics that are of caches, too.
const etcdStorage = "etcd"

// listed counts a list.
func (s *store) listed(n int) {
	group, resource := s.resource.Group, s.resource.Resource
	s.m.lists.WithLabelValues(group, "", resource, etcdStorage).Inc()
	s.m.fetched.WithLabelValues(group, "", resource, etcdStorage).Add(float64(n))
	s.m.evaluated.WithLabelValues(group, resource, etcdStorage).Add(float64(n))
	s.m.returned.WithLabelValues(group, resource, etcdStorage).Add(float64(n))
}

func (s *store) Create(ctx context.Context, key string, value []byte, ttl time.Duration) (storage.Revision, error) {
	began := time.Now()
	rev, err := s.Store.Create(ctx, key, value, ttl)
	s.done(&s.create, began, err)
	return rev, err
}

func (s *store) Update(ctx context.Context, key string, prev storage.Revision, value []byte, ttl time.Duration) (storage.Revision, error) {
	began := time.Now()
	rev, err := s.Store.Update(ctx, key, prev, value, ttl)
	s.done(&s.update, began, err)
	return rev, err
}

func (s *store) Delete(ctx context.Context, key string, prev storage.Revision) (storage.Revision, error) {
	began := time.Now()
	rev, err := s.Store.Delete(ctx, key, prev)
	s.done(&s.delete, began, err)
	return rev, err
}

func (s *store) Revision(ctx context.Context) (storage.Revision, error) {
	began := time.Now()
	rev, err := s.Store.Revision(ctx)
	s.done(&s.newest, began, err)
	return rev, err
}

func (s *store) Watch(ctx context.Context, prefix string, after storage.Revision) iter.Seq2[storage.Event, error] {
	return func(yield func(storage.Event, error) bool) {
		var events, bookmarks prometheus.Counter
		count := func(c *prometheus.Counter, of *prometheus.CounterVec) {
			if *c == nil {
				*c = of.WithLabelValues(s.resource.Group, s.resource.Resource)
			}
			(*c).Inc()
		}
		for ev, err := range s.Store.Watch(ctx, prefix, after) {
			switch {
			case err != nil:
			case ev.Type == storage.Progress:
				count(&bookmarks, s.m.bookmarks)
			default:
				count(&events, s.m.events)
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}
