package workload

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/runtime/client"
	"github.com/kubenucleus/nucleus/runtime/controller"
)

// Owner is an object that owns others by a selector.
type Owner struct {
	Object   meta.Object
	Kind     meta.GroupVersionKind
	Selector labels.Selector
	// Accepts narrows what is selected; nil accepts all.
	Accepts func(meta.Object) bool
	// Finalizer is put on what is adopted and taken off what is released; ""
	// is none.
	Finalizer string
}

// Relation is what an object is to an [Owner].
type Relation int

const (
	Foreign Relation = iota // none of the owner's business
	Own                     // controlled by the owner, and selected
	Adopt                   // selected, and nobody controls it
	Release                 // controlled by the owner, but no longer selected
)

// RelationOf says what obj is to owner. An owner that is being deleted neither
// adopts nor releases: what becomes of its objects is the garbage collector's
// decision then.
func RelationOf(owner *Owner, obj meta.Object) Relation {
	o, m := owner.Object.Metadata(), obj.Metadata()
	matches := owner.Selector.Matches(m.Labels) && (owner.Accepts == nil || owner.Accepts(obj))
	ref := meta.ControllerOf(obj)
	switch {
	case m.Namespace != o.Namespace:
		return Foreign
	case ref != nil && ref.UID != o.UID:
		return Foreign
	case ref != nil && matches:
		return Own
	case o.DeletionTimestamp != nil:
		return Foreign
	case ref != nil:
		return Release
	case matches && m.DeletionTimestamp == nil:
		return Adopt
	}
	return Foreign
}

// OrphanIndex is the name for an index by [OrphanNamespace].
const OrphanIndex = "orphan"

// OrphanNamespace is an indexer: it finds objects that nobody controls, by
// their namespace.
func OrphanNamespace[T any, P client.Pointer[T]](obj *T) []string {
	if meta.ControllerOf(P(obj)) != nil {
		return nil
	}
	return []string{P(obj).Metadata().Namespace}
}

// Indexers returns the indexes that [Claim] needs of a cache.
func Indexers[T any, P client.Pointer[T]]() map[string]func(*T) []string {
	return map[string]func(*T) []string{
		client.ControllerIndex: client.ControllerUID[T],
		OrphanIndex:            OrphanNamespace[T, P],
	}
}

// Claim returns the objects of a cache that owner controls and selects, ordered
// by name. Those that it has to adopt it adopts, those that it has to release it
// releases, through c. The cache needs [Indexers].
//
// If some of that fails, Claim returns the error and what it could claim.
func Claim[T any, P client.Pointer[T]](ctx context.Context, c client.Client, cache *client.Cache[T], owner Owner) ([]*T, error) {
	own := owner.Object.Metadata()
	candidates := cache.ByIndex(client.ControllerIndex, string(own.UID))
	if !owner.Selector.Empty() && own.DeletionTimestamp == nil {
		candidates = append(candidates, cache.ByIndex(OrphanIndex, own.Namespace)...)
	}
	// One look at the server serves all adoptions of one call.
	canAdopt := sync.OnceValue(func() error { return stillThere(ctx, c, &owner) })
	var mine []*T
	var errs []error
	for _, obj := range candidates {
		switch RelationOf(&owner, P(obj)) {
		case Own:
			mine = append(mine, obj)
		case Adopt:
			if err := canAdopt(); err != nil {
				errs = append(errs, err)
				continue
			}
			adopted, err := patchOwner[T, P](ctx, c, obj, adoption(&owner, P(obj)))
			if err != nil {
				errs = append(errs, fmt.Errorf("adopt %s: %w", client.KeyOf(P(obj)), err))
			} else if adopted != nil {
				mine = append(mine, adopted)
			}
		case Release:
			if _, err := patchOwner[T, P](ctx, c, obj, release(&owner, P(obj))); err != nil {
				errs = append(errs, fmt.Errorf("release %s: %w", client.KeyOf(P(obj)), err))
			}
		}
	}
	slices.SortFunc(mine, func(a, b *T) int { return client.KeyOf(P(a)).Compare(client.KeyOf(P(b))) })
	return mine, errors.Join(errs...)
}

// stillThere asks the server, and not a cache, whether the owner is there and
// stays: an owner that was deleted must take over nothing.
func stillThere(ctx context.Context, c client.Client, owner *Owner) error {
	own := owner.Object.Metadata()
	resource, ok := c.Scheme().ResourceOf(owner.Kind)
	if !ok {
		return fmt.Errorf("the client's scheme has no resource for %s", owner.Kind)
	}
	fresh, err := client.Metadata(c, resource.GroupVersionResource()).In(own.Namespace).Get(ctx, own.Name)
	switch {
	case err != nil:
		return err
	case fresh.UID != own.UID:
		return fmt.Errorf("original %s %s is gone: got uid %s, wanted %s", owner.Kind.Kind, client.KeyOf(owner.Object), fresh.UID, own.UID)
	case fresh.DeletionTimestamp != nil:
		return fmt.Errorf("%s %s has just been deleted at %s", owner.Kind.Kind, client.KeyOf(owner.Object), fresh.DeletionTimestamp)
	}
	return nil
}

// adoption and release patch by uid, so that they cannot hit a successor of
// the same name.

func adoption(owner *Owner, obj meta.Object) map[string]any {
	own := owner.Object.Metadata()
	m := map[string]any{
		"uid": string(obj.Metadata().UID),
		"ownerReferences": []any{map[string]any{
			"apiVersion": owner.Kind.GroupVersion().String(), "kind": owner.Kind.Kind, "name": own.Name, "uid": string(own.UID),
			"controller": true, "blockOwnerDeletion": true,
		}},
	}
	if owner.Finalizer != "" {
		m["finalizers"] = []any{owner.Finalizer}
	}
	return m
}

func release(owner *Owner, obj meta.Object) map[string]any {
	m := map[string]any{
		"uid":             string(obj.Metadata().UID),
		"ownerReferences": []any{map[string]any{"$patch": "delete", "uid": string(owner.Object.Metadata().UID)}},
	}
	if owner.Finalizer != "" && slices.Contains(obj.Metadata().Finalizers, owner.Finalizer) {
		m["$deleteFromPrimitiveList/finalizers"] = []any{owner.Finalizer}
	}
	return m
}

// patchOwner returns the patched object, or nil if it is gone, which is as good.
func patchOwner[T any, P client.Pointer[T]](ctx context.Context, c client.Client, obj *T, metadata map[string]any) (*T, error) {
	data, err := codec.MarshalJSON(map[string]any{"metadata": metadata})
	if err != nil {
		return nil, err
	}
	key := client.KeyOf(P(obj))
	patched, err := client.Of[T, P](c).In(key.Namespace).Patch(ctx, key.Name, client.Patch{Type: client.StrategicPatch, Data: data})
	if meta.IsNotFound(err) || meta.IsInvalid(err) {
		// Invalid: an object of another uid has the name now.
		return nil, nil
	}
	return patched, err
}

// Claimants maps an object to those that a change of it concerns: the owner of
// that kind that controls it or, if nobody does, the owners in its namespace
// whose selector matches it.
func Claimants[O, T any, PO client.Pointer[O], PT client.Pointer[T]](owners *client.Cache[O], kind meta.GroupKind, selector func(owner *O) labels.Selector) controller.Mapping[T, client.Key] {
	controlled := controller.Controlled[T, PT](kind)
	return func(obj *T) []client.Key {
		m := PT(obj).Metadata()
		if meta.ControllerOf(PT(obj)) != nil {
			return controlled(obj)
		}
		if m.DeletionTimestamp != nil {
			return nil
		}
		var keys []client.Key
		for owner := range owners.In(m.Namespace) {
			if s := selector(owner); !s.Empty() && s.Matches(m.Labels) {
				keys = append(keys, client.KeyOf(PO(owner)))
			}
		}
		return keys
	}
}

// SelectorOf returns the selector that an object holds. One that cannot be
// read, which no server stores, selects nothing.
func SelectorOf(s *meta.LabelSelector) labels.Selector {
	selector, err := labels.FromLabelSelector(s)
	if err != nil {
		return labels.Nothing()
	}
	return selector
}
