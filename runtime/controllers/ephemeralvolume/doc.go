// Package ephemeralvolume makes the claims of Pods' own volumes: for each volume
// of kind ephemeral a PersistentVolumeClaim POD-VOLUME from its template, which
// belongs to the Pod and goes with it.
//
//	claims := ephemeralvolume.New(caches, workload.Options{})
//	err := claims.Run(ctx)
//
// A claim of that name that is not the Pod's is left alone, and an event says so.
package ephemeralvolume
