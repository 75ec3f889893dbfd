// Package e2e drives a built nucleus binary as a newcomer would: with the real
// kubectl, from outside. It needs the environment variables NUCLEUS (the
// binary) and KUBECTL; `make e2e` sets both. Without them its tests are skipped.
package e2e
