// Package custommetricsv1beta2 holds custom.metrics.k8s.io/v1beta2: metrics of
// any objects, as an adapter behind an APIService answers them to autoscalers.
package custommetricsv1beta2
