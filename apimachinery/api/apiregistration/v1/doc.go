// Package apiregistrationv1 holds apiregistration.k8s.io/v1: APIServices, which
// make another server answer for a version of a group.
package apiregistrationv1
