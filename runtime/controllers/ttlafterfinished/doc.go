// Package ttlafterfinished deletes Jobs that have ended when the seconds in
// spec.ttlSecondsAfterFinished are over, and their Pods with them.
//
//	ttl := ttlafterfinished.New(caches, workload.Options{})
//	err := ttl.Run(ctx)
package ttlafterfinished
