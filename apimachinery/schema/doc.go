// Package schema describes the kinds of a scheme to the outside: as OpenAPI v2
// and v3 documents, in JSON and in their protobuf forms.
//
// Everything is made from the plans of the Go types: fields and their types,
// what is required, the values allowed, how lists merge. Descriptions are the
// comments of the Go source, which packages embed and name in
// scheme.Version.Source.
//
//	http.Handle("/openapi/", schema.NewHandler(s, schema.Info{Version: "1.37"}))
//
// Nothing is made before somebody asks for it: most servers are never asked
// for most groups, and a description is much larger than what it describes.
//
// Rules: https://spec.openapis.org/oas/v2.0 and v3.0.0, with the extensions
// (x-kubernetes-...) that Kubernetes' API documentation lists; KEP-2896 for v3.
package schema
