// Package daemonset runs one Pod of each DaemonSet on every node that it may
// run on, and replaces them when the template changes.
//
//	caches := client.NewCaches(c, nil)
//	daemons := daemonset.New(caches, workload.Options{})
//	var group controller.Group
//	group.Add("caches", caches.Run)
//	group.Add("daemons", daemons.Run)
//	err := group.Run(ctx)
//
// Pods are bound by the scheduler: each is made with a node affinity for its
// node, and with tolerations for the taints that the cluster puts on nodes in
// trouble. Templates that a DaemonSet has had are kept as ControllerRevisions,
// for kubectl rollout undo.
//
// [Decide] is a plain function of a [View]: the DaemonSet, its Pods, the nodes.
package daemonset
