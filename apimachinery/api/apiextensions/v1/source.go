package apiextensionsv1

import _ "embed"

// typesSource is what OpenAPI takes the descriptions of types and fields from.
//
//go:embed types.go
var typesSource string

//go:embed json.go
var jsonSource string
