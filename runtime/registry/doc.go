// Package registry serves declared resources from a store: every verb of the
// Kubernetes API with its rules, without HTTP.
//
// A [Registry] is made from a [scheme.Scheme] (the declarations) and a
// [storage.Store]. It keeps a watch cache for each resource that is stored,
// reads from the caches and writes through to the store:
//
//	reg, err := registry.New(s, store, registry.Options{})
//	if err != nil { ... }
//	go reg.Run(ctx)
//	if err := reg.WaitReady(ctx); err != nil { ... }
//	c := reg.Client(&auth.User{Name: "me"})
//
// There are two ways in. A server that speaks a protocol calls the verbs
// ([Registry.Get], [Registry.List], [Registry.Watch], [Registry.Create],
// [Registry.Update], [Registry.Patch], [Registry.Delete],
// [Registry.DeleteCollection]) with a [Request] that says which resource, in
// which version, and who asks; reads come back as [Item] values that hand out
// encoded bytes without decoding anything. Code in the same process uses
// [Registry.Client], which is a [client.Client] like the one across the
// network.
//
// # The way of a write
//
// An object comes in in the version of the request, and is converted to the
// hub version of its group, in which all rules run: defaults, mutating
// admission, what a client may not set (PrepareCreate, PrepareUpdate), hooks
// that reach beyond the one object (see hooks.go), validation, validating
// admission, the store. An update that changes nothing writes nothing. The
// answer is converted back. A dry run does all of it but the write.
//
// # Promises
//
// All methods are safe for concurrent use. Reads without a resource version
// see every write that was acknowledged before they began. Errors are
// *meta.StatusError, worded as Kubernetes words them; other errors are faults
// that a server answers with a plain 500. Objects that are handed in belong to
// the registry from then on; objects that come out are shared and read-only,
// but for those of [Registry.Client], which are the caller's.
//
// What is not here: HTTP, authentication, authorization, decoding of request
// bodies, tables, discovery. They are in package server.
package registry
