package storagetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

func testReopen(t *testing.T, open func(*testing.T, string) storage.Store) {
	dir := t.TempDir()
	s := newSubject(t, open(t, dir))
	start := s.revision()
	var want []string
	n := 0
	for round := range 3 {
		for i := range 20 {
			key := fmt.Sprintf("/w/%d", i)
			n++
			if round == 0 {
				want = append(want, fmt.Sprintf("%d create %s=0", s.create(key, "0"), key))
			} else {
				want = append(want, fmt.Sprintf("%d update %s=%d was %d", s.update(key, 0, fmt.Sprint(round)), key, round, round-1))
			}
		}
		revision, before := s.revision(), s.list("/", storage.ListOptions{})
		require.NoError(t, s.Close())
		s = newSubject(t, open(t, dir))
		require.Equal(t, revision, s.revision())
		require.Equal(t, before, s.list("/", storage.ListOptions{}))
		got, err := collect(s.ctx, s, "/w/", start, n)
		require.NoError(t, err)
		require.Equal(t, want, got, "history is still there")
	}
	require.Equal(t, start+storage.Revision(n)+1, s.create("/w/new", ""))
}

func testReopenCompacted(t *testing.T, open func(*testing.T, string) storage.Store) {
	dir := t.TempDir()
	s := newSubject(t, open(t, dir))
	a := s.create("/w/a", "1")
	a2 := s.update("/w/a", a, "2")
	gone := s.delete("/w/a", a2)
	require.NoError(t, s.Compact(s.ctx, gone))
	require.NoError(t, s.Close())

	s = newSubject(t, open(t, dir))
	require.Equal(t, gone, s.revision(), "with nothing left, the revision still does not go back")
	_, err := s.List(s.ctx, "/", storage.ListOptions{Revision: a2})
	require.ErrorIs(t, err, storage.ErrCompacted)
	require.Equal(t, gone+1, s.create("/w/a", "3"))
}

func testReopenTTL(t *testing.T, open func(*testing.T, string) storage.Store) {
	dir := t.TempDir()
	s := newSubject(t, open(t, dir))
	rev, err := s.Create(s.ctx, "/w/a", []byte("1"), time.Second)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	s = newSubject(t, open(t, dir))
	got, err := collect(s.ctx, s, "/w/", rev, 1)
	require.NoError(t, err)
	require.Equal(t, []string{fmt.Sprintf("%d delete /w/a was 1", rev+1)}, got)
}
