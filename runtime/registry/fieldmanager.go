package registry

import (
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// FieldManager keeps account of who owns which fields (metadata.managedFields)
// and merges what is applied on that ground (server-side apply). Objects are in
// the version of the request, defaulted. It must be safe for concurrent use.
type FieldManager interface {
	// Update brings the account up to date after a write other than apply:
	// changed is what the writer wants, live what is stored, nil when the
	// object is new. It returns changed, whose managedFields it has set; it
	// may change it otherwise too, never live.
	Update(live, changed meta.Object, w FieldWrite) (meta.Object, error)

	// Apply merges an apply patch, as JSON, into live, which is nil when there
	// is no such object, and returns the result with its managedFields set, as
	// a new object. Fields of others that it would change are an error
	// (meta.ApplyConflict) unless w.Force is set.
	Apply(live meta.Object, patch []byte, w FieldWrite) (meta.Object, error)
}

// FieldWrite says who writes which fields of what.
type FieldWrite struct {
	Resource    *scheme.Resource // in the version of the request
	Subresource string           // the path that is written through; "" is the main one
	Manager     string           // who writes
	Force       bool             // Apply only: take over what others own
	Now         meta.Time        // the time of the entry
}
