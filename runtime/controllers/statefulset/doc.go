// Package statefulset runs Pods that keep their names and volumes: NAME-0,
// NAME-1 and so on, each with its own claims.
//
//	caches := client.NewCaches(c, nil)
//	sets := statefulset.New(caches, workload.Options{})
//	var group controller.Group
//	group.Add("caches", caches.Run)
//	group.Add("statefulsets", sets.Run)
//	err := group.Run(ctx)
//
// With podManagementPolicy OrderedReady each Pod waits until those before it
// are available, and scaling down takes one at a time from the end; with
// Parallel nobody waits. Updates go from the last ordinal to the first, as
// partition and maxUnavailable allow. Claims are made before their Pod and are
// kept unless persistentVolumeClaimRetentionPolicy says otherwise.
//
// [Decide] is a plain function of a [View]: the StatefulSet, its Pods, its
// revisions.
package statefulset
