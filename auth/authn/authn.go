package authn

import (
	"net/http"
	"slices"

	"github.com/kubenucleus/nucleus/auth"
)

// Authenticator finds out who a request is from.
type Authenticator interface {
	// Authenticate returns the user and true if the request has credentials of
	// the kind that it knows and they are good. It returns false if there are
	// no such credentials, and an error if there are but they are not good, or
	// could not be checked. The user is shared and read-only.
	Authenticate(r *http.Request) (user *auth.User, ok bool, err error)
}

// Func makes a function an Authenticator.
type Func func(r *http.Request) (*auth.User, bool, error)

// Authenticate calls f.
func (f Func) Authenticate(r *http.Request) (*auth.User, bool, error) { return f(r) }

// Union asks its members in order; the first that knows the user decides. If
// none does, the errors of all are the answer.
type Union []Authenticator

// Authenticate asks the members.
func (u Union) Authenticate(r *http.Request) (*auth.User, bool, error) {
	var errs auth.Errors
	for _, member := range u {
		user, ok, err := member.Authenticate(r)
		if ok {
			return user, true, nil
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return nil, false, errs.AsError()
}

// Authenticated puts everyone whom inner knows in the group
// system:authenticated.
func Authenticated(inner Authenticator) Authenticator {
	return Func(func(r *http.Request) (*auth.User, bool, error) {
		user, ok, err := inner.Authenticate(r)
		if !ok || err != nil {
			return user, ok, err
		}
		return WithAuthenticated(user), true, nil
	})
}

// WithAuthenticated returns user as a member of system:authenticated. Who is
// already, or is known to be nobody in particular, stays as they are.
func WithAuthenticated(user *auth.User) *auth.User {
	if user.In(auth.GroupAuthenticated) || user.In(auth.GroupAnonymous) {
		return user
	}
	member := *user
	member.Groups = append(slices.Clip(user.Groups), auth.GroupAuthenticated)
	return &member
}

// anonymous is shared by all requests without credentials.
var anonymous = &auth.User{Name: auth.Anonymous, Groups: []string{auth.GroupAnonymous}}

// OrAnonymous lets a request in which inner finds no credentials pass as
// system:anonymous. Wrong credentials stay an error.
func OrAnonymous(inner Authenticator) Authenticator {
	return Func(func(r *http.Request) (*auth.User, bool, error) {
		user, ok, err := inner.Authenticate(r)
		if ok || err != nil {
			return user, ok, err
		}
		return anonymous, true, nil
	})
}
