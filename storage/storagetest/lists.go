package storagetest

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

func itoa(rev storage.Revision) string { return strconv.FormatInt(int64(rev), 10) }

func wait(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal("did not happen in time")
	}
}

func receive[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatal("nothing came in time")
	}
	return v
}

func keysOf(items []storage.KV) (keys []string) {
	for _, kv := range items {
		keys = append(keys, kv.Key)
	}
	return keys
}

func testListOrder(t *testing.T, s *subject) {
	// The neighbours of a prefix that a careless upper or lower bound takes in.
	for _, key := range []string{"/w/b", "/w/a", "/w/a/c", "/w/a-b", "/w/a0", "/w", "/w0", "/v/z", "/x", "/w/a\xff", "/w/a\xff\xff", "\xff\xff", "\xff"} {
		s.create(key, key)
	}
	all := []string{"/v/z", "/w", "/w/a", "/w/a-b", "/w/a/c", "/w/a0", "/w/a\xff", "/w/a\xff\xff", "/w/b", "/w0", "/x", "\xff", "\xff\xff"}
	for prefix, want := range map[string][]string{
		"":         all,
		"/":        all[:11],
		"/w/":      all[2:9],
		"/w/a":     all[2:8],
		"/w/a/":    all[4:5],
		"/w/a\xff": all[6:8],
		"\xff":     all[11:],
		"/nothing": nil,
	} {
		page := s.list(prefix, storage.ListOptions{})
		require.Equal(t, want, keysOf(page.Items), "prefix %q", prefix)
		require.False(t, page.More)
		require.EqualValues(t, -1, page.Remaining, "not asked for")
		require.Equal(t, s.revision(), page.Revision)
	}
	for after, want := range map[string][]string{
		"/a":         all[2:9], // before the prefix
		"/w/a":       all[3:9],
		"/w/a/b":     all[4:9], // not a key
		"/w/b":       nil,
		"/z":         nil, // after the prefix
		"/w/a\xff":   all[7:9],
		"/w/a/c/sub": all[5:9],
	} {
		require.Equal(t, want, keysOf(s.list("/w/", storage.ListOptions{After: after}).Items), "after %q", after)
	}
	page := s.list("/w/a", storage.ListOptions{KeysOnly: true, Limit: 1, Count: true})
	require.Equal(t, []string{"/w/a"}, keysOf(page.Items))
	require.Nil(t, page.Items[0].Value)
	require.NotZero(t, page.Items[0].Modified)
	require.True(t, page.More)
	require.EqualValues(t, 5, page.Remaining)
}

func testListPages(t *testing.T, s *subject) {
	want := map[string]string{}
	for i := range 25 {
		key := fmt.Sprintf("/w/%02d", i)
		s.create(key, "old")
		want[key] = "old"
	}
	s.delete("/w/07", 0)
	delete(want, "/w/07")

	got := map[string]string{}
	opts := storage.ListOptions{Limit: 7, Count: true}
	for pages := 1; ; pages++ {
		page := s.list("/w/", opts)
		require.LessOrEqual(t, len(page.Items), 7)
		for _, kv := range page.Items {
			got[kv.Key] = string(kv.Value)
			opts.After = kv.Key
		}
		if opts.Revision != 0 {
			require.Equal(t, opts.Revision, page.Revision)
		}
		opts.Revision = page.Revision
		require.EqualValues(t, len(want)-len(got), page.Remaining)
		if !page.More {
			require.Equal(t, 4, pages)
			break
		}
		// The list is of the moment of its first page, whatever happens now.
		s.create(fmt.Sprintf("/w/%02d-new", pages*7), "new")
		s.update(fmt.Sprintf("/w/%02d", pages*7+1), 0, "new")
		s.delete(fmt.Sprintf("/w/%02d", pages*7+3), 0)
	}
	require.Equal(t, want, got)
	require.False(t, s.list("/w/0", storage.ListOptions{Limit: 10}).More, "a limit that is just met leaves nothing")
}

func testListPast(t *testing.T, s *subject) {
	start := s.revision()
	a1 := s.create("/w/a", "1")
	b := s.create("/w/b", "1")
	a2 := s.update("/w/a", a1, "2")
	gone := s.delete("/w/b", b)
	back := s.create("/w/b", "3")

	for rev, want := range map[storage.Revision][]string{
		start: nil,
		a1:    {"/w/a=1@" + itoa(a1)},
		b:     {"/w/a=1@" + itoa(a1), "/w/b=1@" + itoa(b)},
		a2:    {"/w/a=2@" + itoa(a2), "/w/b=1@" + itoa(b)},
		gone:  {"/w/a=2@" + itoa(a2)},
		back:  {"/w/a=2@" + itoa(a2), "/w/b=3@" + itoa(back)},
	} {
		page := s.list("/w/", storage.ListOptions{Revision: rev})
		require.Equal(t, want, text(page.Items), "at %d", rev)
		require.Equal(t, rev, page.Revision)
	}
	_, err := s.List(s.ctx, "/w/", storage.ListOptions{Revision: back + 1})
	require.ErrorIs(t, err, storage.ErrFutureRevision)

	// Many versions of one key, of which each can be had.
	revs := []storage.Revision{}
	for i := range 40 {
		revs = append(revs, s.update("/w/a", 0, strconv.Itoa(i)))
	}
	for i, rev := range revs {
		page := s.list("/w/a", storage.ListOptions{Revision: rev})
		require.Equal(t, []string{fmt.Sprintf("/w/a=%d@%d", i, rev)}, text(page.Items))
	}
}

func testCompact(t *testing.T, s *subject) {
	a1 := s.create("/w/a", "1")
	b1 := s.create("/w/b", "1")
	a2 := s.update("/w/a", a1, "2")
	s.create("/w/c", "1")
	c2 := s.delete("/w/c", 0)
	b2 := s.delete("/w/b", b1)
	a3 := s.update("/w/a", a2, "3")

	require.ErrorIs(t, s.Compact(s.ctx, a3+1), storage.ErrFutureRevision)
	require.NoError(t, s.Compact(s.ctx, c2))
	s.check()
	for _, rev := range []storage.Revision{a1, b1, a2, c2 - 1} {
		_, err := s.List(s.ctx, "/w/", storage.ListOptions{Revision: rev})
		require.ErrorIs(t, err, storage.ErrCompacted, "at %d", rev)
	}
	at := func(rev storage.Revision) []string {
		return text(s.list("/w/", storage.ListOptions{Revision: rev}).Items)
	}
	require.Equal(t, []string{"/w/a=2@" + itoa(a2), "/w/b=1@" + itoa(b1)}, at(c2), "the state at the compaction is kept")
	require.Equal(t, []string{"/w/a=2@" + itoa(a2)}, at(b2))
	require.Equal(t, []string{"/w/a=3@" + itoa(a3)}, at(a3))

	require.NoError(t, s.Compact(s.ctx, a1), "compacting below an earlier one does nothing")
	require.NoError(t, s.Compact(s.ctx, c2))
	require.Equal(t, []string{"/w/a=2@" + itoa(a2)}, at(b2))

	require.NoError(t, s.Compact(s.ctx, a3))
	s.check()
	require.Equal(t, a3, s.revision(), "compaction is not a change")
	require.Equal(t, []string{"/w/a=3@" + itoa(a3)}, at(0))
	kv, _, err := s.Get(s.ctx, "/w/a")
	require.NoError(t, err)
	require.Equal(t, a1, kv.Created)
	require.Equal(t, a3+1, s.update("/w/a", a3, "4"), "the next revision is the next")
	b3 := s.create("/w/b", "again")
	require.Equal(t, a3+2, b3)

	// Enough of it that it cannot happen in one step.
	for i := range 1500 {
		s.update("/w/a", 0, strconv.Itoa(i))
	}
	last := s.revision()
	require.NoError(t, s.Compact(s.ctx, last))
	require.Equal(t, []string{"/w/a=1499@" + itoa(last), "/w/b=again@" + itoa(b3)}, at(0))
}
