// Package appsv1 holds apps/v1: controllers that keep Pods running, namely
// Deployment and its ReplicaSets, StatefulSet and DaemonSet, and the revisions
// that they can go back to.
package appsv1
