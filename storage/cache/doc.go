// Package cache answers reads and watches of one resource from memory.
//
// A [Cache] follows one prefix of a [storage.Store] with a single watch and
// holds every object as the bytes that the store has. What else is wanted of an
// object (its JSON, its protobuf, a row of a Table, its labels, the decoded Go
// value) is made when somebody asks for the first time, from then on shared by
// everybody, and dropped when memory is needed for something else.
//
//	c := cache.New(store, cache.Options{Prefix: "/registry/widgets/", Codec: codec})
//	go c.Run(ctx) // the caller waits for it
//	snap, err := c.Snapshot(ctx, cache.Latest())
//	for o := range snap.Ascend("/registry/widgets/default/", "") {
//		b, err := o.Form(cache.Form{GroupVersion: "example.com/v1", Media: cache.JSON})
//		...
//	}
//	for ev, err := range c.Watch(ctx, snap.Revision(), cache.WatchOptions{}) { ... }
//
// # Reads
//
// A [Snapshot] is all objects as of one revision: an immutable tree that shares
// what has not changed with the ones before and after, so taking one costs
// nothing and holding one delays nobody. [At] says how fresh it must be:
// [Latest] (the store is asked for its revision, not for the data), [AtLeast],
// [Any], or [Exactly] a revision of the past, for which later changes are taken
// back, or, if that was too long ago, the store is read.
//
// Objects next to each other are much alike. [Snapshot.Runs] yields runs of neighbours,
// the same for everybody who passes, with which bytes made of all of them can be kept,
// such as their texts compressed as one.
//
// # Watches
//
// All watchers share one log of events, and an event's bytes are encoded once
// for all of them. An event is handed only to those whom it may concern: a
// watcher of one name, one namespace or one value of an [Index] costs nothing
// while others change. A watcher whose next event the log has dropped is ended
// with storage.ErrCompacted; it never makes others wait. One that begins before
// the log does is first served from the store.
//
// # Promises
//
// Every method is safe for concurrent use. Objects, bytes and maps that come
// out are shared and must not be changed. Cache.Run owns all goroutines; reads
// and watches run in their caller's.
package cache
