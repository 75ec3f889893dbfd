package embedded

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
)

// BenchmarkEngine is the measurement behind the choice of engine (doc.go holds
// its result): the records of one write (value under key and revision, change
// under revision), grouped into one durable commit, from 32 writers.
//
//	go test -run '^$' -bench Engine -benchtime 20000x ./storage/embedded
func BenchmarkEngine(b *testing.B) {
	engines := []struct {
		name string
		open func(b *testing.B, dir string) (apply func([]record) error, get func(prefix []byte) error, closeFn func() error)
	}{
		{"pebble", func(b *testing.B, dir string) (func([]record) error, func([]byte) error, func() error) {
			o := Options{Dir: dir}.withDefaults()
			return openPebbleForBench(b, dir, (&engine{log: o.Logger}).options(&o, nil, false))
		}},
		{"pebble with its defaults, snappy", func(b *testing.B, dir string) (func([]record) error, func([]byte) error, func() error) {
			return openPebbleForBench(b, dir, &pebble.Options{FormatMajorVersion: pebble.FormatNewest, Logger: &engine{log: quiet}})
		}},
		{"bbolt", openBoltForBench},
	}
	for _, e := range engines {
		for _, size := range []int{1 << 10, 3 << 10} {
			b.Run(fmt.Sprintf("%s/value=%d", e.name, size), func(b *testing.B) {
				dir := b.TempDir()
				start := time.Now()
				apply, get, closeFn := e.open(b, dir)
				opened := time.Since(start)
				benchGroupCommit(b, apply, get, size)
				b.ReportMetric(float64(opened.Microseconds())/1000, "open-ms")
				require.NoError(b, closeFn())
				b.ReportMetric(float64(diskUse(b, dir))/1e6, "disk-MB")
			})
		}
	}
}

type record struct{ key, value []byte }

func benchGroupCommit(b *testing.B, apply func([]record) error, get func([]byte) error, size int) {
	const writers, keys = 32, 20000
	type request struct {
		recs []record
		done chan error
	}
	queue := make(chan *request, writers)
	var committer sync.WaitGroup
	var batches atomic.Int64
	committer.Go(func() {
		for first := range queue {
			batch := []*request{first}
			recs := first.recs
		more:
			for len(batch) < 256 {
				select {
				case r, ok := <-queue:
					if !ok {
						break more
					}
					batch, recs = append(batch, r), append(recs, r.recs...)
				default:
					break more
				}
			}
			err := apply(recs)
			batches.Add(1)
			for _, r := range batch {
				r.done <- err
			}
		}
	})
	var rev atomic.Uint64
	var left atomic.Int64
	left.Store(int64(b.N))
	before := cpuTime(b)
	b.ResetTimer()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w), 1))
			req := &request{done: make(chan error, 1)}
			for left.Add(-1) >= 0 {
				value := make([]byte, size)
				for i := 0; i < size; i += 3 { // compresses about as well as an encoded object
					value[i] = byte(rng.Uint32())
				}
				name := fmt.Sprintf("d/registry/configmaps/bench/cm-%08d\x00", rng.IntN(keys))
				if err := get([]byte(name)); err != nil {
					b.Error(err)
					return
				}
				r := rev.Add(1)
				req.recs = []record{
					{binary.BigEndian.AppendUint64([]byte(name), ^r), value},
					{binary.BigEndian.AppendUint64([]byte("r"), r), []byte(name)},
				}
				queue <- req
				if err := <-req.done; err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	close(queue)
	committer.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-us/write")
	b.ReportMetric(float64(b.N)/float64(batches.Load()), "writes/commit")
	anon, file := residentMB()
	b.ReportMetric(anon, "rss-anon-MB")
	b.ReportMetric(file, "rss-file-MB")
}

func openPebbleForBench(b *testing.B, dir string, opts *pebble.Options) (func([]record) error, func([]byte) error, func() error) {
	db, err := pebble.Open(dir, opts)
	require.NoError(b, err)
	apply := func(recs []record) error {
		batch := db.NewBatch()
		for _, r := range recs {
			if err := batch.Set(r.key, r.value, nil); err != nil {
				return err
			}
		}
		return batch.Commit(pebble.Sync)
	}
	get := func(prefix []byte) error {
		it, err := db.NewIter(nil)
		if err != nil {
			return err
		}
		it.SeekGE(prefix)
		return it.Close()
	}
	return apply, get, db.Close
}

func openBoltForBench(b *testing.B, dir string) (func([]record) error, func([]byte) error, func() error) {
	db, err := bbolt.Open(filepath.Join(dir, "db"), 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType, NoFreelistSync: true})
	require.NoError(b, err)
	bucket := []byte("b")
	require.NoError(b, db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket(bucket); return err }))
	apply := func(recs []record) error {
		return db.Update(func(tx *bbolt.Tx) error {
			for _, r := range recs {
				if err := tx.Bucket(bucket).Put(r.key, r.value); err != nil {
					return err
				}
			}
			return nil
		})
	}
	get := func(prefix []byte) error {
		return db.View(func(tx *bbolt.Tx) error { tx.Bucket(bucket).Cursor().Seek(prefix); return nil })
	}
	return apply, get, db.Close
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// residentMB tells the process's own memory from mapped file pages.
func residentMB() (anon, file float64) {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(data)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "RssAnon: %f", &kb); n == 1 {
			anon = kb / 1000
		}
		if n, _ := fmt.Sscanf(line, "RssFile: %f", &kb); n == 1 {
			file = kb / 1000
		}
	}
	return anon, file
}

func diskUse(b *testing.B, dir string) (n int64) {
	require.NoError(b, filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			n += info.Size()
		}
		return err
	}))
	return n
}

// BenchmarkWrite is a durable write through the Store: by one writer, who pays
// for a sync of the disk alone, and by 32, who share it.
func BenchmarkWrite(b *testing.B) {
	for _, writers := range []int{1, 32} {
		for _, noSync := range []bool{false, true} {
			b.Run(fmt.Sprintf("writers=%d/nosync=%t", writers, noSync), func(b *testing.B) {
				ctx := b.Context()
				s, err := Open(ctx, Options{Dir: b.TempDir(), NoSync: noSync, Logger: quiet})
				require.NoError(b, err)
				value := make([]byte, 1500)
				var left, n atomic.Int64
				left.Store(int64(b.N))
				b.ReportAllocs()
				b.ResetTimer()
				before := cpuTime(b)
				var wg sync.WaitGroup
				for range writers {
					wg.Go(func() {
						for left.Add(-1) >= 0 {
							if _, err := s.Create(ctx, fmt.Sprintf("/registry/pods/default/pod-%08d", n.Add(1)), value, 0); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-us/write")
				require.NoError(b, s.Close())
			})
		}
	}
}

// BenchmarkOpen is the start on a store of 20,000 objects: after a clean end,
// and after a crash with a full log.
func BenchmarkOpen(b *testing.B) {
	ctx := b.Context()
	dir := b.TempDir()
	s, err := Open(ctx, Options{Dir: dir, NoSync: true, Logger: quiet})
	require.NoError(b, err)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range 2500 {
				if _, err := s.Create(ctx, fmt.Sprintf("/registry/pods/ns%d/pod-%08d", w, i), make([]byte, 3000), 0); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	require.NoError(b, s.eng.db.Flush())
	for i := range 2000 {
		_, err := s.Update(ctx, fmt.Sprintf("/registry/pods/ns0/pod-%08d", i), 0, make([]byte, 3000), 0)
		require.NoError(b, err)
	}
	crashed := b.TempDir()
	require.NoError(b, os.CopyFS(filepath.Join(crashed, "store"), os.DirFS(dir)))
	require.NoError(b, s.Close())
	b.Run("closed", func(b *testing.B) {
		for b.Loop() {
			s, err := Open(ctx, Options{Dir: dir, Logger: quiet})
			require.NoError(b, err)
			b.StopTimer()
			require.NoError(b, s.Close())
			b.StartTimer()
		}
	})
	b.Run("crashed", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			dir := filepath.Join(b.TempDir(), "store")
			require.NoError(b, os.CopyFS(dir, os.DirFS(filepath.Join(crashed, "store"))))
			b.StartTimer()
			s, err := Open(ctx, Options{Dir: dir, Logger: quiet})
			require.NoError(b, err)
			b.StopTimer()
			require.NoError(b, s.Close())
			require.NoError(b, os.RemoveAll(dir))
			b.StartTimer()
		}
	})
}
