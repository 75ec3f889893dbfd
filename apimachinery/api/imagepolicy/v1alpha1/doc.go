// Package imagepolicyv1alpha1 holds imagepolicy.k8s.io/v1alpha1: the question
// that an API server asks a webhook about the images of a Pod, and its answer.
// These objects are never stored.
package imagepolicyv1alpha1
