// Package authorizationv1 holds authorization.k8s.io/v1: asking whether somebody
// may do something, or what one may do oneself. The answers are not stored.
package authorizationv1
