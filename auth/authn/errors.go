package authn

import "github.com/kubenucleus/nucleus/auth"

// NotAuthenticated is what a TokenReview says of a token that was refused for
// err, or that nobody knows if err is nil: what a request with it is told in the log.
func NotAuthenticated(err error) error {
	all := auth.Errors{ErrInvalidToken}
	if err != nil {
		all = append(all, err)
	}
	return all.AsError()
}
