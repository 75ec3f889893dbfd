// Package persistentvolume binds PersistentVolumeClaims to PersistentVolumes, and
// says what has become of both.
//
//	binder := persistentvolume.New(caches, workload.Options{})
//	err := binder.Run(ctx)
//
// A claim gets the smallest volume that satisfies it ([Match]): of its class,
// with its access modes, volume mode and labels, and at least its size. A volume
// that names a claim is kept for that one. Both sides are written, the volume
// first: whoever comes after a crash sees from it what was meant.
//
// A claim without a class gets the default one, also when that is made later.
// Volumes that a provisioner is to make are asked for by an annotation on the
// claim. Where a class wants to wait for the first consumer, the claim is bound
// when the scheduler has chosen a node for it or, at the latest, when a Pod that
// uses it is on a node.
//
// When its claim is gone a volume is Released: kept, if its reclaim policy is
// Retain, or left to the provisioner that made it, if that is Delete. What nobody
// can delete fails, with an event that says so.
package persistentvolume
