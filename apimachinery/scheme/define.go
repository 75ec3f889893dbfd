package scheme

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// Spec declares a resource whose objects are of the Go type T. Functions may
// change the object that they are given first, never the old one, and must be
// safe for concurrent use; objects are never nil unless a field says so.
type Spec[T any] struct {
	Name       string   // plural, lower case: "pods". Required.
	Singular   string   // "": the kind in lower case
	Kind       string   // "": the name of T
	ShortNames []string // such as "po"
	Categories []string // such as "all"
	Namespaced bool
	// Verbs that the resource has; nil is all eight.
	Verbs []string

	Virtual       bool               // answered by code, never stored
	StoredAs      meta.GroupResource // shares the storage of another resource
	StoragePrefix string             // "": the name
	// StorageVersion is the version that objects are stored in; "" is the hub's.
	// Kubernetes stores what is new in a release in the version before, so that
	// one can go back to the release before.
	StorageVersion string

	// Columns are what kubectl prints; nil is name and age.
	Columns []Column[T]
	// Fields are the fields, besides metadata.name and metadata.namespace, that
	// field selectors may use.
	Fields []SelectableField[T]

	// Default fills in what the client left out. It runs on every object that
	// comes in, is read from the store or is the result of a patch, after the
	// defaults that tags give, and must not change what it has set before.
	Default func(obj *T)
	// PrepareCreate drops or sets what a client may not decide on create. The
	// status of a kind that has a status subresource is dropped before, unless
	// Status.OnCreate keeps it.
	PrepareCreate func(obj *T)
	// PrepareUpdate puts back what an update may not change. The status of a
	// kind that has a status subresource is put back before.
	PrepareUpdate func(obj, old *T)

	// NameRule is the rule for names of objects, such as names.DNSLabel. nil is
	// names.DNSSubdomain, which most kinds have.
	NameRule func(name string) []string
	// AnyFinalizer lets finalizers through that do not say whose they are.
	AnyFinalizer bool
	// Validate finds every fault of a new object. It need not look at metadata:
	// what it does not say of metadata itself, validate.ObjectMeta says, with
	// NameRule, before its own errors. nil is validate.Structural: what the tags of the
	// type demand.
	Validate func(obj *T) validate.Errors
	// DeclaredField says where this version has a field of the version that is
	// validated, for faults that [validate.Declared] marks: Kubernetes finds
	// those on what the client sent. nil is the same place.
	DeclaredField func(field string) string
	// ValidateUpdate finds every fault of a changed object, Validate's included.
	// For metadata the same holds as in Validate, with validate.ObjectMetaUpdate.
	// nil is Validate.
	ValidateUpdate func(obj, old *T) validate.Errors
	// Warnings are told to the client of an accepted write. old is nil on create.
	Warnings func(obj, old *T) []string
	// Notices are told to the client of a create, be it accepted or not: of what
	// PrepareCreate has made of the object.
	Notices func(obj *T) []string
	// SpecChanged says whether an update is one that metadata.generation counts.
	// nil: the kind has no generation.
	SpecChanged func(obj, old *T) bool

	// Status gives the kind a status subresource.
	Status *Status[T]
	// Scale gives the kind a scale subresource.
	Scale *Scale[T]
	// Subresources are the further ones; code serves them by name.
	Subresources []Subresource

	// RowOrder compares objects that are to be rows of one table, as cmp.Compare does;
	// nil leaves them in the order of the list.
	RowOrder func(a, b *T) int
	// RowConditions tell, for a row of a table, what clients may leave it out
	// for, such as that the object's work is over. nil is none.
	RowConditions func(obj *T) []meta.TableRowCondition

	// GracePeriod makes deletion graceful: it returns how long the object may
	// linger, and false to delete it at once. opts is what the client asked for.
	GracePeriod func(obj *T, opts *meta.DeleteOptions) (seconds int64, graceful bool)

	Options
}

// Status is the rule set of a status subresource. The zero value lets a
// status write change the status and nothing else of the object but what
// metadata it may, and validates nothing.
type Status[T any] struct {
	// Prepare puts back more than spec, or keeps in step what depends on status.
	Prepare func(obj, old *T)
	// Validate finds every fault of a status write; for metadata the same holds
	// as in Spec.ValidateUpdate. nil checks metadata only.
	Validate func(obj, old *T) validate.Errors
	// OnCreate lets a create set the status, as kubelets do that register their
	// Node; elsewhere it is dropped.
	OnCreate bool
	// Resets are the paths, such as "metadata.labels", that Prepare puts back
	// besides spec, so that nobody comes to own them by a status write.
	Resets []string
}

// Scale is how the kind reads and writes as a Scale.
type Scale[T any] struct {
	Replicas       func(obj *T) int32
	SetReplicas    func(obj *T, n int32)
	StatusReplicas func(obj *T) int32
	Selector       func(obj *T) string
}

// Column is one printed column.
type Column[T any] struct {
	Name   string
	Type   string // "string", "integer", "date", ...; "" is "string"
	Format string
	// Wide columns are printed only with -o wide.
	Wide bool
	// Help describes the column.
	Help string
	// Cell returns the printed value: a string, a number, a bool, or an [Age].
	Cell func(obj *T) any
	// InList is Cell in tables of lists, where Kubernetes prints something else there; nil
	// is Cell.
	InList func(obj *T) any
}

// SelectableField is a field that field selectors may use.
type SelectableField[T any] struct {
	Path  string // such as "spec.nodeName"
	Value func(obj *T) string
}

// What Kubernetes says of the columns that nearly every kind has. It is part of
// every Table, so clients see it.
const (
	NameHelp = "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request " +
		"the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. " +
		"Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
	AgeHelp = "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in " +
		"happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\n" +
		"Populated by the system. Read-only. Null for lists. " +
		"More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
)

// NameColumn is the first column of nearly every kind.
func NameColumn[T any, P interface {
	*T
	meta.Object
}]() Column[T] {
	return Column[T]{Name: "Name", Format: "name", Help: NameHelp,
		Cell: func(obj *T) any { return P(obj).Metadata().Name }}
}

// ClassNameColumn is the first column of a kind of classes of which one may be
// the default.
func ClassNameColumn[T any, P interface {
	*T
	meta.Object
}](isDefault func(*T) bool) Column[T] {
	c := NameColumn[T, P]()
	c.Cell = func(obj *T) any {
		if isDefault(obj) {
			return P(obj).Metadata().Name + " (default)"
		}
		return P(obj).Metadata().Name
	}
	return c
}

// AgeColumn is the time since the object was created.
func AgeColumn[T any, P interface {
	*T
	meta.Object
}]() Column[T] {
	return Column[T]{Name: "Age", Help: AgeHelp,
		Cell: func(obj *T) any { return Age(P(obj).Metadata().CreationTimestamp) }}
}

// Define declares a resource of objects of type T and lists of type L. A fault
// in the declaration is reported by [New].
func Define[T, L any, P interface {
	*T
	meta.Object
}, PL interface {
	*L
	meta.ListObject
}](s Spec[T]) *Resource {
	t := reflect.TypeFor[T]()
	r := &Resource{
		Name: s.Name, Kind: s.Kind, ShortNames: s.ShortNames, Categories: s.Categories,
		Namespaced: s.Namespaced, Verbs: s.Verbs, Virtual: s.Virtual,
		StoredAs: s.StoredAs, StoragePrefix: s.StoragePrefix, StorageVersion: s.StorageVersion,
		Subresources: s.Subresources, Options: s.Options,
		New:     func() meta.Object { return P(new(T)) },
		NewList: func() meta.ListObject { return PL(new(L)) },
	}
	if r.Kind == "" {
		r.Kind = t.Name()
	}
	if r.Verbs == nil {
		r.Verbs = allVerbs
	}
	r.Singular = singularOf(s.Singular, r.Kind)
	r.ListKind = r.Kind + "List"
	r.Type, _ = codec.PlanFor(t) // New reports a type without a plan

	typed := func(o meta.Object) *T { return (*T)(o.(P)) }
	one := func(f func(*T)) func(meta.Object) {
		if f == nil {
			return nil
		}
		return func(o meta.Object) { f(typed(o)) }
	}
	two := func(f func(_, _ *T)) func(_, _ meta.Object) {
		if f == nil {
			return nil
		}
		return func(o, old meta.Object) { f(typed(o), typed(old)) }
	}
	check := func(f func(_, _ *T) validate.Errors) func(_, _ meta.Object) validate.Errors {
		if f == nil {
			return nil
		}
		return func(o, old meta.Object) validate.Errors { return f(typed(o), typed(old)) }
	}

	r.Default = one(s.Default)
	r.DeclaredField = s.DeclaredField
	r.PrepareCreate = one(s.PrepareCreate)
	r.PrepareUpdate = two(s.PrepareUpdate)
	if s.Validate != nil {
		r.Validate = func(o meta.Object) validate.Errors { return s.Validate(typed(o)) }
	}
	r.ValidateUpdate = check(s.ValidateUpdate)
	if s.Notices != nil {
		r.Notices = func(o meta.Object) []string { return s.Notices(typed(o)) }
	}
	if s.RowOrder != nil {
		r.RowOrder = func(a, b meta.Object) int { return s.RowOrder(typed(a), typed(b)) }
	}
	if s.RowConditions != nil {
		r.RowConditions = func(o meta.Object) []meta.TableRowCondition { return s.RowConditions(typed(o)) }
	}
	if s.Warnings != nil {
		r.Warnings = func(o, old meta.Object) []string {
			if old == nil {
				return s.Warnings(typed(o), nil)
			}
			return s.Warnings(typed(o), typed(old))
		}
	}
	if s.SpecChanged != nil {
		r.SpecChanged = func(o, old meta.Object) bool { return s.SpecChanged(typed(o), typed(old)) }
	}
	if s.Status != nil {
		r.Status = &StatusRules{Prepare: two(s.Status.Prepare), Validate: check(s.Status.Validate), Resets: s.Status.Resets}
		isolateStatus(r, t, s.Status.OnCreate)
		r.addSubresource(Subresource{Name: "status", Kind: meta.GroupVersionKind{Kind: r.Kind}, Verbs: []string{"get", "patch", "update"}})
	}
	if s.Scale != nil {
		r.Scale = &ScaleRules{
			Replicas:       func(o meta.Object) int32 { return s.Scale.Replicas(typed(o)) },
			SetReplicas:    func(o meta.Object, n int32) { s.Scale.SetReplicas(typed(o), n) },
			StatusReplicas: func(o meta.Object) int32 { return s.Scale.StatusReplicas(typed(o)) },
			Selector:       func(o meta.Object) string { return s.Scale.Selector(typed(o)) },
		}
		r.addSubresource(Subresource{Name: "scale", Kind: meta.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"}, Verbs: []string{"get", "patch", "update"}})
	}
	if s.GracePeriod != nil {
		r.GracePeriod = func(o meta.Object, opts *meta.DeleteOptions) (int64, bool) { return s.GracePeriod(typed(o), opts) }
	}
	if !s.Virtual {
		checkMetadata(r, s.NameRule, s.AnyFinalizer)
	}
	columns := s.Columns
	if columns == nil {
		columns = []Column[T]{NameColumn[T, P](), AgeColumn[T, P]()}
	}
	for _, c := range columns {
		d := meta.TableColumnDefinition{Name: c.Name, Type: c.Type, Format: c.Format, Description: c.Help}
		if d.Type == "" {
			d.Type = "string"
		}
		if c.Wide {
			d.Priority = 1
		}
		r.Columns = append(r.Columns, d)
	}
	r.Cells = func(o meta.Object) []any {
		cells := make([]any, len(columns))
		for i, c := range columns {
			cells[i] = c.Cell(typed(o))
		}
		return cells
	}
	r.ListCells = r.Cells
	if slices.ContainsFunc(columns, func(c Column[T]) bool { return c.InList != nil }) {
		r.ListCells = func(o meta.Object) []any {
			cells := r.Cells(o)
			for i, c := range columns {
				if c.InList != nil {
					cells[i] = c.InList(typed(o))
				}
			}
			return cells
		}
	}
	for _, f := range s.Fields {
		r.Fields = append(r.Fields, Field{Path: f.Path, Value: func(o meta.Object) string { return f.Value(typed(o)) }})
	}
	return r
}

func (r *Resource) addSubresource(s Subresource) {
	if _, ok := r.Subresource(s.Name); !ok {
		r.Subresources = append(r.Subresources, s)
	}
}

// isolateStatus wraps the rules of a kind with a status subresource, so that
// the main resource cannot write the status nor the status subresource
// anything else; onCreate lets the main resource write it first.
func isolateStatus(r *Resource, t reflect.Type, onCreate bool) {
	status, ok := t.FieldByName("Status")
	if !ok {
		return // New reports it
	}
	fieldOf := func(o meta.Object, i int) reflect.Value { return reflect.ValueOf(o).Elem().Field(i) }
	copyOf := func(v reflect.Value) reflect.Value { return reflect.ValueOf(codec.Copy(v.Addr().Interface())).Elem() }
	at := status.Index[0]

	create, update, statusUpdate := r.PrepareCreate, r.PrepareUpdate, r.Status.Prepare
	if !onCreate {
		r.PrepareCreate = func(o meta.Object) {
			fieldOf(o, at).SetZero()
			if create != nil {
				create(o)
			}
		}
	}
	r.PrepareUpdate = func(o, old meta.Object) {
		fieldOf(o, at).Set(copyOf(fieldOf(old, at)))
		if update != nil {
			update(o, old)
		}
	}
	var others []int
	for i := range t.NumField() {
		f := t.Field(i)
		if i != at && f.Name != "TypeMeta" && f.Name != "ObjectMeta" && f.IsExported() {
			others = append(others, i)
		}
	}
	r.Status.Prepare = func(o, old meta.Object) {
		for _, i := range others {
			fieldOf(o, i).Set(copyOf(fieldOf(old, i)))
		}
		if statusUpdate != nil {
			statusUpdate(o, old)
		}
	}
}

// check reports what is wrong with the declaration.
func (r *Resource) check() error {
	switch {
	case r.Name == "":
		return fmt.Errorf("resource of kind %q has no name", r.Kind)
	case r.Kind == "":
		return fmt.Errorf("resource %q has no kind", r.Name)
	case r.New == nil || r.NewList == nil:
		return fmt.Errorf("resource %q has no Go type", r.Name)
	case r.Type == nil:
		_, err := codec.PlanFor(reflect.TypeOf(r.New()).Elem())
		return fmt.Errorf("resource %q: %w", r.Name, err)
	}
	if r.Status != nil {
		if _, ok := reflect.TypeOf(r.New()).Elem().FieldByName("Status"); !ok && r.Type != nil {
			if _, dynamic := r.New().(*meta.Unstructured); !dynamic {
				return fmt.Errorf("resource %q has a status subresource but its type no Status field", r.Name)
			}
		}
	}
	return nil
}
