// Package metricsv1beta1 holds metrics.k8s.io/v1beta1: what Nodes and Pods use
// now, as kubectl top shows it. A metrics server behind an APIService answers
// it.
package metricsv1beta1
