package cache

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/storage"
	"github.com/stretchr/testify/require"
)

func TestSnapshotReads(t *testing.T) {
	f := start(t, nil, Options{Indexes: []Index{onNode, byColor}})
	a := f.create("ns1/a", storedWidget{Node: "n1"})
	b := f.create("ns1/b", storedWidget{Labels: map[string]string{"color": "red"}})
	c := f.create("ns2/a", storedWidget{Node: "n1", Labels: map[string]string{"color": "red"}})
	_, err := f.store.Create(f.ctx, "/widgetsother/x", nil, 0)
	require.NoError(t, err)
	s := f.snapshot(Latest())
	at := func(name string, rev storage.Revision) string { return fmt.Sprintf("%s@%d", name, rev) }

	require.Equal(t, 3, s.Len())
	require.Greater(t, s.Revision(), c, "a change elsewhere moves the revision too")
	require.Equal(t, []string{at("ns1/a", a), at("ns1/b", b), at("ns2/a", c)}, names(s.Ascend(prefix, "")))
	require.Equal(t, []string{at("ns1/a", a), at("ns1/b", b)}, names(s.Ascend(prefix+"ns1/", "")))
	require.Equal(t, []string{at("ns1/b", b)}, names(s.Ascend(prefix+"ns1/", prefix+"ns1/a")))
	require.Equal(t, []string{at("ns1/b", b), at("ns2/a", c)}, names(s.Ascend(prefix, prefix+"ns1/a")))
	require.Empty(t, names(s.Ascend(prefix+"ns3/", "")))
	o, ok := s.Get(prefix + "ns1/a")
	require.True(t, ok)
	require.Equal(t, "n1", o.Field("spec.nodeName"))

	byIndex := func(index Index, value, pre string) []string {
		objects, ok := s.AscendIndex(index, value, pre, "")
		require.True(t, ok)
		return names(objects)
	}
	require.Equal(t, []string{at("ns1/a", a), at("ns2/a", c)}, byIndex(onNode, "n1", prefix))
	require.Equal(t, []string{at("ns2/a", c)}, byIndex(onNode, "n1", prefix+"ns2/"))
	require.Equal(t, []string{at("ns1/b", b)}, byIndex(onNode, "", prefix))
	require.Equal(t, []string{at("ns1/b", b), at("ns2/a", c)}, byIndex(byColor, "red", prefix))
	require.Empty(t, byIndex(byColor, "blue", prefix))
	_, ok = s.AscendIndex(Index{Field: "spec.size"}, "1", prefix, "")
	require.False(t, ok)

	// What is read stays as it is, whatever happens.
	f.update("ns1/a", storedWidget{Node: "n2"})
	f.delete("ns2/a")
	later := f.snapshot(Latest())
	require.Equal(t, []string{at("ns1/a", a), at("ns2/a", c)}, byIndex(onNode, "n1", prefix))
	require.Equal(t, 3, s.Len())
	s = later
	require.Empty(t, byIndex(onNode, "n1", prefix))
	require.Equal(t, 2, s.Len())
}

func TestSnapshotCount(t *testing.T) {
	s := newSnapshot(1, prefix, nil)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 3000 {
		s.put(&Object{Key: fmt.Sprintf("%sns%d/%04d", prefix, rng.IntN(20), rng.IntN(500))})
	}
	for range 300 {
		pre, after := prefix, ""
		if rng.IntN(2) == 0 {
			pre = fmt.Sprintf("%sns%d/", prefix, rng.IntN(22))
		}
		if rng.IntN(2) == 0 {
			after = fmt.Sprintf("%sns%d/%04d", prefix, rng.IntN(22), rng.IntN(500))
		}
		require.Equal(t, len(names(s.Ascend(pre, after))), s.Count(pre, after), "%q after %q", pre, after)
	}
	require.Zero(t, newSnapshot(1, prefix, nil).Count(prefix, ""))
}

func TestReadsAreConsistent(t *testing.T) {
	f := start(t, nil, Options{})
	for i := range 200 {
		rev := f.create(fmt.Sprintf("ns/%d", i), storedWidget{Size: i})
		if i%3 == 0 {
			var err error
			rev, err = f.store.Create(f.ctx, fmt.Sprint("/elsewhere/", i), nil, 0)
			require.NoError(t, err)
		}
		s := f.snapshot(Latest())
		require.GreaterOrEqual(t, s.Revision(), rev)
		require.Equal(t, i+1, s.Len())
		o, at, err := f.cache.Get(f.ctx, Latest(), fmt.Sprintf("%sns/%d", prefix, i))
		require.NoError(t, err)
		require.NotNil(t, o)
		require.GreaterOrEqual(t, at, rev)
	}
	o, _, err := f.cache.Get(f.ctx, Any(), prefix+"ns/none")
	require.NoError(t, err)
	require.Nil(t, o)
	require.Zero(t, f.codec.decodes.Load(), "nobody looked into an object")
}

func TestReadOfTheFuture(t *testing.T) {
	f := start(t, nil, Options{WaitTimeout: 30 * time.Millisecond})
	rev := f.create("a", storedWidget{})
	s := f.snapshot(AtLeast(rev))
	require.Equal(t, 1, s.Len())
	_, err := f.cache.Snapshot(f.ctx, AtLeast(rev+5))
	require.ErrorIs(t, err, storage.ErrFutureRevision)
	require.EqualError(t, err, fmt.Sprintf("Too large resource version: %d, current: %d", rev+5, rev))
	_, err = f.cache.Snapshot(f.ctx, Exactly(rev+5))
	require.ErrorIs(t, err, storage.ErrFutureRevision)
	require.Contains(t, f.watch(rev+5, WatchOptions{}).next(), "Too large resource version")

	ctx, cancel := context.WithCancelCause(f.ctx)
	cancel(errShutdown)
	require.ErrorIs(t, f.cache.WaitFor(ctx, rev+5), errShutdown)

	// It waits for a revision that is about to happen.
	f = start(t, nil, Options{WaitTimeout: 20 * time.Second})
	rev = f.create("a", storedWidget{})
	got := make(chan int, 1)
	go func() {
		s, err := f.cache.Snapshot(f.ctx, AtLeast(rev+2))
		if err != nil {
			got <- -1
			return
		}
		got <- s.Len()
	}()
	f.create("b", storedWidget{})
	f.create("c", storedWidget{})
	require.GreaterOrEqual(t, <-got, 3)
}

// Exactly finds every state of the past: kept, taken back from a later one, or
// from the store, and they all agree with the store.
func TestExactly(t *testing.T) {
	for name, history := range map[string]int{"from the log": 10000, "from the store": 4, "from both": 60} {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil, Options{History: history, Indexes: []Index{onNode}})
			rng := rand.New(rand.NewPCG(5, 5))
			first, err := f.store.Revision(f.ctx)
			require.NoError(t, err)
			var last storage.Revision
			for range 150 {
				name := fmt.Sprintf("ns%d/%d", rng.IntN(2), rng.IntN(8))
				w := storedWidget{Node: fmt.Sprint("n", rng.IntN(3))}
				if last, err = f.store.Create(f.ctx, prefix+name, w.bytes(), 0); err != nil {
					if rng.IntN(2) == 0 {
						last = f.update(name, w)
					} else {
						last = f.delete(name)
					}
				}
				if rng.IntN(20) == 0 {
					f.cache.Keep(f.snapshot(Latest()))
				}
			}
			require.NoError(t, f.cache.WaitFor(f.ctx, last))
			for range 2 {
				for _, i := range rng.Perm(int(last - first)) {
					rev := first + 1 + storage.Revision(i)
					s := f.snapshot(Exactly(rev))
					require.Equal(t, rev, s.Revision())
					page, err := f.store.List(f.ctx, prefix, storage.ListOptions{Revision: rev})
					require.NoError(t, err)
					var want, onN1 []string
					for _, kv := range page.Items {
						line := fmt.Sprintf("%s@%d", strings.TrimPrefix(kv.Key, prefix), kv.Modified)
						want = append(want, line)
						if strings.Contains(string(kv.Value), `"n1"`) {
							onN1 = append(onN1, line)
						}
					}
					require.Equal(t, want, names(s.Ascend(prefix, "")))
					got, _ := s.AscendIndex(onNode, "n1", prefix, "")
					require.Equal(t, onN1, names(got))
				}
			}
			require.LessOrEqual(t, len(f.cache.kept), maxKept)
			f.cache.dropOldSnapshots(time.Now().Add(2 * keepUnused))
			require.Empty(t, f.cache.kept)

			require.NoError(t, f.store.Compact(f.ctx, last-2))
			if history == 4 {
				_, err = f.cache.Snapshot(f.ctx, Exactly(first+3))
				require.ErrorIs(t, err, storage.ErrCompacted)
			}
			_, err = f.cache.Snapshot(f.ctx, Exactly(0))
			require.ErrorIs(t, err, storage.ErrCompacted)
		})
	}
}

// A cache that starts on a full store has all of it, page after page.
func TestFill(t *testing.T) {
	f := start(t, nil, Options{})
	for i := range 2*listPage + 10 {
		f.create(fmt.Sprintf("%05d", i), storedWidget{Size: i})
	}
	other := start(t, f.store, Options{})
	require.Equal(t, names(f.snapshot(Latest()).Ascend(prefix, "")), names(other.snapshot(Latest()).Ascend(prefix, "")))
}

func TestCounts(t *testing.T) {
	f := start(t, nil, Options{})
	before := f.cache.Counts()
	rev := f.create("a", storedWidget{})
	f.snapshot(Latest())
	f.snapshot(AtLeast(rev))
	_, err := f.cache.Snapshot(f.ctx, AtLeast(rev+1000)) // there is none such
	require.Error(t, err)
	after := f.cache.Counts()
	require.Equal(t, rev, after.Revision)
	require.EqualValues(t, 1, after.Events-before.Events)
	require.EqualValues(t, 1, after.Consistent-before.Consistent)
	require.Zero(t, after.ConsistentFailed)
	require.EqualValues(t, 3, after.Waits-before.Waits)
	require.Positive(t, after.Waited)
	for i := 1; i < len(after.WaitedUpTo); i++ {
		require.LessOrEqual(t, after.WaitedUpTo[i-1], after.WaitedUpTo[i])
	}
	require.LessOrEqual(t, after.WaitedUpTo[len(after.WaitedUpTo)-1], after.Waits)
}
