package embedded

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

// saved makes a store with some past, writes to it while it is saved, and
// returns the snapshot and what the store had when it was begun.
func saved(t testing.TB) (snapshot []byte, info SnapshotInfo, ttl storage.KV) {
	ctx := t.Context()
	s, err := Open(ctx, Options{Dir: t.TempDir()})
	require.NoError(t, err)
	defer s.Close()
	for i := range 300 {
		key := fmt.Sprintf("/w/%03d", i)
		rev, err := s.Create(ctx, key, []byte("old"), 0)
		require.NoError(t, err)
		switch i % 3 {
		case 0:
			_, err = s.Update(ctx, key, rev, bytes.Repeat([]byte{byte(i)}, i*10), 0)
		case 1:
			_, err = s.Delete(ctx, key, rev)
		}
		require.NoError(t, err)
	}
	_, err = s.Create(ctx, "/ttl", []byte("x"), time.Hour)
	require.NoError(t, err)
	ttl, _, err = s.Get(ctx, "/ttl")
	require.NoError(t, err)

	working, enough := context.WithCancel(ctx)
	var workers sync.WaitGroup
	workers.Go(func() {
		for i := 0; working.Err() == nil; i++ {
			_, _ = s.Create(ctx, fmt.Sprint("/later/", i), []byte("later"), 0)
			_, _ = s.Update(ctx, "/w/000", 0, []byte("later"), 0)
		}
	})
	var out bytes.Buffer
	info, err = s.Save(ctx, &out)
	enough()
	workers.Wait()
	require.NoError(t, err)
	require.EqualValues(t, out.Len(), info.Bytes)
	return out.Bytes(), info, ttl
}

func TestSnapshot(t *testing.T) {
	ctx := t.Context()
	snapshot, info, ttl := saved(t)
	var keys []storage.KV
	read, err := ReadSnapshot(ctx, bytes.NewReader(snapshot), func(kv storage.KV) error { keys = append(keys, kv); return nil })
	require.NoError(t, err)
	require.Equal(t, info, read)
	require.Len(t, keys, int(info.Keys))
	require.GreaterOrEqual(t, len(keys), 201)

	dir := filepath.Join(t.TempDir(), "new")
	restored, err := Restore(ctx, Options{Dir: dir}, bytes.NewReader(snapshot), 1000)
	require.NoError(t, err)
	require.Equal(t, info.Revision+1000, restored.Revision)
	s, err := Open(ctx, Options{Dir: dir})
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Check(ctx))
	page, err := s.List(ctx, "", storage.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, keys, page.Items, "keys, values, revisions and ends are those of the snapshot")
	require.Equal(t, info.Revision+1000, page.Revision)
	kv, _, err := s.Get(ctx, "/ttl")
	require.NoError(t, err)
	require.Equal(t, ttl, kv)
	for _, err := range s.Watch(ctx, "/", info.Revision+5) {
		require.ErrorIs(t, err, storage.ErrCompacted, "who has seen what is lost must begin anew")
	}
	rev, err := s.Update(ctx, "/w/002", 0, []byte("new"), 0)
	require.NoError(t, err)
	require.Equal(t, info.Revision+1001, rev)
	require.NoError(t, s.Check(ctx))
	require.NoError(t, s.Close())

	_, err = Restore(ctx, Options{Dir: dir}, bytes.NewReader(snapshot), 0)
	require.ErrorIs(t, err, ErrNotEmpty)
	again, err := Open(ctx, Options{Dir: dir})
	require.NoError(t, err, "what refuses changes nothing")
	require.NoError(t, again.Close())
}

// TestDamagedSnapshot changes and cuts a snapshot: it is refused, and what was
// made of it is not a store.
func TestDamagedSnapshot(t *testing.T) {
	snapshot, _, _ := saved(t)
	ctx := t.Context()
	check := func(name string, data []byte) {
		_, err := ReadSnapshot(ctx, bytes.NewReader(data), nil)
		require.ErrorIs(t, err, storage.ErrCorrupt, name)
	}
	for i := 0; i < len(snapshot); i += 1 + len(snapshot)/500 {
		changed := bytes.Clone(snapshot)
		changed[i] ^= 0x10
		check(fmt.Sprint("changed at ", i), changed)
		check(fmt.Sprint("cut at ", i), snapshot[:i])
	}
	check("longer", append(bytes.Clone(snapshot), 0))

	dir := t.TempDir()
	changed := bytes.Clone(snapshot)
	changed[len(changed)-50] ^= 1
	_, err := Restore(ctx, Options{Dir: dir}, bytes.NewReader(changed), 0)
	require.ErrorIs(t, err, storage.ErrCorrupt)
	_, err = os.Stat(filepath.Join(dir, formatName))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestInUse(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), Options{Dir: dir})
	require.NoError(t, err)
	defer s.Close()
	_, err = Open(t.Context(), Options{Dir: dir})
	require.ErrorIs(t, err, ErrInUse)
}

func FuzzReadSnapshot(f *testing.F) {
	snapshot, _, _ := saved(f)
	f.Add(snapshot[:2000])
	f.Add([]byte(snapshotMagic + "\x00\x00\x00\x00\x00\x00\x00\x05\x01a\x01\x01\x00\x01x\x00\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = ReadSnapshot(t.Context(), bytes.NewReader(data), func(storage.KV) error { return nil })
	})
}
