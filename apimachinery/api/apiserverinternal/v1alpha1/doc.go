// Package apiserverinternalv1alpha1 holds internal.apiserver.k8s.io/v1alpha1:
// which version each of several API servers stores a resource in. Servers write
// it for each other; users have nothing to do with it.
package apiserverinternalv1alpha1
