package admission

import (
	"context"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/auth"
)

// Operation is what a request does to its object.
type Operation string

const (
	Create  Operation = "CREATE"
	Update  Operation = "UPDATE" // patches and apply included
	Delete  Operation = "DELETE" // one request an object in a deletion of a collection
	Connect Operation = "CONNECT"
)

// Request is one write on its way to the store.
type Request struct {
	Operation Operation
	Resource  meta.GroupVersionResource // as requested
	Kind      meta.GroupVersionKind     // of Object
	// Subresource is what comes after the name in the path, such as "status".
	Subresource string
	// Namespace is empty for cluster-scoped objects; of a Namespace it is its
	// own name, as Kubernetes has it.
	Namespace string
	// Name is empty in a create whose name will be generated.
	Name string
	// Object is the new object in its hub version; nil for deletes. Mutators
	// may change it, in place.
	Object meta.Object
	// OldObject is the stored object; nil for creates. Read-only.
	OldObject meta.Object
	// Options are the request's: *meta.CreateOptions and so on.
	Options any
	// DryRun says that nothing will be stored; plug-ins keep no account of it.
	DryRun bool
	User   *auth.User
	// Warn tells the client something in a Warning header. It may be nil; use
	// [Request.Warning].
	Warn func(text string)
	// Annotate adds a fact to the audit event of the request. It may be nil; use
	// [Request.Annotation].
	Annotate func(key, value string)
}

// Annotation adds a fact to the audit event of the request, if there is one.
func (r *Request) Annotation(key, value string) {
	if r.Annotate != nil {
		r.Annotate(key, value)
	}
}

// Warning tells the client something without refusing the request.
func (r *Request) Warning(text string) {
	if r.Warn != nil {
		r.Warn(text)
	}
}

// Is reports whether the request is about the main resource of that name, in
// any version.
func (r *Request) Is(resource meta.GroupResource) bool {
	return r.Subresource == "" && r.Resource.GroupResource() == resource
}

// ForCollector reports whether an update changes nothing but owners and
// finalizers, which the garbage collector must be able to whatever else the object
// would give it.
func (r *Request) ForCollector() bool {
	if r.Object == nil || r.OldObject == nil {
		return false
	}
	a, b := codec.Copy(r.Object).(meta.Object), codec.Copy(r.OldObject).(meta.Object)
	for _, obj := range []meta.Object{a, b} {
		m := obj.Metadata()
		m.OwnerReferences, m.Finalizers, m.ManagedFields, m.ResourceVersion = nil, nil, nil, ""
		*obj.TypeMetadata() = meta.TypeMeta{}
	}
	return codec.Equal(a, b)
}

// Forbidden is the 403 that refuses the request for the given reason. The
// details name the resource and the object, as Kubernetes does.
func (r *Request) Forbidden(reason error) *meta.StatusError {
	return meta.Forbidden(r.Resource.GroupResource(), r.objectName(), reason)
}

// objectName is what Kubernetes calls the object in a refusal: before a name
// was generated, the beginning of it.
func (r *Request) objectName() string {
	switch {
	case r.Name != "":
		return r.Name
	case r.Object == nil:
		return "Unknown"
	}
	m := r.Object.Metadata()
	switch {
	case m.Name != "":
		return m.Name
	case m.GenerateName != "":
		return m.GenerateName
	}
	return "Unknown"
}

// Reader reads objects that a plug-in needs to decide, from the server's own
// cache. Objects are shared and read-only. A missing one is a 404
// *meta.StatusError.
type Reader interface {
	// Get returns an object in its hub version. The cache may lag a little
	// behind a write that went through another server.
	Get(ctx context.Context, resource meta.GroupVersionResource, namespace, name string) (meta.Object, error)
	// List returns the objects of a namespace; "" is all of them.
	List(ctx context.Context, resource meta.GroupVersionResource, namespace string) ([]meta.Object, error)
}
