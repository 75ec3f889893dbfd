// Package clients is a module of its own, so that what it depends on weighs on
// nobody who imports Nucleus: real Kubernetes clients, to be run against it.
package clients
