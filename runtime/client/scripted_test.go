package client

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// scripted is a Client that answers lists and watches as a test says, for what
// a real server does too rarely: forgetting, breaking off, being away.
type scripted struct {
	Client // nil: other methods are not called
	s      *scheme.Scheme

	mu      sync.Mutex
	lists   []scriptedList
	watches []scriptedWatch
	asked   []string // what was asked, in order
	idle    chan struct{}
}

type scriptedList struct {
	version string
	objects []*Widget
	err     error
}

type scriptedWatch struct {
	events []Event
	err    error // yielded after the events
	hold   bool  // stay open after the events
}

func newScripted(t testing.TB, lists []scriptedList, watches []scriptedWatch) *scripted {
	return &scripted{s: Toys(t), lists: lists, watches: watches, idle: make(chan struct{})}
}

func (c *scripted) Scheme() *scheme.Scheme { return c.s }

var errScriptEnds = errors.New("the script has no more answers")

func (c *scripted) ListShared(ctx context.Context, at Target, opts meta.ListOptions) (string, iter.Seq2[meta.Object, error], error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, "list")
	if len(c.lists) == 0 {
		return "", nil, errScriptEnds
	}
	l := c.lists[0]
	c.lists = c.lists[1:]
	return l.version, func(yield func(meta.Object, error) bool) {
		for _, obj := range l.objects {
			if !yield(obj, nil) {
				return
			}
		}
	}, l.err
}

func (c *scripted) Watch(ctx context.Context, at Target, opts meta.ListOptions) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		c.mu.Lock()
		c.asked = append(c.asked, "watch "+opts.ResourceVersion)
		var w scriptedWatch
		if len(c.watches) == 0 {
			close(c.idle)
			w.hold = true
		} else {
			w = c.watches[0]
			c.watches = c.watches[1:]
		}
		c.mu.Unlock()
		for _, e := range w.events {
			if !yield(e, nil) {
				return
			}
		}
		if w.err != nil {
			yield(Event{}, w.err)
			return
		}
		if w.hold {
			<-ctx.Done()
		}
	}
}

func (c *scripted) log() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

func change(eventType EventType, namespace, name, version string) Event {
	return Event{Type: eventType, Object: widget(namespace, name, version)}
}
