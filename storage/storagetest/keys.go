package storagetest

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

func testLifecycle(t *testing.T, s *subject) {
	start := s.revision()
	require.GreaterOrEqual(t, start, storage.Revision(1), "0 must be free to mean none")
	_, rev, err := s.Get(s.ctx, "/w/a")
	require.ErrorIs(t, err, storage.ErrNotFound)
	require.Equal(t, start, rev, "a miss has the revision as of which it is one")

	created := s.create("/w/a", "1")
	require.Greater(t, created, start)
	kv, rev, err := s.Get(s.ctx, "/w/a")
	require.NoError(t, err)
	require.Equal(t, storage.KV{Key: "/w/a", Value: []byte("1"), Created: created, Modified: created}, kv)
	require.Equal(t, created, rev)

	updated := s.update("/w/a", created, "2")
	require.Greater(t, updated, created)
	whatever := s.update("/w/a", 0, "3")
	kv, _, err = s.Get(s.ctx, "/w/a")
	require.NoError(t, err)
	require.Equal(t, storage.KV{Key: "/w/a", Value: []byte("3"), Created: created, Modified: whatever}, kv)

	deleted := s.delete("/w/a", whatever)
	require.Greater(t, deleted, whatever, "a deletion has a revision of its own")
	require.Equal(t, deleted, s.revision())
	_, _, err = s.Get(s.ctx, "/w/a")
	require.ErrorIs(t, err, storage.ErrNotFound)

	again := s.create("/w/a", "")
	kv, _, err = s.Get(s.ctx, "/w/a")
	require.NoError(t, err)
	require.Empty(t, kv.Value)
	require.Equal(t, again, kv.Created, "a key made again is a new key")
	s.delete("/w/a", 0)
}

func testRefusals(t *testing.T, s *subject) {
	first := s.create("/w/a", "1")
	second := s.update("/w/a", first, "2")

	_, err := s.Create(s.ctx, "/w/a", []byte("x"), 0)
	require.ErrorIs(t, err, storage.ErrExists)
	requireKeyError(t, err, "create", "/w/a", second)

	_, err = s.Update(s.ctx, "/w/a", first, []byte("x"), 0)
	require.ErrorIs(t, err, storage.ErrConflict)
	requireKeyError(t, err, "update", "/w/a", second)

	_, err = s.Update(s.ctx, "/w/a", second+100, []byte("x"), 0)
	require.ErrorIs(t, err, storage.ErrConflict)

	_, err = s.Delete(s.ctx, "/w/a", first)
	require.ErrorIs(t, err, storage.ErrConflict)
	requireKeyError(t, err, "delete", "/w/a", second)

	for _, prev := range []storage.Revision{0, first} {
		_, err = s.Update(s.ctx, "/w/b", prev, []byte("x"), 0)
		require.ErrorIs(t, err, storage.ErrNotFound)
		_, err = s.Delete(s.ctx, "/w/b", prev)
		require.ErrorIs(t, err, storage.ErrNotFound)
		requireKeyError(t, err, "delete", "/w/b", 0)
	}
	require.Equal(t, second, s.revision(), "what is refused takes no revision")
	require.Equal(t, []string{"/w/a=2@" + itoa(second)}, text(s.list("/", storage.ListOptions{}).Items))

	gone := s.delete("/w/a", second)
	_, err = s.Update(s.ctx, "/w/a", second, []byte("x"), 0)
	require.ErrorIs(t, err, storage.ErrNotFound, "a deleted key is not there")
	_, err = s.Update(s.ctx, "/w/a", gone, []byte("x"), 0)
	require.ErrorIs(t, err, storage.ErrNotFound, "nor is it at the revision of its deletion")

	canceled, cancel := context.WithCancel(s.ctx)
	cancel()
	_, err = s.Create(canceled, "/w/c", nil, 0)
	require.ErrorIs(t, err, context.Canceled)
}

// requireKeyError checks the error's data; a store that tells what it has must
// tell the truth.
func requireKeyError(t *testing.T, err error, op, key string, current storage.Revision) {
	t.Helper()
	var ke *storage.KeyError
	require.ErrorAs(t, err, &ke)
	require.Equal(t, op, ke.Op)
	require.Equal(t, key, ke.Key)
	if ke.Current != nil {
		require.Equal(t, current, ke.Current.Modified)
	}
}

func testLimits(t *testing.T, s *subject) {
	for name, c := range map[string]struct {
		key  string
		size int
		want error
	}{
		"empty key":        {"", 1, storage.ErrInvalidKey},
		"zero byte in key": {"/w/a\x00b", 1, storage.ErrInvalidKey},
		"key too long":     {"/w/" + strings.Repeat("x", storage.MaxKeyBytes), 1, storage.ErrTooLarge},
		"value too large":  {"/w/a", storage.MaxValueBytes + 1, storage.ErrTooLarge},
	} {
		_, err := s.Create(s.ctx, c.key, make([]byte, c.size), 0)
		require.ErrorIs(t, err, c.want, name)
		_, err = s.Update(s.ctx, c.key, 0, make([]byte, c.size), 0)
		require.ErrorIs(t, err, c.want, name)
	}
	_, _, err := s.Get(s.ctx, "")
	require.ErrorIs(t, err, storage.ErrInvalidKey)
	_, err = s.Delete(s.ctx, "a\x00", 0)
	require.ErrorIs(t, err, storage.ErrInvalidKey)

	large := bytes.Repeat([]byte("0123456789abcdef"), storage.MaxValueBytes/16)
	for _, value := range [][]byte{{0, 0xff, '\n', 0}, large} {
		rev, err := s.Create(s.ctx, "/w/\xff\x01 ~", value, 0)
		require.NoError(t, err)
		kv, _, err := s.Get(s.ctx, "/w/\xff\x01 ~")
		require.NoError(t, err)
		require.True(t, bytes.Equal(value, kv.Value), "bytes come back as they were")
		s.delete("/w/\xff\x01 ~", rev)
	}
}

func testTTL(t *testing.T, s *subject) {
	const ttl = time.Second
	before := time.Now()
	start := s.revision()
	created, err := s.Create(s.ctx, "/w/short", []byte("1"), ttl)
	require.NoError(t, err)
	_, err = s.Create(s.ctx, "/w/renewed", []byte("1"), ttl)
	require.NoError(t, err)
	s.update("/w/renewed", 0, "2")
	forever := s.create("/w/given", "1")
	_, err = s.Update(s.ctx, "/w/given", forever, []byte("2"), ttl)
	require.NoError(t, err)
	_, err = s.Create(s.ctx, "/w/replaced", []byte("1"), ttl)
	require.NoError(t, err)
	s.delete("/w/replaced", 0)
	s.create("/w/replaced", "2")

	kv, _, err := s.Get(s.ctx, "/w/short")
	require.NoError(t, err)
	require.False(t, kv.Expires.IsZero(), "a key with a TTL says when it ends")
	kv, _, err = s.Get(s.ctx, "/w/renewed")
	require.NoError(t, err)
	require.True(t, kv.Expires.IsZero(), "an update without a TTL removes it")

	expired := map[string]storage.Event{}
	for ev, err := range s.Watch(s.ctx, "/w/", start) {
		require.NoError(t, err)
		if ev.Type == storage.Delete && ev.KV.Key != "/w/replaced" {
			expired[ev.KV.Key] = ev
			if len(expired) == 2 {
				break
			}
		}
	}
	require.GreaterOrEqual(t, time.Since(before), ttl, "never early")
	require.Contains(t, expired, "/w/short")
	require.Contains(t, expired, "/w/given")
	require.Equal(t, "1", string(expired["/w/short"].Prev))
	require.Greater(t, expired["/w/short"].Revision, created)
	_, _, err = s.Get(s.ctx, "/w/short")
	require.ErrorIs(t, err, storage.ErrNotFound)
	page := s.list("/w/", storage.ListOptions{})
	require.Len(t, page.Items, 2)
	require.Equal(t, "/w/renewed", page.Items[0].Key)
	require.Equal(t, "/w/replaced", page.Items[1].Key, "a new key does not inherit the old one's end")
}

func testClosed(t *testing.T, s *subject) {
	s.create("/w/a", "1")
	ended := make(chan error, 1)
	caughtUp := make(chan struct{})
	go func() {
		var last error
		for ev, err := range s.Watch(s.ctx, "/", 0) {
			if last = err; err == nil && ev.Type == storage.Progress {
				close(caughtUp)
			}
		}
		ended <- last
	}()
	wait(t, caughtUp)
	require.NoError(t, s.Close())
	require.ErrorIs(t, receive(t, ended), storage.ErrClosed, "open watches end")

	_, err := s.Create(s.ctx, "/w/b", nil, 0)
	require.ErrorIs(t, err, storage.ErrClosed)
	_, err = s.Update(s.ctx, "/w/a", 0, nil, 0)
	require.ErrorIs(t, err, storage.ErrClosed)
	_, err = s.Delete(s.ctx, "/w/a", 0)
	require.ErrorIs(t, err, storage.ErrClosed)
	_, _, err = s.Get(s.ctx, "/w/a")
	require.ErrorIs(t, err, storage.ErrClosed)
	_, err = s.List(s.ctx, "/", storage.ListOptions{})
	require.ErrorIs(t, err, storage.ErrClosed)
	_, err = s.Revision(s.ctx)
	require.ErrorIs(t, err, storage.ErrClosed)
	require.ErrorIs(t, s.Compact(s.ctx, 1), storage.ErrClosed)
	require.ErrorIs(t, s.Progress(s.ctx, "/"), storage.ErrClosed)
	for _, err := range s.Watch(s.ctx, "/", 0) {
		require.ErrorIs(t, err, storage.ErrClosed)
	}
	require.NoError(t, s.Close(), "closing twice is fine")
}
