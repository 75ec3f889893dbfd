package registry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubenucleus/nucleus/admission"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Registry serves the resources of a scheme from a store. Make one with [New],
// then call [Registry.Run].
type Registry struct {
	scheme      *scheme.Scheme
	store       storage.Store
	collections map[meta.GroupResource]*collection
	admission   atomic.Pointer[admission.Chain]
	fields      FieldManager
	tokens      TokenIssuer
	virtual     map[meta.GroupResource]Virtual
	reads       map[meta.GroupResource]VirtualRead
	services    *serviceAllocator
	storePrefix string
	names       names.Generator
	clock       func() time.Time
	logger      *slog.Logger

	flows         atomic.Pointer[[]seed] // that Bootstrap made
	deleteWorkers int
	startTimeout  time.Duration

	ready     chan struct{}
	readyOnce sync.Once
	done      atomic.Pointer[<-chan struct{}] // of Run's context
}

// New returns a Registry. It reads and starts nothing; call Run.
func New(s *scheme.Scheme, store storage.Store, o Options) (*Registry, error) {
	if s == nil || store == nil {
		return nil, errors.New("registry: needs a scheme and a store")
	}
	o, err := o.complete()
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	r := &Registry{
		scheme: s, store: store, collections: map[meta.GroupResource]*collection{},
		fields: o.FieldManager, tokens: o.TokenIssuer, virtual: maps.Clone(o.Virtual),
		names: o.Names, clock: o.Now, logger: o.Logger,
		reads: map[meta.GroupResource]VirtualRead{},
		ready: make(chan struct{}), deleteWorkers: o.DeleteWorkers, startTimeout: o.StartTimeout,
	}
	r.services = r.newServiceAllocator(&o)
	r.storePrefix = o.StorePrefix
	if r.virtual == nil {
		r.virtual = map[meta.GroupResource]Virtual{}
	}
	r.SetAdmission(o.Admission)
	shared := cache.Options{
		Budget: o.formBudget(), Logger: o.Logger,
		BookmarkEvery: o.BookmarkInterval, WaitTimeout: o.FreshnessTimeout,
	}
	prefixes := map[string]*scheme.Resource{}
	for _, g := range s.Groups() {
		for _, v := range g.Versions {
			for _, res := range v.Resources {
				if res.Virtual {
					continue
				}
				hub := s.Hub(res)
				if r.collections[hub.GroupResource()] != nil {
					continue
				}
				c := newCollection(s, store, hub, &o)
				if other := prefixes[c.prefix]; other != nil {
					return nil, fmt.Errorf("registry: %s and %s are both stored under %s", other.GroupResource(), hub.GroupResource(), c.prefix)
				}
				prefixes[c.prefix] = hub
				c.hooks = r.hooksOf(c)
				c.openCache(shared)
				r.collections[hub.GroupResource()] = c
			}
		}
	}
	return r, nil
}

// SetAdmission replaces the admission chain. It is for chains whose plug-ins
// read from the Registry, which therefore must exist first; call it before the
// first write.
func (r *Registry) SetAdmission(chain admission.Chain) { r.admission.Store(&chain) }

// SetVirtual makes answer answer the creates of a resource that is not stored, as
// Options.Virtual does. It is for answers that need the Registry themselves; call
// it before the first request.
func (r *Registry) SetVirtual(resource meta.GroupResource, answer Virtual) {
	r.virtual[resource] = answer
}

// SetVirtualRead makes read answer reads of a resource that is not stored. Call it
// before the first request.
func (r *Registry) SetVirtualRead(resource meta.GroupResource, read VirtualRead) {
	r.reads[resource] = read
}

// Scheme returns the declarations that are served.
func (r *Registry) Scheme() *scheme.Scheme { return r.scheme }

// Store returns the store that everything is kept in.
func (r *Registry) Store() storage.Store { return r.store }

// Run fills the caches and keeps them up to date until ctx ends or one of them
// fails, and returns which. Reads wait until the cache that they need is
// filled. Every goroutine that it started has ended when it returns.
func (r *Registry) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	done := ctx.Done()
	r.done.Store(&done)
	var running sync.WaitGroup
	for _, c := range r.collections {
		running.Go(func() {
			if err := c.cache.Run(ctx); err != nil && ctx.Err() == nil {
				stop(fmt.Errorf("cache of %s: %w", c.hub.GroupResource(), err))
			}
		})
	}
	running.Go(func() {
		if err := r.prepare(ctx); err != nil {
			stop(err)
			return
		}
		running.Go(func() { r.keepFlows(ctx) })
		running.Go(func() { r.keepAvailability(ctx) })
		r.services.keepRepaired(ctx)
	})
	<-ctx.Done()
	running.Wait()
	return context.Cause(ctx)
}

// ended says whether Run is over or about to be.
func (r *Registry) ended() bool {
	done := r.done.Load()
	if done == nil {
		return false
	}
	select {
	case <-*done:
		return true
	default:
		return false
	}
}

// prepare waits for the caches and rebuilds what is derived from stored
// objects.
func (r *Registry) prepare(ctx context.Context) error {
	if err := r.fill(ctx); err != nil {
		return err
	}
	if err := r.services.repair(ctx); err != nil {
		return fmt.Errorf("addresses of services: %w", err)
	}
	r.readyOnce.Do(func() { close(r.ready) })
	return nil
}

// fill waits for the caches. After Options.StartTimeout others are served that are
// filled.
func (r *Registry) fill(ctx context.Context) error {
	if r.startTimeout > 0 {
		late := time.AfterFunc(r.startTimeout, func() {
			var missing []string
			for resource, c := range r.collections {
				if !c.cache.Ready() {
					missing = append(missing, resource.String())
				}
			}
			slices.Sort(missing)
			r.logger.Warn("what is stored cannot be read yet; the rest is served", "resources", missing, "after", r.startTimeout)
			r.readyOnce.Do(func() { close(r.ready) })
		})
		defer late.Stop()
	}
	for _, c := range r.collections {
		if err := c.cache.WaitReady(ctx); err != nil {
			return fmt.Errorf("cache of %s: %w", c.hub.GroupResource(), err)
		}
	}
	return nil
}

// WaitReady returns when everything stored can be served, or after
// Options.StartTimeout, or with the cause of ctx. Run has to be running.
func (r *Registry) WaitReady(ctx context.Context) error {
	select {
	case <-r.ready:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// collectionOf returns where the objects of a resource are.
func (r *Registry) collectionOf(res *scheme.Resource) (*collection, error) {
	if c := r.collections[r.scheme.Hub(res).GroupResource()]; c != nil {
		return c, nil
	}
	return nil, meta.NoSuchResource()
}

// collectionNamed returns the collection of a resource that code here knows,
// or nil if the scheme does not have it.
func (r *Registry) collectionNamed(group, resource string) *collection {
	return r.collections[meta.GroupResource{Group: group, Resource: resource}]
}

// hooksOf returns what a resource does beyond its declaration.
func (r *Registry) hooksOf(c *collection) hooks {
	switch c.hub.GroupResource() {
	case meta.GroupResource{Resource: "services"}:
		return r.serviceHooks()
	case addressResource.GroupResource():
		return r.addressHooks()
	case meta.GroupResource{Resource: "namespaces"}:
		return namespaceHooks()
	case meta.GroupResource{Resource: "pods"}:
		return podHooks(c)
	case meta.GroupResource{Group: "resource.k8s.io", Resource: "resourceclaims"},
		meta.GroupResource{Group: "resource.k8s.io", Resource: "resourceclaimtemplates"}:
		return r.claimHooks()
	case meta.GroupResource{Group: "certificates.k8s.io", Resource: "certificatesigningrequests"}:
		return signingRequestHooks(r.now)
	}
	return hooks{}
}
