package robustness

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/runtime/client"
)

// decideTimeout is how long the order of one object's operations is looked for.
const decideTimeout = 2 * time.Minute

// Check returns in what the server broke its word; nothing is good.
func (h *History) Check() []string {
	var problems []string
	problems = append(problems, h.checkOrder()...)
	problems = append(problems, h.checkVersions()...)
	for i, changes := range h.Watches {
		for _, p := range h.checkWatch(changes) {
			problems = append(problems, fmt.Sprintf("watcher %d: %s", i, p))
		}
	}
	for i := 1; i < len(h.Watches); i++ {
		if !slices.Equal(h.Watches[i], h.Watches[0]) {
			problems = append(problems, fmt.Sprintf("watchers 0 and %d did not see the same changes: %s", i, firstDifference(h.Watches[0], h.Watches[i])))
		}
	}
	return problems
}

// checkOrder looks for an order of each object's operations.
func (h *History) checkOrder() (problems []string) {
	byKey := map[string][]Operation{}
	for _, op := range h.Operations {
		byKey[op.Key] = append(byKey[op.Key], op)
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		switch ok, decided := linearizable(byKey[key], decideTimeout); {
		case !decided:
			problems = append(problems, fmt.Sprintf("%s: no order of its %d operations found or ruled out in %v", key, len(byKey[key]), decideTimeout))
		case !ok:
			problems = append(problems, fmt.Sprintf("%s: its %d operations are not linearizable: %s", key, len(byKey[key]), culprit(byKey[key])))
		}
	}
	return problems
}

// culprit tells of the answer after which no order is possible any more, and of
// what came before it.
func culprit(ops []Operation) string {
	ops = slices.SortedFunc(slices.Values(ops), func(a, b Operation) int { return cmp.Compare(a.Return, b.Return) })
	// until is what is known when n answers have come.
	until := func(n int) []Operation {
		known := slices.Clone(ops)
		for i := n; i < len(known); i++ {
			known[i].Outcome = Unknown
		}
		return slices.DeleteFunc(known, func(op Operation) bool { return n < len(ops) && op.Call > ops[n].Return })
	}
	n := sort.Search(len(ops), func(n int) bool { ok, _ := linearizable(until(n+1), decideTimeout); return !ok })
	var text strings.Builder
	for _, op := range ops[max(0, n-12):min(n+1, len(ops))] {
		fmt.Fprintf(&text, "\n\t%v-%v client %d: %s %s (of %d): %s %s@%d", op.Call, op.Return, op.Client, op.Verb, op.Value, op.Before, op.Outcome, op.Read, op.Version)
	}
	return text.String()
}

// checkVersions holds that what was begun after a version was told to anybody
// writes a later one, or lists at least that one.
func (h *History) checkVersions() (problems []string) {
	writes := func(op *Operation) bool {
		return op.Outcome == Done && (op.Verb == Create || op.Verb == Update)
	}
	begun := slices.SortedFunc(slices.Values(h.Operations), func(a, b Operation) int { return cmp.Compare(a.Call, b.Call) })
	answered := slices.SortedFunc(slices.Values(h.Operations), func(a, b Operation) int { return cmp.Compare(a.Return, b.Return) })
	var newest uint64
	next := 0
	for i := range begun {
		op := &begun[i]
		for ; next < len(answered) && answered[next].Return < op.Call; next++ {
			newest = max(newest, answered[next].Version, answered[next].ListVersion)
		}
		switch {
		case writes(op) && op.Version <= newest:
			problems = append(problems, fmt.Sprintf("%s %s got version %d after %d was told", op.Verb, op.Key, op.Version, newest))
		case op.ListVersion != 0 && op.ListVersion < newest:
			problems = append(problems, fmt.Sprintf("a list is of version %d after %d was told", op.ListVersion, newest))
		}
	}
	return problems
}

// checkWatch holds that a watcher saw what was written, once and in order.
func (h *History) checkWatch(changes []Change) (problems []string) {
	// What is known to be written, and what may have been.
	written := map[uint64]*Operation{}
	values, deleted := map[string]bool{}, map[string]int{}
	for i := range h.Operations {
		op := &h.Operations[i]
		switch {
		case op.Verb == Delete && (op.Outcome == Done || op.Outcome == Unknown):
			deleted[op.Key]++
		case op.Verb != Get && op.Outcome == Done:
			written[op.Version] = op
			values[op.Value] = true
		case op.Verb != Get && op.Outcome == Unknown:
			values[op.Value] = true
		}
	}
	now := map[string]string{} // the value of each object there is
	last := h.From
	for _, c := range changes {
		if c.Version <= last {
			problems = append(problems, fmt.Sprintf("%s of %s at version %d comes after one at %d", c.Type, c.Key, c.Version, last))
		}
		last = max(last, c.Version)
		value, exists := now[c.Key]
		switch c.Type {
		case client.Added, client.Modified:
			if exists != (c.Type == client.Modified) {
				problems = append(problems, fmt.Sprintf("%s of %s at version %d, which existed: %v", c.Type, c.Key, c.Version, exists))
			}
			if op := written[c.Version]; op != nil && (op.Value != c.Value || op.Key != c.Key) {
				problems = append(problems, fmt.Sprintf("version %d is %s of %s, was written as %s of %s", c.Version, c.Value, c.Key, op.Value, op.Key))
			} else if !values[c.Value] {
				problems = append(problems, fmt.Sprintf("version %d of %s is %s, which nobody wrote", c.Version, c.Key, c.Value))
			}
			delete(written, c.Version)
			now[c.Key] = c.Value
		case client.Deleted:
			if !exists || value != c.Value || deleted[c.Key] == 0 {
				problems = append(problems, fmt.Sprintf("%s of %s (%s) at version %d: it was %q, deletions left: %d", c.Type, c.Key, c.Value, c.Version, value, deleted[c.Key]))
			}
			deleted[c.Key]--
			delete(now, c.Key)
		default:
			problems = append(problems, fmt.Sprintf("event of type %s", c.Type))
		}
	}
	for _, version := range slices.Sorted(maps.Keys(written)) {
		if version > h.From && version < h.To {
			problems = append(problems, fmt.Sprintf("%s of %s at version %d was not seen", written[version].Verb, written[version].Key, version))
		}
	}
	return problems
}

func firstDifference(a, b []Change) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("change %d is %+v and %+v", i, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d and %d changes", len(a), len(b))
}
