package cache

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var asRun = Form{GroupVersion: "example.com/v1", Media: JSON, View: 20}

// divide makes a form of every run of a snapshot that has none yet, and returns how
// many were made and how many were there.
func divide(t *testing.T, s *Snapshot) (made, kept int) {
	t.Helper()
	var seen []string
	for run := range s.Runs(prefix, "") {
		var text []byte
		for _, o := range run.Objects {
			seen = append(seen, fmt.Sprintf("%s@%d", o.Key[len(prefix):], o.Revision))
			text = fmt.Appendf(text, "%s@%d,", o.Key, o.Revision)
		}
		if have, ok := run.Form(asRun); ok {
			require.Equal(t, string(text), string(have), "the form of another run")
			kept++
			continue
		}
		run.Keep(asRun, text)
		made++
	}
	require.Equal(t, names(s.Ascend(prefix, "")), seen, "every object once, in order")
	return made, kept
}

func TestRuns(t *testing.T) {
	f := start(t, nil, Options{})
	const n = 1000
	for i := range n {
		f.create(fmt.Sprintf("%04d", i), storedWidget{Node: strings.Repeat("x", i)})
	}
	made, kept := divide(t, f.snapshot(Latest()))
	require.Zero(t, kept)
	require.Less(t, made, n/16)
	require.GreaterOrEqual(t, made, n/MaxRun)

	again, kept := divide(t, f.snapshot(Latest()))
	require.Zero(t, again)
	require.Equal(t, made, kept)

	// What changes, goes and comes concerns its neighbours only.
	f.update("0300", storedWidget{})
	f.delete("0500")
	f.create("0700a", storedWidget{})
	again, kept = divide(t, f.snapshot(Latest()))
	require.Less(t, again, made)
	require.Positive(t, kept)

	// A stale form has given its memory back.
	used, have := f.cache.opts.Budget.Used(), int64(0)
	for run := range f.snapshot(Latest()).Runs(prefix, "") {
		b, ok := run.Form(asRun)
		require.True(t, ok)
		have += int64(cap(b)) + entryOverhead
	}
	require.LessOrEqual(t, used, have+3*(MaxRun*32+entryOverhead))

	// Runs are not longer than readers have room for.
	for run := range f.snapshot(Latest()).Runs(prefix, "") {
		size := 0
		for _, o := range run.Objects {
			size += len(o.Stored)
		}
		require.True(t, size <= maxRunBytes || len(run.Objects) == 1)
		require.LessOrEqual(t, len(run.Objects), MaxRun)
	}
}

// Who reads only a part finds the same runs.
func TestRunsOfAPart(t *testing.T) {
	f := start(t, nil, Options{})
	for i := range 300 {
		f.create(fmt.Sprintf("%c/%04d", 'a'+i/100, i), storedWidget{Node: strings.Repeat("x", 2000)})
	}
	s := f.snapshot(Latest())
	made, _ := divide(t, s)
	require.Greater(t, made, 10)
	for _, under := range []string{prefix, prefix + "a/", prefix + "b/", prefix + "c/", prefix + "b/015", prefix + "none/", prefix + "z"} {
		for _, after := range []string{"", prefix + "b/0150", prefix + "b/01", prefix + "a/0099", prefix + "z"} {
			want, got := []string{}, []string{}
			for o := range s.Ascend(under, after) {
				want = append(want, o.Key)
			}
			runs := 0
			for run := range s.Runs(under, after) {
				runs++
				_, ok := run.Form(asRun)
				require.True(t, ok, "%s after %s", under, after)
				for _, o := range run.Objects {
					if strings.HasPrefix(o.Key, under) && o.Key > after {
						got = append(got, o.Key)
					}
				}
			}
			require.Equal(t, want, got, "%s after %s", under, after)
			require.LessOrEqual(t, runs, 2+len(want)/5)
		}
	}
	for range s.Runs(prefix, "") { // and may stop when it likes
		break
	}
}

func TestGrowingBudget(t *testing.T) {
	budget := NewGrowingBudget(1000, 50)
	f := start(t, nil, Options{Budget: budget})
	require.EqualValues(t, 1000, budget.max())
	for i := range 10 {
		f.create(fmt.Sprint(i), storedWidget{Node: strings.Repeat("x", 1000)})
	}
	f.snapshot(Latest())
	require.Greater(t, budget.max(), int64(6000))
	for i := range 10 {
		f.update(fmt.Sprint(i), storedWidget{})
	}
	f.snapshot(Latest())
	require.LessOrEqual(t, budget.max(), int64(1000))
	f.delete("1")
	f.snapshot(Latest())
	require.EqualValues(t, 9*len(storedWidget{}.bytes()), budget.stored.Load())
}
