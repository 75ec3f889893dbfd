// Package admissionregistrationv1 holds admissionregistration.k8s.io/v1: which
// webhooks are asked about which requests, and policies in CEL that change or
// refuse requests without a webhook.
package admissionregistrationv1
