package server

import (
	"context"
	"errors"
	"fmt"
	"slices"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	authorizationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authorization/v1"
	rbacv1 "github.com/kubenucleus/nucleus/apimachinery/api/rbac/v1"
	"github.com/kubenucleus/nucleus/apimachinery/fields"
	"github.com/kubenucleus/nucleus/apimachinery/labels"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/apimachinery/validate"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authz"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

// Rules lists what users may do, as far as that can be listed. An *rbac.Policy
// does.
type Rules interface {
	// RulesFor returns every rule that holds for user in namespace. An error says
	// that there may be more.
	RulesFor(user *auth.User, namespace string) ([]rbacv1.PolicyRule, error)
}

// Reviews answers the questions that clients ask about themselves and, if they
// may, about others: who am I, may I do this, and what may I do at all? Without
// rules the last cannot be answered. It is for registry.Options.Virtual.
func Reviews(a authz.Authorizer, rules Rules) map[meta.GroupResource]registry.Virtual {
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
			if err := invalidReview(authorizationv1.ValidateSelfSubjectAccessReview(review)); err != nil {
				return nil, err
			}
			review.Status = mayI(ctx, a, q.User, review.Spec.ResourceAttributes, review.Spec.NonResourceAttributes)
			return review, nil
		},
		resource("subjectaccessreviews"): func(ctx context.Context, _ *registry.Request, obj meta.Object) (scheme.Typed, error) {
			review, ok := obj.(*authorizationv1.SubjectAccessReview)
			if !ok {
				return nil, fmt.Errorf("not a SubjectAccessReview: %T", obj)
			}
			if err := invalidReview(authorizationv1.ValidateSubjectAccessReview(review)); err != nil {
				return nil, err
			}
			review.Status = mayThey(ctx, a, &review.Spec)
			return review, nil
		},
		resource("localsubjectaccessreviews"): func(ctx context.Context, _ *registry.Request, obj meta.Object) (scheme.Typed, error) {
			review, ok := obj.(*authorizationv1.LocalSubjectAccessReview)
			if !ok {
				return nil, fmt.Errorf("not a LocalSubjectAccessReview: %T", obj)
			}
			if err := invalidReview(authorizationv1.ValidateLocalSubjectAccessReview(review)); err != nil {
				return nil, err
			}
			review.Status = mayThey(ctx, a, &review.Spec)
			return review, nil
		},
		resource("selfsubjectrulesreviews"): func(_ context.Context, q *registry.Request, obj meta.Object) (scheme.Typed, error) {
			review, ok := obj.(*authorizationv1.SelfSubjectRulesReview)
			if !ok {
				return nil, fmt.Errorf("not a SelfSubjectRulesReview: %T", obj)
			}
			if review.Spec.Namespace == "" {
				return nil, meta.BadRequest("no namespace on request")
			}
			return whatMayI(q.User, rules, review.Spec.Namespace), nil
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
	if len(errs) == 0 {
		return nil
	}
	return errs.Status(meta.GroupKind{Group: "authorization.k8s.io"}, "")
}

// mayThey answers for the subject of a review.
func mayThey(ctx context.Context, a authz.Authorizer, spec *authorizationv1.SubjectAccessReviewSpec) authorizationv1.SubjectAccessReviewStatus {
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
func mayI(ctx context.Context, a authz.Authorizer, user *auth.User, resource *authorizationv1.ResourceAttributes, other *authorizationv1.NonResourceAttributes) authorizationv1.SubjectAccessReviewStatus {
	r := &authz.Request{User: user}
	var errs auth.Errors
	if other != nil {
		r.Verb, r.Path = other.Verb, other.Path
	} else {
		r.ResourceRequest, r.Verb, r.Namespace, r.Name = true, resource.Verb, resource.Namespace, resource.Name
		r.Group, r.Version, r.Resource, r.Subresource = resource.Group, resource.Version, resource.Resource, resource.Subresource
		errs = readSelectors(r, resource)
	}
	decision, reason, err := a.Authorize(ctx, r)
	status := authorizationv1.SubjectAccessReviewStatus{Allowed: decision == authz.Allow, Denied: decision == authz.Deny, Reason: reason}
	if err != nil {
		errs = slices.Insert(errs, 0, err)
	}
	if err := errs.AsError(); err != nil {
		status.EvaluationError = err.Error()
	}
	return status
}

// readSelectors gives the request what of the selectors can be read. An
// authorizer may refuse for the lack of the rest, so nothing is lost by it.
func readSelectors(r *authz.Request, a *authorizationv1.ResourceAttributes) auth.Errors {
	var errs auth.Errors
	note := func(name string, any, all bool) {
		switch {
		case all:
		case any:
			errs = append(errs, errors.New("spec.resourceAttributes."+name+" partially ignored due to parse error"))
		default:
			errs = append(errs, errors.New("spec.resourceAttributes."+name+" ignored due to parse error"))
		}
	}
	if s := a.FieldSelector; s != nil {
		var terms []fields.Term
		all := true
		if s.RawSelector != "" {
			parsed, err := fields.Parse(s.RawSelector)
			terms, all = parsed.Terms(), err == nil
		}
		for _, q := range s.Requirements {
			switch {
			case q.Operator == meta.FieldSelectorOpIn && len(q.Values) == 1:
				terms = append(terms, fields.Term{Field: q.Key, Value: q.Values[0]})
			case q.Operator == meta.FieldSelectorOpNotIn && len(q.Values) == 1:
				terms = append(terms, fields.Term{Field: q.Key, Value: q.Values[0], Not: true})
			default:
				all = false
			}
		}
		r.FieldSelector = fields.New(terms...).String()
		note("fieldSelector", len(terms) > 0, all)
	}
	if s := a.LabelSelector; s != nil {
		var requirements []labels.Requirement
		all := true
		if s.RawSelector != "" {
			parsed, err := labels.Parse(s.RawSelector)
			requirements, all = parsed.Requirements(), err == nil
		}
		for i := range s.Requirements {
			one, err := labels.FromLabelSelector(&meta.LabelSelector{MatchExpressions: s.Requirements[i : i+1]})
			if err != nil {
				all = false
				continue
			}
			requirements = append(requirements, one.Requirements()...)
		}
		r.LabelSelector = labels.New(requirements...).String()
		note("labelSelector", len(requirements) > 0, all)
	}
	return errs
}

// whatMayI lists the user's rights.
func whatMayI(user *auth.User, rules Rules, namespace string) *authorizationv1.SelfSubjectRulesReview {
	review := &authorizationv1.SelfSubjectRulesReview{}
	review.SetGroupVersionKind(meta.GroupVersionKind{Group: "authorization.k8s.io", Version: "v1", Kind: "SelfSubjectRulesReview"})
	status := &review.Status
	status.ResourceRules, status.NonResourceRules = []authorizationv1.ResourceRule{}, []authorizationv1.NonResourceRule{}
	if rules == nil {
		status.Incomplete, status.EvaluationError = true, "the authorizers of this server cannot list what users may do"
		return review
	}
	all, err := rules.RulesFor(user, namespace)
	for _, r := range all {
		if len(r.NonResourceURLs) > 0 {
			status.NonResourceRules = append(status.NonResourceRules, authorizationv1.NonResourceRule{Verbs: r.Verbs, NonResourceURLs: r.NonResourceURLs})
		}
		if len(r.Resources) > 0 {
			status.ResourceRules = append(status.ResourceRules, authorizationv1.ResourceRule{
				Verbs: r.Verbs, APIGroups: r.APIGroups, Resources: r.Resources, ResourceNames: r.ResourceNames,
			})
		}
	}
	if err != nil { // of a role that is missing, say, which takes nothing from the list
		status.EvaluationError = err.Error()
	}
	return review
}
