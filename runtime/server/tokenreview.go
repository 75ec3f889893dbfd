package server

import (
	"context"
	"errors"
	"fmt"

	authenticationv1 "github.com/kubenucleus/nucleus/apimachinery/api/authentication/v1"
	"github.com/kubenucleus/nucleus/apimachinery/meta"
	"github.com/kubenucleus/nucleus/apimachinery/scheme"
	"github.com/kubenucleus/nucleus/auth"
	"github.com/kubenucleus/nucleus/auth/authn"
	"github.com/kubenucleus/nucleus/runtime/registry"
)

var tokenReviews = meta.GroupResource{Group: "authentication.k8s.io", Resource: "tokenreviews"}

// TokenReviews answers whose tokens are, for those who are sent them but cannot
// check them. Without audiences in the question the token must be meant for the
// API server, whose audiences api are. It is for registry.Options.Virtual.
func TokenReviews(tokens authn.Tokens, api []string) map[meta.GroupResource]registry.Virtual {
	return map[meta.GroupResource]registry.Virtual{tokenReviews: func(ctx context.Context, _ *registry.Request, obj meta.Object) (scheme.Typed, error) {
		review, ok := obj.(*authenticationv1.TokenReview)
		if !ok {
			return nil, fmt.Errorf("not a TokenReview: %T", obj)
		}
		if review.Spec.Token == "" {
			return nil, meta.BadRequest("token is required for TokenReview in authentication")
		}
		audiences := review.Spec.Audiences
		if len(audiences) == 0 {
			audiences = api
		}
		// What the caller wrote into the status stays where nothing is known, as it does in Kubernetes.
		review.Status.Authenticated = false
		id, ok, err := tokens.AuthenticateToken(ctx, review.Spec.Token, audiences)
		if !ok {
			review.Status.Error = authn.NotAuthenticated(err).Error()
			return review, nil
		}
		if len(audiences) > 0 && len(id.Audiences) == 0 {
			return nil, meta.InternalError(errors.New("a token was found good that is meant for none of the audiences"))
		}
		review.Status.Authenticated = true
		review.Status.User = userInfo(authn.WithAuthenticated(id.User))
		review.Status.Audiences = id.Audiences
		return review, nil
	}}
}

// userInfo is the user as reviews tell it.
func userInfo(u *auth.User) authenticationv1.UserInfo {
	info := authenticationv1.UserInfo{Username: u.Name, UID: u.UID, Groups: u.Groups}
	for key, values := range u.Extra {
		if info.Extra == nil {
			info.Extra = map[string]authenticationv1.ExtraValue{}
		}
		info.Extra[key] = values
	}
	return info
}
