// Package podresize refuses to resize a Pod beyond what its node could ever
// give it: the kubelet would only say so later, in a condition that nobody who
// waits for the answer reads.
package podresize
