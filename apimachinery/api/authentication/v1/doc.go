// Package authenticationv1 holds authentication.k8s.io/v1: asking whose a token
// is, who one is oneself, and for tokens of a ServiceAccount. The answers are
// not stored.
package authenticationv1
