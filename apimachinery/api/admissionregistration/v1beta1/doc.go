// Package admissionregistrationv1beta1 holds
// admissionregistration.k8s.io/v1beta1: policies in CEL and webhooks as they
// looked in their beta days. New manifests use v1.
package admissionregistrationv1beta1
