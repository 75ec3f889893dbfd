// Package auth holds what authentication, authorization and audit share: the
// [User]. Package authn finds out who a request is from, authz whether that
// user may do what is asked, pki makes the certificates that prove it.
package auth
