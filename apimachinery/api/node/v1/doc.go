// Package nodev1 holds node.k8s.io/v1: RuntimeClasses, by which Pods choose how
// their containers are run.
package nodev1
