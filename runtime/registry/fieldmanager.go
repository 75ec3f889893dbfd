package registry

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// FieldManager keeps account of who owns which fields (metadata.managedFields)
// and merges what is applied on that ground (server-side apply). Its methods
// speak of apimachinery's types only, so that what implements them need not
// know this package.
//
// Objects are in the version of the request, which resource declares, and
// defaulted. For the subresource "scale" of Update they are the scaled objects
// themselves, of Apply they are Scales, which carry the managedFields of the
// scaled object. It must be safe for concurrent use.
type FieldManager interface {
	// Update brings the account up to date after a write other than apply:
	// changed is what the writer wants, live what is stored, nil when the object
	// is new. The managedFields of the object that it returns, which may be
	// changed itself, are taken; nothing else of it is. live is read-only.
	Update(live, changed meta.Object, resource *scheme.Resource, subresource, manager string, now meta.Time) (meta.Object, error)

	// Apply merges an apply patch, as JSON, into live, which is nil when there
	// is no such object, and returns the result with its managedFields set, as
	// a new object. Fields of others that it would change are an error
	// (meta.ApplyConflict) unless force is set.
	Apply(live meta.Object, patch []byte, resource *scheme.Resource, subresource, manager string, force bool, now meta.Time) (meta.Object, error)
}
