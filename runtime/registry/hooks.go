package registry

import (
	"context"
	"errors"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/storage"
)

// hooks are what a resource does beyond its declaration: things that reach
// further than the one object, such as taking an address from a range that all
// Services share. Each function may be nil. Objects are in the hub version.
type hooks struct {
	// created runs on a new object after PrepareCreate and before validation. It
	// may change the object.
	created func(ctx context.Context, q *Request, obj meta.Object) (effect, error)
	// updated runs on a changed object after PrepareUpdate and before validation.
	updated func(ctx context.Context, q *Request, obj, old meta.Object) (effect, error)
	// allocate runs after these, likewise before validation: it plans what the object
	// takes of something that is shared, and fills it in. old is nil on create.
	allocate func(ctx context.Context, obj, old meta.Object, dryRun bool) (effect, error)
	// removed runs after an object was removed from the store.
	removed func(obj meta.Object)
	// delete replaces the first stage of a deletion. It may change obj, a private
	// copy of what is stored, and says whether the object can go now: if not, what it
	// has changed is stored.
	delete func(obj meta.Object, now meta.Time) (gone bool)
	// held says whether something but finalizers keeps an object that is being
	// deleted.
	held func(obj meta.Object) bool
	// subresources are the rules of writes through further paths.
	subresources map[string]subresourceRules
}

// effect is what a hook does outside of the object. Each function may be nil.
type effect struct {
	// reserve runs once the object is valid, before final admission looks at it. It
	// does not run for dry runs. It may still change what the hook has filled in.
	reserve func(ctx context.Context) error
	// commit runs once the object is stored, undo if it is not. If nobody knows, as
	// when the store's answer was lost, neither does: what was reserved stays so.
	commit func()
	undo   func()
}

// outcome is what became of a write.
type outcome uint8

const (
	notStored outcome = iota
	stored
	removed // an update has let the object go, and the hook for that gives back all
	unknown
)

// outcomeOf returns what an error of the store's says about the write.
func outcomeOf(err error) outcome {
	switch {
	case err == nil:
		return stored
	case errors.Is(err, storage.ErrConflict), errors.Is(err, storage.ErrNotFound), errors.Is(err, storage.ErrExists),
		errors.Is(err, storage.ErrTooLarge), errors.Is(err, storage.ErrInvalidKey):
		return notStored
	}
	return unknown
}

func (e effect) done(became outcome) {
	switch {
	case became == stored && e.commit != nil:
		e.commit()
	case became == notStored && e.undo != nil:
		e.undo()
	}
}

// effects are what the hooks of one write do.
type effects []effect

func (e effects) done(became outcome) {
	for _, one := range e {
		one.done(became)
	}
}

func (e effects) reserve(ctx context.Context) error {
	for _, one := range e {
		if one.reserve != nil {
			if err := one.reserve(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// runHooks runs the hooks of a write before its object is checked. old is nil on
// create.
func (c *collection) runHooks(ctx context.Context, q *Request, obj, old meta.Object, dryRun bool) (all effects, err error) {
	var done effect
	switch {
	case old == nil && c.hooks.created != nil:
		done, err = c.hooks.created(ctx, q, obj)
	case old != nil && c.hooks.updated != nil:
		done, err = c.hooks.updated(ctx, q, obj, old)
	}
	if err != nil {
		return nil, err
	}
	all = append(all, done)
	if c.hooks.allocate != nil {
		if done, err = c.hooks.allocate(ctx, obj, old, dryRun); err != nil {
			all.done(notStored)
			return nil, err
		}
		all = append(all, done)
	}
	return all, nil
}

// subresourceRules are the rules of a subresource that is written like the
// object itself, besides status and scale. Both objects are in the hub version.
type subresourceRules struct {
	// prepare puts back what this path may not change.
	prepare func(obj, old meta.Object)
	// validate finds every fault.
	validate func(obj, old meta.Object) validate.Errors
	// generation says whether the change counts.
	generation func(obj, old meta.Object) bool
}
