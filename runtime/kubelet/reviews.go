package kubelet

import (
	"context"
	"errors"
	"fmt"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	authorizationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authorization/v1"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/runtime/client"
)

// Reviews returns a [Reviewer] that asks the API server, by TokenReview and
// SubjectAccessReview. The client's user needs the right to create these, as the role
// system:node has it.
func Reviews(c client.Client) Reviewer { return reviews{c} }

type reviews struct{ client client.Client }

func (r reviews) User(ctx context.Context, token string) (*auth.User, error) {
	review := &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token}}
	if err := client.Of[authenticationv1.TokenReview](r.client).Create(ctx, review); err != nil {
		return nil, fmt.Errorf("token review: %w", err)
	}
	status := &review.Status
	if !status.Authenticated {
		return nil, nil
	}
	if status.User.Username == "" {
		return nil, errors.New("token review: the answer names nobody")
	}
	user := &auth.User{Name: status.User.Username, UID: status.User.UID, Groups: status.User.Groups}
	if len(status.User.Extra) > 0 {
		user.Extra = make(map[string][]string, len(status.User.Extra))
		for key, value := range status.User.Extra {
			user.Extra[key] = value
		}
	}
	return user, nil
}

func (r reviews) Allowed(ctx context.Context, user *auth.User, verb, subresource, node string) (bool, error) {
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: user.Name, UID: user.UID, Groups: user.Groups,
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Verb: verb, Version: "v1", Resource: "nodes", Subresource: subresource, Name: node,
		},
	}}
	if len(user.Extra) > 0 {
		review.Spec.Extra = make(map[string]authorizationv1.ExtraValue, len(user.Extra))
		for key, value := range user.Extra {
			review.Spec.Extra[key] = value
		}
	}
	if err := client.Of[authorizationv1.SubjectAccessReview](r.client).Create(ctx, review); err != nil {
		return false, fmt.Errorf("subject access review: %w", err)
	}
	return review.Status.Allowed, nil
}
