// Package garbagecollector deletes objects whose owners are gone, and carries
// out how their owner's deletion is to reach them.
//
//	c := garbagecollector.New(caches, garbagecollector.Options{})
//	err := c.Run(ctx)
//
// An object names its owners in metadata.ownerReferences. When all of them are
// gone it is deleted; if some are left, the others are struck off its list.
// What happens to the dependents of an object that is deleted depends on its
// finalizers:
//
//   - none: it goes, then they do (background)
//   - foregroundDeletion: they are deleted, and it waits for those that block it
//   - orphan: it is struck off their lists, then it goes
//
// # How it knows
//
// It watches the metadata of every resource that discovery tells of, also of
// kinds that nobody here has heard of, and keeps a [Graph] of who depends on
// whom. Resources that appear later, such as custom ones, are found within a
// few seconds of their declaration.
//
// The graph trails the server, so nothing is ever deleted on its word alone:
// before an object is deleted, it and every one of its owners are asked for, by
// name, and compared by uid. An owner that is referred to but was never seen is
// in the graph as a virtual node, and asked for as well.
//
// # References that cannot be right
//
// Owners are looked for in the dependent's own namespace. A reference to an
// owner in another namespace is thus one to an absent owner, and the dependent
// is deleted. A cluster-scoped object that names a namespaced owner is left
// alone, and so is one whose owner's kind the server does not know.
package garbagecollector
