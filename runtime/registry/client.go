package registry

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"time"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Client returns a client in this process that acts as user, without
// connections or encoding. Nobody asks whether the user may do what it does:
// that is the server's part. It is also a [client.Source], so that caches stand
// on the registry's own objects, and a [client.Discoverer].
func (r *Registry) Client(user *auth.User) client.Client { return &localClient{r: r, user: user} }

type localClient struct {
	r    *Registry
	user *auth.User
}

var (
	_ client.Client     = (*localClient)(nil)
	_ client.Source     = (*localClient)(nil)
	_ client.Discoverer = (*localClient)(nil)
)

// Scheme returns the registry's declarations.
func (c *localClient) Scheme() *scheme.Scheme { return c.r.scheme }

// request finds the declaration of a target and whether it has the verb.
func (c *localClient) request(at client.Target, verb string) (*Request, error) {
	res, ok := c.r.scheme.Resource(at.Resource)
	if !ok {
		return nil, meta.NoSuchResource()
	}
	can := res.Can(verb)
	if at.Subresource != "" {
		sub, ok := res.Subresource(at.Subresource)
		if !ok {
			return nil, meta.NoSuchResource()
		}
		can = contains(sub.Verbs, verb)
	}
	if !can {
		return nil, meta.NoSuchMethod()
	}
	q := &Request{Resource: res, Subresource: at.Subresource, Namespace: at.Namespace, Name: at.Name, User: c.user}
	if !res.Namespaced {
		q.Namespace = ""
	}
	if c.user != nil {
		q.UserAgent = c.user.Name[strings.LastIndexByte(c.user.Name, ':')+1:]
	}
	return q, nil
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}

// Get reads one object into into.
func (c *localClient) Get(ctx context.Context, at client.Target, into meta.Object, opts meta.GetOptions) error {
	q, err := c.request(at, meta.VerbGet)
	if err != nil {
		return err
	}
	item, err := c.r.Get(ctx, q, opts)
	if err != nil {
		return err
	}
	obj, err := item.Object()
	if err != nil {
		return err
	}
	return fill(into, obj)
}

// List reads objects into into.
func (c *localClient) List(ctx context.Context, at client.Target, into meta.ListObject, opts meta.ListOptions) error {
	q, err := c.request(at, meta.VerbList)
	if err != nil {
		return err
	}
	list, err := c.r.List(ctx, q, opts)
	if err != nil {
		return err
	}
	items := reflect.ValueOf(into).Elem().FieldByName("Items")
	if items.Kind() != reflect.Slice {
		return fmt.Errorf("list type %T has no slice of items", into)
	}
	found := reflect.MakeSlice(items.Type(), 0, 0)
	for item, err := range list.Items() {
		if err != nil {
			return err
		}
		obj, err := item.Object()
		if err != nil {
			return err
		}
		one := reflect.New(items.Type().Elem())
		target, ok := one.Interface().(meta.Object)
		if !ok {
			return fmt.Errorf("items of list type %T are no objects", into)
		}
		if err := fill(target, obj); err != nil {
			return err
		}
		found = reflect.Append(found, one.Elem())
	}
	items.Set(found)
	*into.ListMetadata() = list.Meta()
	switch into.(type) {
	case *meta.PartialObjectMetadataList:
		*into.TypeMetadata() = meta.TypeMeta{Kind: "PartialObjectMetadataList", APIVersion: "meta.k8s.io/v1"}
	default:
		into.TypeMetadata().SetGroupVersionKind(q.Resource.WithKind(q.Resource.ListKind))
	}
	return nil
}

// Watch yields changes straight from the cache.
func (c *localClient) Watch(ctx context.Context, at client.Target, opts meta.ListOptions) iter.Seq2[client.Event, error] {
	return func(yield func(client.Event, error) bool) {
		q, err := c.request(at, meta.VerbWatch)
		if err != nil {
			yield(client.Event{}, err)
			return
		}
		if opts.TimeoutSeconds != nil && *opts.TimeoutSeconds > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, time.Duration(*opts.TimeoutSeconds)*time.Second)
			defer cancel()
		}
		events, err := c.r.Watch(ctx, q, opts)
		if err != nil {
			yield(client.Event{}, err)
			return
		}
		for ev, err := range events {
			if err != nil {
				yield(client.Event{}, err)
				return
			}
			obj, err := seen(ev.Item, at.MetadataOnly)
			if err != nil {
				yield(client.Event{}, err)
				return
			}
			if !yield(client.Event{Type: ev.Type, Object: obj}, nil) {
				return
			}
		}
	}
}

// seen returns the shared object of an item.
func seen(item Item, metadataOnly bool) (meta.Object, error) {
	obj, err := item.Object()
	if err != nil || !metadataOnly {
		return obj, err
	}
	return partial(obj), nil
}

// ListShared implements [client.Source].
func (c *localClient) ListShared(ctx context.Context, at client.Target, opts meta.ListOptions) (string, iter.Seq2[meta.Object, error], error) {
	q, err := c.request(at, meta.VerbList)
	if err != nil {
		return "", nil, err
	}
	list, err := c.r.List(ctx, q, opts)
	if err != nil {
		return "", nil, err
	}
	return list.ResourceVersion, func(yield func(meta.Object, error) bool) {
		for item, err := range list.Items() {
			if err != nil {
				yield(nil, err)
				return
			}
			obj, err := seen(item, at.MetadataOnly)
			if !yield(obj, err) || err != nil {
				return
			}
		}
	}, nil
}

// Create stores a copy of obj and reads what became of it into obj.
func (c *localClient) Create(ctx context.Context, at client.Target, obj meta.Object, opts meta.CreateOptions) error {
	q, err := c.request(at, meta.VerbCreate)
	if err != nil {
		return err
	}
	if q.Subresource == "" {
		q.Name = ""
	}
	body, err := c.body(q, obj)
	if err != nil {
		return err
	}
	created, err := c.r.Create(ctx, q, body, opts)
	if err != nil {
		return err
	}
	if status, ok := created.(*meta.Status); ok {
		if status.Status == meta.StatusFailure {
			return &meta.StatusError{Status: *status}
		}
		return nil
	}
	answer, ok := created.(meta.Object)
	if !ok {
		return fmt.Errorf("answer is a %T", created)
	}
	return fill(obj, answer)
}

// Update replaces the object by a copy of obj and reads what became of it into
// obj.
func (c *localClient) Update(ctx context.Context, at client.Target, obj meta.Object, opts meta.UpdateOptions) error {
	q, err := c.request(at, meta.VerbUpdate)
	if err != nil {
		return err
	}
	if q.Name == "" {
		q.Name = obj.Metadata().Name
	}
	body, err := c.body(q, obj)
	if err != nil {
		return err
	}
	updated, _, err := c.r.Update(ctx, q, body, opts)
	if err != nil {
		return err
	}
	return fill(obj, updated)
}

// Patch changes the object and reads the result into into, which may be nil.
func (c *localClient) Patch(ctx context.Context, at client.Target, p client.Patch, into meta.Object, opts meta.PatchOptions) error {
	q, err := c.request(at, meta.VerbPatch)
	if err != nil {
		return err
	}
	result, _, err := c.r.Patch(ctx, q, p, opts)
	if err != nil || isNil(into) {
		return err
	}
	return fill(into, result)
}

// Delete deletes the object, or starts to.
func (c *localClient) Delete(ctx context.Context, at client.Target, opts meta.DeleteOptions) error {
	q, err := c.request(at, meta.VerbDelete)
	if err != nil {
		return err
	}
	_, err = c.r.Delete(ctx, q, opts)
	return err
}

// DeleteCollection deletes what list selects.
func (c *localClient) DeleteCollection(ctx context.Context, at client.Target, opts meta.DeleteOptions, list meta.ListOptions) error {
	q, err := c.request(at, meta.VerbDeleteCollection)
	if err != nil {
		return err
	}
	_, err = c.r.DeleteCollection(ctx, q, opts, list)
	return err
}

// Discover implements [client.Discoverer].
func (c *localClient) Discover(context.Context) ([]client.ResourceInfo, error) {
	var all []client.ResourceInfo
	for _, g := range c.r.scheme.Groups() {
		for _, v := range g.Versions {
			for _, res := range v.Resources {
				if len(res.Verbs) == 0 {
					continue
				}
				versions := c.r.scheme.Versions(res.GroupResource())
				info := client.ResourceInfo{
					Resource: res.GroupVersionResource(), Kind: res.GroupVersionKind(),
					Singular: res.Singular, ShortNames: res.ShortNames, Categories: res.Categories,
					Namespaced: res.Namespaced, Verbs: res.Verbs,
					Preferred: len(versions) > 0 && versions[0] == res,
				}
				for _, s := range res.Subresources {
					info.Subresources = append(info.Subresources, s.Name)
				}
				all = append(all, info)
			}
		}
	}
	return all, nil
}

// body returns a private copy of obj as the type that the request's path takes.
func (c *localClient) body(q *Request, obj meta.Object) (meta.Object, error) {
	if isNil(obj) {
		return nil, meta.BadRequest("there is no object")
	}
	u, ok := obj.(*meta.Unstructured)
	if !ok {
		return codec.Copy(obj).(meta.Object), nil
	}
	typed := q.Resource.New()
	if sub, ok := q.Resource.Subresource(q.Subresource); ok && sub.Kind.Kind != q.Resource.Kind {
		gvk := sub.Kind
		if gvk.Version == "" {
			gvk = q.Resource.WithKind(gvk.Kind)
		}
		found, _ := c.r.scheme.New(gvk)
		if typed, ok = found.(meta.Object); !ok {
			return nil, fmt.Errorf("no Go type for %s", gvk)
		}
	}
	if _, dynamic := typed.(*meta.Unstructured); dynamic {
		return codec.DeepCopy(u), nil
	}
	return typed, recode(typed, u)
}

// fill makes into, whatever type of object the caller reads, what obj says. It
// shares nothing with obj.
func fill(into, obj meta.Object) error {
	to, from := reflect.ValueOf(into), reflect.ValueOf(obj)
	if to.Kind() != reflect.Pointer || to.IsNil() {
		return fmt.Errorf("cannot read into %T", into)
	}
	if to.Type() == from.Type() {
		to.Elem().Set(reflect.ValueOf(codec.Copy(obj)).Elem())
		return nil
	}
	switch into := into.(type) {
	case *meta.PartialObjectMetadata:
		*into = *codec.DeepCopy(partial(obj))
		return nil
	case *meta.Unstructured:
		*into = meta.Unstructured{}
		return recode(into, obj)
	}
	if want, have := into.TypeMetadata().GroupVersionKind(), obj.TypeMetadata().GroupVersionKind(); want.Kind != "" && want != have {
		return fmt.Errorf("cannot read a %s into a %s", have, want)
	}
	to.Elem().SetZero()
	return recode(into, obj)
}

// recode moves an object from one Go type to another of the same JSON.
func recode(into, obj meta.Object) error {
	data, err := codec.MarshalJSON(obj)
	if err != nil {
		return err
	}
	_, err = codec.UnmarshalJSON(data, into, codec.DecodeOptions{})
	return err
}

func isNil(obj meta.Object) bool {
	if obj == nil {
		return true
	}
	v := reflect.ValueOf(obj)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
