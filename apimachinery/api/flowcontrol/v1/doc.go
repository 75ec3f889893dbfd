// Package flowcontrolv1 holds flowcontrol.apiserver.k8s.io/v1: how the API
// server shares its time among those who ask, so that none of them can starve
// the rest.
package flowcontrolv1
