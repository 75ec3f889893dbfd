// Package resourcev1 holds resource.k8s.io/v1: devices that drivers publish,
// classes of them, and claims by which Pods get them (dynamic resource
// allocation).
package resourcev1
