package embedded

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/cockroachdb/pebble/vfs/errorfs"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

// TestReserve: writes are refused before the disk is full, deletions a little
// later, reads never; and all works again when there is space.
func TestReserve(t *testing.T) {
	ctx := context.Background()
	var free atomic.Int64
	free.Store(1 << 30)
	start := time.Now()
	var seconds atomic.Int64 // so that the disk is asked every time
	s := openStore(t, Options{Dir: t.TempDir(), ReserveBytes: 100 << 20, CompactAfter: -1,
		now:       func() time.Time { return start.Add(time.Duration(seconds.Add(1)) * time.Second) },
		freeSpace: func(string) (int64, int64, error) { return free.Load(), 1 << 40, nil }})
	rev, err := s.Create(ctx, "/a", []byte("1"), 0)
	require.NoError(t, err)

	free.Store(90 << 20)
	_, err = s.Update(ctx, "/a", rev, []byte("2"), 0)
	require.ErrorIs(t, err, storage.ErrNoSpace)
	var ke *storage.KeyError
	require.ErrorAs(t, err, &ke)
	kv, _, err := s.Get(ctx, "/a")
	require.NoError(t, err)
	require.Equal(t, "1", string(kv.Value), "nothing was written")
	_, err = s.Delete(ctx, "/a", rev)
	require.NoError(t, err, "deletions may use a part of the reserve")

	free.Store(40 << 20)
	_, err = s.Delete(ctx, "/b", 0)
	require.ErrorIs(t, err, storage.ErrNoSpace)

	free.Store(1 << 30)
	got, err := s.Create(ctx, "/a", []byte("3"), 0)
	require.NoError(t, err)
	require.Equal(t, rev+2, got)
}

// A disk that is asked rarely must still not be overrun by what is written in
// between.
func TestReserveIsNotOverrun(t *testing.T) {
	ctx := context.Background()
	var written atomic.Int64
	asked := 0
	now := time.Now()
	s := openStore(t, Options{Dir: t.TempDir(), ReserveBytes: 1 << 20, CompactAfter: -1, NoSync: true,
		now: func() time.Time { return now },
		freeSpace: func(string) (int64, int64, error) {
			asked++
			return 4<<20 - written.Load(), 1 << 40, nil
		}})
	value := make([]byte, 10<<10)
	var err error
	for i := 0; err == nil; i++ {
		if _, err = s.Create(ctx, fmt.Sprint("/", i), value, 0); err == nil {
			written.Add(int64(len(value)))
		}
	}
	require.ErrorIs(t, err, storage.ErrNoSpace)
	require.LessOrEqual(t, written.Load(), int64(3<<20))
	require.Greater(t, written.Load(), int64(2<<20), "most of what is free can be used")
	require.Less(t, asked, 100)
}

// failingDisk fails writes and syncs of the engine's files while it is told to.
type failingDisk struct {
	err  atomic.Pointer[error]
	only string // a part of the names that fail
}

func (d *failingDisk) MaybeError(op errorfs.Op, path string) error {
	if err := d.err.Load(); err != nil && op.OpKind() == errorfs.OpKindWrite && strings.Contains(filepath.Base(path), d.only) {
		return *err
	}
	return nil
}

// TestFailingDisk: a write that the engine could not do is not acknowledged;
// reads go on; when the disk works again so do writes, nothing that was
// acknowledged is missing, and watchers have seen exactly what is there.
func TestFailingDisk(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		only string
		want error
	}{
		"log full":        {syscall.ENOSPC, ".log", storage.ErrNoSpace},
		"log broken":      {errBroken, ".log", errBroken},
		"everything full": {syscall.ENOSPC, "", storage.ErrNoSpace},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			disk := &failingDisk{only: c.only}
			s := openStore(t, Options{Dir: "/store", Logger: quiet, freeSpace: plenty, CompactAfter: -1,
				fs: errorfs.Wrap(vfs.NewMem(), disk)})
			seen := make(chan storage.Event, 1000)
			go func() {
				defer close(seen)
				for ev, err := range s.Watch(ctx, "/", 0) {
					if err != nil {
						return
					}
					if ev.Type != storage.Progress {
						seen <- ev
					}
				}
			}()
			acknowledged := map[string]bool{}
			refused := 0
			for round := range 3 {
				for i := range 10 {
					key := fmt.Sprintf("/%d/%d", round, i)
					_, err := s.Create(ctx, key, []byte(strings.Repeat("x", 10000)), 0)
					require.NoError(t, err)
					acknowledged[key] = true
				}
				disk.err.Store(&c.err)
				for i := range 3 {
					_, err := s.Create(ctx, fmt.Sprintf("/%d/bad%d", round, i), nil, 0)
					require.ErrorIs(t, err, c.want)
					refused++
					_, _, err = s.Get(ctx, fmt.Sprintf("/%d/1", round))
					if i == 0 { // later the engine may be down
						require.NoError(t, err)
					}
				}
				disk.err.Store(nil)
			}
			rev, err := s.Create(ctx, "/end", nil, 0)
			require.NoError(t, err)
			acknowledged["/end"] = true
			page, err := s.List(ctx, "/", storage.ListOptions{})
			require.NoError(t, err)
			have := map[string]bool{}
			for _, kv := range page.Items {
				have[kv.Key] = true
			}
			for key := range acknowledged {
				require.True(t, have[key], key)
			}
			require.LessOrEqual(t, len(have), len(acknowledged)+refused)
			for want := storage.Revision(2); want <= rev; want++ {
				select {
				case ev := <-seen:
					require.Equal(t, want, ev.Revision)
					require.True(t, have[ev.KV.Key], ev.KV.Key)
				case <-ctx.Done():
					require.Fail(t, "no event", "revision %d", want)
				}
			}
			require.NoError(t, s.Check(ctx))
			require.NoError(t, s.Close())
		})
	}
}

// A refusal may be based on a write of the same batch: if that could not be
// done, the refusal is not true.
func TestFailedBatchRefusesNothing(t *testing.T) {
	ctx := context.Background()
	disk := &failingDisk{}
	s := openStore(t, Options{Dir: "/store", Logger: quiet, freeSpace: plenty, fs: errorfs.Wrap(vfs.NewMem(), disk)})
	_, err := s.Create(ctx, "/before", nil, 0)
	require.NoError(t, err)
	broken := error(syscall.EIO)
	disk.err.Store(&broken)
	writes := []*write{
		{op: opCreate, key: "/a", value: []byte("1"), done: make(chan struct{})},
		{op: opCreate, key: "/a", value: []byte("2"), done: make(chan struct{})},
	}
	s.commit(writes) // the committer is idle
	for _, w := range writes {
		require.ErrorIs(t, w.err, syscall.EIO)
		require.NotErrorIs(t, w.err, storage.ErrExists)
		require.Zero(t, w.rev)
	}
	disk.err.Store(nil)
	_, err = s.Create(ctx, "/after", nil, 0)
	require.NoError(t, err)
}
