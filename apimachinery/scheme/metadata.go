package scheme

import (
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/names"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

var metadataPath = validate.NewPath("metadata")

// checkMetadata completes the rules of a stored kind, so that no object with
// faulty metadata is let through, whatever the kind's own rules look at.
func checkMetadata(r *Resource, nameRule func(string) []string, anyFinalizer bool) {
	if nameRule == nil {
		nameRule = names.DNSSubdomain
	}
	namespaced := r.Namespaced
	rule := validate.ObjectMeta
	if anyFinalizer {
		rule = validate.CustomObjectMeta
	}
	created := func(o meta.Object) validate.Errors {
		return rule(metadataPath, o.Metadata(), namespaced, nameRule)
	}
	updated := func(o, old meta.Object) validate.Errors {
		return validate.CustomObjectMetaUpdate(metadataPath, o.Metadata(), old.Metadata())
	}
	own := r.Validate
	if own == nil {
		own = func(o meta.Object) validate.Errors { return validate.Structural(o) }
	}
	r.Validate = func(o meta.Object) validate.Errors { return unsaid(own(o), created(o)) }

	whole, ownUpdate := r.Validate, r.ValidateUpdate
	if ownUpdate == nil {
		ownUpdate = func(o, _ meta.Object) validate.Errors { return whole(o) }
	}
	r.ValidateUpdate = func(o, old meta.Object) validate.Errors { return unsaid(ownUpdate(o, old), updated(o, old)) }

	if r.Status != nil && r.Status.Validate != nil {
		ownStatus := r.Status.Validate
		r.Status.Validate = func(o, old meta.Object) validate.Errors { return unsaid(ownStatus(o, old), updated(o, old)) }
	}
}

// unsaid puts those of the errors of metadata before a kind's own that these
// do not speak of: a kind with a stricter rule for a field has the better word.
// What is said twice comes once.
func unsaid(own, metadata validate.Errors) validate.Errors {
	var missing validate.Errors
	for _, e := range metadata {
		said := func(have *validate.Error) bool { return have.Field == e.Field }
		if !slices.ContainsFunc(own, said) {
			missing = append(missing, e)
		}
	}
	return append(missing, own...).Distinct()
}
