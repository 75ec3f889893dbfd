package registry

import (
	"context"

	"github.com/kubenucleus/nucleus/apimachinery/fields"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
)

// createVirtual answers a POST to a resource that is not stored.
func (r *Registry) createVirtual(ctx context.Context, q *Request, obj meta.Object, opts meta.CreateOptions) (scheme.Typed, error) {
	if q.groupResource() == (meta.GroupResource{Resource: "bindings"}) {
		return r.bind(ctx, q, obj, opts)
	}
	answer := r.virtual[q.groupResource()]
	if answer == nil {
		if !q.Resource.Can(meta.VerbCreate) {
			return nil, meta.NoSuchMethod()
		}
		return nil, meta.ServiceUnavailable("this server does not answer " + q.groupResource().String())
	}
	m := obj.Metadata()
	if err := placeInNamespace(q.Namespace, m); err != nil {
		return nil, err
	}
	if err := applyDefaults(q.Resource, obj); err != nil {
		return nil, err
	}
	if err := r.trackVirtual(q, q.Resource, obj, opts.FieldManager); err != nil {
		return nil, err
	}
	if q.Resource.Validate != nil {
		if errs := q.Resource.Validate(obj); len(errs) > 0 {
			return nil, errs.Status(q.Resource.GroupKind(), m.Name)
		}
	}
	return answer(ctx, q, obj)
}

// createSubresource answers a POST to a path below an object.
func (r *Registry) createSubresource(ctx context.Context, q *Request, obj meta.Object, opts meta.CreateOptions) (scheme.Typed, error) {
	type place struct{ group, resource, subresource string }
	switch (place{q.Resource.Group, q.Resource.Name, q.Subresource}) {
	case place{"", "pods", "binding"}:
		return r.bind(ctx, q, obj, opts)
	case place{"", "pods", "eviction"}:
		return r.evict(ctx, q, obj, opts)
	case place{"", "serviceaccounts", "token"}:
		return r.issueToken(ctx, q, obj, opts)
	}
	return nil, meta.NoSuchMethod()
}

// trackVirtual accounts for the fields of a body that is not stored: clients
// are shown that, too.
func (r *Registry) trackVirtual(q *Request, res *scheme.Resource, obj meta.Object, manager string) error {
	obj.Metadata().ManagedFields = nil
	if r.fields == nil {
		return nil
	}
	if manager == "" {
		manager = managerOf(q)
	}
	tracked, err := r.fields.Update(nil, obj, res, q.Subresource, manager, r.now())
	if err != nil {
		return err
	}
	obj.Metadata().ManagedFields = tracked.Metadata().ManagedFields
	return nil
}

// readVirtual lists what is not stored, as far as it is selected.
func readVirtual(ctx context.Context, q *Request, read VirtualRead, opts *meta.ListOptions) (*List, error) {
	byLabel, err := labels.Parse(opts.LabelSelector)
	if err != nil {
		return nil, meta.BadRequest(err.Error())
	}
	byField, err := fields.Parse(opts.FieldSelector)
	if err != nil {
		return nil, meta.BadRequest(err.Error())
	}
	all, err := read(ctx, q)
	if err != nil {
		return nil, err
	}
	return &List{Resource: q.Resource, items: func(yield func(Item, error) bool) {
		for _, obj := range all {
			m := obj.Metadata()
			if byLabel.Matches(m.Labels) && byField.Matches(fields.Set{meta.ObjectNameField: m.Name}) && !yield(ItemOf(q.Resource, obj), nil) {
				return
			}
		}
	}}, nil
}
