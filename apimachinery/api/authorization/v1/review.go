package authorizationv1

import (
	"slices"

	"github.com/kubenucleus/nucleus/apimachinery/codec"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
)

var (
	metadataPath = validate.NewPath("metadata")
	specPath     = validate.NewPath("spec")
	resourcePath = specPath.Child("resourceAttributes")
	otherPath    = specPath.Child("nonResourceAttributes")
	oneOfBoth    = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
)

// ValidateSelfSubjectAccessReview finds every fault of a question about oneself.
func ValidateSelfSubjectAccessReview(r *SelfSubjectAccessReview) validate.Errors {
	return append(append(oneSubject(r.Spec.ResourceAttributes, r.Spec.NonResourceAttributes), selectors(r.Spec.ResourceAttributes)...), noMetadata(&r.ObjectMeta, "", "must be empty")...)
}

// ValidateSubjectAccessReview finds every fault of a question about others.
func ValidateSubjectAccessReview(r *SubjectAccessReview) validate.Errors {
	return append(subjectSpec(&r.Spec), noMetadata(&r.ObjectMeta, "", "must be empty")...)
}

// ValidateLocalSubjectAccessReview finds every fault of a question about others in
// a namespace.
func ValidateLocalSubjectAccessReview(r *LocalSubjectAccessReview) validate.Errors {
	errs := append(subjectSpec(&r.Spec), noMetadata(&r.ObjectMeta, r.Namespace, "must be empty except for namespace")...)
	if a := r.Spec.ResourceAttributes; a != nil && a.Namespace != r.Namespace {
		errs = append(errs, validate.Invalid(resourcePath.Child("namespace"), a.Namespace, "must match metadata.namespace")...)
	}
	if a := r.Spec.NonResourceAttributes; a != nil {
		errs = append(errs, validate.Invalid(otherPath, a, "disallowed on this kind of request")...)
	}
	return errs
}

func subjectSpec(s *SubjectAccessReviewSpec) validate.Errors {
	errs := oneSubject(s.ResourceAttributes, s.NonResourceAttributes)
	if s.User == "" && len(s.Groups) == 0 {
		errs = append(errs, validate.Invalid(specPath.Child("user"), s.User, "at least one of user or group must be specified")...)
	}
	return append(errs, selectors(s.ResourceAttributes)...)
}

// oneSubject wants a question to be about a resource or about something else.
func oneSubject(resource *ResourceAttributes, other *NonResourceAttributes) validate.Errors {
	if (resource == nil) == (other == nil) {
		return validate.Invalid(specPath, other, oneOfBoth)
	}
	return nil
}

func selectors(a *ResourceAttributes) validate.Errors {
	if a == nil {
		return nil
	}
	var errs validate.Errors
	if s := a.FieldSelector; s != nil {
		p := resourcePath.Child("fieldSelector")
		errs = append(errs, oneForm(p, s.RawSelector, len(s.Requirements))...)
		errs = append(errs, validate.Each(p.Child("requirements"), s.Requirements, fieldRequirement)...)
	}
	if s := a.LabelSelector; s != nil {
		p := resourcePath.Child("labelSelector")
		errs = append(errs, oneForm(p, s.RawSelector, len(s.Requirements))...)
		errs = append(errs, validate.Each(p.Child("requirements"), s.Requirements, labelRequirement)...)
	}
	return errs
}

// oneForm wants a selector either as text or in parts.
func oneForm(p validate.Path, raw string, requirements int) validate.Errors {
	switch {
	case raw != "" && requirements > 0:
		return validate.Invalid(p.Child("rawSelector"), raw, "may not specified at the same time as requirements")
	case raw == "" && requirements == 0:
		return validate.Required(p.Child("requirements"), "when "+p.String()+" is specified, requirements or rawSelector is required")
	}
	return nil
}

// fieldRequirement lets operators pass that it does not know: they are left out
// when the question is answered.
func fieldRequirement(p validate.Path, r *meta.FieldSelectorRequirement) validate.Errors {
	var errs validate.Errors
	if r.Key == "" {
		errs = validate.Required(p.Child("key"), "must be specified")
	}
	switch r.Operator {
	case meta.FieldSelectorOpIn, meta.FieldSelectorOpNotIn:
		if len(r.Values) == 0 {
			errs = append(errs, validate.Required(p.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'")...)
		}
	case meta.FieldSelectorOpExists, meta.FieldSelectorOpDoesNotExist:
		if len(r.Values) > 0 {
			errs = append(errs, validate.Forbidden(p.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")...)
		}
	}
	return errs
}

// labelRequirement lets unknown operators pass, too.
func labelRequirement(p validate.Path, r *meta.LabelSelectorRequirement) validate.Errors {
	operator := p.Child("operator").String()
	return slices.DeleteFunc(validate.LabelRequirement(p, r), func(e *validate.Error) bool { return e.Field == operator })
}

// noMetadata refuses what would be lost, as reviews are not stored.
func noMetadata(m *meta.ObjectMeta, namespace, detail string) validate.Errors {
	sent := *m
	sent.ManagedFields = nil
	if codec.Equal(&sent, &meta.ObjectMeta{Namespace: namespace}) {
		return nil
	}
	return validate.Invalid(metadataPath, m, detail)
}
