// Package clients runs real Kubernetes clients against a nucleus binary:
// client-go (typed, dynamic, metadata, discovery, informers, leader election,
// events, streams) and controller-runtime. What they are used to getting from a
// Kubernetes API server they have to get here; a test fails where they do not.
//
// It is a module of its own, so that what it depends on weighs on nobody who
// imports Nucleus. Beside the tests it holds kubectl, to build where a machine
// has none.
//
// Its tests need the environment variable NUCLEUS, the path of the binary;
// `make clients` builds and sets it. Without it nothing is run.
package clients
