package client

import (
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// ResourceInfo is what discovery tells about one resource of one version.
type ResourceInfo struct {
	Resource   meta.GroupVersionResource
	Kind       meta.GroupVersionKind // of its objects
	Singular   string
	ShortNames []string
	Categories []string
	Namespaced bool
	Verbs      []string
	// Preferred says that this is the version of the resource that the server
	// would have clients use.
	Preferred bool
	// Subresources are their names, such as "status".
	Subresources []string
}

// Can reports whether the resource has all these verbs.
func (r ResourceInfo) Can(verbs ...string) bool {
	for _, v := range verbs {
		if !slices.Contains(r.Verbs, v) {
			return false
		}
	}
	return true
}
