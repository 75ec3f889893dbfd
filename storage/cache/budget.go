package cache

import (
	"sync"
	"sync/atomic"
)

// DefaultBudgetBytes is the size of the budget that a cache makes for itself.
const DefaultBudgetBytes = 32 << 20

// Budget bounds the memory of encoded forms; several caches may share one. When
// it is full, forms that have not been used for a round are dropped (a clock);
// they are made again when somebody asks. It is safe for concurrent use.
type Budget struct {
	max int64

	mu      sync.Mutex
	entries []*formEntry
	hand    int
	used    int64
}

// NewBudget returns a budget of max bytes.
func NewBudget(max int64) *Budget { return &Budget{max: max} }

// Used returns how many bytes are kept.
func (b *Budget) Used() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used
}

// crowded says that something has to go for what comes.
func (b *Budget) crowded() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used > b.max-b.max/16
}

type formEntry struct {
	object *Object
	form   Form
	bytes  []byte
	split  int
	used   atomic.Bool
	place  int // in Budget.entries, guarded by its mutex; -1 when not in it
}

// entryOverhead is about what an entry and its place in the lists take.
const entryOverhead = 144

func (e *formEntry) cost() int64 { return int64(cap(e.bytes)) + entryOverhead }

func (b *Budget) add(e *formEntry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.place = len(b.entries)
	b.entries = append(b.entries, e)
	b.used += e.cost()
	// Two rounds at most: the first takes the marks away, the second finds
	// some that has none. The newcomer is spared, or it would be made in vain.
	for tries := 2 * len(b.entries); b.used > b.max && len(b.entries) > 1 && tries > 0; tries-- {
		if b.hand >= len(b.entries) {
			b.hand = 0
		}
		switch old := b.entries[b.hand]; {
		case old == e || old.used.Swap(false):
			b.hand++
		default:
			b.remove(old)
		}
	}
}

func (b *Budget) remove(e *formEntry) {
	last := len(b.entries) - 1
	b.entries[e.place] = b.entries[last]
	b.entries[e.place].place = e.place
	b.entries[last] = nil
	b.entries = b.entries[:last]
	e.place = -1
	b.used -= e.cost()
	e.object.dropForm(e)
}

// release drops all forms of an object that is hardly needed any more.
func (b *Budget) release(o *Object) {
	list := o.forms.Load()
	if list == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range *list {
		if e.place >= 0 && e.place < len(b.entries) && b.entries[e.place] == e {
			b.remove(e)
		}
	}
}
