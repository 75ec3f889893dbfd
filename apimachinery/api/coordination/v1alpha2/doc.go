// Package coordinationv1alpha2 holds coordination.k8s.io/v1alpha2:
// LeaseCandidates, by which the server picks who gets a Lease, as they looked in
// their alpha days.
package coordinationv1alpha2
