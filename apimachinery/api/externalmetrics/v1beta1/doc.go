// Package externalmetricsv1beta1 holds external.metrics.k8s.io/v1beta1: metrics
// from outside the cluster, as an adapter behind an APIService answers them to
// autoscalers.
package externalmetricsv1beta1
