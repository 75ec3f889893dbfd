package storage

import (
	"context"
	"iter"
	"time"
)

// A Revision numbers a change. One counter serves the whole store; it never
// goes backwards, and an empty store starts at 1, so that 0 can mean "none".
type Revision int64

// Limits that every store keeps, so that callers need not ask which one it is.
const (
	// MaxKeyBytes is the longest key. Kubernetes names are far below it.
	MaxKeyBytes = 4 << 10
	// MaxValueBytes is the largest value: a request body may have 3 MiB, and an
	// object may grow in defaulting and managed fields. Encrypted, it may be a
	// little larger.
	MaxValueBytes = 8 << 20
)

// SealedPrefix is what an encrypted value begins with. Nothing else does that an
// API server stores. A store that decrypts hands on what it cannot decrypt as it
// is, so that one such value does not keep the others from being read; who
// decodes values refuses it.
const SealedPrefix = "k8s:enc:"

// KV is one key as of one revision. Value is shared and must not be changed.
type KV struct {
	Key   string
	Value []byte
	// Created is the revision that made the key, Modified the one that wrote
	// this value.
	Created, Modified Revision
	// Expires is when the store will delete the key; zero means never. A store
	// may be late, never early.
	Expires time.Time
	// Stale says that the store would keep the same value in another way now,
	// such as encrypted with another key: writing it again is worth it. Stores
	// that keep values as they are never set it.
	Stale bool
}

// EventType says what an [Event] tells.
type EventType uint8

const (
	// Put: the key was created or got a new value.
	Put EventType = iota + 1
	// Delete: the key was deleted, or it expired.
	Delete
	// Progress: nothing happened, but every change up to Revision has been
	// yielded. Only Revision is set.
	Progress
)

// Event is one change of one key, or a report of progress. It is shared and
// read-only.
type Event struct {
	Type EventType
	// KV is the key after the change. For Delete it has no value, and Modified
	// is the revision of the deletion.
	KV KV
	// Prev is the value before the change: nil when the key was created.
	Prev []byte
	// Created tells a Put that made the key from one that changed it.
	Created bool
	// Revision is the revision of the change.
	Revision Revision
}

// ListOptions tunes [Store.List]. The zero value lists everything, now.
type ListOptions struct {
	// After skips keys up to and including this one: the last key of the page
	// before. Empty means from the start.
	After string
	// Limit is the largest number of items in the answer; 0 means no limit.
	Limit int
	// Revision asks for the state as of this revision; 0 means the latest.
	Revision Revision
	// Count fills [Page.Remaining]; a store may need to walk all the keys for it.
	Count bool
	// KeysOnly leaves out the values.
	KeysOnly bool
}

// Page is a part of a list, in key order.
type Page struct {
	Items []KV
	// Revision is the one the list is exact for. Pass it on for the next page.
	Revision Revision
	// More says that there are keys after the last item.
	More bool
	// Remaining is how many there are, or -1 if it was not asked for.
	Remaining int64
}

// Store keeps encoded objects in key order and remembers their recent past. See
// the package documentation for what every method promises.
//
// Keys are not empty, have at most [MaxKeyBytes] and contain no zero byte;
// values have at most [MaxValueBytes]: otherwise writes fail with [ErrTooLarge]
// or [ErrInvalidKey]. Errors about one key are a [*KeyError] around one of the
// sentinels. After Close, methods return [ErrClosed].
type Store interface {
	// Get returns the key's latest state, and the store's revision as of which
	// that was. A missing key gives [ErrNotFound], with the revision.
	Get(ctx context.Context, key string) (KV, Revision, error)

	// List returns the keys that start with prefix, ascending. A revision older
	// than the compaction gives [ErrCompacted], one that has not happened yet
	// [ErrFutureRevision].
	List(ctx context.Context, prefix string, opts ListOptions) (Page, error)

	// Create writes a key that must not exist: otherwise [ErrExists]. With a
	// ttl above zero the store deletes the key when that time is over.
	Create(ctx context.Context, key string, value []byte, ttl time.Duration) (Revision, error)

	// Update writes a key whose latest revision is prev. Otherwise it returns
	// [ErrConflict], or [ErrNotFound] if there is no such key. A prev of 0
	// means whatever it is. The ttl starts anew; 0 removes an earlier one.
	Update(ctx context.Context, key string, prev Revision, value []byte, ttl time.Duration) (Revision, error)

	// Delete removes a key whose latest revision is prev (0: whatever it is).
	// Errors are those of Update. The deletion has a revision of its own.
	Delete(ctx context.Context, key string, prev Revision) (Revision, error)

	// Watch yields each change of a key under prefix whose revision is above
	// after, oldest first, each once, then waits for more until ctx ends or the
	// loop is left. If such changes are no longer kept it yields [ErrCompacted]
	// once and stops; any other error ends it likewise, and the caller may
	// watch again from the last revision it saw. When ctx ends, iteration stops
	// with the cause of ctx as error.
	//
	// A Progress event comes when the watch has caught up with the store for
	// the first time and after each call of Progress; a store may send more.
	// A revision that lies in the future is waited for.
	Watch(ctx context.Context, prefix string, after Revision) iter.Seq2[Event, error]

	// Progress asks that the watches which are open on prefix yield a Progress
	// event of at least the store's current revision, soon. It does not wait
	// for them. It is how a cache learns that it is up to date although
	// nothing under its prefix has changed. (Watches of other prefixes may
	// yield one too.)
	Progress(ctx context.Context, prefix string) error

	// Revision returns the store's current revision, linearizably: no write
	// that was acknowledged before the call is above it.
	Revision(ctx context.Context) (Revision, error)

	// Compact forgets what was before rev: reads and watches of older revisions
	// fail from then on. The state as of rev stays readable. Compacting again
	// at or below an earlier one does nothing; a rev above the current one
	// gives [ErrFutureRevision].
	Compact(ctx context.Context, rev Revision) error

	// Close ends all watches and waits for what the store runs. It is safe to
	// call twice.
	Close() error
}
