// Package conformance tells whether a server or a distribution behaves as the
// API promises. Its own tests hold the shape of this module: which way imports
// point, and what small packages may depend on. Package e2e drives a built
// binary with the real kubectl. The nested module clients holds real
// Kubernetes clients, apart so that nobody who imports Nucleus depends on them.
package conformance
