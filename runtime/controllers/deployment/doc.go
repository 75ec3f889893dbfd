// Package deployment rolls Deployments out: it makes a ReplicaSet for each
// template, moves the Pods from the old ones to the new one at the pace that
// the strategy allows, keeps the history for a rollback, and tells how it goes
// in conditions that kubectl rollout status understands.
//
//	caches := client.NewCaches(c, nil)
//	deployments := deployment.New(caches, workload.Options{})
//	var group controller.Group
//	group.Add("caches", caches.Run)
//	group.Add("deployments", deployments.Run)
//	err := group.Run(ctx)
//
// It works beside package replicaset, which makes the Pods.
//
// # How it decides
//
// [Decide] is a plain function of a [View]: the Deployment, its ReplicaSets,
// the time. It returns a [Plan]: the ReplicaSet to make, those to change or
// delete, and the status to write. The controller carries it out in that
// order, so that a crash in between leaves a state from which the next look
// goes on.
//
// The ReplicaSet of the present template is found by comparing templates. Its
// name ends in a hash of the template, which only has to be different from the
// others': if the name is taken by something else, status.collisionCount goes
// into the next hash.
//
// # Rollback
//
// kubectl rollout undo writes an old template into the Deployment; the
// ReplicaSet that still has it then becomes the new one again, and gets the
// next revision number (annotation deployment.kubernetes.io/revision).
package deployment
