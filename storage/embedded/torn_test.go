package embedded

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/storage"
)

// tornDisk has writes to the log arrive in part, and its syncs fail, at random and
// while it is told to. (When its other files fail, or a log that it wants to end, the
// engine ends the process, as databases do that cannot tell any more what they have;
// so the writes of a round are few enough for one log.)
type tornDisk struct {
	vfs.FS
	mu  sync.Mutex
	rng *rand.Rand
	of  int // one in so many fails; 0: none
}

var errTorn = errors.New("the disk failed in the middle")

func (d *tornDisk) fails() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.of > 0 && d.rng.IntN(d.of) == 0
}

func (d *tornDisk) tear(of int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.of = of
}

func (d *tornDisk) wrap(name string, f vfs.File, err error) (vfs.File, error) {
	if err != nil || !strings.HasSuffix(name, ".log") {
		return f, err
	}
	return &tornFile{File: f, disk: d}, nil
}

func (d *tornDisk) Create(name string) (vfs.File, error) {
	f, err := d.FS.Create(name)
	return d.wrap(name, f, err)
}

func (d *tornDisk) ReuseForWrite(from, to string) (vfs.File, error) {
	f, err := d.FS.ReuseForWrite(from, to)
	return d.wrap(to, f, err)
}

type tornFile struct {
	vfs.File
	disk *tornDisk
}

func (f *tornFile) Write(p []byte) (int, error) {
	if !f.disk.fails() {
		return f.File.Write(p)
	}
	n, err := f.File.Write(p[:len(p)/2])
	if err == nil {
		err = errTorn
	}
	return n, err
}

func (f *tornFile) Sync() error { return f.sync(f.File.Sync) }

func (f *tornFile) SyncData() error { return f.sync(f.File.SyncData) }

func (f *tornFile) sync(do func() error) error {
	if f.disk.fails() {
		return errTorn
	}
	return do()
}

// TestTornWrites lets writers work on a disk that fails at random, then cuts the
// power: every acknowledged write is there, no refused one, and of those that
// failed each as a whole or not at all.
func TestTornWrites(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	memory := vfs.NewStrictMem()
	disk := &tornDisk{FS: memory, rng: rand.New(rand.NewPCG(1, 2))}
	type state struct {
		acknowledged string   // the newest, "" for none
		perhaps      []string // what failed after that
	}
	keys := make([]state, 6)
	faults := 0
	for round := range 6 {
		s, err := Open(ctx, Options{Dir: "/data/store", fs: disk, freeSpace: plenty, Logger: quiet, CompactAfter: -1})
		require.NoError(t, err)
		require.NoError(t, s.Check(ctx))
		for k := range keys {
			kv, _, err := s.Get(ctx, fmt.Sprint("/k/", k))
			if keys[k].acknowledged == "" && errors.Is(err, storage.ErrNotFound) {
				continue
			}
			require.NoError(t, err)
			require.Contains(t, append(keys[k].perhaps, keys[k].acknowledged), string(kv.Value), "key %d in round %d", k, round)
			keys[k] = state{acknowledged: string(kv.Value)}
		}
		disk.tear(60)
		var wg sync.WaitGroup
		var mu sync.Mutex
		for k := range keys {
			wg.Go(func() {
				for n := range 40 {
					key, value := fmt.Sprint("/k/", k), fmt.Sprintf("%d.%d.%d %s", round, k, n, strings.Repeat("v", 30*k))
					_, err := s.Update(ctx, key, 0, []byte(value), 0)
					if errors.Is(err, storage.ErrNotFound) {
						_, err = s.Create(ctx, key, []byte(value), 0)
					}
					switch {
					case err == nil:
						keys[k] = state{acknowledged: value}
					case errors.Is(err, storage.ErrExists), errors.Is(err, storage.ErrConflict):
						t.Errorf("nobody else writes %s: %v", key, err)
					default:
						keys[k].perhaps = append(keys[k].perhaps, value)
						mu.Lock()
						faults++
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		memory.SetIgnoreSyncs(true)
		disk.tear(0)
		_ = s.Close() // its engine may be broken
		memory.ResetToSyncedState()
		memory.SetIgnoreSyncs(false)
	}
	require.Greater(t, faults, 20, "nothing was tried")
}
