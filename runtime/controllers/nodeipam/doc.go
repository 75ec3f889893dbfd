// Package nodeipam gives each Node a range of addresses for its Pods, cut out of
// the range of the cluster.
//
//	ipam, err := nodeipam.New(caches, nodeipam.Options{ClusterCIDRs: []netip.Prefix{cidr}})
//	err = ipam.Run(ctx)
//
// A Node that has a range, wherever it has it from, keeps it, and nobody else gets
// any part of it. One is given out anew only once its Node is gone, and as late as
// can be, because packets to addresses of the old Node may still be under way.
package nodeipam
