package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/stretchr/testify/require"

	"github.com/kubenucleus/nucleus/storage"
)

// tornDisk has writes arrive in part, and files not be made or synced, at random
// and while it is told to.
type tornDisk struct {
	vfs.FS
	suffix string // of the files to which that happens
	mu     sync.Mutex
	rng    *rand.Rand
	of     int // one in so many fails; 0: none
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
	if err != nil || !strings.HasSuffix(name, d.suffix) {
		return f, err
	}
	return &tornFile{File: f, disk: d}, nil
}

func (d *tornDisk) Create(name string) (vfs.File, error) {
	if d.suffix == "" && d.fails() {
		return nil, errTorn
	}
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

// TestTornWrites lets writers work on a disk whose log fails at random, or on which
// everything does (logs that are begun, tables, the list of files), then cuts the
// power: every acknowledged write is there, no refused one, and of those that
// failed each as a whole or not at all. While it has power the store recovers by
// itself whenever the disk works.
func TestTornWrites(t *testing.T) {
	t.Run("logs", func(t *testing.T) {
		tearWrites(t, &tornDisk{suffix: ".log", rng: rand.New(rand.NewPCG(1, 2))}, 60, Options{Logger: quiet}, 30, func(faults int) bool { return faults > 20 })
	})
	t.Run("everything", func(t *testing.T) {
		start, died := time.Now(), &deaths{Handler: slog.DiscardHandler}
		tearWrites(t, &tornDisk{rng: rand.New(rand.NewPCG(3, 4))}, 400, Options{
			memTableBytes: 32 << 10,
			// An engine that has died is replaced after two of these seconds.
			now:    func() time.Time { return start.Add(200 * time.Since(start)) },
			Logger: slog.New(died),
		}, 900, func(faults int) bool { return faults > 4 && died.n.Load() > 0 })
		t.Logf("%d engines died", died.n.Load())
	})
}

// deaths counts the engines that were given up, by what is logged of it.
type deaths struct {
	slog.Handler
	n atomic.Int32
}

func (d *deaths) Enabled(context.Context, slog.Level) bool { return true }

func (d *deaths) Handle(_ context.Context, r slog.Record) error {
	if strings.Contains(r.Message, "another will be opened") {
		d.n.Add(1)
	}
	return nil
}

// tearWrites is one of these: one in so many operations fails, and values are up
// to five times so large. It takes six rounds, or as many as are enough.
func tearWrites(t *testing.T, disk *tornDisk, of int, opts Options, large int, enough func(faults int) bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	memory := vfs.NewStrictMem()
	disk.FS = memory
	opts.Dir, opts.fs, opts.freeSpace, opts.CompactAfter = "/data/store", disk, plenty, -1
	type state struct {
		acknowledged string   // the newest, "" for none
		perhaps      []string // what failed after that
	}
	keys := make([]state, 6)
	faults := 0
	for round := 0; round < 6 || round < 60 && !enough(faults); round++ {
		s, err := Open(ctx, opts)
		require.NoError(t, err)
		require.NoError(t, s.Check(ctx))
		look := func() {
			for k := range keys {
				kv, _, err := s.Get(ctx, fmt.Sprint("/k/", k))
				if keys[k].acknowledged == "" && errors.Is(err, storage.ErrNotFound) {
					continue
				}
				require.NoError(t, err)
				require.Contains(t, append(keys[k].perhaps, keys[k].acknowledged), string(kv.Value), "key %d in round %d", k, round)
				keys[k] = state{acknowledged: string(kv.Value)}
			}
		}
		look()
		for range 2 {
			disk.tear(of)
			began := time.Now() // an engine that cannot write tables is given up after seconds only
			var wg sync.WaitGroup
			var mu sync.Mutex
			for k := range keys {
				wg.Go(func() {
					for n := 0; n < 40 && time.Since(began) < 500*time.Millisecond; n++ {
						key, value := fmt.Sprint("/k/", k), fmt.Sprintf("%d.%d.%d %s", round, k, n, strings.Repeat("v", large*k))
						_, err := s.Update(ctx, key, 0, []byte(value), 0)
						if errors.Is(err, storage.ErrNotFound) {
							_, err = s.Create(ctx, key, []byte(value), 0)
						}
						switch {
						case err == nil:
							keys[k] = state{acknowledged: value}
						case errors.Is(err, storage.ErrExists), errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrCorrupt):
							t.Errorf("write of %s: %v", key, err)
						default:
							keys[k].perhaps = append(keys[k].perhaps, value)
							mu.Lock()
							faults++
							mu.Unlock()
							time.Sleep(time.Millisecond) // for a dead engine to be replaced meanwhile
						}
					}
				})
			}
			wg.Wait()
			disk.tear(0)
			var last error
			for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
				_, err := s.Update(ctx, fmt.Sprint("/other/", round), 0, nil, 0)
				if errors.Is(err, storage.ErrNotFound) {
					_, err = s.Create(ctx, fmt.Sprint("/other/", round), nil, 0)
				}
				if last = err; err == nil || time.Now().After(deadline) {
					break
				}
			}
			require.NoError(t, last, "the disk works again, so writes do")
			look()
		}
		memory.SetIgnoreSyncs(true)
		_ = s.Close()
		memory.ResetToSyncedState()
		memory.SetIgnoreSyncs(false)
	}
	t.Logf("%d writes failed", faults)
	require.True(t, enough(faults), "nothing was tried")
}
