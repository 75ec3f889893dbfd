// Package e2e drives the built binary with the real kubectl, as a user does. Its
// tests need both: make e2e says where they are by NUCLEUS and KUBECTL. What is about real
// containers is skipped, with the reason, where the machine cannot have them.
//
// All waiting has a bound that an ordinary machine never comes near; NUCLEUS_PATIENCE=5
// makes the bounds five times as long, for one that is very slow or very busy.
package e2e
