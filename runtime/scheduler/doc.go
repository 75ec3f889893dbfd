// Package scheduler finds a node for every Pod that has none.
//
// [Scheduler] watches nodes and Pods through a client, decides about one Pod
// after the other, and binds it:
//
//	s, err := scheduler.New(c, scheduler.Options{})
//	...
//	err = s.Run(ctx)
//
// What a decision is made of has no goroutines, no clock and no I/O, and can
// be used by itself: a [Cluster] holds nodes and the Pods on them, [Plugins]
// decide by [Filter] and [Score] rules, [Plugins.Decide] picks a node and
// [Plugins.Preempt] says who would have to make way. A rule is one small type;
// take the default ones from [DefaultPlugins], leave some out, add your own.
//
// Reasons in events and conditions are worded as Kubernetes words them.
package scheduler
