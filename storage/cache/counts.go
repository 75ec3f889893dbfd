package cache

import (
	"sync/atomic"
	"time"

	"github.com/kubenucleus/nucleus/storage"
)

// Counts are what a [Cache] has done since it was made.
type Counts struct {
	// Revision is what the cache has reached.
	Revision storage.Revision
	// Events is how many changes it has taken over, and passed on to its watchers.
	Events uint64
	// Consistent is how many reads of the latest state were answered after the store had
	// told its revision; ConsistentFailed is of how many the cache did not get there.
	Consistent, ConsistentFailed uint64
	// Waits is how many reads have waited for the cache to become fresh enough, if for no
	// time at all; WaitedUpTo of how many that took no longer than the WaitBounds of the
	// same place, and Waited how long all of them did.
	Waits      uint64
	WaitedUpTo [len(waitBounds)]uint64
	Waited     time.Duration
}

var waitBounds = [...]float64{.005, .025, .05, .1, .2, .4, .6, .8, 1, 1.25, 1.5, 2, 3}

// WaitBounds returns the upper bounds that waits are told apart by, in seconds.
func WaitBounds() []float64 { return waitBounds[:] }

// counters are the Counts in the making.
type counters struct {
	events                       atomic.Uint64
	consistent, consistentFailed atomic.Uint64
	waits                        [len(waitBounds) + 1]atomic.Uint64 // by the bound that they are within
	waited                       atomic.Int64
}

// waitedFor counts a wait.
func (n *counters) waitedFor(took time.Duration) {
	at := 0
	for at < len(waitBounds) && took.Seconds() > waitBounds[at] {
		at++
	}
	n.waits[at].Add(1)
	n.waited.Add(int64(took))
}

// Counts returns what the cache has done.
func (c *Cache) Counts() Counts {
	n := &c.counters
	counts := Counts{
		Revision: c.Revision(), Events: n.events.Load(), Consistent: n.consistent.Load(), ConsistentFailed: n.consistentFailed.Load(),
		Waited: time.Duration(n.waited.Load()),
	}
	for i := range n.waits {
		counts.Waits += n.waits[i].Load()
		if i < len(waitBounds) {
			counts.WaitedUpTo[i] = counts.Waits
		}
	}
	return counts
}
