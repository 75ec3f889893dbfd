// Package server is the API server: HTTP in front of a registry.
//
// A [Server] is an [http.Handler] and a Run method; it owns no globals, starts
// nothing before Run, and several of them live in one process:
//
//	reg, err := registry.New(scheme, store, registry.Options{})
//	srv, err := server.New(reg, server.Options{
//		Authenticator: authn.OrAnonymous(authn.Authenticated(tokens)),
//		Authorizer:    authz.Union{authz.Masters{}, authz.PublicInfo{}},
//		Address:       "127.0.0.1:6443",
//		Certificate:   pki.ServingCertificate,
//	})
//	err = srv.Run(ctx)
//
// What it serves follows from the declarations in the registry's scheme:
// resources and their subresources under /api and /apis, watches, discovery,
// tables and metadata-only answers; beside them health, version, metrics and,
// when given, OpenAPI.
//
// # The way of a request
//
// The filters in filters.go run first, in this order: panics are caught; the
// request gets an id, an entry in log and metrics, and a deadline unless it is
// one that goes on for long; the path is read into a [RequestInfo]; the user
// is found out, may act as another, and must be allowed what the request
// asks for. Then the path decides: discovery, health and so on, or the handler
// of a verb (rest_*.go). Those negotiate, read options and body, call the
// registry, and write the answer (respond.go, list.go, watch.go).
//
// Answers are made from the encoded bytes that the registry keeps. A list is
// its header and then one item after another; a watch event is encoded once
// for all watchers. Nothing is decoded unless a table asks for it.
//
// # Promises
//
// Codes, reasons, messages and media types are those of Kubernetes v1.37.
// When Run's context ends, readiness fails, watches end as if their time were
// over, requests in flight are given time to finish, and Run returns after
// every goroutine of the server has.
//
// What is not here: rules about objects (package registry and the
// declarations), where users come from (auth/authn) and what they may do
// (auth/authz).
package server
