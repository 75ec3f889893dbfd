// Package podgc removes Pods that nobody else will ever remove: those whose
// Node is gone, those that were deleted before they had one, those that linger
// on a Node that an operator has declared out of service, and the oldest of
// those that have finished when there are too many.
package podgc
