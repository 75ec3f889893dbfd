package robustness

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kubenucleus/nucleus/runtime/client"
)

// good is a history in which the server kept its word. One update had no answer
// and was done, one delete had none and was not.
func good() *History {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	changes := []Change{
		{client.Added, "k0", "a", 11}, {client.Modified, "k0", "b", 12}, {client.Modified, "k0", "c", 14},
		{client.Deleted, "k0", "c", 15}, {client.Added, "k0", "d", 16},
	}
	return &History{
		From: 10, To: 20,
		Operations: []Operation{
			{Client: 0, Verb: Create, Key: "k0", Value: "a", Call: ms(1), Return: ms(2), Outcome: Done, Version: 11},
			{Client: 1, Verb: Create, Key: "k0", Value: "x", Call: ms(3), Return: ms(4), Outcome: Exists},
			{Client: 0, Verb: Update, Key: "k0", Value: "b", Before: 11, Call: ms(5), Return: ms(6), Outcome: Done, Version: 12},
			{Client: 1, Verb: Update, Key: "k0", Value: "y", Before: 11, Call: ms(7), Return: ms(8), Outcome: Conflict},
			{Client: 2, Verb: Delete, Key: "k0", Before: 11, Call: ms(7), Return: ms(9), Outcome: Unknown},
			{Client: 0, Verb: Update, Key: "k0", Value: "c", Call: ms(9), Return: ms(10), Outcome: Unknown},
			{Client: 1, Verb: Get, Key: "k0", Call: ms(11), Return: ms(12), Outcome: Done, Read: "c", Version: 14, ListVersion: 14},
			{Client: 1, Verb: Delete, Key: "k0", Before: 14, Call: ms(13), Return: ms(14), Outcome: Done},
			{Client: 1, Verb: Get, Key: "k0", Call: ms(15), Return: ms(16), Outcome: Missing},
			{Client: 1, Verb: Create, Key: "k0", Value: "d", Call: ms(17), Return: ms(18), Outcome: Done, Version: 16},
			{Client: 0, Verb: Get, Key: "k0", Call: ms(19), Return: ms(20), Outcome: Done, Read: "d", Version: 16},
		},
		Watches: [][]Change{changes, slices.Clone(changes)},
	}
}

func TestGoodHistory(t *testing.T) {
	if problems := good().Check(); len(problems) != 0 {
		t.Error(problems)
	}
}

// TestBrokenWord spoils the good history in each way that Check has to see.
func TestBrokenWord(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(h *History)
		want  string
	}{
		"a write is lost": {func(h *History) {
			h.Operations[8] = Operation{Client: 1, Verb: Get, Key: "k0", Call: h.Operations[8].Call, Return: h.Operations[8].Return, Outcome: Done, Read: "c", Version: 14}
		}, "not linearizable"},
		"a read is stale":              {func(h *History) { h.Operations[6].Read, h.Operations[6].Version = "a", 11 }, "not linearizable"},
		"an unconditional write lost":  {func(h *History) { h.Operations[10].Outcome = Missing }, "not linearizable"},
		"a create without a name free": {func(h *History) { h.Operations[1].Outcome, h.Operations[1].Version = Done, 12 }, "not linearizable"},
		"a conflict without a cause":   {func(h *History) { h.Operations[3].Before = 12 }, "not linearizable"},
		"a version goes backwards":     {func(h *History) { h.Operations[9].Version = 13 }, "after 14"},
		"a list is old":                {func(h *History) { h.Operations[6].ListVersion = 11 }, "a list is of version 11"},
		"a change is seen twice":       {func(h *History) { h.Watches[0] = slices.Insert(h.Watches[0], 1, h.Watches[0][1]) }, "comes after one at"},
		"a change is not seen":         {func(h *History) { h.Watches[0] = slices.Delete(h.Watches[0], 1, 2) }, "was not seen"},
		"changes are out of order":     {func(h *History) { h.Watches[1][1], h.Watches[1][2] = h.Watches[1][2], h.Watches[1][1] }, "comes after one at"},
		"a change nobody made":         {func(h *History) { h.Watches[1][2].Value = "z" }, "which nobody wrote"},
		"a change of something else":   {func(h *History) { h.Watches[1][1].Value = "c" }, "was written as b"},
		"a deletion nobody asked for": {func(h *History) {
			h.Operations = slices.DeleteFunc(h.Operations, func(op Operation) bool { return op.Verb == Delete })
		}, "deletions left"},
		"watchers differ": {func(h *History) { h.Watches[1] = h.Watches[1][:2] }, "did not see the same"},
	} {
		t.Run(name, func(t *testing.T) {
			h := good()
			test.spoil(h)
			problems := h.Check()
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, test.want) }) {
				t.Errorf("found %q, want one about %q", problems, test.want)
			}
		})
	}
}
