// Package coordinationv1 holds coordination.k8s.io/v1: Leases, by which leaders
// are elected and nodes show that they live.
package coordinationv1
