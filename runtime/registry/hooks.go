package registry

import (
	"context"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
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

// effect is what a hook did outside of the object. Exactly one of its
// functions runs: commit once the object is stored, undo if it is not (a dry
// run included). Both may be nil.
type effect struct {
	commit func()
	undo   func()
}

func (e effect) done(stored bool) {
	switch {
	case stored && e.commit != nil:
		e.commit()
	case !stored && e.undo != nil:
		e.undo()
	}
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
