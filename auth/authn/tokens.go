package authn

import (
	"context"
	"net/http"
	"slices"

	"github.com/kubenucleus/nucleus/auth"
)

// Identity is what a token proves.
type Identity struct {
	User *auth.User
	// Audiences are those of the asked ones that the token is meant for.
	Audiences []string
}

// Tokens finds out whose a bearer token is. It must be safe for concurrent use.
type Tokens interface {
	// AuthenticateToken returns whose token it is, and false if it is none of
	// those that this one knows. An error says that it is one of them but not
	// good, or that it could not be checked. The token must be meant for one of
	// audiences; with none it must be meant for whoever asks in general. What is
	// returned is shared and read-only.
	AuthenticateToken(ctx context.Context, token string, audiences []string) (*Identity, bool, error)
}

// TokenFunc makes a function Tokens.
type TokenFunc func(ctx context.Context, token string, audiences []string) (*Identity, bool, error)

// AuthenticateToken calls f.
func (f TokenFunc) AuthenticateToken(ctx context.Context, token string, audiences []string) (*Identity, bool, error) {
	return f(ctx, token, audiences)
}

// TokenUnion asks its members in order; the first that knows the token decides.
// If none does, the errors of all are the answer.
type TokenUnion []Tokens

// AuthenticateToken asks the members.
func (u TokenUnion) AuthenticateToken(ctx context.Context, token string, audiences []string) (*Identity, bool, error) {
	var errs auth.Errors
	for _, member := range u {
		id, ok, err := member.AuthenticateToken(ctx, token, audiences)
		if ok {
			return id, true, nil
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return nil, false, errs.AsError()
}

// ForAnybody makes Tokens of ones that know nothing of audiences, such as a
// file: their tokens are meant for the API server, whose audiences api are.
func ForAnybody(api []string, lookup func(token string) (*auth.User, bool)) Tokens {
	return TokenFunc(func(_ context.Context, token string, audiences []string) (*Identity, bool, error) {
		common := Intersect(audiences, api)
		if len(audiences) > 0 && len(common) == 0 {
			return nil, false, nil
		}
		user, ok := lookup(token)
		if !ok {
			return nil, false, nil
		}
		return &Identity{User: user, Audiences: common}, true, nil
	})
}

// Intersect returns the asked audiences that are also among had.
func Intersect(asked, had []string) []string {
	var both []string
	for _, a := range asked {
		if slices.Contains(had, a) {
			both = append(both, a)
		}
	}
	return both
}

// Bearer authenticates requests by the tokens that they carry, which must be
// meant for one of audiences. A token that nobody knows is [ErrInvalidToken].
func Bearer(tokens Tokens, audiences []string) Authenticator {
	return Func(func(r *http.Request) (*auth.User, bool, error) {
		token, ok := BearerToken(r)
		if !ok {
			return nil, false, nil
		}
		id, ok, err := tokens.AuthenticateToken(r.Context(), token, audiences)
		switch {
		case ok:
			return id.User, true, nil
		case err != nil:
			return nil, false, err
		}
		return nil, false, ErrInvalidToken
	})
}
