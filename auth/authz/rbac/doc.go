// Package rbac decides by roles and bindings: rbac.authorization.k8s.io.
//
// A [Policy] is an index of the roles and bindings of a cluster. Who has them
// puts them in (and takes them out) as they change:
//
//	p := rbac.NewPolicy()
//	p.PutClusterRole(role)
//	p.PutClusterRoleBinding(binding)
//	decision, reason, err := p.Authorize(ctx, request)
//
// Bindings are found by their subjects, so a request costs as much as its user
// has bindings, however many there are for others.
//
// [Covers] and [Policy.MayGrant] are the other half: nobody gives away by a role
// or a binding what they do not have themselves.
//
// A Policy is safe for concurrent use. Objects that are put in are shared and
// must not change.
package rbac
