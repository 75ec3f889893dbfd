// Package resourcev1beta1 holds resource.k8s.io/v1beta1: devices and claims as
// they looked in the first beta. New manifests use v1.
package resourcev1beta1
