// Package patch changes objects by patches: JSON Patch (RFC 6902), JSON Merge
// Patch (RFC 7386) and Kubernetes' strategic merge patch. It also makes the
// latter two from an object's old and new state. Server-side apply is in
// package apply below this one.
//
//	doc, err = patch.MergePatch(doc, []byte(`{"metadata":{"labels":{"app":null}}}`))
//
// # Strategic merge patches
//
// A strategic merge patch is a merge patch that knows the type it changes. Tags
// of the struct say how a list is merged: patchStrategy "merge" with a
// patchMergeKey joins items that have the same key, without a key (lists of
// strings and numbers) it makes a union; every other list is replaced. Inside
// the patch, directives say what plain JSON cannot:
//
//	"$patch": "replace"               in an object: it is taken as it stands;
//	                                  in an item of a list: the list is
//	"$patch": "delete"                in an object: it becomes empty;
//	                                  in an item: the item with that key goes
//	"$deleteFromPrimitiveList/f": []  takes these values out of the list f
//	"$setElementOrder/f": []          the order of the items of f
//	"$retainKeys": []                 all fields of the object that stay
//
// # Errors
//
// Errors are those that a Kubernetes API server answers with: *meta.StatusError
// where it has a status for them (400, 413, 422), plain errors where it answers
// 500 without a reason. Which leniencies a JSON Patch enjoys is said at
// [JSONPatch].
//
// Functions share no state and are safe for concurrent use. The cost of every
// patch is bounded, whatever its text.
package patch
