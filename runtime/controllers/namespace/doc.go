// Package namespace empties namespaces that are being deleted and then lets
// them go.
//
//	c := namespace.New(caches, namespace.Options{})
//	err := c.Run(ctx)
//
// What there is to delete it asks the server's discovery, so kinds that nobody
// here has heard of go as well. Pods go first, and the rest only when no Pod is
// left: what they need, such as Secrets, network policies and quotas, stays
// while they end. What has finalizers is waited for. How far it got, and what
// it waits for, is told in the conditions of the Namespace.
//
// A Namespace is held by the entry "kubernetes" in spec.finalizers, which this
// controller takes off once nothing is left.
package namespace
