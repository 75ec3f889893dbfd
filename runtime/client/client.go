package client

import (
	"context"
	"iter"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// Client reads and writes the resources of one server, as one user. The server
// may be in the same process or across the network; callers cannot tell.
//
// A Client is safe for concurrent use. Objects passed in are only read during
// the call. Objects handed out belong to the caller, except where a method
// says that they are shared.
//
// Errors from the server are *meta.StatusError; use meta.IsNotFound and its
// like on them.
//
// Most code uses the typed face of it: client.Of[corev1.Pod](c).
type Client interface {
	// Scheme knows the Go types of the kinds that this client decodes. Kinds it
	// does not know are decoded as *meta.Unstructured.
	Scheme() *scheme.Scheme

	// Get reads one object into into.
	Get(ctx context.Context, at Target, into meta.Object, opts meta.GetOptions) error
	// List reads objects into into, one page when opts.Limit is set.
	List(ctx context.Context, at Target, into meta.ListObject, opts meta.ListOptions) error
	// Watch yields the changes after opts.ResourceVersion, oldest first, until
	// ctx ends, the loop is left, the server ends the watch (the sequence just
	// ends; watch again from the last resource version seen) or an error is
	// yielded, which is the last. An error with meta.IsGone or
	// meta.IsResourceExpired means to list again. Objects of a Watch are shared
	// and read-only.
	Watch(ctx context.Context, at Target, opts meta.ListOptions) iter.Seq2[Event, error]
	// Create stores obj and reads what the server made of it into obj.
	Create(ctx context.Context, at Target, obj meta.Object, opts meta.CreateOptions) error
	// Update replaces the object and reads what the server made of it into obj.
	Update(ctx context.Context, at Target, obj meta.Object, opts meta.UpdateOptions) error
	// Patch changes the object as patch says and reads the result into into,
	// which may be nil.
	Patch(ctx context.Context, at Target, patch Patch, into meta.Object, opts meta.PatchOptions) error
	// Delete deletes the object, or starts to.
	Delete(ctx context.Context, at Target, opts meta.DeleteOptions) error
	// DeleteCollection deletes what list selects.
	DeleteCollection(ctx context.Context, at Target, opts meta.DeleteOptions, list meta.ListOptions) error
}

// Target says what a call is about. The name is empty for lists and
// collections, the namespace for cluster-scoped resources and to list them all.
type Target struct {
	Resource    meta.GroupVersionResource
	Namespace   string
	Name        string
	Subresource string // such as "status"
	// MetadataOnly makes Watch (and [Source]) yield *meta.PartialObjectMetadata.
	// The other methods go by the type that they read into.
	MetadataOnly bool
}

// EventType says what an [Event] is about.
type EventType string

const (
	Added    EventType = "ADDED"    // new, or newly selected
	Modified EventType = "MODIFIED" // changed
	Deleted  EventType = "DELETED"  // gone, or no longer selected; Object is its last state
	Bookmark EventType = "BOOKMARK" // nothing changed up to Object's resource version
)

// Event is one change that a watch saw. Object is shared and read-only.
type Event struct {
	Type   EventType
	Object meta.Object
}

// Patch is a change to an object, in one of the forms of the API.
type Patch struct {
	Type PatchType
	Data []byte
}

// PatchType is the media type of a patch.
type PatchType string

const (
	JSONPatch      PatchType = "application/json-patch+json"            // RFC 6902
	MergePatch     PatchType = "application/merge-patch+json"           // RFC 7386
	StrategicPatch PatchType = "application/strategic-merge-patch+json" // merge that knows list keys
	ApplyPatch     PatchType = "application/apply-patch+yaml"           // server-side apply, KEP-555
)
