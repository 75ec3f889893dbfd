package scheme

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// The verbs of a resource, in the order in which discovery lists them.
var allVerbs = []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}

// Resource is one resource of one version, as data: abilities that it does not
// have are nil. [Define] makes one from a Go type; a resource known only at
// run time is filled in directly, and takes the same path from then on.
//
// A Resource is read-only once it is part of a [Scheme] or served.
type Resource struct {
	meta.GroupVersion

	Name       string // plural, lower case, as in paths
	Singular   string
	Kind       string
	ListKind   string
	ShortNames []string
	Categories []string
	Namespaced bool
	Verbs      []string // sorted; empty: served through subresources only

	// Virtual resources are answered by code and never stored, such as reviews.
	Virtual bool
	// StoredAs names the resource whose storage this one shares, as the two
	// faces of events do. The zero value is the resource itself.
	StoredAs meta.GroupResource
	// StoragePrefix is where objects are stored below the root; "" is the
	// resource's name. It differs for resources that Kubernetes once named otherwise.
	StoragePrefix string
	// StorageVersion is the version that objects are stored in; "" is the hub's.
	StorageVersion string

	// New returns an empty object, NewList an empty list.
	New     func() meta.Object
	NewList func() meta.ListObject
	// Type is the plan of the object's Go type.
	Type *codec.Plan

	Columns []meta.TableColumnDefinition
	Cells   func(obj meta.Object) []any // one value a column; see [Age] and [Ago]
	// ListCells is Cells for a table of a list.
	ListCells func(obj meta.Object) []any
	// RowOrder compares rows of one table; nil leaves them as the list has them.
	RowOrder func(a, b meta.Object) int
	// RowConditions tell what clients may leave a row out for.
	RowConditions func(obj meta.Object) []meta.TableRowCondition
	Fields        []Field
	Subresources  []Subresource

	Default       func(obj meta.Object)
	DeclaredField func(field string) string
	PrepareCreate func(obj meta.Object)
	PrepareUpdate func(obj, old meta.Object)
	// Validate and ValidateUpdate find every fault, metadata included. [Define]
	// sees to that, whatever the Spec has. nil: only metadata is checked, and
	// what the tags of the type demand.
	Validate       func(obj meta.Object) validate.Errors
	ValidateUpdate func(obj, old meta.Object) validate.Errors
	Warnings       func(obj, old meta.Object) []string // of accepted writes
	Notices        func(obj meta.Object) []string      // of all creates
	SpecChanged    func(obj, old meta.Object) bool
	Status         *StatusRules
	Scale          *ScaleRules
	GracePeriod    func(obj meta.Object, opts *meta.DeleteOptions) (seconds int64, graceful bool)
	GenerateSuffix bool

	Options
}

// Options are the ways in which single resources depart from the common
// behaviour of verbs. The zero value is the common behaviour.
type Options struct {
	// UpdateCreates makes a PUT to a name that does not exist create it.
	UpdateCreates bool
	// UpdateNeedsVersion refuses a PUT without metadata.resourceVersion.
	UpdateNeedsVersion bool
	// DeleteAnswersObject makes DELETE answer the object rather than a Status.
	DeleteAnswersObject bool
	// DefaultPropagation applies when a DELETE names no policy; "" is background.
	DefaultPropagation meta.DeletionPropagation
	// OrphanNotice is the text of the Warning header for a DELETE that leaves that to
	// the default.
	OrphanNotice string
	// Uncollected objects own nothing: the policy of a DELETE is of no meaning.
	Uncollected bool
	// TTLSeconds makes stored objects vanish that long after their last write. 0 is never.
	TTLSeconds int64
	// Stored is the form in which objects are stored, if it is not that of a version
	// that is served.
	Stored *StoredForm
	// Resets are fields, the status apart, that nobody comes to own by writing them
	// through the resource itself, such as "spec".
	Resets []string
	// VersionAnnotations are annotations that carry what this version has no field for,
	// or has in another place than others: rows of tables, which are made from what all
	// versions have in common, are without them.
	VersionAnnotations []string
	// Unreadable says why an object of this version cannot be read although each field
	// of it can; nil of one that can.
	Unreadable func(obj meta.Object) error
	// Deprecated is the text of the Warning header that every request to the
	// resource is answered with.
	Deprecated string
}

// StoredForm is how objects of a kind are stored that Kubernetes stores in a
// version which it does not serve any more. Objects are in the hub version.
type StoredForm struct {
	// Version is the one that is stored, of the kind's group. Values in others are
	// read as those of any kind.
	Version string
	// Encode returns a JSON text that names Version. It leaves obj as it is.
	Encode func(obj meta.Object) ([]byte, error)
	// Decode reads what Encode has written, and what Kubernetes has. Defaults need
	// not be set.
	Decode func(data []byte) (meta.Object, error)
}

// Field is a field that field selectors may use.
type Field struct {
	Path  string // such as "spec.nodeName"
	Value func(obj meta.Object) string
}

// Subresource is a path below an object.
type Subresource struct {
	Name  string
	Kind  meta.GroupVersionKind // of the body; an empty group and version are the resource's own
	Verbs []string
	// Resets are the fields, such as "status" or "metadata.labels", that stay as
	// they are whatever is written through this path, so that nobody comes to own them.
	Resets []string
}

// StatusRules govern writes to the status subresource.
type StatusRules struct {
	// Prepare puts back what a status write may not change.
	Prepare  func(obj, old meta.Object)
	Validate func(obj, old meta.Object) validate.Errors
	// Resets are paths besides spec that Prepare puts back.
	Resets []string
}

// ScaleRules make an object readable and writable as a Scale.
type ScaleRules struct {
	Replicas       func(obj meta.Object) int32
	SetReplicas    func(obj meta.Object, n int32)
	StatusReplicas func(obj meta.Object) int32
	// Selector returns the selector of the scaled Pods in text form.
	Selector func(obj meta.Object) string
}

// Age is a cell whose text is the time since it, as of when it is printed.
type Age meta.Time

// Ago is a cell with the time since At in the place of the %s in Text, as of when it is
// printed.
//
// Cells must not depend on the time in another way than by Age and Ago: rows are kept.
type Ago struct {
	Text string
	At   meta.Time
}

// GroupResource returns the resource without its version.
func (r *Resource) GroupResource() meta.GroupResource {
	return meta.GroupResource{Group: r.Group, Resource: r.Name}
}

// GroupVersionResource returns the resource's full name.
func (r *Resource) GroupVersionResource() meta.GroupVersionResource {
	return r.WithResource(r.Name)
}

// GroupVersionKind returns the kind of the resource's objects.
func (r *Resource) GroupVersionKind() meta.GroupVersionKind { return r.WithKind(r.Kind) }

// GroupKind returns the kind of the resource's objects without version.
func (r *Resource) GroupKind() meta.GroupKind {
	return meta.GroupKind{Group: r.Group, Kind: r.Kind}
}

// Storage names the resource whose storage holds the objects.
func (r *Resource) Storage() meta.GroupResource {
	if r.StoredAs != (meta.GroupResource{}) {
		return r.StoredAs
	}
	return r.GroupResource()
}

// Can reports whether the resource has the verb.
func (r *Resource) Can(verb string) bool { return slices.Contains(r.Verbs, verb) }

// Subresource returns the subresource of that name.
func (r *Resource) Subresource(name string) (Subresource, bool) {
	for _, s := range r.Subresources {
		if s.Name == name {
			return s, true
		}
	}
	return Subresource{}, false
}

// FieldValue returns the value of a selectable field; ok is false when the
// resource has no such field.
func (r *Resource) FieldValue(obj meta.Object, path string) (value string, ok bool) {
	switch path {
	case "metadata.name":
		return obj.Metadata().Name, true
	case "metadata.namespace":
		return obj.Metadata().Namespace, r.Namespaced
	}
	for _, f := range r.Fields {
		if f.Path == path {
			return f.Value(obj), true
		}
	}
	return "", false
}

// SelectableField reports whether field selectors may use path.
func (r *Resource) SelectableField(path string) bool {
	if path == "metadata.name" || path == "metadata.namespace" && r.Namespaced {
		return true
	}
	return slices.ContainsFunc(r.Fields, func(f Field) bool { return f.Path == path })
}

func singularOf(singular, kind string) string {
	if singular != "" {
		return singular
	}
	return strings.ToLower(kind)
}
