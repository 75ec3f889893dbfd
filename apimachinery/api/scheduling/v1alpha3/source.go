package schedulingv1alpha3

import _ "embed"

//go:embed types.go
var typesSource string

// Source returns the Go file that declares the types, for OpenAPI to take
// descriptions from.
func Source() string { return typesSource }
