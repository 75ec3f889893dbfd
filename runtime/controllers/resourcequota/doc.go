// Package resourcequota counts what the objects of a namespace use of its
// ResourceQuotas, and writes it into their status together with the limits,
// which admission then enforces.
//
// Admission charges for what is made; what goes, shrinks or ends is counted
// here, and so is whatever a charge was not for: objects that were there before
// the quota, and creations that failed after they were charged.
//
// Pods, Services and PersistentVolumeClaims are counted from caches that other
// controllers share. Of other resources metadata is watched, and only as long as
// a quota limits their number.
package resourcequota
