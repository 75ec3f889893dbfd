package quantity

import _ "embed"

//go:embed quantity.go
var source string

// Source returns the Go file that declares the type, whose comment describes
// it in OpenAPI.
func Source() string { return source }
