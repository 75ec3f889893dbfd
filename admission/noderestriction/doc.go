// Package noderestriction holds nodes to themselves: a kubelet may write its own
// Node (but not its taints, owners, and such labels as others rely on), its own Lease,
// CSINode and ResourceSlices, the status of Pods that run on it, and tokens for those
// Pods; it may make mirror Pods, and ask for certificates in its own name and in
// those of its Pods. What nodes
// may read is the node authorizer's part.
package noderestriction
