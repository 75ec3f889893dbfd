// Package eventsv1 holds events.k8s.io/v1: Events in their newer form. They are
// the same stored objects as the core group's.
package eventsv1
