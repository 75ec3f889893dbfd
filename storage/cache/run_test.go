package cache

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var asRun = Form{GroupVersion: "example.com/v1", Media: JSON, View: 20}

// divide makes a form of every whole run of a snapshot that has none yet, and
// returns how many were made, how many were there, and the objects of the others.
func divide(t *testing.T, s *Snapshot) (made, kept, single int) {
	t.Helper()
	var seen []string
	for run := range Runs(s.Ascend(prefix, ""), nil) {
		var text []byte
		for _, o := range run.Objects {
			seen = append(seen, fmt.Sprintf("%s@%d", o.Key[len(prefix):], o.Revision))
			text = fmt.Appendf(text, "%s@%d,", o.Key, o.Revision)
		}
		if !run.Whole {
			single += len(run.Objects)
			continue
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
	return made, kept, single
}

func TestRuns(t *testing.T) {
	f := start(t, nil, Options{})
	const n = 1000
	for i := range n {
		f.create(fmt.Sprintf("%04d", i), storedWidget{Node: strings.Repeat("x", i)})
	}
	made, kept, single := divide(t, f.snapshot(Latest()))
	require.Zero(t, kept)
	require.Less(t, made, n/4)
	require.Greater(t, made, n/maxRun)
	require.Less(t, single, n/5)

	again, kept, _ := divide(t, f.snapshot(Latest()))
	require.Zero(t, again)
	require.Equal(t, made, kept)

	// What changes, goes and comes concerns its neighbours only.
	f.update("0300", storedWidget{})
	f.delete("0500")
	f.create("0700a", storedWidget{})
	again, kept, _ = divide(t, f.snapshot(Latest()))
	require.LessOrEqual(t, again, 12)
	require.Greater(t, kept, made-12)

	// A stale form has given its memory back.
	used, have := f.cache.opts.Budget.Used(), int64(0)
	for run := range Runs(f.snapshot(Latest()).Ascend(prefix, ""), nil) {
		if b, ok := run.Form(asRun); ok {
			have += int64(cap(b)) + entryOverhead
		}
	}
	require.LessOrEqual(t, used, have+3*(maxRun*32+entryOverhead))

	// Runs are not longer than readers have room for.
	for run := range Runs(f.snapshot(Latest()).Ascend(prefix, ""), nil) {
		size := 0
		for _, o := range run.Objects {
			size += len(o.Stored)
		}
		require.True(t, size <= maxRunBytes || len(run.Objects) == 1)
		require.LessOrEqual(t, len(run.Objects), maxRun)
	}
}

// Who reads part by part finds the same runs, but for those at the seams.
func TestRunsOfPages(t *testing.T) {
	f := start(t, nil, Options{})
	for i := range 600 {
		f.create(fmt.Sprintf("%04d", i), storedWidget{})
	}
	s := f.snapshot(Latest())
	all := slices.Collect(s.Ascend(prefix, ""))
	made, _, _ := divide(t, s)
	found := 0
	for from := 0; from < len(all); from += 100 {
		part := all[from:min(from+100, len(all))]
		var next *Object
		if from+100 < len(all) {
			next = all[from+100]
		}
		for run := range Runs(slices.Values(part), next) {
			if _, ok := run.Form(asRun); ok {
				require.True(t, run.Whole)
				found++
			}
		}
	}
	require.GreaterOrEqual(t, found, made-2*5)
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
