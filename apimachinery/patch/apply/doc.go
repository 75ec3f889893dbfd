// Package apply keeps account of who owns which fields of an object
// (metadata.managedFields), and merges objects on that ground: server-side
// apply, KEP-555.
//
// A [Manager] does both for the kinds of a scheme:
//
//	m := apply.NewManager(s)
//	obj, err := m.Update(live, changed, resource, "", "kubectl", meta.Now())
//	obj, err := m.Apply(live, patch, resource, "", "my-controller", false, meta.Now())
//
// What the fields of a kind are, and which lists merge by which keys, is taken
// from the plan of its Go type. The merge itself is done by
// sigs.k8s.io/structured-merge-diff, as in every Kubernetes API server.
//
// # Rules
//
// An entry belongs to a manager, an operation (Apply or Update), an API version
// (Update only) and a subresource. Apply entries hold what was applied; Update
// entries hold what was changed. What one writer changes, others no longer
// own; what is gone nobody owns. An apply that would change what others own
// is a conflict, unless it is forced. A field that an applier owned alone and
// leaves out is removed.
package apply
