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
	least   int64
	percent int64
	stored  atomic.Int64 // bytes that the caches hold as the store has them

	mu      sync.Mutex
	entries []*formEntry
	hand    int
	used    int64
}

// NewBudget returns a budget of so many bytes.
func NewBudget(bytes int64) *Budget { return &Budget{least: bytes} }

// NewGrowingBudget returns a budget that grows with what it is for: of so many bytes,
// and as many percent of what the caches hold as the store has it.
func NewGrowingBudget(bytes int64, percent int) *Budget {
	return &Budget{least: bytes, percent: int64(percent)}
}

func (b *Budget) max() int64 { return b.least + b.stored.Load()/100*b.percent }

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
	max := b.max()
	return b.used > max-max/16
}

type formEntry struct {
	object *Object
	form   Form
	bytes  []byte
	split  int
	stamp  uint64 // of the run that the bytes are of; 0: of the object
	used   atomic.Bool
	place  int // in Budget.entries, guarded by its mutex; -1 when not in it
}

// entryOverhead is about what an entry and its place in the lists take.
const entryOverhead = 152

func (e *formEntry) cost() int64 { return int64(cap(e.bytes)) + entryOverhead }

func (b *Budget) add(e *formEntry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.place = len(b.entries)
	b.entries = append(b.entries, e)
	b.used += e.cost()
	// Two rounds at most: the first takes the marks away, the second finds
	// some that has none. The newcomer is spared, or it would be made in vain.
	max := b.max()
	for tries := 2 * len(b.entries); b.used > max && len(b.entries) > 1 && tries > 0; tries-- {
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

// drop takes a form away, if it is still there.
func (b *Budget) drop(e *formEntry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.has(e) {
		b.remove(e)
	}
}

func (b *Budget) has(e *formEntry) bool {
	return e.place >= 0 && e.place < len(b.entries) && b.entries[e.place] == e
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
		if b.has(e) {
			b.remove(e)
		}
	}
}
