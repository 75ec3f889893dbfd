// Package admissionregistrationv1alpha1 holds
// admissionregistration.k8s.io/v1alpha1: policies in CEL as they looked in their
// alpha days. New manifests use v1.
package admissionregistrationv1alpha1
