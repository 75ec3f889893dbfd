// Package apidiscoveryv2 holds apidiscovery.k8s.io/v2: the whole of a server's
// discovery, all groups with all resources, in one document. It is the answer of
// /api and /apis for clients that ask for it, and never stored.
package apidiscoveryv2
