// Package defaulttolerationseconds lets Pods stay for five minutes on a node
// that is not ready or not reachable, unless they say for how long themselves.
package defaulttolerationseconds
