// Package resourcev1beta2 holds resource.k8s.io/v1beta2: devices and claims as
// they looked in the second beta, the same as in v1. New manifests use v1.
package resourcev1beta2
