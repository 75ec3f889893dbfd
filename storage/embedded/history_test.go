package embedded

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

func TestCompactionDue(t *testing.T) {
	var c compaction
	start := time.Unix(1000, 0)
	at := func(seconds int, newest storage.Revision) storage.Revision {
		return c.due(start.Add(time.Duration(seconds)*time.Second), newest, time.Minute, 1000)
	}
	require.LessOrEqual(t, at(0, 10), storage.Revision(0))
	require.LessOrEqual(t, at(30, 20), storage.Revision(0))
	require.LessOrEqual(t, at(59, 50), storage.Revision(0))
	require.EqualValues(t, 10, at(60, 60), "what was newest a minute ago")
	require.LessOrEqual(t, at(61, 60), storage.Revision(0), "compacted already")
	require.EqualValues(t, 50, at(119, 80))
	require.EqualValues(t, 4000, at(120, 5000), "a flood is bounded whatever its age")
}

func TestCompactionInBackground(t *testing.T) {
	ctx := context.Background()
	s := openStore(t, Options{CompactAfter: 20 * time.Millisecond})
	first, err := s.Create(ctx, "/a", []byte("1"), 0)
	require.NoError(t, err)
	for i := range 100 {
		_, err := s.Update(ctx, "/a", 0, fmt.Appendf(nil, "%d", i), 0)
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool {
		_, err := s.List(ctx, "/", storage.ListOptions{Revision: first})
		return errors.Is(err, storage.ErrCompacted)
	}, 10*time.Second, 5*time.Millisecond)
	kv, _, err := s.Get(ctx, "/a")
	require.NoError(t, err)
	require.Equal(t, "99", string(kv.Value))
}

// An interrupted compaction leaves changes behind its mark; the next one drops
// them.
func TestCompactionInterrupted(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, Options{Dir: dir, CompactAfter: -1})
	ctx, cancel := context.WithCancel(context.Background())
	for i := range 2500 {
		_, err := s.Create(ctx, fmt.Sprint("/", i%50), nil, 0)
		if errors.Is(err, storage.ErrExists) {
			_, err = s.Delete(ctx, fmt.Sprint("/", i%50), 0)
		}
		require.NoError(t, err)
	}
	cancel()
	// Compact refuses an ended context, so take its first steps by hand.
	bg := context.Background()
	b := s.eng.db.NewBatch()
	require.NoError(t, b.Set(keyCompacted, []byte{0, 0, 0, 0, 0, 0, 8, 0}, nil))
	require.NoError(t, s.applyInTurn(s.eng, b))
	s.compacted.Store(2048)
	more, err := s.compactSome(bg, s.eng, 2048)
	require.NoError(t, err)
	require.True(t, more)
	before, err := s.List(bg, "/", storage.ListOptions{})
	require.NoError(t, err)
	require.NoError(t, s.Check(bg))
	require.NoError(t, s.Close())

	s = openStore(t, Options{Dir: dir, CompactAfter: -1})
	require.NoError(t, s.Check(bg))
	after, err := s.List(bg, "/", storage.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.NoError(t, s.Compact(bg, 2100))
	require.NoError(t, s.Check(bg))
	n := 0
	for ev, err := range s.Watch(bg, "/", 2100) {
		require.NoError(t, err)
		if ev.Type == storage.Progress {
			break
		}
		n++
	}
	require.EqualValues(t, after.Revision-2100, n)
}

// Expiry follows the store's clock, survives what overtakes it, and leaves the
// index clean (which Check verifies at the end).
func TestExpireDue(t *testing.T) {
	ctx := context.Background()
	now := time.Unix(1_000_000, 0)
	s := openStore(t, Options{now: func() time.Time { return now }, CompactAfter: -1})
	for i := range 600 {
		_, err := s.Create(ctx, fmt.Sprintf("/%03d", i), []byte("1"), time.Duration(1+i%3)*time.Hour)
		require.NoError(t, err)
	}
	_, err := s.Update(ctx, "/000", 0, []byte("2"), 5*time.Hour)
	require.NoError(t, err)
	_, err = s.Delete(ctx, "/003", 0)
	require.NoError(t, err)
	count := func() int {
		page, err := s.List(ctx, "/", storage.ListOptions{KeysOnly: true})
		require.NoError(t, err)
		return len(page.Items)
	}
	next, err := s.expireDue(now.Add(time.Hour - time.Millisecond))
	require.NoError(t, err)
	require.Equal(t, 599, count(), "never early")
	require.Equal(t, now.Add(time.Hour).UnixMilli(), next.UnixMilli())
	_, err = s.expireDue(now.Add(2 * time.Hour))
	require.NoError(t, err)
	require.Equal(t, 201, count())
	next, err = s.expireDue(now.Add(4 * time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, count())
	require.Equal(t, now.Add(5*time.Hour).UnixMilli(), next.UnixMilli())
	next, err = s.expireDue(now.Add(6 * time.Hour))
	require.NoError(t, err)
	require.Zero(t, count())
	require.True(t, next.IsZero())
}

func TestCheckFinds(t *testing.T) {
	ctx := context.Background()
	key := func(k string, rev storage.Revision) []byte { return appendVersionKey(nil, k, rev) }
	for what, damage := range map[string]func(s *Store) error{
		"a version without its change": func(s *Store) error { return s.eng.db.Delete(appendChangeKey(nil, 3), nil) },
		"a change without its version": func(s *Store) error { return s.eng.db.Delete(key("/a", 3), nil) },
		"a version that is missing":    func(s *Store) error { return s.eng.db.Delete(key("/a", 2), nil) },
		"an expiry of nothing":         func(s *Store) error { return s.eng.db.Set(appendExpiryKey(nil, 5, 2), []byte("/a"), nil) },
		"an expiry that is not noted": func(s *Store) error {
			return s.eng.db.Set(key("/a", 3), appendVersion(nil, &version{created: 2, expires: 5}), nil)
		},
		"a value that is cut":      func(s *Store) error { return s.eng.db.Set(key("/a", 3), []byte{0}, nil) },
		"two keys of one revision": func(s *Store) error { return s.eng.db.Set(key("/z", 3), appendVersion(nil, &version{created: 3}), nil) },
	} {
		s, err := Open(ctx, Options{Dir: t.TempDir(), CompactAfter: -1})
		require.NoError(t, err)
		rev, err := s.Create(ctx, "/a", []byte("1"), 0)
		require.NoError(t, err)
		_, err = s.Update(ctx, "/a", rev, []byte("2"), 0)
		require.NoError(t, err)
		require.NoError(t, s.Check(ctx))
		require.NoError(t, damage(s), what)
		require.ErrorIs(t, s.Check(ctx), storage.ErrCorrupt, what)
		require.NoError(t, s.Close())
	}
}

func FuzzRecords(f *testing.F) {
	f.Add([]byte("d/a\x00\xff\xff\xff\xff\xff\xff\xff\xfe"))
	f.Add(appendVersion(nil, &version{created: 3, expires: 7, value: []byte("x")}))
	f.Add(appendChange(nil, &change{created: true, key: []byte("/a")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if v, err := parseVersion(9, data); err == nil {
			again, err := parseVersion(9, appendVersion(nil, &v))
			require.NoError(t, err)
			require.Equal(t, v.tombstone, again.tombstone)
			require.Equal(t, [2]int64{int64(v.created), v.expires}, [2]int64{int64(again.created), again.expires})
			require.Equal(t, string(v.value), string(again.value))
		}
		if c, err := parseChange(data); err == nil {
			again, err := parseChange(appendChange(nil, &c))
			require.NoError(t, err)
			require.Equal(t, c, again)
		}
		if key, rev, err := splitVersionKey(data); err == nil {
			require.Equal(t, data, appendVersionKey(nil, string(key), rev))
		}
		if at, rev, err := parseExpiryKey(data); err == nil {
			require.Equal(t, data, appendExpiryKey(nil, at, rev))
		}
		_, _ = parseChangeKey(data)
		chunkAt(data, 7)
	})
}
