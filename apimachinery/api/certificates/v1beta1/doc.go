// Package certificatesv1beta1 holds certificates.k8s.io/v1beta1: requests for
// certificates of Pods and bundles of certificates to trust, as they looked in
// their beta days.
package certificatesv1beta1
