package registry

import (
	"slices"
	"strings"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

// A face is how the objects of a collection read and write through one path:
// the resource itself or one of its subresources.
type face struct {
	// show returns what the client sees of a hub object. The result may share
	// with it.
	show func(obj meta.Object) (meta.Object, error)
	// take returns the hub object that results when a client that saw live writes
	// seen, which is given away. Live stays as it is.
	take func(seen, live meta.Object) (meta.Object, error)
	// empty returns an object of the kind that the client sees, plan is its type.
	empty func() meta.Object
	plan  *codec.Plan
	kind  meta.GroupVersionKind
	// unreadable is that of the resource; nil is never.
	unreadable func(obj meta.Object) error

	// prepare and validate are the rules of updates; generation says whether a
	// change counts. Objects are in the hub version.
	prepare    func(obj, old meta.Object)
	validate   func(obj, old meta.Object) validate.Errors
	generation func(obj, old meta.Object) bool
	warnings   func(obj, old meta.Object) []string
	// creates says that a write to a name that is not there creates it.
	creates bool
	// main is set for the resource itself.
	main bool
	// throughOwn says that admission is shown what the client sees, a kind of its
	// own, rather than the hub object.
	throughOwn bool
}

// faceOf returns the face of the request's path, or a 404 or 405 if there are
// no writes through it.
func (c *collection) faceOf(q *Request) (face, error) {
	f := face{
		show:  func(obj meta.Object) (meta.Object, error) { return c.fromHub(q.Resource, obj) },
		take:  func(seen, _ meta.Object) (meta.Object, error) { return c.toHub(seen) },
		empty: q.Resource.New, plan: q.Resource.Type, kind: q.Resource.GroupVersionKind(), unreadable: q.Resource.Unreadable,
	}
	switch q.Subresource {
	case "":
		f.main, f.creates = true, c.hub.UpdateCreates
		f.prepare, f.generation, f.warnings = c.hub.PrepareUpdate, c.hub.SpecChanged, c.hub.Warnings
		f.validate = c.validateUpdate
		return f, nil
	case "status":
		if c.hub.Status == nil {
			return face{}, meta.NoSuchResource()
		}
		f.prepare, f.validate = c.hub.Status.Prepare, c.hub.Status.Validate
		if f.validate == nil {
			f.validate = validateMetaUpdate
		}
		return f, nil
	case "scale":
		if c.hub.Scale == nil {
			return face{}, meta.NoSuchResource()
		}
		return c.scaleFace(f)
	}
	rules, ok := c.hooks.subresources[q.Subresource]
	if !ok {
		if _, known := q.Resource.Subresource(q.Subresource); known {
			return face{}, meta.NoSuchMethod()
		}
		return face{}, meta.NoSuchResource()
	}
	f.prepare, f.validate, f.generation = rules.prepare, rules.validate, rules.generation
	return f, nil
}

var metadataPath = validate.NewPath("metadata")

func validateMetaUpdate(obj, old meta.Object) validate.Errors {
	return validate.ObjectMetaUpdate(metadataPath, obj.Metadata(), old.Metadata())
}

// validateCreate finds every fault of a new object.
func (c *collection) validateCreate(obj meta.Object) validate.Errors {
	if c.hub.Validate != nil {
		return c.hub.Validate(obj)
	}
	return validate.All(
		validate.ObjectMeta(metadataPath, obj.Metadata(), c.hub.Namespaced, names.DNSSubdomain),
		validate.Structural(obj))
}

// validateUpdate finds every fault of a changed object.
func (c *collection) validateUpdate(obj, old meta.Object) validate.Errors {
	if c.hub.ValidateUpdate != nil {
		return withoutRepeats(c.hub.ValidateUpdate(obj, old))
	}
	return withoutRepeats(append(validateMetaUpdate(obj, old), c.validateCreate(obj)...))
}

// withoutRepeats drops faults of the metadata that are listed already: the
// rules of an update and those of the object itself both look at labels and
// the like.
func withoutRepeats(errs validate.Errors) validate.Errors {
	kept := errs[:0]
	for _, e := range errs {
		same := func(have *validate.Error) bool { return have.Error() == e.Error() }
		if strings.HasPrefix(e.Field, "metadata.") && slices.ContainsFunc(kept, same) {
			continue
		}
		kept = append(kept, e)
	}
	return kept
}
