package etcd

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/storage"
)

// TestMembersComeAndGo writes to a cluster of three while its leader moves, and
// while each member in turn is killed and started again. Every acknowledged
// write is there in the end, and a watch sees each once and in order.
func TestMembersComeAndGo(t *testing.T) {
	c := newCluster(t, t.TempDir(), 3)
	s := c.open(t)
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	start, err := s.Revision(ctx)
	require.NoError(t, err)

	type seen struct {
		rev   storage.Revision
		key   string
		value string
	}
	watching := make(chan []seen, 1)
	var watchErr error
	go func() {
		var events []seen
		for ev, err := range s.Watch(ctx, "/w/", start) {
			if err != nil {
				watchErr = err
				break
			}
			if ev.Type == storage.Progress {
				continue
			}
			if events = append(events, seen{ev.Revision, ev.KV.Key, string(ev.KV.Value)}); ev.KV.Key == "/w/end" {
				break
			}
		}
		watching <- events
	}()

	working, enough := context.WithCancel(ctx)
	var mu sync.Mutex
	acknowledged := map[storage.Revision]seen{}
	var lost int
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Go(func() {
			key := fmt.Sprint("/w/", w)
			var rev storage.Revision
			for i := 0; working.Err() == nil; i++ {
				value := fmt.Sprint(w, ".", i)
				var err error
				var next storage.Revision
				if rev == 0 {
					next, err = s.Create(ctx, key, []byte(value), 0)
				} else {
					next, err = s.Update(ctx, key, rev, []byte(value), 0)
				}
				mu.Lock()
				if err == nil {
					acknowledged[next] = seen{next, key, value}
					rev = next
				} else {
					lost++
				}
				mu.Unlock()
				if err != nil { // it may have happened: read where we are
					if errors.Is(err, storage.ErrConflict) {
						t.Errorf("nobody else writes %s: %v", key, err)
					}
					kv, _, err := s.Get(ctx, key)
					if err != nil && !errors.Is(err, storage.ErrNotFound) && working.Err() == nil {
						i--
					} else if err == nil {
						rev = kv.Modified
					}
				}
			}
		})
	}
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(acknowledged) }
	more := func(what string) { // the cluster works again: new writes are acknowledged
		before := count()
		require.Eventually(t, func() bool { return count() > before+20 }, 30*time.Second, 5*time.Millisecond, what)
	}
	more("at the beginning")
	require.NoError(t, c.moveLeader(ctx))
	more("after the leader has moved")
	for _, m := range c.members {
		m.kill()
		more("with " + m.config.Name + " gone")
		m.begin(t)
		m.await(t)
		more("with " + m.config.Name + " back")
	}
	enough()
	workers.Wait()
	_, err = s.Create(ctx, "/w/end", nil, 0)
	require.NoError(t, err)
	events := <-watching
	require.NoError(t, watchErr)

	at := map[storage.Revision]seen{}
	var last storage.Revision
	for _, ev := range events {
		require.Greater(t, ev.rev, last, "in order, each once")
		last = ev.rev
		at[ev.rev] = ev
	}
	for rev, want := range acknowledged {
		require.Equal(t, want, at[rev], "every acknowledged write was seen")
	}
	require.LessOrEqual(t, len(events)-1-len(acknowledged), lost, "what was not acknowledged is at most what failed")
	t.Logf("%d writes acknowledged, %d failed, %d events", len(acknowledged), lost, len(events))
}
