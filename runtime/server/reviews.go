package server

import (
	"context"
	"fmt"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	authorizationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authorization/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// Reviews answers the questions that clients ask about themselves and, if they
// may, about others: who am I, and may I do this? It is for
// registry.Options.Virtual.
func Reviews(a authz.Authorizer) map[meta.GroupResource]registry.Virtual {
	resource := func(name string) meta.GroupResource {
		return meta.GroupResource{Group: "authorization.k8s.io", Resource: name}
	}
	return map[meta.GroupResource]registry.Virtual{
		{Group: "authentication.k8s.io", Resource: "selfsubjectreviews"}: whoAmI,
		resource("selfsubjectaccessreviews"): func(ctx context.Context, q *registry.Request, obj meta.Object) (scheme.Typed, error) {
			review, ok := obj.(*authorizationv1.SelfSubjectAccessReview)
			if !ok {
				return nil, fmt.Errorf("not a SelfSubjectAccessReview: %T", obj)
			}
			spec := review.Spec
			status, err := mayI(ctx, a, q.User, spec.ResourceAttributes, spec.NonResourceAttributes)
			if err != nil {
				return nil, err
			}
			review.Status = status
			return review, nil
		},
		resource("subjectaccessreviews"): func(ctx context.Context, _ *registry.Request, obj meta.Object) (scheme.Typed, error) {
			review, ok := obj.(*authorizationv1.SubjectAccessReview)
			if !ok {
				return nil, fmt.Errorf("not a SubjectAccessReview: %T", obj)
			}
			status, err := mayThey(ctx, a, &review.Spec)
			if err != nil {
				return nil, err
			}
			review.Status = status
			return review, nil
		},
		resource("localsubjectaccessreviews"): func(ctx context.Context, q *registry.Request, obj meta.Object) (scheme.Typed, error) {
			review, ok := obj.(*authorizationv1.LocalSubjectAccessReview)
			if !ok {
				return nil, fmt.Errorf("not a LocalSubjectAccessReview: %T", obj)
			}
			if err := checkLocal(&review.Spec, q.Namespace); err != nil {
				return nil, err
			}
			status, err := mayThey(ctx, a, &review.Spec)
			if err != nil {
				return nil, err
			}
			review.Status = status
			return review, nil
		},
	}
}

// whoAmI tells users who the server takes them for.
func whoAmI(_ context.Context, q *registry.Request, obj meta.Object) (scheme.Typed, error) {
	review, ok := obj.(*authenticationv1.SelfSubjectReview)
	if !ok {
		return nil, fmt.Errorf("not a SelfSubjectReview: %T", obj)
	}
	review.ObjectMeta = meta.ObjectMeta{CreationTimestamp: meta.Now()}
	review.Status = authenticationv1.SelfSubjectReviewStatus{}
	if q.User != nil {
		review.Status.UserInfo = userInfo(q.User)
	}
	return review, nil
}

// invalidReview is the 422 of a review, which Kubernetes answers without a kind.
func invalidReview(errs validate.Errors) error {
	return errs.Status(meta.GroupKind{Group: "authorization.k8s.io"}, "")
}

// mayThey answers for the subject of a review.
func mayThey(ctx context.Context, a authz.Authorizer, spec *authorizationv1.SubjectAccessReviewSpec) (authorizationv1.SubjectAccessReviewStatus, error) {
	path := validate.NewPath("spec")
	if spec.User == "" && len(spec.Groups) == 0 {
		return authorizationv1.SubjectAccessReviewStatus{}, invalidReview(validate.Invalid(path.Child("user"), spec.User, "at least one of user or group must be specified"))
	}
	user := &auth.User{Name: spec.User, UID: spec.UID, Groups: spec.Groups}
	for key, values := range spec.Extra {
		if user.Extra == nil {
			user.Extra = map[string][]string{}
		}
		user.Extra[key] = values
	}
	return mayI(ctx, a, user, spec.ResourceAttributes, spec.NonResourceAttributes)
}

// mayI asks the authorizer what a request with these attributes would ask it.
func mayI(ctx context.Context, a authz.Authorizer, user *auth.User, resource *authorizationv1.ResourceAttributes, other *authorizationv1.NonResourceAttributes) (authorizationv1.SubjectAccessReviewStatus, error) {
	r := &authz.Request{User: user}
	path := validate.NewPath("spec")
	switch {
	case resource != nil && other != nil:
		return authorizationv1.SubjectAccessReviewStatus{}, invalidReview(validate.Invalid(path.Child("nonResourceAttributes"), other, "cannot be specified in combination with resourceAttributes"))
	case resource == nil && other == nil:
		return authorizationv1.SubjectAccessReviewStatus{}, invalidReview(validate.Invalid(path.Child("resourceAttributes"), resource, "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
	case other != nil:
		r.Verb, r.Path = other.Verb, other.Path
	default:
		r.ResourceRequest, r.Verb, r.Namespace, r.Name = true, resource.Verb, resource.Namespace, resource.Name
		r.Group, r.Version, r.Resource, r.Subresource = resource.Group, resource.Version, resource.Resource, resource.Subresource
		if s := resource.FieldSelector; s != nil {
			r.FieldSelector = s.RawSelector
		}
		if s := resource.LabelSelector; s != nil {
			r.LabelSelector = s.RawSelector
		}
	}
	decision, reason, err := a.Authorize(ctx, r)
	status := authorizationv1.SubjectAccessReviewStatus{Allowed: decision == authz.Allow, Denied: decision == authz.Deny, Reason: reason}
	if err != nil {
		status.EvaluationError = err.Error()
	}
	return status, nil
}

// checkLocal holds a review to the namespace that it was posted to.
func checkLocal(spec *authorizationv1.SubjectAccessReviewSpec, namespace string) error {
	path := validate.NewPath("spec")
	switch {
	case spec.NonResourceAttributes != nil:
		return invalidReview(validate.Invalid(path.Child("nonResourceAttributes"), spec.NonResourceAttributes, "disallowed on this kind of request"))
	case spec.ResourceAttributes != nil && spec.ResourceAttributes.Namespace != namespace:
		return invalidReview(validate.Invalid(path.Child("resourceAttributes").Child("namespace"), spec.ResourceAttributes.Namespace, "must match metadata.namespace"))
	}
	return nil
}
