// Package storageobjectinuse marks new volumes, claims and volume attributes
// classes with finalizers, so that those in use stay until nobody uses them. It
// needs the controllers that take the finalizers off: without them no volume or
// claim ever goes.
package storageobjectinuse
