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
//
// Null, empty and absent are three things: an empty map that was set is owned.
// Identity and what the server decides (names, uid, resourceVersion, ...) nobody
// owns. Writes to status own nothing but status and metadata, other writes
// anything but status. Writes to a Scale are accounted for in the object that is
// scaled, under spec.replicas.
//
// # Cost
//
// Every write pays for its account, so [Manager.Update] compares the typed objects
// as they are, by a plan of their type, and edits the FieldsV1 texts in place:
// some 25 us for a Pod of 3 KB. Objects without a Go type, lists with an item
// twice, names that need escapes, entries in other versions and accounts that the
// client has edited go the long way, over trees and sets, with the same result.
// [Manager.Apply] goes through the patch and puts it into a copy of the typed object,
// whatever it adds and leaves out, and costs as much. Conflicts, nulls, lists in
// another order and the like go the long way here, too, which makes trees of
// only those parts of an object that the patch or the applier's entry touches.
//
// A Manager is safe for concurrent use. It keeps nothing but what it has learned
// of types.
package apply
