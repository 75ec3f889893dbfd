package controller

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// trace notes what happens, in order.
type trace struct {
	mu   sync.Mutex
	said []string
}

func (t *trace) say(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, s)
}

func (t *trace) all() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.said)
}

func (t *trace) part(name string) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		t.say("+" + name)
		<-ctx.Done()
		t.say("-" + name)
		return ctx.Err()
	}
}

func TestGroupStartsInOrderAndStopsInReverse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr trace
		var g Group
		ready := func(ctx context.Context) error {
			time.Sleep(time.Second)
			tr.say("ready")
			return nil
		}
		g.AddReady("a", tr.part("a"), ready)
		g.AddReady("b", tr.part("b"), ready)
		g.Add("c", tr.part("c"))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- g.Run(ctx) }()
		time.Sleep(10 * time.Second)
		cancel()
		assert.NoError(t, <-ended)
		assert.Equal(t, []string{"+a", "ready", "+b", "ready", "+c", "-c", "-b", "-a"}, tr.all())
	})
}

func TestGroupEndsWithAPart(t *testing.T) {
	for _, test := range []struct {
		name string
		end  error
		want error
	}{
		{"that fails", assert.AnError, assert.AnError},
		{"that just ends", nil, errEnded},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var tr trace
				var g Group
				g.Add("a", tr.part("a"))
				g.Add("b", func(context.Context) error { time.Sleep(time.Second); return test.end })
				g.Add("c", tr.part("c"))
				err := g.Run(t.Context())
				assert.ErrorIs(t, err, test.want)
				assert.ErrorContains(t, err, "b: ")
				assert.ElementsMatch(t, []string{"+a", "+c", "-c", "-a"}, tr.all())
			})
		})
	}
}

func TestGroupDoesNotStartWhatCannotStand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr trace
		var g Group
		g.AddReady("a", tr.part("a"), func(context.Context) error { return assert.AnError })
		g.Add("b", tr.part("b"))
		err := g.Run(t.Context())
		assert.ErrorIs(t, err, assert.AnError)
		assert.ElementsMatch(t, []string{"+a", "-a"}, tr.all())
	})
}

func TestGroupPartFailsWhileNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Group
		g.AddReady("a", func(context.Context) error { return assert.AnError },
			func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		assert.ErrorIs(t, g.Run(t.Context()), assert.AnError)
	})
}

func TestGroupStoppedWhileStarting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr trace
		var g Group
		g.AddReady("a", tr.part("a"), func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		g.Add("b", tr.part("b"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.NoError(t, g.Run(ctx))
		assert.Equal(t, []string{"+a", "-a"}, tr.all())
	})
}

func TestGroupReportsAPartThatStopsBadly(t *testing.T) {
	var g Group
	g.Add("a", func(ctx context.Context) error { <-ctx.Done(); return errors.New("disk full") })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Nothing is started under an ended context.
	assert.NoError(t, g.Run(ctx))

	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		assert.ErrorContains(t, g.Run(ctx), "a: disk full")
	})
}
