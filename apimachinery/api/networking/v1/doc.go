// Package networkingv1 holds networking.k8s.io/v1: Ingress, which leads HTTP in
// from outside, NetworkPolicy, which says what traffic Pods may have, and the
// ranges and addresses of Services.
package networkingv1
