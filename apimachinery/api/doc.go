// Package api gathers the declarations of all built-in API groups. The types
// and rules of one version are in the package named for it below this one,
// such as core/v1; import that alone to use its types without the rest.
package api
