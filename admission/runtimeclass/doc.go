// Package runtimeclass gives Pods what their RuntimeClass costs and where it
// is to be found: its overhead, node selector and tolerations.
package runtimeclass
