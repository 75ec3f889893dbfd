// Package tainteviction deletes Pods from Nodes that have a NoExecute taint
// which they do not tolerate, or not for so long.
//
// How long a Pod may stay counts from the time when the taint was put on, or
// the Pod was made, whichever is later: a restart of the controller gives
// nobody more time.
package tainteviction
