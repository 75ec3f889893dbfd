// Package authz decides whether a user may do what a request asks.
//
// An [Authorizer] allows, denies or has no opinion. A [Union] asks several in
// order and is one again; a request that nobody allows is refused. What a
// refused client is told is [Forbidden].
//
//	authorizer := authz.Union{authz.Masters{}, authz.PublicInfo{}, mine}
package authz
