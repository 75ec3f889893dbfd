// Package certificatesv1 holds certificates.k8s.io/v1: asking for certificates,
// for users, nodes and Pods, and bundles of certificates to trust.
package certificatesv1
