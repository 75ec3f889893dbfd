package meta

import _ "embed"

var (
	//go:embed types.go
	typesSource string
	//go:embed time.go
	timeSource string
	//go:embed raw.go
	rawSource string
)

// Sources returns the Go files of this package that declare API types, whose
// comments describe them in OpenAPI.
func Sources() []string { return []string{typesSource, timeSource, rawSource} }
