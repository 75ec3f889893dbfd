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
// # Volumes
//
// [VolumeBinding] keeps Pods to nodes that their claims' volumes are, can be bound
// or can be made on. For claims that wait for their first consumer [Plugins.Volumes]
// says what to write once a node is chosen: volumes are kept for claims, or claims
// get the annotation by which provisioners know the node. The Pod is bound when its
// claims are; who binds those is package controllers/persistentvolume.
//
// # When a Pod is tried again
//
// A Pod that no node will do for waits until something happens that may help, which
// the filters that refused it know ([Hinted]), and until its back-off is over.
// Preemption keeps to PodDisruptionBudgets where it can.
//
// Reasons in events and conditions are worded as Kubernetes words them.
package scheduler
