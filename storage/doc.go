// Package storage says what a store of encoded objects does, so that the rest
// of a control plane can stand on any of them.
//
// A [Store] keeps byte values under string keys, in key order. Every change
// gets the next number of one counter that the whole store shares: its
// revision. Revisions are what clients see as resourceVersion, and everything
// else follows from them:
//
//   - compare and set: [Store.Update] and [Store.Delete] take the revision the
//     caller has read, and change nothing if the key has moved on;
//   - reads of the past: [Store.List] can answer as of an earlier revision, so
//     the pages of one long list agree with each other;
//   - watching: [Store.Watch] yields every change after a revision, in order,
//     each once, first from history and then as it happens;
//   - compaction: history costs space, so [Store.Compact] drops what came
//     before a revision, and who asks for older gets [ErrCompacted].
//
// The smallest working program:
//
//	store, err := embedded.Open(ctx, embedded.Options{}) // in memory
//	if err != nil { ... }
//	defer store.Close()
//	rev, err := store.Create(ctx, "/registry/widgets/a", []byte("1"), 0)
//	for event, err := range store.Watch(ctx, "/registry/widgets/", rev) { ... }
//
// # Promises
//
// An acknowledged write is durable, unless the store was opened as one that
// forgets. Reads of the latest state are linearizable: once a write was
// acknowledged, every read that starts later sees it. A write whose call
// returned an error other than those of this package (a lost connection, an
// ended context) may or may not have happened.
//
// All methods are safe for concurrent use. Values handed to a store belong to
// it from then on, and values it returns are shared: neither may be changed.
//
// What is not here: Go types, API versions, encryption, HTTP. They live above.
// [github.com/kubenucleus/nucleus/storage/storagetest] is this contract as a
// test suite; run it against a store of your own.
package storage
