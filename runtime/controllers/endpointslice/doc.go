// Package endpointslice tells in EndpointSlices where the Pods of each Service
// are, for proxies and DNS to read.
//
//	c := endpointslice.New(caches, endpointslice.Options{})
//	err := c.Run(ctx)
//
// The slices of a Service are made from the Pods that its selector matches: one
// set of slices for each family of addresses and each set of port numbers, with
// at most 100 endpoints each. [Endpoints] decides which endpoints there are,
// [Plan] how they go into slices with as few writes as possible: every slice
// that is written goes to every node of the cluster.
//
// Only slices with the label endpointslice.kubernetes.io/managed-by of this
// controller are its own; others of the same Service are left alone. Services
// without a selector, and those of type ExternalName, have no slices from here.
package endpointslice
