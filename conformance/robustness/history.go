package robustness

import (
	"sync"
	"time"

	"github.com/kubenucleus/nucleus/runtime/client"
)

// History is what happened during a [Run].
type History struct {
	Operations []Operation
	// Watches has the changes that each watcher saw.
	Watches [][]Change
	// From and To are the resource versions between which every watcher has seen
	// everything: the changes after From, up to and including To.
	From, To uint64
	// Disturbances is how often the server was disturbed, Unanswered how many
	// operations had no answer.
	Disturbances, Unanswered int
}

// Verb is what an operation does.
type Verb string

// The verbs of operations. A List is recorded as one Get of each object.
const (
	Create Verb = "create"
	Update Verb = "update"
	Delete Verb = "delete"
	Get    Verb = "get"
)

// Outcome is how an operation ended.
type Outcome string

// The outcomes of operations.
const (
	Done     Outcome = "done"
	Missing  Outcome = "missing"  // there is no such object
	Exists   Outcome = "exists"   // there is one already
	Conflict Outcome = "conflict" // it is not what the update was made from
	Unknown  Outcome = "unknown"  // no answer
)

// Operation is one call, and what was answered.
type Operation struct {
	Client       int
	Verb         Verb
	Key          string
	Call, Return time.Duration // since the beginning

	// Value is what is written; each write has its own, so it tells writes apart.
	Value string
	// Before is the version that an Update is made from, or that a Delete wants
	// to see; 0 takes any.
	Before uint64

	Outcome Outcome
	// Version of the object after a Create or Update, or as it was read.
	Version uint64
	// Read is the value that a Get found.
	Read string
	// ListVersion is the version of the list that a Get was part of, else 0.
	ListVersion uint64
}

// Change is an event that a watcher saw.
type Change struct {
	Type    client.EventType
	Key     string
	Value   string
	Version uint64
}

// recorder collects operations.
type recorder struct {
	began time.Time
	mu    sync.Mutex
	ops   []Operation
}

func (r *recorder) now() time.Duration { return time.Since(r.began) }

func (r *recorder) add(op Operation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ops = append(r.ops, op)
}
