// Package robustness judges whether a server keeps its word while it is
// disturbed: killed, cut off, its store's members stopped.
//
//	history, err := robustness.Run(ctx, []client.Client{a, b}, robustness.Options{Disturb: killAndRestart})
//	...
//	for _, problem := range history.Check() { ... }
//
// Run lets clients create, update, delete, get and list ConfigMaps, few enough
// that they meet, and lets watchers follow them, through any number of clients of
// one cluster. Every call is recorded with its time and outcome. [History.Check]
// then holds that
//
//   - what was answered fits one order of all operations on each object
//     (linearizability, decided by porcupine): no acknowledged write is lost, no
//     read is stale;
//   - resource versions never go backwards, neither for an object nor between a
//     write that was answered and one that was asked for afterwards;
//   - every watch that was resumed where it ended saw every change once, in order,
//     and all watches saw the same ones.
//
// A write without an answer may have happened or not; both are right.
package robustness
