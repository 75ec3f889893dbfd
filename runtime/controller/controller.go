package controller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Reconciler brings the world one step nearer to what the object of a key asks
// for. It is level-based: it is told which key, not what happened, looks at the
// present state and acts on that. It may be called for a key without reason,
// and for an object that is gone.
//
// It runs in several goroutines at once, never in two for the same key. ctx
// ends when the controller is stopped.
type Reconciler[K comparable] func(ctx context.Context, key K) (Result, error)

// Result says when to come back to a key that was reconciled without error. The
// zero value waits for the next change.
type Result struct {
	After time.Duration
}

// Terminal marks an error that trying again cannot cure: it is logged, and the
// key waits for the next change.
func Terminal(err error) error { return &terminalError{err} }

type terminalError struct{ error }

func (e *terminalError) Unwrap() error { return e.error }

// Options tunes a [Controller]. The zero value works, one key at a time.
type Options struct {
	Workers int          // how many keys at a time; 0 is 1
	Queue   QueueOptions // back-off after errors
	Logger  *slog.Logger // nil: slog.Default()
}

// Controller reconciles the keys that its watches and its reconciler ask for.
type Controller[K comparable] struct {
	name      string
	reconcile Reconciler[K]
	opts      Options
	log       *slog.Logger
	queue     *Queue[K]
	ran       atomic.Bool

	mu      sync.Mutex
	sources []syncer
	removes []func()
}

// syncer is a cache, as far as a controller has to wait for it.
type syncer interface {
	WaitSynced(ctx context.Context) error
}

// New returns a controller of that name. Tell it with [Watch] what to watch,
// then call Run.
func New[K comparable](name string, reconcile Reconciler[K], opts Options) *Controller[K] {
	if opts.Workers <= 0 {
		opts.Workers = 1
	}
	if opts.Logger == nil {
		opts.Logger = slog.Default()
	}
	return &Controller[K]{
		name: name, reconcile: reconcile, opts: opts,
		log:   opts.Logger.With(slog.String("controller", name)),
		queue: NewQueue[K](opts.Queue),
	}
}

// Name returns the controller's name.
func (c *Controller[K]) Name() string { return c.name }

// Queue returns the controller's queue, for keys that no watch brings.
func (c *Controller[K]) Queue() *Queue[K] { return c.queue }

// After makes Run wait for one more cache, which the reconciler reads but whose
// changes concern no key.
func (c *Controller[K]) After(cache interface {
	WaitSynced(ctx context.Context) error
}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sources = append(c.sources, cache)
}

// Run waits until the caches that are watched are filled and then reconciles
// until ctx ends. When it returns, no reconciliation is going on, and it watches
// no more. It returns nil when ctx ends, or the error of a cache that cannot be
// filled. A Controller can be run once.
func (c *Controller[K]) Run(ctx context.Context) error {
	if !c.ran.CompareAndSwap(false, true) {
		return fmt.Errorf("controller %s is already run", c.name)
	}
	defer c.stop()
	c.mu.Lock()
	sources := c.sources
	c.mu.Unlock()
	for _, source := range sources {
		if err := source.WaitSynced(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("controller %s: %w", c.name, err)
		}
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "controller runs", slog.Int("workers", c.opts.Workers))
	var workers sync.WaitGroup
	for range c.opts.Workers {
		workers.Go(func() {
			for {
				key, ok := c.queue.Get(ctx)
				if !ok {
					return
				}
				c.handle(ctx, key)
			}
		})
	}
	workers.Wait()
	return nil
}

func (c *Controller[K]) stop() {
	c.queue.ShutDown()
	c.mu.Lock()
	removes := c.removes
	c.removes = nil
	c.mu.Unlock()
	for _, remove := range removes {
		remove()
	}
}

// handle reconciles one key and decides when to come back to it.
func (c *Controller[K]) handle(ctx context.Context, key K) {
	defer c.queue.Done(key)
	result, err := c.safely(ctx, key)
	var terminal *terminalError
	switch {
	case err == nil:
		c.queue.Forget(key)
		if result.After > 0 {
			c.queue.AddAfter(key, result.After)
		}
		return
	case ctx.Err() != nil:
		return // stopped in the middle; whoever runs next starts from the state
	case errors.As(err, &terminal):
		c.queue.Forget(key)
		c.log.LogAttrs(ctx, slog.LevelError, "reconciliation given up", slog.Any("key", key), slog.Any("error", err))
		return
	}
	// To lose a race is ordinary: the cache had not seen the other's write.
	level := slog.LevelWarn
	if meta.IsConflict(err) {
		level = slog.LevelDebug
	}
	c.queue.AddRateLimited(key)
	c.log.LogAttrs(ctx, level, "reconciliation again", slog.Any("key", key), slog.Any("error", err), slog.Int("failures", c.queue.Failures(key)))
}

// safely reconciles and turns a panic into an error: one bad object must not
// stop the work on all others.
func (c *Controller[K]) safely(ctx context.Context, key K) (result Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return c.reconcile(ctx, key)
}
