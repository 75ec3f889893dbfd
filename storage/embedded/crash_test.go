package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/vfs"
	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

// crashDir tells a copy of the test binary that it is the one to be killed.
const crashDir = "NUCLEUS_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		writeUntilKilled(dir)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes from many goroutines, with compaction and expiry
// running, and says on standard output what was acknowledged.
func writeUntilKilled(dir string) {
	s, err := Open(context.Background(), Options{Dir: dir, CompactAfter: 20 * time.Millisecond, MaxHistory: 100})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	ctx := context.Background()
	var mu sync.Mutex
	acknowledge := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Printf(format+"\n", args...)
	}
	round := os.Getpid()
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(round), uint64(w)))
			counter := fmt.Sprintf("/counter/%d-%d", round, w)
			for n := 0; ; n++ {
				value := fmt.Sprintf("%d %s", n, strings.Repeat("x", rng.IntN(3000)))
				var rev storage.Revision
				var err error
				switch key := fmt.Sprintf("/unique/%d-%d-%d", round, w, n); {
				case n == 0:
					rev, err = s.Create(ctx, counter, []byte(value), 0)
				case n%10 == 0:
					rev, err = s.Create(ctx, fmt.Sprintf("/brief/%d-%d-%d", round, w, n), []byte(value), 5*time.Millisecond)
				case n%3 == 0:
					if rev, err = s.Create(ctx, key, []byte(value), 0); err == nil {
						acknowledge("unique %s %d", key, rev)
					}
					if n%2 == 0 && err == nil {
						acknowledge("deleting %s %d", key, 0)
						if rev, err = s.Delete(ctx, key, rev); err == nil {
							acknowledge("deleted %s %d", key, rev)
						}
					}
				default:
					if rev, err = s.Update(ctx, counter, 0, []byte(value), 0); err == nil {
						acknowledge("counter %s %d %d", counter, rev, n)
					}
				}
				if err != nil {
					acknowledge("error %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestKill kills a process with SIGKILL while it writes, again and again on the
// same directory, and looks for everything that it had acknowledged.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	unique, deleted, counters := map[string]bool{}, map[string]bool{}, map[string]int{}
	doomed := map[string]bool{} // a deletion was under way: both outcomes are right
	var newest storage.Revision
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := 0
		in := bufio.NewScanner(out)
		for in.Scan() {
			if lines++; lines == 200+300*round {
				require.NoError(t, cmd.Process.Kill())
			}
			var what, key string
			var rev storage.Revision
			var n int
			_, _ = fmt.Sscanf(in.Text(), "%s %s %d %d", &what, &key, &rev, &n)
			newest = max(newest, rev)
			switch what {
			case "unique":
				unique[key] = true
			case "deleting":
				doomed[key] = true
			case "deleted":
				deleted[key] = true
			case "counter":
				counters[key] = max(counters[key], n)
			default:
				require.Fail(t, "the writer failed", in.Text())
			}
		}
		_ = cmd.Wait()

		s := openStore(t, Options{Dir: dir, CompactAfter: -1})
		ctx := context.Background()
		require.NoError(t, s.Check(ctx))
		rev, err := s.Revision(ctx)
		require.NoError(t, err)
		require.GreaterOrEqual(t, rev, newest)
		page, err := s.List(ctx, "/", storage.ListOptions{})
		require.NoError(t, err)
		have := map[string]string{}
		for _, kv := range page.Items {
			have[kv.Key] = string(kv.Value)
		}
		for key := range unique {
			_, ok := have[key]
			switch {
			case deleted[key]:
				require.False(t, ok, "%s was deleted, and that was acknowledged", key)
			case !doomed[key]:
				require.True(t, ok, "%s was acknowledged", key)
			}
		}
		for key, n := range counters {
			var got int
			_, err := fmt.Sscanf(have[key], "%d ", &got)
			require.NoError(t, err, key)
			require.GreaterOrEqual(t, got, n, "%s went back", key)
		}
		require.NoError(t, s.Close())
	}
	require.NotEmpty(t, unique)
	require.NotEmpty(t, deleted)
}

// TestPowerLoss forgets everything that was not synced, in the middle of writes.
func TestPowerLoss(t *testing.T) {
	ctx := context.Background()
	fs := vfs.NewStrictMem()
	var acknowledged sync.Map
	for round := range 5 {
		s, err := Open(ctx, Options{Dir: "/data/store", fs: fs, freeSpace: plenty})
		require.NoError(t, err)
		require.NoError(t, s.Check(ctx))
		acknowledged.Range(func(key, value any) bool {
			kv, _, err := s.Get(ctx, key.(string))
			require.NoError(t, err)
			require.Equal(t, value, string(kv.Value))
			return true
		})
		var off atomic.Bool
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for n := 0; !off.Load(); n++ {
					key, value := fmt.Sprintf("/%d/%d/%d", round, w, n), strings.Repeat("v", 100*w+n)
					_, err := s.Create(ctx, key, []byte(value), 0)
					if off.Load() {
						return // this one may be gone
					}
					if err != nil {
						t.Error(err)
						return
					}
					acknowledged.Store(key, value)
					if w == 0 && n == 50*(round+1) {
						off.Store(true)
						fs.SetIgnoreSyncs(true)
					}
				}
			})
		}
		wg.Wait()
		require.NoError(t, s.Close())
		fs.ResetToSyncedState()
		fs.SetIgnoreSyncs(false)
	}
}

func plenty(string) (int64, int64, error) { return 1 << 40, 1 << 40, nil }

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

var errBroken = errors.New("broken disk")
