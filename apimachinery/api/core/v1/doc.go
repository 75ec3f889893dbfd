// Package corev1 holds v1, the group without a name: Pods and all that they
// need, from Nodes, Services, ConfigMaps, Secrets and volumes to Namespaces and
// Events.
package corev1
