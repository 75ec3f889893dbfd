// Package coordinationv1beta1 holds coordination.k8s.io/v1beta1:
// LeaseCandidates, by which the server picks who gets a Lease.
package coordinationv1beta1
