package resourcequota

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// rediscover is how old an answer may be about what the server has.
const rediscover = 30 * time.Second

// tallies watch the metadata of resources of which quotas count the objects.
// run owns a goroutine for each.
type tallies struct {
	c      client.Client
	mapper *client.Mapper
	log    *slog.Logger
	// changed is told of objects that come and go, and of resources that are
	// known from now on, with namespace "".
	changed func(resource meta.GroupResource, namespace string, gone bool)

	mu       sync.Mutex
	start    func(func(ctx context.Context)) // nil unless run runs
	watching map[meta.GroupResource]*watcher
}

type watcher struct {
	cache *client.Cache[meta.PartialObjectMetadata]
	stop  chan struct{}
}

func newTallies(c client.Client, log *slog.Logger) *tallies {
	return &tallies{c: c, mapper: client.NewMapper(c), log: log, watching: map[meta.GroupResource]*watcher{}}
}

// run lets resources be watched while work runs, and returns what work returns.
// Every goroutine has ended then.
func (t *tallies) run(ctx context.Context, work func(ctx context.Context) error) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t.mu.Lock()
	t.start = func(f func(ctx context.Context)) { wg.Go(func() { f(ctx) }) }
	t.mu.Unlock()
	return work(ctx)
}

// of returns the cache of a resource, which may not be filled yet, or nil if its
// objects cannot be counted. A resource that is not watched yet will be.
func (t *tallies) of(ctx context.Context, resource meta.GroupResource) (*client.Cache[meta.PartialObjectMetadata], error) {
	info, err := t.mapper.ForResource(ctx, meta.GroupVersionResource{Group: resource.Group, Resource: resource.Resource})
	var none *client.NoMatchError
	if errors.As(err, &none) || err == nil && (!info.Namespaced || !info.Can("create", "list", "watch", "delete")) {
		t.forget(resource)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if w := t.watching[resource]; w != nil {
		return w.cache, nil
	}
	w := &watcher{
		cache: client.NewCache(t.c, client.CacheOptions[meta.PartialObjectMetadata]{Resource: info.Resource, Logger: t.log}),
		stop:  make(chan struct{}),
	}
	w.cache.Handle(client.Handler[meta.PartialObjectMetadata]{
		OnAdd: func(obj *meta.PartialObjectMetadata, initial bool) {
			if !initial {
				t.changed(resource, obj.Namespace, false)
			}
		},
		OnDelete: func(key client.Key, _ *meta.PartialObjectMetadata) { t.changed(resource, key.Namespace, true) },
	})
	t.watching[resource] = w
	t.start(func(ctx context.Context) { t.watch(ctx, resource, w) })
	return w.cache, nil
}

func (t *tallies) watch(ctx context.Context, resource meta.GroupResource, w *watcher) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() {
		if err := w.cache.Run(ctx); err != nil {
			t.log.LogAttrs(ctx, slog.LevelError, "resource cannot be counted", slog.Any("resource", resource), slog.Any("error", err))
		}
	})
	wg.Go(func() {
		if w.cache.WaitSynced(ctx) == nil {
			t.changed(resource, "", true)
		}
	})
	select {
	case <-w.stop:
	case <-ctx.Done():
	}
}

// forget stops watching a resource.
func (t *tallies) forget(resource meta.GroupResource) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w := t.watching[resource]; w != nil {
		close(w.stop)
		delete(t.watching, resource)
	}
}

// keep stops watching those resources of which wanted says that no quota counts
// them any more.
func (t *tallies) keep(wanted func(meta.GroupResource) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for resource, w := range t.watching {
		if !wanted(resource) {
			close(w.stop)
			delete(t.watching, resource)
		}
	}
}
