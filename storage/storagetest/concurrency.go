package storagetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

func testCounter(t *testing.T, s *subject) {
	const workers, each = 8, 40
	s.create("/counter", "0")
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				kv, _, err := s.Get(s.ctx, "/counter")
				for err == nil {
					n, _ := strconv.Atoi(string(kv.Value))
					_, err = s.Update(s.ctx, "/counter", kv.Modified, []byte(strconv.Itoa(n+1)), 0)
					if err == nil {
						break
					}
					if errors.Is(err, storage.ErrConflict) {
						kv, _, err = s.Get(s.ctx, "/counter")
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	kv, _, err := s.Get(s.ctx, "/counter")
	require.NoError(t, err)
	require.Equal(t, strconv.Itoa(workers*each), string(kv.Value))
}

// operation is a call as its caller saw it.
type operation struct {
	op, key, value string
	prev           storage.Revision
	floor          storage.Revision // the highest revision known when it began
	rev            storage.Revision // of the write, or as of which was read
	err            error
	current        *storage.KV
	kv             storage.KV
	items          []storage.KV
}

// testLinearizable runs random calls and then finds one order of them that
// explains every answer. Revisions give the order of writes; a read must answer
// from the state at its revision, which must not be older than anything that
// was acknowledged before the read began.
func testLinearizable(t *testing.T, s *subject) {
	const workers, calls, keys = 8, 200, 4
	start := s.revision()
	var acknowledged atomic.Int64
	acknowledged.Store(int64(start))
	var mu sync.Mutex
	var history []operation
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w), 42))
			var last storage.KV
			for i := range calls {
				o := operation{key: fmt.Sprint("/k/", rng.IntN(keys)), value: fmt.Sprintf("%d.%d", w, i)}
				o.floor = storage.Revision(acknowledged.Load())
				if rng.IntN(2) == 0 && last.Key != "" {
					o.key, o.prev = last.Key, last.Modified
				}
				switch rng.IntN(6) {
				case 0:
					o.op, o.prev = "create", 0
					o.rev, o.err = s.Create(s.ctx, o.key, []byte(o.value), 0)
				case 1, 2:
					o.op = "update"
					o.rev, o.err = s.Update(s.ctx, o.key, o.prev, []byte(o.value), 0)
				case 3:
					o.op = "delete"
					o.rev, o.err = s.Delete(s.ctx, o.key, o.prev)
				case 4:
					o.op = "get"
					o.kv, o.rev, o.err = s.Get(s.ctx, o.key)
					last = o.kv
				case 5:
					o.op = "list"
					page, err := s.List(s.ctx, "/k/", storage.ListOptions{})
					o.items, o.rev, o.err = page.Items, page.Revision, err
				}
				var ke *storage.KeyError
				if errors.As(o.err, &ke) {
					o.current = ke.Current
				}
				if o.err == nil {
					raise(&acknowledged, int64(o.rev))
				}
				mu.Lock()
				history = append(history, o)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	explain(t, start, history)
}

func raise(v *atomic.Int64, to int64) {
	for have := v.Load(); have < to; have = v.Load() {
		if v.CompareAndSwap(have, to) {
			return
		}
	}
}

func explain(t *testing.T, start storage.Revision, history []operation) {
	var writes []operation
	for _, o := range history {
		if o.err == nil && o.op != "get" && o.op != "list" {
			writes = append(writes, o)
		}
	}
	slices.SortFunc(writes, func(a, b operation) int { return int(a.rev - b.rev) })
	states := []map[string]storage.KV{{}} // states[i] is that at start+i
	for i, w := range writes {
		require.Equal(t, start+1+storage.Revision(i), w.rev, "every write has the next revision")
		require.Greater(t, w.rev, w.floor, "a write comes after what was acknowledged before it")
		state := map[string]storage.KV{}
		for k, v := range states[i] {
			state[k] = v
		}
		cur, exists := state[w.key]
		require.Equal(t, w.op == "create", !exists, "%s %s at %d", w.op, w.key, w.rev)
		if w.prev != 0 {
			require.Equal(t, cur.Modified, w.prev, "%s %s at %d went through", w.op, w.key, w.rev)
		}
		if w.op == "delete" {
			delete(state, w.key)
		} else {
			if !exists {
				cur.Created = w.rev
			}
			state[w.key] = storage.KV{Key: w.key, Value: []byte(w.value), Created: cur.Created, Modified: w.rev}
		}
		states = append(states, state)
	}
	at := func(rev storage.Revision) map[string]storage.KV {
		require.GreaterOrEqual(t, rev, start)
		require.Less(t, int(rev-start), len(states), "a revision that no write has")
		return states[rev-start]
	}
	for _, o := range history {
		switch {
		case o.op == "get" && o.err == nil:
			require.GreaterOrEqual(t, o.rev, o.floor, "a read is not older than what was acknowledged before it")
			require.Equal(t, at(o.rev)[o.key], o.kv)
		case o.op == "get":
			require.ErrorIs(t, o.err, storage.ErrNotFound)
			require.GreaterOrEqual(t, o.rev, o.floor)
			require.NotContains(t, at(o.rev), o.key)
		case o.op == "list":
			require.NoError(t, o.err)
			require.GreaterOrEqual(t, o.rev, o.floor)
			require.Len(t, o.items, len(at(o.rev)))
			for _, kv := range o.items {
				require.Equal(t, at(o.rev)[kv.Key], kv)
			}
		case o.err != nil:
			// A refusal must be true of some state from its beginning on.
			explained := false
			for _, state := range states[o.floor-start:] {
				cur, exists := state[o.key]
				explained = explained ||
					errors.Is(o.err, storage.ErrExists) && exists ||
					errors.Is(o.err, storage.ErrNotFound) && !exists ||
					errors.Is(o.err, storage.ErrConflict) && exists && cur.Modified != o.prev
			}
			require.True(t, explained, "%s %s: %v", o.op, o.key, o.err)
			if o.current != nil {
				require.Equal(t, at(o.current.Modified)[o.key], *o.current, "what a refusal shows was there")
			}
		}
	}
}
