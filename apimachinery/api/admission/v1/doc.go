// Package admissionv1 holds admission.k8s.io/v1: the question that an API server
// asks an admission webhook about a request, and the webhook's answer. These
// objects are posted to webhooks and never stored.
package admissionv1
