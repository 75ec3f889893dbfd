package registry

import (
	"context"
	"iter"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/storage/cache"
)

// Request says what a call is about and who makes it. The registry only reads it.
type Request struct {
	// Resource is the declaration in the version that the client speaks.
	// Objects are taken and answered in that version.
	Resource *scheme.Resource
	// Subresource is what comes after the name in the path, such as "status".
	Subresource string
	// Namespace is empty for cluster-scoped resources, and for lists and
	// watches of all namespaces.
	Namespace string
	// Name is empty for creates (but for those of a subresource), lists,
	// watches and collections.
	Name string

	User *auth.User
	// UserAgent is the field manager of writes that name none. Only what comes before
	// the first slash counts.
	UserAgent string
	// Warn takes texts for Warning headers; nil drops them. It is called before the
	// method returns, from the calling goroutine.
	Warn func(text string)
	// MayCreate is asked before an update or patch creates the object; its error is
	// the answer. nil: it may.
	MayCreate func(ctx context.Context) error
	// Gather lets the events of a watch wait some milliseconds for others, for who
	// has a cost each time that something comes.
	Gather bool
}

func (r *Request) warn(text string) {
	if r.Warn != nil {
		r.Warn(text)
	}
}

func (r *Request) groupResource() meta.GroupResource { return r.Resource.GroupResource() }

// Deleted is what a DELETE answers: one of Object and Status.
type Deleted struct {
	// Object is the deleted object, in the requested version, or the object
	// as it stays while finalizers or its grace period hold it.
	Object meta.Object
	// Status says Success, for the kinds that answer so.
	Status *meta.Status
	// Gone says whether the object is removed. If it is not and the client had
	// asked for orphanDependents=false, the code of the answer is 202, not 200.
	Gone bool
}

// List is a list as of one resource version. Its items are made as they are
// ranged over, from a snapshot that nothing changes.
type List struct {
	// Resource is the declaration in the requested version.
	Resource           *scheme.Resource
	ResourceVersion    string
	Continue           string // empty: there is no more
	RemainingItemCount *int64 // nil: not known or none

	items iter.Seq2[Item, error]
	// Where the items are found by walking over objects in order of their keys, there
	// is also:
	c         *collection
	stretches iter.Seq[stretch] // the items
	dense     bool              // hardly any objects in between are left out
}

// Items returns the items in key order, the same each time. An error is the last
// thing that it yields, and only possible if stored data cannot be read: then the
// list is incomplete.
func (l *List) Items() iter.Seq2[Item, error] {
	if l.items == nil {
		return func(func(Item, error) bool) {}
	}
	return l.items
}

// Meta returns what goes into the metadata of the encoded list.
func (l *List) Meta() meta.ListMeta {
	return meta.ListMeta{ResourceVersion: l.ResourceVersion, Continue: l.Continue, RemainingItemCount: l.RemainingItemCount}
}

// Event is one change that a watch saw. The item of a bookmark is an empty
// object with a resource version.
type Event struct {
	Type client.EventType
	Item Item
	// More says that another event follows without waiting.
	More bool

	at   *cache.Place // where the item is among others that were there at the beginning
	list *List        // without items; nil: at is, too
}

func isDryRun(values []string) bool { return slices.Contains(values, meta.DryRunAll) }
