// Package resourcev1alpha3 holds resource.k8s.io/v1alpha3: taints on devices as
// they looked in their alpha days, and questions about what is free in a pool.
package resourcev1alpha3
