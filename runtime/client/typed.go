package client

import (
	"context"
	"fmt"
	"iter"
	"reflect"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
)

// Pointer is satisfied by *T when it is an API object. It is never named by
// callers: Go infers it from T.
type Pointer[T any] interface {
	*T
	meta.Object
}

// Resource is the typed face of a [Client]: the resource whose objects are T.
// It is a small value; copy it freely. It is safe for concurrent use.
//
// Methods that take options take at most one; none means the zero value.
// Objects passed to Create, Update and the like receive what the server made
// of them: never pass one that came from a [Cache] or a watch, those are
// shared. Copy it first with codec.DeepCopy.
type Resource[T any] struct {
	c       Client
	at      Target
	newList func() meta.ListObject
	err     error // why no call can succeed, such as a T that no resource has
}

// List is some objects of a resource, with what the server says about the list.
type List[T any] struct {
	meta.ListMeta
	Items []T
}

// Change is one change that a typed watch saw. Object is shared and read-only;
// in a bookmark only its resource version is set.
type Change[T any] struct {
	Type   EventType
	Object *T
}

// Of returns the resource whose objects are T, in all namespaces; narrow it
// with [Resource.In]. The Client's Scheme knows which resource that is; if it
// does not know, every method returns the error that says so.
func Of[T any, P Pointer[T]](c Client) Resource[T] {
	s := c.Scheme()
	gvk, ok := s.Kind(P(new(T)))
	if !ok {
		return Resource[T]{err: fmt.Errorf("the client's scheme has no kind for Go type %v", reflect.TypeFor[T]())}
	}
	r, ok := s.ResourceOf(gvk)
	if !ok {
		return Resource[T]{err: fmt.Errorf("the client's scheme has no resource for %s", gvk)}
	}
	return Resource[T]{c: c, at: Target{Resource: r.GroupVersionResource()}, newList: r.NewList}
}

// Dynamic returns a resource of any kind, known to the Client's Scheme or not,
// as objects without a Go type of their own.
func Dynamic(c Client, resource meta.GroupVersionResource) Resource[meta.Unstructured] {
	return Resource[meta.Unstructured]{
		c: c, at: Target{Resource: resource},
		newList: func() meta.ListObject { return new(meta.UnstructuredList) },
	}
}

// Metadata returns a resource of any kind as the metadata of its objects alone,
// which is all that reads, lists and watches then transfer and decode. It can
// delete and patch, but neither create nor update.
func Metadata(c Client, resource meta.GroupVersionResource) Resource[meta.PartialObjectMetadata] {
	return Resource[meta.PartialObjectMetadata]{
		c: c, at: Target{Resource: resource, MetadataOnly: true},
		newList: func() meta.ListObject { return new(meta.PartialObjectMetadataList) },
	}
}

// In returns the resource in one namespace.
func (r Resource[T]) In(namespace string) Resource[T] {
	r.at.Namespace = namespace
	return r
}

// Subresource returns the resource's subresource of that name, such as
// "status". Its bodies must be of type T too; use the Client itself for others.
func (r Resource[T]) Subresource(name string) Resource[T] {
	r.at.Subresource = name
	return r
}

// Target returns the object of that name as the Client's methods take it.
func (r Resource[T]) Target(name string) Target {
	at := r.at
	at.Name = name
	return at
}

// Client returns the Client that the resource is of.
func (r Resource[T]) Client() Client { return r.c }

// Get reads the object of that name.
func (r Resource[T]) Get(ctx context.Context, name string, opts ...meta.GetOptions) (*T, error) {
	if r.err != nil {
		return nil, r.err
	}
	obj := new(T)
	if err := r.c.Get(ctx, r.Target(name), object(obj), option(opts)); err != nil {
		return nil, err
	}
	return obj, nil
}

// List reads what the options select: all of it, or one page if they set a
// limit.
func (r Resource[T]) List(ctx context.Context, opts ...meta.ListOptions) (*List[T], error) {
	if r.err != nil {
		return nil, r.err
	}
	into := r.newList()
	if err := r.c.List(ctx, r.at, into, option(opts)); err != nil {
		return nil, err
	}
	items, err := itemsOf[T](into)
	if err != nil {
		return nil, err
	}
	return &List[T]{ListMeta: *into.ListMetadata(), Items: items}, nil
}

// pageSize bounds what All holds at a time. Kubernetes' own clients use 500.
const pageSize = 500

// All yields every object that the options select, read in pages (of 500, or
// of the options' limit). An error is yielded last; one with
// meta.IsResourceExpired means that reading took longer than the server keeps
// old states: start again.
func (r Resource[T]) All(ctx context.Context, opts ...meta.ListOptions) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		o := option(opts)
		if o.Limit == 0 {
			o.Limit = pageSize
		}
		for {
			page, err := r.List(ctx, o)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range page.Items {
				if !yield(&page.Items[i], nil) {
					return
				}
			}
			if page.Continue == "" {
				return
			}
			o.Continue = page.Continue
			// The token carries the state to read on from.
			o.ResourceVersion, o.ResourceVersionMatch = "", ""
		}
	}
}

// Watch yields the changes after the options' resource version, as
// [Client.Watch] does.
func (r Resource[T]) Watch(ctx context.Context, opts ...meta.ListOptions) iter.Seq2[Change[T], error] {
	return func(yield func(Change[T], error) bool) {
		if r.err != nil {
			yield(Change[T]{}, r.err)
			return
		}
		for e, err := range r.c.Watch(ctx, r.at, option(opts)) {
			change, err := typedEvent[T](e, err)
			if !yield(change, err) || err != nil {
				return
			}
		}
	}
}

// Create stores obj in its own namespace or, if it names none, in the
// resource's.
func (r Resource[T]) Create(ctx context.Context, obj *T, opts ...meta.CreateOptions) error {
	if r.err != nil {
		return r.err
	}
	at := r.targetOf(obj)
	if at.Subresource == "" {
		at.Name = ""
	}
	return r.c.Create(ctx, at, object(obj), option(opts))
}

// Update replaces the object that has obj's name. If obj has a resource
// version that is not the current one, the error is a meta.IsConflict.
func (r Resource[T]) Update(ctx context.Context, obj *T, opts ...meta.UpdateOptions) error {
	if r.err != nil {
		return r.err
	}
	return r.c.Update(ctx, r.targetOf(obj), object(obj), option(opts))
}

// UpdateStatus replaces the object's status and nothing else.
func (r Resource[T]) UpdateStatus(ctx context.Context, obj *T, opts ...meta.UpdateOptions) error {
	return r.Subresource("status").Update(ctx, obj, opts...)
}

// Patch changes the object of that name and returns the result.
func (r Resource[T]) Patch(ctx context.Context, name string, patch Patch, opts ...meta.PatchOptions) (*T, error) {
	if r.err != nil {
		return nil, r.err
	}
	obj := new(T)
	if err := r.c.Patch(ctx, r.Target(name), patch, object(obj), option(opts)); err != nil {
		return nil, err
	}
	return obj, nil
}

// Apply makes the server set the fields that obj has, and own them in the name
// of manager, as KEP-555 lays down. Fields that are zero are not part of it,
// nor is the status, unless r is the status subresource. Force takes fields
// that others own; without it that is a meta.IsConflict. obj is not changed.
func (r Resource[T]) Apply(ctx context.Context, obj *T, manager string, force bool) (*T, error) {
	if r.err != nil {
		return nil, r.err
	}
	gvk := object(obj).TypeMetadata().GroupVersionKind()
	if known, ok := r.c.Scheme().Kind(obj); ok && gvk.Kind == "" {
		gvk = known
	}
	data, err := applyBody(obj, gvk, r.at.Subresource)
	if err != nil {
		return nil, err
	}
	at := r.targetOf(obj)
	into := new(T)
	err = r.c.Patch(ctx, at, Patch{Type: ApplyPatch, Data: data}, object(into), meta.PatchOptions{FieldManager: manager, Force: &force})
	if err != nil {
		return nil, err
	}
	return into, nil
}

// Delete deletes the object of that name, or starts to.
func (r Resource[T]) Delete(ctx context.Context, name string, opts ...meta.DeleteOptions) error {
	if r.err != nil {
		return r.err
	}
	return r.c.Delete(ctx, r.Target(name), option(opts))
}

// DeleteCollection deletes all objects that list selects.
func (r Resource[T]) DeleteCollection(ctx context.Context, list meta.ListOptions, opts ...meta.DeleteOptions) error {
	if r.err != nil {
		return r.err
	}
	return r.c.DeleteCollection(ctx, r.at, option(opts), list)
}

// modifyAttempts bounds how often Modify starts again. Five lost races in a
// row mean that somebody writes the object all the time.
const modifyAttempts = 5

// Modify reads the object, lets change change it, and updates it; if somebody
// else wrote it in between, it starts again, a few times. An error of change
// ends it and is returned as it is. On r.Subresource("status") it is the status
// that is updated.
func (r Resource[T]) Modify(ctx context.Context, name string, change func(obj *T) error, opts ...meta.UpdateOptions) (*T, error) {
	read := r
	read.at.Subresource = ""
	for attempt := 1; ; attempt++ {
		obj, err := read.Get(ctx, name)
		if err != nil {
			return nil, err
		}
		if err := change(obj); err != nil {
			return nil, err
		}
		err = r.Update(ctx, obj, opts...)
		if err == nil {
			return obj, nil
		}
		if !meta.IsConflict(err) || attempt == modifyAttempts {
			return nil, err
		}
	}
}

// targetOf returns what a write of obj is about: obj's own name and namespace,
// the resource's namespace if it has none.
func (r Resource[T]) targetOf(obj *T) Target {
	m := object(obj).Metadata()
	at := r.at
	at.Name = m.Name
	if m.Namespace != "" && at.Namespace == "" {
		at.Namespace = m.Namespace
	}
	return at
}

// object returns obj as what the constraint of Of has proved it to be.
func object[T any](obj *T) meta.Object { return any(obj).(meta.Object) }

func option[O any](opts []O) O {
	if len(opts) > 0 {
		return opts[0]
	}
	var zero O
	return zero
}

// itemsOf returns the Items of a typed list.
func itemsOf[T any](list meta.ListObject) ([]T, error) {
	switch l := any(list).(type) {
	case *meta.UnstructuredList:
		if items, ok := any(l.Items).([]T); ok {
			return items, nil
		}
	case *meta.PartialObjectMetadataList:
		if items, ok := any(l.Items).([]T); ok {
			return items, nil
		}
	default:
		if v := reflect.ValueOf(list).Elem().FieldByName("Items"); v.IsValid() {
			if items, ok := v.Interface().([]T); ok {
				return items, nil
			}
		}
	}
	return nil, fmt.Errorf("%T does not list %v", list, reflect.TypeFor[T]())
}

func typedEvent[T any](e Event, err error) (Change[T], error) {
	if err != nil {
		return Change[T]{}, err
	}
	obj, err := as[T](e.Object)
	if err != nil && e.Type == Bookmark {
		// A bookmark is about no object; servers need not send one of this kind.
		obj, err = new(T), nil
		object(obj).Metadata().ResourceVersion = e.Object.Metadata().ResourceVersion
		object(obj).Metadata().Annotations = e.Object.Metadata().Annotations
	}
	return Change[T]{Type: e.Type, Object: obj}, err
}

// as returns obj as a *T: itself if it is one, else what of it a T can hold.
func as[T any](obj meta.Object) (*T, error) {
	if t, ok := any(obj).(*T); ok {
		return t, nil
	}
	into := new(T)
	switch into := any(into).(type) {
	case *meta.PartialObjectMetadata:
		// Shallow: what is shared and read-only stays so.
		into.TypeMeta = meta.TypeMeta{APIVersion: "meta.k8s.io/v1", Kind: "PartialObjectMetadata"}
		into.ObjectMeta = *obj.Metadata()
		return any(into).(*T), nil
	case *meta.Unstructured:
		fields, err := codec.ToMap(obj)
		if err != nil {
			return nil, fmt.Errorf("read %T without its type: %w", obj, err)
		}
		if err := codec.FromMap(fields, into); err != nil {
			return nil, fmt.Errorf("read %T without its type: %w", obj, err)
		}
		return any(into).(*T), nil
	}
	u, ok := obj.(*meta.Unstructured)
	if !ok {
		return nil, fmt.Errorf("got a %T for a %v", obj, reflect.TypeFor[T]())
	}
	fields, err := codec.ToMap(u)
	if err != nil {
		return nil, fmt.Errorf("read %s %q: %w", u.GroupVersionKind(), u.Name, err)
	}
	if err := codec.FromMap(fields, into); err != nil {
		return nil, fmt.Errorf("read %s %q: %w", u.GroupVersionKind(), u.Name, err)
	}
	return into, nil
}

// IgnoreNotFound returns err, or nil if it says that the object does not exist:
// for changes of what somebody else may have deleted meanwhile.
func IgnoreNotFound(err error) error {
	if meta.IsNotFound(err) {
		return nil
	}
	return err
}
