package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Caches is a set of caches of one Client, one for each resource and selection,
// so that the parts of a program share them. Caches of a set are had from
// [CacheOf] at any time and run by the set.
//
// All methods are safe for concurrent use.
type Caches struct {
	c Client // in whose name the part works that uses this face of the set
	*cacheSet
}

// cacheSet is what all faces of a set share.
type cacheSet struct {
	reader Client
	log    *slog.Logger

	mu    sync.Mutex
	known map[cacheID]member
	fresh []member      // not run yet
	wake  chan struct{} // has a token when fresh is not empty
}

type member interface {
	Run(ctx context.Context) error
	WaitSynced(ctx context.Context) error
}

type cacheID struct {
	object                                  reflect.Type
	resource                                meta.GroupVersionResource
	namespace, labelSelector, fieldSelector string
}

// NewCaches returns an empty set. A nil logger is slog.Default().
func NewCaches(c Client, log *slog.Logger) *Caches {
	if log == nil {
		log = slog.Default()
	}
	return &Caches{c, &cacheSet{reader: c, log: log, known: map[cacheID]member{}, wake: make(chan struct{}, 1)}}
}

// For returns a face of the same set for a part that works in the name of c. What
// is cached is read in the name of whom the set was made for: so parts that write
// as different users share what they read.
func (s *Caches) For(c Client) *Caches { return &Caches{c, s.cacheSet} }

// Client returns the Client to work with: that of NewCaches, or of For.
func (s *Caches) Client() Client { return s.c }

// CacheOf returns the set's cache of T with the options' selection, making it
// if there is none yet. Indexes that the options name are added to it.
func CacheOf[T any, P Pointer[T]](s *Caches, options ...CacheOptions[T]) *Cache[T] {
	opts := option(options)
	id := cacheID{reflect.TypeFor[T](), opts.Resource, opts.Namespace, opts.LabelSelector, opts.FieldSelector}
	s.mu.Lock()
	defer s.mu.Unlock()
	if have, ok := s.known[id].(*Cache[T]); ok {
		for name, values := range opts.Indexers {
			have.AddIndex(name, values)
		}
		return have
	}
	if opts.Logger == nil {
		opts.Logger = s.log
	}
	cache := NewCache[T, P](s.reader, opts)
	s.known[id] = cache
	s.fresh = append(s.fresh, cache)
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return cache
}

// Run runs the caches of the set, those included that are added meanwhile,
// until ctx ends; it returns nil then. If one of them cannot ever succeed, Run
// stops them all and returns why.
func (s *Caches) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	defer wg.Wait()
	var failed error
	var once sync.Once
	for {
		s.mu.Lock()
		fresh := s.fresh
		s.fresh = nil
		s.mu.Unlock()
		for _, m := range fresh {
			wg.Go(func() {
				if err := m.Run(ctx); err != nil {
					once.Do(func() { failed = err; stop(err) })
				}
			})
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			wg.Wait()
			return failed
		}
	}
}

// WaitSynced waits until every cache that is in the set now is synced.
func (s *Caches) WaitSynced(ctx context.Context) error {
	s.mu.Lock()
	all := make(map[cacheID]member, len(s.known))
	for id, m := range s.known {
		all[id] = m
	}
	s.mu.Unlock()
	var errs []error
	for id, m := range all {
		if err := m.WaitSynced(ctx); err != nil {
			errs = append(errs, fmt.Errorf("%v: %w", id.object, err))
		}
	}
	return errors.Join(errs...)
}
