// Package replicaset keeps as many Pods as ReplicaSets and
// ReplicationControllers ask for.
//
//	caches := client.NewCaches(c, nil)
//	sets := replicaset.New(caches, workload.Options{})
//	var group controller.Group
//	group.Add("caches", caches.Run)
//	group.Add("replicasets", sets.Run)
//	err := group.Run(ctx)
//
// It adopts the Pods that a set's selector matches and nobody controls,
// releases those that it no longer matches, makes missing ones from the
// template and deletes the most expendable of too many: those without a node
// first, then pending, unready, cheap (annotation
// controller.kubernetes.io/pod-deletion-cost), crowded and young ones.
//
// What to do about a set is decided by [Decide] and what to say about it by
// [Status]; both are plain functions of what the caches show.
package replicaset
