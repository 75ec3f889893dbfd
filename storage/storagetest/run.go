package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for something that should happen at once.
const patience = 30 * time.Second

// Run tests everything that package storage promises of a store while it is
// open. It calls open for every test; the store must be empty.
func Run(t *testing.T, open func(t *testing.T) storage.Store) {
	cases := []struct {
		name string
		test func(t *testing.T, s *subject)
	}{
		{"one key from creation to deletion", testLifecycle},
		{"refused writes say why and change nothing", testRefusals},
		{"keys and values that no store takes", testLimits},
		{"lists are in key order and keep to the prefix", testListOrder},
		{"pages of one revision agree with each other", testListPages},
		{"lists of the past", testListPast},
		{"compaction forgets the past and nothing else", testCompact},
		{"a watch yields history, then the present", testWatch},
		{"a watch keeps to its prefix", testWatchPrefix},
		{"a watch of the future waits", testWatchFuture},
		{"a watch from before the compaction ends at once", testWatchCompacted},
		{"a watch reports progress", testWatchProgress},
		{"a watch ends with its context or its loop", testWatchEnd},
		{"a slow watcher misses nothing and delays nobody", testWatchSlow},
		{"watches under load have no gaps and no repeats", testWatchLoad},
		{"keys expire", testTTL},
		{"concurrent compare-and-set loses no update", testCounter},
		{"concurrent operations are linearizable", testLinearizable},
		{"a closed store says so", testClosed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.test(t, newSubject(t, open(t))) })
	}
}

// RunDurable tests that what a store has acknowledged is there when it is opened
// again. open must open the store in dir, with what an earlier call left there.
func RunDurable(t *testing.T, open func(t *testing.T, dir string) storage.Store) {
	t.Run("a reopened store continues", func(t *testing.T) { testReopen(t, open) })
	t.Run("a reopened store is still compacted", func(t *testing.T) { testReopenCompacted(t, open) })
	t.Run("keys expire in a reopened store", func(t *testing.T) { testReopenTTL(t, open) })
}

// subject is the store under test, with the calls that must not fail.
type subject struct {
	storage.Store
	t   *testing.T
	ctx context.Context
}

func newSubject(t *testing.T, store storage.Store) *subject {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	s := &subject{Store: store, t: t, ctx: ctx}
	t.Cleanup(func() {
		s.check()
		require.NoError(t, store.Close())
		cancel()
	})
	return s
}

func (s *subject) check() {
	if c, ok := s.Store.(interface{ Check(context.Context) error }); ok {
		if _, err := s.Revision(s.ctx); err == nil {
			require.NoError(s.t, c.Check(s.ctx), "the store's own check of its invariants")
		}
	}
}

func (s *subject) create(key, value string) storage.Revision {
	s.t.Helper()
	rev, err := s.Create(s.ctx, key, []byte(value), 0)
	require.NoError(s.t, err)
	return rev
}

func (s *subject) update(key string, prev storage.Revision, value string) storage.Revision {
	s.t.Helper()
	rev, err := s.Update(s.ctx, key, prev, []byte(value), 0)
	require.NoError(s.t, err)
	return rev
}

func (s *subject) delete(key string, prev storage.Revision) storage.Revision {
	s.t.Helper()
	rev, err := s.Delete(s.ctx, key, prev)
	require.NoError(s.t, err)
	return rev
}

func (s *subject) list(prefix string, opts storage.ListOptions) storage.Page {
	s.t.Helper()
	page, err := s.List(s.ctx, prefix, opts)
	require.NoError(s.t, err)
	return page
}

func (s *subject) revision() storage.Revision {
	s.t.Helper()
	rev, err := s.Revision(s.ctx)
	require.NoError(s.t, err)
	return rev
}

// text shows a page in one line: key=value@modified.
func text(items []storage.KV) (lines []string) {
	for _, kv := range items {
		lines = append(lines, fmt.Sprintf("%s=%s@%d", kv.Key, kv.Value, kv.Modified))
	}
	return lines
}

// show puts an event in one line.
func show(e storage.Event) string {
	switch {
	case e.Type == storage.Put && e.Created:
		return fmt.Sprintf("%d create %s=%s", e.Revision, e.KV.Key, e.KV.Value)
	case e.Type == storage.Put:
		return fmt.Sprintf("%d update %s=%s was %s", e.Revision, e.KV.Key, e.KV.Value, e.Prev)
	case e.Type == storage.Delete:
		return fmt.Sprintf("%d delete %s was %s", e.Revision, e.KV.Key, e.Prev)
	case e.Type == storage.Progress:
		return fmt.Sprintf("progress %d", e.Revision)
	}
	return fmt.Sprintf("unknown event %+v", e)
}
