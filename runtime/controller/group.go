package controller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// Group starts the parts of a program in order, and stops them in the opposite
// order when it is told to or when one of them ends. It owns the goroutines
// that the parts run in: when its Run has returned, all of them have ended.
//
// A Group is itself a part, by its Run. The zero value is an empty group.
type Group struct {
	// Logger is told what starts and stops, at debug level; nil is
	// slog.Default().
	Logger *slog.Logger

	parts []part
}

type part struct {
	name  string
	run   func(ctx context.Context) error
	ready func(ctx context.Context) error
}

// Add adds a part at the end. run works until its context ends; it should
// return nil then. A part that ends by itself ends the group. Add must not be
// called once the group runs.
func (g *Group) Add(name string, run func(ctx context.Context) error) {
	g.parts = append(g.parts, part{name: name, run: run})
}

// AddReady is Add for a part that the parts after it need: they are started
// when ready has returned nil. ready must return once its context ends.
func (g *Group) AddReady(name string, run, ready func(ctx context.Context) error) {
	g.parts = append(g.parts, part{name: name, run: run, ready: ready})
}

// errEnded is what a part that ends without error gives the group.
var errEnded = errors.New("ended by itself")

// Run starts the parts one after another and waits until ctx ends or a part
// does. Then it stops them, the last first, each fully before the next. It
// returns nil if ctx ended and all parts stopped well, else the first error.
func (g *Group) Run(ctx context.Context) error {
	log := g.Logger
	if log == nil {
		log = slog.Default()
	}
	// Parts do not live under ctx: it would stop them all at once.
	base := context.WithoutCancel(ctx)
	type running struct {
		part
		stop context.CancelFunc
		done chan struct{}
	}
	var started []running
	var once sync.Once
	var first error
	broken := make(chan struct{})
	fail := func(name string, err error) {
		once.Do(func() {
			first = fmt.Errorf("%s: %w", name, err)
			close(broken)
		})
	}
	isBroken := func() bool {
		select {
		case <-broken:
			return true
		default:
			return false
		}
	}

	for _, p := range g.parts {
		if ctx.Err() != nil || isBroken() {
			break
		}
		log.LogAttrs(ctx, slog.LevelDebug, "start", slog.String("part", p.name))
		partCtx, stop := context.WithCancel(base)
		r := running{part: p, stop: stop, done: make(chan struct{})}
		started = append(started, r)
		go func() {
			defer close(r.done)
			err := r.run(partCtx)
			switch {
			case partCtx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)):
			case err == nil:
				fail(r.name, errEnded)
			default:
				fail(r.name, err)
			}
		}()
		if p.ready == nil {
			continue
		}
		readyCtx, cancel := context.WithCancel(ctx)
		release := make(chan struct{})
		go func() {
			defer close(release)
			select {
			case <-broken:
				cancel()
			case <-readyCtx.Done():
			}
		}()
		err := p.ready(readyCtx)
		cancel()
		<-release
		if err != nil && ctx.Err() == nil && !isBroken() {
			fail(p.name, fmt.Errorf("not ready: %w", err))
		}
	}

	select {
	case <-ctx.Done():
	case <-broken:
	}
	for i := len(started) - 1; i >= 0; i-- {
		log.LogAttrs(ctx, slog.LevelDebug, "stop", slog.String("part", started[i].name))
		started[i].stop()
		<-started[i].done
	}
	return first
}
