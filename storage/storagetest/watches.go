package storagetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

// collect reads changes (not progress) until it has n, or an error.
func collect(ctx context.Context, s storage.Store, prefix string, after storage.Revision, n int) (lines []string, err error) {
	if n == 0 {
		return nil, nil
	}
	for ev, err := range s.Watch(ctx, prefix, after) {
		if err != nil {
			return lines, err
		}
		if ev.Type == storage.Progress {
			continue
		}
		if lines = append(lines, show(ev)); len(lines) == n {
			return lines, nil
		}
	}
	return lines, fmt.Errorf("watch ended without an error after %d events", len(lines))
}

func testWatch(t *testing.T, s *subject) {
	start := s.revision()
	a := s.create("/w/a", "1")
	b := s.create("/w/b", "1")
	a2 := s.update("/w/a", a, "2")
	b2 := s.delete("/w/b", b)
	want := []string{
		fmt.Sprintf("%d create /w/a=1", a),
		fmt.Sprintf("%d create /w/b=1", b),
		fmt.Sprintf("%d update /w/a=2 was 1", a2),
		fmt.Sprintf("%d delete /w/b was 1", b2),
	}
	for i, after := range []storage.Revision{start, a, b, a2} {
		got, err := collect(s.ctx, s, "/w/", after, len(want)-i)
		require.NoError(t, err)
		require.Equal(t, want[i:], got, "after %d", after)
	}

	// From history into the present, without a seam.
	next := make(chan storage.Event)
	go func() {
		defer close(next)
		for ev, err := range s.Watch(s.ctx, "/w/", a2) {
			if err != nil {
				return
			}
			if ev.Type != storage.Progress {
				if next <- ev; ev.KV.Key == "/w/end" {
					return
				}
			}
		}
	}()
	require.Equal(t, want[3], show(receive(t, next)))
	c := s.create("/w/c", "")
	ev := receive(t, next)
	require.Equal(t, fmt.Sprintf("%d create /w/c=", c), show(ev))
	require.Nil(t, ev.Prev)
	c2 := s.update("/w/c", c, "x")
	ev = receive(t, next)
	require.Equal(t, fmt.Sprintf("%d update /w/c=x was ", c2), show(ev))
	require.NotNil(t, ev.Prev, "there was a value, if an empty one")
	require.Equal(t, storage.KV{Key: "/w/c", Value: []byte("x"), Created: c, Modified: c2}, ev.KV)
	c3 := s.delete("/w/c", c2)
	ev = receive(t, next)
	require.Equal(t, fmt.Sprintf("%d delete /w/c was x", c3), show(ev))
	require.Equal(t, c3, ev.KV.Modified)
	require.Empty(t, ev.KV.Value)
	s.create("/w/end", "")
	receive(t, next)
}

func testWatchPrefix(t *testing.T, s *subject) {
	start := s.revision()
	s.create("/other/a", "1")
	ab := s.create("/w/ab", "1")
	s.create("/v", "1")
	a := s.create("/w/a", "1")
	s.create("/w", "1")
	end := s.create("/w/a/b", "1")
	got, err := collect(s.ctx, s, "/w/a", start, 3)
	require.NoError(t, err)
	require.Equal(t, []string{
		fmt.Sprintf("%d create /w/ab=1", ab), fmt.Sprintf("%d create /w/a=1", a), fmt.Sprintf("%d create /w/a/b=1", end),
	}, got)
	got, err = collect(s.ctx, s, "", start, 6)
	require.NoError(t, err)
	require.Len(t, got, 6)
}

func testWatchFuture(t *testing.T, s *subject) {
	after := s.revision() + 3
	done := make(chan []string, 1)
	go func() {
		lines, err := collect(s.ctx, s, "/w/", after, 2)
		if err != nil {
			lines = append(lines, err.Error())
		}
		done <- lines
	}()
	var want []string
	for i := range 5 {
		rev := s.create(fmt.Sprint("/w/", i), "1")
		if rev > after {
			want = append(want, fmt.Sprintf("%d create /w/%d=1", rev, i))
		}
	}
	require.Equal(t, want, receive(t, done))
}

func testWatchCompacted(t *testing.T, s *subject) {
	a := s.create("/w/a", "1")
	a2 := s.update("/w/a", a, "2")
	a3 := s.update("/w/a", a2, "3")
	require.NoError(t, s.Compact(s.ctx, a2))
	calls := 0
	for _, err := range s.Watch(s.ctx, "/w/", a) {
		calls++
		require.ErrorIs(t, err, storage.ErrCompacted)
	}
	require.Equal(t, 1, calls, "the error comes once, and the watch ends")
	got, err := collect(s.ctx, s, "/w/", a2, 1)
	require.NoError(t, err)
	require.Equal(t, []string{fmt.Sprintf("%d update /w/a=3 was 2", a3)}, got, "the state before is kept for the event")
}

func testWatchProgress(t *testing.T, s *subject) {
	a := s.create("/w/a", "1")
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	events := make(chan storage.Event, 100)
	go func() {
		defer close(events)
		for ev, err := range s.Watch(ctx, "/w/", a-1) {
			if err != nil {
				return
			}
			events <- ev
		}
	}()
	require.Equal(t, a, receive(t, events).Revision)
	ev := receive(t, events)
	require.Equal(t, storage.Progress, ev.Type, "a watch that has caught up says so")
	require.GreaterOrEqual(t, ev.Revision, a)

	other := s.create("/other", "1")
	require.NoError(t, s.Progress(s.ctx, "/w/"))
	for ev.Revision < other {
		ev = receive(t, events)
		require.Equal(t, storage.Progress, ev.Type)
	}
	// Progress never overtakes a change.
	b := s.create("/w/b", "1")
	require.NoError(t, s.Progress(s.ctx, "/w/"))
	seen := false
	for ev.Revision < b || ev.Type != storage.Progress {
		ev = receive(t, events)
		if ev.Type == storage.Put {
			seen = true
		} else if ev.Revision >= b {
			require.True(t, seen, "progress to %d before the change at %d", ev.Revision, b)
		}
	}
	cancel()
	for range events {
	}
}

func testWatchEnd(t *testing.T, s *subject) {
	why := fmt.Errorf("enough")
	ctx, cancel := context.WithCancelCause(s.ctx)
	defer cancel(nil)
	rev := s.create("/w/a", "1")
	calls := 0
	for ev, err := range s.Watch(ctx, "/w/", rev-1) {
		if calls++; err != nil {
			require.ErrorIs(t, err, why)
			continue
		}
		if ev.Type == storage.Progress {
			cancel(why)
		}
	}
	require.Equal(t, 3, calls, "a change, progress, the end")
	for range s.Watch(s.ctx, "/w/", rev-1) {
		break // must not hang or leak
	}
}

func testWatchSlow(t *testing.T, s *subject) {
	const n = 6000 // more than a store will want to queue
	start := s.revision()
	hold := make(chan struct{})
	caughtUp := make(chan struct{})
	done := make(chan error, 1)
	go func() {
		want := start + 1
		first := true
		for ev, err := range s.Watch(s.ctx, "/w/", start) {
			if err != nil {
				done <- err
				return
			}
			if first { // progress: the watch is live, and now its reader stalls
				first = false
				close(caughtUp)
				<-hold
			}
			if ev.Type == storage.Progress {
				continue
			}
			if ev.Revision != want || string(ev.KV.Value) != itoa(want) {
				done <- fmt.Errorf("got %s, want revision %d", show(ev), want)
				return
			}
			if want++; want > start+n {
				done <- nil
				return
			}
		}
	}()
	wait(t, caughtUp)
	var wg sync.WaitGroup
	var mu sync.Mutex
	next := start + 1
	for range 16 {
		wg.Go(func() {
			for {
				mu.Lock() // the value has to say the revision that it will get
				rev := next
				if next++; rev > start+n {
					mu.Unlock()
					return
				}
				got, err := s.Create(s.ctx, fmt.Sprint("/w/", rev), []byte(itoa(rev)), 0)
				mu.Unlock()
				if err != nil || got != rev {
					t.Errorf("create: revision %d, want %d: %v", got, rev, err)
					return
				}
			}
		})
	}
	wg.Wait() // no writer waits for the reader
	close(hold)
	require.NoError(t, receive(t, done))
}

func testWatchLoad(t *testing.T, s *subject) {
	const writers, perWriter, keys = 8, 250, 12
	start := s.revision()
	type result struct {
		name   string
		events []storage.Event
		err    error
	}
	results := make(chan result, 64)
	var watching sync.WaitGroup
	watch := func(name, prefix string, after storage.Revision) {
		watching.Go(func() {
			r := result{name: name}
			for ev, err := range s.Watch(s.ctx, prefix, after) {
				if err != nil {
					r.err = err
					break
				}
				if ev.Type == storage.Progress {
					if n := len(r.events); n > 0 && ev.Revision < r.events[n-1].Revision {
						r.err = fmt.Errorf("progress went back to %d", ev.Revision)
					}
					continue
				}
				if r.events = append(r.events, ev); string(ev.KV.Value) == "end" {
					break
				}
			}
			results <- r
		})
	}
	watch("all", "/", start)
	watch("half", "/w/0/", start)
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w), 7))
			for i := range perWriter {
				key := fmt.Sprintf("/w/%d/%d", w%2, rng.IntN(keys))
				value := []byte(strconv.Itoa(i))
				var err error
				if _, err = s.Create(s.ctx, key, value, 0); err != nil {
					if rng.IntN(3) == 0 {
						_, err = s.Delete(s.ctx, key, 0)
					} else {
						_, err = s.Update(s.ctx, key, 0, value, 0)
					}
				}
				_ = err // others may have deleted it: what counts is what was done
				if i%50 == 0 && w < 4 {
					rev, _ := s.Revision(s.ctx)
					watch(fmt.Sprintf("late %d/%d", w, i), "/", rev)
				}
			}
		})
	}
	writing.Wait()
	s.create("/w/0/end", "end")
	watching.Wait()
	close(results)

	var all []storage.Event
	var others []result
	for r := range results {
		require.NoError(t, r.err, r.name)
		if r.name == "all" {
			all = r.events
		} else {
			others = append(others, r)
		}
	}
	// Each write is one revision, so the complete history has no gaps.
	state := map[string]storage.KV{}
	for i, ev := range all {
		require.Equal(t, start+1+storage.Revision(i), ev.Revision)
		old, existed := state[ev.KV.Key]
		require.Equal(t, existed, ev.Prev != nil, show(ev))
		require.Equal(t, string(old.Value), string(ev.Prev), show(ev))
		if ev.Type == storage.Delete {
			require.True(t, existed, show(ev))
			delete(state, ev.KV.Key)
		} else {
			require.Equal(t, !existed, ev.Created, show(ev))
			state[ev.KV.Key] = ev.KV
		}
	}
	for _, r := range others {
		first := r.events[0].Revision
		want := []string{}
		for _, ev := range all {
			if ev.Revision >= first && (r.name != "half" || ev.KV.Key[:5] == "/w/0/") {
				want = append(want, show(ev))
			}
		}
		got := []string{}
		for _, ev := range r.events {
			got = append(got, show(ev))
		}
		require.Equal(t, want, got, r.name)
	}
	for _, kv := range s.list("/", storage.ListOptions{}).Items {
		require.Equal(t, state[kv.Key], kv, "the events add up to the state")
		delete(state, kv.Key)
	}
	require.Empty(t, state)
}
