// Package nodelifecycle finds Nodes that do not answer any more, says so in
// their conditions, and taints them, so that Pods go elsewhere.
//
//	c := nodelifecycle.New(caches, nodelifecycle.Options{})
//	err := c.Run(ctx)
//
// A Node shows that it lives by renewing its Lease in the namespace
// kube-node-lease, or by posting its status. [Health] keeps account of when
// that was last seen to happen, by the controller's own clock, since those of
// Nodes may be wrong. A Node that is silent for the grace period has its
// conditions set to Unknown, and its Pods are marked as not ready.
//
// Taints follow from conditions ([Taints]). Those with effect NoSchedule are
// put on at once. Those with effect NoExecute, by which the taint eviction
// controller ends Pods, are put on with care: one Node at a time, slower where
// much of a zone is silent, and not at all where every zone is ([Zones]). Then
// it is more likely that this side is cut off than that all Nodes are broken.
package nodelifecycle
